"""Mirrors encdec_lib/widgets/patch_dial/patch_dial.py. What it does is in tests/browser."""

import numpy as np
import pytest

from encdec_lib.models.vision_transformer import BASE, ViTConfig
from encdec_lib.widgets import PatchDial

IMAGE = np.random.default_rng(0).uniform(size=(5, 5))


def test_it_carries_a_byte_a_pixel_and_the_sizes():
    dial = PatchDial(IMAGE, {"small": ViTConfig(), "large": BASE})
    pixels = np.frombuffer(dial.image, np.uint8).reshape(5, 5)
    np.testing.assert_allclose(pixels / 255, IMAGE, atol=0.5 / 255)
    assert (dial.side, dial.names) == (5, ["small", "large"])
    small, large = dial.configs
    assert (small["d_model"], small["layers"], small["patch"]) == (64, 3, 7)
    assert (large["d_model"], large["in_channels"], large["patch"]) == (768, 3, 16)


def test_every_patch_side_divides_and_the_page_can_draw_it():
    small, large = PatchDial(IMAGE, {"small": ViTConfig(), "large": BASE}).configs
    assert small["patches"] == [28, 14, 7, 4, 2, 1]
    assert large["patches"] == [224, 112, 56, 32, 28, 16, 14, 8]


@pytest.mark.parametrize(
    ("image", "configs", "message"),
    [
        (IMAGE[:3], {"a": ViTConfig()}, r"image must be square, \(S, S\); got \(3, 5\)"),
        (3 * IMAGE, {"a": ViTConfig()}, "values from 0 to 1"),
        (np.full((2, 2), np.nan), {"a": ViTConfig()}, "values from 0 to 1"),
        (IMAGE, {}, "configs must be 1 to 3 models' sizes; got 0"),
        (
            IMAGE,
            {"a": ViTConfig(side=224, patch=4)},
            r"patch must be one of \[224, 112.* for a side of 224; got 4",
        ),
    ],
)
def test_a_wrong_argument_is_named(image, configs, message):
    with pytest.raises(ValueError, match=message):
        PatchDial(image, configs)
