"""The trainer of chapter 14: a Vision Transformer learns to read digits."""

from pathlib import Path

import traitlets

from encdec_lib.widgets.host.digits_trainer import DigitsTrainer, digits_of, packed_digits
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, one_of
from encdec_lib.widgets.parts import PARTS

_HERE = Path(__file__).parent
_SIDE, _CROP = 28, 24
PATCHES = (4, 6, 8, 12)


class ViTTrainer(DigitsTrainer):
    """A small Vision Transformer learns in the reader's page to read handwritten digits.

    It is 32 wide and reads squares of 24×24 pixels, cut out of the digits at a random place. The
    reader chooses patches, heads, layers and whether it has positions, draws a digit meanwhile,
    and sees in green which patches the class token of the top layer looks at.

    Args:
      patch: P, the side of a patch: 4, 6, 8 or 12 pixels.
      heads: 1, 2, 4 or 8.
      layers: 1, 2 or 3.
      positions: ``"learned"`` or ``"none"``.
      data: digits of 28×28 pixels, :func:`encdec_lib.web.page_data.digits`; 4,499 of the
        library's if None.
      seed: of first weights and batches.

    Raises:
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> from encdec_lib.web import page_data
      >>> trainer = ViTTrainer(patch=12, data=page_data.digits(64, 10, side=28))
      >>> trainer.patch, trainer.heads, trainer.layers, trainer.task["crop"]
      (12, 4, 2, 24)
    """

    _esm = _HERE / "vit_trainer.js"
    _css = (*TRAINER_CSS, PARTS / "class_bars.css", _HERE / "vit_trainer.css")
    static_fallback = (
        "Here a small Vision Transformer learns to read digits while you draw one, and shows which "
        "patches it looks at. It needs JavaScript, and no network."
    )
    first_losses = (
        2.513919, 2.388356, 2.30825, 2.261453, 1.955492,
        2.018115, 1.86213, 1.903379, 1.99979, 1.67347,
    )  # fmt: skip

    patch = traitlets.Int().tag(sync=True)
    heads = traitlets.Int().tag(sync=True)
    layers = traitlets.Int().tag(sync=True)
    positions = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        *,
        patch: int = 8,
        heads: int = 4,
        layers: int = 2,
        positions: str = "learned",
        data: bytes | None = None,
        seed: int = 0,
    ):
        one_of("patch", patch, PATCHES)
        one_of("heads", heads, (1, 2, 4, 8))
        one_of("layers", layers, (1, 2, 3))
        one_of("positions", positions, ("learned", "none"))
        data = packed_digits(_SIDE) if data is None else data
        digits_of(data, _SIDE)
        super().__init__(
            data,
            crop=_CROP,
            training={"batch": 64, "learning_rate": 0.006, "steps": 1000},
            seed=seed,
            patch=patch,
            heads=heads,
            layers=layers,
            positions=positions,
        )
