"""Sinusoidal positions as rows of clock hands, and the product of two of them (chapter 11)."""

from pathlib import Path

import traitlets

from encdec_lib.runtime.checks import check_whole
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.stepper_widget import DIAL_CSS
from encdec_lib.widgets.host.trainer_widget import one_of
from encdec_lib.widgets.parts import PARTS

_HERE = Path(__file__).parent
LAST = 100  #: the last place that the slider offers, as in angles.js; the two below too
FARTHEST = 50
WIDTHS = (4, 8, 16, 32)


class PositionDial(BookWidget):
    r"""Sliders for a place and a distance, and the clocks that say where the two places are.

    .. math::
        PE_{(t,\, 2m)} = \sin(t\, \theta_m), \quad PE_{(t,\, 2m+1)} = \cos(t\, \theta_m), \quad
        \theta_m = 10000^{-2m/d_{model}}, \qquad
        \frac{PE_t \cdot PE_{t+n}}{d_{model}/2} = \frac{2}{d_{model}} \sum_m \cos(n\, \theta_m)

    Each frequency is a clock whose hand stands at the angle :math:`t\, \theta_m`: the sine is how
    far its tip is to the right, the cosine how far it is up. The angle between the hands of two
    places is :math:`n\, \theta_m`, whatever t is, and a curve shows the product against n.

    Args:
      place: t at the beginning, 0 to 100.
      distance: n at the beginning, -50 to 50.
      width: d_model at the beginning, 4, 8, 16 or 32; two numbers for each clock.

    Raises:
      ValueError: if an argument is none of those.

    Example:
      >>> dial = PositionDial(place=40, distance=5)
      >>> dial.place, dial.distance, dial.width
      (40, 5, 8)

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, section 3.5.
    """

    _esm = _HERE / "position_dial.js"
    _css = (*DIAL_CSS, PARTS / "charts.css", _HERE / "position_dial.css")
    static_fallback = (
        "Here two sliders choose a place and a distance, clock hands show the sines and cosines of "
        "both places, and a curve shows their product. It needs JavaScript, and no network."
    )

    place = traitlets.Int().tag(sync=True)
    distance = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)

    def __init__(self, *, place: int = 3, distance: int = 5, width: int = 8):
        check_whole("place", place, least=0, most=LAST)
        check_whole("distance", distance, least=-FARTHEST, most=FARTHEST)
        one_of("width", width, WIDTHS)
        super().__init__(place=int(place), distance=int(distance), width=int(width))
