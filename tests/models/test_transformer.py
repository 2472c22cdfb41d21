"""Mirrors encdec_lib/models/transformer.py."""

from functools import lru_cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.vocabulary import BOS, EOS, PAD
from encdec_lib.generate.beam import beam_search
from encdec_lib.generate.sampling import greedy
from encdec_lib.layers.positions import POSITIONS
from encdec_lib.layers.stack import StackConfig
from encdec_lib.models.transformer import (
    TransformerEncoder,
    transformer,
)
from encdec_lib.train.losses import shift_right
from tests.helpers import loops
from tests.helpers.small_transformers import (
    LONGEST,
    SOURCE,
    TARGET_IN,
    V_SOURCE,
    V_TARGET,
    B,
    D,
    F,
    H,
    S,
    T,
    close,
    configured,
    decode,
    look,
)
from tests.helpers.thinned import thinned
from tests.systems import with_biases

K, V = 26, 11  # K: twice a prime
DEEP = {"encoder_layers": 2, "decoder_layers": 3}  # in one case, as it takes long to compile
CASES = {
    "post-norm, sinusoidal": {"pre_norm": False} | DEEP,
    "pre-norm, sinusoidal, untied": {"tied": False},
    "learned, d_k ≠ d_v": {"positions": "learned", "d_k": K, "d_v": V},
    "post-norm, rotary, d_k ≠ d_v": {
        "positions": "rotary",
        "pre_norm": False,
        "d_k": K,
        "d_v": V,
    },
    "no positions, unscaled": {"positions": "none", "scaled": False},
}
every_case = pytest.mark.parametrize("case", CASES)
# Where the choices of a case can hardly matter, two stand for all.
two_cases = pytest.mark.parametrize(
    "case", thinned(CASES, ["pre-norm, sinusoidal, untied", "post-norm, rotary, d_k ≠ d_v"])
)


@lru_cache
def built(case):
    """Random biases; evaluating."""
    model = with_biases(transformer(configured(**CASES[case]), rngs=nnx.Rngs(0)))
    model.eval()
    return model


@nnx.jit
def encode(model, source):
    return model.encode(source)


# The equations


def tokens_by_loops(tokens, kind, words):
    rows = [np.sqrt(D) * loops.float64(tokens.embedding.embedding)[word] for word in words]
    if kind == "sinusoidal":
        rows = [row + loops.sinusoid(t, D) for t, row in enumerate(rows)]
    if kind == "learned":
        table = loops.float64(tokens.positions.table)
        rows = [row + table[t] for t, row in enumerate(rows)]
    return np.array(rows)


def stack(part, x, sub_layers):
    """Every block's sub-layers, then the last norm: the vectors, and all weights by name."""
    kept = {name: [] for name in sub_layers}
    for block in part.blocks:
        for name, over in sub_layers.items():

            def attend(x, block=block, name=name, over=over):
                attention = getattr(block, name)
                z = x if over is None else over
                seen = np.ones((len(x), len(z)), bool)
                if name == "self_attention":
                    seen = np.tril(seen)
                looked, weights = loops.multi_head(attention, x, z, seen)
                kept[name].append(weights)
                return looked

            x = loops.around(getattr(block, f"residual_{name}"), attend, x)
        network = partial(loops.feed_forward, block.feed_forward)
        x = loops.around(block.residual_feed_forward, network, x)
    if part.norm is not None:
        x = np.array([loops.layer_norm(part.norm, row) for row in x])
    return x, kept


