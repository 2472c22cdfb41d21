"""Attention for translation (chapter 8): the decoder looks at every source token again.

A bidirectional encoder keeps one vector for each token, M = S. At every target step the
decoder weighs them anew.
"""

import dataclasses

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.data.vocabulary import PAD
from encdec_lib.encoding import Decoded, DecoderState, EncoderDecoder, Encoding
from encdec_lib.layers.additive_attention import AdditiveAttention
from encdec_lib.layers.attention_recurrence import attention_recurrence
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.recurrent import GRU, Bidirectional
from encdec_lib.runtime.checks import check_sizes, check_wholes


@dataclasses.dataclass(frozen=True)
class BahdanauConfig:
    """Sizes of the model with attention. :func:`bahdanau` builds it."""

    source_vocab: int  # V of the source, specials included
    target_vocab: int  # V of the target
    embed_dim: int = 64  # E
    encoder_dim: int = 64  # width of one direction; an encoder vector h_j has twice that
    state_dim: int = 128  # D, width of the decoder state s_i
    align_dim: int = 64  # A, hidden width of the network that scores

    def __post_init__(self):
        check_sizes(self, "source_vocab", "target_vocab", "embed_dim")
        check_sizes(self, "encoder_dim", "state_dim", "align_dim")


class BidirectionalEncoder(nnx.Module):
    r"""One vector a token, which has read the source from both sides.

    .. math:: h_j = [\overrightarrow{h_j}; \overleftarrow{h_j}]

    Args:
      vocab_size: V, number of source tokens.
      embed_dim: E.
      encoder_dim: width of one direction.
      rngs: ``params`` initialises the weights.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> encoder = BidirectionalEncoder(7, 4, 5, rngs=nnx.Rngs(0))
      >>> source = jnp.array([[4, 5, 6, 0]])
      >>> encoder(source, source != 0).vectors.shape
      (1, 4, 10)

    Reference:
      Bahdanau et al. (2015), arXiv:1409.0473, section 3.2.
    """

    def __init__(self, vocab_size: int, embed_dim: int, encoder_dim: int, *, rngs: nnx.Rngs):
        check_wholes(vocab_size=vocab_size, embed_dim=embed_dim, encoder_dim=encoder_dim)
        self.embedding = Embedding(vocab_size, embed_dim, rngs=rngs)
        self.rnn = Bidirectional(GRU, embed_dim, encoder_dim, rngs=rngs)
        self.vocab_size, self.encoding_dim = vocab_size, 2 * encoder_dim

    def __call__(self, source: Int[Array, "B S"], mask: Bool[Array, "B S"]) -> Encoding:
        """Encodes a padded batch; M = S."""
        return Encoding(self.rnn(self.embedding(source), mask), mask)


