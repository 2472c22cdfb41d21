"""Small Transformers and sentences for them, for the tests of models/transformer.py."""

from functools import partial

import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.data.vocabulary import EOS, PAD
from encdec_lib.models.transformer import TransformerConfig, attention_maps
from encdec_lib.train.losses import shift_right
from tests.systems import sentences

B, T, S, V_TARGET, V_SOURCE = 3, 5, 7, 17, 19
H, D, F, LONGEST = 2, 22, 13, 23  # D: twice a prime
SOURCE = jnp.asarray(sentences([7, 2, 4], V_SOURCE))
TARGET_IN = shift_right(jnp.asarray(sentences([5, 3, 4], V_TARGET, seed=1, end=EOS)))
REAL = np.asarray(TARGET_IN) != PAD
close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-5)


def configured(**choices):
    sizes = {"d_model": D, "heads": H, "d_ff": F, "encoder_layers": 1, "decoder_layers": 2}
    return TransformerConfig(V_SOURCE, V_TARGET, **(sizes | {"max_length": LONGEST} | choices))


@nnx.jit
def decode(model, source, target_in):
    return model(source, target_in)


@nnx.jit
def look(model, source, target_in):
    return attention_maps(model, source, target_in)
