"""Sequence to sequence with a fixed-size encoding (chapter 4).

The encoder's last state is the whole message: one vector, M = 1, whatever the length. The
decoder starts from it and never sees the source again.
"""

import dataclasses

from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.data.vocabulary import PAD
from encdec_lib.encoding import Decoded, DecoderState, EncoderDecoder, Encoding
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.recurrent import GRU
from encdec_lib.runtime.checks import check_flags, check_sizes, check_wholes


@dataclasses.dataclass(frozen=True)
class Seq2SeqConfig:
    """Sizes of the fixed-vector model. :func:`seq2seq` builds it."""

    source_vocab: int  # V of the source, specials included
    target_vocab: int  # V of the target
    embed_dim: int = 64  # E
    state_dim: int = 128  # D, and the width of the one vector
    reverse_source: bool = False  # read the source from its end (Sutskever et al. 2014)

    def __post_init__(self):
        check_sizes(self, "source_vocab", "target_vocab", "embed_dim", "state_dim")
        check_flags(self, "reverse_source")


class RNNEncoder(nnx.Module):
    r"""Many to one: reads the source, returns its last state as the encoding.

    .. math:: h_t = \mathrm{GRU}(E x_t, h_{t-1}), \qquad H = h_{T_x}

    Args:
      vocab_size: V, number of source tokens.
      embed_dim: E.
      state_dim: D, width of the state and of the one vector.
      reverse_source: read from the last token to the first.
      rngs: ``params`` initialises the weights.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> encoder = RNNEncoder(7, 4, 5, rngs=nnx.Rngs(0))
      >>> source = jnp.array([[4, 5, 6, 0]])
      >>> encoder(source, source != 0).vectors.shape
      (1, 1, 5)

    Reference:
      Cho et al. (2014), arXiv:1406.1078; Sutskever et al. (2014), arXiv:1409.3215.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int,
        state_dim: int,
        *,
        reverse_source: bool = False,
        rngs: nnx.Rngs,
    ):
        check_wholes(vocab_size=vocab_size, embed_dim=embed_dim, state_dim=state_dim)
        self.embedding = Embedding(vocab_size, embed_dim, rngs=rngs)
        self.rnn = GRU(embed_dim, state_dim, reverse=reverse_source, rngs=rngs)
        self.vocab_size, self.encoding_dim = vocab_size, state_dim

    def __call__(self, source: Int[Array, "B S"], mask: Bool[Array, "B S"]) -> Encoding:
        """Encodes a padded batch; M = 1."""
        _, (last,) = self.rnn(self.embedding(source), mask)
        return Encoding(last[:, None], mask.any(axis=1, keepdims=True))


class RNNDecoder(nnx.Module):
    r"""One to many: starts from the encoding, predicts one token after another.

    .. math::
        s_0 = H, \qquad s_i = \mathrm{GRU}(E y_{i-1}, s_{i-1}), \qquad
        P(y_i \mid y_{<i}, H) = \mathrm{softmax}(s_i W + b)

    Args:
      vocab_size: V, number of target tokens.
      embed_dim: E.
      state_dim: D, width of the state; the encoding must have the same.
      rngs: ``params`` initialises the weights.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> decoder = RNNDecoder(9, 4, 5, rngs=nnx.Rngs(0))
      >>> encoding = Encoding(jnp.ones((2, 1, 5)), jnp.ones((2, 1), bool))
      >>> decoder(jnp.ones((2, 3), int), encoding).logits.shape
      (2, 3, 9)
    """

    def __init__(self, vocab_size: int, embed_dim: int, state_dim: int, *, rngs: nnx.Rngs):
        check_wholes(vocab_size=vocab_size, embed_dim=embed_dim, state_dim=state_dim)
        self.embedding = Embedding(vocab_size, embed_dim, rngs=rngs)
        self.rnn = GRU(embed_dim, state_dim, rngs=rngs)
        self.output = nnx.Linear(state_dim, vocab_size, rngs=rngs)
        self.vocab_size, self.encoding_dim = vocab_size, state_dim

    def __call__(self, target_in: Int[Array, "B T"], encoding: Encoding) -> Decoded:
        """Scores every position, given the tokens before it."""
        state = self.start(encoding)
        states, _ = self.rnn(self.embedding(target_in), target_in != PAD, state.carry)
        return Decoded(self.output(states), None)

    def start(self, encoding: Encoding, length: int = 64) -> DecoderState:
        """The state before the first token: the encoding itself.

        Raises:
          ValueError: if the encoding has more than one vector.
        """
        if encoding.vectors.shape[1] != 1:
            raise ValueError(
                f"RNNDecoder starts from one vector, shape (B, 1, D); got "
                f"{encoding.vectors.shape}. Use an encoder with M = 1, or a decoder that attends."
            )
        return DecoderState((encoding.vectors[:, 0],))

    def step(
        self, state: DecoderState, token: Int[Array, " B"]
    ) -> tuple[DecoderState, Float[Array, "B V"], None]:
        """Reads one token, scores the next."""
        carry = self.rnn.step(self.embedding(token), state.carry)
        return DecoderState(carry), self.output(carry[0]), None


def seq2seq(config: Seq2SeqConfig, *, rngs: nnx.Rngs) -> EncoderDecoder:
    """Builds the fixed-vector model.

    Args:
      config: its sizes.
      rngs: ``params`` initialises the weights.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with M = 1.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> model = seq2seq(Seq2SeqConfig(source_vocab=7, target_vocab=9), rngs=nnx.Rngs(0))
      >>> model(jnp.array([[4, 5, 0]]), jnp.array([[1, 4]])).logits.shape
      (1, 2, 9)
    """
    return EncoderDecoder(
        RNNEncoder(
            config.source_vocab,
            config.embed_dim,
            config.state_dim,
            reverse_source=config.reverse_source,
            rngs=rngs,
        ),
        RNNDecoder(config.target_vocab, config.embed_dim, config.state_dim, rngs=rngs),
    )
