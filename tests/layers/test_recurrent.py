"""Mirrors encdec_lib/layers/recurrence.py and encdec_lib/layers/recurrent.py."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.cells import gru_cell, linear_cell, lstm_cell, tanh_cell
from encdec_lib.layers.recurrence import recurrence
from encdec_lib.layers.recurrent import GRU, LSTM, RNN, Bidirectional
from tests.helpers import loops

B, S, E, D = 3, 5, 2, 7  # all different primes: a swapped axis can't pass unseen
LENGTHS = np.array([3, 4, 1])  # the last position is padding for everybody
MASK = np.arange(S) < LENGTHS[:, None]
HOLES = np.array([[1, 0, 1, 0, 0], [0, 1, 0, 0, 1], [0, 0, 0, 0, 0]], bool)
close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-6)

each_layer = pytest.mark.parametrize("layer", [RNN, GRU, LSTM])
both_ways = pytest.mark.parametrize("reverse", [False, True], ids=["forward", "reverse"])


@nnx.jit
def apply(module, *arguments):
    return module(*arguments)


def random(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def build(layer, reverse=False):
    """A layer with random biases: fresh ones are zeros, and zeros hide mistakes."""
    module = layer(E, D, reverse=reverse, rngs=nnx.Rngs(0))
    for name in ("b_in", "b_rec"):
        if hasattr(module, name):
            param = getattr(module, name)
            param[...] = random(*param.shape, seed=len(name))
    return module


def states(layer, seed=3):
    return tuple(random(B, D, seed=seed + i) for i in range(layer.num_states))


@both_ways
@each_layer
@pytest.mark.parametrize("mask", [MASK, HOLES], ids=["lengths", "holes"])
def test_agrees_with_the_equations_written_as_loops(layer, reverse, mask):
    module, inputs, state = build(layer, reverse), random(B, S, E), states(layer)
    outputs, last = apply(module, inputs, jnp.asarray(mask), state)
    wanted_outputs, wanted_last = loops.run(module, inputs, mask, state)
    close(outputs, wanted_outputs)
    assert len(last) == layer.num_states
    for got, wanted in zip(last, wanted_last, strict=True):
        close(got, wanted)


@each_layer
def test_without_mask_and_state_everything_is_real_and_the_start_is_zero(layer):
    module, inputs = build(layer), random(B, S, E)
    outputs, last = apply(module, inputs)
    wanted_outputs, wanted_last = loops.run(module, inputs, np.ones((B, S), bool))
    close(outputs, wanted_outputs)
    close(last[0], wanted_last[0])


@each_layer
def test_both_directions_side_by_side(layer):
    module, inputs = Bidirectional(layer, E, D, rngs=nnx.Rngs(0)), random(B, S, E)
    wanted = [loops.run(part, inputs, MASK)[0] for part in (module.forward, module.backward)]
    assert not np.array_equal(module.forward.W_in[...], module.backward.W_in[...])
    close(apply(module, inputs, jnp.asarray(MASK)), np.concatenate(wanted, axis=-1))


@each_layer
def test_a_walk_of_single_steps_ends_in_the_same_states(layer):
    module, inputs = build(layer), random(B, S, E)
    state = module.zero_state(B)
    for t in range(S):
        state = module.step(inputs[:, t], state)
    outputs, last = apply(module, inputs)
    close(outputs[:, -1], state[0])
    for got, wanted in zip(last, state, strict=True):
        close(got, wanted)


def plain_scan(cell, reverse, inputs, w_rec, b_rec, state, mask):
    """What `recurrence` computes, for jax.grad to differentiate as it likes."""

    def body(state, step):
        a, real = step
        new = cell(a, state[0] @ w_rec + b_rec[None], state)
        state = tuple(jnp.where(real[:, None], n, s) for n, s in zip(new, state, strict=True))
        return state, state

    last, after = jax.lax.scan(body, state, (inputs, mask), reverse=reverse)
    beyond = jnp.cumsum(mask.any(axis=1)[::-1])[::-1] == 0  # later than every sequence
    return tuple(jnp.where(beyond[:, None, None], 0, a) for a in after), last


@partial(jax.jit, static_argnums=(0, 1, 2))
def value_and_grad(run, cell, reverse, pulls, mask, *arguments):
    def value(*arguments):
        out = run(cell, reverse, *arguments, mask)
        return sum(jax.tree.leaves(jax.tree.map(jnp.vdot, pulls, out)))

    return jax.value_and_grad(value, argnums=(0, 1, 2, 3))(*arguments)


@both_ways
@pytest.mark.parametrize(
    ("cell", "gates", "count"),
    [(tanh_cell, 1, 1), (linear_cell, 1, 1), (gru_cell, 3, 1), (lstm_cell, 4, 2)],
)
@pytest.mark.parametrize(
    "mask",
    [pytest.param(MASK, marks=pytest.mark.slow), HOLES, MASK & False],
    ids=["lengths", "holes", "nothing"],
)
def test_its_own_gradient_is_that_of_a_plain_scan(cell, gates, count, reverse, mask):
    arguments = (
        random(S, B, gates * D),
        random(D, gates * D, seed=1),
        random(gates * D, seed=2),
        tuple(random(B, D, seed=3 + i) for i in range(count)),
    )
    pulls = tuple(random(S, B, D, seed=5 + i) for i in range(count))
    pulls = pulls, tuple(random(B, D, seed=7 + i) for i in range(count))

    got, wanted = (
        value_and_grad(run, cell, reverse, pulls, jnp.asarray(mask.T), *arguments)
        for run in (recurrence, plain_scan)
    )
    for g, w in zip(jax.tree.leaves(got), jax.tree.leaves(wanted), strict=True):
        close(g, w, atol=1e-5)


@both_ways
@each_layer
def test_what_stands_in_the_padding_does_not_matter(layer, reverse):
    module, inputs, mask = build(layer, reverse), random(B, S, E), jnp.asarray(MASK)
    scribbled = jnp.where(mask[..., None], inputs, 1e6)
    state = module.zero_state(B)
    clean, scribbled_out = (apply(module, x, mask, state) for x in (inputs, scribbled))
    jax.tree.map(np.testing.assert_array_equal, clean, scribbled_out)

    @jax.jit
    def gradient(inputs):
        return jax.grad(lambda x: (module(x, mask)[0] ** 2).sum())(inputs)

    pull = gradient(scribbled)
    assert np.abs(pull[MASK]).min() > 0
    np.testing.assert_array_equal(pull[~MASK], 0)


@both_ways
def test_a_linear_rnn_has_no_tanh(reverse):
    module = RNN(E, D, activation="linear", reverse=reverse, rngs=nnx.Rngs(0))
    module.b_in[...], inputs, state = random(D, seed=4), random(B, S, E), states(RNN)
    outputs, last = apply(module, inputs, jnp.asarray(MASK), state)
    wanted_outputs, wanted_last = loops.run(module, inputs, MASK, state)
    close(outputs, wanted_outputs)
    close(last[0], wanted_last[0])
    double, _ = apply(module, 2 * inputs, jnp.asarray(MASK), (2 * state[0],))
    once, _ = apply(module, inputs, jnp.asarray(MASK), state)
    none, _ = apply(module, 0 * inputs, jnp.asarray(MASK), (0 * state[0],))
    close(double - none, 2 * (once - none), atol=1e-5)


@both_ways
def test_padding_beyond_the_longest_changes_nothing(reverse):
    module, inputs, mask = build(GRU, reverse), random(B, S, E), jnp.asarray(MASK)
    more = 6
    wide = jnp.pad(inputs, ((0, 0), (0, more), (0, 0)), constant_values=9.0)
    state = module.zero_state(B)
    outputs, last = apply(module, inputs, mask, state)
    wide_outputs, wide_last = apply(module, wide, jnp.pad(mask, ((0, 0), (0, more))), state)
    np.testing.assert_array_equal(wide_outputs[:, :S], outputs)
    np.testing.assert_array_equal(wide_outputs[:, S:], 0)
    np.testing.assert_array_equal(wide_last[0], last[0])


@both_ways
def test_padding_beyond_the_longest_costs_nothing(reverse):
    walked = []

    def counting(a, q, state):
        jax.debug.callback(lambda: walked.append(1))
        return gru_cell(a, q, state)

    arguments = random(S, B, 3 * D), random(D, 3 * D), random(3 * D), (random(B, D),)
    jax.block_until_ready(recurrence(counting, reverse, *arguments, jnp.asarray(MASK.T)))
    jax.effects_barrier()
    assert len(walked) == LENGTHS.max() < S


@each_layer
def test_every_parameter_gets_a_gradient(layer):
    @nnx.jit
    def gradient(module):
        return nnx.grad(lambda m: (m(random(B, S, E))[0] ** 2).sum())(module)

    grads = gradient(build(layer))
    for path, g in nnx.to_flat_state(grads):
        assert np.abs(g[...]).max() > 0, path


def test_the_forget_gate_starts_open_and_the_other_biases_at_zero():
    i, f, g, o = np.split(np.asarray(LSTM(E, D, rngs=nnx.Rngs(0)).b_in[...]), 4)
    np.testing.assert_array_equal(f, 1)
    np.testing.assert_array_equal(np.concatenate([i, g, o]), 0)


@each_layer
def test_recurrent_matrices_start_orthogonal_gate_by_gate(layer):
    for block in np.split(np.asarray(layer(E, D, rngs=nnx.Rngs(0)).W_rec[...]), layer.gates, 1):
        close(block @ block.T, np.eye(D), atol=1e-5)


def flax_twin(module, reverse):
    """The same layer in flax.nnx. Its GRU has no bias on the state's side: ours is set to 0."""
    cells = {RNN: nnx.SimpleCell, GRU: nnx.GRUCell, LSTM: nnx.OptimizedLSTMCell}
    cell = cells[type(module)](E, D, rngs=nnx.Rngs(1))
    cell.dense_i.kernel[...] = module.W_in[...]
    cell.dense_h.kernel[...] = module.W_rec[...]
    if isinstance(module, GRU):
        module.b_rec[...] = jnp.zeros_like(module.b_rec[...])
    bias = cell.dense_h.bias if isinstance(module, LSTM) else cell.dense_i.bias
    bias[...] = module.b_in[...]
    return nnx.RNN(cell, reverse=reverse, keep_order=True, return_carry=True, rngs=False)


