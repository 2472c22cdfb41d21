"""Mirrors encdec_lib/models/captioning.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.captions import WORDS
from encdec_lib.models.captioning import CaptionConfig, CNNEncoder, captioner
from encdec_lib.models.seq2seq import RNNDecoder
from tests.helpers import loops

B, SIDE, CHANNELS, D = 2, 6, (5, 7), 11
FACTOR = 2  # one pooling


@pytest.fixture
def images():
    return jax.random.uniform(jax.random.key(1), (B, SIDE, SIDE, 1))


def build(grid=False, positions=False):
    """An encoder whose normalisations are not the ones a new network has."""
    encoder = CNNEncoder(SIDE, 1, CHANNELS, D, grid=grid, positions=positions, rngs=nnx.Rngs(0))
    encoder.eval()
    rng = np.random.default_rng(2)
    for block in encoder.convolutions.blocks:
        for norm in (block.norm1, block.norm2):
            for name, low in (("mean", -1), ("var", 0.5), ("scale", 0.5), ("bias", -1)):
                values = rng.uniform(low, 1.5, norm.scale.shape)
                getattr(norm, name)[...] = jnp.asarray(values, jnp.float32)
    encoder.project.bias[...] = jnp.asarray(rng.normal(size=D), jnp.float32)
    return encoder


def cells_by_loops(encoder, images):
    """The cells of the coarsest map, row by row: (B, cells, C)."""
    x = loops.float64(images)
    for k, block in enumerate(encoder.convolutions.blocks):
        x = np.stack([loops.max_pool(image) for image in x]) if k else x
        x = loops.conv_block(block, x)
    batch, height, width, channels = x.shape
    assert height == width == SIDE // FACTOR
    return np.stack([[x[b, i, j] for i in range(height) for j in range(width)] for b in range(B)])


def test_one_vector_for_the_picture_agrees_with_loops(images):
    encoder = build()
    vectors, mask, skips = encoder(images)
    assert vectors.shape == (B, 1, D) and mask.all() and skips == ()
    for b, cells in enumerate(cells_by_loops(encoder, images)):
        H = loops.linear(encoder.project, np.concatenate(list(cells)))
        np.testing.assert_allclose(vectors[b, 0], H, rtol=1e-4, atol=1e-4)


def test_one_vector_for_each_cell_agrees_with_loops(images):
    encoder = build(grid=True)
    vectors, mask, _ = encoder(images)
    assert vectors.shape == (B, 9, D) and mask.shape == (B, 9) and mask.all()
    expected = loops.linear(encoder.project, cells_by_loops(encoder, images))
    np.testing.assert_allclose(vectors, expected, rtol=1e-4, atol=1e-4)


def test_positions_add_a_vector_of_its_own_to_each_cell(images):
    encoder, plain = build(grid=True, positions=True), build(grid=True)
    assert encoder.positions.shape == (1, 9, D) and plain.positions is None
    added = np.asarray(encoder(images).vectors - plain(images).vectors)
    for b, j in np.ndindex(B, 9):
        np.testing.assert_allclose(added[b, j], encoder.positions[0, j], atol=1e-5)
    apart = np.asarray(encoder.positions[0])
    distances = np.abs(apart[:, None] - apart[None]).max(-1) + np.eye(9)
    assert distances.min() > 0.01
    wanted = [loops.cell(row, column, D) for row in range(3) for column in range(3)]
    np.testing.assert_allclose(apart, wanted, atol=1e-6)  # where they start


def test_one_vector_has_no_place():
    with pytest.raises(ValueError, match="positions=True needs grid=True: one vector has no place"):
        build(positions=True)


@pytest.mark.slow
def test_a_new_captioner_reads_pictures_of_its_side_and_scores_words():
    model = captioner(CaptionConfig(side=8, channels=(2, 3), state_dim=D), rngs=nnx.Rngs(0))
    target_in = jnp.array([[1, 4, 6], [1, 4, 0]])
    assert model(jnp.ones((B, 8, 8, 1)), target_in).logits.shape == (B, 3, len(WORDS))


@pytest.mark.slow
def test_the_decoder_is_that_of_chapter_4_and_knows_nothing_of_pictures():
    model = captioner(CaptionConfig(side=8, channels=(2, 3)), rngs=nnx.Rngs(0))
    assert type(model.decoder) is RNNDecoder


def test_it_is_built_in_evaluation_mode():
    model = captioner(CaptionConfig(side=8, channels=(2, 3)), rngs=nnx.Rngs(0))
    pictures = jax.random.uniform(jax.random.key(3), (5, 8, 8, 1))
    together, alone = model.encode(pictures).vectors, model.encode(pictures[:1]).vectors
    np.testing.assert_allclose(together[:1], alone, atol=1e-5)


@pytest.mark.slow
def test_every_parameter_gets_a_gradient(images):
    model = captioner(CaptionConfig(side=SIDE, channels=CHANNELS, state_dim=D), rngs=nnx.Rngs(0))
    target_in = jnp.array([[1, 4, 6], [1, 4, 7]])
    graph, params, rest = nnx.split(model, nnx.Param, ...)

    def loss(params):
        logits = nnx.merge(graph, params, rest)(images, target_in).logits
        return (jax.nn.log_softmax(logits)[:, :, 5] ** 2).sum()

    for path, gradient in nnx.to_flat_state(jax.grad(loss)(params)):
        assert np.abs(gradient[...]).max() > 0, path


@pytest.mark.parametrize(
    "shape, message",
    [
        ((B, 8, 6, 1), r"\(B, 6, 6, C\); got \(2, 8, 6, 1\)"),
        ((B, 8, 8, 1), r"\(B, 6, 6, C\); got \(2, 8, 8, 1\)"),
        ((B, 6, 6), r"\(B, 6, 6, C\); got \(2, 6, 6\)"),
        ((B, 6, 6, 3), r"\(B, H, W, 1\).*got \(2, 6, 6, 3\)"),
    ],
)
def test_a_picture_of_another_shape_is_named(as_reader, shape, message):
    with pytest.raises(ValueError, match=message):
        build()(jnp.ones(shape))


def test_a_side_that_cannot_be_halved_often_enough_is_named():
    with pytest.raises(ValueError, match="side must be divisible by 2.*got 7"):
        CNNEncoder(7, 1, CHANNELS, D, rngs=nnx.Rngs(0))
