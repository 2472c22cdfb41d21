"""Mirrors encdec_lib/web/same_numbers.py, which tests/browser/test_same_numbers.py holds to the
page.
"""

import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.recurrent import LSTM
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.web.export import _parameters
from encdec_lib.web.same_numbers import first_weights, key_of, normals, numbers


def test_numbers_are_spread_evenly_and_do_not_depend_on_each_other():
    values = np.concatenate([numbers(key_of(seed, "x"), 1000) for seed in range(40)])
    counts = np.histogram(values, 20, (0, 1))[0]
    assert ((counts - 2000) ** 2 / 2000).sum() < 44  # chi², 19 degrees of freedom: 1 in 1,000
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.02
    drawn = normals(key_of(3), 20_000)
    assert abs(drawn.mean()) < 0.03 and abs((drawn**4).mean() - 3) < 0.2


def test_weights_have_the_distributions_of_the_library():
    model = bahdanau(BahdanauConfig(101, 103, 47, 53, 59, 61), rngs=nnx.Rngs(0))
    fresh = _parameters(model)
    drawn = _parameters(first_weights(model, 1))
    for path, values in fresh.items():
        if values.size > 1000:
            np.testing.assert_allclose(drawn[path].std(), values.std(), rtol=0.06, err_msg=path)
        elif path != "decoder.attention.v":
            np.testing.assert_array_equal(drawn[path], values)
    W = drawn["decoder.rnn.W_rec"][:, 59:118].astype(float)
    np.testing.assert_allclose(W @ W.T, np.eye(59), atol=1e-6)


def test_what_a_model_starts_with_depends_on_seed_and_path_alone():
    def weights(layers):
        config = TransformerConfig(7, 9, 6, 2, 5, layers, layers)
        model = nnx.eval_shape(lambda: transformer(config, rngs=nnx.Rngs(0)))
        return _parameters(first_weights(model, 2))

    narrow, deep = weights(1), weights(2)
    assert set(narrow) < set(deep)
    for path, values in narrow.items():
        np.testing.assert_array_equal(values, deep[path])
    kernel = "encoder.blocks.0.attention.query.kernel"
    assert not np.allclose(narrow[kernel], narrow[kernel.replace("query", "key")])


def test_an_lstm_begins_by_remembering():
    layer = first_weights(LSTM(3, 5, rngs=nnx.Rngs(0)), 0)
    np.testing.assert_array_equal(layer.b_in[...], [0] * 5 + [1] * 5 + [0] * 10)


def test_what_it_cannot_start_is_named():
    class Odd(nnx.Module):
        def __init__(self):
            self.twist = nnx.Param(np.ones(3, np.float32))

    with pytest.raises(ValueError, match="knows how to start, kernel, .*; got twist"):
        first_weights(Odd(), 0)
    with pytest.raises(ValueError, match="seed must be"):
        first_weights(seq2seq(Seq2SeqConfig(7, 9, 2, 3), rngs=nnx.Rngs(0)), -1)
