"""Mirrors encdec_lib/runtime/batched.py."""

import jax
import numpy as np
import pytest
from flax import nnx

from encdec_lib.runtime import batched
from encdec_lib.runtime.batched import run_batched

N, D, OUT = 7, 3, 2
ROWS = np.random.default_rng(0).normal(size=(N, D)).astype(np.float32)
LENGTHS = np.array([4, 1, 3, 7, 2, 6, 5])  # sorting them is not its own inverse


def applied(model, rows, *more, times=1):
    """A row times the kernel, and what else came with it."""
    return {"y": times * model(rows), "more": more}


@pytest.fixture
def layer():
    return nnx.Linear(D, OUT, rngs=nnx.Rngs(0))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11])
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["in order", "by length"])
@pytest.mark.parametrize("flops", [1, 1e12], ids=["one device", "all devices"])
def test_every_row_gets_its_own_result_whatever_the_batches(layer, size, lengths, flops):
    numbers = np.arange(N)
    found = run_batched(
        applied, layer, ROWS, numbers, batch_size=size, flops=flops, lengths=lengths, times=3
    )
    np.testing.assert_allclose(found["y"], 3 * (ROWS @ layer.kernel[...]), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(found["more"][0], numbers)


def test_rows_of_similar_length_share_a_batch(layer, monkeypatch):
    seen = []
    monkeypatch.setattr(batched, "devices_for", lambda flops: jax.local_devices()[:1])
    compiled = batched._compiled

    def watched(*key):
        run = compiled(*key)

        def run_and_note(state, rows, lengths):
            seen.append(sorted(lengths.tolist()))
            return run(state, rows, lengths)

        return run_and_note

    monkeypatch.setattr(batched, "_compiled", watched)
    run_batched(applied, layer, ROWS, LENGTHS, batch_size=3, flops=1, lengths=LENGTHS)
    assert seen == [[1, 2, 3], [4, 5, 6], [7, 7, 7]]


def test_weights_that_have_changed_need_no_new_program(layer):
    run_batched(applied, layer, ROWS, batch_size=2, flops=1)
    before = batched._compiled.cache_info().misses
    layer.kernel[...] = 2 * layer.kernel[...]
    found = run_batched(applied, layer, ROWS, batch_size=2, flops=1)
    assert batched._compiled.cache_info().misses == before
    np.testing.assert_allclose(found["y"], ROWS @ layer.kernel[...], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("rows", "size", "message"),
    [
        (ROWS[:0], 2, r"examples must hold at least one row; got \(0, 3\)"),
        (ROWS, 0, "batch_size must be at least 1; got 0"),
    ],
)
def test_bad_inputs_are_named_in_the_error(layer, rows, size, message):
    with pytest.raises(ValueError, match=message):
        run_batched(applied, layer, rows, batch_size=size, flops=1)
