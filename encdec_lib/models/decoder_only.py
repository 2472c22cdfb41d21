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

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Int

from encdec_lib.encoding import Decoded, DecoderState, EncoderDecoder, Encoding
from encdec_lib.layers.blocks import EncoderBlock, KVCache
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.masks import PREFIXES, prefix_mask
from encdec_lib.layers.positions import Positions
from encdec_lib.layers.prefixes import PatchPrefix, WordPrefix
from encdec_lib.layers.stack import DTYPES, StackConfig
from encdec_lib.runtime.checks import check_choices, check_sizes, check_whole
from encdec_lib.runtime.inputs import check_room, steps_for


@dataclasses.dataclass(frozen=True)
class DecoderOnlyConfig:
    """Sizes and choices. :func:`text_to_image` and :func:`prefix_captioner` build from it.

    Raises:
      ValueError: if a size is below 1, ``columns`` does not divide ``max_length``, or a name is
        unknown.
    """

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

    def __post_init__(self):
        check_sizes(self, "vocab", "prefix_length", "max_length", "columns")
        check_choices(self, prefix=PREFIXES)
        if self.max_length % self.columns:
            raise ValueError(
                f"columns must divide max_length = {self.max_length}, so that the grid is full; "
                f"got {self.columns}."
            )
        _ = self.stack  # which checks the rest

    @property
    def stack(self) -> StackConfig:
        """The blocks. Positions are added to the tokens before them."""
        return StackConfig(
            self.d_model,
            self.heads,
            self.d_ff,
            self.layers,
            positions="none",
            dropout=self.dropout,
            dtype=self.dtype,
        )


class PrefixDecoder(nnx.Module):
    r"""One stack over prefix and target; scores the target.

    .. math:: P(Y \mid X) = \prod_t P(y_t \mid x_{1 \dots S},\, y_{<t})

    A target position is told its row and its column, each by a learned vector.

    Args:
      config: sizes and choices.
      rngs: ``params`` and ``dropout``.

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

    def __init__(self, config: DecoderOnlyConfig, *, rngs: nnx.Rngs):
        width = config.d_model
        self.embedding = Embedding(config.vocab, width, rngs=rngs)
        rows = config.max_length // config.columns
        self.rows = Positions("learned", width, rows, rngs=rngs)
        self.columns = (
            Positions("learned", width, config.columns, rngs=rngs) if config.columns > 1 else None
        )
        self.dropout = nnx.Dropout(config.dropout, rngs=rngs) if config.dropout else None
        self.blocks = nnx.data(config.stack.blocks(EncoderBlock, rngs))
        norm = config.stack.last_norm(rngs)
        assert norm is not None  # its blocks are pre-norm
        self.norm = norm
        dtype = DTYPES[config.dtype]
        self.output = nnx.Linear(width, config.vocab, dtype=dtype, rngs=rngs)
        self.config, self.encoding_dim = config, width
        self.vocab_size, self.max_length = config.vocab, config.max_length

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
        logits, maps = self.with_attention(target_in, encoding)
        size = encoding.vectors.shape[1]
        return Decoded(logits, maps[-1][:, :, size:, :size])

    def with_attention(
        self, target_in: Int[Array, "B T"], encoding: Encoding
    ) -> tuple[Float[Array, "B T V"], list[Float[Array, "B H L L"]]]:
        """Logits of the target, and the weights of every layer over prefix and target.

        Raises:
          ValueError: if the target is longer than ``max_length`` or the prefix of another width.
        """
        length = steps_for(self, target_in.shape[1])
        vectors, real = self._checked(encoding)
        x = jnp.concatenate([vectors, self._tokens(target_in, jnp.arange(length))], axis=1)
        mask, maps = prefix_mask(real, length, self.config.prefix), []
        for block in self.blocks:
            x, weights = block(x, mask)
            maps.append(weights)
        return self.output(self.norm(x[:, vectors.shape[1] :])), maps

    def start(self, encoding: Encoding, length: int | None = None) -> DecoderState:
        """Reads the prefix once; its keys and values fill the first S places of the cache.

        Raises:
          ValueError: if ``length`` is more than ``max_length``, or the prefix does not fit.
        """
        length = steps_for(self, length)
        x, real = self._checked(encoding)
        mask, caches = prefix_mask(real, 0, self.config.prefix), []
        for block in self.blocks:
            kept = block.attention.keys_values(block.residual_attention.sublayer_input(x))
            caches += KVCache(*(jnp.pad(k, ((0, 0), (0, 0), (0, length), (0, 0))) for k in kept))
            x, _ = block(x, mask)
        return DecoderState((jnp.zeros(len(x), jnp.int32), *caches), (real,))

    def step(
        self, state: DecoderState, token: Int[Array, " B"]
    ) -> tuple[DecoderState, Float[Array, "B V"], Float[Array, "B H S"]]:
        """Reads one token, looks at the prefix and at the tokens before it, scores the next."""
        (done, *old), (real,) = state
        check_room(done, old[0].shape[2] - real.shape[1])
        x, new = self._tokens(token[:, None], done[:1]), []
        size = real.shape[1]
        padding = jnp.pad(~real, ((0, 0), (0, old[0].shape[2] - size)))
        for n, block in enumerate(self.blocks):
            cache = KVCache(*old[2 * n : 2 * n + 2])
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
    check_whole("prompt_vocab", prompt_vocab)
    prefix = WordPrefix(
        prompt_vocab,
        config.prefix_length,
        config.d_model,
        dtype=DTYPES[config.dtype],
        rngs=rngs,
    )
    return _with_decoder(prefix, config, rngs)


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
    prefix = PatchPrefix(
        patch,
        in_channels,
        config.prefix_length,
        config.d_model,
        dtype=DTYPES[config.dtype],
        rngs=rngs,
    )
    return _with_decoder(prefix, config, rngs)


def _with_decoder(encoder, config, rngs):
    return EncoderDecoder(encoder, PrefixDecoder(config, rngs=rngs))
