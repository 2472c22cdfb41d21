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
    """One vector learns to hold a string, in the reader's page: how much is room, how much time?

    The network of chapter 4 (:func:`~encdec_lib.models.seq2seq.seq2seq`) reads random strings and
    writes them again. The reader chooses how many numbers its one vector has and how many steps it
    trains; the share of wrong symbols is drawn by the length of the string, and the curves of
    earlier runs stay in grey. After each run a sentence says which dial was moved, and what it did.

    Args:
      string: the reader's own string at the beginning, of the letters a to p.
      width: of the vector, 16, 32, 64 or 128.
      longest: of the strings that it trains on, 4 to 16 letters.
      steps: of training, 500, 1000, 2000 or 4000.
      seed: of first weights and strings.

    Raises:
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> trainer = FixedTrainer("code", width=32, longest=8)
      >>> trainer.width, trainer.steps
      (32, 1000)
    """

    _esm = _HERE / "fixed_trainer.js"
    _css = (*TRAINER_CSS, _HERE / "fixed_trainer.css")
    static_fallback = (
        "Here one network learns to repeat a string through a single vector; dials change the "
        "vector's width and the steps of training. It needs JavaScript, and no network."
    )

    #: The first losses in the page, of a new ``FixedTrainer()``.
    first_losses: ClassVar[tuple[float, ...]] = FIRST_LOSSES

    string = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    longest = traitlets.Int().tag(sync=True)
    steps = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        string: str = "codelikeap",
        *,
        width: int = 32,
        longest: int = 12,
        steps: int = 1000,
        seed: int = 0,
    ):
        one_of("width", width, (16, 32, 64, 128))
        check_whole("longest", longest, least=4, most=LONGEST)
        one_of("steps", steps, (500, 1000, 2000, 4000))
        settings: dict[str, Any] = {
            "string": letters_of("string", string, LETTERS, SHORTEST, longest),
            "width": width,
            "longest": int(longest),
            "steps": steps,
        }
        super().__init__(seed=seed, **settings)

    @property
    def config(self) -> dict[str, Any]:
        """What the page trains.

        :func:`~encdec_lib.web.same_training.fitted_losses` trains it with ``fit``.
        """
        sizes = {"source_vocab": 20, "target_vocab": 20, "embed_dim": 32, "state_dim": self.width}
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
                "every": 100, "examples": 300, "solved": 0.99,
                "at_most_seconds": 60, "at_most_steps": self.steps,
            },
        }  # fmt: skip
