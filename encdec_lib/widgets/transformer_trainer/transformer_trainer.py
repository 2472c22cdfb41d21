"""The trainer of chapter 12: layers, normalisation, warm-up, and a decoder that sees the answer."""

import re
from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.widgets.host.inputs import text
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget, one_of

_HERE = Path(__file__).parent


class TransformerTrainer(TrainerWidget):
    """A Transformer learns in the reader's page, and may be shown the answer while it does.

    It learns to write a string of 2 to 5 letters backwards. With ``leak`` its decoder lacks the
    look-ahead mask in training, as in chapter 12: the loss falls further than it should, and when
    the model writes by itself its answers are wrong. Two curves show it: the probability that it
    gives to the right next letter in training, and the share of strings that it writes right.

    Args:
      leak: whether every target position sees those after it while it learns.
      layers: of the encoder, and of the decoder: 1, 2 or 4.
      pre_norm: whether a block normalises before each part, or after it.
      warmup: whether the learning rate rises over the first 100 steps.
      string: the reader's own at the beginning, of letters from a to p.
      seed: of first weights and strings.

    Raises:
      TypeError: if a choice of two is no bool, or ``string`` no text.
      ValueError: if ``layers`` or ``seed`` is none of those; the message names it.

    Example:
      >>> trainer = TransformerTrainer(leak=True)
      >>> trainer.leak, trainer.layers
      ('yes', 1)
    """

    #: Losses of the first 20 steps in the page, as the figure begins with seed 0; ``fit`` has the
    #: same from :func:`~encdec_lib.web.same_numbers.first_weights`.
    first_losses = (
        3.95579, 4.02178, 3.86414, 3.80026, 3.73387, 3.71763, 3.50497, 3.38057, 3.38696, 3.15517,
        3.12638, 3.08586, 3.10541, 2.86461, 2.97951, 2.98952, 2.87926, 2.79628, 2.82053, 2.65768,
    )  # fmt: skip

    _esm = _HERE / "transformer_trainer.js"
    _css = (*TRAINER_CSS, _HERE / "transformer_trainer.css")
    static_fallback = (
        "Here a Transformer learns to write backwards. A dial lets its decoder see the answer "
        "while it learns: the loss falls towards zero, and what it writes by itself is wrong. It "
        "needs JavaScript, and no network."
    )

    leak = traitlets.Unicode().tag(sync=True)
    layers = traitlets.Int().tag(sync=True)
    norm = traitlets.Unicode().tag(sync=True)
    warmup = traitlets.Unicode().tag(sync=True)
    string = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        *,
        leak: bool = False,
        layers: int = 1,
        pre_norm: bool = True,
        warmup: bool = True,
        string: str = "camel",
        seed: int = 0,
    ):
        for name, value in (("leak", leak), ("pre_norm", pre_norm), ("warmup", warmup)):
            if not isinstance(value, bool):
                raise TypeError(f"{name} must be True or False; got {value!r}.")
        one_of("layers", layers, (1, 2, 4))
        if not re.fullmatch("[a-p]{2,5}", text("string", string)):
            raise ValueError(f"string must have 2 to 5 letters from a to p; got {string!r:.60}.")
        super().__init__(
            seed=seed,
            leak="yes" if leak else "no",
            layers=layers,
            norm="pre" if pre_norm else "post",
            warmup="yes" if warmup else "no",
            string=string,
        )

    @property
    def config(self) -> dict[str, Any]:
        """What the page trains.

        :func:`~encdec_lib.web.same_training.fitted_losses` trains it with ``fit``, where the
        decoder has its mask.
        """
        built = {
            "heads": 2, "scaled": True, "pre_norm": self.norm == "pre", "positions": "sinusoidal",
        }  # fmt: skip
        return {
            "model": {
                "encoder": "transformer",
                "decoder": "transformer",
                "sizes": {"d_model": 32, "heads": 2, "d_ff": 64, "layers": self.layers},
                "settings": {"encoder": built, "decoder": built | {"causal": self.leak != "yes"}},
            },
            "weights": {"seed": self.seed},
            "task": {"name": "reverse", "symbols": 16, "shortest": 2, "longest": 5},
            "training": {
                "batch": 32, "learning_rate": 0.01, "warmup": 100 if self.warmup == "yes" else 0,
                "clip": 1, "seed": self.seed,
            },
            "scoring": {"every": 100, "examples": 200, "solved": 0.9, "at_most_seconds": 10},
        }  # fmt: skip
