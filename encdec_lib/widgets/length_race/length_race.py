"""The race of the home page: one vector against attention, while strings grow longer."""

from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.runtime.checks import check_whole
from encdec_lib.widgets.host.inputs import letters_of
from encdec_lib.widgets.host.trainer_widget import TRAINER_CSS, TrainerWidget

_HERE = Path(__file__).parent
LETTERS = "abcdefghijklmnop"  #: what the strings are made of, as in length_race.js
SHORTEST, LONGEST = 2, 16


class LengthRace(TrainerWidget):
    """Two networks learn to repeat a string, side by side, in the reader's page.

    Both read letters with a recurrent network and write them again with another. One hands over a
    single vector (:func:`~encdec_lib.models.seq2seq.seq2seq`); the other looks back with attention
    (:func:`~encdec_lib.models.bahdanau_attention.bahdanau`). They train for equal time, or for
    equally many steps if the reader chooses so, on random strings of 2 letters up to ``longest``;
    the curves show the share of wrong letters for every length, measured on other strings.

    Args:
      string: the reader's own string at the beginning, of the letters a to p.
      longest: of the strings that they train on, 4 to 16 letters.
      seed: of first weights and strings.
      plays: whether they begin as soon as the figure is seen, where the reader's machine does not
        ask for less motion; they stop by themselves after a few seconds.

    Raises:
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> race = LengthRace("codelikeapoem", longest=16)
      >>> race.longest, race.seed
      (16, 0)
    """

    _esm = _HERE / "length_race.js"
    _css = (*TRAINER_CSS, _HERE / "length_race.css")
    static_fallback = (
        "Here two networks learn to repeat a string: one hands over a single vector and fails on "
        "long strings, the other has attention and does not. It needs JavaScript, and no network."
    )

    string = traitlets.Unicode().tag(sync=True)
    longest = traitlets.Int().tag(sync=True)
    plays = traitlets.Bool().tag(sync=True)

    def __init__(
        self,
        string: str = "codelikeapoem",
        *,
        longest: int = LONGEST,
        seed: int = 0,
        plays: bool = False,
    ):
        check_whole("longest", longest, least=4, most=LONGEST)
        if not isinstance(plays, bool):
            raise TypeError(f"plays must be True or False; got {plays!r}.")
        string = letters_of("string", string, LETTERS, SHORTEST, longest)
        settings: dict[str, Any] = {
            "string": string,
            "longest": int(longest),
            "plays": plays,
        }
        super().__init__(seed=seed, **settings)
