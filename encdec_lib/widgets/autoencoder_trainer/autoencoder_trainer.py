"""The trainer of chapter 1: digits go through a narrow vector and come back."""

from pathlib import Path

import numpy as np
import traitlets

from encdec_lib.widgets.host.digits_trainer import DigitsTrainer, digits_of, packed_digits
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, one_of

_HERE = Path(__file__).parent
_SIDE = 14
WIDTHS = (1, 2, 4, 8, 16, 32)
HIDDEN = (16, 64, 256)


class AutoencoderTrainer(DigitsTrainer):
    """An autoencoder learns in the reader's page to copy digits through a vector H.

    The recipe is that of chapter 1. The reader chooses how wide H is and how wide the hidden
    layers are, draws a digit, and watches it come back while the model learns; each run that is
    finished becomes a point of error against width.

    Args:
      width: D of H: 1, 2, 4, 8, 16 or 32.
      hidden: K of both hidden layers: 16, 64 or 256.
      data: digits of 14×14 pixels, :func:`encdec_lib.web.page_data.digits`; 4,499 of the
        library's if None.
      seed: of first weights and batches.

    Raises:
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> from encdec_lib.web import page_data
      >>> trainer = AutoencoderTrainer(width=2, data=page_data.digits(64, 10, side=14))
      >>> trainer.width, trainer.hidden, trainer.training["steps"]
      (2, 64, 1500)
    """

    _esm = _HERE / "autoencoder_trainer.js"
    _css = (*TRAINER_CSS, _HERE / "autoencoder_trainer.css")
    static_fallback = (
        "Here an autoencoder learns to copy handwritten digits through a few numbers; a dial says "
        "how many. It needs JavaScript, and no network."
    )
    first_losses = (
        136.4492, 133.4562, 122.59, 93.9475, 66.39072,
        60.23963, 55.64704, 54.87908, 51.27816, 51.10051,
    )  # fmt: skip

    width = traitlets.Int().tag(sync=True)
    hidden = traitlets.Int().tag(sync=True)
    nothing = traitlets.Float().tag(sync=True)  # the error of painting the mean digit

    def __init__(
        self, *, width: int = 8, hidden: int = 64, data: bytes | None = None, seed: int = 0
    ):
        one_of("width", width, WIDTHS)
        one_of("hidden", hidden, HIDDEN)
        data = packed_digits(_SIDE) if data is None else data
        train, held = digits_of(data, _SIDE)
        mean = train.images.mean(axis=0)
        super().__init__(
            data,
            crop=_SIDE,
            training={"batch": 64, "learning_rate": 0.01, "steps": 1500},
            seed=seed,
            width=width,
            hidden=hidden,
            nothing=float(np.sqrt(np.mean((held.images - mean) ** 2))),
        )
