"""Mirrors encdec_lib/layers/blocks.py."""

import copy
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.blocks import (
    DecoderBlock,
    EncoderBlock,
    FeedForward,
    KVCache,
    Residual,
    attend_with_cache,
)
from encdec_lib.layers.masks import causal_mask
from tests.helpers import loops
from tests.systems import with_biases

B, T, S, H, D, F, K, V = 2, 3, 5, 2, 22, 7, 26, 13  # primes, twice a prime where it is cut in two
close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-5)
REAL = np.array([[True] * 5, [True] * 2 + [False] * 3])  # (B, S)
both_norms = pytest.mark.parametrize("pre_norm", [True, False], ids=["pre-norm", "post-norm"])


def normal(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def built(block, pre_norm=True, **choices):
    """Random biases, and scales of the norms that are not 1."""
    made = with_biases(block(D, H, F, pre_norm, **choices, rngs=nnx.Rngs(0)))
    for name in ("attention", "self_attention", "cross_attention", "feed_forward"):
        if hasattr(made, f"residual_{name}"):
            norm = getattr(made, f"residual_{name}").norm
            norm.scale[...] = 1 + 0.3 * normal(D, seed=len(name))
    return made


@nnx.jit
def encode(block, x, mask):
    return block(x, mask)


@nnx.jit
def decode(block, y, vectors, mask):
    memory = block.cross_attention.keys_values(vectors)
    return block(y, causal_mask(y.shape[1]), memory, mask)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_the_feed_forward_network_agrees_with_loops(activation):
    network = with_biases(FeedForward(D, F, activation=activation, rngs=nnx.Rngs(0)))
    x, curve = normal(B, T, D), getattr(loops, activation)
    for b in range(B):
        close(network(x)[b], loops.feed_forward(network, loops.float64(x)[b], curve))


@both_norms
@pytest.mark.parametrize(
    "choices",
    [{}, {"d_k": K, "d_v": V, "rotary": True}, {"activation": "gelu", "epsilon": 0.03}],
    ids=["plain", "rotary", "gelu, epsilon"],
)
def test_an_encoder_block_agrees_with_loops(pre_norm, choices):
    block, x = built(EncoderBlock, pre_norm, **choices), normal(B, S, D)
    epsilon = choices.get("epsilon", 1e-5)
    curve = getattr(loops, choices.get("activation", "relu"))
    out, weights = encode(block, x, jnp.asarray(REAL)[:, None])
    for b in range(B):
        seen = np.tile(REAL[b], (S, 1))
        kept = []

        def look(x, seen=seen, kept=kept):
            looked, w = loops.multi_head(block.attention, x, x, seen)
            kept.append(w)
            return looked

        wanted = loops.around(block.residual_attention, look, loops.float64(x)[b], epsilon)
        network = partial(loops.feed_forward, block.feed_forward, activation=curve)
        wanted = loops.around(block.residual_feed_forward, network, wanted, epsilon)
        close(out[b], wanted, rtol=1e-4, atol=2e-5)
        close(weights[b], kept[0])


@both_norms
@pytest.mark.parametrize(
    "choices", [{}, {"d_k": K, "d_v": V, "rotary": True}], ids=["plain", "rotary"]
)
def test_a_decoder_block_agrees_with_loops(pre_norm, choices):
    block = built(DecoderBlock, pre_norm, **choices)
    y, h = normal(B, T, D), normal(B, S, D, seed=1)
    out, own, cross = decode(block, y, h, jnp.asarray(REAL)[:, None])
    assert own.shape == (B, H, T, T) and cross.shape == (B, H, T, S)
    for b in range(B):
        h_b, before, kept = loops.float64(h)[b], np.tril(np.ones((T, T), bool)), []

        def look(y, before=before, kept=kept):
            looked, w = loops.multi_head(block.self_attention, y, y, before)
            kept.append(w)
            return looked

        def read(y, h_b=h_b, seen=np.tile(REAL[b], (T, 1)), kept=kept):  # noqa: B008
            looked, w = loops.multi_head(block.cross_attention, y, h_b, seen)
            kept.append(w)
            return looked

        wanted = loops.around(block.residual_self_attention, look, loops.float64(y)[b])
        wanted = loops.around(block.residual_cross_attention, read, wanted)
        network = partial(loops.feed_forward, block.feed_forward)
        wanted = loops.around(block.residual_feed_forward, network, wanted)
        close(out[b], wanted, rtol=1e-4, atol=2e-5)
        close(own[b], kept[0])
        close(cross[b], kept[1])


def test_cross_attention_is_never_rotary():
    block = built(DecoderBlock, rotary=True, d_k=K)
    assert block.self_attention.rotary and not block.cross_attention.rotary


@both_norms
@pytest.mark.parametrize("rotary", [False, True], ids=["plain", "rotary"])
def test_a_step_with_the_cache_is_a_row_of_the_whole(pre_norm, rotary):
    block = built(DecoderBlock, pre_norm, rotary=rotary, d_k=K, d_v=V)
    y, h, mask = normal(B, T, D), normal(B, S, D, seed=1), jnp.asarray(REAL)[:, None]
    out, own, cross = decode(block, y, h, mask)
    room = T + 4  # more than is needed
    # What stands in places that are not written yet must not matter.
    cache = KVCache(*(100 * normal(B, H, room, width, seed=2) for width in (K, V)))

    @nnx.jit
    def step(block, y, cache, place):
        return block.step(y, cache, place, block.cross_attention.keys_values(h), mask)

    for t in range(T):
        row, cache, looked = step(block, y[:, t : t + 1], cache, jnp.asarray(t))
        close(row[:, 0], out[:, t])
        close(looked[:, :, 0], cross[:, :, t])
    assert cache.keys.shape == (B, H, room, K) and cache.values.shape == (B, H, room, V)


@both_norms
@pytest.mark.parametrize("rotary", [False, True], ids=["plain", "rotary"])
def test_an_encoder_block_takes_a_step_where_nobody_looks_ahead(pre_norm, rotary):
    block = built(EncoderBlock, pre_norm, rotary=rotary, d_k=K, d_v=V)
    x, real = normal(B, S, D), jnp.asarray(REAL[:, ::-1])  # the second one begins with padding
    out, weights = encode(block, x, causal_mask(S) & real[:, None])
    room = S + 2
    cache = KVCache(*(100 * normal(B, H, room, width, seed=2) for width in (K, V)))
    hidden = jnp.pad(~real, ((0, 0), (0, room - S)))

    @nnx.jit
    def step(block, x, cache, place):
        return block.step(x, cache, place, hidden)

    for s in range(S):
        row, cache, looked = step(block, x[:, s : s + 1], cache, jnp.asarray(s))
        close(row[:, 0], out[:, s])
        close(looked[:, :, 0, :S], weights[:, :, s])
        np.testing.assert_array_equal(looked[..., S:], 0)


def test_looking_back_writes_one_place_and_reads_those_up_to_it():
    attention = built(EncoderBlock, d_k=K, d_v=V).attention
    cache = KVCache(*(normal(B, H, S, width, seed=2) for width in (K, V)))
    x, place, back = normal(B, 1, D), jnp.asarray(2), nnx.jit(attend_with_cache)
    _, after, weights = back(attention, x, cache, place, jnp.zeros((B, S), bool))
    for old, new, written in zip(cache, after, attention.keys_values(x), strict=True):
        old, new = np.asarray(old), np.asarray(new)
        close(new[:, :, 2], np.asarray(written)[:, :, 0])
        np.testing.assert_array_equal(np.delete(new, 2, axis=2), np.delete(old, 2, axis=2))
    assert weights.shape == (B, H, 1, S)
    weights = np.asarray(weights)
    assert (weights[..., :3] > 0).all() and (weights[..., 3:] == 0).all()
    np.testing.assert_allclose(weights.sum(-1), 1, rtol=1e-5)
    hidden = jnp.asarray([[False] * S, [True] + [False] * (S - 1)])
    weights = np.asarray(back(attention, x, cache, place, hidden)[2])
    assert (weights[0, ..., :3] > 0).all() and (weights[1, ..., 0] == 0).all()


def test_dropout_acts_on_the_sub_layer_and_not_on_the_way_around():
    x, fx = normal(1, 101, D), normal(1, 101, D, seed=1)
    around = Residual(D, True, 0.25, rngs=nnx.Rngs(0))
    added = np.asarray(around.add(x, fx) - x)
    dropped = np.abs(added) < 1e-6
    np.testing.assert_allclose(dropped.mean(), 0.25, atol=0.03)
    np.testing.assert_allclose(added[~dropped], np.asarray(fx)[~dropped] / 0.75, atol=1e-5)
    around.eval()
    close(around.add(x, fx), x + fx)


@both_norms
def test_one_position_and_no_source_give_finite_numbers(pre_norm):
    block, y, h = built(DecoderBlock, pre_norm), normal(B, 1, D), normal(B, S, D, seed=1)
    nothing = jnp.zeros((B, 1, S), bool)

    def total(block, y, h):
        return (decode(block, y, h, nothing)[0] ** 2).sum()

    grads = nnx.jit(nnx.grad(total, argnums=(0, 1, 2)))(block, y, h)
    assert all(np.isfinite(g).all() for g in jax.tree.leaves(grads))
    np.testing.assert_array_equal(grads[2], 0)  # nobody looked at the source


# Parity


def compare(torch, pulled, module, inputs, theirs, run, copy_weights):
    """Forward, and the gradient of every weight and input; `run` calls the twin on tensors."""
    graph, params, rest = nnx.split(module, nnx.Param, ...)

    def ours(params, *inputs):
        out = pulled(nnx.merge(graph, params, rest), *inputs)
        return (out * normal(*out.shape, seed=7)).sum(), out

    wrt = tuple(range(1 + len(inputs)))
    (grads, *grads_in), out = jax.jit(jax.grad(ours, wrt, has_aux=True))(params, *inputs)
    copy_weights(module, theirs)
    tensors = [torch.from_numpy(np.array(x)).requires_grad_() for x in inputs]
    wanted = run(*tensors)
    (wanted * torch.from_numpy(np.array(normal(*out.shape, seed=7)))).sum().backward()
    close(out, wanted.detach().numpy())
    for grad, x in zip(grads_in, tensors, strict=True):
        close(grad, x.grad.numpy())
    twin = copy.deepcopy(theirs)
    copy_weights(nnx.merge(graph, grads, rest), twin)  # our gradients, laid out as theirs
    for (name, mine), parameter in zip(twin.named_parameters(), theirs.parameters(), strict=True):
        # A sum over all positions: off by 1e-5 of the largest.
        other = parameter.grad.numpy()
        atol = 1e-5 * max(1, np.abs(other).max())
        close(mine.detach().numpy(), other, atol=atol, err_msg=name)


@both_norms
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parity
def test_an_encoder_block_agrees_with_torch(pre_norm, activation):
    torch = pytest.importorskip("torch")
    from benchmarks.torch_weights import copy_encoder_block

    theirs = torch.nn.TransformerEncoderLayer(
        D, H, F, 0.0, activation, 1e-3, batch_first=True, norm_first=pre_norm
    )
    compare(
        torch,
        lambda block, x: block(x, jnp.asarray(REAL)[:, None])[0],
        built(EncoderBlock, pre_norm, activation=activation, epsilon=1e-3),
        [normal(B, S, D)],
        theirs,
        lambda x: theirs(x, src_key_padding_mask=torch.from_numpy(~REAL)),
        copy_encoder_block,
    )


@both_norms
@pytest.mark.parity
def test_a_decoder_block_agrees_with_torch(pre_norm):
    torch = pytest.importorskip("torch")
    from benchmarks.torch_weights import copy_decoder_block

    theirs = torch.nn.TransformerDecoderLayer(D, H, F, 0.0, batch_first=True, norm_first=pre_norm)
    compare(
        torch,
        lambda block, y, h: decode(block, y, h, jnp.asarray(REAL)[:, None])[0],
        built(DecoderBlock, pre_norm),
        [normal(B, T, D), normal(B, S, D, seed=1)],
        theirs,
        lambda y, h: theirs(
            y,
            h,
            tgt_mask=torch.from_numpy(~np.tril(np.ones((T, T), bool))),
            memory_key_padding_mask=torch.from_numpy(~REAL),
        ),
        copy_decoder_block,
    )


# Errors


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"d_ff": 0}, "d_ff must be at least 1; got 0"),
        ({"heads": 3}, "heads must divide d_model = 22, .*; got heads = 3"),
        ({"d_v": 0}, "d_v must be at least 1; got 0"),
    ],
)
@pytest.mark.parametrize("block", [EncoderBlock, DecoderBlock])
def test_what_does_not_fit_is_named_in_the_error(block, sizes, message):
    with pytest.raises(ValueError, match=message):
        block(**({"d_model": D, "heads": H, "d_ff": F} | sizes), rngs=nnx.Rngs(0))


def test_another_activation_is_named_in_the_error():
    with pytest.raises(ValueError, match="activation must be one of relu, gelu; got 'tanh'"):
        EncoderBlock(D, H, F, activation="tanh", rngs=nnx.Rngs(0))
