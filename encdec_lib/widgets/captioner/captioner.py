"""Place digits, read the caption (chapter 5): a captioner that runs in the page."""

from collections.abc import Sequence
from pathlib import Path

import traitlets

from encdec_lib.data.captions import WORDS
from encdec_lib.data.digits import Digits
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.web.export import Exported
from encdec_lib.widgets.host.page_model import page_model
from encdec_lib.widgets.parts.scene_canvas import SCENE_CSS, SceneCanvas

_HERE = Path(__file__).parent


class SceneCaptioner(SceneCanvas):
    """Real digits on a canvas, and the caption that the model writes for them.

    The reader places digits, drags them or moves them by arrow keys; encoder and decoder run in
    the page after every move. The true caption of the layout stands beside the model's, by the
    rule of :mod:`encdec_lib.data.captions`, and the differences are marked.

    Args:
      model: built by :func:`~encdec_lib.models.captioning.captioner`.
      digits: images to place, best from the test part, with at least one of each digit 0 to 9.
      start: what lies on the canvas at first: for each digit its label and the row and column of
        the upper left corner of its ink.
      handwritings: how many images of each digit to carry, the first ones of ``digits``; a second
        click on a digit gives the next.
      noise: standard deviation of the noise, which is the same for every scene of the page.
      most: number of digits up to which the model was trained.
      seed: of the noise.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.

    Raises:
      ValueError: if the model is of another kind, a digit is missing, or ``start`` is not on the
        canvas; the message names the argument.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data import digits
      >>> from encdec_lib.models.captioning import CaptionConfig, captioner
      >>> model = captioner(CaptionConfig(channels=(2, 3, 3), state_dim=5), rngs=nnx.Rngs(0))
      >>> widget = SceneCaptioner(model, digits.load(14).test, start=[(7, 3, 4)])
      >>> widget.places, widget.picture().shape
      ([[14, 3, 4]], (32, 32, 1))
    """

    _esm = _HERE / "captioner.js"
    _css = (SCENE_CSS, _HERE / "captioner.css")
    static_fallback = (
        "Here you can place digits on a canvas and read the caption that the model writes. "
        "It needs JavaScript, and no network."
    )

    model = traitlets.Dict().tag(sync=True)
    symbols = traitlets.List().tag(sync=True)

    def __init__(
        self,
        model: EncoderDecoder | Exported,
        digits: Digits,
        *,
        start: Sequence[tuple[int, int, int]] = (),
        handwritings: int = 2,
        noise: float | int = 0.1,
        most: int = 3,
        seed: int = 0,
        dtype: str = "int8",
    ):
        exported = page_model("model", model, "captioner", None, WORDS, dtype)
        side = exported["settings"]["encoder"]["side"]
        super().__init__(
            side, digits, start, handwritings, noise, most, seed,
            model=exported, symbols=list(WORDS.symbols),
        )  # fmt: skip