@both_ways
@each_layer
def test_agrees_with_flax_in_values_and_gradients(layer, reverse):
    module, inputs = build(layer, reverse), random(B, S, E)
    twin = flax_twin(module, reverse)
    pull = jnp.asarray(MASK)[..., None] * random(B, S, D, seed=1)  # flax writes on padding too
    pull_last = random(B, D, seed=2)

    def ours(module, inputs):
        outputs, last = module(inputs, jnp.asarray(MASK))
        return jnp.vdot(pull, outputs) + jnp.vdot(pull_last, last[0]), outputs

    def flaxs(twin, inputs):
        zero = jnp.zeros((B, D))
        carry, outputs = twin(
            inputs,
            seq_lengths=jnp.asarray(LENGTHS),
            initial_carry=(zero, zero) if layer is LSTM else zero,
        )
        h = carry[1] if layer is LSTM else carry  # flax keeps (c, h)
        return jnp.vdot(pull, outputs) + jnp.vdot(pull_last, h), outputs

    def both(function, module):
        graph, params, rest = nnx.split(module, nnx.Param, ...)

        def value(params, inputs):
            return function(nnx.merge(graph, params, rest), inputs)

        run = jax.jit(jax.value_and_grad(value, argnums=(0, 1), has_aux=True))
        (total, outputs), (grads, d_inputs) = run(params, inputs)
        return total, outputs, nnx.to_pure_dict(grads), d_inputs

    total, outputs, grads, d_inputs = both(ours, module)
    flax_total, flax_outputs, flax_grads, flax_d_inputs = both(flaxs, twin)
    close(total, flax_total)
    close(outputs[MASK], flax_outputs[MASK])
    close(d_inputs, flax_d_inputs)
    dense_i, dense_h = flax_grads["cell"]["dense_i"], flax_grads["cell"]["dense_h"]
    close(grads["W_in"], dense_i["kernel"])
    close(grads["W_rec"], dense_h["kernel"])
    close(grads["b_in"], (dense_h if layer is LSTM else dense_i)["bias"])


