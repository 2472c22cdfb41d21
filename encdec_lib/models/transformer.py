r"""The Transformer (chapter 12): attention in the encoder, in the decoder, and between the two.

On two CPU cores a training step (d = 128, T = 64, B = 64) takes about 0.8 of PyTorch's eager time
and greedy decoding about 0.4 of its time with a cache; ``make bench`` measures both. What counts:
one XLA device a core with the batch split between them (214 ms against 242 on one device with two
threads), and the cache inside one loop on the device. Tried without gain there:
``jax.nn.dot_product_attention``, which is used on GPU and TPU (237 ms), and a lower optimisation
level of the compiler (232 ms).

Shape letters: B batch, S source positions, T target positions, L places in a cache, D width
(d_model), H heads, V vocabulary.
"""

import dataclasses
from typing import NamedTuple

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.encoding import Decoded, DecoderState, EncoderDecoder, Encoding
from encdec_lib.layers.blocks import DecoderBlock, EncoderBlock, KVCache
from encdec_lib.layers.masks import causal_mask
from encdec_lib.layers.stack import DTYPES, StackConfig, TokenEmbedding
from encdec_lib.runtime.checks import check_flags, check_sizes
from encdec_lib.runtime.inputs import check_room, steps_for


@dataclasses.dataclass(frozen=True)
class TransformerConfig:
    """Sizes and choices. The paper's base model has 512, 8, 2048, 6, 6, post-norm, dropout 0.1.

    Raises:
      ValueError: if a size is below 1, ``heads`` does not divide ``d_model``, or a name is
        unknown.
    """

    source_vocab: int  # V of the source, specials included
    target_vocab: int  # V of the target
    d_model: int = 128
    heads: int = 4
    d_ff: int = 512
    encoder_layers: int = 2  # N of the encoder
    decoder_layers: int = 2  # N of the decoder
    d_k: int | None = None  # width of a key; d_model / heads if None
    d_v: int | None = None  # width of a value; d_model / heads if None
    positions: str = "sinusoidal"  # sinusoidal, learned, rotary or none
    max_length: int = 64  # longest sequence that learned positions know
    pre_norm: bool = True  # False: post-norm, as in the paper
    scaled: bool = True  # divide products of queries and keys by √d_k
    tied: bool = True  # one matrix for target embeddings and outputs
    dropout: float = 0.0
    dtype: str = "float32"  # what is computed in; weights are float32 in either case

    def __post_init__(self):
        check_sizes(self, "source_vocab", "target_vocab", "encoder_layers", "decoder_layers")
        check_flags(self, "tied")
        _ = self.encoder, self.decoder  # which check the rest

    @property
    def encoder(self) -> StackConfig:
        """The encoder's stack."""
        return self._stack(self.encoder_layers)

    @property
    def decoder(self) -> StackConfig:
        """The decoder's stack."""
        return self._stack(self.decoder_layers)

    def _stack(self, layers: int) -> StackConfig:
        names = {field.name for field in dataclasses.fields(StackConfig)}
        shared = {k: v for k, v in dataclasses.asdict(self).items() if k in names}
        return StackConfig(**shared, layers=layers)


class AttentionMaps(NamedTuple):
    """Who looked where in a whole Transformer: one array a layer, bottom layer first."""

    encoder: list[Array]  # each (B, H, S, S)
    decoder: list[Array]  # each (B, H, T, T)
    cross: list[Array]  # each (B, H, T, S)


