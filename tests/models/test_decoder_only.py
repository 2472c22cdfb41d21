"""Mirrors encdec_lib/models/decoder_only.py."""

from functools import lru_cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.vocabulary import EOS, PAD
from encdec_lib.encoding import Encoding
from encdec_lib.generate.sampling import greedy
from encdec_lib.models.decoder_only import (
    DecoderOnlyConfig,
    PrefixDecoder,
    prefix_captioner,
    prefix_mask,
    text_to_image,
)
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import shift_right
from tests.helpers import loops
from tests.systems import sentences, with_biases

B, S, T, V, V_PROMPT = 3, 5, 6, 17, 19
LONGEST_PROMPT, LONGEST, COLUMNS = 7, 9, 3
H, D, F, LAYERS = 2, 22, 13, 2  # D: twice a prime
SIDE, P, C = 6, 2, 5  # 9 patches
WORDS = jnp.asarray(sentences([5, 2, 4], V_PROMPT))
TARGET_IN = shift_right(jnp.asarray(sentences([6, 3, 4], V, seed=1, end=EOS)))
REAL = np.asarray(TARGET_IN) != PAD
PICTURES = jnp.asarray(np.random.default_rng(2).normal(size=(B, SIDE, SIDE, C)), jnp.float32)
CASES = {
    "words, full": {"columns": COLUMNS},
    "words, causal": {"columns": COLUMNS, "prefix": "causal"},
    "patches, full": {"prefix_length": 9},
}
WORD_CASES = [case for case in CASES if "words" in case]
every_case = pytest.mark.parametrize("case", CASES)
close = partial(np.testing.assert_allclose, rtol=1e-4, atol=3e-5)


def configured(**choices):
    sizes = {"d_model": D, "heads": H, "d_ff": F, "layers": LAYERS}
    sizes |= {"prefix_length": LONGEST_PROMPT, "max_length": LONGEST}
    return DecoderOnlyConfig(V, **(sizes | choices))


def made(case, **choices):
    """Random biases, and scales of the norms that are not 1."""
    config, rngs = configured(**CASES[case] | choices), nnx.Rngs(0)
    if "words" in case:
        model = with_biases(text_to_image(config, V_PROMPT, rngs=rngs))
    else:
        model = with_biases(prefix_captioner(config, P, C, rngs=rngs))
    rng = np.random.default_rng(3)
    for path, param in nnx.to_flat_state(nnx.state(model.decoder, nnx.Param)):
        if path[-1] == "scale":
            param[...] = jnp.asarray(1 + 0.3 * rng.normal(size=param.shape), jnp.float32)
    return model


@lru_cache
def built(case):
    return made(case)


def source_for(case):
    return WORDS if "words" in case else PICTURES


@nnx.jit
def decode(model, source, target_in):
    """Logits, the weights over the prefix, and the maps of all layers."""
    decoded = model(source, target_in)
    return *decoded, model.decoder.with_attention(target_in, model.encode(source))[1]


@nnx.jit(static_argnames="length")
def start(model, source, length):
    return model.decoder.start(model.encode(source), length)


@nnx.jit
def step(model, state, token):
    return model.decoder.step(state, token)


# The equations


def prefix_by_loops(encoder, source):
    """The vectors of one prompt without padding, or of one picture."""
    places = loops.float64(encoder.positions.table)
    if source.ndim == 1:
        table = loops.float64(encoder.embedding.embedding)
        return [np.sqrt(D) * table[word] + places[s] for s, word in enumerate(source)]
    patches = loops.cut(source, P)
    return [loops.linear(encoder.embed.project, x) + places[s] for s, x in enumerate(patches)]


