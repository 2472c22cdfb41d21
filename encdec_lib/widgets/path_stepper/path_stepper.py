"""The way from the first word to the last, through layers of four kinds (chapter 13)."""

from collections.abc import Sequence
from pathlib import Path

import traitlets

from encdec_lib.runtime.checks import check_whole
from encdec_lib.widgets.host.inputs import texts
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place
from encdec_lib.widgets.host.trainer_widget import MOST_SEED
from encdec_lib.widgets.path_stepper.signals import signals

_HERE = Path(__file__).parent
SHORTEST, LONGEST = 5, 9  # words
_WIDEST_WORD = 6  # letters, on a phone
_MOST_WIDTH = 64  # whose Jacobians are worked out in a second or two


class PathStepper(StepperWidget):
    r"""How far apart are the first word and the last? A signal's way, one step at a time.

    Through a recurrent layer (a GRU), through stacked convolutions with a kernel of 3 that look
    left, through dilated ones, and through self-attention. The numbers are those of new layers of
    width ``d``, worked out with the library's layers when the figure is made: how much each vector
    moves for a small change of the first word's vector,
    :math:`\lVert \partial y_i / \partial x_1 \rVert_F / \sqrt{d}`.

    Args:
      words: 5 to 9 of them, up to 6 letters each; the last must know of the first.
      d: width of the vectors, up to 64.
      seed: of the weights and of the vectors, 0 to 9999.
      step: where it begins, counted from 1.
      chosen: the kind of layer at first, counted from 0.

    Raises:
      TypeError: if ``words`` is no list of texts.
      ValueError: if there are too few words, too many, or one that is empty or too long, or a
        number is out of range.

    Example:
      >>> way = PathStepper("Keys on that old door shine".split(), d=5)
      >>> len(way.words), len(way.signals["convolution"])
      (6, 3)
    """

    _esm = _HERE / "path_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here a signal goes from the first word of a sentence to the last, step by step, through a "
        "recurrent layer, convolutions and self-attention. It needs JavaScript, and no network."
    )

    words = traitlets.List().tag(sync=True)
    signals = traitlets.Dict().tag(sync=True)
    width = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        words: Sequence[str] = tuple("Keys that hang by the old red door shine".split()),
        *,
        d: int = 16,
        seed: int = 0,
        step: int = 1,
        chosen: int = 0,
    ):
        check_place(step, chosen)
        words = texts("words", words)
        check_whole("d", d, most=_MOST_WIDTH)
        check_whole("seed", seed, least=0, most=MOST_SEED)
        if not SHORTEST <= len(words) <= LONGEST:
            raise ValueError(f"words must be {SHORTEST} to {LONGEST}; got {len(words)}.")
        for word in words:
            if not 1 <= len(word.strip()) <= len(word) <= _WIDEST_WORD:
                raise ValueError(f"words must have 1 to {_WIDEST_WORD} letters each; got {word!r}.")
        found = signals(len(words), d, seed)
        super().__init__(step=step, chosen=chosen, words=words, signals=found, width=int(d))
