r"""The blocks of a Transformer: attention and a small network, each with a way around it.

Shape letters: B batch, S source positions, T target positions, L places in a cache, D width
(d_model), H heads, K width of a key, V width of a value.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.layers.attention import MultiHeadAttention
from encdec_lib.layers.sublayers import FeedForward, Residual


class KVCache(NamedTuple):
    """The keys and values of one layer, of the tokens written so far; zeros after them."""

    keys: Float[Array, "B H L K"]
    values: Float[Array, "B H L V"]


def attend_with_cache(
    attention: MultiHeadAttention,
    x: Float[Array, "B 1 D"],
    cache: KVCache,
    place: Int[Array, ""],
    hidden: Bool[Array, "B L"] | None = None,
) -> tuple[Float[Array, "B 1 D"], KVCache, Float[Array, "B H 1 L"]]:
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
    key, value = attention.keys_values(x, places)
    cache = KVCache(
        jax.lax.dynamic_update_slice_in_dim(cache.keys, key, place, axis=2),
        jax.lax.dynamic_update_slice_in_dim(cache.values, value, place, axis=2),
    )
    seen = (jnp.arange(cache.keys.shape[2]) <= place)[None, None]
    if hidden is not None:
        seen = seen & ~hidden[:, None]
    looked, weights = attention.attend(attention.queries(x, places), *cache, seen)
    return looked, cache, weights


class _Block(nnx.Module):
    """What both blocks are built from, and how both end.

    Args:
      d_model: D.
      heads: H.
      d_ff: F, inner width of the feed-forward network.
      pre_norm: normalise before each sub-layer, or after.
      dropout: share of each sub-layer's outputs that is set to 0 in training.
      activation: of the feed-forward network.
      epsilon: what normalisation adds to the variance.
      rotary: turn queries and keys of self-attention by their positions. Positions of source and
        target have nothing to do with each other, so cross-attention is left alone.
      dtype: what is computed in.
      rngs: ``params`` and ``dropout``.
      attention: more arguments of :class:`~encdec_lib.layers.attention.MultiHeadAttention`.
    """

    crosses = False  # whether it also attends over an encoding

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
        rotary: bool = False,
        dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
        **attention: Any,
    ):
        build = {"dtype": dtype, "rngs": rngs}

        def residual():
            return Residual(d_model, pre_norm, dropout, epsilon=epsilon, **build)

        own = MultiHeadAttention(d_model, heads, rotary=rotary, **build, **attention)
        if self.crosses:
            self.self_attention, self.residual_self_attention = own, residual()
            self.cross_attention = MultiHeadAttention(d_model, heads, **build, **attention)
            self.residual_cross_attention = residual()
        else:
            self.attention, self.residual_attention = own, residual()
        self.feed_forward = FeedForward(d_model, d_ff, activation=activation, **build)
        self.residual_feed_forward = residual()

    def _feed_forward(self, x):
        fed = self.feed_forward(self.residual_feed_forward.sublayer_input(x))
        return self.residual_feed_forward.add(x, fed)


class EncoderBlock(_Block):
    """Self-attention, then the feed-forward network, each with a way around it.

    It takes the arguments of :class:`DecoderBlock`.

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

    def __call__(
        self, x: Float[Array, "B S D"], mask: Bool[Array, "#B #S S"]
    ) -> tuple[Float[Array, "B S D"], Float[Array, "B H S S"]]:
        """The new vectors, and who looked where; ``mask`` as for attention."""
        inputs = self.residual_attention.sublayer_input(x)
        attended, weights = self.attention(inputs, inputs, mask)
        return self._feed_forward(self.residual_attention.add(x, attended)), weights

    def step(
        self,
        x: Float[Array, "B 1 D"],
        cache: KVCache,
        place: Int[Array, ""],
        hidden: Bool[Array, "B L"] | None = None,
    ) -> tuple[Float[Array, "B 1 D"], KVCache, Float[Array, "B H 1 L"]]:
        """One position, which looks at itself and at what the cache holds before it."""
        inputs = self.residual_attention.sublayer_input(x)
        attended, cache, weights = attend_with_cache(self.attention, inputs, cache, place, hidden)
        return self._feed_forward(self.residual_attention.add(x, attended)), cache, weights


class DecoderBlock(_Block):
    """Masked self-attention, attention over the encoding, then the feed-forward network.

    Args:
      d_model: D.
      heads: H.
      d_ff: F, inner width of the feed-forward network.
      pre_norm: normalise before each sub-layer, or after.
      dropout: share of each sub-layer's outputs that is set to 0 in training.
      activation: of the feed-forward network, ``"relu"`` or ``"gelu"``.
      epsilon: what normalisation adds to the variance.
      rotary: turn queries and keys of self-attention by their positions. Positions of source and
        target have nothing to do with each other, so cross-attention is left alone.
      dtype: what is computed in.
      rngs: ``params`` and ``dropout``.
      attention: more arguments of :class:`~encdec_lib.layers.attention.MultiHeadAttention`.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> from encdec_lib.layers.masks import causal_mask
      >>> block = DecoderBlock(6, 2, 12, rngs=nnx.Rngs(0))
      >>> memory = block.cross_attention.keys_values(jnp.ones((1, 5, 6)))
      >>> real = jnp.ones((1, 1, 5), bool)
      >>> y, own, cross = block(jnp.ones((1, 3, 6)), causal_mask(3), memory, real)
      >>> y.shape, own.shape, cross.shape
      ((1, 3, 6), (1, 2, 3, 3), (1, 2, 3, 5))

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, section 3.1 and Figure 1.
    """

    crosses = True

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
          memory: keys and values of the encoding, from ``cross_attention.keys_values``.
          memory_mask: what is real in the encoding.

        Returns:
          The new vectors, the weights over the target, the weights over the source.
        """
        inputs = self.residual_self_attention.sublayer_input(y)
        attended, own = self.self_attention(inputs, inputs, mask)
        y = self.residual_self_attention.add(y, attended)
        y, cross = self._read(y, memory, memory_mask)
        return y, own, cross

    def step(
        self,
        y: Float[Array, "B 1 D"],
        cache: KVCache,
        place: Int[Array, ""],
        memory: tuple[Float[Array, "B H S K"], Float[Array, "B H S V"]],
        memory_mask: Bool[Array, "#B 1 S"],
    ) -> tuple[Float[Array, "B 1 D"], KVCache, Float[Array, "B H 1 S"]]:
        """One target position, with the keys and values of those before it from the cache."""
        inputs = self.residual_self_attention.sublayer_input(y)
        attended, cache, _ = attend_with_cache(self.self_attention, inputs, cache, place)
        y = self.residual_self_attention.add(y, attended)
        y, cross = self._read(y, memory, memory_mask)
        return y, cache, cross

    def _read(self, y, memory, memory_mask):
        """Cross-attention and the feed-forward network."""
        attention = self.cross_attention
        queries = attention.queries(self.residual_cross_attention.sublayer_input(y))
        keys, values = memory
        attended, weights = attention.attend(queries, keys, values, memory_mask)
        y = self.residual_cross_attention.add(y, attended)
        return self._feed_forward(y), weights