def by_loops(model, source, target, prefix, columns):
    """Logits of one target, and the maps (H, S + T, S + T) of every layer."""
    decoder, maps = model.decoder, []
    x, table = prefix_by_loops(model.encoder, source), loops.float64(decoder.embedding.embedding)
    size = len(x)
    for t, token in enumerate(target):
        place = loops.float64(decoder.rows.table)[t // columns]
        if columns > 1:
            place = place + loops.float64(decoder.columns.table)[t % columns]
        x.append(np.sqrt(D) * table[token] + place)
    x = np.array(x)
    seen = np.zeros((len(x), len(x)), bool)
    for i in range(len(x)):
        for j in range(len(x)):
            seen[i, j] = j <= i or (prefix == "full" and i < size and j < size)
    for block in decoder.blocks:

        def attend(x, block=block):
            looked, weights = loops.multi_head(block.attention, x, x, seen)
            maps.append(weights)
            return looked

        x = loops.around(block.residual_attention, attend, x)
        network = partial(loops.feed_forward, block.feed_forward)
        x = loops.around(block.residual_feed_forward, network, x)
    rows = [loops.layer_norm(decoder.norm, row) for row in x[size:]]
    return np.array([loops.linear(decoder.output, row) for row in rows]), maps


@every_case
def test_agrees_with_the_equations_written_as_loops(case):
    model, source, choices = built(case), source_for(case), CASES[case]
    logits, weights, maps = decode(model, source, TARGET_IN)
    places = S if "words" in case else 9
    assert logits.shape == (B, T, V) and weights.shape == (B, H, T, places)
    assert [layer.shape for layer in maps] == [(B, H, places + T, places + T)] * LAYERS
    for b in range(B):
        given = np.asarray(source[b])
        given = given[given != PAD] if "words" in case else given.astype(np.float64)
        target = np.asarray(TARGET_IN[b])[REAL[b]]
        wanted, layers = by_loops(
            model, given, target, choices.get("prefix", "full"), choices.get("columns", 1)
        )
        t, s = len(target), layers[0].shape[-1] - len(target)
        close(logits[b, :t], wanted)
        close(weights[b, :, :t, :s], layers[-1][:, s:, :s])
        np.testing.assert_array_equal(weights[b, :, :, s:], 0)  # padding
        real = np.r_[:s, places : places + t]
        for layer, by_hand in zip(maps, layers, strict=True):
            close(np.asarray(layer)[b][:, real][:, :, real], by_hand)


@pytest.mark.parametrize("prefix", ["full", "causal"])
def test_the_mask_is_the_rule_in_words(prefix):
    real, length = np.array([[True, True, True], [True, False, False]]), 4
    mask = np.asarray(prefix_mask(jnp.asarray(real), length, prefix))
    assert mask.shape == (2, 7, 7)
    for b, i, j in np.ndindex(mask.shape):
        if j < 3 and not real[b, j]:
            assert not mask[b, i, j]  # nobody looks at padding
        elif i < 3:
            assert mask[b, i, j] == (j < 3 if prefix == "full" else j <= i)
        else:
            assert mask[b, i, j] == (j <= i)  # all of the prefix, and what was written


# Step by step


@every_case
def test_a_step_with_the_cache_is_teacher_forcing(case):
    model, source = built(case), source_for(case)
    logits, weights, _ = decode(model, source, TARGET_IN)
    state = start(model, source, LONGEST)  # room for more than there is
    for t in range(T):
        state, bets, looked = step(model, state, TARGET_IN[:, t])
        close(bets, logits[:, t])
        close(looked, weights[:, :, t])
    assert all(x.shape[2] == weights.shape[-1] + LONGEST for x in state.carry[1:])


# What does not matter, and what does


def test_padding_and_company_do_not_matter():
    model = built("words, full")
    logits, weights, _ = decode(model, WORDS, TARGET_IN)
    wide = jnp.pad(WORDS, ((0, 0), (0, 2))), jnp.pad(TARGET_IN, ((0, 0), (0, 3)))
    more, looked, _ = decode(model, *wide)
    close(more[:, :T][REAL], logits[REAL])
    close(looked[:, :, :T, :S], weights)
    np.testing.assert_array_equal(looked[..., S:], 0)
    alone, _, _ = decode(model, WORDS[1:2, :2], TARGET_IN[1:2])
    close(alone[0], logits[1])


@every_case
def test_no_target_position_looks_ahead(case):
    model, source = built(case), source_for(case)
    before = decode(model, source, TARGET_IN)[0]
    for t in range(1, T):
        other = (TARGET_IN[:, t] + 1) % (V - 4) + 4
        after = decode(model, source, TARGET_IN.at[:, t].set(other))[0]
        np.testing.assert_array_equal(after[:, :t], before[:, :t])
        assert np.abs(after - before)[:, t:].max(axis=(1, 2)).min() > 1e-3


@pytest.mark.parametrize("case", WORD_CASES)
def test_a_later_word_of_the_prefix_reaches_earlier_ones_only_where_all_see_all(case):
    model = built(case)
    before = start(model, WORDS, LONGEST)
    logits = decode(model, WORDS, TARGET_IN)[0]
    for s in range(1, S):
        words = WORDS.at[0, s].set(WORDS[0, s] % (V_PROMPT - 4) + 4)
        after = start(model, words, LONGEST)
        # Keys and values of the second layer: what the first made of each word.
        for old, new in zip(before.carry[3:5], after.carry[3:5], strict=True):
            change = np.abs(np.asarray(new - old))[0].max(axis=(0, 2))  # of every place
            assert change[s] > 1e-3
            if CASES[case].get("prefix") == "causal":
                np.testing.assert_array_equal(change[:s], 0)
            else:
                assert change[:s].min() > 1e-5
        # Every word of the target may look at all of it.
        moved = np.abs(decode(model, words, TARGET_IN)[0] - logits)
        assert moved[0].max(axis=-1).min() > 1e-4
        np.testing.assert_array_equal(moved[1:], 0)


@every_case
def test_the_order_of_the_prefix_matters(case):
    model, source = built(case), source_for(case)
    change = decode(model, source[:, ::-1], TARGET_IN)[0] - decode(model, source, TARGET_IN)[0]
    assert np.abs(change)[0].max() > 1e-3


# Numbers


@pytest.mark.slow
def test_bfloat16_is_float32_but_for_rounding():
    rounded = made("words, full", dtype="bfloat16")
    kept = nnx.state(rounded, nnx.Param)
    assert {p.dtype for p in jax.tree.leaves(kept)} == {jnp.dtype("float32")}
    logits, _, _ = decode(rounded, WORDS, TARGET_IN)
    wanted = np.asarray(decode(built("words, full"), WORDS, TARGET_IN)[0])
    assert logits.dtype == jnp.bfloat16
    error = np.abs(np.asarray(logits, np.float32) - wanted)
    # 8 bits, about 20 roundings on the way: sqrt(20) · 2^-9 = 0.009 of the logits' size.
    assert 0 < np.sqrt((error**2).mean()) < 0.03 * wanted.std()
    state = start(rounded, WORDS, LONGEST)
    state, bets, _ = step(rounded, state, TARGET_IN[:, 0])
    assert all(x.dtype == jnp.bfloat16 for x in state.carry[1:])
    error = np.abs(np.asarray(bets, np.float32) - np.asarray(logits[:, 0], np.float32))
    assert error.max() < 0.05 * wanted.std()


def test_every_parameter_gets_a_gradient_and_nothing_to_read_leaves_it_finite():
    for case in ("words, full", "patches, full"):
        graph, params, rest = nnx.split(built(case), nnx.Param, ...)
        pull = jnp.asarray(np.random.default_rng(4).normal(size=(B, T, V)), jnp.float32)

        @jax.jit
        @jax.grad
        def gradient(params, source, graph=graph, rest=rest, pull=pull):
            return (nnx.merge(graph, params, rest)(source, TARGET_IN).logits * pull).sum()

        for path, grad in nnx.to_flat_state(gradient(params, source_for(case))):
            # The same number is added to all scores of a query: softmax does not see it.
            if path[-2:] != ("key", "bias"):
                assert np.abs(grad[...]).max() > 1e-4, path
        if "words" in case:
            nothing = gradient(params, jnp.full_like(WORDS, PAD))
            assert all(np.isfinite(g).all() for g in jax.tree.leaves(nothing))


@pytest.mark.slow
def test_dropout_acts_in_training_alone():
    model = made("words, full", dropout=0.3)
    nnx.update(model, nnx.state(built("words, full"), nnx.Param))
    plain = decode(built("words, full"), WORDS, TARGET_IN)[0]
    np.testing.assert_array_equal(decode(model, WORDS, TARGET_IN)[0], plain)
    model.train()
    one, two = (decode(model, WORDS, TARGET_IN)[0] for _ in range(2))
    assert np.abs(one - two).max(axis=(1, 2)).min() > 0.01


def test_what_the_choices_cost():
    def count(**choices):
        model = nnx.eval_shape(
            lambda: text_to_image(configured(**choices), V_PROMPT, rngs=nnx.Rngs(0))
        )
        return sum(p.size for p in jax.tree.leaves(nnx.state(model, nnx.Param)))

    block = 4 * (D * D + D) + D * F + F + F * D + D + 4 * D
    rest = (V_PROMPT + LONGEST_PROMPT + V) * D + 2 * D + D * V + V
    assert count() == LAYERS * block + rest + LONGEST * D
    # A grid of 3 rows and 3 columns needs a vector for each, not for each of the 9 cells.
    assert count(columns=COLUMNS) == LAYERS * block + rest + (3 + 3) * D


def test_places_in_a_square_of_patches_start_from_row_and_column():
    model = prefix_captioner(configured(prefix_length=9), P, C, rngs=nnx.Rngs(0))
    wanted = [loops.cell(row, column, D) for row in range(3) for column in range(3)]
    np.testing.assert_allclose(model.encoder.positions.table, wanted, atol=1e-6)
    other = prefix_captioner(configured(prefix_length=6), P, C, rngs=nnx.Rngs(0))
    assert other.encoder.positions.table.shape == (6, D)  # 2×3: learned from the start


@pytest.mark.slow
def test_it_learns_by_heart_to_draw_what_it_is_told_and_writes_it_again():
    config = configured(columns=COLUMNS, max_length=T)
    model = text_to_image(config, V_PROMPT, rngs=nnx.Rngs(0))
    images = np.random.default_rng(5).integers(4, V, (B, T)).astype(np.int32)  # they end by length
    training = TrainConfig(steps=50, batch_size=B, learning_rate=0.02, warmup_steps=2)
    history = fit(model, (np.asarray(WORDS), images), training, progress=False)
    assert history.losses[-1] < 0.05 < 2 < history.losses[0]
    found = greedy(model, np.asarray(WORDS), max_length=T)
    np.testing.assert_array_equal(found.tokens, images)
    assert found.weights.shape == (B, H, T, S)


# Errors


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vocab": 0}, "vocab must be at least 1; got 0"),
        ({"prefix_length": 0}, "prefix_length must be at least 1; got 0"),
        ({"max_length": 0}, "max_length must be at least 1; got 0"),
        ({"columns": 0}, "columns must be at least 1; got 0"),
        ({"columns": 4}, "columns must divide max_length = 9, .*; got 4"),
        ({"d_model": 0}, "d_model must be at least 1; got 0"),
        ({"layers": 0}, "layers must be at least 1; got 0"),
        ({"d_ff": 0}, "d_ff must be at least 1; got 0"),
        ({"heads": 3}, "heads must divide d_model = 22, .*; got heads = 3"),
        ({"prefix": "all"}, "prefix must be one of full, causal; got 'all'"),
        ({"dtype": "float16"}, "dtype must be one of float32, bfloat16; got 'float16'"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\); got 1.0"),
    ],
)
def test_what_does_not_fit_is_named_in_the_error(change, message):
    with pytest.raises(ValueError, match=message):
        DecoderOnlyConfig(**{**vars(configured()), **change})


