"""Mirrors encdec_lib/layers/positions.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.positions import (
    LAYOUTS,
    POSITIONS,
    Positions,
    rotate,
    sinusoidal,
    sinusoidal_grid,
)
from tests.helpers import loops

B, H, T, K, D = 2, 3, 5, 14, 22  # K and D: twice a prime
PLACES = jnp.array([0, 1, 2, 17, 101])  # T of them, far ones too


def vectors(seed=0, dtype=jnp.float32):
    return jnp.asarray(np.random.default_rng(seed).normal(size=(B, H, T, K)), dtype)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_sinusoids_agree_with_loops(layout):
    wanted = [loops.sinusoid(int(t), D, layout) for t in PLACES]
    table = sinusoidal(PLACES, D, layout)
    assert table.shape == (T, D)
    # float32 rounds the angle: at 101, where the fastest sine turns once in 6.3, by 8e-6
    np.testing.assert_allclose(table, wanted, rtol=0, atol=2e-5)


@pytest.mark.parametrize("width", [1, 7, 22, 24])
def test_a_cell_of_a_grid_is_told_its_row_and_its_column(width):
    wanted = [loops.cell(row, column, width) for row in range(3) for column in range(3)]
    np.testing.assert_allclose(sinusoidal_grid(3, width), wanted, atol=1e-6)


@pytest.mark.parametrize("sizes", [(0, 8), (3, 0)])
def test_a_grid_without_cells_is_named(sizes):
    name = "d_model" if sizes[0] else "side"
    with pytest.raises(ValueError, match=f"{name} must be at least 1; got 0"):
        sinusoidal_grid(*sizes)


def test_the_two_layouts_are_a_permutation_of_each_other():
    columns = np.arange(D).reshape(-1, 2).T.ravel()  # sines, then cosines
    np.testing.assert_array_equal(
        sinusoidal(PLACES, D, "concatenated"), sinusoidal(PLACES, D)[:, columns]
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_product_of_two_sinusoids_depends_on_their_distance_alone(layout):
    table = np.asarray(sinusoidal(jnp.arange(41), D, layout), np.float64)
    products = table @ table.T
    for n in range(41):
        wanted = sum(np.cos(n / 10000 ** (2 * m / D)) for m in range(D // 2))
        np.testing.assert_allclose(np.diagonal(products, n), wanted, rtol=0, atol=5e-5)
    np.testing.assert_allclose(np.linalg.norm(table, axis=1), np.sqrt(D / 2), rtol=1e-6)


def test_a_shorter_longest_wave_turns_faster():
    fast = sinusoidal(jnp.arange(3), 4, longest=9.0)
    np.testing.assert_allclose(fast[:, 2], np.sin(np.arange(3) / 3), rtol=1e-6)


def test_rotation_agrees_with_a_matrix_for_each_pair():
    x = vectors()
    turned = rotate(x, PLACES)
    for b, h, t in np.ndindex(B, H, T):
        wanted = loops.rotated(np.asarray(x[b, h, t], np.float64), int(PLACES[t]))
        np.testing.assert_allclose(turned[b, h, t], wanted, rtol=0, atol=5e-5)


@pytest.mark.parametrize(("dtype", "atol"), [(jnp.float32, 1e-6), (jnp.bfloat16, 2**-7)])
def test_rotation_keeps_lengths_shape_and_dtype(dtype, atol):
    x = vectors(dtype=dtype)
    turned = rotate(x, PLACES)
    assert (turned.shape, turned.dtype) == (x.shape, dtype)
    lengths = (np.linalg.norm(np.asarray(v, np.float64), axis=-1) for v in (turned, x))
    np.testing.assert_allclose(*lengths, rtol=atol)
    np.testing.assert_array_equal(rotate(x, jnp.zeros(T, int)), x)


def test_a_product_of_two_rotated_vectors_depends_on_their_distance_alone():
    queries, keys = vectors(0), vectors(1)
    products = np.array(
        [
            jnp.einsum("BHTK,BHTK->BHT", rotate(queries, t), rotate(keys, t + jnp.arange(T)))
            for t in (jnp.full(T, first) for first in (0, 3, 97))
        ]
    )
    np.testing.assert_allclose(products[1:], np.tile(products[:1], (2, 1, 1, 1)), atol=2e-4)
    # and R_t q · R_{t+n} k = q · R_n k
    plain = jnp.einsum("BHTK,BHTK->BHT", queries, rotate(keys, jnp.arange(T)))
    np.testing.assert_allclose(products[0], plain, atol=1e-5)
    assert np.abs(plain - (queries * keys).sum(-1))[..., 1:].min() > 1e-3  # distance matters


def test_what_each_kind_adds():
    for kind in POSITIONS:
        added = Positions(kind, D, max_length=103, rngs=nnx.Rngs(0))
        table = added(PLACES)
        assert table.shape == (T, D)
        learned = [p.shape for p in jax.tree.leaves(nnx.state(added, nnx.Param))]
        assert learned == ([(103, D)] if kind == "learned" else [])
        if kind == "sinusoidal":
            np.testing.assert_array_equal(table, sinusoidal(PLACES, D))
        elif kind == "learned":
            np.testing.assert_array_equal(table, np.asarray(added.table[...])[np.asarray(PLACES)])
            # as large as a sinusoid
            np.testing.assert_allclose(np.asarray(added.table[...]).std(), 0.5**0.5, rtol=0.05)
        else:
            np.testing.assert_array_equal(table, 0)


def test_only_learned_positions_know_a_longest_sequence():
    for kind in POSITIONS:
        added = Positions(kind, D, max_length=T, rngs=nnx.Rngs(0))
        added.check(T)
        if kind == "learned":
            message = r"max_length is 5: .* no learned positions for a sequence of 6 tokens.*larger"
            with pytest.raises(ValueError, match=message):
                added.check(T + 1)
        else:
            added.check(T + 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sinusoidal(jnp.arange(2), 7), r"must be even.*got 7\. Choose an even d_model"),
        (lambda: sinusoidal(jnp.arange(2), 0), "d_model must be at least 1; got 0"),
        (
            lambda: sinusoidal(jnp.arange(2), 4, "mixed"),
            "layout must be one of interleaved, concatenated; got 'mixed'",
        ),
        (lambda: rotate(jnp.zeros((1, 1, 2, 7)), jnp.arange(2)), "got 7.*even d_k"),
        (
            lambda: Positions("absolute", 4, rngs=nnx.Rngs(0)),
            "positions must be one of sinusoidal, learned, rotary, none; got 'absolute'",
        ),
        (
            lambda: Positions("learned", 4, max_length=0, rngs=nnx.Rngs(0)),
            "max_length must be at least 1; got 0",
        ),
        (lambda: Positions("sinusoidal", 7, rngs=nnx.Rngs(0)), "must be even.*got 7"),
    ],
)
def test_what_does_not_fit_is_named_in_the_error(call, message):
    with pytest.raises(ValueError, match=message):
        call()
