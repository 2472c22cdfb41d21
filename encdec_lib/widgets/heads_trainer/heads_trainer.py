"""The trainer of chapter 11: heads, length, width and positions, on a Transformer that learns."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import traitlets

from encdec_lib.data.pronunciations import PHONEMES
from encdec_lib.runtime.checks import check_whole
from encdec_lib.widgets.heads_trainer.first_losses import FIRST_LOSSES
from encdec_lib.widgets.host.inputs import text
from encdec_lib.widgets.host.lazy import Lazy
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget, one_of

_HERE = Path(__file__).parent
_WIDTH, _NETWORK = 32, 64  # D and the hidden width, as in heads_trainer.js
_TASKS = ("reverse", "copy", "sort", "look up", "two looks", "words")
#: Of a string of N letters: symbols read, symbols written with the end, different ones to write.
_SIZES: dict[str, Callable[[int], tuple[int, int, int]]] = {
    "look up": lambda N: (N + 1, 2, 20 + N),
    "two looks": lambda N: (N, 3, 21),
    "words": lambda N: (N, N + 1, len(PHONEMES)),
}
_STRINGS = {"look up": "3 code", "two looks": "co*de", "words": "letter"}
_FORMS = {"look up": r"\d+ *[a-p]{2,16}", "two looks": r"[a-p]+\*[a-p]+", "words": "[a-z]{3,8}"}


class Multiplications(NamedTuple):
    """What one pass costs: the maps, and everything else."""

    attention: int
    rest: int


class HeadsTrainer(TrainerWidget):
    r"""A small Transformer learns in the reader's page, and shows the map of every head meanwhile.

    One layer on each side, of width 32. The reader chooses what it learns, how many heads it has,
    how long the strings are, how wide a head is, and how positions get in; each run becomes a row
    of the reader's own table. Below it, folded away, stands what one pass costs, see
    :meth:`multiplications`.

    Args:
      task: ``"reverse"``, ``"copy"``, ``"sort"``, ``"look up"``, ``"two looks"``, or ``"words"``,
        which needs ``words``.
      heads: 1, 2, 4 or 8.
      longest: of the strings, 4 to 16 symbols.
      d_k: width of a head's queries, keys and values, 4, 8 or 16; 32 / heads if 0.
      positions: ``"sinusoidal"``, ``"learned"``, ``"rotary"`` or ``"none"``.
      leak: whether the decoder lacks its causal mask while it learns, and so sees the answer.
      string: the reader's own at the beginning; one that fits the task if None.
      words: words and their sounds, :func:`encdec_lib.web.page_data.words`; without them the
        task is not offered.
      seed: of first weights and strings.

    Raises:
      TypeError: if ``leak`` is no bool.
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> trainer = HeadsTrainer("reverse", heads=2, longest=8)
      >>> trainer.multiplications()
      Multiplications(attention=13888, rest=179840)
    """

    _esm = _HERE / "heads_trainer.js"
    _css = (*TRAINER_CSS, _HERE / "heads_trainer.css")
    static_fallback = (
        "Here a Transformer learns to move symbols about, and each head's map is drawn while it "
        "learns; dials change heads, length and positions. It needs JavaScript, and no network."
    )

    #: The first losses in the page, of a new ``HeadsTrainer()``.
    first_losses: ClassVar[tuple[float, ...]] = FIRST_LOSSES

    task = traitlets.Unicode().tag(sync=True)
    heads = traitlets.Int().tag(sync=True)
    longest = traitlets.Int().tag(sync=True)
    d_k = traitlets.Int().tag(sync=True)
    positions = traitlets.Unicode().tag(sync=True)
    leak = traitlets.Unicode().tag(sync=True)
    maps = traitlets.Unicode("across").tag(sync=True)
    string = traitlets.Unicode().tag(sync=True)
    words = traitlets.Instance(Lazy).tag(sync=True)
    has_words = traitlets.Bool().tag(sync=True)
    phonemes = traitlets.List().tag(sync=True)

    def __init__(
        self,
        task: str = "reverse",
        *,
        heads: int = 4,
        longest: int = 8,
        d_k: int = 0,
        positions: str = "sinusoidal",
        leak: bool = False,
        string: str | None = None,
        words: bytes | None = None,
        seed: int = 0,
    ):
        one_of("task", task, _TASKS)
        one_of("heads", heads, (1, 2, 4, 8))
        check_whole("longest", longest, least=4, most=16)
        one_of("d_k", d_k, (0, 4, 8, 16))
        one_of("positions", positions, ("sinusoidal", "learned", "rotary", "none"))
        if not isinstance(leak, bool):
            raise TypeError(f"leak must be True or False; got {leak!r}.")
        if words is not None and not isinstance(words, bytes):
            raise ValueError(
                f"words must be bytes, as encdec_lib.web.page_data.words gives them; got "
                f"{type(words).__name__}."
            )
        if task == "words" and not words:
            raise ValueError(
                "words must be given for the task 'words'; got None. Pass "
                "encdec_lib.web.page_data.words()."
            )
        if string is None:
            string = _STRINGS.get(task, "codelikeapoem"[:longest])
        form = _FORMS.get(task, f"[a-p]{{2,{longest}}}")
        if not re.fullmatch(form, text("string", string)):
            raise ValueError(
                f"string must fit the task {task!r}, such as {_STRINGS.get(task, 'code')!r}; "
                f"got {string!r:.60}."
            )
        settings: dict[str, Any] = {
            "task": task,
            "heads": heads,
            "longest": longest,
            "d_k": d_k,
            "positions": positions,
            "leak": "yes" if leak else "no",
            "string": string,
            "words": Lazy(words or b""),
            "has_words": bool(words),
            "phonemes": list(PHONEMES.symbols[4:]),
        }
        super().__init__(seed=seed, **settings)

    @property
    def config(self) -> dict[str, Any]:
        """What the page trains.

        :func:`~encdec_lib.web.same_training.fitted_losses` trains it with ``fit``, where the
        decoder has its mask.
        """
        d_k = self.d_k or _WIDTH // self.heads
        built = {
            "heads": self.heads, "scaled": True, "pre_norm": True, "positions": self.positions,
        }  # fmt: skip
        shortest = 3 if self.task == "two looks" else 2
        made_up = {"symbols": 16, "shortest": shortest, "longest": self.longest}
        return {
            "model": {
                "encoder": "transformer",
                "decoder": "transformer",
                "sizes": {
                    "d_model": _WIDTH, "heads": self.heads, "d_k": d_k, "d_v": d_k,
                    "d_ff": _NETWORK, "layers": 1, "max_length": 64,
                },
                "settings": {"encoder": built, "decoder": built | {"causal": self.leak != "yes"}},
            },
            "weights": {"seed": self.seed},
            "task": {"name": self.task} | ({} if self.task == "words" else made_up),
            "training": {
                "batch": 16, "learning_rate": 0.01, "warmup": 100, "schedule": "inverse_sqrt",
                "clip": 1, "seed": self.seed,
            },
            "scoring": {"every": 100, "examples": 200, "solved": 0.95, "at_most_seconds": 20},
        }  # fmt: skip

    def multiplications(self, length: int | None = None) -> Multiplications:
        r"""What one pass over a string costs, in multiplications, as the page shows it.

        Of the maps, with S symbols read and T written, the end among them, h heads and
        :math:`d_k = d_v`:

        .. math:: 2\,h\,d_k\,(S^2 + T^2 + T S)

        Everything else are projections, feed-forward networks and the scores of the symbols.

        Args:
          length: letters of the string; ``longest`` if None.

        Raises:
          ValueError: if ``length`` is below 1.
        """
        N = self.longest if length is None else length
        check_whole("length", N)
        S, T, V = _SIZES.get(self.task, lambda N: (N, N + 1, 20))(N)
        width = self.heads * (self.d_k or _WIDTH // self.heads)
        projections = _WIDTH * width * (4 * S + 4 * T + 2 * T + 2 * S)
        networks = 2 * _WIDTH * _NETWORK * (S + T)
        return Multiplications(
            2 * width * (S * S + T * T + T * S), projections + networks + T * _WIDTH * V
        )