@pytest.mark.parity
@each_layer
def test_agrees_with_torch_on_packed_sequences_both_ways(layer):
    torch = pytest.importorskip("torch")
    module = Bidirectional(layer, E, D, rngs=nnx.Rngs(0))
    twin = getattr(torch.nn, layer.__name__)(E, D, batch_first=True, bidirectional=True)
    names = {"W_in": "weight_ih_l0", "W_rec": "weight_hh_l0", "b_in": "bias_ih_l0"}
    if layer is GRU:
        names["b_rec"] = "bias_hh_l0"
    else:
        torch.nn.init.zeros_(twin.bias_hh_l0)
        torch.nn.init.zeros_(twin.bias_hh_l0_reverse)
    pairs = [("forward", "", n, t) for n, t in names.items()]
    pairs += [("backward", "_reverse", n, t) for n, t in names.items()]
    for i, (part, suffix, name, torch_name) in enumerate(pairs):
        param = getattr(getattr(module, part), name)
        param[...] = 0.5 * random(*param.shape, seed=10 + i)
        with torch.no_grad():
            getattr(twin, torch_name + suffix).copy_(torch.from_numpy(np.array(param[...]).T))

    inputs, pull = random(B, S, E), random(B, S, 2 * D, seed=1)

    @nnx.jit
    def ours(module, inputs):
        def value(module, inputs):
            outputs = module(inputs, jnp.asarray(MASK))
            return jnp.vdot(pull, outputs), outputs

        return nnx.grad(value, argnums=(0, 1), has_aux=True)(module, inputs)

    (grads, d_inputs), outputs = ours(module, inputs)

    torch_inputs = torch.from_numpy(np.array(inputs)).requires_grad_()
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch_inputs, torch.from_numpy(LENGTHS), batch_first=True, enforce_sorted=False
    )
    torch_outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(
        twin(packed)[0], batch_first=True, total_length=S
    )
    (torch_outputs * torch.from_numpy(np.array(pull))).sum().backward()
    close(outputs, torch_outputs.detach().numpy())
    close(d_inputs, torch_inputs.grad.numpy())
    for part, suffix, name, torch_name in pairs:
        close(grads[part][name][...], getattr(twin, torch_name + suffix).grad.numpy().T, atol=1e-5)


