"""What a model of chapter 4 does with a word, one step at a time."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int

from encdec_lib.data.parallel import pad
from encdec_lib.data.vocabulary import BOS, EOS, PAD, Vocabulary
from encdec_lib.encoding import DecoderState, EncoderDecoder, Encoding

CELLS = 8  #: numbers of a state that are shown, as in reading.js
MORE = 3  #: sounds beyond the reference after which a model is stopped, as in reading.js


def readings(
    model: EncoderDecoder,
    letters: Vocabulary,
    sounds: Vocabulary,
    words: Sequence[tuple[list[str], list[str]]],
) -> list[dict[str, Any]]:
    """Every state and every bet of a model, for words whose sounds are known.

    Args:
      model: of :func:`~encdec_lib.models.seq2seq.seq2seq`.
      letters: of the source.
      sounds: of the target.
      words: letters and sounds of each.

    Returns:
      A dict a word, with ``read``, the first numbers of the state after each letter, in the order
      in which they are read; ``written``, with the model's own sounds as the decoder's input and
      with the true ones, a dict a step: ``input``, ``said`` (None for the end), its ``share`` of
      the probability, and ``state``.
    """
    reverse = reads_backwards(model)
    sources = [letters.encode(word) for word, _ in words]
    parts = [
        source[len(source) - k :] if reverse else source[:k]
        for source in sources
        for k in range(1, len(source) + 1)
    ]
    states = iter(np.asarray(_encoded(model, jnp.asarray(pad(parts))).vectors[:, 0, :CELLS]))
    read = [[_plain(next(states)) for _ in source] for source in sources]
    targets = [[*sounds.encode(spoken), EOS] for _, spoken in words]
    own, forced = (_written(model, sources, targets, sounds, teacher) for teacher in (False, True))
    return [
        {"read": one, "written": [mine, told]}
        for one, mine, told in zip(read, own, forced, strict=True)
    ]


def reads_backwards(model: EncoderDecoder) -> bool:
    """Whether the encoder of chapter 4 reads from the last token to the first."""
    encoder: Any = model.encoder
    return bool(encoder.rnn.reverse)


@nnx.jit
def _encoded(model: EncoderDecoder, sources: Int[Array, "B S"]) -> Encoding:
    return model.encode(sources)


@nnx.jit
def _step(
    model: EncoderDecoder, state: DecoderState, token: Int[Array, " B"]
) -> tuple[DecoderState, Float[Array, "B V"]]:
    decoder: Any = model.decoder
    after, logits, _ = decoder.step(state, token)
    return after, logits


def _written(
    model: EncoderDecoder,
    sources: list[list[int]],
    targets: list[list[int]],
    sounds: Vocabulary,
    teacher: bool,
) -> list[list[dict[str, Any]]]:
    """The steps of the decoder, word by word; greedy, and never <pad> or <bos>."""
    decoder: Any = model.decoder
    state = decoder.start(_encoded(model, jnp.asarray(pad(sources))))
    token = np.full(len(sources), BOS)
    steps: list[list[dict[str, Any]]] = [[] for _ in sources]
    for t in range(max(map(len, targets)) + MORE):
        state, logits = _step(model, state, jnp.asarray(token))
        shares = np.asarray(jax.nn.softmax(logits))
        best = EOS + shares[:, EOS:].argmax(axis=1)
        for b, target in enumerate(targets):
            done = len(steps[b]) < t
            if done or (teacher and t >= len(target)) or t >= len(target) + MORE:
                continue
            if not teacher and steps[b] and steps[b][-1]["said"] is None:
                continue
            steps[b].append(
                {
                    "input": None if t == 0 else sounds.symbols[token[b]],
                    "said": None if best[b] == EOS else sounds.symbols[best[b]],
                    "share": round(float(shares[b, best[b]]), 4),
                    "state": _plain(np.asarray(state.carry[0])[b, :CELLS]),
                }
            )
        told = np.array([target[t] if t < len(target) else PAD for target in targets])
        token = told if teacher else best
    return steps


def _plain(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]