@every_case
def test_agrees_with_the_equations_written_as_loops(case):
    model, kind = built(case), CASES[case].get("positions", "sinusoidal")
    encoder, decoder = model.encoder, model.decoder
    if decoder.output is None:
        matrix = loops.float64(decoder.tokens.embedding.embedding).T
    else:
        matrix = loops.float64(decoder.output.kernel)
    decoded, maps = decode(model, SOURCE, TARGET_IN), look(model, SOURCE, TARGET_IN)
    assert decoded.logits.shape == (B, T, V_TARGET)
    close(decoded.weights, maps.cross[-1])
    layers = (len(encoder.blocks), len(decoder.blocks))
    assert (len(maps.encoder), len(maps.decoder), len(maps.cross)) == (*layers, layers[1])
    for b in range(B):
        source = [w for w in np.asarray(SOURCE[b]) if w]
        target = [w for w in np.asarray(TARGET_IN[b]) if w]
        s, t = len(source), len(target)
        x = tokens_by_loops(encoder.tokens, kind, source)
        h, encoder_maps = stack(encoder, x, {"attention": None})
        y = tokens_by_loops(decoder.tokens, kind, target)
        y, decoder_maps = stack(decoder, y, {"self_attention": None, "cross_attention": h})
        np.testing.assert_allclose(encode(model, SOURCE).vectors[b, :s], h, rtol=1e-4, atol=3e-5)
        np.testing.assert_allclose(decoded.logits[b, :t], y @ matrix, rtol=1e-4, atol=1e-4)
        for mine, wanted in (
            (maps.encoder, encoder_maps["attention"]),
            (maps.decoder, decoder_maps["self_attention"]),
            (maps.cross, decoder_maps["cross_attention"]),
        ):
            for layer, by_loops in zip(mine, wanted, strict=True):
                _, rows, columns = by_loops.shape
                np.testing.assert_allclose(layer[b, :, :rows, :columns], by_loops, atol=2e-5)