@each_layer
@pytest.mark.parametrize(("sizes", "name"), [((0, D), "in_dim"), ((E, -1), "state_dim")])
def test_a_size_below_one_is_named_in_the_error(layer, sizes, name):
    with pytest.raises(ValueError, match=rf"{name} must be at least 1; got {min(sizes)}"):
        layer(*sizes, rngs=nnx.Rngs(0))


@each_layer
def test_inputs_of_the_wrong_width_are_named_in_the_error(layer):
    message = r"inputs must have width 2 \(in_dim\), shape \(B, S, E\); got \(3, 5, 4\)"
    with pytest.raises(ValueError, match=message):
        build(layer)(random(B, S, E + 2))


def test_a_mask_of_the_wrong_shape_is_named_in_the_error(as_reader):
    message = r"mask needs one flag per input, shape \(B, S\) = \(3, 5\); got \(3, 1\)"
    with pytest.raises(ValueError, match=message):
        build(GRU)(random(B, S, E), jnp.asarray(MASK[:, :1]))


def test_a_state_of_the_wrong_width_is_named_in_the_error():
    message = r"state must have shape \(B, D\) = \(3, 7\); got \(3, 6\)"
    with pytest.raises(ValueError, match=message):
        build(GRU)(random(B, S, E), None, (random(B, D - 1),))


def test_an_unknown_activation_is_named_in_the_error():
    with pytest.raises(ValueError, match="activation must be 'tanh' or 'linear'; got 'relu'"):
        RNN(E, D, activation="relu", rngs=nnx.Rngs(0))
