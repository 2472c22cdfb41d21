r"""A recurrent decoder that reads an encoding at every step, in whatever way it is given.

Chapters 7 and 9 change the way of reading and nothing else. The recurrence does not take the
context in: in training the states of all steps are worked out first, and then all steps read
at once.

Shape letters: B batch, T target positions, S source positions, D width of a state, M width of an
encoder vector.
"""

from typing import NamedTuple, Protocol, runtime_checkable

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Int

from encdec_lib.encoding import PAD, Decoded, DecoderState, Encoding
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.recurrent import GRU
from encdec_lib.runtime.checks import check_wholes

QUERIES = ("current", "previous")


class Readings(NamedTuple):
    """What a reader found for every target step."""

    contexts: Float[Array, "B T M"]
    weights: Float[Array, "B T S"]  # how much of the context comes from each vector


@runtime_checkable
class Reader(Protocol):
    """A way to read an encoding; what it learns are its own parameters."""

    def prepare(self, encoding: Encoding) -> tuple[Array, ...]:
        """What every step needs of the encoding, worked out once; batch first."""
        ...

    def __call__(
        self,
        queries: Float[Array, "B T D"],
        positions: Int[Array, "B T"],
        memory: tuple[Array, ...],
    ) -> Readings:
        """Reads once for each query; ``positions`` are the target steps, from 0."""
        ...


class ReadingDecoder(nnx.Module):
    r"""A GRU, something read for every step, and the two together for the answer.

    .. math::
        s_0 &= \tanh(\overleftarrow{h_1} W_s + b_s), \qquad
        s_i = \mathrm{GRU}(E y_{i-1}, s_{i-1}) \\
        c_i &= \mathrm{read}(s_i, H) \\
        \tilde s_i &= \tanh([c_i; s_i] W_c + b_c), \qquad
        P(y_i \mid y_{<i}, H) = \mathrm{softmax}(\tilde s_i W_y + b_y)

    Args:
      vocab_size: V, number of target tokens.
      embed_dim: E.
      encoding_dim: M, width of the encoder vectors, even: the second half of the first one
        starts the decoder.
      state_dim: D, width of the state and of :math:`\tilde s_i`.
      reader: how to read, a :class:`Reader`.
      query: the state that asks, ``"current"`` :math:`s_i` or ``"previous"`` :math:`s_{i-1}`.
      rngs: ``params`` initialises the weights.

    Raises:
      ValueError: if ``encoding_dim`` is odd, a size is below 1, or ``query`` is another.

    Reference:
      Luong et al. (2015), arXiv:1508.04025, equations (5) and (6); theirs has no bias and
      feeds :math:`\tilde s_{i-1}` to the next step as an option.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int,
        encoding_dim: int,
        state_dim: int,
        reader: Reader,
        *,
        query: str = "current",
        rngs: nnx.Rngs,
    ):
        check_wholes(vocab_size=vocab_size, embed_dim=embed_dim, encoding_dim=encoding_dim)
        check_wholes(state_dim=state_dim)
        if encoding_dim % 2:
            raise ValueError(
                f"encoding_dim must be even, a forward and a backward half; got {encoding_dim}."
            )
        if query not in QUERIES:
            raise ValueError(f"query must be 'current' or 'previous'; got {query!r}.")
        self.embedding = Embedding(vocab_size, embed_dim, rngs=rngs)
        self.initial = nnx.Linear(encoding_dim // 2, state_dim, rngs=rngs)
        self.rnn = GRU(embed_dim, state_dim, rngs=rngs)
        self.reader = reader
        self.combine = nnx.Linear(encoding_dim + state_dim, state_dim, rngs=rngs)
        self.output = nnx.Linear(state_dim, vocab_size, rngs=rngs)
        self.vocab_size, self.encoding_dim, self.query = vocab_size, encoding_dim, query

    def __call__(self, target_in: Int[Array, "B T"], encoding: Encoding) -> Decoded:
        """Scores every position, given the tokens before it.

        Returns:
          Logits ``(B, T, V)`` and weights ``(B, 1, T, S)``: row i says how much of what step
          i read comes from each vector.
        """
        (state, _), memory = self.start(encoding)
        states, _ = self.rnn(self.embedding(target_in), target_in != PAD, (state,))
        queries = states
        if self.query == "previous":
            queries = jnp.concatenate([state[:, None], states[:, :-1]], axis=1)
        steps = jnp.broadcast_to(jnp.arange(target_in.shape[1])[None], target_in.shape)
        contexts, weights = self.reader(queries, steps, memory)
        return Decoded(self._answer(contexts, states), weights[:, None])

    def start(self, encoding: Encoding, length: int = 64) -> DecoderState:
        """The state before the first token, the number of steps done, what the reader keeps."""
        vectors = encoding.vectors
        if vectors.shape[-1] != self.encoding_dim:
            raise ValueError(
                f"encoding must have vectors of width {self.encoding_dim}; got {vectors.shape}."
            )
        state = jnp.tanh(self.initial(vectors[:, 0, self.encoding_dim // 2 :]))
        done = jnp.zeros(len(vectors), jnp.int32)
        return DecoderState((state, done), self.reader.prepare(encoding))

    def step(
        self, state: DecoderState, token: Int[Array, " B"]
    ) -> tuple[DecoderState, Float[Array, "B V"], Float[Array, "B 1 S"]]:
        """Reads one token and the encoding, scores the next token."""
        (before, done), memory = state
        (after,) = self.rnn.step(self.embedding(token), (before,))
        query = before if self.query == "previous" else after
        contexts, weights = self.reader(query[:, None], done[:, None], memory)
        logits = self._answer(contexts, after[:, None])[:, 0]
        return DecoderState((after, done + 1), memory), logits, weights

    def _answer(self, contexts, states):
        """Logits from what was read and the state."""
        return self.output(jnp.tanh(self.combine(jnp.concatenate([contexts, states], axis=-1))))
