"""Sequences of unequal length in one array."""

import itertools
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from encdec_lib.data.vocabulary import PAD
from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.inputs import as_numbers


def pad(sequences: Sequence[Sequence[int]], length: int | None = None) -> Int[np.ndarray, "N L"]:
    """Stacks sequences of ids into one array, short ones filled up with 0 on the right.

    Args:
      sequences: N lists of ids.
      length: L, the width of the array; the longest sequence if None.

    Returns:
      int32 array ``(N, L)``.

    Raises:
      ValueError: if a sequence has more than ``length`` ids.

    Example:
      >>> pad([[5, 6, 7], [8]]).tolist()
      [[5, 6, 7], [8, 0, 0]]
    """
    if length is not None:
        check_whole("length", length, least=0)
    try:
        lengths = np.fromiter(map(len, sequences), int, len(sequences))
    except TypeError:
        raise TypeError(
            f"sequences must be a list of lists of ids; got {sequences!r:.60}."
        ) from None
    longest = int(lengths.max(initial=0))
    if length is None:
        length = longest
    if longest > length:
        raise ValueError(
            f"length must be at least the longest sequence, {longest} ids at position "
            f"{int(lengths.argmax())}; got {length}. Raise length or cut the sequence."
        )
    padded = np.full((len(sequences), length), PAD, np.int32)
    real = np.arange(length) < lengths[:, None]  # (N, L)
    every = as_numbers("sequences", list(itertools.chain.from_iterable(sequences)))
    if every.size and not np.issubdtype(every.dtype, np.integer):
        raise ValueError(f"sequences must hold whole numbers, ids; got {every.dtype}.")
    padded[real] = every
    return padded
