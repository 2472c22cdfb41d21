"""How much of the first token's vector is left in each vector after it, in four kinds of layer."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.layers.attention import MultiHeadAttention
from encdec_lib.layers.masks import causal_mask
from encdec_lib.layers.recurrent import GRU

KERNEL = 3  #: places that a convolution sees, its own and two to the left
_DRAWS = 16  # sequences whose signals are averaged


def dilations(N: int, dilated: bool) -> list[int]:
    """How the layers are laid whose last output hears the first of N tokens.

    Args:
      N: tokens.
      dilated: 1, 3, 9, … instead of 1, 1, 1, …

    Returns:
      A dilation a layer.

    Example:
      >>> dilations(9, dilated=False), dilations(9, dilated=True)
      ([1, 1, 1, 1], [1, 3])
    """
    laid, heard = [], 1
    while heard < N:
        laid.append(KERNEL ** len(laid) if dilated else 1)
        heard += (KERNEL - 1) * laid[-1]
    return laid


def signals(N: int, d: int, seed: int) -> dict[str, list[list[float]]]:
    r"""By how much a small change of the first token's vector changes each vector.

    .. math:: \Big\lVert \frac{\partial y_i}{\partial x_1} \Big\rVert_F / \sqrt{d},

    the mean over random sequences: the size of the change in y_i, for a change of size 1 in a
    random direction. The layers are new.

    Args:
      N: tokens.
      d: width of every vector.
      seed: of weights and sequences.

    Returns:
      The rows of each kind of layer, for "recurrent" and "attention" one of N numbers, for
      "convolution" and "dilated" one a layer. "share" is the weight that the last token gives the
      first.
    """
    he, attend = nnx.initializers.he_normal(), MultiHeadAttention(d, 1, rngs=nnx.Rngs(seed))
    gru = GRU(d, d, rngs=nnx.Rngs(seed))

    def convolutions(dilated: bool):
        rngs = nnx.Rngs(seed)
        layers = [
            nnx.Conv(
                *(d, d, (KERNEL,)),
                kernel_dilation=rate,
                padding="CAUSAL",
                kernel_init=he,
                rngs=rngs,
            )
            for rate in dilations(N, dilated)
        ]

        def rows(x):
            made = [x]
            for layer in layers:
                made.append(jax.nn.relu(layer(made[-1][None])[0]))
            return jnp.stack(made[1:])

        return rows

    def attended(x):
        return attend(x[None], x[None], causal_mask(N))

    kinds = {
        "recurrent": lambda x: gru(x[None])[0],
        "convolution": convolutions(dilated=False),
        "dilated": convolutions(dilated=True),
        "attention": lambda x: attended(x)[0],
    }
    x = jax.random.normal(jax.random.key(seed), (_DRAWS, N, d))
    found = {kind: _strengths(rows, x) for kind, rows in kinds.items()}
    share = jax.vmap(lambda one: attended(one)[1][0, 0, -1, 0])(x).mean()
    return found | {"share": [[float(share)]]}


def _strengths(rows, x) -> list[list[float]]:
    """Of one kind of layer, a list for each of its rows."""

    @jax.jit
    def changes(x):
        def at(first, others):
            return rows(jnp.concatenate([first[None], others]))

        return jax.vmap(lambda one: jax.jacrev(at)(one[0], one[1:]))(x)

    jacobians = np.asarray(changes(x), np.float64)  # (draws, rows, N, d, d)
    sizes = np.sqrt((jacobians**2).sum(axis=(-1, -2)) / x.shape[-1]).mean(axis=0)
    return sizes.reshape(-1, x.shape[1]).tolist()