class AttentionDecoder(nnx.Module):
    r"""A recurrent decoder with additive attention.

    .. math::
        s_0 &= \tanh(\overleftarrow{h_1} W_s + b_s) \\
        c_i &= \textstyle\sum_j \alpha_{ij} h_j, \qquad
        \alpha_i = \mathrm{softmax}_j\, a(s_{i-1}, h_j) \\
        s_i &= \mathrm{GRU}([E y_{i-1}; c_i], s_{i-1}) \\
        P(y_i \mid y_{<i}, H) &= \mathrm{softmax}([s_i; c_i; E y_{i-1}] W + b)

    The paper puts a maxout layer before the last line; here the three go straight in.

    Args:
      vocab_size: V, number of target tokens.
      embed_dim: E.
      encoding_dim: width of the encoder vectors, even: its second half starts the decoder.
      state_dim: D, width of the state.
      align_dim: A, hidden width of the scoring network.
      rngs: ``params`` initialises the weights.

    Raises:
      ValueError: if ``encoding_dim`` is odd or a size is below 1.

    Reference:
      Bahdanau et al. (2015), arXiv:1409.0473, section 3.1 and appendix A.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int,
        encoding_dim: int,
        state_dim: int,
        align_dim: int,
        *,
        rngs: nnx.Rngs,
    ):
        check_wholes(vocab_size=vocab_size, embed_dim=embed_dim, encoding_dim=encoding_dim)
        check_wholes(state_dim=state_dim, align_dim=align_dim)
        if encoding_dim % 2:
            raise ValueError(
                f"encoding_dim must be even, a forward and a backward half; got {encoding_dim}."
            )
        self.embedding = Embedding(vocab_size, embed_dim, rngs=rngs)
        self.initial = nnx.Linear(encoding_dim // 2, state_dim, rngs=rngs)
        self.attention = AdditiveAttention(state_dim, encoding_dim, align_dim, rngs=rngs)
        self.rnn = GRU(embed_dim + encoding_dim, state_dim, rngs=rngs)
        self.output = nnx.Linear(state_dim + encoding_dim + embed_dim, vocab_size, rngs=rngs)
        self.vocab_size, self.encoding_dim = vocab_size, encoding_dim

    def __call__(self, target_in: Int[Array, "B T"], encoding: Encoding) -> Decoded:
        """Scores every position, given the tokens before it.

        Returns:
          Logits ``(B, T, V)`` and weights ``(B, 1, T, S)``: row i says where target step i
          looked. Rows beyond the longest target of the batch are zeros.
        """
        (state,), (vectors, projected, mask) = self.start(encoding)
        embedded = self.embedding(target_in.T)  # (T, B, E)
        states, contexts, weights = attention_recurrence(
            embedded,
            (target_in != PAD).T,
            state,
            vectors,
            projected,
            mask,
            self.attention,
            self.rnn,
        )  # (T, B, D), (T, B, 2E), (T, B, S)
        read = jnp.concatenate([states, contexts, embedded], axis=-1)
        return Decoded(self.output(read.swapaxes(0, 1)), weights.swapaxes(0, 1)[:, None])

    def start(self, encoding: Encoding, length: int = 64) -> DecoderState:
        """The state before the first token, and what every step reads of the source."""
        vectors, mask = encoding.vectors, encoding.mask
        if vectors.shape[-1] != self.encoding_dim:
            raise ValueError(
                f"encoding must have vectors of width {self.encoding_dim}; got {vectors.shape}."
            )
        first_backward = vectors[:, 0, self.encoding_dim // 2 :]
        state = jnp.tanh(self.initial(first_backward))
        return DecoderState((state,), (vectors, self.attention.project_keys(vectors), mask))

    def step(
        self, state: DecoderState, token: Int[Array, " B"]
    ) -> tuple[DecoderState, Float[Array, "B V"], Float[Array, "B 1 S"]]:
        """Looks at the source, reads one token, scores the next."""
        (before,), (vectors, projected, mask) = state
        embedded = self.embedding(token)
        context, weights = self.attention(before, vectors, mask, projected)
        carry = self.rnn.step(jnp.concatenate([embedded, context], axis=-1), (before,))
        logits = self.output(jnp.concatenate([carry[0], context, embedded], axis=-1))
        return DecoderState(carry, state.memory), logits, weights[:, None]


def bahdanau(config: BahdanauConfig, *, rngs: nnx.Rngs) -> EncoderDecoder:
    """Builds the model with attention.

    Args:
      config: its sizes.
      rngs: ``params`` initialises the weights.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with M = S.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> model = bahdanau(BahdanauConfig(source_vocab=7, target_vocab=9), rngs=nnx.Rngs(0))
      >>> logits, weights = model(jnp.array([[4, 5, 0]]), jnp.array([[1, 4]]))
      >>> logits.shape, weights.shape
      ((1, 2, 9), (1, 1, 2, 3))
    """
    return EncoderDecoder(
        BidirectionalEncoder(config.source_vocab, config.embed_dim, config.encoder_dim, rngs=rngs),
        AttentionDecoder(
            config.target_vocab,
            config.embed_dim,
            2 * config.encoder_dim,
            config.state_dim,
            config.align_dim,
            rngs=rngs,
        ),
    )
