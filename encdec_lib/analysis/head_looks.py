"""Where the weights of each head lie: on neighbours, on kinds of word; and what a head is worth.

Shape letters: B sentences, H heads, S tokens.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from encdec_lib.layers.attention import MultiHeadAttention
from encdec_lib.runtime.checks import check_whole


def head_looks(
    weights: Any, real: Any, kinds: Mapping[str, Any] | None = None
) -> dict[str, Float[np.ndarray, " H"]]:
    r"""Shares of each head's weight, as means over all real tokens that ask.

    ``"before"``, ``"itself"`` and ``"after"`` are the weights on the neighbour to the left, on the
    token and on the neighbour to the right, 0 where there is none. ``"bits"`` is the entropy of a
    row, :math:`-\sum_s \alpha_{ts} \log_2 \alpha_{ts}`.

    Args:
      weights: ``(B, H, S, S)``; rows ask, columns are asked. Padding is asked by nobody.
      real: ``(B, S)``, True at real tokens.
      kinds: names, and for each the tokens that belong to it, ``(B, S)``, True or False.

    Returns:
      A number for each head under every name.

    Raises:
      ValueError: if the shapes do not fit.

    Example:
      >>> weights = [[[[0.5, 0.5], [1.0, 0.0]]]]  # one sentence, one head, two tokens
      >>> found = head_looks(weights, [[True, True]], {"nouns": [[False, True]]})
      >>> {name: float(shares[0]) for name, shares in found.items()}
      {'before': 0.5, 'itself': 0.25, 'after': 0.25, 'nouns': 0.25, 'bits': 0.5}
    """
    w, real = np.asarray(weights, float), np.asarray(real, bool)
    if w.ndim != 4 or w.shape[2] != w.shape[3] or real.shape != (w.shape[0], w.shape[2]):
        raise ValueError(
            f"weights must have shape (B, H, S, S) and real (B, S); got {w.shape} and {real.shape}."
        )
    edge = np.zeros((*w.shape[:2], 1))  # where there is no neighbour
    parts = {
        "before": np.concatenate([edge, np.diagonal(w, -1, 2, 3)], axis=2),  # row t, column t - 1
        "itself": np.diagonal(w, 0, 2, 3),
        "after": np.concatenate([np.diagonal(w, 1, 2, 3), edge], axis=2),
    }
    for name, tokens in (kinds or {}).items():
        tokens = np.asarray(tokens, bool)
        if tokens.shape != real.shape:
            raise ValueError(f"{name} must have shape {real.shape}; got {tokens.shape}.")
        parts[name] = (w * tokens[:, None, None]).sum(axis=3)
    parts["bits"] = -(w * np.log2(np.where(w > 0, w, 1.0))).sum(axis=3)
    return {
        name: (part * real[:, None]).sum(axis=(0, 2)) / real.sum() for name, part in parts.items()
    }


def silence_head(layer: MultiHeadAttention, head: int) -> None:
    """Takes one head out of a layer: its rows of :math:`W^O` become zero.

    Args:
      layer: is changed; clone its model before.
      head: counted from 0.

    Raises:
      ValueError: if the layer has no such head.
    """
    check_whole("head", head, least=0, most=layer.heads - 1)
    kernel, width = layer.output.kernel, layer.d_v
    kernel[...] = kernel[...].at[head * width : (head + 1) * width].set(0.0)
