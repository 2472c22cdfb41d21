"""What a layer costs: length and width against operations, for three layers (chapter 13)."""

from pathlib import Path

import traitlets

from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.stepper_widget import DIAL_CSS
from encdec_lib.widgets.host.trainer_widget import one_of

_HERE = Path(__file__).parent
LENGTHS = tuple(2**k for k in range(3, 15))  #: that the slider offers, as in costs.js
WIDTHS = tuple(2**k for k in range(4, 13))


class LayerCostDial(BookWidget):
    r"""Sliders for the length N and the width d, and what three layers then have to multiply.

    .. math:: \text{self-attention: } 4 N d^2 + 2 N^2 d, \qquad \text{GRU: } 6 N d^2, \qquad
        \text{convolution: } 3 N d^2

    multiply-adds with all matrices, or the terms alone that Vaswani et al. (2017) list:
    :math:`N^2 d`, :math:`N d^2`, :math:`3 N d^2`. A map over all lengths and widths shows where
    self-attention is the cheaper one; it meets the recurrent layer at N = d either way.

    Args:
      length: N at the beginning, a power of two from 8 to 16,384.
      width: d at the beginning, a power of two from 16 to 4,096.
      count: "matrices" for all multiply-adds, "paper" for the terms of the paper's table.

    Raises:
      ValueError: if an argument is none of those.

    Example:
      >>> dial = LayerCostDial(length=64, width=512)
      >>> dial.length, dial.width, dial.count
      (64, 512, 'matrices')

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, table 1.
    """

    _esm = _HERE / "layer_cost_dial.js"
    _css = DIAL_CSS
    static_fallback = (
        "Here two sliders change the length and the width of a layer, and bars show what a "
        "recurrent layer, a convolution and self-attention cost. It needs JavaScript, and no "
        "network."
    )

    length = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    count = traitlets.Unicode().tag(sync=True)

    def __init__(self, *, length: int = 64, width: int = 512, count: str = "matrices"):
        one_of("length", length, LENGTHS)
        one_of("width", width, WIDTHS)
        one_of("count", count, ("matrices", "paper"))
        super().__init__(length=int(length), width=int(width), count=count)
