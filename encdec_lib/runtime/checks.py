"""What config objects ask of their fields when they are built, each with one clear sentence."""

import math
import numbers
from typing import Any


def check_sizes(config: Any, *names: str, least: int = 1) -> None:
    """Fields that count something.

    Args:
      config: an object with the fields.
      *names: of the fields; one that is None is left out.
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
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, numbers.Integral):
            raise ValueError(f"{name} must be a whole number of at least {least}; got {value!r}.")
        if value < least:
            raise ValueError(f"{name} must be at least {least}; got {value}.")


def check_choices(config: Any, **choices: tuple[Any, ...]) -> None:
    """Fields that name one of several things.

    Args:
      config: an object with the fields.
      **choices: field to what it may be.

    Raises:
      ValueError: for the first field that is something else.
    """
    for name, known in choices.items():
        value = getattr(config, name)
        if value not in known:
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
        if not 0 <= value < 1:
            raise ValueError(f"{name} must lie in [0, 1); got {value}.")


def check_numbers(config: Any, *names: str, zero: bool = False) -> None:
    """Fields that hold a finite number above 0.

    Args:
      config: an object with the fields.
      *names: of the fields; one that is None is left out.
      zero: whether 0 is allowed too.

    Raises:
      ValueError: for the first field outside.
    """
    wanted = "0 or a positive number" if zero else "a positive number"
    for name in names:
        value = getattr(config, name)
        if value is None:
            continue
        if not math.isfinite(value) or value < 0 or (value == 0 and not zero):
            raise ValueError(f"{name} must be {wanted}; got {value}.")
