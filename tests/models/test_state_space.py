"""Mirrors encdec_lib/models/state_space.py."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.recurrent import GRU, LSTM, RNN
from encdec_lib.models.state_space import (
    ManyToOne,
    StateSpace,
    StateSpaceConfig,
    next_symbol_loss,
)
from tests.helpers import loops

B, S, U, D, V = 2, 5, 3, 7, 11  # all different primes: a swapped axis can't pass unseen
close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-6)
NAMES = ("W_xx", "W_ux", "b_x", "W_xy", "b_y")


def random(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def build(activation="tanh"):
    """A system with random biases: fresh ones are zeros, and zeros hide mistakes."""
    system = StateSpace(StateSpaceConfig(U, D, V, activation), rngs=nnx.Rngs(0))
    system.b_x[...], system.b_y[...] = random(D, seed=1), random(V, seed=2)
    return system


def by_loops(system, inputs, start):
    """The two equations, one number after another, in float64."""
    W_xx, W_ux, b_x, W_xy, b_y = (loops.float64(getattr(system, name)) for name in NAMES)
    states, logits = np.zeros((B, S, D)), np.zeros((B, S, V))
    for b in range(B):
        x = loops.float64(start)[b]
        for t in range(S):
            a = x @ W_xx + loops.float64(inputs)[b, t] @ W_ux + b_x
            x = np.tanh(a) if system.config.activation == "tanh" else a
            states[b, t], logits[b, t] = x, x @ W_xy + b_y
    return states, logits


@pytest.mark.parametrize("activation", ["tanh", "linear"])
def test_agrees_with_the_equations_written_as_loops(activation):
    system, inputs, start = build(activation), random(B, S, U), random(B, D, seed=3)
    got = nnx.jit(StateSpace.__call__)(system, inputs, start)
    states, logits = by_loops(system, inputs, start)
    close(got.states, states)
    close(got.logits, logits, atol=1e-5)


def test_a_walk_of_single_steps_gives_the_same():
    system, inputs = build(), random(B, S, U)
    x, wanted = jnp.zeros((B, D)), system(inputs)
    for t in range(S):
        np.testing.assert_array_equal(
            system.transition(x, inputs[:, t]), system.step(x, inputs[:, t])[0]
        )
        x, logits = system.step(x, inputs[:, t])
        close(x, wanted.states[:, t])
        close(logits, wanted.logits[:, t])


def test_five_parameters_serve_any_length():
    system = build()
    state = nnx.to_pure_dict(nnx.state(system, nnx.Param))
    assert set(state) == set(NAMES)
    long = system(jnp.tile(random(1, 1, U), (1, 301, 1))).states
    close(system(jnp.tile(random(1, 1, U), (1, 2, 1))).states, long[:, :2])


def test_it_is_an_rnn_with_something_to_see():
    system, inputs = build(), random(B, S, U)
    layer = RNN(U, D, rngs=nnx.Rngs(1))
    layer.W_rec[...], layer.W_in[...], layer.b_in[...] = (
        jnp.asarray(p[...]) for p in (system.W_xx, system.W_ux, system.b_x)
    )
    close(layer(inputs)[0], system(inputs).states)


def test_the_state_matrix_starts_orthogonal():
    W = np.asarray(build().W_xx[...])
    close(W @ W.T, np.eye(D), atol=1e-5)


def test_the_loss_is_minus_the_log_of_the_next_symbols_share():
    system, inputs = build(), random(B, S, U)
    targets = jnp.asarray(np.random.default_rng(4).integers(0, V, (B, S)))
    _, logits = by_loops(system, inputs, jnp.zeros((B, D)))
    got = next_symbol_loss(system, inputs, targets)
    for b in range(B):
        for t in range(S):
            close(got[b, t], -loops.log_softmax(logits[b, t])[targets[b, t]], atol=1e-5)


def test_every_parameter_gets_a_gradient():
    @nnx.jit
    def gradient(system):
        targets = jnp.zeros((B, S), int)
        return nnx.grad(lambda m: next_symbol_loss(m, random(B, S, U), targets).sum())(system)

    for path, g in nnx.to_flat_state(gradient(build())):
        assert np.abs(g[...]).max() > 0, path


def test_what_it_may_be_given_is_named_in_the_error(as_reader):
    with pytest.raises(ValueError, match="state_dim must be at least 1; got 0"):
        StateSpace(StateSpaceConfig(U, 0, V), rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="activation must be one of tanh, linear; got 'relu'"):
        StateSpace(StateSpaceConfig(U, D, V, "relu"), rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"U = 3 \(input_dim\); got \(2, 5, 4\)"):
        build()(random(B, S, U + 1))
    with pytest.raises(ValueError, match=r"inputs must have shape \(B, S, U\).*got \(5, 3\)"):
        build()(random(S, U))
    with pytest.raises(ValueError, match=r"start must have shape \(B, D\) = \(2, 7\); got \(7,\)"):
        build()(random(B, S, U), random(D))


def test_its_gradient_is_that_of_the_loop_in_jax():
    system, inputs, pull = build(), random(B, S, U), random(B, S, V, seed=5)

    def plain(parameters, inputs):
        W_xx, W_ux, b_x, W_xy, b_y = parameters
        x, logits = jnp.zeros((B, D)), []
        for t in range(S):
            x = jnp.tanh(x @ W_xx + inputs[:, t] @ W_ux + b_x[None])
            logits.append(x @ W_xy + b_y[None])
        return jnp.vdot(jnp.stack(logits, 1), pull)

    wanted = jax.jit(jax.grad(plain))(tuple(getattr(system, n)[...] for n in NAMES), inputs)
    got = nnx.jit(nnx.grad(lambda m: jnp.vdot(m(inputs).logits, pull)))(system)
    for name, gradient in zip(NAMES, wanted, strict=True):
        close(got[name][...], gradient, atol=1e-5)


@pytest.mark.parametrize("kind", [RNN, GRU, LSTM])
def test_many_to_one_answers_from_the_last_real_state(kind):
    rngs = nnx.Rngs(0)
    model, inputs = ManyToOne(kind(U, D, rngs=rngs), V, rngs=rngs), random(B, S, U)
    mask = jnp.array([[True] * S, [True, True, True, False, False]])
    got = model(inputs, mask)
    for row, last in enumerate((S, 3)):
        state = loops.float64(model.layer(inputs[row : row + 1, :last])[0][0, -1])
        wanted = state @ loops.float64(model.output.kernel) + loops.float64(model.output.bias)
        close(got[row], wanted, atol=1e-5)
