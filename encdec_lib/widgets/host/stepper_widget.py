"""Figures that the reader goes through step by step."""

from typing import Any

import traitlets

from encdec_lib.runtime.checks import check_whole
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.parts import FRAMED_CSS, PARTS

#: The style sheets of the steppers' frame, which come before a figure's own.
STEPPER_CSS = (FRAMED_CSS, PARTS / "stepper" / "stepper.css")
#: The same for figures with dials, `parts/dialled/dialled.js`.
DIAL_CSS = (*STEPPER_CSS, PARTS / "dialled" / "dialled.css")


def check_place(step: int, chosen: int) -> None:
    """Asks for where a figure begins; one that computes for long asks before it does.

    Args:
      step: counted from 1.
      chosen: which case, counted from 0.

    Raises:
      ValueError: if one of them is no whole number, or too small.

    Example:
      >>> check_place(step=0, chosen=0)
      Traceback (most recent call last):
      ValueError: step must be at least 1; got 0.
    """
    check_whole("step", step, least=1)
    check_whole("chosen", chosen, least=0)


class StepperWidget(BookWidget):
    """A figure in steps: where the reader stands, and in which case.

    What it looks like is in ``parts/stepper/stepper.js``, whose head tells how to make another.

    Args:
      step: where it begins, counted from 1; behind the last step, the last one is shown.
      chosen: which of its cases is shown first, counted from 0; behind the last case, the last.
      traits: of the subclass.

    Raises:
      ValueError: if ``step`` or ``chosen`` is no whole number, or too small.
    """

    step = traitlets.Int().tag(sync=True)
    chosen = traitlets.Int().tag(sync=True)

    def __init__(self, *, step: int = 1, chosen: int = 0, **traits: Any):
        check_place(step, chosen)
        super().__init__(step=int(step), chosen=int(chosen), **traits)
