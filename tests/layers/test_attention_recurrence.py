"""Mirrors encdec_lib/layers/attention_recurrence.py."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers import attention_recurrence as module
from encdec_lib.layers.additive_attention import AdditiveAttention
from encdec_lib.layers.attention_recurrence import attention_recurrence
from encdec_lib.layers.recurrent import GRU

B, T, S, E, D, M, A = 2, 5, 3, 11, 7, 13, 17  # all different primes
STEPS = 4  # the longest target; position 5 is padding for everybody
TARGET_MASK = np.arange(T)[:, None] < np.array([STEPS, 2])  # (T, B)
MASK = np.arange(S) < np.array([[S], [2]])  # (B, S)
close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-5)


def random(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


@pytest.fixture(scope="module")
def layers():
    rngs = nnx.Rngs(0)
    attention, rnn = AdditiveAttention(D, M, A, rngs=rngs), GRU(E + M, D, rngs=rngs)
    rnn.b_in[...], rnn.b_rec[...] = random(3 * D, seed=7), random(3 * D, seed=8)
    return nnx.split((attention, rnn))


@pytest.fixture(scope="module")
def inputs():
    """embedded, state, vectors: what the gradient flows to besides the weights."""
    return random(T, B, E, seed=1), random(B, D, seed=2), random(B, S, M, seed=3)


def plain_loop(embedded, state, vectors, mask, attention, rnn):
    """The same with the layers' own one-step methods, for jax.grad to differentiate."""
    kept = []
    for t in range(STEPS):
        context, weights = attention(state, vectors, mask)
        (state,) = rnn.step(jnp.concatenate([embedded[t], context], axis=-1), (state,))
        kept.append((state, context, weights))
    stacked = (jnp.stack(x) for x in zip(*kept, strict=True))
    return tuple(jnp.pad(x, ((0, T - STEPS), (0, 0), (0, 0))) for x in stacked)


def with_own_gradient(embedded, state, vectors, mask, attention, rnn):
    projected = attention.project_keys(vectors)
    target_mask = jnp.asarray(TARGET_MASK)
    return attention_recurrence(
        embedded, target_mask, state, vectors, projected, mask, attention, rnn
    )


@partial(jax.jit, static_argnums=(0, 1))
def run(function, graph, weights, inputs, mask, pulls):
    """The three outputs, and the gradients to inputs and weights of their dot with `pulls`."""

    def value(weights, inputs):
        out = function(*inputs, mask, *nnx.merge(graph, weights))
        return sum(jnp.vdot(pull, x) for pull, x in zip(pulls, out, strict=True)), out

    return jax.grad(value, argnums=(0, 1), has_aux=True)(weights, inputs)[::-1]


@pytest.mark.parametrize("pulled", ["states", "contexts", "weights", "all"])
@pytest.mark.parametrize("blind", [False, True], ids=["", "a source with nothing to see"])
def test_its_own_gradient_is_that_of_the_plain_loop(layers, inputs, pulled, blind):
    mask = jnp.asarray(MASK).at[1].set(False) if blind else jnp.asarray(MASK)
    pulls = {"states": random(T, B, D, seed=4), "contexts": random(T, B, M, seed=5)}
    pulls["weights"] = random(T, B, S, seed=6)
    chosen = [p if pulled in (name, "all") else jnp.zeros_like(p) for name, p in pulls.items()]
    got, wanted = (
        run(function, *layers, inputs, mask, chosen) for function in (with_own_gradient, plain_loop)
    )
    for g, w in zip(jax.tree.leaves(got), jax.tree.leaves(wanted), strict=True):
        close(g, w)
    weights_grad, inputs_grad = got[1]
    for path, g in nnx.to_flat_state(weights_grad):
        assert np.abs(g[...]).max() > 0, path
    assert all(np.abs(g).max() > 0 for g in inputs_grad)


def test_the_loop_ends_with_the_longest_target(layers, inputs, monkeypatch):
    walked = []
    cell = module.gru_cell

    def counting(*arguments):
        jax.debug.callback(lambda: walked.append(1))
        return cell(*arguments)

    monkeypatch.setattr(module, "gru_cell", counting)
    outputs = with_own_gradient(*inputs, jnp.asarray(MASK), *nnx.merge(*layers))
    jax.block_until_ready(outputs)
    jax.effects_barrier()
    assert len(walked) == STEPS < T
    for x in outputs:
        np.testing.assert_array_equal(x[STEPS:], 0)
