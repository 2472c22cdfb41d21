r"""What stands in every block of a Transformer beside attention: a network, and a way around.

Shape letters: B batch, T positions, D width (d_model), F inner width (d_ff).
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from encdec_lib.runtime.checks import check_wholes

ACTIVATIONS = {"relu": jax.nn.relu, "gelu": partial(jax.nn.gelu, approximate=False)}


class FeedForward(nnx.Module):
    r"""The same two-layer network at every position, with nothing from the neighbours.

    .. math:: \mathrm{FFN}(x) = \max(0,\, x W_1 + b_1)\, W_2 + b_2

    Args:
      d_model: D.
      d_ff: F, width of the hidden layer.
      activation: between the two; ``"relu"`` as in the formula, or ``"gelu"``,
        :math:`x\,\Phi(x)` with the normal distribution :math:`\Phi`, as in a Vision Transformer.
      dtype: what the products are computed in.
      rngs: ``params`` initialises the weights.

    Raises:
      ValueError: if ``d_ff`` is below 1 or ``activation`` is another.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> FeedForward(4, 16, rngs=nnx.Rngs(0))(jnp.ones((2, 3, 4))).shape
      (2, 3, 4)

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, equation (2).
    """

    def __init__(
        self,
        d_model: int,
        d_ff: int,
        *,
        activation: str = "relu",
        dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ):
        check_wholes(d_model=d_model, d_ff=d_ff)
        if activation not in ACTIVATIONS:
            raise ValueError(
                f"activation must be one of {', '.join(ACTIVATIONS)}; got {activation!r}."
            )
        self.activation = activation
        self.hidden = nnx.Linear(d_model, d_ff, dtype=dtype, rngs=rngs)
        self.output = nnx.Linear(d_ff, d_model, dtype=dtype, rngs=rngs)

    def __call__(self, x: Float[Array, "B T D"]) -> Float[Array, "B T D"]:
        """Applies the network to each position by itself."""
        return self.output(ACTIVATIONS[self.activation](self.hidden(x)))


class Residual(nnx.Module):
    r"""A way around a sub-layer f, with layer normalisation before f or after the sum.

    .. math::
        \text{pre-norm:}\quad x + \mathrm{drop}(f(\mathrm{norm}(x))) \qquad
        \text{post-norm:}\quad \mathrm{norm}(x + \mathrm{drop}(f(x)))

    The paper has post-norm. With pre-norm the sum itself is never normalised, so the gradient has
    a plain path through every layer, and training starts without a long warm-up.

    Args:
      d_model: D.
      pre_norm: which of the two.
      dropout: share of f's outputs that is set to 0 in training.
      epsilon: what normalisation adds to the variance.
      dtype: what is computed in.
      rngs: ``dropout`` draws what is dropped.

    Reference:
      Xiong et al. (2020), On Layer Normalization in the Transformer Architecture,
      arXiv:2002.04745.
    """

    def __init__(
        self,
        d_model: int,
        pre_norm: bool,
        dropout: int | float,
        *,
        epsilon: float = 1e-5,
        dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ):
        self.norm = nnx.LayerNorm(d_model, epsilon=epsilon, dtype=dtype, rngs=rngs)
        self.dropout = nnx.Dropout(dropout, rngs=rngs) if dropout else None
        self.pre_norm = pre_norm

    def sublayer_input(self, x: Float[Array, "B T D"]) -> Float[Array, "B T D"]:
        """What f is given."""
        return self.norm(x) if self.pre_norm else x

    def add(self, x: Float[Array, "B T D"], fx: Float[Array, "B T D"]) -> Float[Array, "B T D"]:
        """The sum of the way around, x, and of f's output."""
        x = x + (self.dropout(fx) if self.dropout is not None else fx)
        return x if self.pre_norm else self.norm(x)
