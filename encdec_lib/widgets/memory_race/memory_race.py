"""The race of chapter 3: three recurrent units learn to remember the first letter."""

from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget, one_of

_HERE = Path(__file__).parent
LETTERS = "abcdefgh"  #: what the strings are made of, as in memory_view.js


class MemoryRace(TrainerWidget):
    r"""A tanh RNN, an LSTM and a GRU learn to say the first letter of a string, in the page.

    Each reads ``length`` letters, and its last state starts a decoder of the same unit, which has
    to write the first of them. They train on the same strings for equally many steps. Meanwhile
    the figure draws how far back the loss would teach them, for every place n before the last,

    .. math::
        \frac{\lVert \partial L / \partial x_{S-n} \rVert}{\lVert \partial L / \partial x_S \rVert},

    as :func:`~encdec_lib.analysis.recurrent_memory.gradient_reach` does for a layer: the middle of
    50 test strings. The model is :func:`~encdec_lib.models.seq2seq.seq2seq` with another unit.

    Args:
      length: of the strings, S: 5, 10 or 20 letters.
      bias: where the gates that keep a state start, z of the GRU and f of the LSTM, as
        :func:`~encdec_lib.analysis.recurrent_memory.set_keep_bias` sets it: 0, 1 or 3.
      first: the reader's own first letter at the beginning, from a to h.
      seed: of first weights and strings.

    Raises:
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> race = MemoryRace(length=20, bias=3)
      >>> race.length, race.bias, race.first
      (20, 3, 'c')
    """

    _esm = _HERE / "memory_race.js"
    _css = (*TRAINER_CSS, _HERE / "memory_race.css")
    static_fallback = (
        "Here a tanh RNN, an LSTM and a GRU learn to remember the first letter of a string, and "
        "curves show how far back the gradient reaches. It needs JavaScript, and no network."
    )

    length = traitlets.Int().tag(sync=True)
    bias = traitlets.Int().tag(sync=True)
    first = traitlets.Unicode().tag(sync=True)

    def __init__(self, *, length: int = 10, bias: int = 1, first: str = "c", seed: int = 0):
        one_of("length", length, (5, 10, 20))
        one_of("bias", bias, (0, 1, 3))
        one_of("first", first, tuple(LETTERS))
        dials: dict[str, Any] = {"length": length, "bias": bias, "first": first}
        super().__init__(seed=seed, **dials)
