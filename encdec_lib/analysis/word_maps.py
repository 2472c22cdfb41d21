"""Where a word's weights lie on a picture: on which cells, and on which digit (chapter 15)."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from encdec_lib.data.scenes import Placed
from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.inputs import check_finite


def as_grid(weights: Any) -> Float[np.ndarray, "S S"]:
    """The weights of one word as they lie over the picture, row by row.

    Args:
      weights: ``(M,)``, one a cell; M is a square number.

    Returns:
      ``(√M, √M)``.

    Raises:
      ValueError: if M is no square number.

    Example:
      >>> as_grid([0.1, 0.2, 0.3, 0.4]).round(1).tolist()
      [[0.1, 0.2], [0.3, 0.4]]
    """
    weights = check_finite("weights", weights).astype(np.float64)
    side = math.isqrt(weights.size)
    if weights.ndim != 1 or not weights.size or side * side != weights.size:
        raise ValueError(
            f"weights must have one number a cell of a square grid, (M,) with M = 4, 9, 16, …; "
            f"got {weights.shape}. Of several heads or words, pass one."
        )
    return weights.reshape(side, side)


def weight_on(weights: Any, layout: Sequence[Placed], side: int) -> Float[np.ndarray, " N"]:
    r"""How much of a word's weight lies on each digit of a scene.

    .. math:: \sum_j \alpha_j \frac{|\mathrm{cell}_j \cap \mathrm{box}_n|}{|\mathrm{cell}_j|}

    Args:
      weights: :math:`\alpha`, ``(M,)``, one a cell, row by row.
      layout: N digits with their rectangles, in pixels.
      side: H = W of the picture in pixels.

    Returns:
      A share for each digit; they add up to 1 at most where the rectangles do not overlap.

    Raises:
      ValueError: if the weights are no square grid, or the cells do not divide the picture.

    Example:
      >>> weights = [0.7, 0.1, 0.2, 0.0]  # of four cells, 2×2 pixels each
      >>> weight_on(weights, [Placed(3, 0, 0, 2, 2), Placed(5, 2, 1, 4, 3)], side=4).tolist()
      [0.7, 0.1]
    """
    grid = as_grid(weights)
    check_whole("side", side)
    if side % len(grid):
        raise ValueError(
            f"side must be a multiple of the {len(grid)} cells in a row; got {side} pixels."
        )
    cell = side // len(grid)
    pixels = np.kron(grid / cell**2, np.ones((cell, cell)))  # the weight of each pixel
    return np.array([pixels[p.top : p.bottom, p.left : p.right].sum() for p in layout])
