r"""Decoder only (chapter 16): the source stands before the target, in one sequence, in one stack.

What was the encoder is a table of vectors. What was cross-attention is self-attention over a
prefix. A mask says who may look at whom: in the prefix everybody at everybody (a *prefix language
model*), or nobody ahead, as in the rest.

The same stack writes a caption after the patches of an image (chapter 15) and the tokens of an
image after the words of a caption (chapter 16).

Shape letters: B batch, S positions of the prefix, T target positions, L places in a cache (S and
T together), D width (d_model), H heads, V vocabulary.
"""

import dataclasses
import math

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.encoding import Decoded, DecoderState, EncoderDecoder, Encoding
from encdec_lib.layers.blocks import Cache, EncoderBlock
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.masks import causal_mask
from encdec_lib.layers.patches import PatchEmbedding
from encdec_lib.layers.positions import Positions, sinusoidal_grid
from encdec_lib.models.transformer import DTYPES, check_config

PREFIXES = ("full", "causal")


@dataclasses.dataclass(frozen=True)
class DecoderOnlyConfig:
    """Sizes and choices. :func:`text_to_image` and :func:`prefix_captioner` build from it."""

    vocab: int  # V of what is written, specials included
    prefix_length: int  # S: words of the longest prompt, or patches of the image
    max_length: int  # T: longest target
    columns: int = 1  # of the grid that the target fills row by row; 1 for a sentence
    d_model: int = 64
    heads: int = 4
    d_ff: int = 256
    layers: int = 2
    prefix: str = "full"  # who looks at whom in the prefix: full or causal
    dropout: float = 0.0
    dtype: str = "float32"  # what is computed in; weights are float32 in either case


def prefix_mask(
    real: Bool[Array, "B S"], length: int, prefix: str = "full"
) -> Bool[Array, "B L L"]:
    """Who may look at whom in a prefix and ``length`` positions after it.

    Args:
      real: where the prefix holds something, ``(B, S)``.
      length: T, positions after the prefix.
      prefix: ``"full"``, all of the prefix sees all of it, or ``"causal"``, nobody looks ahead.

    Returns:
      ``(B, S + T, S + T)``, True where the row may look at the column. Padding is seen by none.

    Raises:
      ValueError: if ``prefix`` is another.

    Example:
      >>> import jax.numpy as jnp
      >>> prefix_mask(jnp.ones((1, 2), bool), 2)[0].astype(int).tolist()
      [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]

    Reference:
      Raffel et al. (2020), T5, arXiv:1910.10683, section 3.2.1 and figure 3.
    """
    if prefix not in PREFIXES:
        raise ValueError(f"prefix must be one of {', '.join(PREFIXES)}; got {prefix!r}.")
    size = real.shape[1]
    mask = causal_mask(size + length)
    if prefix == "full":
        places = jnp.arange(size + length)
        mask = mask | ((places < size)[None, :, None] & (places < size)[None, None])
    return mask & jnp.pad(real, ((0, 0), (0, length)), constant_values=True)[:, None]


class WordPrefix(nnx.Module):
    """All that is left of an encoder of text: a vector for each word, plus one for its place.

    Args:
      vocab_size: V of the prompt.
      config: S and the width.
      rngs: ``params`` initialises the tables.

    Raises:
      ValueError: as :class:`PrefixDecoder`.
    """

    def __init__(self, vocab_size: int, config: DecoderOnlyConfig, *, rngs: nnx.Rngs):
        _check(config)
        self.embedding = Embedding(vocab_size, config.d_model, rngs=rngs)
        self.positions = Positions("learned", config.d_model, config.prefix_length, rngs=rngs)
        self.dtype, self.encoding_dim = DTYPES[config.dtype], config.d_model

    def __call__(self, source: Int[Array, "B S"], mask: Bool[Array, "B S"]) -> Encoding:
        """M = S vectors. Nothing in them depends on a neighbour yet.

        Raises:
          ValueError: if the prompt is longer than ``prefix_length``.
        """
        if source.shape[1] > self.positions.max_length:
            raise ValueError(
                f"prefix_length is {self.positions.max_length}: there are no positions for a "
                f"prompt of {source.shape[1]} tokens. Build the model with a larger prefix_length."
            )
        x = self.encoding_dim**0.5 * self.embedding(source)
        x = x + self.positions(jnp.arange(source.shape[1]))[None]
        return Encoding(x.astype(self.dtype), mask)


