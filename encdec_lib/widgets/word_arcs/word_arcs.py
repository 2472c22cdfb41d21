"""Which letters were read for each sound of a word (chapter 8)."""

from collections.abc import Iterable
from pathlib import Path

import traitlets

from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.widgets.attention_stepper.attending import attending, check_model, checked_word
from encdec_lib.widgets.host.inputs import texts
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place

_HERE = Path(__file__).parent
_MOST_WORDS, _MOST_LETTERS, _MOST_SOUNDS = 5, 9, 9


class WordArcs(StepperWidget):
    r"""Words with their sounds above, and a line from each sound to the letters it was read from.

    A line is as wide as its weight :math:`\alpha_{ij}`. The first step shows all sounds, each
    further one a single sound. The words are written greedily when the figure is made.

    Args:
      model: of :func:`~encdec_lib.models.bahdanau_attention.bahdanau`, trained.
      source_vocabulary: the letters.
      target_vocabulary: the sounds.
      words: 1 to 5 words of 2 to 9 letters.
      step: where it begins, counted from 1.
      chosen: which word at first, counted from 0.

    Raises:
      TypeError: if a vocabulary is something else.
      ValueError: if the model is of another chapter, a vocabulary is not the model's, a word
        cannot be read, or the model writes nothing for it.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.pronunciations import LETTERS, PHONEMES
      >>> from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
      >>> model = bahdanau(BahdanauConfig(len(LETTERS), len(PHONEMES)), rngs=nnx.Rngs(0))
      >>> WordArcs(model, LETTERS, PHONEMES, words=["Cat", "day"]).traces[0]["word"]
      'cat'
    """

    _esm = _HERE / "word_arcs.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here lines lead from each sound of a word to the letters that a trained model read for "
        "it. It needs JavaScript, and no network."
    )

    traces = traitlets.List().tag(sync=True)

    def __init__(
        self,
        model: EncoderDecoder,
        source_vocabulary: Vocabulary,
        target_vocabulary: Vocabulary,
        words: Iterable[str] = ("phone", "knight", "though"),
        *,
        step: int = 1,
        chosen: int = 0,
    ):
        check_place(step, chosen)
        check_model(model, source_vocabulary, target_vocabulary)
        words = list(texts("words", words))
        if not 1 <= len(words) <= _MOST_WORDS:
            raise ValueError(f"words must be 1 to {_MOST_WORDS}; got {len(words)}.")
        read = [
            checked_word(f"words[{k}]", word, source_vocabulary, _MOST_LETTERS)
            for k, word in enumerate(words)
        ]
        traces = [
            attending(model, source_vocabulary, target_vocabulary, word, _MOST_SOUNDS)
            for word in read
        ]
        kept = [
            {
                "word": trace["word"],
                "ended": trace["ended"],
                "sounds": [step["bets"][0][0] for step in trace["steps"]],
                "weights": [step["weights"] for step in trace["steps"]],
            }
            for trace in traces
        ]
        super().__init__(step=step, chosen=chosen, traces=kept)
