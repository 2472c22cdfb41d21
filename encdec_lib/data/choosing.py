"""Which examples of a data set are meant by positions, a slice or flags."""

from typing import Any

import numpy as np
from jaxtyping import Int

from encdec_lib.runtime.inputs import as_numbers


def chosen_examples(indices: Any, count: int) -> Int[np.ndarray, " n"]:
    """Positions of the examples that ``take`` of a data set is asked for.

    Args:
      indices: positions, a slice, or one flag an example.
      count: N, how many examples there are.

    Returns:
      Positions from 0, in the order asked for.

    Raises:
      IndexError: if a position is not in ``[-N, N)``, or there is not one flag an example.

    Example:
      >>> chosen_examples([2, -1], 4).tolist(), chosen_examples(slice(1, 3), 4).tolist()
      ([2, 3], [1, 2])
    """
    if not isinstance(indices, slice):
        indices = as_numbers("indices", indices)
        if indices.size == 0:
            indices = indices.astype(int)
        flags = indices.dtype == bool
        if not (flags or np.issubdtype(indices.dtype, np.integer)):
            raise IndexError(f"indices must be whole numbers or flags; got {indices.dtype}.")
        outside = ((indices < -count) | (indices >= count)).any() if not flags else False
        if outside or (flags and indices.shape != (count,)):
            raise IndexError(
                f"indices must be positions of {count} examples or one flag each; got "
                f"{indices.tolist()!r:.60}."
            )
    return np.atleast_1d(np.arange(count)[indices])
