"""Attention of queries over keys and values, by one head and by several.

Shape letters: B batch, H heads, T queries, S keys, D width of a vector, K width of a key (d_k),
V width of a value (d_v).
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.layers.additive_attention import AdditiveAttention as AdditiveAttention
from encdec_lib.layers.masks import causal_mask as causal_mask
from encdec_lib.layers.masks import masked_softmax as masked_softmax
from encdec_lib.layers.positions import rotate
from encdec_lib.runtime.checks import check_wholes


def dot_product_attention(
    queries: Float[Array, "B H T K"],
    keys: Float[Array, "B H S K"],
    values: Float[Array, "B H S V"],
    mask: Bool[Array, "#B #T S"],
    scale: int | float | None = None,
    fused: bool = False,
) -> tuple[Float[Array, "B H T V"], Float[Array, "B H T S"]]:
    r"""Every query looks at every key and takes home a mixture of the values.

    .. math:: \mathrm{attention}(Q, K, V) = \mathrm{softmax}\Big(\frac{Q K^\top}{\sqrt{d_k}}\Big) V

    Args:
      queries: what is asked, ``(B, H, T, K)``.
      keys: what is matched, ``(B, H, S, K)``.
      values: what is carried, ``(B, H, S, V)``; V may differ from K.
      mask: True where query t may look at key s, ``(B, T, S)``; B and T may be 1.
      scale: what the products are multiplied by; :math:`1/\sqrt{d_k}` if None.
      fused: let :func:`jax.nn.dot_product_attention` work out the mixture, as JAX sees fit for the
        device; where d_v is another width than d_k it does not apply. The weights returned are
        then worked out beside it, and inside ``jax.jit`` only where they are used.

    Returns:
      The mixtures ``(B, H, T, V)`` and the weights ``(B, H, T, S)``. A query that may look at
      nothing gets zeros in both, and finite gradients. Softmax is taken in float32.

    Example:
      >>> import jax.numpy as jnp
      >>> q = k = jnp.array([[[[2.0, 0.0], [0.0, 2.0]]]])
      >>> v = jnp.array([[[[1.0], [5.0]]]])
      >>> mixtures, weights = dot_product_attention(q, k, v, causal_mask(2))
      >>> print(*(f"{weight:.2f}" for weight in weights[0, 0].ravel()))
      1.00 0.00 0.06 0.94
      >>> print(*(f"{number:.2f}" for number in mixtures.ravel()))
      1.00 4.78

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, equation (1).
    """
    factor = queries.shape[-1] ** -0.5 if scale is None else scale
    scores = jnp.einsum("BHTK,BHSK->BHTS", queries * factor, keys).astype(jnp.float32)
    seen = jnp.broadcast_to(mask[:, None], scores.shape)
    weights = masked_softmax(scores, seen).astype(values.dtype)
    if fused and keys.shape[-1] == values.shape[-1]:  # all that JAX's function takes
        queries, keys, values = (x.swapaxes(1, 2) for x in (queries, keys, values))
        mixtures = jax.nn.dot_product_attention(
            queries, keys, values, mask=mask[:, None], scale=scale
        ).swapaxes(1, 2)
        something = mask.any(axis=-1)[:, None, :, None]
        return jnp.where(something, mixtures, 0), weights
    return jnp.einsum("BHTS,BHSV->BHTV", weights, values), weights


class MultiHeadAttention(nnx.Module):
    r"""Several heads look at once, each with its own queries, keys and values.

    .. math::
        \mathrm{head}_n &= \mathrm{attention}(X W^Q_n, Z W^K_n, Z W^V_n), \qquad n = 1 \dots h \\
        \mathrm{out} &= [\mathrm{head}_1; \dots; \mathrm{head}_h]\, W^O

    The h matrices :math:`W^Q_n` stand side by side in one matrix ``query.kernel``, so that one
    product serves all heads: head n reads columns :math:`n d_k` to :math:`(n+1) d_k`.

    Args:
      d_model: D, width of what comes in and goes out.
      heads: H.
      d_k: width of a head's queries and keys; ``d_model / heads`` if None.
      d_v: width of a head's values; ``d_model / heads`` if None.
      rotary: turn queries and keys by their positions, see
        :func:`~encdec_lib.layers.positions.rotate`.
      scaled: divide the products by :math:`\sqrt{d_k}`.
      bias: add a bias to queries, keys, values and outputs. The paper has none; most code has.
      dtype: what the products are computed in; weights stay float32.
      rngs: ``params`` initialises the weights.

    Raises:
      ValueError: if a size is below 1, ``heads`` does not divide ``d_model`` and ``d_k`` or
        ``d_v`` is left open, or ``rotary`` meets an odd ``d_k``.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> attend = MultiHeadAttention(d_model=6, heads=3, rngs=nnx.Rngs(0))
      >>> x = jnp.ones((1, 5, 6))
      >>> out, weights = attend(x, x, causal_mask(5))
      >>> out.shape, weights.shape
      ((1, 5, 6), (1, 3, 5, 5))

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, section 3.2.2.
    """

    def __init__(
        self,
        d_model: int,
        heads: int,
        *,
        d_k: int | None = None,
        d_v: int | None = None,
        rotary: bool = False,
        scaled: bool = True,
        bias: bool = True,
        dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ):
        check_wholes(d_model=d_model, heads=heads)
        check_wholes(**{k: v for k, v in (("d_k", d_k), ("d_v", d_v)) if v is not None})
        if None in (d_k, d_v) and d_model % heads:
            raise ValueError(
                f"heads must divide d_model = {d_model}, so that every head gets the same share; "
                f"got heads = {heads}. Choose a divisor, or give d_k and d_v yourself."
            )
        d_k, d_v = d_k or d_model // heads, d_v or d_model // heads
        if rotary and d_k % 2:
            raise ValueError(
                f"rotary positions turn pairs of numbers: d_k must be even; got {d_k}."
            )
        linear = partial(nnx.Linear, use_bias=bias, dtype=dtype, rngs=rngs)
        self.query = linear(d_model, heads * d_k)
        self.key = linear(d_model, heads * d_k)
        self.value = linear(d_model, heads * d_v)
        self.output = linear(heads * d_v, d_model)
        self.d_model, self.heads, self.d_k, self.d_v = d_model, heads, d_k, d_v
        self.rotary, self.scaled = rotary, scaled

    def split(self, vectors: Float[Array, "B T HK"]) -> Float[Array, "B H T K"]:
        """Cuts the last axis into heads."""
        batch, length, width = vectors.shape
        return vectors.reshape(batch, length, self.heads, width // self.heads).swapaxes(1, 2)

    def queries(
        self, x: Float[Array, "B T D"], positions: Int[Array, " T"] | None = None
    ) -> Float[Array, "B H T K"]:
        """The queries of all heads; ``positions`` (from 0 if None) matter where ``rotary``."""
        return self._turned(self.split(self.query(x)), positions)

    def keys_values(
        self, z: Float[Array, "B S D"], positions: Int[Array, " S"] | None = None
    ) -> tuple[Float[Array, "B H S K"], Float[Array, "B H S V"]]:
        """The keys and values of all heads. A decoder works them out once and keeps them."""
        return self._turned(self.split(self.key(z)), positions), self.split(self.value(z))

    def _turned(self, vectors, positions):
        if not self.rotary:
            return vectors
        return rotate(vectors, jnp.arange(vectors.shape[2]) if positions is None else positions)

    def attend(
        self,
        queries: Float[Array, "B H T K"],
        keys: Float[Array, "B H S K"],
        values: Float[Array, "B H S V"],
        mask: Bool[Array, "#B #T S"],
    ) -> tuple[Float[Array, "B T D"], Float[Array, "B H T S"]]:
        """Attention of every head, joined: the second half of a call."""
        mixtures, weights = dot_product_attention(
            queries,
            keys,
            values,
            mask,
            scale=None if self.scaled else 1.0,
            fused=jax.default_backend() != "cpu",  # on a CPU it takes twice as long
        )
        batch, _, length, _ = mixtures.shape
        return self.output(mixtures.swapaxes(1, 2).reshape(batch, length, -1)), weights

    def __call__(
        self,
        x: Float[Array, "B T D"],
        z: Float[Array, "B S D"],
        mask: Bool[Array, "#B #T S"],
    ) -> tuple[Float[Array, "B T D"], Float[Array, "B H T S"]]:
        """Positions of ``x`` look at positions of ``z``; self-attention where the two are one.

        Args:
          x: asks, ``(B, T, D)``.
          z: is looked at, ``(B, S, D)``.
          mask: True where t may look at s, ``(B, T, S)``; B and T may be 1. ``mask[:, None]``
            turns flags of padding ``(B, S)`` into it, :func:`causal_mask` hides what comes later.

        Returns:
          ``(B, T, D)``, and the weights of every head ``(B, H, T, S)``: rows add up to 1, or are
          zeros where there is nothing to look at.
        """
        return self.attend(self.queries(x), *self.keys_values(z), mask)
