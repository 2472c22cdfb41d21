"""A weight that is trained in 16 bits, and why it may stand still (chapter 17)."""

from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.runtime.checks import is_number
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.stepper_widget import DIAL_CSS
from encdec_lib.widgets.host.trainer_widget import one_of

_HERE = Path(__file__).parent
FORMATS = ("bfloat16", "float16", "float32")  #: as in rounding.js, the lists below too
WEIGHTS = tuple(2.0**k for k in range(-4, 5))
CHANGES = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02)


class RoundingDial(BookWidget):
    r"""A small number is added to a weight a thousand times, each sum rounded to a format.

    .. math:: w \leftarrow \operatorname{round}(w + \Delta)

    The page rounds to nearest, ties to even, as a processor does. A number line shows which numbers
    the format has near the weight, and where :math:`w + \Delta` falls between them.

    Args:
      weight: w at the beginning, a power of two from 1/16 to 16.
      change: Δ, one of 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02.
      format: "bfloat16", "float16" or "float32".

    Raises:
      ValueError: if an argument is none of those.

    Example:
      >>> RoundingDial(change=0.01).format
      'bfloat16'
    """

    _esm = _HERE / "rounding_dial.js"
    _css = DIAL_CSS
    static_fallback = (
        "Here a small number is added to a weight a thousand times in 16 bits, and a number line "
        "shows how each sum is rounded. It needs JavaScript, and no network."
    )

    weight = traitlets.Float().tag(sync=True)
    change = traitlets.Float().tag(sync=True)
    format = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, *, weight: float | int = 1.0, change: float = 0.001, format: str = "bfloat16"
    ):
        super().__init__(
            weight=_number("weight", weight, WEIGHTS),
            change=_number("change", change, CHANGES),
            format=one_of("format", format, FORMATS),
        )


def _number(name: str, value: Any, choices: tuple[float, ...]) -> float:
    if not is_number(value) or value not in choices:
        wanted = ", ".join(f"{choice:g}" for choice in choices)
        raise ValueError(f"{name} must be one of {wanted}; got {value!r}.")
    return float(value)
