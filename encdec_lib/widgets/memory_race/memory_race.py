"""The race of chapter 3: three recurrent units learn to remember the first letter."""

from pathlib import Path
from typing import Any, ClassVar

import traitlets

from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget, one_of
from encdec_lib.widgets.memory_race.first_losses import FIRST_LOSSES

_HERE = Path(__file__).parent
LETTERS = "abcdefgh"  #: what the strings are made of, as in plan.js


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
      >>> race.configs["gru"]["weights"]
      {'seed': 0, 'keep_bias': 3}
    """

    _esm = _HERE / "memory_race.js"
    _css = (*TRAINER_CSS, _HERE / "memory_race.css")
    static_fallback = (
        "Here a tanh RNN, an LSTM and a GRU learn to remember the first letter of a string, and "
        "curves show how much of the learning signal reaches each letter. It needs JavaScript, and "
        "no network."
    )

    #: The first losses of each unit in the page, of a new ``MemoryRace()``.
    first_losses: ClassVar[dict[str, tuple[float, ...]]] = FIRST_LOSSES

    length = traitlets.Int().tag(sync=True)
    bias = traitlets.Int().tag(sync=True)
    first = traitlets.Unicode().tag(sync=True)

    def __init__(self, *, length: int = 10, bias: int = 1, first: str = "c", seed: int = 0):
        one_of("length", length, (5, 10, 20))
        one_of("bias", bias, (0, 1, 3))
        one_of("first", first, tuple(LETTERS))
        dials: dict[str, Any] = {"length": length, "bias": bias, "first": first}
        super().__init__(seed=seed, **dials)

    @property
    def configs(self) -> dict[str, dict[str, Any]]:
        """What the page trains, under ``"tanh"``, ``"lstm"`` and ``"gru"``.

        :func:`~encdec_lib.web.same_training.fitted_losses` trains it with ``fit``.
        """
        length, seed = self.length, self.seed
        symbols = {"symbols": len(LETTERS), "shortest": length, "longest": length}
        rules = {"every": 50, "examples": 200, "solved": 0.95, "reach": True}
        return {
            cell: {
                "model": {
                    "encoder": "rnn",
                    "decoder": "rnn",
                    "sizes": {"embed_dim": 8, "state_dim": 16},
                    "settings": {
                        "encoder": {"reverse_source": False, "cell": cell},
                        "decoder": {"cell": cell},
                    },
                },
                "weights": {"seed": seed, "keep_bias": self.bias},
                "task": {"name": "remember the first", **symbols},
                "training": {
                    "batch": 16, "learning_rate": 0.01, "warmup": 50, "clip": 1, "seed": seed,
                },
                "scoring": {**rules, "at_most_steps": 2000, "at_most_seconds": 20},
            }
            for cell in ("tanh", "lstm", "gru")
        }  # fmt: skip
