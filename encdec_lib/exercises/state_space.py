"""Checks of chapter 3: a state that is carried along, and a gradient that is carried back."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.layers.recurrent import RNN
from encdec_lib.models.state_space import StateSpace, StateSpaceConfig

_U, _D, _V = 5, 7, 3  # the sizes of the small systems here: all different


@exercise("state_space-1")
def steps_by_hand(room: Any, share: Any, mixed: Any, gate: Any) -> Iterator[Property]:
    """A room, a chain of gates, one number of a GRU, and a gate of the LSTM by its name."""
    state = 0.0
    for heat in (4, 0, 4):
        state = 0.5 * state + heat
    yield Property(
        "the room after heat of 4, 0 and 4",
        float(room) == state,
        "Each step keeps a half of what was there, then adds the heat. Begin with 0.",
    )
    yield Property(
        "what a gate of 0.9 leaves after 20 steps",
        abs(float(share) / 0.9**20 - 1) <= 0.02,
        "Twenty steps are twenty factors. Give the share itself and not percent.",
    )
    yield Property(
        "one number of a GRU with z = 0.75, an old state of 4 and new content of 0",
        float(mixed) == (1 - 0.75) * 0 + 0.75 * 4,
        "In this book z is the share of the old state.",
    )
    yield Property(
        "the gate that drops what stood in the memory",
        str(gate).strip().lower() == "forget",
        "Which gate is multiplied with the memory of the step before?",
    )


@exercise("state_space-2")
def parameters(count: Any) -> Iterator[Property]:
    """A formula for the number of parameters, compared with systems that were built."""
    for sizes in ((_U, _D, _V), (27, 64, 27)):
        built = StateSpace(StateSpaceConfig(*sizes), rngs=nnx.Rngs(0))
        truth = sum(p.size for p in jax.tree.leaves(nnx.state(built, nnx.Param)))
        yield Property(
            "sequences of 10 steps with (U, D, V) = " + str(sizes),
            count(*sizes, 10) == truth,
            "Write down the shapes of W_xx, W_ux, b_x, W_xy and b_y. A vector is a row.",
        )
    yield Property(
        "sequences of 1000 steps",
        count(_U, _D, _V, 1000) == _D * (_D + _U + 1) + (_D + 1) * _V,
        "Does a later step have matrices of its own?",
    )


@exercise("state_space-3")
def unroll(states: Any) -> Iterator[Property]:
    """All states of a tanh RNN, from the first state and the inputs."""
    rng = np.random.default_rng(2)
    x0, inputs = rng.normal(size=_D), rng.normal(size=(4, _U))
    W_xx, W_ux, b_x = (rng.normal(size=shape) / 2 for shape in ((_D, _D), (_U, _D), (_D,)))
    truth, x = [], x0
    for u in inputs:
        x = np.tanh(x @ W_xx + u @ W_ux + b_x)
        truth.append(x)
    got = np.asarray(states(x0, inputs, W_xx, W_ux, b_x))
    yield from agrees(
        got,
        np.array(truth),
        "the list of states",
        "One state for each input. From which state does the second step start?",
    )
    if got.shape != (4, _D):
        return
    later = np.asarray(states(got[1], inputs[2:], W_xx, W_ux, b_x))
    yield Property(
        "going on from the second state gives the third and the fourth",
        later.shape == (2, _D) and np.allclose(later, got[2:], atol=1e-6),
        "The state is all that may be carried over: does your function use x0?",
    )


@exercise("state_space-4")
def one_step_back(step_back: Any) -> Iterator[Property]:
    """dL/dx_{t-1} from dL/dx_t, for a tanh RNN."""
    rng = np.random.default_rng(3)
    W_xx = rng.normal(size=(_D, _D)).astype(np.float32)
    before, a = rng.normal(size=(2, _D)).astype(np.float32)
    gradient = rng.normal(size=_D).astype(np.float32)
    after, pull = jax.vjp(lambda x: jnp.tanh(x @ W_xx + a), before)
    truth = np.asarray(pull(jnp.asarray(gradient))[0])
    got = np.asarray(step_back(gradient.copy(), np.asarray(after), W_xx.copy()))
    shape_and_values = list(
        agrees(
            got,
            truth,
            "the gradient one step back",
            "Two factors, in the order in which the chain rule meets them on the way back: first "
            "the tanh, then the matrix. The slope of tanh can be had from x_t alone.",
        )
    )
    yield shape_and_values[0]
    if got.shape != truth.shape:
        return
    untransposed = (gradient * (1 - np.asarray(after) ** 2)) @ W_xx
    yield Property(
        "the matrix is used in the direction of the way back",
        not np.allclose(got, untransposed, atol=1e-4),
        "Forwards a row x meets W_xx as x @ W_xx. Which way round does a gradient pass?",
    )
    yield shape_and_values[1]


@exercise("state_space-5")
def half_life(steps: Any) -> Iterator[Property]:
    """After how many steps a gate with a given bias has kept half of the state."""
    for bias in (0.0, 3.0, 6.0):
        truth = np.log(0.5) / np.log(1 / (1 + np.exp(-bias)))
        yield Property(
            f"a gate with bias {bias:g}",
            abs(float(steps(bias)) / truth - 1) < 0.01,
            "The gate keeps the share z = σ(bias) at every step, so zⁿ after n steps. For which n "
            "is that a half? n need not be whole.",
        )


@exercise("state_space-6")
def clipping(clip: Any) -> Iterator[Property]:
    """Gradients of several parameters, shortened together to a limit."""
    rng = np.random.default_rng(5)
    gradients = [rng.normal(size=(_D, _D)) * 40, rng.normal(size=(_U, _D)), rng.normal(size=_D)]
    length = np.sqrt(sum((g**2).sum() for g in gradients))
    given = [g.copy() for g in gradients]
    got = [np.asarray(g) for g in clip(given, 1.5)]
    fits = [g.shape for g in got] == [g.shape for g in gradients]
    yield Property(
        "as many arrays as before, of the same shapes",
        fits,
        f"The shapes are {[g.shape for g in got]}.",
    )
    if not fits:
        return
    yield Property(
        "all of them together have length 1.5",
        np.isclose(np.sqrt(sum((g**2).sum() for g in got)), 1.5, rtol=1e-3),
        "Take the square root once, of the sum over all the numbers in all the arrays.",
    )
    yield Property(
        "the direction has not changed",
        all(
            np.allclose(g * length / 1.5, t, rtol=1e-3) for g, t in zip(got, gradients, strict=True)
        ),
        "Every number gets the same factor. Cutting each number at a limit would turn the step.",
    )
    short = [g / length for g in gradients]
    same = clip([g.copy() for g in short], 1.5)
    yield Property(
        "gradients below the limit stay as they are",
        all(np.allclose(g, t) for g, t in zip(same, short, strict=True)),
        "Clipping shortens. May the factor be larger than 1?",
    )
    zeros = clip([np.zeros((2, 3)), np.zeros(3)], 1.5)
    yield Property(
        "gradients of 0 stay 0",
        all(np.array_equal(g, np.zeros_like(g)) for g in zeros),
        "By what do you divide when every number is 0?",
    )


@exercise("state_space-7")
def delay_line(W_xx: Any, W_ux: Any, W_xy: Any) -> Iterator[Property]:
    """A linear system without biases whose output is the input of two steps before."""
    shapes = [np.shape(W) for W in (W_xx, W_ux, W_xy)]
    yield Property(
        "W_xx is (3, 3), W_ux is (1, 3), W_xy is (3, 1)",
        shapes == [(3, 3), (1, 3), (3, 1)],
        f"They are {shapes}. Input and output are one number each, and the state is three.",
    )
    if shapes != [(3, 3), (1, 3), (3, 1)]:
        return
    layer = RNN(1, 3, activation="linear", rngs=nnx.Rngs(0))
    layer.W_rec[...], layer.W_in[...] = (jnp.asarray(W, jnp.float32) for W in (W_xx, W_ux))
    u = np.random.default_rng(6).normal(size=9).astype(np.float32)
    states, _ = layer(jnp.asarray(u)[None, :, None])
    y = np.asarray(states[0]) @ np.asarray(W_xy, np.float32)
    yield Property(
        "the first two outputs are 0",
        np.allclose(y[:2, 0], 0, atol=1e-6),
        "The state starts as zeros. Does an input show before two further steps are over?",
    )
    yield Property(
        "from then on y_t is u_{t-2}",
        np.allclose(y[2:, 0], u[:-2], atol=1e-5),
        "Give each of the three numbers a meaning in words, such as 'the input of one step ago'. "
        "Then say where each gets its new value from.",
    )
