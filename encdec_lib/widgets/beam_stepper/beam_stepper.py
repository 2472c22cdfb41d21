"""Beam search as a tree that grows (chapter 4)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.runtime.checks import check_whole
from encdec_lib.widgets.beam_stepper.tree import grow
from encdec_lib.widgets.host.inputs import listed
from encdec_lib.widgets.host.page_model import page_model, readable_word
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place

_HERE = Path(__file__).parent
_WIDEST, _LONGEST, _MOST = 4, 9, 3


class BeamStepper(StepperWidget):
    r"""The beginnings that a beam search keeps for one word, step by step.

    The search is the library's, :func:`~encdec_lib.generate.beam.beam_search`, done when the figure
    is made: at each step every kept beginning is extended by every sound, K of all these children
    are kept, and the best of the others is shown as left out. A beginning is worth

    .. math:: \prod_i P(y_i \mid y_{<i}, H)

    Args:
      model: of :func:`~encdec_lib.models.seq2seq.seq2seq`, trained.
      source_vocabulary: the letters.
      target_vocabulary: the sounds.
      word: what it reads, 1 to 10 letters.
      widths: K of each case, 1 to 3 different widths from 1 to 4; 1 is greedy search.
      longest: steps after which a search stops, 2 to 9.
      step: where it begins, counted from 1.
      chosen: which of ``widths`` at first, counted from 0.

    Raises:
      TypeError: if an argument is of another kind.
      ValueError: if the model is another, or an argument is out of its range; the message names it.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.pronunciations import LETTERS, PHONEMES
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(30, 43, embed_dim=3, state_dim=5), rngs=nnx.Rngs(0))
      >>> figure = BeamStepper(model, LETTERS, PHONEMES, "day", widths=(1, 2), longest=3)
      >>> [len(steps) for steps in figure.searches], len(figure.searches[1][0])
      ([3, 3], 3)
    """

    _esm = _HERE / "beam_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here a beam search keeps several beginnings of an output, and the tree of them grows step "
        "by step. It needs JavaScript, and no network."
    )

    word = traitlets.Unicode().tag(sync=True)
    widths = traitlets.List().tag(sync=True)
    searches = traitlets.List().tag(sync=True)

    def __init__(
        self,
        model: EncoderDecoder,
        source_vocabulary: Vocabulary,
        target_vocabulary: Vocabulary,
        word: str,
        *,
        widths: Sequence[int] = (1, 3),
        longest: int = 8,
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
        letters = readable_word("word", word, source_vocabulary, 10)
        check_whole("longest", longest, least=2)
        if longest > _LONGEST:
            raise ValueError(f"longest must be at most {_LONGEST}; got {longest}.")
        for width in listed("widths", widths):
            check_whole("widths", width)
        wrong = not 1 <= len(widths) <= _MOST or max(widths) > _WIDEST
        if wrong or len(set(widths)) < len(widths):
            raise ValueError(f"widths must be 1 to 3 different ones from 1 to 4; got {widths}.")
        source = source_vocabulary.encode(letters)
        searches: list[Any] = [
            grow(model, source, target_vocabulary, int(width), longest) for width in widths
        ]
        super().__init__(
            step=step, chosen=chosen, word=letters, widths=list(map(int, widths)), searches=searches
        )
