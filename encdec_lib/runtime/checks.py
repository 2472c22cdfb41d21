"""What configs ask of their fields and functions of their numbers, each with one clear sentence."""

import math
import numbers
from typing import Any

import numpy as np


def check_whole(name: str, value: Any, least: int = 1, most: int | None = None) -> None:
    """Asks for a whole number from ``least`` to ``most``.

    Args:
      name: of the argument.
      value: what was given.
      least: the smallest number allowed.
      most: the largest number allowed; any if None.

    Raises:
      ValueError: if it is something else.

    Example:
      >>> check_whole("width", 0)
      Traceback (most recent call last):
      ValueError: width must be at least 1; got 0.
    """
    if not is_whole(value):
        raise ValueError(f"{name} must be a whole number of at least {least}; got {value!r}.")
    if value < least:
        raise ValueError(f"{name} must be at least {least}; got {value}.")
    if most is not None and value > most:
        raise ValueError(f"{name} must be at most {most}; got {value}.")


def check_wholes(**sizes: Any) -> None:
    """Asks for whole numbers of at least 1.

    Args:
      **sizes: what was given, by the names of the arguments.

    Raises:
      ValueError: for the first that is something else.
    """
    for name, value in sizes.items():
        check_whole(name, value)


def check_sizes(config: Any, *names: str, least: int = 1) -> None:
    """Fields that count something.

    Args:
      config: an object with the fields.
      *names: of the fields; one that is None, as the class has it, is left out.
      least: the smallest number allowed.

    Raises:
      ValueError: for the first field that is no whole number of at least ``least``.

    Example:
      >>> from types import SimpleNamespace
      >>> check_sizes(SimpleNamespace(heads=4, layers=0), "heads", "layers")
      Traceback (most recent call last):
      ValueError: layers must be at least 1; got 0.
    """
    for name in names:
        value = getattr(config, name)
        if value is not None or getattr(type(config), name, 0) is not None:
            check_whole(name, value, least)


def check_choices(config: Any, **choices: tuple[Any, ...]) -> None:
    """Fields that name one of several things.

    Args:
      config: an object with the fields.
      **choices: field to what it may be, strings and None.

    Raises:
      ValueError: for the first field that is something else.
    """
    for name, known in choices.items():
        value = getattr(config, name)
        if not (value is None or isinstance(value, str)) or value not in known:
            raise ValueError(f"{name} must be one of {', '.join(map(str, known))}; got {value!r}.")


def check_shares(config: Any, *names: str) -> None:
    """Fields that say what share of something is taken away: from 0 to less than 1.

    Args:
      config: an object with the fields.
      *names: of the fields.

    Raises:
      ValueError: for the first field outside.
    """
    for name in names:
        value = getattr(config, name)
        if not is_number(value) or not 0 <= value < 1:
            raise ValueError(f"{name} must lie in [0, 1); got {value!r}.")


def check_numbers(config: Any, *names: str, zero: bool = False) -> None:
    """Fields that hold a finite number above 0.

    Args:
      config: an object with the fields.
      *names: of the fields; one that is None, as the class has it, is left out.
      zero: whether 0 is allowed too.

    Raises:
      ValueError: for the first field outside.
    """
    for name in names:
        value = getattr(config, name)
        if value is not None or getattr(type(config), name, 0) is not None:
            check_number(name, value, zero=zero)


def check_number(name: str, value: Any, *, zero: bool = False) -> None:
    """Asks for a finite number above 0.

    Args:
      name: of the argument.
      value: what was given.
      zero: whether 0 is allowed too.

    Raises:
      ValueError: if it is something else.

    Example:
      >>> check_number("temperature", float("nan"))
      Traceback (most recent call last):
      ValueError: temperature must be a positive number; got nan.
    """
    wanted = "0 or a positive number" if zero else "a positive number"
    if not is_number(value) or value < 0 or (value == 0 and not zero):
        raise ValueError(f"{name} must be {wanted}; got {value!r}.")


def check_flags(config: Any, *names: str) -> None:
    """Fields that are True or False: ``"no"`` would count as True.

    Args:
      config: an object with the fields.
      *names: of the fields.

    Raises:
      ValueError: for the first field that is something else.
    """
    for name in names:
        if not isinstance(getattr(config, name), bool | np.bool_):
            raise ValueError(f"{name} must be True or False; got {getattr(config, name)!r}.")


def is_whole(value: Any) -> bool:
    """Whether it is a whole number; a flag is none."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether it is a finite number; a flag is none."""
    try:
        return np.ndim(value) == 0 and not isinstance(value, bool | str) and math.isfinite(value)
    except (TypeError, ValueError, OverflowError):
        return False
