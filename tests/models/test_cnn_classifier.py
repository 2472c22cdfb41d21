"""Mirrors encdec_lib/models/cnn_classifier.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.evaluation.classes import accuracy
from encdec_lib.models.cnn_to_cnn import UNetEncoder
from encdec_lib.models.vision_transformer import CNNClassifierConfig, cnn_classifier
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import ClassificationLoss
from tests.helpers import loops
from tests.systems import with_biases

B, SIDE, C, CHANNELS, V = 3, 6, 2, (5, 7), 11  # one pooling: a grid of 3×3 cells
CONFIG = CNNClassifierConfig(SIDE, C, V, CHANNELS)
IMAGES = np.random.default_rng(1).random((B, SIDE, SIDE, C), np.float32)


def built():
    """Random biases, and normalisations that have seen something."""
    model = with_biases(cnn_classifier(CONFIG, rngs=nnx.Rngs(0)))
    rng = np.random.default_rng(2)
    for block in model.encoder.convolutions.blocks:
        for norm in (block.norm1, block.norm2):
            for name, low in (("mean", -1), ("var", 0.5), ("scale", 0.5)):
                values = rng.uniform(low, 1.5, norm.scale.shape)
                getattr(norm, name)[...] = jnp.asarray(values, jnp.float32)
    return model


def test_agrees_with_the_equations_written_as_loops():
    model, x = built(), IMAGES.astype(np.float64)
    logits = model(jnp.asarray(IMAGES))
    assert logits.shape == (B, V)
    for k, block in enumerate(model.encoder.convolutions.blocks):
        x = np.stack([loops.max_pool(image) for image in x]) if k else x
        x = loops.conv_block(block, x)
    for b, grid in enumerate(x):
        flat = np.concatenate([grid[i, j] for i in range(3) for j in range(3)])
        wanted = loops.linear(model.encoder.project, flat)
        np.testing.assert_allclose(logits[b], wanted, rtol=1e-4, atol=1e-4)


def test_its_convolutions_are_those_of_chapter_2():
    assert type(built().encoder.convolutions) is UNetEncoder


def test_every_parameter_gets_a_gradient():
    graph, params, rest = nnx.split(built(), nnx.Param, ...)

    def loss(params):
        return (nnx.merge(graph, params, rest)(jnp.asarray(IMAGES)) ** 2).sum()

    for path, gradient in nnx.to_flat_state(jax.jit(jax.grad(loss))(params)):
        assert np.abs(gradient[...]).max() > 0, path


@pytest.mark.slow
def test_it_learns_labels_by_heart_and_looks_at_each_image_alone():
    model, data = cnn_classifier(CONFIG, rngs=nnx.Rngs(0)), (IMAGES, np.array([4, 0, 10], np.int32))
    config = TrainConfig(steps=40, batch_size=B, learning_rate=0.01, warmup_steps=2)
    history = fit(model, data, config, loss=ClassificationLoss(), progress=False)
    assert history.losses[-1] < 0.1 < history.losses[0]
    assert accuracy(model, *data) == 1  # in evaluation mode
    together, alone = (model(jnp.asarray(x)) for x in (IMAGES, IMAGES[1:2]))
    np.testing.assert_allclose(together[1:2], alone, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_classes": 0}, "num_classes must be at least 1; got 0"),
        ({"side": 7}, "side must be divisible by 2, .* halved 1 times; got 7"),
        ({"channels": (5,)}, r"two scales or more; got \(5,\)"),
    ],
)
def test_what_does_not_fit_is_named_in_the_error(change, message):
    sizes = {"side": SIDE, "in_channels": C, "num_classes": V, "channels": CHANNELS}
    with pytest.raises(ValueError, match=message):
        cnn_classifier(CNNClassifierConfig(**(sizes | change)), rngs=nnx.Rngs(0))


def test_a_picture_of_another_side_is_named():
    with pytest.raises(ValueError, match=r"\(B, 6, 6, C\); got \(3, 8, 8, 2\)"):
        built()(jnp.zeros((B, 8, 8, C)))
