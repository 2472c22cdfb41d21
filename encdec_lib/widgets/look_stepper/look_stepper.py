"""A caption, word by word, and what each word owes to its own look at the picture (chapter 15)."""

from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from encdec_lib.data.captions import WORDS
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.web.export import Exported
from encdec_lib.widgets.host.inputs import grey_pictures
from encdec_lib.widgets.host.page_model import page_model
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget

_HERE = Path(__file__).parent
_MOST = 4  # pictures


class LookStepper(StepperWidget):
    r"""Each word of a caption twice: from its own mixture of the cells, and from the mean of all.

    Before word :math:`i` the decoder mixes the vectors :math:`h_j` of the M cells with weights of
    its own, which lie over the picture. Beside it, from the same state, it is given the mean that
    is the same for every word,

    .. math:: c_i = \sum_j \alpha_{ij} h_j \qquad\text{or}\qquad \bar c = \frac{1}{M} \sum_j h_j

    and both bets are shown. The caption goes on with the word of its own look. All of it is worked
    out in the page.

    Args:
      model: built by :func:`~encdec_lib.models.vit_to_transformer.grid_captioner`, or exported.
      pictures: ``(N, S, S)`` or ``(N, S, S, 1)``, 1 to 4 scenes of the model's side with pixels
        from 0 to 1. A caption is shown up to its twelfth word.
      step: where it begins, counted from 1.
      chosen: which picture at first, counted from 0.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.

    Raises:
      ValueError: if the model is of another kind, or the pictures do not fit it.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> from encdec_lib.models.vit_to_transformer import GridCaptionConfig, grid_captioner
      >>> model = grid_captioner(GridCaptionConfig(channels=(2, 3, 3)), rngs=nnx.Rngs(0))
      >>> shown = LookStepper(model, np.zeros((2, 32, 32)))
      >>> shown.side, len(shown.pictures)
      (32, 2)
    """

    _esm = _HERE / "look_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here a decoder writes a caption word by word, and one sees where each word looks and what "
        "it would have been without that look. It needs JavaScript, and no network."
    )

    model = traitlets.Dict().tag(sync=True)
    symbols = traitlets.List().tag(sync=True)
    pictures = traitlets.List().tag(sync=True)  # a byte a pixel
    side = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        model: EncoderDecoder | Exported,
        pictures: Any,
        *,
        step: int = 1,
        chosen: int = 0,
        dtype: str = "float16",
    ):
        advice = "Build it with grid_captioner(...)."
        described = page_model("model", model, "grid_captioner", None, WORDS, dtype, advice)
        settings = described["settings"]["encoder"]
        kernel = described["manifest"]["encoder.convolutions.blocks.0.conv1.kernel"]
        if not settings["grid"] or kernel["shape"][2] != 1:
            raise ValueError(
                "model must read grey pictures and keep a vector a cell, as grid_captioner(...) "
                "does; got another encoder."
            )
        images = grey_pictures("pictures", pictures, settings["side"], _MOST)
        super().__init__(
            step=step,
            chosen=chosen,
            model=described,
            symbols=list(WORDS.symbols),
            pictures=[np.rint(255 * image).astype(np.uint8).tobytes() for image in images],
            side=settings["side"],
        )
