"""The trainer of chapter 8: attention beside one vector, on words and their sounds."""

from pathlib import Path
from typing import Any, ClassVar

import traitlets

from encdec_lib.data.pronunciations import PHONEMES
from encdec_lib.widgets.alignment_trainer.first_losses import FIRST_LOSSES
from encdec_lib.widgets.host.inputs import letters_of
from encdec_lib.widgets.host.lazy import Lazy
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget, one_of, packed

_HERE = Path(__file__).parent
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST, LONGEST = 3, 8  # letters of the words that page_data.words packs


class AlignmentTrainer(TrainerWidget):
    r"""Attention learns where to look, in the reader's page, beside one vector that cannot look.

    Both networks learn to say words: one with Bahdanau's attention
    (:func:`~encdec_lib.models.bahdanau_attention.bahdanau`), one with a single vector
    (:func:`~encdec_lib.models.seq2seq.seq2seq`). While they train for equal time, the weights
    :math:`\alpha_{ij}` of the reader's word are drawn, letters by sounds: a grey square at first,
    as all letters weigh the same, and then an alignment. Other figures of the page may use the two
    models afterwards.

    Args:
      words: words and their sounds, :func:`encdec_lib.web.page_data.words`.
      word: the reader's own at the beginning, 3 to 8 letters.
      width: of the vector and of the decoder's state, 32, 64 or 128.
      seed: of first weights and batches.

    Raises:
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> from encdec_lib.web import page_data
      >>> trainer = AlignmentTrainer(page_data.words(train=40, held=5), word="dolphins")
      >>> trainer.word, trainer.width
      ('dolphins', 64)
    """

    _esm = _HERE / "alignment_trainer.js"
    _css = (*TRAINER_CSS, _HERE / "alignment_trainer.css")
    static_fallback = (
        "Here two networks learn to say words: one through a single vector, one with attention, "
        "whose weights are drawn while it learns. It needs JavaScript, and no network."
    )

    #: The first losses in the page, of a new ``AlignmentTrainer(page_data.words())``, by model.
    first_losses: ClassVar[dict[str, tuple[float, ...]]] = FIRST_LOSSES

    words = traitlets.Instance(Lazy).tag(sync=True)
    word = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    phonemes = traitlets.List().tag(sync=True)

    def __init__(self, words: bytes, *, word: str = "dolphins", width: int = 64, seed: int = 0):
        one_of("width", width, (32, 64, 128))
        settings: dict[str, Any] = {
            "words": packed("words", words),
            "word": letters_of("word", word, LETTERS, SHORTEST, LONGEST),
            "width": width,
            "phonemes": list(PHONEMES.symbols[4:]),
        }
        super().__init__(seed=seed, **settings)

    @property
    def configs(self) -> dict[str, dict[str, Any]]:
        """What the page trains, under ``"attention"`` and ``"fixed"``.

        :func:`~encdec_lib.web.same_training.fitted_losses` trains one of them with ``fit``.
        """
        half = self.width // 2
        sizes = {"embed_dim": 32, "state_dim": self.width}
        settings = {"encoder": {"reverse_source": False}, "decoder": {}}
        models = {
            "attention": {
                "encoder": "birnn", "decoder": "attention",
                "sizes": sizes | {"encoder_dim": half, "align_dim": half},
            },
            "fixed": {"encoder": "rnn", "decoder": "rnn", "sizes": sizes},
        }  # fmt: skip
        rest = {
            "weights": {"seed": self.seed},
            "task": {"name": "words"},
            "training": {
                "batch": 16, "learning_rate": 0.015, "warmup": 50, "schedule": "inverse_sqrt",
                "clip": 1, "seed": self.seed,
            },
            "scoring": {"every": 100, "examples": 300, "solved": None, "at_most_seconds": 6},
        }  # fmt: skip
        return {name: {"model": model | {"settings": settings}} | rest
                for name, model in models.items()}  # fmt: skip
