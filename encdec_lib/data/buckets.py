"""Groups of examples of similar length."""

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Int

from encdec_lib.runtime.checks import is_whole
from encdec_lib.runtime.inputs import as_numbers


def length_buckets(
    lengths: Sequence[int] | np.ndarray, edges: Sequence[int]
) -> dict[str, Int[np.ndarray, " n"]]:
    """Sorts examples into groups of similar length.

    Bucket k holds ``edges[k] <= length < edges[k + 1]`` and is called by its first and last
    length. A length outside the edges is in no bucket; a bucket without examples is left out.

    Args:
      lengths: N lengths.
      edges: rising numbers, one more than there are buckets.

    Returns:
      Label to the positions of its examples, shortest first.

    Raises:
      ValueError: if there are fewer than two edges or they do not rise.

    Example:
      >>> {k: v.tolist() for k, v in length_buckets([4, 12, 10, 11], (4, 11, 16)).items()}
      {'4–10': [0, 2], '11–15': [1, 3]}
    """
    if isinstance(edges, str) or not isinstance(edges, Iterable) or not all(map(is_whole, edges)):
        raise ValueError(f"edges must be at least two rising numbers; got {edges!r}.")
    edges = [int(edge) for edge in edges]
    if len(edges) < 2 or any(a >= b for a, b in itertools.pairwise(edges)):
        raise ValueError(f"edges must be at least two rising numbers; got {edges}.")
    lengths = as_numbers("lengths", lengths)
    buckets = {}
    for low, high in itertools.pairwise(edges):
        members = np.flatnonzero((low <= lengths) & (lengths < high))
        if len(members):
            buckets[f"{low}–{high - 1}" if high - 1 > low else str(low)] = members
    return buckets