class PatchPrefix(nnx.Module):
    """All that is left of an encoder of images: a vector for each patch, plus one for its place.

    The places are learned; in a square grid they start from the sinusoids of row and column.

    Args:
      patch: P, side of a patch in pixels.
      in_channels: C of the image.
      config: S, the number of patches, and the width.
      rngs: ``params`` initialises the matrix and the table.

    Raises:
      ValueError: as :class:`PrefixDecoder`, or if ``patch`` or ``in_channels`` is below 1.
    """

    def __init__(self, patch: int, in_channels: int, config: DecoderOnlyConfig, *, rngs: nnx.Rngs):
        _check(config)
        self.embed = PatchEmbedding(
            patch, in_channels, config.d_model, dtype=DTYPES[config.dtype], rngs=rngs
        )
        self.positions = Positions("learned", config.d_model, config.prefix_length, rngs=rngs)
        side = math.isqrt(config.prefix_length)
        if side * side == config.prefix_length:
            self.positions.table = nnx.Param(sinusoidal_grid(side, config.d_model))
        self.encoding_dim, self.sequence_length = config.d_model, config.prefix_length

    def __call__(self, source: Float[Array, "B H W C"], mask: None = None) -> Encoding:
        """M = HW / P² vectors.

        Raises:
          ValueError: if the images have another number of patches than ``prefix_length``.
        """
        x = self.embed(source)
        if x.shape[1] != self.positions.max_length:
            raise ValueError(
                f"prefix_length must be the number of patches, as every place has its own vector: "
                f"images {source.shape} have {x.shape[1]}; got {self.positions.max_length}."
            )
        places = self.positions(jnp.arange(x.shape[1]))[None].astype(x.dtype)
        return Encoding(x + places, jnp.ones(x.shape[:2], bool))


