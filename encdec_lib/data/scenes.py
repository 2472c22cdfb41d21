"""Scenes: several real handwritten digits on one canvas, and which digit each pixel belongs to.

A scene is drawn, the handwriting is not: every digit is an image of
:mod:`~encdec_lib.data.digits`, pasted at a random place. So the true layout is known, and with
it every pixel's class (chapter 2) and every true sentence about the scene (chapter 5).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from encdec_lib.data.choosing import chosen_examples
from encdec_lib.data.digits import Digits, check_digits
from encdec_lib.runtime.checks import is_number, is_whole

SIDE = 32  # of the canvas, in pixels
INK = 0.3  # grey level from which a pixel belongs to a digit
BACKGROUND = 0  # the class of a pixel without ink; digit d has class d + 1
NUM_CLASSES = 11
_TRIES = 200  # places that are tried for one scene's digits before it is begun again


class Placed(NamedTuple):
    """A digit and where its ink is: the rectangle from (top, left) to (bottom, right)."""

    label: int
    top: int
    left: int
    bottom: int  # one past the last row
    right: int  # one past the last column

    @property
    def center(self) -> tuple[float, float]:
        """Row and column of the middle, in pixels."""
        return (self.top + self.bottom) / 2, (self.left + self.right) / 2


@dataclass(frozen=True, eq=False)
class Scenes:
    """N scenes."""

    images: Float[np.ndarray, "N H W 1"]  # 0 to 1
    masks: Int[np.ndarray, "N H W"]  # 0 background, d + 1 for digit d
    layouts: list[list[Placed]]  # in the order in which they were pasted

    def __len__(self) -> int:
        """N, the number of scenes."""
        return len(self.images)

    def take(self, indices: Any) -> "Scenes":
        """The scenes at ``indices`` (positions, a slice, or one flag a scene)."""
        chosen = chosen_examples(indices, len(self))
        return Scenes(self.images[chosen], self.masks[chosen], [self.layouts[i] for i in chosen])


def draw(
    digits: Digits,
    count: int,
    *,
    most: int = 4,
    fewest: int = 1,
    side: int = SIDE,
    overlap: float = 0.2,
    margin: int = 0,
    noise: float = 0.1,
    seed: int | list[int] = 0,
) -> Scenes:
    """Draws scenes of ``fewest`` to ``most`` digits, each number equally often.

    A later digit covers an earlier one. Noise is normal, and the sum is cut off at 0 and 1.

    Args:
      digits: what to paste, each image at most as large as the canvas.
      count: N, number of scenes.
      most: largest number of digits in a scene.
      fewest: smallest number.
      side: H = W of the canvas in pixels.
      overlap: the largest share of a digit's rectangle of ink that another's may cover, 0 to 1.
      margin: with ``overlap=0``, pixels kept free between two rectangles.
      noise: standard deviation of the noise, in units of full ink.
      seed: fixes the result; a whole number, or several.

    Returns:
      :class:`Scenes`.

    Raises:
      ValueError: if there are no digits or no scenes, ``fewest`` is below 1 or above ``most``,
        a digit is larger than the canvas or has no ink, or so many digits find no place.

    Example:
      >>> blot = Digits(np.ones((1, 5, 5), np.float32), np.array([7], np.int32))
      >>> scenes = draw(blot, 3, most=2, side=16, noise=0.0)
      >>> scenes.images.shape, sorted(set(scenes.masks.ravel().tolist()))
      ((3, 16, 16, 1), [0, 8])
    """
    _check_numbers(digits, count, most, fewest, side, overlap, margin, noise)
    crops = [_crop(image) for image in digits.images]
    largest = max(max(crop.shape) for crop in crops)
    if largest > side:
        raise ValueError(f"side must be at least the largest digit, {largest} pixels; got {side}.")
    rng = np.random.default_rng(seed)
    images = np.zeros((count, side, side), np.float32)
    masks = np.zeros((count, side, side), np.int32)
    layouts = []
    for image, mask, number in zip(
        images, masks, rng.integers(fewest, most + 1, count), strict=True
    ):
        layout = None
        for _ in range(50):
            chosen = rng.integers(0, len(digits), number)
            layout = _place([crops[i].shape for i in chosen], side, overlap, margin, rng)
            if layout is not None:
                break
        if layout is None:
            raise ValueError(
                f"most={most} digits of up to {largest} pixels find no place on a canvas of "
                f"{side}×{side} with overlap={overlap}, margin={margin}. Raise side or overlap."
            )
        placed = []
        for i, (top, left, bottom, right) in zip(chosen, layout, strict=True):
            window, ink = image[top:bottom, left:right], crops[i]
            mask[top:bottom, left:right][ink > INK] = digits.labels[i] + 1
            np.copyto(window, np.where(ink > INK, ink, np.maximum(window, ink)))
            placed.append(Placed(int(digits.labels[i]), top, left, bottom, right))
        layouts.append(placed)
    if noise:
        images += rng.normal(0, noise, images.shape).astype(np.float32)
        np.clip(images, 0, 1, out=images)
    return Scenes(images[..., None], masks, layouts)


def _check_numbers(digits, count, most, fewest, side, overlap, margin, noise) -> None:
    """What :func:`draw` asks of its arguments."""
    check_digits("digits", digits)
    for name, number in (("count", count), ("most", most), ("fewest", fewest)):
        if not is_whole(number):
            raise ValueError(f"{name} must be a whole number; got {number!r}.")
    for name, number in (("side", side), ("margin", margin)):
        if not is_whole(number):
            raise ValueError(f"{name} must be a whole number of pixels; got {number!r}.")
    for name, share in (("overlap", overlap), ("noise", noise)):
        if not is_number(share):
            raise ValueError(f"{name} must be a number; got {share!r}.")
    if count < 1 or len(digits) < 1:
        raise ValueError(
            f"count and digits must be at least 1 scene and 1 image; got {count} and {len(digits)}."
        )
    if not 1 <= fewest <= most:
        raise ValueError(
            f"fewest must be at least 1 digit and at most `most`; got fewest={fewest}, "
            f"most={most}. A canvas without a digit has nothing to find."
        )
    if not 0 <= overlap <= 1 or noise < 0 or margin < 0:
        raise ValueError(
            f"overlap must lie in [0, 1], noise and margin must not be negative; "
            f"got {overlap}, {noise} and {margin}."
        )


def _crop(image) -> np.ndarray:
    """The rectangle that holds the ink."""
    ink = image > INK
    if not ink.any():
        raise ValueError(
            f"every digit must have a pixel above {INK} (scenes.INK); got an image without ink, "
            f"of largest value {image.max():.3g}."
        )
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _place(shapes, side, overlap, margin, rng):
    """A rectangle for each shape, or None if no place was found."""
    placed: list[tuple[int, int, int, int]] = []
    tries = 0
    for height, width in shapes:
        while True:
            tries += 1
            if tries > _TRIES:
                return None
            top = int(rng.integers(0, side - height + 1))
            left = int(rng.integers(0, side - width + 1))
            new = (top, left, top + height, left + width)
            if all(_fits(new, old, overlap, margin) for old in placed):
                placed.append(new)
                break
    return placed


def _fits(a, b, overlap, margin) -> bool:
    """Whether two rectangles cover at most ``overlap`` of the smaller one."""
    pad = margin if overlap == 0 else 0
    height = min(a[2], b[2]) - max(a[0], b[0]) + pad
    width = min(a[3], b[3]) - max(a[1], b[1]) + pad
    if height <= 0 or width <= 0:
        return True
    smaller = min((r[2] - r[0]) * (r[3] - r[1]) for r in (a, b))
    return height * width <= overlap * smaller
