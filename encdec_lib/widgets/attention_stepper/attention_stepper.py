"""One step of attention, from the scores to the next sound (chapter 8)."""

from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.widgets.attention_stepper.attending import attending, check_model, checked_word
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place

_HERE = Path(__file__).parent
_MOST_LETTERS, _MOST_SOUNDS = 7, 7


class AttentionStepper(StepperWidget):
    r"""How a decoder with attention writes one sound, in six steps.

    Vectors of the letters, the state, a score for each letter, the softmax of the scores, the
    context :math:`c_i = \sum_j \alpha_{ij} h_j`, and the next state with the sound that comes of
    it. Every number is the model's own, worked out when the figure is made; of a vector 8 numbers
    are drawn, of an encoder's vector 4 from each direction.

    Args:
      model: of :func:`~encdec_lib.models.bahdanau_attention.bahdanau`, trained.
      source_vocabulary: the letters.
      target_vocabulary: the sounds.
      word: what it reads, 2 to 7 letters.
      step: where it begins, counted from 1.
      chosen: which sound at first, counted from 0.

    Raises:
      TypeError: if a vocabulary is something else.
      ValueError: if the model is of another chapter, a vocabulary is not the model's, the word
        cannot be read, or the model writes nothing for it.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.pronunciations import LETTERS, PHONEMES
      >>> from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
      >>> model = bahdanau(BahdanauConfig(len(LETTERS), len(PHONEMES)), rngs=nnx.Rngs(0))
      >>> shown = AttentionStepper(model, LETTERS, PHONEMES, word="cat")
      >>> [round(weight, 1) for weight in shown.trace["steps"][0]["weights"]]
      [0.3, 0.3, 0.3]

    Reference:
      Bahdanau, Cho & Bengio (2015), arXiv:1409.0473, section 3.1.
    """

    _esm = _HERE / "attention_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here one goes through a step of attention: the scores of the letters, their softmax, the "
        "weighted sum, the next state and the next sound. It needs JavaScript, and no network."
    )

    trace = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        model: EncoderDecoder,
        source_vocabulary: Vocabulary,
        target_vocabulary: Vocabulary,
        *,
        word: str = "phone",
        step: int = 1,
        chosen: int = 0,
    ):
        check_place(step, chosen)
        check_model(model, source_vocabulary, target_vocabulary)
        word = checked_word("word", word, source_vocabulary, _MOST_LETTERS)
        trace: dict[str, Any] = attending(
            model, source_vocabulary, target_vocabulary, word, _MOST_SOUNDS
        )
        super().__init__(step=step, chosen=chosen, trace=trace)
