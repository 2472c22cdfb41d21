"""Mirrors encdec_lib/layers/convolution.py."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.convolution import (
    ConvBlock,
    TransposedConv,
    max_pool,
    transposed_convolution,
    transposed_output_size,
)
from tests.helpers import loops

B, H, W, C, K = 2, 5, 7, 3, 11  # all different primes
close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-5)


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def lively(block, seed=0):
    """Statistics and affine values of batch normalisation that are not 0 and 1."""
    rng = np.random.default_rng(seed)
    for norm in (block.norm1, block.norm2):
        for values, low in ((norm.mean, -0.5), (norm.var, 0.5), (norm.scale, 0.5), (norm.bias, -1)):
            values[...] = jnp.asarray(rng.uniform(low, low + 1, values.shape), jnp.float32)
    return block


# ---------------------------------------------------------------- transposed convolution


@pytest.mark.parametrize(
    ("kernel", "padding"),
    [((2, 2), 0), ((2, 2), 1), ((3, 2), 1), ((4, 4), 1), ((5, 3), 2), ((1, 1), 0)],
)
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_transposed_convolution_is_the_loop_over_stamps(kernel, padding, stride):
    x, w = random(B, H, W, C), random(*kernel, C, K, seed=1)
    y = transposed_convolution(jnp.asarray(x), jnp.asarray(w), stride, padding)
    wanted = [loops.transposed_convolution(image, w, stride, padding) for image in x.astype(float)]
    close(y, wanted, atol=1e-4)
    sizes = [
        transposed_output_size(n, k, stride, padding) for n, k in zip((H, W), kernel, strict=True)
    ]
    assert y.shape == (B, *sizes, K)


def test_it_is_the_transpose_of_a_convolution():
    stride, w = 2, jnp.asarray(random(3, 3, K, C, seed=1))  # the convolution's, from K to C

    def convolution(y):
        return jax.lax.conv_general_dilated(
            y, w, (stride, stride), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )

    y = jnp.asarray(random(B, 11, 13, K))
    x = jnp.asarray(random(*convolution(y).shape, seed=2))
    back = transposed_convolution(x, w.swapaxes(2, 3), stride)
    close(jnp.vdot(convolution(y), x), jnp.vdot(y, back), rtol=1e-4)


def test_without_overlap_it_agrees_with_the_general_form():
    x, w = jnp.asarray(random(B, H, W, C)), jnp.asarray(random(2, 2, C, K, seed=1))
    wider = jnp.pad(w, ((0, 1), (0, 1), (0, 0), (0, 0)))  # a 3×3 kernel with an empty rim
    close(
        transposed_convolution(x, w, 2),
        transposed_convolution(x, wider, 2)[:, : 2 * H, : 2 * W],
        atol=1e-4,
    )


def test_agrees_with_flax():
    ours = TransposedConv(C, K, kernel=4, stride=2, padding=1, rngs=nnx.Rngs(0))
    theirs = nnx.ConvTranspose(
        C, K, (4, 4), (2, 2), padding="SAME", transpose_kernel=True, rngs=nnx.Rngs(0)
    )
    theirs.kernel[...] = ours.kernel[...].swapaxes(2, 3)
    ours.bias[...] = theirs.bias[...] = jnp.asarray(random(K))
    x = jnp.asarray(random(B, H, W, C))
    close(ours(x), theirs(x), atol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": (B, H, W, C + 1)}, r"x must have the 3 channels of the kernel.*\(2, 5, 7, 4\)"),
        ({"stride": 0}, "stride must be at least 1; got 0"),
        ({"padding": 2}, r"padding in \[0, 2\).*padding=2"),
    ],
)
def test_bad_arguments_are_named(as_reader, change, message):
    settings = {"x": (B, H, W, C), "stride": 2, "padding": 0} | change
    x = jnp.zeros(settings.pop("x"))
    with pytest.raises(ValueError, match=message):
        transposed_convolution(x, jnp.zeros((2, 3, C, K)), **settings)


# ---------------------------------------------------------------- pooling


def test_pooling_is_the_loop_and_agrees_with_flax():
    x = random(B, 6, 10, C)
    pooled = max_pool(jnp.asarray(x))
    np.testing.assert_array_equal(pooled, [loops.max_pool(image) for image in x])
    np.testing.assert_array_equal(pooled, nnx.max_pool(jnp.asarray(x), (2, 2), (2, 2)))


def test_a_side_that_cannot_be_pooled_is_named():
    with pytest.raises(ValueError, match=r"divisible by 2 \(size\).*\(2, 5, 7, 3\)"):
        max_pool(jnp.zeros((B, H, W, C)))


# ---------------------------------------------------------------- the block


@pytest.mark.parametrize("training", [False, True])
def test_the_block_is_its_equation_as_loops(training):
    block = lively(ConvBlock(C, K, rngs=nnx.Rngs(0)))
    if not training:
        block.eval()
    x = random(B, H, W, C)
    wanted = loops.conv_block(block, x.astype(float), training)
    close(nnx.jit(type(block).__call__)(block, jnp.asarray(x)), wanted, atol=1e-4)


def test_the_block_keeps_a_running_mean():
    block = ConvBlock(C, K, rngs=nnx.Rngs(0))
    x = random(B, H, W, C)
    kernel, bias = loops.float64(block.conv1.kernel), loops.float64(block.conv1.bias)
    seen = np.stack([loops.convolution(image, kernel, bias) for image in x.astype(float)])
    nnx.jit(type(block).__call__)(block, jnp.asarray(x))
    close(block.norm1.mean[...], 0.1 * seen.mean(axis=(0, 1, 2)))
    close(block.norm1.var[...], 0.9 + 0.1 * seen.var(axis=(0, 1, 2)), atol=1e-4)


@pytest.mark.parity
@pytest.mark.parametrize("training", [False, True])
def test_the_block_agrees_with_torch_forward_and_gradient(training):
    torch = pytest.importorskip("torch")
    from benchmarks.torch_images import block as torch_block
    from benchmarks.torch_weights import copy_block

    block = lively(ConvBlock(C, K, rngs=nnx.Rngs(0)))
    twin = torch_block(C, K)
    copy_block(block, twin)
    (block.train if training else block.eval)()
    twin.train(training)
    x, pull = random(B, H, W, C), random(B, H, W, K, seed=1)

    @nnx.jit
    def ours(block, x):
        def value(block, x):
            y = block(x)
            return jnp.vdot(y, pull), y

        return nnx.grad(value, argnums=(0, 1), has_aux=True)(block, x)

    (grads, d_x), y = ours(block, jnp.asarray(x))
    t_x = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous().requires_grad_()
    t_y = twin(t_x)
    (t_y * torch.from_numpy(pull).permute(0, 3, 1, 2)).sum().backward()
    close(y, t_y.detach().permute(0, 2, 3, 1), atol=1e-4)
    close(d_x, t_x.grad.permute(0, 2, 3, 1), atol=1e-4)
    close(grads["conv1"]["kernel"][...], twin[0].weight.grad.permute(2, 3, 1, 0), atol=1e-4)
    close(grads["norm2"]["scale"][...], twin[4].weight.grad, rtol=1e-4, atol=1e-4)


@pytest.mark.parity
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 1), (4, 3, 1)])
def test_transposed_convolution_agrees_with_torch(kernel, stride, padding):
    torch = pytest.importorskip("torch")
    x, w, b = random(B, H, W, C), random(kernel, kernel, C, K, seed=1), random(K, seed=2)
    ours = TransposedConv(C, K, kernel, stride, padding, rngs=nnx.Rngs(0))
    ours.kernel[...], ours.bias[...] = jnp.asarray(w), jnp.asarray(b)
    pull = random(*ours(jnp.asarray(x)).shape, seed=3)

    def value(model, x):
        return jnp.vdot(model(x), pull)

    grads, d_x = nnx.grad(value, argnums=(0, 1))(ours, jnp.asarray(x))
    t_x = torch.from_numpy(x).permute(0, 3, 1, 2).requires_grad_()
    t_w = torch.from_numpy(w).permute(2, 3, 0, 1).requires_grad_()
    t_y = torch.nn.functional.conv_transpose2d(t_x, t_w, torch.from_numpy(b), stride, padding)
    (t_y * torch.from_numpy(pull).permute(0, 3, 1, 2)).sum().backward()
    close(ours(jnp.asarray(x)), t_y.detach().permute(0, 2, 3, 1), atol=1e-4)
    close(d_x, t_x.grad.permute(0, 2, 3, 1), atol=1e-4)
    close(grads["kernel"][...], t_w.grad.permute(2, 3, 0, 1), rtol=1e-4, atol=1e-4)


@pytest.mark.parity
def test_group_norm_of_flax_agrees_with_torch():
    torch = pytest.importorskip("torch")
    x = random(B, H, W, 6)
    norm = nnx.GroupNorm(6, num_groups=3, epsilon=1e-5, rngs=nnx.Rngs(0))
    twin = torch.nn.GroupNorm(3, 6)
    norm.scale[...], norm.bias[...] = jnp.asarray(random(6, seed=1)), jnp.asarray(random(6, seed=2))
    with torch.no_grad():
        twin.weight.copy_(torch.from_numpy(random(6, seed=1)))
        twin.bias.copy_(torch.from_numpy(random(6, seed=2)))
    wanted = twin(torch.from_numpy(x).permute(0, 3, 1, 2)).detach().permute(0, 2, 3, 1)
    close(norm(jnp.asarray(x)), wanted)