@every_case
def test_the_choices_reach_every_attention(case):
    model, config = built(case), configured(**CASES[case])
    looking = [block.attention for block in model.encoder.blocks]
    looking += [block.self_attention for block in model.decoder.blocks]
    across = [block.cross_attention for block in model.decoder.blocks]
    for attention in looking + across:
        sizes = (config.heads, config.d_k or D // H, config.d_v or D // H)
        assert (attention.heads, attention.d_k, attention.d_v) == sizes
        assert attention.scaled == config.scaled
    assert {attention.rotary for attention in looking} == {config.positions == "rotary"}
    assert not any(attention.rotary for attention in across)


@every_case
def test_maps_add_up_to_one_and_hide_padding_and_what_comes_later(case):
    maps = look(built(case), SOURCE, TARGET_IN)
    padding = np.asarray(SOURCE) == PAD
    later = np.triu(np.ones((T, T), bool), 1)
    for name, layers in maps._asdict().items():
        for layer in np.asarray(layers):
            np.testing.assert_allclose(layer.sum(-1), 1, rtol=1e-5)
            if name == "decoder":
                np.testing.assert_array_equal(layer[..., later], 0)
            else:
                np.testing.assert_array_equal(np.moveaxis(layer, -1, 1)[padding], 0)


# What does not matter, and what does


@two_cases
def test_padding_does_not_matter(case):
    model, more = built(case), 4
    wide = [jnp.pad(x, ((0, 0), (0, more))) for x in (SOURCE, TARGET_IN)]
    before, after = decode(model, SOURCE, TARGET_IN), decode(model, *wide)
    np.testing.assert_allclose(after.logits[:, :T], before.logits, rtol=1e-6, atol=5e-6)
    np.testing.assert_allclose(after.weights[:, :, :T, :S], before.weights, atol=1e-6)
    alone = decode(model, SOURCE[1:2, :2], TARGET_IN[1:2])  # without padding, and without company
    np.testing.assert_allclose(alone.logits[0], before.logits[1], rtol=1e-6, atol=5e-6)


@every_case
def test_no_position_looks_ahead(case):
    model = built(case)
    before = decode(model, SOURCE, TARGET_IN).logits
    for t in range(1, T):
        other = (TARGET_IN[:, t] + 5) % (V_TARGET - 4) + 4
        after = decode(model, SOURCE, TARGET_IN.at[:, t].set(other)).logits
        np.testing.assert_array_equal(after[:, :t], before[:, :t])
        assert np.abs(after - before)[:, t:].max(axis=(1, 2)).min() > 1e-3


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("pre_norm", [True, False], ids=["pre-norm", "post-norm"])
def test_without_positions_the_encoder_cannot_tell_two_orders_apart(positions, pre_norm):
    config = configured(positions=positions, pre_norm=pre_norm, d_k=K)
    encoder = with_biases(TransformerEncoder(V_SOURCE, config.encoder, rngs=nnx.Rngs(0)))
    order = np.array([4, 2, 0, 6, 1, 3, 5])
    source = jnp.stack([SOURCE[0], SOURCE[0][order]])
    one, other = nnx.jit(lambda e, s: e(s, s != PAD).vectors)(encoder, source)
    moved = np.abs(np.asarray(other) - np.asarray(one)[order]).max()
    assert moved < 1e-5 if positions == "none" else moved > 1e-3


# Writing


@two_cases
def test_a_step_with_the_cache_is_teacher_forcing(case):
    model = built(case)
    decoded = decode(model, SOURCE, TARGET_IN)
    start = nnx.jit(lambda model, source: model.decoder.start(model.encode(source), T))
    step = nnx.jit(lambda model, state, token: model.decoder.step(state, token))
    state = start(model, SOURCE)
    for t in range(T):
        state, logits, weights = step(model, state, TARGET_IN[:, t])
        close(logits, decoded.logits[:, t])
        close(weights, decoded.weights[:, :, t])


def sharpened(case, seed, times=3.0):
    """Larger weights, so that the source matters: fresh ones bet on the token before."""
    model = transformer(configured(**CASES[case]), rngs=nnx.Rngs(seed))
    for path, param in nnx.to_flat_state(nnx.state(model.decoder, nnx.Param)):
        if path[-1] == "kernel":
            param[...] = times * param[...]
    model.eval()
    return model


@two_cases
def test_greedy_with_the_cache_is_greedy_without(case):
    lengths, length = set(), 6
    for seed in range(3):
        model = sharpened(case, seed)
        found = greedy(model, np.asarray(SOURCE), max_length=length)
        tokens, total = np.zeros((B, length), int), np.zeros(B)
        for t in range(length):  # all of it, from the start, for every token
            target_in = jnp.asarray(np.c_[np.full(B, BOS), tokens[:, :-1]])
            log_p = jax.nn.log_softmax(decode(model, SOURCE, target_in).logits[:, t])
            log_p = np.asarray(log_p.at[:, jnp.array([PAD, BOS])].set(-jnp.inf))
            going = ~(tokens == EOS).any(axis=1)
            tokens[:, t] = np.where(going, log_p.argmax(-1), PAD)
            total += np.where(going, log_p.max(-1), 0)
        np.testing.assert_array_equal(found.tokens, tokens)
        close(found.scores, total)
        maps = look(model, SOURCE, shift_right(jnp.asarray(tokens)))
        close(found.weights, np.where((tokens != PAD)[:, None, :, None], maps.cross[-1], 0))
        lengths |= {tuple(row) for row in tokens}
    assert len(lengths) > 3  # not one answer for everything


@two_cases
def test_beams_carry_their_caches(case):
    length, other = 6, 0
    for seed in range(3):
        model = sharpened(case, seed, times=1.5)
        narrow = greedy(model, np.asarray(SOURCE), max_length=length)
        wide = beam_search(model, np.asarray(SOURCE), max_length=length, width=5)
        tokens = jnp.asarray(wide.tokens)
        log_p = jax.nn.log_softmax(decode(model, SOURCE, shift_right(tokens)).logits)
        each = np.take_along_axis(np.asarray(log_p), np.asarray(tokens)[..., None], axis=-1)
        close(wide.scores, np.where(wide.tokens != PAD, each[..., 0], 0).sum(axis=1))
        assert (wide.scores >= narrow.scores - 1e-5).all()
        other += (wide.tokens != narrow.tokens).any(axis=1).sum()
    assert other > 1  # winners that changed places on the way


# Numbers


@pytest.mark.parametrize("pre_norm", thinned([True, False], [True]))
@pytest.mark.slow
def test_bfloat16_is_float32_but_for_rounding(pre_norm):
    exact, rounded = (
        with_biases(transformer(configured(pre_norm=pre_norm, dtype=dtype), rngs=nnx.Rngs(0)))
        for dtype in ("float32", "bfloat16")
    )
    weights = nnx.state(rounded, nnx.Param)
    assert {p.dtype for p in jax.tree.leaves(weights)} == {jnp.dtype("float32")}
    logits, wanted = (decode(model, SOURCE, TARGET_IN).logits for model in (rounded, exact))
    assert logits.dtype == jnp.bfloat16
    # 8 bits: each rounding is off by at most 2^-9 of the number. About 30 results are rounded on
    # the way through 3 blocks; off at random, they add up to sqrt(30) · 2^-9 = 0.011 of the
    # logits' size, and the largest of 255 such sums is about 3 times as far off.
    size = np.sqrt((np.asarray(wanted) ** 2).mean())
    error = np.abs(np.asarray(logits, np.float32) - np.asarray(wanted))
    assert np.sqrt((error**2).mean()) < 0.03 * size and error.max() < 0.1 * size
    # The cached step rounds at the same places.
    step = nnx.jit(lambda model, state, token: model.decoder.step(state, token))
    start = nnx.jit(lambda model, source: model.decoder.start(model.encode(source), T))
    state = start(rounded, SOURCE)
    for t in range(T):
        state, one, _ = step(rounded, state, TARGET_IN[:, t])
        error = np.asarray(one, np.float32) - np.asarray(logits[:, t], np.float32)
        assert np.abs(error).max() < 0.05 * size
    assert all(x.dtype == jnp.bfloat16 for x in state.carry[1:])


@pytest.mark.parametrize("dtype", thinned(["float32", "bfloat16"], ["float32"]))
@pytest.mark.parametrize("pre_norm", thinned([True, False], [True]))
def test_nothing_to_see_and_one_position_give_finite_numbers(dtype, pre_norm):
    model = transformer(configured(pre_norm=pre_norm, dtype=dtype), rngs=nnx.Rngs(0))

    def total(model, source, target_in):
        logits = model(source, target_in).logits.astype(jnp.float32)
        return (logits**2).sum(), logits

    nothing, one_word = SOURCE.at[1].set(PAD), SOURCE[:, :1]
    for source, target_in in ((nothing, TARGET_IN), (one_word, TARGET_IN[:, :1])):
        grads, logits = nnx.jit(nnx.grad(total, has_aux=True))(model, source, target_in)
        assert np.isfinite(logits).all()
        assert all(np.isfinite(g).all() for g in jax.tree.leaves(grads))


def test_dropout_acts_in_training_alone():
    dropping = with_biases(transformer(configured(dropout=0.3), rngs=nnx.Rngs(0)))
    plain = transformer(configured(), rngs=nnx.Rngs(1))
    nnx.update(plain, nnx.state(dropping, nnx.Param))
    dropping.train()
    one, two = (decode(dropping, SOURCE, TARGET_IN).logits for _ in range(2))
    assert np.abs(one - two).max(axis=(1, 2)).min() > 0.1  # other tokens, other layers
    dropping.eval()
    for _ in range(2):
        wanted = decode(plain, SOURCE, TARGET_IN).logits
        np.testing.assert_array_equal(decode(dropping, SOURCE, TARGET_IN).logits, wanted)


def test_what_the_choices_cost():
    def count(**choices):
        model = transformer(configured(**choices), rngs=nnx.Rngs(0))
        return sum(p.size for p in jax.tree.leaves(nnx.state(model, nnx.Param)))

    attention, network, norm = 4 * (D * D + D), D * F + F + F * D + D, 2 * D
    layers = (attention + network + 2 * norm) + 2 * (2 * attention + network + 3 * norm)
    tables = (V_SOURCE + V_TARGET) * D
    assert count() == tables + layers + 2 * norm
    assert count(pre_norm=False) == tables + layers  # no last norms
    assert count(tied=False) == count() + D * V_TARGET
    assert count(positions="learned") == count() + 2 * LONGEST * D
    assert count(heads=11) == count(heads=11, positions="rotary") == count()


@pytest.mark.slow
def test_embeddings_come_in_as_large_as_positions():
    wide = StackConfig(d_model=512, heads=8, layers=1)
    tokens = TransformerEncoder(1009, wide, rngs=nnx.Rngs(0)).tokens
    table = np.asarray(tokens.embedding.embedding[...])
    np.testing.assert_allclose(table.std(), 512**-0.5, rtol=0.02)
    ids = jnp.arange(2, 7)[None]
    added = tokens(ids, 3)[0] - tokens.scale * tokens.embedding(ids)[0]
    wanted = [loops.sinusoid(t, 512) for t in range(3, 8)]
    np.testing.assert_allclose(added, wanted, atol=1e-5)  # `first` says where they stand
