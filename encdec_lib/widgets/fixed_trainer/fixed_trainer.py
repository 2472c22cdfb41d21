"""The trainer of chapter 6: one vector alone, its room and its time."""

from pathlib import Path
from typing import Any, ClassVar

import traitlets

from encdec_lib.runtime.checks import check_whole
from encdec_lib.widgets.fixed_trainer.first_losses import FIRST_LOSSES
from encdec_lib.widgets.host.inputs import letters_of
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget, one_of

_HERE = Path(__file__).parent
LETTERS = "abcdefghijklmnop"  #: what the strings are made of, as in fixed_trainer.js
SHORTEST, LONGEST = 2, 16


class FixedTrainer(TrainerWidget):
    """Does one vector lack room, or time to learn? Three networks answer it in the reader's page.

    The network of chapter 4 (:func:`~encdec_lib.models.seq2seq.seq2seq`) reads random strings and
    writes them again. At one press three of them learn: one with the numbers in its vector and the
    steps of training that the reader chose, one with twice the numbers, and one with four times
    the steps. Three curves show the share of wrong letters by the length of the string, and a
    sentence says which of the two helped more in this run.

    Args:
      string: the reader's own string at the beginning, of the letters a to p.
      width: of the chosen vector, 8, 16, 32 or 64.
      longest: of the strings that they train on, 4 to 16 letters.
      steps: of training that are chosen, 250, 500 or 1000.
      seed: of first weights and strings.

    Raises:
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> trainer = FixedTrainer("code", width=32, longest=8)
      >>> trainer.width, trainer.steps
      (32, 500)
      >>> trainer.configs["room"]["model"]["sizes"]["state_dim"]
      64
    """

    _esm = _HERE / "fixed_trainer.js"
    _css = (*TRAINER_CSS, _HERE / "fixed_trainer.css")
    static_fallback = (
        "Here three networks learn to repeat a string through a single vector: one as you choose, "
        "one with twice the numbers, one with four times the steps. It needs JavaScript, and no "
        "network."
    )

    #: The first losses of the chosen network in the page, of a new ``FixedTrainer()``.
    first_losses: ClassVar[tuple[float, ...]] = FIRST_LOSSES

    string = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    longest = traitlets.Int().tag(sync=True)
    steps = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        string: str = "pebble",
        *,
        width: int = 32,
        longest: int = 8,
        steps: int = 500,
        seed: int = 0,
    ):
        one_of("width", width, (8, 16, 32, 64))
        check_whole("longest", longest, least=4, most=LONGEST)
        one_of("steps", steps, (250, 500, 1000))
        settings: dict[str, Any] = {
            "string": letters_of("string", string, LETTERS, SHORTEST, longest),
            "width": width,
            "longest": int(longest),
            "steps": steps,
        }
        super().__init__(seed=seed, **settings)

    @property
    def config(self) -> dict[str, Any]:
        """What the page trains as it was chosen.

        :func:`~encdec_lib.web.same_training.fitted_losses` trains it with ``fit``.
        """
        return self.configs["chosen"]

    @property
    def configs(self) -> dict[str, dict[str, Any]]:
        """What the page trains, under ``"chosen"``, ``"room"`` and ``"time"``."""
        return {
            "chosen": self._config(self.width, self.steps),
            "room": self._config(2 * self.width, self.steps),
            "time": self._config(self.width, 4 * self.steps),
        }

    def _config(self, width: int, steps: int) -> dict[str, Any]:
        sizes = {"source_vocab": 20, "target_vocab": 20, "embed_dim": 32, "state_dim": width}
        return {
            "model": {
                "encoder": "rnn",
                "decoder": "rnn",
                "settings": {"encoder": {"reverse_source": False}, "decoder": {}},
                "sizes": sizes,
            },
            "weights": {"seed": self.seed},
            "task": {
                "name": "copy", "symbols": 16, "shortest": SHORTEST, "longest": self.longest,
            },
            "training": {
                "batch": 32, "learning_rate": 0.005, "warmup": 50, "clip": 1, "seed": self.seed,
            },
            "scoring": {
                "every": 100, "examples": 300, "solved": None,
                "at_most_seconds": 60, "at_most_steps": steps,
            },
        }  # fmt: skip
