r"""Learned positions on a grid, for a grid of another size.

Shape letters: M patches, D width.
"""

import math

import numpy as np
from jaxtyping import Array, Float

A = -0.75  # of the cubic kernel, as PyTorch and OpenCV have it (Keys, and JAX, have -0.5)


def resized_positions(
    positions: Float[Array, "1 M D"] | Float[np.ndarray, "1 M D"], grid: int, first: int = 0
) -> Float[np.ndarray, "1 N D"]:
    r"""Positions of a square grid of patches, interpolated for a square grid of another size.

    .. math:: E'_{ij} = \sum_{kl} w_{ik}\, w_{jl}\, E_{kl}

    Bicubic: a new place lies between four old ones along each side, which count by a cubic of their
    distance; beyond the edge the outermost one is repeated. Nothing is averaged where the grid gets
    smaller. (PyTorch's ``interpolate(mode="bicubic", align_corners=False)``, which
    ``transformers`` uses for this.)

    Args:
      positions: ``(1, first + M, D)``, the grid row by row; M must be a square number.
      grid: places a side of the new grid.
      first: how many vectors before the grid belong to no place (a class token's): they stay.

    Returns:
      ``(1, first + grid², D)``, float32, computed in float64.

    Raises:
      ValueError: if M is no square number, or ``grid`` is below 1.

    Example:
      >>> import numpy as np
      >>> old = np.arange(4, dtype=np.float32).reshape(1, 4, 1)  # rows 0 1 and 2 3
      >>> resized_positions(old, 1).item()
      1.5
    """
    table = np.asarray(positions, np.float64)[0]
    count = len(table) - first
    old = math.isqrt(max(count, 0))
    if old < 1 or old**2 != count:
        raise ValueError(
            f"positions must be a square grid after the {first} first; got {positions.shape}."
        )
    if grid < 1:
        raise ValueError(f"grid must be at least 1; got {grid}.")
    weights = _cubic(old, grid)  # (grid, old)
    square = table[first:].reshape(old, old, -1)
    new = np.einsum("ik,jl,kld->ijd", weights, weights, square)
    joined = np.concatenate([table[:first], new.reshape(grid**2, -1)])
    return joined[None].astype(np.float32)


def _cubic(old: int, new: int) -> np.ndarray:
    """What each of the old places counts for each of the new ones, (new, old)."""
    weights = np.zeros((new, old))
    for i in range(new):
        place = (i + 0.5) * old / new - 0.5
        for k in range(math.floor(place) - 1, math.floor(place) + 3):
            weights[i, min(max(k, 0), old - 1)] += _kernel(abs(place - k))
    return weights


def _kernel(x: float) -> float:
    """The cubic of Keys (1981), of a distance from 0 to 2."""
    if x <= 1:
        return (A + 2) * x**3 - (A + 3) * x**2 + 1
    return A * x**3 - 5 * A * x**2 + 8 * A * x - 4 * A if x < 2 else 0.0
