"""What holds for every encoder, every decoder and every pair that fits (tests/systems.py)."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.vocabulary import EOS, PAD
from encdec_lib.encoding import Encoding
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import SegmentationLoss, reconstruction_loss, shift_right
from tests.helpers.thinned import cover, thinned
from tests.systems import (
    BELOW_ONE,
    DECODERS,
    ENCODERS,
    MANY_VECTORS,
    ONE_VECTOR,
    PAINTERS,
    PAINTING,
    PAIRS,
    READ_IMAGES,
    SIDE,
    V_SOURCE,
    V_TARGET,
    WIDTH,
    WRITERS,
    build,
    pictures,
    sentences,
)

B, S, T = 4, 5, 6  # S and T with a position that is padding for everybody
SOURCE = jnp.asarray(sentences([3, 4, 1, 2], V_SOURCE, width=S))
TARGET = jnp.asarray(sentences([2, 4, 5, 1], V_TARGET, seed=1, end=EOS, width=T))
TARGET_IN = shift_right(TARGET)
REAL = np.asarray(TARGET) != PAD
ONE_DEVICE = jax.devices()[:1]  # compiles in half of the time; tests/train is about several
close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-5)
IMAGES = jnp.asarray(pictures(B))
every_writer = pytest.mark.parametrize(("encoder", "decoder"), thinned(WRITERS, cover(WRITERS)))
# Training compiles for seconds: every decoder once; the encoders' own tests train them too.
ONCE = {decoder: (encoder, decoder) for encoder, decoder in cover(WRITERS)}.values()
every_decoder = pytest.mark.parametrize(("encoder", "decoder"), thinned(WRITERS, ONCE))
every_painter = pytest.mark.parametrize(("encoder", "decoder"), thinned(PAINTING, cover(PAINTING)))
from_tokens = pytest.mark.parametrize(("encoder", "decoder"), thinned(PAIRS, cover(PAIRS)))


def source_for(encoder):
    """A batch that this encoder can read, and another."""
    if encoder in READ_IMAGES:
        return IMAGES, IMAGES[:, ::-1]
    return SOURCE, jnp.where(SOURCE == PAD, PAD, (SOURCE + 1) % (V_SOURCE - 4) + 4)


@nnx.jit
def score(model, source, target_in):
    return model(source, target_in)


@nnx.jit
def start(model, source):
    return model.decoder.start(model.encode(source))


@nnx.jit
def step(model, state, token):
    return model.decoder.step(state, token)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_an_encoder_says_its_width_and_marks_what_is_real(encoder):
    built = ENCODERS[encoder](nnx.Rngs(0))
    source, _ = source_for(encoder)
    mask = None if encoder in READ_IMAGES else source != PAD
    encoding = nnx.jit(type(built).__call__)(built, source, mask)
    vectors = 1
    if encoder in MANY_VECTORS:
        vectors = (SIDE // 2) ** 2 if encoder in READ_IMAGES else S
    assert encoding.vectors.shape == (B, vectors, WIDTH) == (B, vectors, built.encoding_dim)
    real = np.asarray(SOURCE) != PAD if vectors == S else np.ones((B, vectors), bool)
    np.testing.assert_array_equal(encoding.mask, real)


@every_decoder
def test_teacher_forced_is_the_same_as_step_by_step(encoder, decoder):
    model, (source, _) = build(encoder, decoder), source_for(encoder)
    decoded = score(model, source, TARGET_IN)
    assert decoded.logits.shape == (B, T, V_TARGET)
    state = start(model, source)
    for i in range(T):
        state, logits, weights = step(model, state, TARGET_IN[:, i])
        real = REAL[:, i]
        close(logits[real], decoded.logits[real, i])
        assert (weights is None) == (decoded.weights is None)
        if weights is not None:
            close(weights[real], decoded.weights[real, :, i])
            total = np.asarray(weights.sum(-1))
            if decoder in BELOW_ONE:
                assert ((total > 0) & (total < 1 + 1e-5)).all()
            else:
                close(total, 1)


@from_tokens
def test_padding_of_source_and_target_does_not_matter(encoder, decoder):
    model = build(encoder, decoder)
    decoded = score(model, SOURCE, TARGET_IN)
    more = 3
    wide = score(
        model, jnp.pad(SOURCE, ((0, 0), (0, more))), jnp.pad(TARGET_IN, ((0, 0), (0, more)))
    )
    close(wide.logits[:, :T][REAL], decoded.logits[REAL])
    if decoded.weights is not None:
        vectors = decoded.weights.shape[-1]
        real = np.moveaxis(np.asarray(wide.weights), 1, 2)[:, :T][REAL]  # (real, H, M)
        close(real[..., :vectors], np.moveaxis(np.asarray(decoded.weights), 1, 2)[REAL])
        np.testing.assert_array_equal(real[..., vectors:], 0)


@every_writer
def test_the_other_examples_of_a_batch_do_not_matter(encoder, decoder):
    model, (source, _) = build(encoder, decoder), source_for(encoder)
    order = np.array([2, 0, 3, 1])
    turned = score(model, source[order], TARGET_IN[order])
    close(turned.logits[REAL[order]], score(model, source, TARGET_IN).logits[order][REAL[order]])


@every_writer
def test_no_position_looks_ahead(encoder, decoder):
    model, (source, _) = build(encoder, decoder), source_for(encoder)
    before = score(model, source, TARGET_IN).logits
    for i in range(1, 4):
        other = (TARGET_IN[:, i] + 1) % (V_TARGET - 4) + 4
        changed = jnp.where(TARGET_IN[:, i] == PAD, PAD, other)
        after = score(model, source, TARGET_IN.at[:, i].set(changed)).logits
        np.testing.assert_array_equal(after[:, :i], before[:, :i])
        assert np.abs(after - before)[REAL[:, i], i].max(axis=-1).min() > 0


@every_writer
def test_the_source_matters(encoder, decoder):
    model, (source, other) = build(encoder, decoder), source_for(encoder)
    difference = score(model, other, TARGET_IN).logits - score(model, source, TARGET_IN).logits
    assert np.abs(difference)[REAL].max(axis=-1).min() > 0


@every_decoder
def test_every_pair_that_fits_trains(encoder, decoder):
    model = build(encoder, decoder)
    source, _ = source_for(encoder)
    before = _weights(model)
    config = TrainConfig(
        steps=40, batch_size=B, learning_rate=0.05, warmup_steps=2, schedule="constant"
    )
    data = (np.asarray(source), np.asarray(TARGET))
    history = fit(model, data, config, progress=False, devices=ONE_DEVICE)
    assert history.losses[-1] < 0.5 * history.losses[0]  # four sentences by heart
    for path, value in _weights(model).items():
        # Scoring one vector against nothing: its weight is 1 whatever the score.
        scoring = {"attention", "score", "residual_cross_attention"} & set(path)
        if "cross_attention" in path:  # values and outputs are not part of the score
            scoring = {"query", "key"} & set(path)
        idle = scoring and encoder not in MANY_VECTORS
        assert np.array_equal(value, before[path]) == bool(idle), path


@every_painter
def test_every_pair_that_paints_trains(encoder, decoder):
    model, (source, _) = build(encoder, decoder), source_for(encoder)
    before = _weights(model)
    if decoder == "dense":
        data, loss = (np.asarray(source), pictures(B, seed=1)), paint_another
    else:
        labels = np.random.default_rng(0).integers(0, V_TARGET, (B, SIDE, SIDE)).astype(np.int32)
        data, loss = (np.asarray(source), labels), SegmentationLoss(V_TARGET)
    config = TrainConfig(
        steps=40, batch_size=B, learning_rate=0.02, warmup_steps=2, schedule="constant"
    )
    history = fit(model, data, config, loss=loss, progress=False, devices=ONE_DEVICE)
    assert history.losses[-1] < 0.9 * history.losses[0]
    for path, value in _weights(model).items():
        assert not np.array_equal(value, before[path]), path


def paint_another(model, batch):
    """The picture to be painted is not the one that is read."""
    source, picture = batch
    return reconstruction_loss(lambda _: model(source), picture)


@every_painter
def test_a_painter_is_given_each_example_alone(encoder, decoder):
    model, (source, other) = build(encoder, decoder), source_for(encoder)
    logits = nnx.jit(lambda model, source: model(source).logits)
    order = np.array([2, 0, 3, 1])
    close(logits(model, source[order]), logits(model, source)[order])
    assert np.abs(logits(model, other) - logits(model, source)).max() > 1e-3


def _weights(model):
    params = nnx.to_flat_state(nnx.state(model, nnx.Param))
    return {path: np.array(param[...]) for path, param in params}


@pytest.mark.parametrize("encoder", thinned(sorted(MANY_VECTORS), ["a vector a token"]))
@pytest.mark.parametrize("decoder", sorted(ONE_VECTOR))
def test_a_decoder_of_one_vector_says_so(encoder, decoder):
    model, (source, _) = build(encoder, decoder), source_for(encoder)
    message = r"one vector.*\(B, 1, \w+\); got \(4, (5|16), 10\)\. Use an encoder with"
    with pytest.raises(ValueError, match=message):
        model(source, None if decoder in PAINTERS else TARGET_IN)


@pytest.mark.parametrize("decoder", DECODERS)
def test_a_writer_without_its_tokens_says_so(decoder):
    with pytest.raises(ValueError, match="target_in is needed by a decoder that writes tokens"):
        build("last state", decoder)(SOURCE)


@pytest.mark.parametrize("decoder", DECODERS)
def test_an_encoding_of_the_wrong_width_is_named_in_the_error(decoder):
    built = DECODERS[decoder](nnx.Rngs(0))
    encoding = Encoding(jnp.zeros((B, 1, WIDTH + 2)), jnp.ones((B, 1), bool))
    with pytest.raises(ValueError, match=r"10.*got \(4, .*12\)"):
        built(TARGET_IN, encoding)
