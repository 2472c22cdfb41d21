"""Mirrors encdec_lib/web/export.py. That a page computes the same is in tests/browser."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.convolution import ConvBlock
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.models.vit_to_transformer import (
    GridCaptionConfig,
    ViTCaptionConfig,
    grid_captioner,
    vit_captioner,
)
from encdec_lib.web import export_model, rounded
from encdec_lib.web.export import folded
from tests.helpers.thinned import thinned
from tests.widgets.untrained import untrained
from tests.widgets.untrained_images import shaken
from tests.widgets.untrained_painters import PAINTERS, painter
from tests.widgets.untrained_readers import EVERY_READER
from tests.widgets.untrained_transformers import (
    CHOICES,
    small,
    with_gru_decoder,
    with_gru_encoder,
)


@pytest.fixture
def fixed():
    return untrained(seq2seq, Seq2SeqConfig(7, 11, embed_dim=3, state_dim=5))


@pytest.fixture
def attending():
    return untrained(bahdanau, BahdanauConfig(7, 11, 3, 5, 13, 2))


def read(exported, path):
    """One parameter as the page's engine reads it."""
    entry = exported.manifest[path]
    dtype, shape = np.dtype(entry["dtype"]), entry["shape"]
    raw = np.frombuffer(exported.data, dtype, int(np.prod(shape)), entry["offset"]).reshape(shape)
    if "scale" not in entry:
        return raw.astype(np.float32)
    return raw * np.frombuffer(exported.data, "<f4", shape[-1], entry["scale"])


@pytest.mark.parametrize("dtype", ["float16", "int8", "float32"])
def test_the_bytes_hold_the_rounded_model(attending, dtype):
    exported, seen = export_model(attending, dtype), rounded(attending, dtype)
    assert (exported.encoder, exported.decoder) == ("birnn", "attention")
    np.testing.assert_array_equal(
        read(exported, "decoder.attention.W_key"), seen.decoder.attention.W_key[...]
    )
    np.testing.assert_array_equal(
        read(exported, "encoder.rnn.backward.W_rec"), seen.encoder.rnn.backward.W_rec[...]
    )
    np.testing.assert_array_equal(
        read(exported, "decoder.attention.v"), seen.decoder.attention.v[...]
    )


def test_rounding_is_small_and_leaves_the_model_alone(fixed):
    before = np.array(fixed.decoder.rnn.W_in[...])
    for dtype, tolerance in (("float16", 2**-11), ("int8", 0.5 / 127)):
        seen = rounded(fixed, dtype).decoder.rnn.W_in[...]
        assert seen.dtype == jnp.float32
        assert 0 < np.abs(seen - before).max() <= tolerance * np.abs(before).max() * 1.01
    np.testing.assert_array_equal(fixed.decoder.rnn.W_in[...], before)


def test_float32_rounds_nothing(fixed):
    before = np.array(fixed.decoder.rnn.W_in[...])
    np.testing.assert_array_equal(rounded(fixed, "float32").decoder.rnn.W_in[...], before)


def test_int8_takes_about_half_the_bytes():
    model = untrained(seq2seq, Seq2SeqConfig(31, 47, embed_dim=32, state_dim=64))
    half, quarter = (len(export_model(model, dtype).data) for dtype in ("float16", "int8"))
    assert 0.5 < quarter / half < 0.58


def test_the_reading_direction_goes_along():
    config = Seq2SeqConfig(7, 11, embed_dim=3, state_dim=5, reverse_source=True)
    settings = export_model(untrained(seq2seq, config)).settings
    assert settings == {"encoder": {"reverse_source": True}, "decoder": {}}


@pytest.fixture
def segmenting():
    return shaken(lambda: unet(UNetConfig(channels=(2, 3, 5), skips=False), rngs=nnx.Rngs(0)))