class PrefixDecoder(nnx.Module):
    r"""One stack over prefix and target; scores the target.

    .. math:: P(Y \mid X) = \prod_t P(y_t \mid x_{1 \dots S},\, y_{<t})

    A target position is told its row and its column, each by a learned vector.

    Args:
      config: sizes and choices.
      rngs: ``params`` and ``dropout``.

    Raises:
      ValueError: if a size is below 1, ``columns`` does not divide ``max_length``, or a name is
        unknown.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> config = DecoderOnlyConfig(9, prefix_length=3, max_length=4, d_model=8, heads=2)
      >>> decoder = PrefixDecoder(config, rngs=nnx.Rngs(0))
      >>> prefix = Encoding(jnp.ones((1, 3, 8)), jnp.ones((1, 3), bool))
      >>> logits, weights = decoder(jnp.array([[1, 4]]), prefix)
      >>> logits.shape, weights.shape
      ((1, 2, 9), (1, 2, 2, 3))

    Reference:
      Radford et al. (2018), Improving Language Understanding by Generative Pre-Training; Ramesh
      et al. (2021), arXiv:2102.12092, section 2.
    """

    caches = True  # `start` takes the number of steps to make room for

    def __init__(self, config: DecoderOnlyConfig, *, rngs: nnx.Rngs):
        _check(config)
        width = config.d_model
        self.embedding = Embedding(config.vocab, width, rngs=rngs)
        rows = config.max_length // config.columns
        self.rows = Positions("learned", width, rows, rngs=rngs)
        self.columns = (
            Positions("learned", width, config.columns, rngs=rngs) if config.columns > 1 else None
        )
        self.dropout = nnx.Dropout(config.dropout, rngs=rngs) if config.dropout else None
        dtype = DTYPES[config.dtype]
        blocks = [
            EncoderBlock(
                width,
                config.heads,
                config.d_ff,
                True,
                config.dropout,
                dtype=dtype,
                rngs=rngs,
            )
            for _ in range(config.layers)
        ]
        self.blocks = nnx.data(blocks)
        self.norm = nnx.LayerNorm(width, epsilon=1e-5, dtype=dtype, rngs=rngs)
        self.output = nnx.Linear(width, config.vocab, dtype=dtype, rngs=rngs)
        self.config, self.encoding_dim = config, width

    def _tokens(self, tokens, places):
        """Vectors of target tokens at these places, ``(B, T, D)``."""
        columns = self.config.columns
        x = self.encoding_dim**0.5 * self.embedding(tokens) + self.rows(places // columns)[None]
        if self.columns is not None:
            x = x + self.columns(places % columns)[None]
        x = x.astype(DTYPES[self.config.dtype])
        return self.dropout(x) if self.dropout is not None else x

    def __call__(self, target_in: Int[Array, "B T"], encoding: Encoding) -> Decoded:
        """Scores every target position, given the prefix and the tokens before it.

        Returns:
          Logits ``(B, T, V)`` and the top layer's weights over the prefix, ``(B, H, T, S)``: what
          is missing to 1 goes to the target itself, up to where it has come.
        """
        logits, maps = self.looking(target_in, encoding)
        size = encoding.vectors.shape[1]
        return Decoded(logits, maps[-1][:, :, size:, :size])

    def looking(
        self, target_in: Int[Array, "B T"], encoding: Encoding
    ) -> tuple[Float[Array, "B T V"], list[Float[Array, "B H L L"]]]:
        """Logits of the target, and the weights of every layer over prefix and target.

        Raises:
          ValueError: if the target is longer than ``max_length`` or the prefix of another width.
        """
        length, (vectors, real) = target_in.shape[1], self._checked(encoding)
        self._room(length)
        x = jnp.concatenate([vectors, self._tokens(target_in, jnp.arange(length))], axis=1)
        mask, maps = prefix_mask(real, length, self.config.prefix), []
        for block in self.blocks:
            x, weights = block(x, mask)
            maps.append(weights)
        return self.output(self.norm(x[:, vectors.shape[1] :])), maps

    def start(self, encoding: Encoding, length: int = 64) -> DecoderState:
        """Reads the prefix once; its keys and values fill the first S places of the cache."""
        self._room(length)
        x, real = self._checked(encoding)
        mask, caches = prefix_mask(real, 0, self.config.prefix), []
        for block in self.blocks:
            kept = block.attention.offer(block.residual_attention.before(x))
            caches += Cache(*(jnp.pad(k, ((0, 0), (0, 0), (0, length), (0, 0))) for k in kept))
            x, _ = block(x, mask)
        return DecoderState((jnp.zeros(len(x), jnp.int32), *caches), (real,))

    def step(
        self, state: DecoderState, token: Int[Array, " B"]
    ) -> tuple[DecoderState, Float[Array, "B V"], Float[Array, "B H S"]]:
        """Reads one token, looks at the prefix and at the tokens before it, scores the next."""
        (done, *old), (real,) = state
        x, new = self._tokens(token[:, None], done[:1]), []
        size = real.shape[1]
        padding = jnp.pad(~real, ((0, 0), (0, old[0].shape[2] - size)))
        for n, block in enumerate(self.blocks):
            cache = Cache(*old[2 * n : 2 * n + 2])
            x, cache, weights = block.step(x, cache, size + done[0], padding)
            new += cache
        state = DecoderState((done + 1, *new), (real,))
        return state, self.output(self.norm(x))[:, 0], weights[:, :, 0, :size]

    def _checked(self, encoding):
        """Vectors of the prefix, and which are real."""
        vectors, size = encoding.vectors, self.config.prefix_length
        if vectors.shape[-1] != self.encoding_dim or vectors.shape[1] > size:
            raise ValueError(
                f"encoding must have at most {size} vectors (prefix_length) of width "
                f"{self.encoding_dim}; got {vectors.shape}."
            )
        return vectors.astype(DTYPES[self.config.dtype]), encoding.mask

    def _room(self, length):
        if length > self.config.max_length:
            raise ValueError(
                f"max_length is {self.config.max_length}: there are no positions for a target of "
                f"{length} tokens. Build the model with a larger max_length."
            )


def text_to_image(
    config: DecoderOnlyConfig, prompt_vocab: int, *, rngs: nnx.Rngs
) -> EncoderDecoder:
    """Builds a model that writes image tokens after the words of a prompt.

    Args:
      config: its sizes; ``vocab`` counts image tokens and specials, ``columns`` is the width of
        the grid they fill.
      prompt_vocab: number of words.
      rngs: ``params`` and ``dropout``.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` whose encoder is a table, so that
      :func:`~encdec_lib.train.loop.fit` and :mod:`encdec_lib.generate.sampling` work as for any
      other.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> config = DecoderOnlyConfig(9, prefix_length=3, max_length=4, columns=2, d_model=8)
      >>> model = text_to_image(config, 7, rngs=nnx.Rngs(0))
      >>> model(jnp.array([[4, 5, 0]]), jnp.array([[1, 4]])).logits.shape
      (1, 2, 9)

    Reference:
      Ramesh et al. (2021), Zero-Shot Text-to-Image Generation, arXiv:2102.12092.
    """
    return _evaluating(WordPrefix(prompt_vocab, config, rngs=rngs), config, rngs)


def prefix_captioner(
    config: DecoderOnlyConfig, patch: int, in_channels: int = 1, *, rngs: nnx.Rngs
) -> EncoderDecoder:
    """Builds a model that writes words after the patches of an image: a visual language model.

    Args:
      config: its sizes; ``prefix_length`` is the number of patches.
      patch: P, side of a patch in pixels.
      in_channels: C of the image.
      rngs: ``params`` and ``dropout``.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with M = HW / P².

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> config = DecoderOnlyConfig(9, prefix_length=4, max_length=5, d_model=8)
      >>> model = prefix_captioner(config, patch=4, rngs=nnx.Rngs(0))
      >>> model(jnp.ones((1, 8, 8, 1)), jnp.array([[1, 4]])).logits.shape
      (1, 2, 9)

    Reference:
      Wang et al. (2022), SimVLM, arXiv:2108.10904, section 3.1.
    """
    return _evaluating(PatchPrefix(patch, in_channels, config, rngs=rngs), config, rngs)


def _evaluating(encoder, config, rngs):
    model = EncoderDecoder(encoder, PrefixDecoder(config, rngs=rngs))
    model.eval()
    return model


def _check(config: DecoderOnlyConfig) -> None:
    sizes = ("vocab", "prefix_length", "max_length", "columns", "d_model", "layers")
    check_config(config, *sizes, prefix=PREFIXES)
    if config.max_length % config.columns:
        raise ValueError(
            f"columns must divide max_length = {config.max_length}, so that the grid is full; got "
            f"{config.columns}."
        )
