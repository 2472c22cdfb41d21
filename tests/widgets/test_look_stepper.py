"""Mirrors encdec_lib/widgets/look_stepper; what it does in a page is in tests/browser."""

import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.vit_to_transformer import GridCaptionConfig, grid_captioner
from encdec_lib.web import export_model
from encdec_lib.widgets import LookStepper
from tests.browser.every_widget import _captioner_model

SIZES = {"channels": (2, 3, 3), "embed_dim": 3, "state_dim": 5, "align_dim": 7}


def grid(**choices):
    return grid_captioner(GridCaptionConfig(**SIZES | choices), rngs=nnx.Rngs(0))


def scenes(count=2, side=32):
    return np.random.default_rng(3).uniform(size=(count, side, side)).astype(np.float32)


def test_it_carries_the_model_and_the_pictures():
    pictures = scenes()
    shown = LookStepper(grid(), pictures[..., None], step=3, chosen=1)
    state = shown.static_state()
    assert (state["side"], state["step"], state["chosen"]) == (32, 3, 1)
    dots = np.frombuffer(state["pictures"][1], np.uint8).reshape(32, 32)
    np.testing.assert_allclose(dots / 255, pictures[1], atol=0.5 / 255 + 1e-6)
    exported = export_model(grid(), "int8")
    assert LookStepper(exported, pictures).model == exported._asdict()
    assert LookStepper(grid(), pictures, dtype="int8").model == exported._asdict()


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"pictures": scenes(5)}, "pictures must be 1 to 4; got 5"),
        ({"pictures": scenes(side=16)}, r"pictures must be \(N, 32, 32\).*got \(2, 16, 16\)"),
        ({"pictures": np.full((1, 32, 32), np.nan)}, "pictures must be finite"),
        ({"pictures": scenes() * 2}, "pictures must have pixels from 0 to 1; got"),
        ({"model": _captioner_model()}, "model must be a model built by grid_captioner"),
        ({"model": grid(in_channels=3)}, "model must read grey pictures"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    own = {"model": grid(), "pictures": scenes()} | arguments
    with pytest.raises(ValueError, match=message):
        LookStepper(own["model"], own["pictures"])
