"""What a decoder is given at each step, under each way to read (chapter 7)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import traitlets

from encdec_lib.data.vocabulary import EOS, Vocabulary
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.generate import greedy
from encdec_lib.layers.reading_decoder import ReadingDecoder
from encdec_lib.models.token_sized import READERS, Reading
from encdec_lib.widgets.host.inputs import by_name
from encdec_lib.widgets.host.page_model import page_model, readable_word
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place

_HERE = Path(__file__).parent
_MOST_LETTERS, _MOST_STEPS = 10, 9
_ADVICE = "Build it with token_sized(config)."
_DRAWN = 8  # numbers of a vector, half of them from each direction


class ReadingStepper(StepperWidget):
    """One word, and the vector that the decoder gets at each step, under each way to read.

    The models write the word greedily when the figure is made. Of every vector 8 numbers are
    drawn: 4 of the half that reads from the left, and 4 of the half that reads from the right.

    Args:
      models: from a name to a model of :func:`~encdec_lib.models.token_sized.token_sized`, 1 to 6
        of them.
      source_vocabulary: letters, of every model.
      target_vocabulary: phonemes, of every model.
      word: what they read, 2 to 10 letters.
      step: where it begins, counted from 1.
      chosen: which model at first, counted from 0.

    Raises:
      TypeError: if ``models`` is no mapping, or a vocabulary is something else.
      ValueError: if a model is of another chapter, a vocabulary is not the models', or the word
        cannot be read.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.pronunciations import LETTERS, PHONEMES
      >>> from encdec_lib.models.token_sized import TokenSizedConfig, token_sized
      >>> config = TokenSizedConfig(len(LETTERS), len(PHONEMES), 4, 4, "mean")
      >>> model = token_sized(config, rngs=nnx.Rngs(0))
      >>> shown = ReadingStepper({"mean": model}, LETTERS, PHONEMES, word="cat")
      >>> [round(share, 2) for share in shown.traces[0]["weights"][0]]
      [0.33, 0.33, 0.33]
    """

    _esm = _HERE / "reading_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here a decoder writes a word step by step, and one sees which vector it is given each "
        "time, under six ways to read. It needs JavaScript, and no network."
    )

    word = traitlets.Unicode().tag(sync=True)
    traces = traitlets.List().tag(sync=True)
    width = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        models: Mapping[str, EncoderDecoder],
        source_vocabulary: Vocabulary,
        target_vocabulary: Vocabulary,
        *,
        word: str = "though",
        step: int = 1,
        chosen: int = 0,
    ):
        check_place(step, chosen)
        if not 1 <= len(by_name("models", models)) <= 6:
            raise ValueError(f"models must be 1 to 6; got {len(models)}.")
        for name, model in models.items():
            if not isinstance(name, str) or not name:
                raise ValueError(f"models must have names to write on buttons; got {name!r}.")
            vocabularies = source_vocabulary, target_vocabulary
            page_model(f"models[{name!r}]", model, "reading", *vocabularies, advice=_ADVICE)
        word = readable_word("word", word, source_vocabulary, _MOST_LETTERS)
        if len(word) < 2:
            raise ValueError(f"word must have at least 2 letters; got {word!r}.")
        traces = [
            {"name": name} | _trace(name, model, word, source_vocabulary, target_vocabulary)
            for name, model in models.items()
        ]
        width = traces[0].pop("width")
        super().__init__(step=step, chosen=chosen, word=word, traces=traces, width=width)


def _trace(name: str, model: Any, word: str, letters: Vocabulary, phonemes: Vocabulary) -> dict:
    """What the model writes, from what, and which vector each step was given."""
    decoder = getattr(model, "decoder", None)
    if not isinstance(decoder, ReadingDecoder) or not isinstance(decoder.reader, Reading):
        raise ValueError(
            f"models[{name!r}] must be built by token_sized(...), and not yet exported; got "
            f"{type(decoder).__name__ if decoder is not None else type(model).__name__}."
        )
    source = np.array([letters.encode(word)], np.int32)
    written = greedy(model, source, max_length=_MOST_STEPS)
    tokens = [int(token) for token in written.tokens[0]]
    steps = tokens.index(EOS) + 1 if EOS in tokens else len(tokens)
    encoding = model.encode(jnp.asarray(source))
    vectors = np.asarray(encoding.vectors[0], np.float64)  # (S, M)
    assert written.weights is not None  # every reader has some
    weights = np.asarray(written.weights[0, 0, :steps, : len(word)], np.float64)
    contexts = weights @ vectors
    if (read := decoder.reader.read) in ("last", "max"):  # made number by number, not by weights
        query = jnp.zeros((1, 1, vectors.shape[1]))
        found = READERS[read](query, jnp.zeros((1, 1), jnp.int32), encoding.vectors, encoding.mask)
        contexts = np.broadcast_to(np.asarray(found.contexts[0, 0], np.float64), contexts.shape)
    half = vectors.shape[1] // 2
    few = min(_DRAWN // 2, half)
    drawn = np.r_[:few, half : half + few]
    return {
        "read": read,
        "vectors": vectors[:, drawn].round(4).tolist(),
        "weights": weights.round(4).tolist(),
        "contexts": contexts[:, drawn].round(4).tolist(),
        "tokens": ["end" if token == EOS else phonemes.symbols[token] for token in tokens[:steps]],
        "width": vectors.shape[1],
    }
