"""Mirrors encdec_lib/widgets/gate_stepper; what it looks like is in tests/browser."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.pronunciations import LETTERS
from encdec_lib.data.vocabulary import EOS
from encdec_lib.layers.recurrent import GRU, LSTM, RNN
from encdec_lib.models.state_space import ManyToOne
from encdec_lib.widgets import GateStepper

ANSWERS = ("a", "e", "i")
WORDS = {"day": "a", "knight": "i"}


READS = len(LETTERS)


def build(kind, width=5, reads=READS, answers=3):
    rngs = nnx.Rngs(0)
    return ManyToOne(kind(reads, width, rngs=rngs), answers, rngs=rngs)


def stepper(**changes):
    given = {"models": {"LSTM": build(LSTM), "GRU": build(GRU)}, "words": WORDS, "answers": ANSWERS}
    given |= changes
    return GateStepper(given.pop("models"), LETTERS, given.pop("words"), **given)


def test_the_states_are_those_of_the_layers_and_the_answer_the_models():
    models = {"LSTM": build(LSTM), "GRU": build(GRU)}
    made = stepper(models=models)
    for word in made.words:
        ids = jnp.array([[*LETTERS.encode(word["letters"]), EOS]])
        inputs = jax.nn.one_hot(ids, len(LETTERS))
        for run, model in zip(word["runs"], models.values(), strict=True):
            wanted = model.layer(inputs)[0][0]
            np.testing.assert_allclose(run["rows"]["state"], wanted, atol=1e-4)
            assert run["answer"] == ANSWERS[int(model(inputs)[0].argmax())]
            gates = set(run["rows"]) - {"state", "memory"}
            assert all(0 <= np.min(run["rows"][g]) <= np.max(run["rows"][g]) <= 1 for g in gates)
    assert [sorted(run["rows"]) for run in made.words[0]["runs"]] == [
        ["forget", "input", "memory", "output", "state"],
        ["reset", "state", "update"],
    ]
    assert made.words[1]["right"] == "i"


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"models": {}}, ValueError, "models must be one or two; got 0"),
        ({"models": {"a": build(RNN)}}, TypeError, r"models\['a'\] must be a ManyToOne over a GRU"),
        ({"models": {"a": build(GRU, width=11)}}, ValueError, "at most 8; got 30 and 11"),
        ({"models": {"a": build(GRU, reads=7)}}, ValueError, "must read 30 numbers.*got 7 and 5"),
        ({"models": {"a": build(GRU, answers=2)}}, ValueError, "each of the 3 answers; got 2"),
        ({"words": {}}, ValueError, "words must be 1 to 4; got 0"),
        ({"words": {"Day": "a"}}, ValueError, "words must have 2 to"),
        ({"words": {"day": "u"}}, ValueError, r"words\['day'\] must be one of answers; got 'u'"),
        ({"chosen": -1}, ValueError, "chosen must be at least 0"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        stepper(**arguments)
