"""Mirrors encdec_lib/train/together.py: side by side as one after the other."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import reconstruction_loss
from encdec_lib.train.together import fit_together

SIZES = AutoencoderConfig(side=5, hidden_dim=7, encoding_dim=3)
CONFIG = TrainConfig(steps=11, batch_size=13, learning_rate=0.02, warmup_steps=3, seed=4)


def built(seed, sizes=SIZES):
    return autoencoder(sizes, rngs=nnx.Rngs(seed))


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).uniform(size=(29, 5, 5, 1)).astype(np.float32)


def test_each_is_trained_as_fit_trains_it_alone(images):
    models = [built(seed) for seed in (2, 3, 5)]
    losses = fit_together(models, images, CONFIG, loss=reconstruction_loss)
    assert losses.shape == (3, 11)
    for k, (seed, model) in enumerate(zip((2, 3, 5), models, strict=True)):
        alone, config = built(seed), dataclasses.replace(CONFIG, seed=4 + k)
        history = fit(alone, images, config, loss=reconstruction_loss, progress=False)
        np.testing.assert_allclose(losses[k], history.losses, rtol=1e-4)
        here, there = model(jnp.asarray(images)).logits, alone(jnp.asarray(images)).logits
        np.testing.assert_allclose(here, there, atol=1e-4)
    assert np.abs(losses[0] - losses[1]).max() > 0.01  # they are not the same run


def test_what_it_cannot_train_is_named(images):
    with pytest.raises(ValueError, match="two or more; got 1"):
        fit_together([built(0)], images, CONFIG, loss=reconstruction_loss)
    wider = built(0, AutoencoderConfig(5, 7, 2))
    with pytest.raises(ValueError, match=r"models\[1\] differs"):
        fit_together([built(0), wider], images, CONFIG, loss=reconstruction_loss)
    noisy = nnx.Dropout(0.5, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"models\[0\] also keeps"):
        fit_together([noisy, noisy], images, CONFIG, loss=reconstruction_loss)
