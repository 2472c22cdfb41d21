"""What a token's vector knows of its neighbours: a linear probe for the token k places on.

Shape letters: N sequences, S tokens, D numbers of a vector, V kinds of token.
"""

from functools import partial
from typing import Any

import jax
import numpy as np

from encdec_lib.analysis.recurrent_memory import linear_probe


def neighbour_found(
    fitted: tuple[Any, Any],
    held_out: tuple[Any, Any],
    distance: int,
    *,
    classes: int,
    padding: int = 0,
    most: tuple[int, int] = (9000, 6000),
) -> float:
    """Share of tokens some places on that a linear map finds in a vector, in percent.

    The map is fitted in closed form on one part and tested on another.

    Args:
      fitted: vectors ``(N, S, D)`` and tokens ``(N, S)`` to fit the map on.
      held_out: the same to test it on.
      distance: k; the token at place j + k is looked for in the vector of place j.
      classes: V.
      padding: the token that does not count, at either place.
      most: at most so many pairs are used of either part, from the front.

    Returns:
      Between 0 and 100.

    Raises:
      ValueError: if no sequence has two real tokens so far apart.

    Example:
      >>> tokens = np.array([[1, 2, 3, 1], [2, 3, 1, 2], [3, 1, 2, 3]])
      >>> part = np.eye(4)[tokens], tokens  # after 1 comes 2, after 2 comes 3
      >>> neighbour_found(part, part, 1, classes=4)
      100.0
    """
    x, y = _pairs(*fitted, distance, padding, most[0])
    x_test, y_test = _pairs(*held_out, distance, padding, most[1])
    return 100 * int(_found(x, y, x_test, y_test, classes)) / len(y_test)


def _pairs(vectors: Any, tokens: Any, distance: int, padding: int, most: int):
    """Vectors at j and tokens at j + distance, where both are real."""
    vectors, tokens = np.asarray(vectors, np.float32), np.asarray(tokens)
    places = np.arange(max(0, -distance), tokens.shape[1] - max(0, distance))
    real = (tokens[:, places] != padding) & (tokens[:, places + distance] != padding)
    if not real.any():
        raise ValueError(f"no sequence has two real tokens at distance {distance}.")
    return vectors[:, places][real][:most], tokens[:, places + distance][real][:most]


@partial(jax.jit, static_argnums=4)
def _found(x, y, x_test, y_test, classes):
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    probe = linear_probe((x - mean[None]) / scale[None], y, classes)
    said = (x_test - mean[None]) / scale[None] @ probe[:-1] + probe[-1][None]
    return (said.argmax(axis=1) == y_test).sum()
