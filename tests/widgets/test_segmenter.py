"""Mirrors encdec_lib/widgets/segmenter/segmenter.py. What it does is in tests/browser."""

import dataclasses

import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.digits import Digits
from encdec_lib.data.scenes import Scenes, draw
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.web import export_model
from encdec_lib.widgets import Segmenter
from tests.widgets.untrained_images import shaken

SMALL = UNetConfig(channels=(2, 3, 5))


def network(**changes):
    config = dataclasses.replace(SMALL, **changes)
    return shaken(lambda: unet(config, rngs=nnx.Rngs(0)))


WITH, WITHOUT = network(), network(skips=False)


def blots(count, side=7):
    """Digits of one grey level each, so that they differ."""
    levels = np.linspace(0.5, 1, count, dtype=np.float32)[:, None, None]
    labels = np.array([k * 3 % 10 for k in range(count)], np.int32)
    return Digits(np.broadcast_to(levels, (count, side, side)).copy(), labels)


def few(count=3, side=20, noise=0.0):
    return draw(blots(5, 5), count, most=2, side=side, noise=noise)


def test_its_state_is_bytes_and_two_models():
    scenes = few()
    widget = Segmenter(WITH, WITHOUT, blots(13), scenes, noise=0.24)
    assert (widget.scene, widget.noise, widget.side, widget.digit_side) == (0, 0.24, 20, 7)
    pixels = np.frombuffer(widget.scenes, np.uint8).reshape(3, 20, 20) / 255
    np.testing.assert_allclose(pixels, scenes.images[..., 0], atol=0.5 / 255)
    assert widget.with_skips["settings"]["decoder"] == {"skips": True}
    assert widget.without_skips["settings"]["decoder"] == {"skips": False}
    assert len(widget.colors) == 11


def test_the_palette_has_the_first_of_each_digit():
    widget = Segmenter(WITH, WITHOUT, blots(13), few())
    assert widget.labels == list(range(10))
    pixels = np.frombuffer(widget.digits, np.uint8).reshape(10, 7, 7)
    given = blots(13)
    first = [np.flatnonzero(given.labels == label)[0] for label in range(10)]
    np.testing.assert_array_equal(pixels, np.rint(255 * given.images[first]))


def test_exported_models_and_an_empty_canvas_are_taken():
    models = export_model(WITH, "int8"), export_model(WITHOUT, "int8")
    assert Segmenter(*models, blots(2), few(), scene=None).scene == -1


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"with_skips_model": WITHOUT}, "with_skips_model must be a U-Net with skips; got one wit"),
        ({"without_skips_model": WITH}, "without_skips_model must be a U-Net without skips"),
        ({"with_skips_model": network(num_classes=7)}, "write 11 classes; got 1 and 7"),
        ({"with_skips_model": network(in_channels=2)}, "got 2 and 11"),
        ({"digits": blots(0)}, "digits must hold at least one image to place; got none"),
        ({"digits": blots(2, 21)}, r"digits must be square.*20×20.*got \(21, 21\)"),
        ({"scenes": few(13)}, "scenes must be 1 to 12, so that the page stays small; got 13"),
        ({"scenes": few(side=18)}, r"divisible by 4 for with_skips_model; got \(18, 18, 1\)"),
        ({"scenes": few(noise=0.1)}, "scenes must be drawn with noise=0"),
        ({"scene": 3}, "scene must be None or one of the 3 scenes, 0 to 2; got 3"),
        ({"noise": 0.5}, "noise must lie between 0 and 0.4; got 0.5"),
        ({"dtype": "float64"}, "dtype must be one of float16, int8, float32; got 'float64'"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named(changed, message):
    arguments = {
        "with_skips_model": WITH, "without_skips_model": WITHOUT, "digits": blots(3),
        "scenes": few(),
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        Segmenter(**(arguments | changed))


def test_another_model_is_named():
    other = shaken(lambda: captioner(CaptionConfig(side=8, channels=(2, 3)), rngs=nnx.Rngs(0)))
    with pytest.raises(ValueError, match=r"built by unet\(...\).*got 'cnn' and 'rnn'"):
        Segmenter(other, WITHOUT, blots(2), few())


def test_scenes_of_another_shape_are_named():
    images = np.zeros((2, 16, 20, 1), np.float32)
    scenes = Scenes(images, np.zeros((2, 16, 20), np.int32), [[], []])
    with pytest.raises(ValueError, match="scenes must be square"):
        Segmenter(WITH, WITHOUT, blots(2), scenes)
