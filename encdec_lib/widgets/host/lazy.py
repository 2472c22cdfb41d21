"""Bytes that a figure asks for only when its reader does."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Lazy:
    """Bytes in a widget's state which its module loads when it needs them.

    The module calls ``load()``, which promises a ``DataView``
    (``encdec_lib/widgets/parts/lazily.js``). In a built book the bytes stand in one file of the
    site, however many pages use them, and are read when they are first asked for; in a notebook
    they stand in the figure's state; a kernel sends them with the model.

    Args:
      data: the bytes.

    Example:
      >>> Lazy(b"abc")
      Lazy(3 bytes)
    """

    data: bytes = dataclasses.field(repr=False)

    def __repr__(self) -> str:
        return f"Lazy({len(self.data):,} bytes)"


def without_lazy(value: Any) -> Any:
    """The value with the bytes themselves, as a kernel sends them.

    Args:
      value: of a trait: lists, dicts and :class:`Lazy` anywhere in them.

    Returns:
      The same, or a copy where there was something lazy.

    Example:
      >>> without_lazy({"words": Lazy(b"abc"), "seed": 0})
      {'words': b'abc', 'seed': 0}
    """
    if isinstance(value, Lazy):
        return value.data
    if isinstance(value, dict):
        return {key: without_lazy(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(without_lazy, value))
    return value
