"""Mirrors encdec_lib/widgets/captioner/captioner.py. What it does is in tests/browser."""

import numpy as np
import pytest
from flax import nnx

from encdec_lib.data import captions, digits
from encdec_lib.data.captions import WORDS
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.widgets import SceneCaptioner
from tests.widgets.untrained import untrained
from tests.widgets.untrained_images import shaken


@pytest.fixture(scope="module")
def model():
    sizes = CaptionConfig(channels=(2, 3, 3), embed_dim=3, state_dim=5)
    return shaken(lambda: captioner(sizes, rngs=nnx.Rngs(0)))


@pytest.fixture(scope="module")
def test_digits():
    return digits.load(14).test


def test_the_picture_is_one_that_the_data_could_hold(model, test_digits):
    """Ink as data/scenes.py pastes it: a written scene is placed again, and compared."""
    first = np.array([np.flatnonzero(test_digits.labels == k)[0] for k in range(10)])
    ten = test_digits.take(first)
    part = captions.write(ten, 7, noise=0.0, seed=3)
    for scene, layout in zip(part.source, part.layouts, strict=True):
        start = [(p.label, p.top, p.left) for p in layout]
        widget = SceneCaptioner(model, ten, start=start, noise=0)
        np.testing.assert_allclose(widget.picture(), scene, atol=1 / 255)


def test_the_noise_is_that_of_the_training_scenes(model, test_digits):
    empty = SceneCaptioner(model, test_digits, noise=0.1).picture()
    assert empty.shape == (32, 32, 1) and empty.min() == 0
    likely = captions.write(test_digits, 40, noise=0.1).source
    quiet = likely[likely < 0.25]
    assert abs((empty[empty > 0]).mean() - quiet[quiet > 0].mean()) < 0.01


def test_as_many_handwritings_of_each_digit_as_wanted(model, test_digits):
    widget = SceneCaptioner(model, test_digits, handwritings=3)
    assert widget.labels == [label for label in range(10) for _ in range(3)]
    assert len(widget.digits) == 30 * 14 * 14
    assert widget.symbols == list(WORDS.symbols)


def test_int8_makes_it_smaller(model, test_digits):
    sizes = [
        len(SceneCaptioner(model, test_digits, dtype=dtype).model["data"])
        for dtype in ("int8", "float16")
    ]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"start": [(3, 25, 0)]}, r"start must keep every digit on the canvas.*\(3, 25, 0\)"),
        ({"start": [(3, 0, -1)]}, "start must keep every digit on the canvas"),
        ({"start": [(10, 0, 0)]}, "start must name digits from 0 to 9; got 10"),
        ({"noise": 0.5}, r"noise must lie in \[0, 0.2\]; got 0.5"),
        ({"most": 0}, "most must be at least 1; got 0"),
        ({"handwritings": 0}, "handwritings must be at least 1; got 0"),
        ({"dtype": "float64"}, "dtype must be one of float16, int8, float32"),
    ],
)
def test_a_wrong_argument_is_named(model, test_digits, arguments, message):
    with pytest.raises(ValueError, match=message):
        SceneCaptioner(model, test_digits, **arguments)


def test_another_model_or_digits_that_do_not_fit_are_named(model, test_digits):
    with pytest.raises(ValueError, match="model must be a model built by captioner"):
        SceneCaptioner(untrained(seq2seq, Seq2SeqConfig(7, 21, 3, 5)), test_digits)
    with pytest.raises(ValueError, match="digits must hold every digit; there is no four"):
        SceneCaptioner(model, test_digits.take(test_digits.labels != 4))
    small = shaken(
        lambda: captioner(CaptionConfig(side=12, channels=(2, 3), state_dim=5), rngs=nnx.Rngs(0))
    )
    with pytest.raises(ValueError, match="digits must be images of at most 12×12.*14"):
        SceneCaptioner(small, test_digits)
    wordy = CaptionConfig(23, channels=(2, 3), state_dim=5)
    with pytest.raises(ValueError, match="23 symbols that model was built with; got 21"):
        SceneCaptioner(shaken(lambda: captioner(wordy, rngs=nnx.Rngs(0))), test_digits)