def test_another_rule_of_the_mask_is_named():
    with pytest.raises(ValueError, match="prefix must be one of full, causal; got 'none'"):
        prefix_mask(jnp.ones((1, 2), bool), 2, "none")


def test_a_target_without_positions_is_named():
    model = built("words, full")
    message = "max_length is 9: there are no positions for a target of 10 tokens"
    with pytest.raises(ValueError, match=message):
        model(WORDS, jnp.pad(TARGET_IN, ((0, 0), (0, 4))))
    with pytest.raises(ValueError, match=message):
        greedy(model, np.asarray(WORDS), max_length=10)


def test_a_prompt_without_positions_is_named():
    with pytest.raises(ValueError, match="prefix_length is 7: .* a prompt of 8 tokens"):
        built("words, full")(jnp.pad(WORDS, ((0, 0), (0, 3))), TARGET_IN)


@pytest.mark.parametrize("side", [4, 8])
def test_a_picture_with_another_number_of_patches_is_named(side):
    message = rf"number of patches, .*images \(3, {side}, {side}, 5\) have {side**2 // 4}; got 9"
    with pytest.raises(ValueError, match=message):
        built("patches, full")(jnp.zeros((B, side, side, C)), TARGET_IN)


@pytest.mark.parametrize(("places", "width"), [(S, D + 1), (LONGEST_PROMPT + 1, D)])
def test_an_encoding_that_does_not_fit_is_named(places, width):
    decoder = PrefixDecoder(configured(), rngs=nnx.Rngs(0))
    encoding = Encoding(jnp.zeros((B, places, width)), jnp.ones((B, places), bool))
    message = rf"at most 7 vectors \(prefix_length\) of width 22; got \(3, {places}, {width}\)"
    for call in (partial(decoder, TARGET_IN), partial(decoder.start, length=T)):
        with pytest.raises(ValueError, match=message):
            call(encoding)
