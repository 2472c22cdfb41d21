"""Mirrors encdec_lib/models/cnn_to_cnn.py."""

from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.encoding import EncoderDecoder, Encoding
from encdec_lib.models.cnn_to_cnn import UNetConfig, UNetDecoder, UNetEncoder, unet
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import SegmentationLoss
from tests.helpers import loops
from tests.layers.test_convolution import lively, random

B, SIDE, C, V = 2, 8, 2, 13
CHANNELS = (3, 5, 7)
close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-4)
with_or_without = pytest.mark.parametrize("skips", [True, False])


def build(skips=True, seed=0):
    model = unet(UNetConfig(V, C, CHANNELS, skips), rngs=nnx.Rngs(seed))
    for part in (model.encoder, model.decoder):
        for k, block in enumerate(part.blocks):
            lively(block, seed=seed + k)
    for up in model.decoder.ups:
        up.bias[...] = jnp.asarray(random(*up.bias.shape, seed=seed))
    return model


@nnx.jit
def score(model, images):
    return model(images).logits


def by_hand(model, images):
    """The whole network as loops."""
    maps = [loops.conv_block(model.encoder.blocks[0], images.astype(float))]
    for block in model.encoder.blocks[1:]:
        maps.append(loops.conv_block(block, np.stack([loops.max_pool(m) for m in maps[-1]])))
    x = maps.pop()
    for up, block in zip(model.decoder.ups, model.decoder.blocks, strict=True):
        kernel = loops.float64(up.kernel)
        x = np.stack([loops.transposed_convolution(image, kernel, 2) for image in x])
        x = x + loops.float64(up.bias)
        if model.decoder.skips:
            x = np.concatenate([x, maps.pop()], axis=-1)
        x = loops.conv_block(block, x)
    return loops.linear(model.decoder.output, x)


@with_or_without
def test_agrees_with_the_equations_written_as_loops(skips):
    model, images = build(skips), random(B, SIDE, SIDE, C)
    logits = score(model, jnp.asarray(images))
    assert logits.shape == (B, SIDE, SIDE, V)
    close(logits, by_hand(model, images))


@pytest.mark.parity
@with_or_without
def test_agrees_with_torch_forward_and_gradient(skips):
    torch = pytest.importorskip("torch")
    from benchmarks.torch_images import UNet
    from benchmarks.torch_weights import copy_unet

    model = build(skips)
    twin = UNet(C, CHANNELS, V, skips)
    copy_unet(model, twin)
    images, pull = random(B, SIDE, SIDE, C), random(B, SIDE, SIDE, V, seed=1)
    x = torch.from_numpy(images).permute(0, 3, 1, 2)
    close(score(model, jnp.asarray(images)), twin.eval()(x).detach().permute(0, 2, 3, 1))

    model.train()

    @nnx.jit
    def gradient(model, images):
        return nnx.grad(lambda model: jnp.vdot(model(images).logits, pull))(model)

    grads = gradient(model, jnp.asarray(images))
    (twin.train()(x) * torch.from_numpy(pull).permute(0, 3, 1, 2)).sum().backward()
    first = twin.down[0][0].weight.grad.permute(2, 3, 1, 0)
    close(grads["encoder"]["blocks"][0]["conv1"]["kernel"][...], first, rtol=1e-3, atol=1e-3)
    up = twin.ups[0].weight.grad.permute(2, 3, 0, 1)
    close(grads["decoder"]["ups"][0]["kernel"][...], up, rtol=1e-3, atol=1e-3)
    out = twin.output.weight.grad[..., 0, 0].T
    close(grads["decoder"]["output"]["kernel"][...], out, rtol=1e-4)


def test_the_switch_changes_the_parameters_by_less_than_a_tenth():
    sizes = []
    for skips in (True, False):
        model = nnx.eval_shape(lambda skips=skips: unet(UNetConfig(skips=skips), rngs=nnx.Rngs(0)))
        params = nnx.state(model, nnx.Param)
        sizes.append(sum(p.size for _, p in nnx.to_flat_state(params)))
    assert sizes[0] < sizes[1] < 1.1 * sizes[0]


