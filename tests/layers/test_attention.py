"""Mirrors the second half of encdec_lib/layers/attention.py: queries, keys, values and heads."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.attention import MultiHeadAttention, dot_product_attention
from encdec_lib.layers.masks import causal_mask
from tests.helpers import loops
from tests.helpers.heads import (
    MASK,
    MASKS,
    B,
    D,
    H,
    K,
    S,
    T,
    V,
    built,
    close,
    normal,
    queries_keys_values,
)

# Compiled as a whole: one by one, each operation would be compiled by itself.
mix = jax.jit(dot_product_attention, static_argnames=("scale", "fused"))


@nnx.jit
def look(attend, x, z, mask):
    return attend(x, z, mask)


def spread(mask):
    return np.broadcast_to(mask, (B, *np.broadcast_shapes(mask.shape[1:], (T, S))))


# The equations


@pytest.mark.parametrize("scale", [None, 1.0, 0.3])
@pytest.mark.parametrize("mask", MASKS)
def test_dot_product_attention_agrees_with_loops(mask, scale):
    q, k, v = queries_keys_values()
    mixtures, weights = mix(q, k, v, jnp.asarray(MASKS[mask]), scale)
    assert mixtures.shape == (B, H, T, V) and weights.shape == (B, H, T, S)
    q, k, v = (loops.float64(x) for x in (q, k, v))
    for b, h, t in np.ndindex(B, H, T):
        seen = spread(MASKS[mask])[b, t]
        wanted = loops.dot_product(q[b, h, t], k[b, h], v[b, h], seen, scale)
        close(mixtures[b, h, t], wanted[0])
        close(weights[b, h, t], wanted[1])
        np.testing.assert_array_equal(weights[b, h, t][~seen], 0)


@pytest.mark.parametrize(
    "choices",
    [{}, {"scaled": False}, {"heads": 1}, {"rotary": True, "d_k": 22}],
    ids=["heads", "unscaled", "one head", "rotary"],
)
@pytest.mark.parametrize("mask", MASKS)
def test_multi_head_attention_agrees_with_loops(mask, choices):
    attend, x, z = built(**choices), normal(B, T, D), normal(B, S, D, seed=1)
    out, weights = look(attend, x, z, jnp.asarray(MASKS[mask]))
    assert out.shape == (B, T, D) and weights.shape == (B, attend.heads, T, S)
    for b in range(B):
        seen = spread(MASKS[mask])[b]
        wanted = loops.multi_head(attend, loops.float64(x)[b], loops.float64(z)[b], seen)
        close(out[b], wanted[0], rtol=1e-4)
        close(weights[b], wanted[1])
        rows = seen.any(axis=1)  # of weights: 1, or 0 where there is nothing to look at
        np.testing.assert_allclose(weights[b].sum(-1), np.tile(rows, (attend.heads, 1)), atol=1e-6)


def test_self_attention_under_the_causal_mask_does_not_look_ahead():
    attend, x = built(), normal(B, T, D)
    out, weights = look(attend, x, x, causal_mask(T))
    assert (np.asarray(weights) > 0)[..., np.tril(np.ones((T, T), bool))].all()
    np.testing.assert_array_equal(np.asarray(weights)[..., np.triu(np.ones((T, T), bool), 1)], 0)
    for t in range(1, T):
        z = x.at[:, t:].add(1.0)
        np.testing.assert_array_equal(look(attend, z, z, causal_mask(T))[0][:, :t], out[:, :t])


def test_without_positions_the_order_of_what_is_seen_does_not_matter():
    attend, x, z = built(), normal(B, T, D), normal(B, S, D, seed=1)
    order, mask = np.array([4, 2, 0, 6, 1, 3, 5]), jnp.asarray(MASKS["padding"])
    out, weights = look(attend, x, z, mask)
    turned, turned_weights = look(attend, x, z[:, order], mask[:, :, order])
    close(turned, out)
    close(turned_weights, weights[..., order])


def test_rotary_attention_depends_on_distances_alone():
    attend, x = built(rotary=True, d_k=22), normal(B, T, D)

    @nnx.jit
    def at(attend, x, places):
        queries, memory = attend.queries(x, places), attend.keys_values(x, places)
        return attend.attend(queries, *memory, causal_mask(T))

    near, far, still = (
        at(attend, x, p) for p in (jnp.arange(T), 31 + jnp.arange(T), jnp.zeros(T, int))
    )
    for one, other in zip(near, far, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
    for one, other in zip(near, look(attend, x, x, causal_mask(T)), strict=True):
        close(one, other)  # counted from 0 where nobody says
    assert np.abs(near[1] - still[1]).max() > 1e-2


def test_heads_share_the_width_where_none_is_given():
    attend = MultiHeadAttention(15, 3, rngs=nnx.Rngs(0))
    assert (attend.d_k, attend.d_v) == (5, 5)
    assert MultiHeadAttention(15, 3, d_k=7, rngs=nnx.Rngs(0)).d_v == 5
    for heads in (1, 4, 12):  # as many as you like, for nothing
        attend = MultiHeadAttention(12, heads, rngs=nnx.Rngs(0))
        assert sum(p.size for p in jax.tree.leaves(nnx.state(attend))) == 4 * (12 * 12 + 12)


def test_without_biases():
    plain, x, z = built(bias=False), normal(B, T, D), normal(B, S, D, seed=1)
    names = {path[-1] for path, _ in nnx.to_flat_state(nnx.state(plain))}
    assert names == {"kernel"}
    zeros = MultiHeadAttention(D, H, d_k=K, d_v=V, rngs=nnx.Rngs(0))
    for name in ("query", "key", "value", "output"):
        getattr(zeros, name).kernel[...] = getattr(plain, name).kernel[...]
    mask = jnp.asarray(MASK)
    close(look(plain, x, z, mask)[0], look(zeros, x, z, mask)[0])


def test_every_parameter_gets_a_gradient():
    x, z = normal(B, T, D), normal(B, S, D, seed=1)
    loss = nnx.grad(lambda m: (m(x, z, jnp.asarray(MASK))[0] ** 2).sum())
    grads = nnx.jit(loss)(built())
    flat = {"/".join(path): np.abs(g[...]).max() for path, g in nnx.to_flat_state(grads)}
    assert len(flat) == 8
    # a bias of the keys moves all scores of a query alike: softmax does not notice
    assert flat.pop("key/bias") < 1e-4 and min(flat.values()) > 1e-2


# Numbers that go wrong easily

old = pytest.mark.skipif(
    jax.__version_info__ < (0, 8), reason="on a CPU this JAX cannot multiply bfloat16 when fused"
)
plain_and_fused = pytest.mark.parametrize(
    ("fused", "dtype"),
    [
        (False, jnp.float32),
        (False, jnp.bfloat16),
        (True, jnp.float32),
        pytest.param(True, jnp.bfloat16, marks=old),
    ],
    ids=["float32", "bfloat16", "fused float32", "fused bfloat16"],
)


@plain_and_fused
def test_a_query_that_may_look_at_nothing_gives_zeros_and_no_gradient(fused, dtype):
    inputs = queries_keys_values(v=K, dtype=dtype)
    mask = jnp.asarray(MASK)

    def total(q, k, v, mask):
        mixtures, weights = dot_product_attention(q, k, v, mask, fused=fused)
        pull = normal(*mixtures.shape, seed=9, dtype=dtype)
        pull_weights = normal(*weights.shape, seed=8, dtype=dtype)
        return (mixtures * pull).sum() + (weights * pull_weights).sum(), (mixtures, weights)

    gradients = jax.jit(jax.grad(total, argnums=(0, 1, 2), has_aux=True))
    grads, (mixtures, weights) = gradients(*inputs, mask)
    assert mixtures.dtype == weights.dtype == dtype
    np.testing.assert_array_equal(mixtures[1, :, 2], 0)
    np.testing.assert_array_equal(weights[1, :, 2], 0)
    np.testing.assert_array_equal(grads[0][1, :, 2], 0)
    assert all(np.isfinite(np.asarray(g, np.float32)).all() for g in grads)
    for g in gradients(*inputs, jnp.zeros_like(mask))[0]:
        np.testing.assert_array_equal(g, 0)


@plain_and_fused
def test_huge_scores_give_no_nan(fused, dtype):
    q, k, v = queries_keys_values(v=K, dtype=dtype)
    scores = np.einsum("BHTK,BHSK->BHTS", *(np.asarray(x, np.float64) for x in (q, k)))
    q = (q * (1e4 / np.abs(scores).max())).astype(dtype)
    for scale in (1.0, 1e4):  # scores of ±1e4, of ±1e8

        def total(q, k, v, scale=scale):
            mixtures, weights = dot_product_attention(q, k, v, jnp.asarray(MASK), scale, fused)
            return (mixtures**2).sum() + (weights**2).sum(), (mixtures, weights)

        grads, answers = jax.jit(jax.grad(total, argnums=(0, 1, 2), has_aux=True))(q, k, v)
        for x in (*grads, *answers):
            assert np.isfinite(np.asarray(x, np.float32)).all()
        sums = np.asarray(answers[1], np.float32).sum(-1)
        wanted = np.broadcast_to(MASK.any(-1)[:, None], sums.shape)
        np.testing.assert_allclose(sums, wanted, atol=2**-7)


def test_what_is_hidden_does_not_matter():
    q, k, v = queries_keys_values()
    mask = MASKS["padding"]
    hidden = ~np.broadcast_to(mask[:, 0], (B, S))[:, None, :, None]
    scribbled = (jnp.where(hidden, 1e6, x) for x in (k, v))
    for one, other in zip(
        mix(q, k, v, jnp.asarray(mask)),
        mix(q, *scribbled, jnp.asarray(mask)),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


def test_one_position_looks_at_itself_alone():
    attend, x = built(), normal(B, 1, D)
    out, weights = look(attend, x, x, causal_mask(1))
    np.testing.assert_array_equal(weights, 1)
    close(out, attend.output(attend.value(x)))


def test_bfloat16_is_float32_but_for_rounding():
    x, z = normal(B, T, D), normal(B, S, D, seed=1)
    mask = jnp.asarray(MASK)
    (exact, exact_weights), (out, weights) = (
        look(built(dtype=dtype), x, z, mask) for dtype in (jnp.float32, jnp.bfloat16)
    )
    assert out.dtype == weights.dtype == jnp.bfloat16
    # 8 bits: each rounding is off by up to 2^-9 of the number; projections, products, weights,
    # mixtures and outputs are rounded in turn, which 2^-5 of the largest number covers.
    for one, other in ((exact, out), (exact_weights, weights)):
        np.testing.assert_allclose(
            one, np.asarray(other, np.float32), rtol=0, atol=2**-5 * np.abs(one).max()
        )


@pytest.mark.parametrize("v", [K, V], ids=["d_v = d_k", "d_v ≠ d_k"])
def test_the_fused_path_is_the_plain_one(v, scale=0.3):
    inputs = queries_keys_values(v=v)
    for mask in MASKS.values():
        plain, fused = (
            mix(*inputs, jnp.asarray(mask), scale, fused=fused) for fused in (False, True)
        )
        close(fused[0], plain[0])
        close(fused[1], plain[1])


# Errors


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"heads": 4}, "heads must divide d_model = 17, .*; got heads = 4. Choose a divisor, or"),
        ({"heads": 4, "d_k": 3}, "heads must divide d_model = 17, .*; got heads = 4"),
        ({"heads": 4, "d_v": 3}, "heads must divide d_model = 17, .*; got heads = 4"),
        ({"heads": 0}, "heads must be at least 1; got 0"),
        ({"d_model": 0}, "d_model must be at least 1; got 0"),
        ({"d_k": 0}, "d_k must be at least 1; got 0"),
        ({"d_v": -3}, "d_v must be at least 1; got -3"),
        ({"rotary": True}, "rotary positions turn pairs of numbers: d_k must be even; got 17"),
        ({"rotary": True, "d_k": 7, "d_v": 2}, "d_k must be even; got 7"),
    ],
)
def test_what_does_not_fit_is_named_in_the_error(choices, message):
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(**({"d_model": D, "heads": 1} | choices), rngs=nnx.Rngs(0))
