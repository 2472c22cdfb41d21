r"""The blocks of a Transformer: attention and a small network, each with a way around it.

Shape letters: B batch, S source positions, T target positions, L places in a cache, D width
(d_model), F inner width (d_ff), H heads, K width of a key, V width of a value.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.layers.attention import MultiHeadAttention


class Cache(NamedTuple):
    """The keys and values of one layer, of the tokens written so far; zeros after them."""

    keys: Float[Array, "B H L K"]
    values: Float[Array, "B H L V"]


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
        dtype=jnp.float32,
        rngs: nnx.Rngs,
    ):
        if d_ff < 1:
            raise ValueError(f"d_ff must be at least 1; got {d_ff}.")
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
        dtype=jnp.float32,
        rngs: nnx.Rngs,
    ):
        self.norm = nnx.LayerNorm(d_model, epsilon=epsilon, dtype=dtype, rngs=rngs)
        self.dropout = nnx.Dropout(dropout, rngs=rngs) if dropout else None
        self.pre_norm = pre_norm

    def before(self, x: Float[Array, "B T D"]) -> Float[Array, "B T D"]:
        """What f is given."""
        return self.norm(x) if self.pre_norm else x

    def after(self, x: Float[Array, "B T D"], fx: Float[Array, "B T D"]) -> Float[Array, "B T D"]:
        """The sum of the way around, x, and of f's output."""
        x = x + (self.dropout(fx) if self.dropout is not None else fx)
        return x if self.pre_norm else self.norm(x)


def look_back(
    attention: MultiHeadAttention,
    x: Float[Array, "B 1 D"],
    cache: Cache,
    place: Int[Array, ""],
    hidden: Bool[Array, "B L"] | None = None,
) -> tuple[Float[Array, "B 1 D"], Cache, Float[Array, "B H 1 L"]]:
    """Self-attention of the newest position over all those before it.

    Args:
      attention: whose keys and values the cache holds.
      x: the newest position, ``(B, 1, D)``.
      cache: keys and values of positions 0 to ``place - 1``.
      place: where the newest one stands.
      hidden: places that nobody may look at, such as padding before the first word.

    Returns:
      What it took home, the cache with its own key and value in it, and the weights.
    """
    places = place[None]
    key, value = attention.offer(x, places)
    cache = Cache(
        jax.lax.dynamic_update_slice_in_dim(cache.keys, key, place, axis=2),
        jax.lax.dynamic_update_slice_in_dim(cache.values, value, place, axis=2),
    )
    seen = (jnp.arange(cache.keys.shape[2]) <= place)[None, None]
    if hidden is not None:
        seen = seen & ~hidden[:, None]
    looked, weights = attention.look(attention.ask(x, places), *cache, seen)
    return looked, cache, weights


class EncoderBlock(nnx.Module):
    """Self-attention, then the feed-forward network, each with a way around it.

    Args:
      d_model: D.
      heads: H.
      d_ff: F.
      pre_norm: normalise before each sub-layer, or after.
      dropout: share of each sub-layer's outputs that is set to 0 in training.
      activation: of the feed-forward network, see :class:`FeedForward`.
      epsilon: what normalisation adds to the variance.
      dtype: what is computed in.
      rngs: ``params`` and ``dropout``.
      attention: more arguments of :class:`~encdec_lib.layers.attention.MultiHeadAttention`.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> block = EncoderBlock(6, 2, 12, rngs=nnx.Rngs(0))
      >>> out, weights = block(jnp.ones((1, 5, 6)), jnp.ones((1, 1, 5), bool))
      >>> out.shape, weights.shape
      ((1, 5, 6), (1, 2, 5, 5))

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, section 3.1 and Figure 1.
    """

    def __init__(
        self,
        d_model: int,
        heads: int,
        d_ff: int,
        pre_norm: bool = True,
        dropout: int | float = 0.0,
        *,
        activation: str = "relu",
        epsilon: float = 1e-5,
        dtype=jnp.float32,
        rngs: nnx.Rngs,
        **attention,
    ):
        build = {"dtype": dtype, "rngs": rngs}
        around = partial(Residual, d_model, pre_norm, dropout, epsilon=epsilon, **build)
        self.attention = MultiHeadAttention(d_model, heads, **build, **attention)
        self.residual_attention = around()
        self.feed_forward = FeedForward(d_model, d_ff, activation=activation, **build)
        self.residual_feed_forward = around()

    def __call__(
        self, x: Float[Array, "B S D"], mask: Bool[Array, "#B #S S"]
    ) -> tuple[Float[Array, "B S D"], Float[Array, "B H S S"]]:
        """The new vectors, and who looked where; ``mask`` as for attention."""
        asked = self.residual_attention.before(x)
        looked, weights = self.attention(asked, asked, mask)
        return self._fed(self.residual_attention.after(x, looked)), weights

    def step(
        self,
        x: Float[Array, "B 1 D"],
        cache: Cache,
        place: Int[Array, ""],
        hidden: Bool[Array, "B L"] | None = None,
    ) -> tuple[Float[Array, "B 1 D"], Cache, Float[Array, "B H 1 L"]]:
        """One position, which looks at itself and at what the cache holds before it."""
        asked = self.residual_attention.before(x)
        looked, cache, weights = look_back(self.attention, asked, cache, place, hidden)
        return self._fed(self.residual_attention.after(x, looked)), cache, weights

    def _fed(self, x):
        return self.residual_feed_forward.after(
            x, self.feed_forward(self.residual_feed_forward.before(x))
        )


