"""Chapter 3 step by step: the gates of a trained LSTM and of a trained GRU over a word."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import traitlets

from encdec_lib.analysis.gates import read_gates
from encdec_lib.data.vocabulary import EOS, Vocabulary
from encdec_lib.layers.recurrent import GRU, LSTM
from encdec_lib.models.state_space import ManyToOne
from encdec_lib.widgets.host.inputs import by_name, letters_of, texts
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place

_HERE = Path(__file__).parent
_MOST_WORDS, _SHORTEST, _LONGEST, _MOST_NUMBERS = 4, 2, 8, 8
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class GateStepper(StepperWidget):
    r"""A gated layer reads a word letter by letter and answers at its end.

    Each step shows the gates at one letter as columns of cells, full where a gate is open and
    empty where it is shut, and the state that they leave. The last step is the end of the word,
    where the model answers. All numbers are the model's own, from
    :func:`~encdec_lib.analysis.gates.read_gates`.

    Args:
      models: one or two, by name, each a :class:`~encdec_lib.models.state_space.ManyToOne` over
        an LSTM or a GRU of at most 8 numbers, whose inputs are one-hot vectors of ``letters``.
      letters: the vocabulary; a word is followed by its ``<eos>``.
      words: 1 to 4 words of 2 to 8 letters, and the right answer to each.
      answers: what the model's outputs stand for.
      step: where it begins, counted from 1.
      chosen: which of ``models`` is shown first, counted from 0.

    Raises:
      TypeError: if ``models`` or ``words`` is no mapping, or a model is another.
      ValueError: if a size does not fit, or a word or an answer is unknown.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.pronunciations import LETTERS
      >>> rngs = nnx.Rngs(0)
      >>> model = ManyToOne(GRU(len(LETTERS), 3, rngs=rngs), 2, rngs=rngs)
      >>> stepper = GateStepper({"GRU": model}, LETTERS, {"day": "a"}, answers=("a", "e"))
      >>> sorted(stepper.words[0]["runs"][0]["rows"])
      ['reset', 'state', 'update']
    """

    _esm = _HERE / "gate_stepper.js"
    _css = (*STEPPER_CSS, _HERE / "gate_stepper.css")
    static_fallback = (
        "Here the gates of an LSTM and of a GRU open and close while they read a word, letter by "
        "letter. It needs JavaScript, and no network."
    )

    words = traitlets.List().tag(sync=True)
    word = traitlets.Int().tag(sync=True)
    names = traitlets.List().tag(sync=True)

    def __init__(
        self,
        models: Mapping[str, Any],
        letters: Vocabulary,
        words: Mapping[str, str],
        *,
        answers: Sequence[str],
        step: int = 1,
        chosen: int = 0,
    ):
        check_place(step, chosen)
        given, asked = by_name("models", models), by_name("words", words)
        said = texts("answers", answers)
        if not isinstance(letters, Vocabulary):
            raise TypeError(f"letters must be a Vocabulary; got {type(letters).__name__}.")
        if not 1 <= len(given) <= 2:
            raise ValueError(f"models must be one or two; got {len(given)}.")
        if not 1 <= len(asked) <= _MOST_WORDS:
            raise ValueError(f"words must be 1 to {_MOST_WORDS}; got {len(asked)}.")
        for name, model in given.items():
            self._check(name, model, len(letters), len(said))
        for name, answer in asked.items():
            letters_of("words", name, _LETTERS, _SHORTEST, _LONGEST)
            if answer not in said:
                raise ValueError(f"words[{name!r}] must be one of answers; got {answer!r:.60}.")
        super().__init__(
            step=step,
            chosen=chosen,
            names=list(given),
            words=[
                {
                    "letters": list(name),
                    "right": right,
                    "runs": [self._run(model, letters, name, said) for model in given.values()],
                }
                for name, right in asked.items()
            ],
        )

    @staticmethod
    def _run(model: Any, letters: Vocabulary, word: str, answers: list[str]) -> dict[str, Any]:
        ids = jnp.array([[*letters.encode(list(word)), EOS]])
        inputs = jax.nn.one_hot(ids, len(letters))
        rows = read_gates(model.layer, inputs)
        answer = answers[int(model(inputs)[0].argmax())]
        return {
            "rows": {name: np.round(row[0], 4).tolist() for name, row in rows.items()},
            "answer": answer,
        }

    @staticmethod
    def _check(name: str, model: Any, letters: int, answers: int) -> None:
        if not isinstance(model, ManyToOne) or not isinstance(model.layer, GRU | LSTM):
            raise TypeError(
                f"models[{name!r}] must be a ManyToOne over a GRU or an LSTM; got "
                f"{type(model).__name__}."
            )
        if model.layer.in_dim != letters or model.layer.state_dim > _MOST_NUMBERS:
            raise ValueError(
                f"models[{name!r}] must read {letters} numbers and have a state of at most "
                f"{_MOST_NUMBERS}; got {model.layer.in_dim} and {model.layer.state_dim}."
            )
        if model.output.out_features != answers:
            raise ValueError(
                f"models[{name!r}] must have an output for each of the {answers} answers; got "
                f"{model.output.out_features}."
            )
