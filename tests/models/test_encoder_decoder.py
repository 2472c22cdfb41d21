"""Mirrors encdec_lib/models/encoder_decoder.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.encoding import EncoderDecoder, Encoding
from encdec_lib.models.encoder_decoder import (
    AutoencoderConfig,
    DenseDecoder,
    DenseEncoder,
    autoencoder,
)
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import reconstruction_loss

B, SIDE, K, D = 2, 5, 7, 3  # batch, side of the image, hidden width, width of H


@pytest.fixture
def model():
    model = autoencoder(AutoencoderConfig(SIDE, K, D), rngs=nnx.Rngs(0))
    state = nnx.state(model, nnx.Param)
    leaves, tree = jax.tree.flatten(state)
    keys = jax.random.split(jax.random.key(1), len(leaves))  # biases too, which start at 0
    random = [jax.random.normal(k, x.shape) / 2 for k, x in zip(keys, leaves, strict=True)]
    nnx.update(model, jax.tree.unflatten(tree, random))
    return model


@pytest.fixture
def images():
    return jax.random.uniform(jax.random.key(2), (B, SIDE, SIDE, 1))


def layer_by_loops(linear, x):
    """x W + b, one number at a time, in float64."""
    W, b = (np.asarray(p[...], np.float64) for p in (linear.kernel, linear.bias))
    return [sum(x[i] * W[i, o] for i in range(len(x))) + b[o] for o in range(len(b))]


def by_loops(part, x):
    hidden = [max(value, 0.0) for value in layer_by_loops(part.hidden, x)]
    return layer_by_loops(part.output, hidden)


def test_it_agrees_with_the_equations_written_as_loops(model, images):
    decoded, encoding = model(images), model.encode(images)
    assert encoding.vectors.shape == (B, 1, D) and encoding.skips == ()
    np.testing.assert_array_equal(encoding.mask, np.ones((B, 1), bool))
    assert decoded.weights is None
    for b in range(B):
        pixels = [float(images[b, r, c, 0]) for r in range(SIDE) for c in range(SIDE)]
        vector = by_loops(model.encoder, pixels)
        np.testing.assert_allclose(encoding.vectors[b, 0], vector, rtol=1e-4, atol=1e-5)
        logits = np.reshape(by_loops(model.decoder, vector), (SIDE, SIDE))
        np.testing.assert_allclose(decoded.logits[b, :, :, 0], logits, rtol=1e-4, atol=1e-5)


def test_the_paths_of_the_parameters_are_those_of_the_pages_engine(model):
    flat = nnx.to_flat_state(nnx.state(model, nnx.Param))
    assert {".".join(map(str, path)) for path, _ in flat} == {
        f"{part}.{layer}.{name}"
        for part in ("encoder", "decoder")
        for layer in ("hidden", "output")
        for name in ("kernel", "bias")
    }


def test_every_parameter_gets_a_gradient(model, images):
    grads = nnx.grad(lambda m: reconstruction_loss(m, images)[0])(model)
    for path, g in nnx.to_flat_state(grads):
        assert np.abs(g[...]).max() > 0, path


def test_it_learns_to_tell_two_pictures_apart_through_one_number():
    pictures = np.zeros((2, SIDE, SIDE, 1), np.float32)
    pictures[0, :, 1], pictures[1, 3] = 1, 1
    data = np.tile(pictures, (32, 1, 1, 1))
    model = autoencoder(AutoencoderConfig(SIDE, K, 1), rngs=nnx.Rngs(0))
    config = TrainConfig(steps=150, batch_size=16, learning_rate=0.03, warmup_steps=5)
    fit(model, data, config, loss=reconstruction_loss, progress=False)
    painted = np.asarray(model(jnp.asarray(pictures)).logits) > 0
    np.testing.assert_array_equal(painted, pictures > 0)


@pytest.mark.parametrize("shape", [(B, SIDE, 7, 1), (B, SIDE, SIDE, 3), (B, 7, SIDE, 1)])
def test_an_image_of_another_size_is_named_in_the_error(model, shape):
    with pytest.raises(ValueError, match=r"source must be images \(B, 5, 5, 1\).*got \(2, "):
        model(jnp.zeros(shape))


@pytest.mark.parametrize("shape", [(B, 2, D), (B, 1, 5)])
def test_an_encoding_of_another_shape_is_named_in_the_error(shape):
    decoder = DenseDecoder(SIDE, K, D, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"one vector an example, \(B, 1, 3\); got \(2, "):
        decoder(Encoding(jnp.zeros(shape), jnp.ones(shape[:2], bool)))


def test_parts_of_two_widths_do_not_fit():
    rngs = nnx.Rngs(0)
    with pytest.raises(ValueError, match="vectors of width 3, but the decoder reads width 5"):
        EncoderDecoder(DenseEncoder(SIDE, K, D, rngs=rngs), DenseDecoder(SIDE, K, 5, rngs=rngs))


@pytest.mark.parametrize("name", ["side", "hidden_dim", "encoding_dim"])
def test_a_size_of_zero_is_named_in_the_error(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1; got 0"):
        autoencoder(AutoencoderConfig(**{name: 0}), rngs=nnx.Rngs(0))
