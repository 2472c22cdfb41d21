"""Mirrors encdec_lib/widgets/backprop_stepper; what it looks like is in tests/browser."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.state_space import StateSpace, StateSpaceConfig, next_symbol_loss
from encdec_lib.widgets import BackpropStepper
from tests.models.test_state_space import random

D, V = 5, 4  # "hello" has four letters


def build(seed=0, **changes):
    config = StateSpaceConfig(**({"input_dim": V, "state_dim": D, "output_dim": V} | changes))
    system = StateSpace(config, rngs=nnx.Rngs(seed))
    system.b_x[...] = random(config.state_dim, seed=1)
    system.b_y[...] = random(config.output_dim, seed=2)
    return system


def test_states_and_bets_are_the_systems():
    system = build()
    run = BackpropStepper({"new": system}).runs[0]
    wanted = system(jnp.eye(V)[jnp.array([[0, 1, 2, 2]])])  # h e l l
    np.testing.assert_allclose(run["states"], wanted.states[0], atol=2e-5)
    np.testing.assert_allclose(run["bets"], jax.nn.softmax(wanted.logits[0]), atol=2e-5)


def test_the_gradient_is_that_of_jax():
    system = build()
    run = BackpropStepper({"new": system}).runs[0]
    inputs, follow = jnp.eye(V)[jnp.array([[0, 1, 2, 2]])], jnp.array([[1, 2, 2, 3]])
    states = system(inputs).states
    truth = []
    for t in range(4):  # the last loss as a function of the state after letter t

        def last_loss(x, t=t):
            for u in inputs[0, t + 1 :]:
                x = system.transition(x, u[None])
            return -jax.nn.log_softmax(system.observe(x))[0, 3]

        truth.append(np.asarray(jax.grad(last_loss)(states[:, t])[0]))
    loss = next_symbol_loss(system, inputs, follow)[0, -1]
    np.testing.assert_allclose(-np.log(run["bets"][-1][3]), loss, atol=1e-3)
    whole = np.linalg.norm(truth[-1])
    for back, g in zip(run["back"], truth[::-1], strict=True):
        np.testing.assert_allclose(back["state"], g / whole, atol=2e-5)
        np.testing.assert_allclose(back["left"], np.linalg.norm(g) / whole, atol=2e-5)
    slopes = 1 - np.asarray(states[0, -1], np.float64) ** 2
    np.testing.assert_allclose(run["back"][0]["before"], truth[-1] / whole * slopes, atol=2e-5)
    assert run["back"][-1]["before"] is None


def test_numbers_of_weights_are_counted():
    parameters = sum(p.size for p in jax.tree.leaves(nnx.state(build(), nnx.Param)))
    assert BackpropStepper({"new": build()}).numbers == parameters


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"systems": {}}, ValueError, "systems must be 1 to 3; got 0"),
        ({"systems": {"a": "b"}}, TypeError, "StateSpace"),
        ({"systems": {"a": build(activation="linear")}}, ValueError, "must have a tanh"),
        ({"word": "hi"}, ValueError, "word must have 3 to longest = 7 letters"),
        ({"word": "leeway"}, ValueError, "must have 5 inputs and outputs.*got 4 and 4"),
        ({"systems": {"a": build(state_dim=11)}}, ValueError, "at most 8 numbers; got 11"),
        ({"systems": {"a": build(), "b": build(state_dim=7)}}, ValueError, r"one width.*\[5, 7\]"),
        ({"step": 0}, ValueError, "step must be at least 1; got 0"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        BackpropStepper(**({"systems": {"new": build()}} | arguments))


def test_another_word_has_another_alphabet():
    assert BackpropStepper({"new": build()}, "noon" + "see").alphabet == "nose"
