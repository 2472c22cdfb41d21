"""What every figure asks of what it is given: numbers, at least one, of the right shape."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np


def numbers(name: str, values: Any, *shapes: str, gaps: bool = False) -> np.ndarray:
    """Values as an array that can be drawn.

    Args:
      name: of the argument, for messages.
      values: what NumPy makes numbers of.
      shapes: the shapes that will do, as letters: ``"N"``, ``"H W"``; any if there is none.
      gaps: whether nan may stand among the numbers, as a place where there is none.

    Returns:
      The array, of the values' own kind of numbers.

    Raises:
      ValueError: if there is no number, a nan or an infinite one, or the shape is another.

    Example:
      >>> numbers("weights", [[0.5, 0.5]], "T S")
      array([[0.5, 0.5]])
    """
    wanted = " or ".join("(" + ", ".join(shape.split()) + ")" for shape in shapes)
    try:
        array = np.asarray(values)
        known = np.isfinite(array)
    except (TypeError, ValueError):  # text, None, rows of different lengths
        raise ValueError(
            f"{name} needs numbers{f' of shape {wanted}' if wanted else ''}; got "
            f"{type(values).__name__}: {values!r:.60}."
        ) from None
    if shapes and array.ndim not in [len(shape.split()) for shape in shapes]:
        raise ValueError(f"{name} needs shape {wanted}; got {array.shape}.")
    if not array.size:
        raise ValueError(f"{name} needs at least one number; got {array.shape}.")
    if gaps and known.any():
        known = known | np.isnan(array)
    if not known.all():
        first = tuple(int(i) for i in np.argwhere(~known)[0])
        where = first[0] if len(first) == 1 else first
        raise ValueError(
            f"{name} needs finite numbers; got {array[first]} at {where}, {int((~known).sum())} of "
            f"{array.size} in all. Leave them out, or look for where they come from."
        )
    return array


def some(name: str, values: Collection, what: str) -> None:
    """Asks for at least one entry.

    Args:
      name: of the argument, for messages.
      values: a list, an array, or a dictionary.
      what: an entry, in words.

    Raises:
      ValueError: if there is none.

    Example:
      >>> some("values", {"GRU": 3.1}, "bar")
    """
    if not len(values):
        raise ValueError(f"{name} needs at least one {what}; got an empty {type(values).__name__}.")


def named(name: str, values: Any, what: str) -> None:
    """Asks for a dictionary from names to something, with at least one of them.

    Args:
      name: of the argument, for messages.
      values: the dictionary.
      what: an entry, in words.

    Raises:
      TypeError: if it is no dictionary.
      ValueError: if it is empty.

    Example:
      >>> named("values", {"GRU": 3.1}, "bar")
    """
    if not isinstance(values, Mapping):
        raise TypeError(
            f"{name} needs a dictionary from a name to each {what}; got {type(values).__name__}. "
            f"Write {{'a name': ...}}."
        )
    some(name, values, what)