class TransformerEncoder(nnx.Module):
    """Every source token looks at every other, layer after layer.

    Args:
      vocab_size: V of the source.
      config: sizes and choices.
      rngs: ``params`` and ``dropout``.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> encoder = TransformerEncoder(7, StackConfig(8, 2, 16), rngs=nnx.Rngs(0))
      >>> tokens = jnp.array([[4, 5, 0]])
      >>> encoder(tokens, tokens != 0).vectors.shape
      (1, 3, 8)

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, section 3.1.
    """

    def __init__(self, vocab_size: int, config: StackConfig, *, rngs: nnx.Rngs):
        self.tokens = TokenEmbedding(vocab_size, config, rngs=rngs)
        self.blocks = nnx.data(config.blocks(EncoderBlock, rngs))
        self.norm = config.last_norm(rngs)
        self.vocab_size, self.encoding_dim = vocab_size, config.d_model

    def __call__(self, source: Int[Array, "B S"], mask: Bool[Array, "B S"]) -> Encoding:
        """H: one vector a token, D wide."""
        return self.with_attention(source, mask)[0]

    def with_attention(
        self, source: Int[Array, "B S"], mask: Bool[Array, "B S"]
    ) -> tuple[Encoding, list[Float[Array, "B H S S"]]]:
        """H, and the weights of every layer."""
        self.tokens.positions.check(source.shape[1])
        x, maps = self.tokens(source), []
        for block in self.blocks:
            x, weights = block(x, mask[:, None])
            maps.append(weights)
        return Encoding(self.norm(x) if self.norm is not None else x, mask), maps


class TransformerDecoder(nnx.Module):
    r"""Every target token looks at those before it and at the encoding.

    .. math:: P(Y \mid H) = \prod_t P(y_t \mid y_{<t}, H)

    In training all T positions are worked out at once. In use ``step`` adds one position, and
    keeps the keys and values of the ones before it in a cache.

    Args:
      vocab_size: V of the target.
      config: sizes and choices.
      tied: take the table of embeddings for the output matrix too.
      rngs: ``params`` and ``dropout``.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> decoder = TransformerDecoder(9, StackConfig(8, 2, 16), rngs=nnx.Rngs(0))
      >>> encoding = Encoding(jnp.ones((1, 3, 8)), jnp.ones((1, 3), bool))
      >>> logits, weights = decoder(jnp.array([[1, 4]]), encoding)
      >>> logits.shape, weights.shape
      ((1, 2, 9), (1, 2, 2, 3))

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, sections 3.1 and 3.4.
    """

    def __init__(self, vocab_size: int, config: StackConfig, *, tied: bool = True, rngs: nnx.Rngs):
        self.tokens = TokenEmbedding(vocab_size, config, rngs=rngs)
        self.blocks = nnx.data(config.blocks(DecoderBlock, rngs))
        self.norm = config.last_norm(rngs)
        dtype = DTYPES[config.dtype]
        self.output = (
            None
            if tied
            else nnx.Linear(config.d_model, vocab_size, use_bias=False, dtype=dtype, rngs=rngs)
        )
        self.vocab_size, self.encoding_dim = vocab_size, config.d_model
        self.max_length = config.max_length if config.positions == "learned" else None

    def __call__(self, target_in: Int[Array, "B T"], encoding: Encoding) -> Decoded:
        """Scores every position, given the tokens before it.

        Returns:
          Logits ``(B, T, V)`` and the weights of the top layer over the source,
          ``(B, H, T, S)``. :func:`attention_maps` gives those of every layer.
        """
        logits, _, cross = self.with_attention(target_in, encoding)
        return Decoded(logits, cross[-1])

    def with_attention(
        self, target_in: Int[Array, "B T"], encoding: Encoding
    ) -> tuple[Float[Array, "B T V"], list[Array], list[Array]]:
        """Logits, and the weights of every layer over target and source."""
        self.tokens.positions.check(target_in.shape[1])
        vectors, mask = self._checked(encoding)
        # What lies after the end is hidden by the same mask: it comes later.
        before = causal_mask(target_in.shape[1])
        y, own, cross = self.tokens(target_in), [], []
        for block in self.blocks:
            memory = block.cross_attention.keys_values(vectors)
            y, w_own, w_cross = block(y, before, memory, mask)
            own.append(w_own)
            cross.append(w_cross)
        return self._logits(y), own, cross

    def start(self, encoding: Encoding, length: int | None = None) -> DecoderState:
        """An empty cache with room for ``length`` steps, and the encoding's keys and values.

        One step more is an error, but inside a compiled loop none can be raised, and the last
        place would be overwritten: :mod:`encdec_lib.generate` makes room for as many as it takes.

        Raises:
          ValueError: if there are no positions for so many steps, or the encoding does not fit.
        """
        length = steps_for(self, length)
        vectors, mask = self._checked(encoding)
        caches, memory = [], []
        for block in self.blocks:
            attention, batch = block.self_attention, len(vectors)
            sizes = (batch, attention.heads, length)
            caches += KVCache(
                jnp.zeros((*sizes, attention.d_k), vectors.dtype),
                jnp.zeros((*sizes, attention.d_v), vectors.dtype),
            )
            memory += block.cross_attention.keys_values(vectors)
        done = jnp.zeros(len(vectors), jnp.int32)
        return DecoderState((done, *caches), (mask, *memory))

    def step(
        self, state: DecoderState, token: Int[Array, " B"]
    ) -> tuple[DecoderState, Float[Array, "B V"], Float[Array, "B H S"]]:
        """Reads one token, looks at the cache and at the encoding, scores the next token."""
        (done, *old), (mask, *memory) = state
        check_room(done, old[0].shape[2])
        y, new = self.tokens(token[:, None], done[0]), []
        for n, block in enumerate(self.blocks):
            keys, values = memory[2 * n : 2 * n + 2]
            cache = KVCache(*old[2 * n : 2 * n + 2])
            y, cache, weights = block.step(y, cache, done[0], (keys, values), mask)
            new += cache
        state = DecoderState((done + 1, *new), (mask, *memory))
        return state, self._logits(y)[:, 0], weights[:, :, 0]

    def _checked(self, encoding):
        vectors = encoding.vectors
        if vectors.shape[-1] != self.encoding_dim:
            raise ValueError(
                f"encoding must have vectors of width {self.encoding_dim}; got {vectors.shape}."
            )
        return vectors.astype(self.tokens.dtype), encoding.mask[:, None]

    def _logits(self, y):
        if self.norm is not None:
            y = self.norm(y)
        if self.output is not None:
            return self.output(y)
        return y @ self.tokens.embedding.embedding[...].astype(y.dtype).T


