"""What the figures' constructors ask of their arguments, before they look inside."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from encdec_lib.data.digits import Digits
from encdec_lib.runtime.inputs import as_numbers, check_finite


def text(name: str, value: Any) -> str:
    """A string.

    Args:
      name: of the argument.
      value: what was given.

    Raises:
      TypeError: if it is something else.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a text; got {value!r:.60}.")
    return value


def letters_of(name: str, value: Any, letters: str, shortest: int, longest: int) -> str:
    """A string of known letters, neither too short nor too long.

    Args:
      name: of the argument.
      value: what was given.
      letters: those it may have, in the order of the alphabet.
      shortest: how many at least.
      longest: how many at most.

    Raises:
      TypeError: if it is no text.
      ValueError: if its letters or their number are others.

    Example:
      >>> letters_of("string", "bead", "abcdefgh", 2, 8)
      'bead'
    """
    given = text(name, value)
    if not shortest <= len(given) <= longest or set(given) - set(letters):
        raise ValueError(
            f"{name} must have {shortest} to longest = {longest} letters from {letters[0]} to "
            f"{letters[-1]}; got {given!r:.60}."
        )
    return given


def texts(name: str, values: Any) -> list[str]:
    """A list of strings; one string would count as its letters.

    Args:
      name: of the argument.
      values: what was given.

    Raises:
      TypeError: if it is something else.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a list of texts; got {values!r:.60}.")
    return [text(name, value) for value in values]


def by_name(name: str, values: Any, none: bool = False) -> Mapping:
    """A dictionary.

    Args:
      name: of the argument.
      values: what was given.
      none: whether None stands for an empty one.

    Raises:
      TypeError: if it is something else.
    """
    if none and values is None:
        return {}
    if not isinstance(values, Mapping):
        raise TypeError(f"{name} must be a dictionary; got {values!r:.60}.")
    return values


def listed(name: str, values: Any) -> Sequence:
    """A list.

    Args:
      name: of the argument.
      values: what was given.

    Raises:
      TypeError: if it is something else.
    """
    if isinstance(values, str | bytes) or not isinstance(values, Sequence):
        raise TypeError(f"{name} must be a list; got {values!r:.60}.")
    return values


def reals(name: str, values: Any) -> np.ndarray:
    """Finite numbers in float32, as a page works with them.

    Args:
      name: of the argument.
      values: an array, or lists that are one.

    Raises:
      ValueError: if it is none, or a number is complex, NaN or too large for float32.

    Example:
      >>> reals("y", [0.5, 1e300])
      Traceback (most recent call last):
      ValueError: y must be finite; got inf in example 1.
    """
    array = as_numbers(name, values)
    if np.iscomplexobj(array):
        raise ValueError(f"{name} must be real numbers; got {array.dtype}.")
    with np.errstate(over="ignore"):
        return check_finite(name, array.astype(np.float32))


def digit_images(name: str, digits: Any) -> Digits:
    """Images of digits, finite and from 0 to 1.

    Args:
      name: of the argument.
      digits: what was given.

    Raises:
      TypeError: if it is something else.
      ValueError: if the images are no stack ``(N, H, W)``, or a pixel is out of range.
    """
    if not isinstance(digits, Digits):
        raise TypeError(
            f"{name} must be Digits, as encdec_lib.data.digits.load gives them; got "
            f"{type(digits).__name__}."
        )
    images = check_finite(name, digits.images)
    if images.ndim != 3:
        raise ValueError(f"{name} must hold images (N, H, W); got {images.shape}.")
    if images.size and (images.min() < 0 or images.max() > 1):
        raise ValueError(
            f"{name} must have pixels from 0 to 1; got {images.min():.3g} to {images.max():.3g}."
        )
    if np.shape(digits.labels) != images.shape[:1]:
        raise ValueError(
            f"{name} must have one label an image; got {np.shape(digits.labels)} for {len(images)}."
        )
    return digits


def grey_pictures(name: str, values: Any, side: int, most: int) -> np.ndarray:
    """Grey pictures of one side.

    Args:
      name: of the argument.
      values: ``(N, S, S)`` or ``(N, S, S, 1)``, pixels from 0 to 1.
      side: S.
      most: how many there may be.

    Returns:
      ``(N, S, S)``, of 32 bits.

    Raises:
      ValueError: if they are no real numbers, or their shape, their number or a pixel is another.

    Example:
      >>> grey_pictures("pictures", np.zeros((2, 3, 3, 1)), 3, 4).shape
      (2, 3, 3)
    """
    images = reals(name, values)
    shape = images.shape
    if images.ndim == 4 and shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 3 or images.shape[1:] != (side, side):
        raise ValueError(
            f"{name} must be (N, {side}, {side}) or (N, {side}, {side}, 1), as model reads them; "
            f"got {shape}."
        )
    if not 1 <= len(images) <= most:
        raise ValueError(f"{name} must be 1 to {most}; got {len(images)}.")
    if images.min() < 0 or images.max() > 1:
        raise ValueError(
            f"{name} must have pixels from 0 to 1; got {images.min():.3g} to {images.max():.3g}."
        )
    return images
