"""Mirrors encdec_lib/web/export.py. That a page computes the same is in tests/browser."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.recurrent import LSTM
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web import export_model, rounded
from tests.widgets.untrained import untrained


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


@pytest.mark.parametrize("dtype", ["float16", "int8"])
def test_the_bytes_hold_the_rounded_model(attending, dtype):
    exported, seen = export_model(attending, dtype), rounded(attending, dtype)
    assert exported.kind == "bahdanau"
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


def test_int8_takes_about_half_the_bytes():
    model = untrained(seq2seq, Seq2SeqConfig(31, 47, embed_dim=32, state_dim=64))
    half, quarter = (len(export_model(model, dtype).data) for dtype in ("float16", "int8"))
    assert 0.5 < quarter / half < 0.58


def test_the_reading_direction_goes_along():
    config = Seq2SeqConfig(7, 11, embed_dim=3, state_dim=5, reverse_source=True)
    assert export_model(untrained(seq2seq, config)).settings == {"reverse_source": True}


def test_another_dtype_is_named(fixed):
    with pytest.raises(ValueError, match="dtype must be one of float16, int8; got 'bfloat16'"):
        export_model(fixed, "bfloat16")


def test_weights_that_diverged_are_named(fixed):
    fixed.decoder.output.bias[...] = jnp.full((11,), jnp.nan)
    with pytest.raises(ValueError, match="finite weights; decoder.output.bias holds nan"):
        export_model(fixed)
    fixed.decoder.output.bias[...] = jnp.full((11,), 1e6)
    with pytest.raises(ValueError, match=r"decoder.output.bias holds 1e\+06"):
        export_model(fixed)


def test_a_model_the_page_cannot_run_is_refused(fixed, as_reader):
    fixed.encoder.rnn = LSTM(3, 5, rngs=nnx.Rngs(0))
    with pytest.raises(
        ValueError, match="nearest is seq2seq, but this one lacks encoder.rnn.b_rec"
    ):
        export_model(fixed)
    with pytest.raises(TypeError, match="model must be a Flax NNX module.*got dict"):
        export_model({})
