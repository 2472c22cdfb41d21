"""Mirrors encdec_lib/widgets/cache_stepper; what it does in a page is in tests/browser."""

import numpy as np
import pytest

from encdec_lib.data.captions import WORDS
from encdec_lib.web import export_model
from encdec_lib.widgets import CacheStepper
from tests.browser.every_widget import _captioner_model
from tests.widgets.untrained_painters import codebook, painter


@pytest.fixture(scope="module")
def model():
    return painter()


def test_what_the_page_is_given(model):
    shown = CacheStepper(model, codebook(), ["a  Three"], seed=5, temperature=0, step=2)
    assert (shown.captions, shown.seed, shown.temperature) == (["a three"], 5, 0.0)
    assert (shown.step, shown.patch, shown.columns) == (2, 2, 5)
    assert shown.symbols == list(WORDS.symbols) and len(shown.codes) == 19 * 4
    ink = np.frombuffer(shown.codes, np.uint8).reshape(19, 4) / 255
    np.testing.assert_allclose(ink, codebook().patches.clip(0, 1), atol=0.5 / 255 + 1e-6)
    assert shown.model == export_model(model)._asdict()
    assert CacheStepper(export_model(model), codebook()).captions == [
        "a three",
        "a one left of a seven",
    ]


@pytest.mark.parametrize(
    "choices, message",
    [
        ({"captions": []}, "captions must be 1 to 3; got 0"),
        ({"captions": ["a three"] * 4}, "captions must be 1 to 3; got 4"),
        ({"captions": ["three"]}, "captions must be captions such as"),
        ({"temperature": 3}, "temperature must lie between 0 and 2; got 3"),
        ({"temperature": np.nan}, "temperature must lie between 0 and 2; got nan"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"codebook": codebook(codes=7)}, "codebook must have the 19 codes"),
        ({"model": _captioner_model()}, "model must be a model built by text_to_image"),
    ],
)
def test_wrong_arguments_are_named(model, choices, message):
    own = {"model": model, "codebook": codebook()} | choices
    with pytest.raises(ValueError, match=message):
        CacheStepper(own.pop("model"), own.pop("codebook"), **own)


def test_a_grid_of_too_few_squares_and_captions_that_are_no_list(model):
    with pytest.raises(ValueError, match="a grid of at least 3 columns; got 2"):
        CacheStepper(painter(columns=2, max_length=4), codebook(columns=2))
    with pytest.raises(TypeError, match="captions must be a list of texts"):
        CacheStepper(model, codebook(), "a three")