def test_folding_changes_nothing_but_where_the_numbers_are(segmenting):
    images = jnp.asarray(np.random.default_rng(0).uniform(size=(2, 12, 12, 1)), jnp.float32)
    before, other = segmenting(images).logits, folded(segmenting)
    np.testing.assert_allclose(other(images).logits, before, rtol=0, atol=1e-4)
    norm = other.encoder.blocks[1].norm2
    x = jnp.asarray(np.random.default_rng(1).normal(size=(1, 2, 2, 3)), jnp.float32)
    np.testing.assert_allclose(norm(x), x, rtol=1e-6)
    np.testing.assert_array_equal(segmenting(images).logits, before)  # left as it was


def test_folding_knows_what_normalisation_adds_to_a_small_variance():
    block = shaken(lambda: ConvBlock(2, 3, rngs=nnx.Rngs(0)))
    block.norm1.var[...] = jnp.array([1e-5, 3e-5, 1.0])
    x = jnp.asarray(np.random.default_rng(0).normal(size=(1, 5, 5, 2)), jnp.float32)
    before = block.norm1(block.conv1(x))
    after = folded(block).norm1(folded(block).conv1(x))
    np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", ["float16", "int8"])
def test_the_bytes_hold_the_folded_convolutions(segmenting, dtype):
    exported, seen = export_model(segmenting, dtype), rounded(segmenting, dtype)
    assert not any("norm" in path for path in exported.manifest)
    for block, name in ((seen.encoder.blocks[2], "encoder.blocks.2"),
                        (seen.decoder.blocks[0], "decoder.blocks.0")):  # fmt: skip
        for part in ("kernel", "bias"):
            expected = getattr(block.conv1, part)[...]
            np.testing.assert_array_equal(read(exported, f"{name}.conv1.{part}"), expected)
    assert seen.encoder.blocks[0].norm1.mean[...].tolist() == [0, 0]


def test_int8_has_a_scale_for_each_output_channel(segmenting):
    kernel = np.array(folded(segmenting).encoder.blocks[1].conv2.kernel[...])
    seen = rounded(segmenting, "int8").encoder.blocks[1].conv2.kernel[...]
    error = np.abs(np.asarray(seen) - kernel).max(axis=(0, 1, 2))
    assert (error <= 0.501 / 127 * np.abs(kernel).max(axis=(0, 1, 2))).all()


@pytest.mark.parametrize(
    "make, config, kinds, settings",
    [
        (unet, UNetConfig(channels=(2, 3), skips=False), ("unet", "unet"), ({}, {"skips": False})),
        (autoencoder, AutoencoderConfig(7, 5, 3), ("dense", "dense"), ({"side": 7}, {"side": 7})),
        (captioner, CaptionConfig(side=8, channels=(2, 3)), ("cnn", "rnn"),
         ({"side": 8, "grid": False}, {})),
    ],
)  # fmt: skip
def test_what_the_weights_do_not_say_goes_along(make, config, kinds, settings):
    exported = export_model(shaken(lambda: make(config, rngs=nnx.Rngs(0))))
    assert (exported.encoder, exported.decoder) == kinds
    assert exported.settings == dict(zip(("encoder", "decoder"), settings, strict=True))


@pytest.mark.parametrize("reader", EVERY_READER)
def test_every_way_to_read_is_known(reader):
    exported = export_model(EVERY_READER[reader]())
    assert (exported.encoder, exported.decoder) == ("birnn", "reading")
    settings, (score, *choice) = exported.settings["decoder"], reader.split(", ")
    if not choice:
        assert settings == {"query": "current", "read": score}
        return
    window = None if choice[0] == "None" else {"kind": choice[0], "half_width": 3}
    assert settings == {"query": choice[1], "read": "scores", "score": score, "window": window}


def test_another_dtype_is_named(fixed):
    with pytest.raises(
        ValueError, match="dtype must be one of float16, int8, float32; got 'bfloat16'"
    ):
        export_model(fixed, "bfloat16")


def test_weights_that_diverged_are_named(fixed):
    fixed.decoder.output.bias[...] = jnp.full((11,), jnp.nan)
    with pytest.raises(ValueError, match="finite weights; decoder.output.bias holds nan"):
        export_model(fixed)
    fixed.decoder.output.bias[...] = jnp.full((11,), 1e6)
    with pytest.raises(ValueError, match=r"decoder.output.bias holds 1e\+06"):
        export_model(fixed)


