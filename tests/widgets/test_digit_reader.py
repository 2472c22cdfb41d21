"""Mirrors encdec_lib/widgets/digit_reader/digit_reader.py. What it does is in tests/browser."""

import numpy as np
import pytest
from flax import nnx

from encdec_lib.data import digits
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.web import export_model
from encdec_lib.widgets import DigitReader
from tests.widgets.untrained_images import shaken


def small(patch, side=14, **choices):
    sizes = {"d_model": 6, "heads": 3, "d_ff": 5, "layers": 2}
    config = ViTConfig(side, patch, **(sizes | choices))
    return shaken(lambda: vit(config, rngs=nnx.Rngs(0)), seed=patch)


@pytest.fixture(scope="module")
def models():
    return {7: small(7), 2: small(2, pool="mean")}


@pytest.fixture(scope="module")
def ten():
    return digits.load(14).test.take(slice(10))


def test_the_state_holds_models_by_patch_size_and_the_digits(models, ten):
    reader = DigitReader(models, ten, patch=2, look="rollout", start=None)
    assert (reader.patches, reader.patch, reader.start) == ([2, 7], 2, -1)
    assert [model["settings"]["encoder"]["patch"] for model in reader.models] == [2, 7]
    assert [model["settings"]["decoder"]["pool"] for model in reader.models] == ["mean", "class"]
    pixels = np.frombuffer(reader.digits, np.uint8).reshape(10, 14, 14) / 255
    np.testing.assert_allclose(pixels, ten.images, atol=0.5 / 255)
    assert reader.labels == ten.labels.tolist()


def test_weights_take_half_precision_or_a_byte(models, ten):
    big = {7: small(7, d_model=36)}
    sizes = [
        len(DigitReader(big, ten, dtype=dtype).models[0]["data"]) for dtype in ("float16", "int8")
    ]
    assert 0.5 < sizes[1] / sizes[0] < 0.7
    already = DigitReader({7: export_model(models[7])}, ten)
    assert already.models[0]["data"] == DigitReader({7: models[7]}, ten).models[0]["data"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"patch": 5}, r"patch must be one of \[2, 7\]; got 5"),
        ({"look": "heads"}, "look must be one of last, rollout, none; got 'heads'"),
        ({"start": 10}, "start must be None or one of the 10 digits, 0 to 9; got 10"),
        ({"dtype": "float64"}, "dtype must be one of float16, int8, float32"),
    ],
)
def test_a_wrong_argument_is_named(models, ten, arguments, message):
    with pytest.raises(ValueError, match=message):
        DigitReader(models, ten, **arguments)


def test_models_and_digits_that_do_not_fit_are_named(models, ten):
    with pytest.raises(ValueError, match=r"models\[2\] must have patches of 2×2; got 7"):
        DigitReader({2: models[7]}, ten)
    with pytest.raises(ValueError, match=r"models must read images of one side; got \[14, 21\]"):
        DigitReader(models | {3: small(3, 21)}, ten)
    with pytest.raises(ValueError, match=r"bet on 10 classes; got 1 and 11"):
        DigitReader({7: small(7, num_classes=11)}, ten)
    with pytest.raises(ValueError, match=r"read 1 channel and bet on 10 classes; got 3 and 10"):
        DigitReader({7: small(7, in_channels=3)}, ten)
    with pytest.raises(ValueError, match=r"models\[7\] must be a model built by vit\(\.\.\.\)"):
        other = CaptionConfig(side=12, channels=(2, 3), state_dim=5)
        DigitReader({7: export_model(shaken(lambda: captioner(other, rngs=nnx.Rngs(0))))}, ten)
    with pytest.raises(ValueError, match="models must be 1 to 4; got 0"):
        DigitReader({}, ten)
    with pytest.raises(ValueError, match="digits must be 1 to 16; got 500"):
        DigitReader(models, digits.load(14).test)
    with pytest.raises(ValueError, match=r"digits must be images of 14×14.*got \(28, 28\)"):
        DigitReader(models, digits.load().test.take(slice(3)))
