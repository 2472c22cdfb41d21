"""What a model of chapter 8 does with a word: every number of every step."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from encdec_lib.data.vocabulary import BOS, EOS, Vocabulary
from encdec_lib.models.bahdanau_attention import AttentionDecoder
from encdec_lib.widgets.host.page_model import page_model, readable_word

CELLS = 8  #: numbers of a vector that are drawn
BETS = 3  #: sounds that are named for a step


def check_model(model: Any, letters: Vocabulary, sounds: Vocabulary) -> None:
    """Asks for a model of chapter 8 with its vocabularies.

    Args:
      model: of :func:`~encdec_lib.models.bahdanau_attention.bahdanau`.
      letters: of the source.
      sounds: of the target.

    Raises:
      TypeError: if a vocabulary is something else.
      ValueError: if the model is of another chapter, exported, or has other vocabularies.
    """
    page_model(
        "model", model, "bahdanau", letters, sounds, advice="Build it with bahdanau(config)."
    )
    if not isinstance(decoder := getattr(model, "decoder", None), AttentionDecoder):
        raise ValueError(
            "model must be built by bahdanau(...), and not yet exported; got "
            f"{type(model).__name__ if decoder is None else type(decoder).__name__}."
        )


def checked_word(name: str, word: Any, letters: Vocabulary, most: int) -> str:
    """A word of at least two letters that the model can read.

    Args:
      name: what it is, for messages.
      word: one word.
      letters: must hold each of its letters.
      most: letters that there is room for.

    Returns:
      The word in lower case.

    Raises:
      ValueError: if it is too short or too long, or has other letters.
    """
    word = readable_word(name, word, letters, most)
    if len(word) < 2:
        raise ValueError(f"{name} must have at least 2 letters; got {word!r}.")
    return word


def attending(
    model: Any, letters: Vocabulary, sounds: Vocabulary, word: str, most: int
) -> dict[str, Any]:
    r"""Writes a word greedily, and keeps what every step worked with.

    Args:
      model: of :func:`~encdec_lib.models.bahdanau_attention.bahdanau`.
      letters: of the source.
      sounds: of the target.
      word: what it reads.
      most: sounds after which it is stopped.

    Returns:
      ``word``; ``width``, the numbers of a vector :math:`h_j`; ``vectors``, of each letter a few
      numbers from either direction; ``steps``, a dict a sound with ``scores`` and ``weights`` of
      the letters, ``state`` before and ``after``, ``context``, and ``bets``, the most probable
      sounds; and ``ended``, whether the model ended the word by itself.
    """
    encoding = model.encode(jnp.asarray([letters.encode(word)]))
    vectors = np.asarray(encoding.vectors[0], np.float64)  # (S, D)
    half = vectors.shape[1] // 2
    few = min(CELLS // 2, half)
    drawn = np.r_[:few, half : half + few]
    decoder = model.decoder
    layer = decoder.attention
    W_query, W_key, v = (
        np.asarray(w[...], np.float64) for w in (layer.W_query, layer.W_key, layer.v)
    )
    state, token = decoder.start(encoding), BOS
    steps: list[dict[str, Any]] = []
    ended = False
    while not ended and len(steps) < most:
        before = np.asarray(state.carry[0][0], np.float64)
        state, logits, weights = decoder.step(state, jnp.asarray([token]))
        weights = np.asarray(weights[0, 0], np.float64)
        shares = _shares(logits[0])
        order = np.argsort(-shares[EOS:], kind="stable")[:BETS] + EOS
        token = int(order[0])
        ended = token == EOS
        if ended:
            break
        steps.append(
            {
                "scores": _plain(np.tanh(before @ W_query + vectors @ W_key) @ v),
                "weights": _plain(weights),
                "state": _plain(before[:CELLS]),
                "context": _plain((weights @ vectors)[drawn]),
                "after": _plain(np.asarray(state.carry[0][0])[:CELLS]),
                "bets": [
                    ["end" if k == EOS else sounds.symbols[k], round(float(shares[k]), 4)]
                    for k in map(int, order)
                ],
            }
        )
    if not steps:
        raise ValueError(f"model must write at least one sound for {word!r}; it wrote none.")
    return {
        "word": word,
        "width": vectors.shape[1],
        "vectors": [_plain(row) for row in vectors[:, drawn]],
        "steps": steps,
        "ended": ended,
    }


def _shares(logits: Any) -> np.ndarray:
    powers = np.exp(np.asarray(logits, np.float64) - float(np.max(logits)))
    return powers / powers.sum()


def _plain(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]
