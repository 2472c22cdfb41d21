"""Mirrors encdec_lib/encoding.py; what every pair keeps to is in models/test_contracts.py."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.encoding import Decoded, DecoderState, EncoderDecoder, Encoding


class Mean(nnx.Module):
    """An encoder without weights: the mean of the real ids, M = 1."""

    encoding_dim = 1

    def __call__(self, source, mask):
        total = jnp.where(mask, source, 0).sum(axis=1) / mask.sum(axis=1)
        return Encoding(total[:, None, None], mask.any(axis=1, keepdims=True))


class Echo(nnx.Module):
    """A decoder without weights: its logits are the encoding."""

    def __init__(self, encoding_dim=1):
        self.encoding_dim = encoding_dim

    def __call__(self, target_in, encoding):
        logits = encoding.vectors + jnp.zeros((*target_in.shape, 1))
        return Decoded(logits, None)

    def start(self, encoding, length=64):
        return DecoderState((encoding.vectors[:, 0],))

    def step(self, state, token):
        return state, state.carry[0], None


SOURCE = jnp.array([[4, 6, 0], [5, 0, 0]])
TARGET_IN = jnp.array([[1, 4], [1, 0]])


@pytest.fixture
def model():
    return EncoderDecoder(Mean(), Echo())


def test_the_decoder_reads_what_the_encoder_wrote(model):
    np.testing.assert_array_equal(model.encode(SOURCE).vectors[:, 0, 0], [5, 5])
    np.testing.assert_array_equal(model(SOURCE, TARGET_IN).logits[..., 0], [[5, 5], [5, 5]])


def test_a_mask_of_the_reader_replaces_the_default(model):
    mask = jnp.array([[True, False, False], [True, True, False]])
    np.testing.assert_array_equal(model.encode(SOURCE, mask).vectors[:, 0, 0], [4, 2.5])
    np.testing.assert_array_equal(model(SOURCE, TARGET_IN, mask).logits[:, 0, 0], [4, 2.5])


def test_widths_that_do_not_meet_are_named_when_the_two_are_joined():
    message = "The encoder writes vectors of width 1, but the decoder reads width 2. Build both"
    with pytest.raises(ValueError, match=message):
        EncoderDecoder(Mean(), Echo(2))


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
def test_an_empty_batch_is_named_in_the_error(model, shape):
    message = rf"source needs at least one example and one position.*got \({shape[0]}, {shape[1]}\)"
    with pytest.raises(ValueError, match=message):
        model.encode(jnp.zeros(shape, int))


def test_a_mask_of_the_wrong_shape_is_named_in_the_error(model):
    message = r"mask needs one flag per source token, shape \(B, S\) = \(2, 3\); got \(2, 2\)"
    with pytest.raises(ValueError, match=message):
        model.encode(SOURCE, jnp.ones((2, 2), bool))


def test_batches_of_two_sizes_are_named_in_the_error(model):
    with pytest.raises(ValueError, match="source has 2 examples but target_in has 1"):
        model(SOURCE, TARGET_IN[:1])
