"""Mirrors encdec_lib/widgets/unet_stepper. What it looks like is in tests/browser."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.widgets import UNetStepper
from tests.widgets.untrained_images import shaken

SCENE = np.random.default_rng(0).uniform(size=(12, 12)).astype(np.float32)


def network(skips=True):
    sizes = UNetConfig(channels=(3, 5, 7), skips=skips)
    return shaken(lambda: unet(sizes, rngs=nnx.Rngs(0)), seed=3)


def numbers(data, side):
    return np.frombuffer(data, np.uint8).reshape(side, side)


@pytest.mark.parametrize("skips", [True, False])
def test_maps_and_classes_are_those_of_the_network(skips):
    model = network(skips)
    shown = UNetStepper({"a": model}, SCENE).networks[0]
    assert shown["skips"] == skips
    classes = np.asarray(model(jnp.asarray(SCENE)[None, :, :, None]).logits)[0].argmax(-1)
    np.testing.assert_array_equal(numbers(shown["classes"], 12), classes)
    assert [(one["side"], one["channels"]) for one in shown["down"]] == [(12, 3), (6, 5), (3, 7)]
    assert [(one["side"], one["channels"]) for one in shown["up"]] == [(6, 5), (12, 3)]


def test_the_maps_that_vary_most_are_drawn_from_their_lowest_to_their_highest():
    model = network()
    maps = np.asarray(model.encoder.maps(jnp.asarray(SCENE)[None, :, :, None])[2])[0]
    spread = [(np.std(maps[:, :, k]), k) for k in range(7)]
    expected = [k for _, k in sorted(spread, reverse=True)[:3]]
    shown = UNetStepper({"a": model}, SCENE[:, :, None]).networks[0]["down"][2]["maps"]
    for data, k in zip(shown, expected, strict=True):
        low, high = maps[:, :, k].min(), maps[:, :, k].max()
        wanted = 255 * (maps[:, :, k] - low) / (high - low)
        np.testing.assert_allclose(numbers(data, 3), wanted, atol=0.51)


@pytest.mark.parametrize(
    "models, scene, error, message",
    [
        ({}, SCENE, ValueError, "one or two networks; got 0"),
        ([1], SCENE, TypeError, "models must go from a name to a U-Net; got list"),
        ({"a": "unet"}, SCENE, TypeError, "built by unet.* 'a' is a str"),
        ({"a": network()}, SCENE[:10, :10], ValueError, "divisible by 4"),
        ({"a": network()}, SCENE[:8], ValueError, "scene must be"),
    ],
)
def test_wrong_arguments_are_named(models, scene, error, message):
    with pytest.raises(error, match=message):
        UNetStepper(models, scene)
