"""The trainer of chapter 10: one layer of self-attention, with and without positions."""

import re
from pathlib import Path

import traitlets

from encdec_lib.widgets.host.inputs import text
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget, one_of

_HERE = Path(__file__).parent
_STRINGS = {"look up": "3 camel", "sort": "camel", "reverse": "camel"}
_FORMS = {"look up": r"[1-6] *[a-p]{2,6}"}


class SelfAttentionTrainer(TrainerWidget):
    r"""One layer of self-attention learns in the reader's page, and shows its map meanwhile.

    The model is :func:`~encdec_lib.models.transformer.transformer` with one block of one head on
    each side. It reads a string of 2 to 6 letters and writes another. To look a letter up, as in
    ``3 camel``, the decoder asks the same first question whatever the string is, so the encoder's
    self-attention has to find the letter; this needs positions, and sorting does not.

    Args:
      task: ``"look up"``, ``"sort"`` or ``"reverse"``.
      positions: ``"sinusoidal"``, or ``"none"``.
      d_k: width of a query and a key, 1, 2, 8 or 128.
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
        one_of("d_k", d_k, (1, 2, 8, 128))
        if not isinstance(scaled, bool):
            raise TypeError(f"scaled must be True or False; got {scaled!r}.")
        string = _STRINGS[task] if string is None else text("string", string)
        letters = string.lstrip("123456 ")
        if not re.fullmatch(_FORMS.get(task, "[a-p]{2,6}"), string) or (
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
