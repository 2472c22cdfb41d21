"""Mirrors encdec_lib/models/patch_tagger.py."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.encoding import Encoding
from encdec_lib.models.patch_tagger import PatchDecoder, patch_classes, patch_tagger
from encdec_lib.models.vision_transformer import ViTConfig, ViTEncoder
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import SegmentationLoss
from tests.helpers import loops

B, SIDE, P, D, V = 2, 6, 2, 22, 11


def test_a_patch_is_of_the_class_that_has_most_of_its_ink():
    masks = np.random.default_rng(0).integers(0, 3, (B, SIDE, SIDE)) * 4
    classes = patch_classes(masks, P)
    assert classes.shape == (B, 3, 3) and classes.dtype == np.int32
    for b, i, j in np.ndindex(classes.shape):
        counts = np.bincount(masks[b, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].ravel(), minlength=V)
        ink = counts[1:]
        if ink.max() < 2:
            assert classes[b, i, j] == 0
        else:
            assert ink[classes[b, i, j] - 1] == ink.max()
    assert set(np.unique(classes)) == {0, 4, 8}


def test_every_vector_is_read_by_itself_and_stands_at_its_place():
    decoder, rng = PatchDecoder(D, rngs=nnx.Rngs(0)), np.random.default_rng(0)
    vectors = rng.normal(size=(B, 9, D)).astype(np.float32)
    logits, _ = decoder(Encoding(jnp.asarray(vectors), jnp.ones((B, 9), bool)))
    assert logits.shape == (B, 3, 3, V)
    for b, i, j in np.ndindex(B, 3, 3):
        wanted = loops.linear(decoder.output, vectors[b, 3 * i + j].astype(np.float64))
        np.testing.assert_allclose(logits[b, i, j], wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_training_it_trains_the_encoder_in_place():
    sizes = ViTConfig(SIDE, P, d_model=D, heads=2, d_ff=13, layers=1)
    encoder = ViTEncoder(sizes, rngs=nnx.Rngs(0))
    before = np.array(encoder.embed.project.kernel[...])
    images = np.random.default_rng(1).random((B, SIDE, SIDE, 1), np.float32)
    labels = np.random.default_rng(2).integers(0, V, (B, 3, 3)).astype(np.int32)
    config = TrainConfig(steps=40, batch_size=B, learning_rate=0.02, warmup_steps=2)
    model, loss = patch_tagger(encoder, rngs=nnx.Rngs(1)), SegmentationLoss(V)
    history = fit(model, (images, labels), config, loss=loss, progress=False)
    assert history.losses[-1] < 0.2 * history.losses[0]
    assert not np.array_equal(encoder.embed.project.kernel[...], before)


def test_vectors_that_fill_no_square_are_named():
    encoding = Encoding(jnp.zeros((B, 10, D)), jnp.ones((B, 10), bool))
    with pytest.raises(ValueError, match="square grid of vectors; got 10 .* Leave out the class"):
        PatchDecoder(D, rngs=nnx.Rngs(0))(encoding)
