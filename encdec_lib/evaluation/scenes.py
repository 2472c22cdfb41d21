"""What does a picture show? Finds the digits of a scene, reads each, and says where it is.

A painter of digit scenes (chapter 16) is judged by this: the picture is read by a classifier that
was trained on real handwriting and never saw the painter, and the caption that follows from what
it read is compared with the one the painter was given.
"""

from collections.abc import Callable

import numpy as np
from flax import nnx
from jaxtyping import Float
from scipy import ndimage

from encdec_lib.data.captions import caption
from encdec_lib.data.digits import NAMES, Digits
from encdec_lib.data.scenes import INK, Placed
from encdec_lib.evaluation import classes as classification
from encdec_lib.runtime.inputs import check_finite, check_images

CROP = 16  # side of the square that the classifier sees, in pixels
SPECK = 6  # pixels of ink below which a blot is no digit
LARGEST = 12  # pixels; the largest of the real digits has 11


def find_digits(image: Float[np.ndarray, "H W 1"]) -> list[tuple[int, int, int, int]]:
    """Rectangles around connected ink: ``(top, left, bottom, right)``, the last two one past it.

    Strokes that are one pixel apart count as connected, unless the whole is then larger than a
    digit can be (``LARGEST``): those are two digits side by side. Blots of less than ``SPECK``
    pixels count as nothing.

    Example:
      >>> import numpy as np
      >>> image = np.zeros((12, 12, 1), np.float32)
      >>> image[1:5, 1:4], image[6:11, 7:9] = 1, 1
      >>> find_digits(image)
      [(1, 1, 5, 4), (6, 7, 11, 9)]
    """
    image = check_finite("image", image)
    if image.ndim != 3 or 0 in image.shape:
        raise ValueError(f"image must be (H, W, 1); got {image.shape}.")
    ink = image[:, :, 0] > INK
    grown = ndimage.binary_dilation(ink, np.ones((2, 2), bool))
    near, count = ndimage.label(grown)  # pyright: ignore[reportGeneralTypeIssues]  # SciPy has no types
    square = np.ones((3, 3), bool)
    touching, _ = ndimage.label(ink, square)  # pyright: ignore[reportGeneralTypeIssues]  # SciPy has no types
    boxes = []
    for number in range(1, count + 1):
        whole = ink & (near == number)
        parts = [whole]
        top, left, bottom, right = _box(whole)
        if max(bottom - top, right - left) > LARGEST:
            parts = [whole & (touching == part) for part in np.unique(touching[whole])]
        boxes += [_box(part) for part in parts if part.sum() >= SPECK]
    return boxes


def _box(ink) -> tuple[int, int, int, int]:
    """The rectangle around all ink."""
    rows, columns = np.nonzero(ink)
    return int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1


def crop(
    image: Float[np.ndarray, "H W 1"], box: tuple[int, int, int, int]
) -> Float[np.ndarray, "h w 1"]:
    """The rectangle in the middle of a black square of ``CROP`` pixels; what sticks out is cut."""
    top, left, bottom, right = box
    inside = image[top:bottom, left:right][:CROP, :CROP]
    square = np.zeros((CROP, CROP, 1), np.float32)
    row, column = (CROP - inside.shape[0]) // 2, (CROP - inside.shape[1]) // 2
    square[row : row + inside.shape[0], column : column + inside.shape[1]] = inside
    return square


def centred(digits: Digits) -> Float[np.ndarray, "N 16 16 1"]:
    """Real digits as the classifier is to see them: each cropped as :func:`crop` would."""
    return np.stack([crop(image[:, :, None], _box(image > INK)) for image in digits.images])


def read_scenes(classifier: nnx.Module, images: Float[np.ndarray, "N H W 1"]) -> list[list[Placed]]:
    """The digits in each picture, with their places.

    Args:
      classifier: logits of the ten digits for squares of ``CROP`` pixels, trained on
        :func:`centred` digits.
      images: the pictures.

    Returns:
      One layout a picture; an empty one where there is no ink.
    """
    if not isinstance(classifier, nnx.Module):
        raise TypeError(f"classifier must be a Flax NNX module; got {type(classifier).__name__}.")
    found = [find_digits(image) for image in check_images("images", images)]
    crops = [crop(image, box) for image, boxes in zip(images, found, strict=True) for box in boxes]
    if not crops:
        return [[] for _ in images]
    labels = iter(classification.classify(classifier, np.stack(crops)).argmax(axis=1))
    return [[Placed(int(next(labels)), *box) for box in boxes] for boxes in found]


def describe(
    layout: list[Placed], rule: Callable[[list[Placed]], list[str] | None] = caption
) -> list[str]:
    """The caption of what was read.

    Where a relation is unclear the digits are named, and no relation; where nothing was found
    there are no words.

    Args:
      layout: digits and their places.
      rule: from a layout to its caption, None or no words where it has none; chapter 5's rule, or
        :func:`encdec_lib.data.tidy_scenes.tidy_caption`.

    Returns:
      The tokens.

    Example:
      >>> " ".join(describe([Placed(7, 1, 9, 5, 13), Placed(3, 0, 0, 4, 4)]))
      'a three left of a seven'
      >>> " ".join(describe([Placed(7, 9, 9, 13, 13), Placed(3, 0, 0, 4, 4)]))
      'a three a seven'
    """
    if not layout:
        return []
    digits = [word for place in sorted(layout) for word in ("a", NAMES[place.label])]
    return rule(layout) or digits