def test_without_skips_all_goes_through_the_bottleneck():
    model, images = build(skips=False), jnp.asarray(random(B, SIDE, SIDE, C))
    encoding = model.encode(images)
    alone = encoding._replace(skips=())
    np.testing.assert_array_equal(model.decoder(alone).logits, model.decoder(encoding).logits)
    with_skips = build(skips=True)
    encoding = with_skips.encode(images)
    emptied = encoding._replace(skips=tuple(jnp.zeros_like(s) for s in encoding.skips))
    changed = with_skips.decoder(emptied).logits - with_skips.decoder(encoding).logits
    assert np.abs(changed).max() > 0.1


def test_the_other_images_of_a_batch_do_not_matter_in_evaluation():
    model, images = build(), jnp.asarray(random(B, SIDE, SIDE, C))
    close(score(model, images)[1:], score(model, images[1:]), atol=1e-5)


def test_moving_the_image_by_the_factor_moves_the_answer():
    model = build()
    image = np.zeros((1, 32, 32, C), np.float32)
    image[:, 12:18, 12:18] = random(1, 6, 6, C)
    moved = np.roll(image, model.encoder.factor, axis=1)
    far = slice(10, 22)  # where neither border reaches
    a, b = score(model, jnp.asarray(image)), score(model, jnp.asarray(moved))
    close(a[:, far, far], np.roll(b, -model.encoder.factor, axis=1)[:, far, far])


def test_fit_trains_it_and_leaves_it_in_evaluation_mode():
    model, images = build(), random(6, SIDE, SIDE, C)
    labels = (images[..., 0] > 0).astype(np.int32)
    before = np.array(model.encoder.blocks[0].norm1.mean[...])
    config = TrainConfig(steps=30, batch_size=6, learning_rate=0.02, warmup_steps=2)
    history = fit(model, (images, labels), config, loss=SegmentationLoss(V), progress=False)
    assert history.losses[-1] < 0.5 * history.losses[0]
    assert np.abs(model.encoder.blocks[0].norm1.mean[...] - before).max() > 0.01
    again = score(model, jnp.asarray(images))
    np.testing.assert_array_equal(again, score(model, jnp.asarray(images)))


# ---------------------------------------------------------------- what does not fit


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((SIDE, SIDE, C), r"tokens \(B, S\) or images \(B, H, W, C\); got \(8, 8, 2\)"),
        ((B, SIDE, SIDE, 1), r"images \(B, H, W, 2\), channels last; got \(2, 8, 8, 1\)"),
        ((B, C, SIDE, SIDE), r"images \(B, H, W, 2\), channels last; got \(2, 2, 8, 8\)"),
        ((B, 8, 12, C), r"square with a side divisible by 4.*got 8×12"),
        ((B, 10, 10, C), r"divisible by 4, as it is halved 2 times; got 10×10\. Pad"),
        ((0, SIDE, SIDE, C), r"at least one example.*got \(0, 8, 8, 2\)"),
    ],
)
def test_an_image_that_does_not_fit_is_named(shape, message):
    with pytest.raises(ValueError, match=message):
        build()(jnp.zeros(shape))


def test_a_target_for_a_decoder_that_paints_is_named():
    with pytest.raises(ValueError, match=r"target_in must be left out.*\(2, 3\)"):
        build()(jnp.zeros((B, SIDE, SIDE, C)), jnp.ones((B, 3), int))


@pytest.mark.parametrize(
    ("count", "skips", "message"),
    [
        (5, True, r"square grid of vectors of width 7.*\(2, 5, 7\)"),
        (4, True, r"bring 2 skips, one a finer scale; got 0"),
    ],
)
def test_an_encoding_that_does_not_fit_is_named(count, skips, message):
    decoder = UNetDecoder(V, CHANNELS, skips=skips, rngs=nnx.Rngs(0))
    encoding = Encoding(jnp.zeros((B, count, 7)), jnp.ones((B, count), bool))
    with pytest.raises(ValueError, match=message):
        decoder(encoding)


def test_one_scale_is_no_u_net():
    with pytest.raises(ValueError, match=r"two scales or more; got \(3,\)"):
        UNetEncoder(1, (3,), rngs=nnx.Rngs(0))


def test_parts_of_two_widths_do_not_meet():
    encoder = UNetEncoder(C, (3, 5), rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="width 5, but the decoder reads width 7"):
        EncoderDecoder(encoder, UNetDecoder(V, CHANNELS, rngs=nnx.Rngs(0)))
