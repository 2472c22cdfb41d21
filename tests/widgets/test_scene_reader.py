"""Mirrors encdec_lib/widgets/scene_reader/scene_reader.py. What it does is in tests/browser."""

import numpy as np
import pytest
from flax import nnx

from encdec_lib.data import captions, digits
from encdec_lib.data.captions import WORDS
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.layers.stack import StackConfig
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.transformer import TransformerDecoder
from encdec_lib.models.vision_transformer import ViTConfig, ViTEncoder, vit
from encdec_lib.models.vit_to_transformer import (
    GridCaptionConfig,
    ViTCaptionConfig,
    grid_captioner,
    vit_captioner,
)
from encdec_lib.web import export_model
from encdec_lib.widgets import SceneReader
from tests.widgets.untrained_images import shaken

TRANSFORMER = {"patch": 8, "d_model": 6, "heads": 3, "d_ff": 5, "encoder_layers": 1}
GRID = {"channels": (2, 3, 3), "embed_dim": 3, "encoding_dim": 6, "state_dim": 5, "align_dim": 7}


def transformer(**choices):
    config = ViTCaptionConfig(**(TRANSFORMER | choices))
    return shaken(lambda: vit_captioner(config, rngs=nnx.Rngs(0)))


def grid(**choices):
    config = GridCaptionConfig(**(GRID | choices))
    return shaken(lambda: grid_captioner(config, rngs=nnx.Rngs(0)))


def one_vector():
    config = CaptionConfig(channels=(2, 3, 3), embed_dim=3, state_dim=5)
    return shaken(lambda: captioner(config, rngs=nnx.Rngs(0)))


@pytest.fixture(scope="module")
def models():
    return {"ViT": transformer(), "grid": grid(), "one vector": one_vector()}


@pytest.fixture(scope="module")
def test_digits():
    return digits.load(14).test


def test_the_picture_is_one_that_the_data_could_hold(models, test_digits):
    first = np.array([np.flatnonzero(test_digits.labels == k)[0] for k in range(10)])
    ten = test_digits.take(first)
    part = captions.write(ten, 5, noise=0.0, seed=3)
    for scene, layout in zip(part.source, part.layouts, strict=True):
        start = [(p.label, p.top, p.left) for p in layout]
        reader = SceneReader({"ViT": models["ViT"]}, ten, start=start, noise=0)
        np.testing.assert_allclose(reader.picture(), scene, atol=1 / 255)


def test_the_state_holds_all_models_and_where_it_starts(models, test_digits):
    reader = SceneReader(models, test_digits, model="grid", word=4, head=1, handwritings=3)
    assert [each["name"] for each in reader.models] == list(models)
    assert [each["model"]["encoder"] for each in reader.models] == ["vit", "cnn", "cnn"]
    assert (reader.model, reader.word, reader.head, reader.layer) == ("grid", 4, 1, 0)
    assert reader.symbols == list(WORDS.symbols) and len(reader.labels) == 30
    assert SceneReader(models, test_digits).model == "ViT"


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"model": "CNN"}, "model must be one of ViT, grid, one vector; got 'CNN'"),
        ({"head": 4}, "head must lie between 0, the mean, and 3, the heads of 'ViT'; got 4"),
        ({"model": "grid", "head": 2}, "head must lie between 0, the mean, and 1"),
        ({"layer": 3}, "layer must lie between 0, the top one, and 2, the layers of 'ViT'; got 3"),
        ({"word": -1}, "word must be at least 0; got -1"),
        ({"start": [(3, 25, 0)]}, r"start must keep every digit on the canvas.*\(3, 25, 0\)"),
        ({"noise": 0.5}, r"noise must lie in \[0, 0.2\]; got 0.5"),
        ({"most": 0}, "most must be at least 1; got 0"),
        ({"dtype": "float64"}, "dtype must be one of float16, int8, float32"),
    ],
)
def test_a_wrong_argument_is_named(models, test_digits, arguments, message):
    with pytest.raises(ValueError, match=message):
        SceneReader(models, test_digits, **arguments)


def test_models_that_do_not_fit_are_named(models, test_digits):
    def refused(message, **given):
        with pytest.raises(ValueError, match=message):
            SceneReader(given, test_digits)

    refused("models must be 1 to 4; got 0")
    refused(r"models must read images of one side; got \[16, 32\]", a=models["ViT"],
            b=transformer(side=16))  # fmt: skip
    refused(r"models\['a'\] must read images of 1 channel; got 2", a=transformer(in_channels=2))
    refused(r"models\['a'\] must read images of 1 channel; got 2", a=grid(in_channels=2))
    refused("target_vocabulary must have the 22 symbols", a=transformer(target_vocab=22))
    sizes = ViTConfig(32, 8, d_model=6, heads=3, d_ff=5)
    refused(r"models\['a'\] must be a model built by vit_captioner.*grid_captioner\(\.\.\.\) and",
            a=export_model(shaken(lambda: vit(sizes, rngs=nnx.Rngs(0)))))  # fmt: skip

    def with_class_token():
        decoder = StackConfig(d_model=6, heads=3, d_ff=5)
        encoder = ViTEncoder(sizes, class_token=True, rngs=nnx.Rngs(0))
        return EncoderDecoder(encoder, TransformerDecoder(21, decoder, rngs=nnx.Rngs(0)))

    refused(r"models\['a'\] must have one vector a patch; its encoder has a class token",
            a=shaken(with_class_token))  # fmt: skip