@pytest.mark.parametrize("choice", thinned(CHOICES, list(CHOICES)[1:4]))
def test_every_transformer_is_known(choice):
    model = small(**CHOICES[choice])
    exported = export_model(model)
    assert (exported.encoder, exported.decoder) == ("transformer", "transformer")
    told = {"heads": 3, "scaled": True, "pre_norm": True, "positions": "sinusoidal"}
    told |= {name: CHOICES[choice][name] for name in told if name in CHOICES[choice]}
    assert exported.settings == {"encoder": told, "decoder": told}
    tables = [path for path in exported.manifest if "positions" in path]
    assert len(tables) == (2 if told["positions"] == "learned" else 0)
    seen = rounded(model).decoder.blocks[0].cross_attention.query.kernel[...]
    path = "decoder.blocks.0.cross_attention.query.kernel"
    np.testing.assert_array_equal(read(exported, path), seen)


def test_a_transformer_encoder_with_a_recurrent_decoder_is_known():
    exported = export_model(with_gru_decoder(score="additive"))
    assert (exported.encoder, exported.decoder) == ("transformer", "reading")
    exported = export_model(with_gru_encoder())
    assert (exported.encoder, exported.decoder) == ("birnn", "transformer")


@pytest.mark.parametrize("choice", thinned(PAINTERS, list(PAINTERS)[1:4]))
def test_every_decoder_only_model_is_known(choice):
    model = painter(**PAINTERS[choice])
    exported, config = export_model(model), model.decoder.config
    assert (exported.encoder, exported.decoder) == ("words", "prefix")
    told = {"prefix": config.prefix, "prefix_length": 7}
    told |= {"heads": config.heads, "scaled": True, "pre_norm": True}
    assert exported.settings == {"encoder": {}, "decoder": told}
    assert ("decoder.columns.table" in exported.manifest) == (config.columns > 1)
    rows = rounded(model).decoder.rows.table[...]
    np.testing.assert_array_equal(read(exported, "decoder.rows.table"), rows)


def test_a_vision_transformer_is_known_and_its_last_layer_is_its_decoder():
    sizes = {"side": 6, "patch": 3, "d_model": 6, "heads": 3, "d_ff": 5, "layers": 2}
    model = shaken(lambda: vit(ViTConfig(**sizes), rngs=nnx.Rngs(0)))
    exported, seen = export_model(model), rounded(model)
    assert (exported.encoder, exported.decoder) == ("vit", "classes")
    blocks = {"heads": 3, "scaled": True, "pre_norm": True}
    told = blocks | {"side": 6, "patch": 3, "channels": 1}
    assert exported.settings == {"encoder": told, "decoder": {"pool": "class"}}
    np.testing.assert_array_equal(read(exported, "decoder.head.kernel"), seen.head.kernel[...])
    token = read(exported, "encoder.class_token")
    np.testing.assert_array_equal(token, seen.encoder.class_token[...])

    other = ViTConfig(**sizes, pool="mean", positions=False, activation="gelu", epsilon=1e-3)
    exported = export_model(shaken(lambda: vit(other, rngs=nnx.Rngs(0))))
    chosen = {"activation": "gelu", "epsilon": 1e-3}  # told only where they are not the usual ones
    assert exported.settings == {"encoder": told | chosen, "decoder": {"pool": "mean"}}
    assert not {"encoder.class_token", "encoder.positions"} & set(exported.manifest)


def test_captioners_that_attend_are_known():
    config = ViTCaptionConfig(side=8, patch=4, d_model=6, heads=3, d_ff=5)
    exported = export_model(shaken(lambda: vit_captioner(config, rngs=nnx.Rngs(0))))
    assert (exported.encoder, exported.decoder) == ("vit", "transformer")
    config = GridCaptionConfig(side=8, channels=(2, 3), encoding_dim=6, state_dim=5)
    exported = export_model(shaken(lambda: grid_captioner(config, rngs=nnx.Rngs(0))))
    assert (exported.encoder, exported.decoder) == ("cnn", "attention")
    assert exported.manifest["encoder.positions"]["shape"] == [1, 16, 6]
