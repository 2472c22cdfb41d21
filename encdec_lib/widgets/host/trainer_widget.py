"""Figures whose models learn in the page, while the reader watches."""

from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.runtime.checks import check_whole
from encdec_lib.web.bundle import bundle
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.lazy import Lazy
from encdec_lib.widgets.parts import FRAMED_CSS, PARTS

_PROGRAM = Path(__file__).parents[2] / "web" / "engine" / "training" / "worker.js"
MOST_SEED = 9999

#: The style sheets of the trainers' frame, which come before a figure's own.
TRAINER_CSS = (PARTS / "charts.css", FRAMED_CSS, PARTS / "trainer" / "trainer.css")


class TrainerWidget(BookWidget):
    """A figure that trains: the engine's program, and the seed of its first run.

    What it looks like is in ``parts/trainer/trainer.js``, whose head tells how to make another.
    A subclass has one synced trait for every dial, and hands them on by name.

    Args:
      seed: of first weights and batches, 0 to 9999.
      dials: traits of the subclass.

    Raises:
      ValueError: if ``seed`` is no such number.
    """

    engine = traitlets.Instance(Lazy).tag(sync=True)
    seed = traitlets.Int().tag(sync=True)

    def __init__(self, *, seed: int = 0, **dials: Any):
        check_whole("seed", seed, least=0, most=MOST_SEED)
        super().__init__(engine=Lazy(bundle(_PROGRAM).encode()), seed=seed, **dials)


def one_of(name: str, value: Any, choices: tuple) -> Any:
    """The value, if it is one of the choices.

    Args:
      name: of the argument.
      value: what was given.
      choices: numbers or texts.

    Raises:
      ValueError: if it is none of them.

    Example:
      >>> one_of("heads", 4, (1, 2, 4, 8))
      4
    """
    if not isinstance(value, int | str) or isinstance(value, bool) or value not in choices:
        wanted = ", ".join(map(str, choices))
        raise ValueError(f"{name} must be one of {wanted}; got {value!r}.")
    return value


def packed(name: str, data: Any) -> Lazy:
    """Data of a task, as :mod:`encdec_lib.web.page_data` packs them, loaded when first asked for.

    Args:
      name: of the argument, and of the function that packs it.
      data: what was given.

    Raises:
      ValueError: if it is no bytes, or empty.

    Example:
      >>> packed("words", b"abc")
      Lazy(3 bytes)
    """
    if not isinstance(data, bytes) or not data:
        raise ValueError(
            f"{name} must be bytes, as encdec_lib.web.page_data.{name}() gives them; got "
            f"{type(data).__name__}."
        )
    return Lazy(data)
