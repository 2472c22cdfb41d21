r"""Attention rollout: from the maps of every layer to one map from output to input (chapter 14).

Shape letters: B batch, H heads, T positions.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from encdec_lib.runtime.checks import is_number


def attention_rollout(
    maps: list[Float[Array, "B H T T"]], residual_share: int | float = 0.5
) -> Float[Array, "B T T"]:
    r"""Multiplies the maps of all layers, with the ways around them counted in.

    .. math:: R = A_L \cdots A_2 A_1, \qquad
        A_l = r\, I + (1 - r)\, \tfrac1h \sum_n W_{l,n}

    Row t of R says how much of each input position reaches output t, **if** every layer only mixed
    vectors. It does more: values pass through matrices and networks, which may turn round or
    delete what was mixed in. And averaging the heads hides those that disagree. So R is a picture
    of where vectors could have come from, not of why the model answered as it did.

    Args:
      maps: weights of each layer, bottom layer first, rows summing to 1.
      residual_share: r, share given to the way around attention; 0.5 in the paper.

    Returns:
      ``(B, T, T)``, rows summing to 1.

    Raises:
      ValueError: if there is no layer or ``residual_share`` is outside 0 to 1.

    Example:
      >>> import jax.numpy as jnp
      >>> even = jnp.full((1, 2, 2, 2), 0.5)
      >>> attention_rollout([even, even])[0].tolist()
      [[0.625, 0.375], [0.375, 0.625]]

    Reference:
      Abnar & Zuidema (2020), arXiv:2005.00928, section 3; Chefer et al. (2021), arXiv:2012.09838,
      on what it misses.
    """
    if not maps:
        raise ValueError("maps must hold the weights of at least one layer; got none.")
    if not is_number(residual_share) or not 0 <= residual_share <= 1:
        raise ValueError(f"residual_share must lie in [0, 1]; got {residual_share}.")
    stay = residual_share * jnp.eye(maps[0].shape[-1])[None]
    layers = [stay + (1 - residual_share) * weights.mean(axis=1) for weights in maps]
    rolled = layers[0]
    for layer in layers[1:]:
        rolled = jnp.einsum("Btj,Bjs->Bts", layer, rolled)
    return rolled
