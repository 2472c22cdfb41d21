"""The stepper of chapter 10: one row of self-attention, from the query to the mixture of values."""

import re
from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.widgets.host.inputs import text
from encdec_lib.widgets.host.page_model import page_model
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget

_HERE = Path(__file__).parent
_SYMBOLS = Vocabulary([*"abcdefghijklmnop", *"12345"])
_CAPTION = (
    "Each column is a symbol of your string. All numbers are those of the encoder's one layer, "
    "which has learned as in the figure above; nothing is made up."
)


class SelfAttentionStepper(StepperWidget):
    r"""One symbol of a string asks: query, keys, scores, softmax, values and their weighted sum.

    .. math:: z_i = \sum_j \alpha_{ij} v_j, \qquad
        \alpha_i = \softmax_j \left( q_i \cdot k_j / \sqrt{d_k} \right)

    All numbers are those of the first block of the model's encoder, for the string that the reader
    types: a place, and letters. The last step says what the whole model writes.

    Args:
      model: built by :func:`~encdec_lib.models.transformer.transformer` with one head and one block
        in the encoder, for the 25 symbols of the task ``"look up"``: letters a to p, places 1 to 5.
      string: the reader's own at the beginning, such as ``"3 camel"``.
      step: where it begins, counted from 1.
      chosen: who asks: 0, the place, or 1, the first letter.

    Raises:
      TypeError: if ``string`` is no text.
      ValueError: if the model is another, or ``string`` does not fit; the message names it.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.models.transformer import TransformerConfig, transformer
      >>> config = TransformerConfig(25, 25, 8, 1, 16, encoder_layers=1, decoder_layers=1)
      >>> SelfAttentionStepper(transformer(config, rngs=nnx.Rngs(0))).string
      '3 camel'
    """

    _esm = _HERE / "self_attention_stepper.js"
    _css = (*STEPPER_CSS, _HERE / "self_attention_stepper.css")
    static_fallback = (
        "Here one row of self-attention is worked out step by step: a query meets all keys, the "
        "scores become weights, and the values are added up. It needs JavaScript, and no network."
    )

    model = traitlets.Dict().tag(sync=True)
    string = traitlets.Unicode().tag(sync=True)
    caption = traitlets.Unicode(_CAPTION).tag(sync=True)

    def __init__(self, model: Any, string: str = "3 camel", *, step: int = 1, chosen: int = 0):
        described = page_model("model", model, "transformer", _SYMBOLS, _SYMBOLS)
        reading = described["settings"]["encoder"]
        if reading["heads"] != 1 or reading["positions"] not in ("sinusoidal", "none"):
            raise ValueError(
                f"model must have one head, and sinusoidal positions or none; got "
                f"{reading['heads']} heads and positions {reading['positions']!r}."
            )
        found = re.fullmatch(r"([1-5]) *([a-p]{2,5})", text("string", string))
        if not found or int(found[1]) > len(found[2]):
            raise ValueError(
                f"string must be a place and 2 to 5 letters from a to p, such as '3 camel'; "
                f"got {string!r:.60}."
            )
        super().__init__(model=described, string=string, step=step, chosen=chosen)