class DecoderBlock(nnx.Module):
    """Masked self-attention, attention over the encoding, then the feed-forward network.

    Args:
      d_model: D.
      heads: H.
      d_ff: F.
      pre_norm: normalise before each sub-layer, or after.
      dropout: share of each sub-layer's outputs that is set to 0 in training.
      rotary: turn queries and keys of self-attention; positions of source and target have nothing
        to do with each other, so cross-attention is left alone.
      dtype: what is computed in.
      rngs: ``params`` and ``dropout``.
      attention: more arguments of :class:`~encdec_lib.layers.attention.MultiHeadAttention`.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> from encdec_lib.layers.masks import causal_mask
      >>> block = DecoderBlock(6, 2, 12, rngs=nnx.Rngs(0))
      >>> memory = block.cross_attention.offer(jnp.ones((1, 5, 6)))
      >>> real = jnp.ones((1, 1, 5), bool)
      >>> y, own, cross = block(jnp.ones((1, 3, 6)), causal_mask(3), memory, real)
      >>> y.shape, own.shape, cross.shape
      ((1, 3, 6), (1, 2, 3, 3), (1, 2, 3, 5))

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, section 3.1 and Figure 1.
    """

    def __init__(
        self,
        d_model: int,
        heads: int,
        d_ff: int,
        pre_norm: bool = True,
        dropout: float = 0.0,
        rotary: bool = False,
        *,
        dtype=jnp.float32,
        rngs: nnx.Rngs,
        **attention,
    ):
        build = {"dtype": dtype, "rngs": rngs}
        self.self_attention = MultiHeadAttention(
            d_model, heads, rotary=rotary, **build, **attention
        )
        self.residual_self_attention = Residual(d_model, pre_norm, dropout, **build)
        self.cross_attention = MultiHeadAttention(d_model, heads, **build, **attention)
        self.residual_cross_attention = Residual(d_model, pre_norm, dropout, **build)
        self.feed_forward = FeedForward(d_model, d_ff, **build)
        self.residual_feed_forward = Residual(d_model, pre_norm, dropout, **build)

    def __call__(
        self,
        y: Float[Array, "B T D"],
        mask: Bool[Array, "#B #T T"],
        memory: tuple[Float[Array, "B H S K"], Float[Array, "B H S V"]],
        memory_mask: Bool[Array, "#B #T S"],
    ) -> tuple[Float[Array, "B T D"], Float[Array, "B H T T"], Float[Array, "B H T S"]]:
        """All target positions at once.

        Args:
          y: ``(B, T, D)``.
          mask: who may look at whom in the target; hides at least what comes later.
          memory: keys and values of the encoding, from ``cross_attention.offer``.
          memory_mask: what is real in the encoding.

        Returns:
          The new vectors, the weights over the target, the weights over the source.
        """
        asked = self.residual_self_attention.before(y)
        looked, own = self.self_attention(asked, asked, mask)
        y = self.residual_self_attention.after(y, looked)
        y, cross = self._read(y, memory, memory_mask)
        return y, own, cross

    def step(
        self,
        y: Float[Array, "B 1 D"],
        cache: Cache,
        place: Int[Array, ""],
        memory: tuple[Float[Array, "B H S K"], Float[Array, "B H S V"]],
        memory_mask: Bool[Array, "#B 1 S"],
    ) -> tuple[Float[Array, "B 1 D"], Cache, Float[Array, "B H 1 S"]]:
        """One target position, with the keys and values of those before it from the cache."""
        asked = self.residual_self_attention.before(y)
        looked, cache, _ = look_back(self.self_attention, asked, cache, place)
        y = self.residual_self_attention.after(y, looked)
        y, cross = self._read(y, memory, memory_mask)
        return y, cache, cross

    def _read(self, y, memory, memory_mask):
        """Cross-attention and the feed-forward network."""
        attention = self.cross_attention
        queries = attention.ask(self.residual_cross_attention.before(y))
        looked, weights = attention.look(queries, *memory, memory_mask)
        y = self.residual_cross_attention.after(y, looked)
        fed = self.feed_forward(self.residual_feed_forward.before(y))
        return self.residual_feed_forward.after(y, fed), weights
