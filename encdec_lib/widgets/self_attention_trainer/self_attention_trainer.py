"""The trainer of chapter 10: one layer of self-attention, with and without positions."""

import re
from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.widgets.host.inputs import text
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget, one_of

_HERE = Path(__file__).parent
_STRINGS = {"look up": "3 camel", "sort": "camel", "reverse": "camel"}
_FORMS = {"look up": r"[1-5] *[a-p]{2,5}"}


class SelfAttentionTrainer(TrainerWidget):
    r"""One layer of self-attention learns in the reader's page, and shows its map meanwhile.

    The model is :func:`~encdec_lib.models.transformer.transformer` with one block of one head on
    each side. It reads a string of 2 to 5 different letters, and writes another. To look a letter
    up, as in ``3 camel``, the decoder asks the same first question whatever the string is, so the
    encoder's self-attention has to find the letter; this needs positions, and sorting does not.

    Args:
      task: ``"look up"``, ``"sort"`` or ``"reverse"``.
      positions: ``"sinusoidal"``, or ``"none"``.
      d_k: width of a query and a key, 1, 8 or 128.
      scaled: whether scores are divided by :math:`\sqrt{d_k}`.
      string: the reader's own at the beginning; one that fits the task if None.
      seed: of first weights and strings.

    Raises:
      TypeError: if ``scaled`` is no bool, or ``string`` no text.
      ValueError: if another argument is none of those; the message names it.

    Example:
      >>> trainer = SelfAttentionTrainer("sort", positions="none")
      >>> trainer.task, trainer.string
      ('sort', 'camel')
    """

    #: Losses of the first 20 steps in the page, as the figure begins with seed 0; ``fit`` has the
    #: same from :func:`~encdec_lib.web.same_numbers.first_weights`.
    first_losses = (
        4.36234, 4.24220, 4.17811, 4.07297, 3.70057, 3.85504, 3.37701, 3.40626, 3.00160, 3.05401,
        2.96949, 2.89599, 2.67020, 2.55489, 2.45590, 2.49109, 2.36012, 2.35910, 2.29635, 2.16779,
    )  # fmt: skip

    _esm = _HERE / "self_attention_trainer.js"
    _css = (*TRAINER_CSS, _HERE / "self_attention_trainer.css")
    static_fallback = (
        "Here one layer of self-attention learns to look up, sort or reverse letters, and its map "
        "is drawn while it learns; without positions it can only sort. It needs JavaScript, and no "
        "network."
    )

    task = traitlets.Unicode().tag(sync=True)
    positions = traitlets.Unicode().tag(sync=True)
    d_k = traitlets.Int().tag(sync=True)
    scaled = traitlets.Unicode().tag(sync=True)
    string = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        task: str = "look up",
        *,
        positions: str = "sinusoidal",
        d_k: int = 8,
        scaled: bool = True,
        string: str | None = None,
        seed: int = 0,
    ):
        one_of("task", task, tuple(_STRINGS))
        one_of("positions", positions, ("sinusoidal", "none"))
        one_of("d_k", d_k, (1, 8, 128))
        if not isinstance(scaled, bool):
            raise TypeError(f"scaled must be True or False; got {scaled!r}.")
        string = _STRINGS[task] if string is None else text("string", string)
        letters = string.lstrip("12345 ")
        if not re.fullmatch(_FORMS.get(task, "[a-p]{2,5}"), string) or (
            task == "look up" and int(string[0]) > len(letters)
        ):
            raise ValueError(
                f"string must fit the task {task!r}, such as {_STRINGS[task]!r}; "
                f"got {string!r:.60}."
            )
        super().__init__(
            seed=seed,
            task=task,
            positions=positions,
            d_k=d_k,
            scaled="yes" if scaled else "no",
            string=string,
        )

    @property
    def config(self) -> dict[str, Any]:
        """What the page trains, which :func:`~encdec_lib.web.same_training.fitted_losses` takes."""
        built = {
            "heads": 1, "scaled": self.scaled == "yes", "pre_norm": True,
            "positions": self.positions,
        }  # fmt: skip
        return {
            "model": {
                "encoder": "transformer",
                "decoder": "transformer",
                "sizes": {
                    "d_model": 32, "heads": 1, "d_k": self.d_k, "d_v": 32, "d_ff": 64, "layers": 1,
                },
                "settings": {"encoder": built, "decoder": built},
            },
            "weights": {"seed": self.seed},
            "task": {
                "name": self.task, "symbols": 16, "shortest": 2, "longest": 5, "distinct": True,
            },
            "training": {
                "batch": 32, "learning_rate": 0.005, "warmup": 50, "clip": 1, "seed": self.seed,
            },
            "scoring": {"every": 100, "examples": 200, "solved": 0.95, "at_most_seconds": 10},
        }  # fmt: skip
