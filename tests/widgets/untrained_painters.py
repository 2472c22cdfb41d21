"""Decoder-only models and a codebook for tests, untrained; their sizes are all but primes."""

import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.data.image_tokens import Codebook
from encdec_lib.models.decoder_only import DecoderOnlyConfig, text_to_image
from tests.widgets.untrained_images import shaken

#: What differs from a small model that fills a grid of 5 rows and 5 columns, prefix seen by all.
PAINTERS = {
    "as it comes": {},
    "causal prefix, three layers, two heads": {"prefix": "causal", "layers": 3, "heads": 2,
                                               "d_model": 22},
    "a sentence, one head": {"columns": 1, "max_length": 13, "heads": 1, "d_model": 19},
    "a grid that is not square, causal": {"columns": 3, "max_length": 33, "prefix": "causal"},
    "causal, a sentence": {"d_model": 18, "prefix": "causal", "columns": 1},
    "wide": {"d_model": 64, "heads": 4, "d_ff": 128},
}  # fmt: skip


def painter(vocab: int = 23, words: int = 21, seed: int = 0, **choices):
    """A model with 2 layers of 3 heads unless told otherwise; it writes no special tokens."""
    sizes = {"prefix_length": 7, "max_length": 25, "columns": 5, "d_model": 21, "heads": 3,
             "d_ff": 17}  # fmt: skip
    config = DecoderOnlyConfig(vocab, **(sizes | choices))
    model = shaken(lambda: text_to_image(config, words, rngs=nnx.Rngs(0)), seed)
    bias = np.array(model.decoder.output.bias[...])
    bias[:4] = -99
    model.decoder.output.bias[...] = jnp.asarray(bias)
    return model


def codebook(codes=19, patch=2, columns=5):
    """Codes of random ink, some of it outside 0 to 1, as k-means never leaves it."""
    ink = np.random.default_rng(0).uniform(-0.1, 1.1, (codes, patch * patch))
    return Codebook(ink.astype(np.float32), patch, patch * columns)
