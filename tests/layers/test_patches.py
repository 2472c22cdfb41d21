"""Mirrors encdec_lib/layers/patches.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.patches import cut, paste
from encdec_lib.layers.patches import PatchEmbedding
from tests.helpers import loops
from tests.systems import with_biases

B, H, W, C, P, D = 5, 6, 21, 2, 3, 11  # 2×7 patches
IMAGES = np.random.default_rng(0).normal(size=(B, H, W, C)).astype(np.float32)


def embedding():
    return with_biases(PatchEmbedding(P, C, D, rngs=nnx.Rngs(0)))


@pytest.mark.parametrize("patch", [1, 3])
@pytest.mark.parametrize("array", [np.asarray, jnp.asarray], ids=["numpy", "jax"])
def test_cut_is_the_loop_over_patches_and_pixels(patch, array):
    rows = cut(array(IMAGES), patch)
    assert isinstance(rows, type(array(IMAGES)))
    for image, row in zip(IMAGES, rows, strict=True):
        np.testing.assert_array_equal(row, loops.cut(image, patch))


@pytest.mark.parametrize("patch", [1, 3, 7, 21])
def test_paste_undoes_cut_and_cut_undoes_paste(patch):
    images = np.random.default_rng(1).normal(size=(B, 21, 21, C)).astype(np.float32)
    rows = cut(images, patch)
    np.testing.assert_array_equal(paste(rows, patch, 21), images)
    np.testing.assert_array_equal(cut(paste(rows[::-1], patch, 21), patch), rows[::-1])


def test_an_embedding_is_one_product_for_each_patch():
    embed = embedding()
    vectors = embed(jnp.asarray(IMAGES))
    assert vectors.shape == (B, 14, D)
    for image, rows in zip(IMAGES, vectors, strict=True):
        wanted = [loops.linear(embed.project, patch) for patch in loops.cut(image, P)]
        np.testing.assert_allclose(rows, wanted, rtol=1e-5, atol=1e-5)


def test_an_embedding_is_a_convolution_with_stride_p():
    embed = embedding()
    assert embed.as_convolution().shape == (P, P, C, D)
    grid = jax.lax.conv_general_dilated(
        jnp.asarray(IMAGES),
        embed.as_convolution(),
        (P, P),
        "VALID",
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )
    wanted = np.asarray(grid).reshape(B, 14, D) + np.asarray(embed.project.bias)
    np.testing.assert_allclose(embed(jnp.asarray(IMAGES)), wanted, rtol=1e-5, atol=1e-5)


def test_bfloat16_is_what_is_computed_in_and_not_what_is_kept():
    embed = PatchEmbedding(P, C, D, dtype=jnp.bfloat16, rngs=nnx.Rngs(0))
    exact = PatchEmbedding(P, C, D, rngs=nnx.Rngs(0))
    assert embed.project.kernel.dtype == jnp.float32
    vectors = embed(jnp.asarray(IMAGES))
    assert vectors.dtype == jnp.bfloat16
    wanted = np.asarray(exact(jnp.asarray(IMAGES)))
    error = np.asarray(vectors, np.float32) - wanted
    assert 0 < np.abs(error).max() < 0.02 * np.abs(wanted).max()  # 8 bits


@pytest.mark.parametrize(
    ("shape", "patch", "message"),
    [
        ((B, 6, 20, C), 3, "patch must divide both sides .* 6×20 pixels; got 3"),
        ((B, 7, 21, C), 3, "patch must divide both sides .* 7×21 pixels; got 3"),
        ((B, 6, 21, C), 0, "patch must divide both sides .*; got 0"),
        ((6, 21), 3, r"four axes \(B, H, W, C\); got \(6, 21\).*image\[None, :, :, None\]"),
    ],
)
def test_images_that_cannot_be_cut_are_named(as_reader, shape, patch, message):
    with pytest.raises(ValueError, match=message):
        cut(np.zeros(shape, np.float32), patch)


@pytest.mark.parametrize(("count", "patch", "side"), [(4, 3, 9), (9, 3, 10)])
def test_patches_that_cannot_be_pasted_are_named(count, patch, side):
    message = rf"images of side {side} in patches of side {patch}; got \(2, {count}, 9\)"
    with pytest.raises(ValueError, match=message):
        paste(np.zeros((2, count, 9), np.float32), patch, side)


@pytest.mark.parametrize("name", ["patch", "in_channels", "d_model"])
def test_a_size_below_1_is_named(name):
    sizes = {"patch": P, "in_channels": C, "d_model": D} | {name: 0}
    with pytest.raises(ValueError, match=f"{name} must be at least 1; got 0"):
        PatchEmbedding(**sizes, rngs=nnx.Rngs(0))


def test_another_number_of_channels_is_named():
    message = r"\(B, H, W, 2\), channels last; got \(5, 6, 21, 1\)"
    with pytest.raises(ValueError, match=message):
        embedding()(jnp.asarray(IMAGES[..., :1]))
