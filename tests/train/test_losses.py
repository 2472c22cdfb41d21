"""Mirrors encdec_lib/train/losses.py."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.train.losses import (
    masked_cross_entropy,
    shift_right,
    summed_cross_entropy,
    translation_loss,
)
from tests.helpers import loops
from tests.systems import V_SOURCE, V_TARGET, build, sentences

B, T, V = 2, 3, 5  # all different primes
rng = np.random.default_rng(0)
LOGITS = jnp.asarray(3 * rng.normal(size=(B, T, V)), jnp.float32)
TARGETS = jnp.array([[4, 2, 0], [3, 1, 2]])
MASK = jnp.array([[True, True, False], [True, False, True]])


def by_loops(epsilon):
    """Sum over real tokens and classes, one number at a time, in float64."""
    nats = 0.0
    for b, t in np.argwhere(np.asarray(MASK)):
        log_p = loops.log_softmax(np.asarray(LOGITS[b, t], np.float64))
        for v in range(V):
            nats -= ((1 - epsilon) * (v == TARGETS[b, t]) + epsilon / V) * log_p[v]
    return nats


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.9])
def test_agrees_with_the_formula_written_as_loops(epsilon):
    nats, count = summed_cross_entropy(LOGITS, TARGETS, MASK, epsilon)
    np.testing.assert_allclose(nats, by_loops(epsilon), rtol=1e-5)
    assert count == 4
    mean = masked_cross_entropy(LOGITS, TARGETS, MASK, epsilon)
    np.testing.assert_allclose(mean, by_loops(epsilon) / 4, rtol=1e-5)


def test_what_stands_under_the_mask_does_not_matter():
    other = jnp.where(MASK[..., None], LOGITS, 1e6), jnp.where(MASK, TARGETS, 4)
    assert masked_cross_entropy(*other, MASK) == masked_cross_entropy(LOGITS, TARGETS, MASK)
    grad = jax.grad(lambda x: masked_cross_entropy(x, TARGETS, MASK, 0.1))(LOGITS)
    np.testing.assert_array_equal(grad[~MASK], 0)
    assert np.abs(grad[MASK]).min() > 0


def test_an_empty_mask_gives_zero_and_no_gradient():
    loss = partial(masked_cross_entropy, targets=TARGETS, mask=jnp.zeros((B, T), bool))
    assert loss(LOGITS) == 0
    np.testing.assert_array_equal(jax.grad(loss)(LOGITS), 0)


def test_a_batch_in_two_halves_has_the_same_sum():
    halves = [summed_cross_entropy(LOGITS[b], TARGETS[b], MASK[b]) for b in np.eye(B, dtype=bool)]
    whole = summed_cross_entropy(LOGITS, TARGETS, MASK)
    for parts, total in zip(zip(*halves, strict=True), whole, strict=True):
        np.testing.assert_allclose(sum(parts), total, rtol=1e-6)


def test_shift_right_shows_each_position_the_token_before_it():
    target = jnp.array([[7, 8, 9, 2], [9, 2, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0]])
    seen = [[1, 7, 8, 9], [1, 9, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(shift_right(target), seen)


@pytest.mark.parametrize("epsilon", [0.0, 0.1])
def test_the_loss_of_a_model_is_that_of_its_shifted_target(epsilon):
    model = build("last state", "rnn")
    source = jnp.asarray(sentences([3, 1], V_SOURCE))
    target = jnp.asarray(sentences([2, 4], V_TARGET, end=2))
    nats, count = nnx.jit(translation_loss, static_argnums=2)(model, (source, target), epsilon)
    logits = nnx.jit(lambda m, *x: m(*x))(
        model, source, jnp.array([[1, target[0, 0], 0, 0], [1, *target[1, :3]]])
    ).logits
    mask = jnp.arange(4)[None] < jnp.array([[2], [4]])
    mean = masked_cross_entropy(logits, target, mask, epsilon)
    assert count == 6
    np.testing.assert_allclose(nats / count, mean, rtol=1e-5)


@pytest.mark.parametrize("epsilon", [-0.1, 1.0])
def test_smoothing_out_of_range_is_named_in_the_error(epsilon):
    with pytest.raises(ValueError, match=rf"label_smoothing must lie in \[0, 1\); got {epsilon}"):
        masked_cross_entropy(LOGITS, TARGETS, MASK, epsilon)


def test_shapes_that_do_not_agree_are_named_in_the_error(as_reader):
    message = r"must agree on B and T; got \(2, 3, 5\), \(2, 2\) and \(2, 3\)"
    with pytest.raises(ValueError, match=message):
        masked_cross_entropy(LOGITS, TARGETS[:, :2], MASK)
