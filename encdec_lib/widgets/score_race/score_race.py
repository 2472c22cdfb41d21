"""The trainer of chapter 9: four scores learn the same task side by side."""

from pathlib import Path
from typing import Any, ClassVar

import traitlets

from encdec_lib.data.pronunciations import PHONEMES
from encdec_lib.widgets.host.inputs import letters_of
from encdec_lib.widgets.host.lazy import Lazy
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget, one_of, packed
from encdec_lib.widgets.score_race.first_losses import FIRST_LOSSES

_HERE = Path(__file__).parent
TASKS = ("reverse", "words")
SCORES = ("dot", "scaled_dot", "general", "additive")
TEMPERATURES = (0.25, 0.5, 1, 2, 4, 8)
_STRINGS = {"reverse": "codelikeap", "words": "dolphins"}
_LETTERS = {"reverse": ("abcdefghijklmnop", 2, 12), "words": ("abcdefghijklmnopqrstuvwxyz", 3, 8)}


class ScoreRace(TrainerWidget):
    r"""Dot, scaled dot, general and additive score learn the same task, in the reader's page.

    Four networks of chapter 9 (:func:`~encdec_lib.models.attention_scores.attention_scores`) that
    differ in their score alone start from the same seed and take equally many steps on the same
    batches. Their errors are drawn by steps or by seconds, and the weights of the reader's string
    for each; a temperature divides the scores in those pictures, and not in training.

    Args:
      task: ``"reverse"``, strings of 2 to 12 letters to write backwards; or ``"words"``, letters to
        sounds, which needs ``words``.
      width: D, of state and vectors, 16, 64 or 128.
      temperature: 0.25, 0.5, 1, 2, 4 or 8.
      axis: of the curves, ``"steps"`` or ``"seconds"``.
      string: the reader's own at the beginning; one that fits the task if None.
      words: words and their sounds, :func:`encdec_lib.web.page_data.words`; without them the task
        is not offered.
      seed: of first weights and batches.

    Raises:
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> race = ScoreRace("reverse", width=16)
      >>> race.string, race.temperature
      ('codelikeap', 1.0)
    """

    _esm = _HERE / "score_race.js"
    _css = (*TRAINER_CSS, _HERE / "score_race.css")
    static_fallback = (
        "Here four networks learn the same task, each with another attention score, and their "
        "errors and alignments are drawn meanwhile. It needs JavaScript, and no network."
    )

    #: The first losses in the page, of a new ``ScoreRace()``, by score.
    first_losses: ClassVar[dict[str, tuple[float, ...]]] = FIRST_LOSSES

    task = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    temperature = traitlets.Float().tag(sync=True)
    axis = traitlets.Unicode().tag(sync=True)
    string = traitlets.Unicode().tag(sync=True)
    words = traitlets.Instance(Lazy, allow_none=True).tag(sync=True)
    phonemes = traitlets.List().tag(sync=True)

    def __init__(
        self,
        task: str = "reverse",
        *,
        width: int = 64,
        temperature: float = 1,
        axis: str = "steps",
        string: str | None = None,
        words: bytes | None = None,
        seed: int = 0,
    ):
        one_of("task", task, TASKS)
        one_of("width", width, (16, 64, 128))
        if isinstance(temperature, bool) or temperature not in TEMPERATURES:
            known = ", ".join(map(str, TEMPERATURES))
            raise ValueError(f"temperature must be one of {known}; got {temperature!r}.")
        one_of("axis", axis, ("steps", "seconds"))
        if task == "words" and words is None:
            raise ValueError(
                "words must be given for the task 'words'; got None. Pass "
                "encdec_lib.web.page_data.words()."
            )
        settings: dict[str, Any] = {
            "task": task,
            "width": width,
            "temperature": float(temperature),
            "axis": axis,
            "string": letters_of(
                "string", _STRINGS[task] if string is None else string, *_LETTERS[task]
            ),
            "words": None if words is None else packed("words", words),
            "phonemes": list(PHONEMES.symbols[4:]),
        }
        super().__init__(seed=seed, **settings)

    @property
    def configs(self) -> dict[str, dict[str, Any]]:
        """What the page trains, by score.

        :func:`~encdec_lib.web.same_training.fitted_losses` trains one of them with ``fit``.
        """
        reverse = self.task == "reverse"
        half = self.width // 2
        sizes = {"source_vocab": 20, "target_vocab": 20} if reverse else {}
        sizes |= {"embed_dim": 32, "encoder_dim": half, "state_dim": self.width, "align_dim": half}
        learned = {"symbols": 16, "shortest": 2, "longest": 12} if reverse else {}
        rest = {
            "weights": {"seed": self.seed},
            "task": {"name": self.task} | learned,
            "training": {
                "batch": 32, "learning_rate": 0.005, "warmup": 50, "clip": 1, "seed": self.seed,
            },
            "scoring": {
                "every": 50, "examples": 200, "solved": None,
                "at_most_seconds": 60, "at_most_steps": 400 if reverse else 500,
            },
            "megabytes": 32,
        }  # fmt: skip
        return {score: {"model": _model(score, sizes)} | rest for score in SCORES}


def _model(score: str, sizes: dict[str, int]) -> dict[str, Any]:
    settings = {"encoder": {}, "decoder": {"score": score}}
    return {"encoder": "birnn", "decoder": "reading", "sizes": sizes, "settings": settings}
