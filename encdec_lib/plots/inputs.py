"""What a figure asks of what it is to draw: numbers of so many axes, something under each name."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from encdec_lib.data.image_tokens import Codebook
from encdec_lib.runtime.inputs import as_numbers


def numbers(name: str, values: Any, *ranks: int, gaps: bool = False) -> np.ndarray:
    """What is to be drawn, as an array.

    Args:
      name: of the argument.
      values: an array, or lists that are one.
      *ranks: numbers of axes that will do.
      gaps: whether NaN may stand among the numbers; in a curve it leaves a gap.

    Returns:
      The array; no axis is empty.

    Raises:
      ValueError: if it is something else, or a number is infinite or NaN.

    Example:
      >>> numbers("weights", [], 1, 2)
      Traceback (most recent call last):
      ValueError: weights must have 1 or 2 axes with something along each; got (0,).
    """
    array = as_numbers(name, values)
    if array.ndim not in ranks or 0 in array.shape:
        wanted = " or ".join(map(str, ranks)) + (" axis" if ranks == (1,) else " axes")
        raise ValueError(f"{name} must have {wanted} with something along each; got {array.shape}.")
    known = np.isfinite(array)
    if gaps and known.any():
        known |= np.isnan(array)
    if not known.all():
        first = tuple(int(i) for i in np.argwhere(~known)[0])
        where = f" at {first[0] if len(first) == 1 else first}" if first else ""
        count = f", {int((~known).sum())} of {array.size} in all" if array.size > 1 else ""
        raise ValueError(f"{name} must be finite; got {array[first]}{where}{count}.")
    return array


def grey(name: str, image: Any) -> np.ndarray:
    """One grey image, ``(H, W)``.

    Args:
      name: of the argument.
      image: ``(H, W)`` or ``(H, W, 1)``.

    Raises:
      ValueError: if it is something else.
    """
    array = numbers(name, image, 2, 3)
    if array.ndim == 3 and array.shape[2] != 1:
        raise ValueError(f"{name} must be grey, (H, W) or (H, W, 1); got {array.shape}.")
    return array.reshape(array.shape[:2]).astype(np.float32)


def named(name: str, values: Any) -> Mapping:
    """Things by their names, at least one.

    Args:
      name: of the argument.
      values: a dictionary.

    Raises:
      ValueError: if it is empty.
      TypeError: if it is something else.

    Example:
      >>> named("histories", {})
      Traceback (most recent call last):
      ValueError: histories must hold at least one entry; got none.
    """
    if not isinstance(values, Mapping):
        raise TypeError(
            f"{name} must be a dictionary, from names to what is drawn; got "
            f"{type(values).__name__}."
        )
    if not values:
        raise ValueError(f"{name} must hold at least one entry; got none.")
    return values


def as_many(name: str, values: Any, count: int, of: str) -> list:
    """A list with one entry for each of something.

    Args:
      name: of the argument.
      values: the list.
      count: how many there are.
      of: what there is one for.

    Raises:
      ValueError: if there are more or fewer.
      TypeError: if it is no list.
    """
    if isinstance(values, str | Mapping) or not hasattr(values, "__len__"):
        raise TypeError(f"{name} must be a list, one {of}; got {type(values).__name__}.")
    if len(values) != count:
        raise ValueError(f"{name} must be as many as there are {of}, {count}; got {len(values)}.")
    return list(values)


def listed(name: str, values: Any) -> list:
    """A list with at least one entry.

    Args:
      name: of the argument.
      values: the list.

    Raises:
      ValueError: if it is empty.
      TypeError: if it is something else.
    """
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray):
        raise TypeError(f"{name} must be a list; got {type(values).__name__}.")
    if not len(values):
        raise ValueError(f"{name} must hold at least one entry; got none.")
    return list(values)


def texts(name: str, values: Any) -> list[str]:
    """A list of words or captions; one text would count as its letters.

    Args:
      name: of the argument.
      values: the list.

    Raises:
      TypeError: if it is something else.
    """
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray):
        raise TypeError(f"{name} must be a list of texts; got {type(values).__name__}.")
    for i, text in enumerate(values):
        if not isinstance(text, str):
            raise TypeError(f"{name} must be a list of texts; got {text!r:.40} at position {i}.")
    return list(values)


def pairs(name: str, values: Any) -> Mapping:
    """Two things under each name.

    Args:
      name: of the argument.
      values: a dictionary.

    Raises:
      ValueError: if it is empty, or something else stands under a name.
      TypeError: if it is no dictionary.
    """
    for key, pair in named(name, values).items():
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ValueError(f"{name}[{key!r}] must be two things; got {type(pair).__name__}.")
    return values


def a_codebook(name: str, book: Any) -> Codebook:
    """The typical patches of :mod:`encdec_lib.data.image_tokens`.

    Args:
      name: of the argument.
      book: a codebook.

    Raises:
      TypeError: if it is something else.
    """
    if not isinstance(book, Codebook):
        raise TypeError(f"{name} must be a Codebook; got {type(book).__name__}.")
    return book


def square(name: str, values: Any, side: int) -> np.ndarray:
    """A table with a row and a column for each of some names.

    Args:
      name: of the argument.
      values: ``(L, L)``.
      side: L.

    Raises:
      ValueError: if it is something else.
    """
    array = numbers(name, values, 2)
    if len(array) != side:
        raise ValueError(f"{name} must have a row a name, {side}; got {len(array)}.")
    if array.shape[1] != side:
        raise ValueError(f"{name} must have a column a name, {side}; got {array.shape[1]}.")
    return array


def grids(name: str, values: Any, count: int) -> np.ndarray:
    """A number for each cell of a square grid, row by row, one grid an image.

    Args:
      name: of the argument.
      values: ``(N, M)``, M a square number.
      count: N.

    Raises:
      ValueError: if it is something else.
    """
    array = numbers(name, values, 2)
    if len(array) != count or math.isqrt(array.shape[1]) ** 2 != array.shape[1]:
        raise ValueError(
            f"{name} must have a row an image, {count}, and a square number of columns; got "
            f"{array.shape}."
        )
    return array


def curves_over(name: str, curves: Any, count: int, of: str, most: int) -> None:
    """Curves by name, each with a number for each place along the axis.

    Args:
      name: of the argument.
      curves: a dictionary.
      count: how many places there are.
      of: what they are.
      most: how many curves can be told apart.

    Raises:
      ValueError: if there are none or too many, or one of another length.
    """
    if len(named(name, curves)) > most:
        raise ValueError(f"{name} must hold at most {most} curves; got {len(curves)}.")
    for key, values in curves.items():
        own = f"{name}[{key!r}]"
        as_many(own, numbers(own, values, 1), count, of)
