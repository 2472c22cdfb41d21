"""What models/transformer.py says of sizes, lengths and encodings that do not fit."""

from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.encoding import Encoding
from encdec_lib.generate.sampling import greedy
from encdec_lib.models.transformer import (
    TransformerDecoder,
    transformer,
)
from tests.helpers.small_transformers import (
    SOURCE,
    TARGET_IN,
    V_TARGET,
    B,
    D,
    S,
    T,
    configured,
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dtype": "float16"}, "dtype must be one of float32, bfloat16; got 'float16'"),
        ({"encoder_layers": 0}, "encoder_layers must be at least 1; got 0"),
        ({"decoder_layers": -1}, "decoder_layers must be at least 1; got -1"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\); got 1.0"),
        ({"dropout": -0.1}, r"dropout must lie in \[0, 1\); got -0.1"),
        ({"heads": 4}, "heads must divide d_model = 22, .*; got heads = 4"),
        ({"heads": 0}, "heads must be at least 1; got 0"),
        ({"d_ff": 0}, "d_ff must be at least 1; got 0"),
        ({"d_k": 0}, "d_k must be at least 1; got 0"),
        ({"d_model": 21, "heads": 3}, "must be even.*got 21.*even d_model"),
        ({"positions": "rotary"}, "d_k must be even; got 11"),
        ({"positions": "absolute"}, "positions must be one of .*; got 'absolute'"),
        ({"positions": "learned", "max_length": 0}, "max_length must be at least 1; got 0"),
    ],
)
def test_what_does_not_fit_is_named_in_the_error(change, message):
    with pytest.raises(ValueError, match=message):
        transformer(configured(**change), rngs=nnx.Rngs(0))


def test_a_sequence_longer_than_learned_positions_is_named_in_the_error():
    config = configured(positions="learned", max_length=T)
    model = transformer(config, rngs=nnx.Rngs(0))
    message = "max_length is 5: there are no learned positions for a sequence of {} tokens"
    with pytest.raises(ValueError, match=message.format(S)):
        model(SOURCE, TARGET_IN)
    long = jnp.pad(TARGET_IN, ((0, 0), (0, 1)))
    with pytest.raises(ValueError, match=message.format(T + 1)):
        model(SOURCE[:, :T], long)
    message = "max_length is 5: there are no positions for a target of 11 tokens"
    with pytest.raises(ValueError, match=message):
        greedy(model, np.asarray(SOURCE[:, :T]), max_length=11)


def test_an_encoding_of_another_width_is_named_in_the_error():
    decoder = TransformerDecoder(V_TARGET, configured().decoder, rngs=nnx.Rngs(0))
    encoding = Encoding(jnp.zeros((B, S, D + 1)), jnp.ones((B, S), bool))
    for call in (partial(decoder, TARGET_IN), decoder.start):
        with pytest.raises(ValueError, match=r"vectors of width 22; got \(3, 7, 23\)"):
            call(encoding)