def transformer(config: TransformerConfig, *, rngs: nnx.Rngs) -> EncoderDecoder:
    """Builds the model.

    Args:
      config: its sizes and choices.
      rngs: ``params`` initialises the weights, ``dropout`` draws what is dropped.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with M = S, in evaluation mode.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> model = transformer(TransformerConfig(7, 9, d_model=8, heads=2), rngs=nnx.Rngs(0))
      >>> model(jnp.array([[4, 5, 0]]), jnp.array([[1, 4]])).logits.shape
      (1, 2, 9)

    Reference:
      Vaswani et al. (2017), Attention Is All You Need, arXiv:1706.03762.
    """
    return EncoderDecoder(
        TransformerEncoder(config.source_vocab, config.encoder, rngs=rngs),
        TransformerDecoder(config.target_vocab, config.decoder, tied=config.tied, rngs=rngs),
    )


def attention_maps(
    model: EncoderDecoder, source: Int[Array, "B S"], target_in: Int[Array, "B T"]
) -> AttentionMaps:
    """Who looks where in every layer and head, when the target is given.

    Args:
      model: what :func:`transformer` built.
      source: token ids ``(B, S)``, 0-padded.
      target_in: the target shifted right, ``(B, T)``.

    Returns:
      Weights of the encoder over the source, of the decoder over the target and over the source.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> model = transformer(TransformerConfig(7, 9, d_model=8, heads=2), rngs=nnx.Rngs(0))
      >>> maps = attention_maps(model, jnp.array([[4, 5, 6]]), jnp.array([[1, 4]]))
      >>> [layers[0].shape for layers in maps]
      [(1, 2, 3, 3), (1, 2, 2, 2), (1, 2, 2, 3)]
    """
    source, target_in = jnp.asarray(source), jnp.asarray(target_in)
    encoder, decoder = model.encoder, model.decoder
    assert isinstance(encoder, TransformerEncoder) and isinstance(decoder, TransformerDecoder)
    encoding, inside = encoder.with_attention(source, source != 0)
    _, own, cross = decoder.with_attention(target_in, encoding)
    return AttentionMaps(inside, own, cross)
