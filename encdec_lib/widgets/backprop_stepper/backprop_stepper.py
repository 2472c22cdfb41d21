"""Chapter 3 step by step: a state goes from letter to letter, and a gradient comes back."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import traitlets

from encdec_lib.models.state_space import StateSpace
from encdec_lib.widgets.backprop_stepper.trace import trace
from encdec_lib.widgets.host.inputs import by_name, letters_of, texts
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place

_HERE = Path(__file__).parent
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST, _LONGEST, _MOST_NUMBERS = 3, 7, 8


class BackpropStepper(StepperWidget):
    r"""A small recurrent network reads a word and bets on each next letter; or its gradient.

    Forwards there is a step a letter: the state after it, and the bet that is made from the
    state. With ``back=True`` the figure goes the other way: the last loss's gradient passes
    the slopes of the tanh and the transposed matrix, factor by factor, and what is left of its
    length is drawn under each state. All numbers are the network's own, in float64.

    Args:
      systems: 1 to 3 networks by the name of the choice, each a
        :class:`~encdec_lib.models.state_space.StateSpace` with a tanh, a state of at most 8
        numbers, and as many inputs and outputs as the word has different letters, in the order
        of their first places in the word.
      word: of 3 to 7 letters; all but the last are read.
      back: go back instead of forwards.
      step: where it begins, counted from 1.
      chosen: which of ``systems`` is shown first, counted from 0.

    Raises:
      TypeError: if ``systems`` is no mapping of such networks.
      ValueError: if a size does not fit, or the word is too short or too long.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.models.state_space import StateSpace, StateSpaceConfig
      >>> system = StateSpace(StateSpaceConfig(4, 5, 4), rngs=nnx.Rngs(0))
      >>> stepper = BackpropStepper({"new": system}, back=True)
      >>> stepper.alphabet, len(stepper.runs[0]["back"])
      ('helo', 4)
    """

    _esm = _HERE / "backprop_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here a small recurrent network reads a word letter by letter, and the gradient of its "
        "last loss goes back, factor by factor. It needs JavaScript, and no network."
    )

    word = traitlets.Unicode().tag(sync=True)
    alphabet = traitlets.Unicode().tag(sync=True)
    names = traitlets.List().tag(sync=True)
    runs = traitlets.List().tag(sync=True)
    numbers = traitlets.Int().tag(sync=True)
    back = traitlets.Bool().tag(sync=True)

    def __init__(
        self,
        systems: Mapping[str, StateSpace],
        word: str = "hello",
        *,
        back: bool = False,
        step: int = 1,
        chosen: int = 0,
    ):
        check_place(step, chosen)
        if not isinstance(back, bool):
            raise TypeError(f"back must be True or False; got {back!r}.")
        given = by_name("systems", systems)
        texts("systems", list(given))
        if not 1 <= len(given) <= 3:
            raise ValueError(f"systems must be 1 to 3; got {len(given)}.")
        word = letters_of("word", word, _LETTERS, _SHORTEST, _LONGEST)
        alphabet = "".join(dict.fromkeys(word))
        for name, system in given.items():
            self._check(name, system, len(alphabet))
        ids = np.array([alphabet.index(letter) for letter in word])
        widths = {system.config.state_dim for system in given.values()}
        if len(widths) > 1:
            raise ValueError(f"systems must have states of one width; got {sorted(widths)}.")
        width, V = widths.pop(), len(alphabet)
        super().__init__(
            step=step,
            chosen=chosen,
            word=word,
            alphabet=alphabet,
            names=list(given),
            runs=[trace(system, ids[:-1], ids[1:]) for system in given.values()],
            numbers=width * (width + V + 1) + (width + 1) * V,
            back=bool(back),
        )

    @staticmethod
    def _check(name: str, system: StateSpace, letters: int) -> None:
        if not isinstance(system, StateSpace):
            raise TypeError(f"systems[{name!r}] must be a StateSpace; got {type(system).__name__}.")
        config = system.config
        if config.activation != "tanh":
            raise ValueError(f"systems[{name!r}] must have a tanh; got {config.activation!r}.")
        if (config.input_dim, config.output_dim) != (letters, letters):
            raise ValueError(
                f"systems[{name!r}] must have {letters} inputs and outputs, one for each letter; "
                f"got {config.input_dim} and {config.output_dim}."
            )
        if config.state_dim > _MOST_NUMBERS:
            raise ValueError(
                f"systems[{name!r}] must have a state of at most {_MOST_NUMBERS} numbers; got "
                f"{config.state_dim}."
            )
