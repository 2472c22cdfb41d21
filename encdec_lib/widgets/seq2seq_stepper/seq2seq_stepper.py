"""Chapter 4 step by step: the encoder reads, the decoder writes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.widgets.host.inputs import by_name, text
from encdec_lib.widgets.host.page_model import page_model, token_list
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place
from encdec_lib.widgets.seq2seq_stepper.readings import readings, reads_backwards

_HERE = Path(__file__).parent
_MOST_WORDS, _SHORTEST, _LONGEST = 4, 2, 8


class Seq2SeqStepper(StepperWidget):
    r"""The encoder reads a word letter by letter; then the decoder writes a sound at a time.

    Every state and every bet is the model's own, worked out when the figure is made. The decoder
    may read what it has written itself, or the true sounds, as in training (teacher forcing). If
    the reader has trained a model on the same page, in the figure ``Seq2SeqTrainer``, the figure
    can go through that one instead, on the page's engine.

    Args:
      model: of :func:`~encdec_lib.models.seq2seq.seq2seq`, trained.
      source_vocabulary: the letters.
      target_vocabulary: the sounds.
      words: 1 to 4 words of 2 to 8 letters, each with its true sounds, a list or a text.
      word: the one that it begins with; the first if None.
      step: where it begins, counted from 1.
      chosen: 0 for the model's own sounds, 1 for the true ones.

    Raises:
      TypeError: if ``words`` is no mapping, or a word or its sounds are no text.
      ValueError: if the model is another, there are too few words or too many, a word has too few
        letters or too many, or a letter or a sound is unknown.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.pronunciations import LETTERS, PHONEMES
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(30, 43, embed_dim=3, state_dim=5), rngs=nnx.Rngs(0))
      >>> stepper = Seq2SeqStepper(model, LETTERS, PHONEMES, {"day": "D EY"})
      >>> len(stepper.words[0]["read"]), len(stepper.words[0]["written"][1])  # with <eos>
      (3, 3)
    """

    _esm = _HERE / "seq2seq_stepper.js"
    _css = (*STEPPER_CSS, _HERE / "seq2seq_stepper.css")
    static_fallback = (
        "Here an encoder reads a word letter by letter, and a decoder writes its sounds, step by "
        "step. It needs JavaScript, and no network."
    )

    words = traitlets.List().tag(sync=True)
    word = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    symbols = traitlets.Dict().tag(sync=True)
    reverse = traitlets.Bool().tag(sync=True)

    def __init__(
        self,
        model: EncoderDecoder,
        source_vocabulary: Vocabulary,
        target_vocabulary: Vocabulary,
        words: Mapping[str, Any],
        *,
        word: str | None = None,
        step: int = 1,
        chosen: int = 0,
    ):
        check_place(step, chosen)
        page_model("model", model, "seq2seq", source_vocabulary, target_vocabulary)
        if not isinstance(model, EncoderDecoder):
            raise TypeError(
                f"model must be what seq2seq(...) built, as it is run here; got "
                f"{type(model).__name__}."
            )
        given = by_name("words", words)
        if not 1 <= len(given) <= _MOST_WORDS:
            raise ValueError(f"words must be 1 to {_MOST_WORDS}; got {len(given)}.")
        named = [self._spelled(name, source_vocabulary) for name in given]
        sounds = [
            token_list(f"words[{name!r}]", spoken, target_vocabulary)
            for name, spoken in given.items()
        ]
        if word is not None and (not isinstance(word, str) or word not in given):
            raise ValueError(f"word must be one of {', '.join(given)}; got {word!r:.60}.")
        pairs = list(zip(named, sounds, strict=True))
        read = readings(model, source_vocabulary, target_vocabulary, pairs)
        super().__init__(
            step=step,
            chosen=chosen,
            words=[
                {"letters": letters, "sounds": spoken, **one}
                for (letters, spoken), one in zip(pairs, read, strict=True)
            ],
            word=0 if word is None else list(given).index(word),
            width=int(model.encoder.encoding_dim),
            symbols={
                "letters": list(source_vocabulary.symbols),
                "sounds": list(target_vocabulary.symbols),
            },
            reverse=reads_backwards(model),
        )

    @staticmethod
    def _spelled(name: Any, vocabulary: Vocabulary) -> list[str]:
        """The letters of a word."""
        letters = list(text("words", name))
        if not _SHORTEST <= len(letters) <= _LONGEST:
            raise ValueError(
                f"words must have {_SHORTEST} to {_LONGEST} letters each; got {name!r:.60}."
            )
        return token_list("words", letters, vocabulary)
