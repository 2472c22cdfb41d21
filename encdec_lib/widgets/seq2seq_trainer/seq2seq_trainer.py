"""The trainer of chapter 4: an encoder and a decoder learn to pronounce words."""

from pathlib import Path
from typing import Any, ClassVar

import traitlets

from encdec_lib.data.pronunciations import PHONEMES
from encdec_lib.runtime.checks import is_number
from encdec_lib.widgets.host.inputs import text
from encdec_lib.widgets.host.lazy import Lazy
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget, one_of
from encdec_lib.widgets.seq2seq_trainer.first_losses import FIRST_LOSSES

_HERE = Path(__file__).parent
_SHORTEST, _LONGEST = 3, 8  # letters, as in pronunciation_view.js
_FORCINGS = (1, 0.75, 0.5, 0)  # the dial's


class Seq2SeqTrainer(TrainerWidget):
    """The model of chapter 4 learns to pronounce in the reader's page.

    A GRU reads the letters of a word, and its last state is all that another GRU knows when it
    writes the sounds: :func:`~encdec_lib.models.seq2seq.seq2seq`. The reader types a word and sees
    what the model says of it after 100, 300, 700, ... steps, each sound marked against the
    dictionary's, and how many sounds are wrong in words that it never saw.

    Args:
      words: words and their sounds, :func:`encdec_lib.web.page_data.words`.
      word: the reader's own at the beginning, 3 to 8 letters from a to z.
      width: of the state, and so of the one vector: 16, 32, 64 or 128.
      reverse: the encoder reads from the last letter to the first (Sutskever et al. 2014).
      forcing: in training, the share of sounds before which the decoder is told the true last
        sound, 1, 0.75, 0.5 or 0; before the others it is told the one that it finds likeliest
        itself (Bengio et al. 2015).
      seed: of first weights and batches.

    Raises:
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> from encdec_lib.web import page_data
      >>> trainer = Seq2SeqTrainer(page_data.words(train=40, held=5), word="knight", width=32)
      >>> trainer.word, trainer.width, trainer.reverse
      ('knight', 32, 0)
    """

    _esm = _HERE / "seq2seq_trainer.js"
    _css = (*TRAINER_CSS, _HERE / "seq2seq_trainer.css")
    static_fallback = (
        "Here an encoder and a decoder learn to pronounce English words, and a word of yours is "
        "said better and better. It needs JavaScript, and no network."
    )

    #: The first losses in the page, of a new ``Seq2SeqTrainer(page_data.words())``.
    first_losses: ClassVar[tuple[float, ...]] = FIRST_LOSSES

    words = traitlets.Instance(Lazy).tag(sync=True)
    phonemes = traitlets.List().tag(sync=True)
    word = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    reverse = traitlets.Int().tag(sync=True)
    forcing = traitlets.Float().tag(sync=True)

    def __init__(
        self,
        words: bytes,
        *,
        word: str = "knits",
        width: int = 64,
        reverse: bool = False,
        forcing: float | int = 1.0,
        seed: int = 0,
    ):
        if not isinstance(words, bytes) or not words:
            raise ValueError(
                f"words must be bytes, as encdec_lib.web.page_data.words gives them; got "
                f"{type(words).__name__}."
            )
        letters = text("word", word)
        if not (_SHORTEST <= len(letters) <= _LONGEST and letters.isascii() and letters.isalpha()):
            raise ValueError(
                f"word must have {_SHORTEST} to {_LONGEST} letters from a to z; got {word!r:.60}."
            )
        one_of("width", width, (16, 32, 64, 128))
        if not isinstance(reverse, bool):
            raise ValueError(f"reverse must be True or False; got {reverse!r}.")
        if not is_number(forcing) or forcing not in _FORCINGS:
            wanted = ", ".join(map(str, _FORCINGS))
            raise ValueError(f"forcing must be one of {wanted}; got {forcing!r}.")
        given: dict[str, Any] = {"words": Lazy(words), "phonemes": list(PHONEMES.symbols[4:])}
        dials: dict[str, Any] = {"word": letters.lower(), "width": width, "reverse": int(reverse)}
        super().__init__(seed=seed, **given, **dials, forcing=float(forcing))

    @property
    def config(self) -> dict[str, Any]:
        """What the page trains.

        :func:`~encdec_lib.web.same_training.fitted_losses` trains it with ``fit``, which tells the
        decoder every true sound, as ``forcing`` 1 does.
        """
        forcing = {"forcing": self.forcing} if self.forcing < 1 else {}
        return {
            "model": {
                "encoder": "rnn",
                "decoder": "rnn",
                "sizes": {"embed_dim": 32, "state_dim": self.width},
                "settings": {"encoder": {"reverse_source": bool(self.reverse)}, "decoder": {}},
            },
            "weights": {"seed": self.seed},
            "task": {"name": "words"},
            "training": {
                "batch": 32, "learning_rate": 0.005, "warmup": 50, "clip": 1, "seed": self.seed,
                **forcing,
            },
            "scoring": {
                "every": 100, "examples": 300, "solved": None,
                "at_most_steps": 1500, "at_most_seconds": 30,
            },
        }  # fmt: skip
