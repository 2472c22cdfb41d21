"""Mirrors encdec_lib/widgets/width_dial/width_dial.py. What it does is in tests/browser."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.digits import Digits
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web import rounded
from encdec_lib.widgets import WidthDial

SIDE, K = 5, 7
RNG = np.random.default_rng(0)


def some_digits(count, side=SIDE):
    images = RNG.uniform(size=(count, side, side)).astype(np.float32)
    return Digits(images, np.arange(count) % 10)


def model(width, side=SIDE):
    return autoencoder(AutoencoderConfig(side, K, width), rngs=nnx.Rngs(width))


def build(**changes):
    arguments = {
        "models": [model(width) for width in (3, 1, 2)],
        "digits": some_digits(4),
        "errors": {1: 0.3, 2: 0.2, 3: 0.1},
        "plane": some_digits(11),
    }
    return WidthDial(**(arguments | changes))


def test_its_models_are_in_the_order_of_their_widths():
    dial = build(errors={3: 0.1, 2: 0.2, 1: 0.3})
    assert (dial.widths, dial.errors, dial.width) == ([1, 2, 3], [0.3, 0.2, 0.1], 2)
    shapes = [m["manifest"]["encoder.output.kernel"]["shape"] for m in dial.models]
    assert shapes == [[K, 1], [K, 2], [K, 3]]


def test_it_carries_a_byte_a_pixel():
    digits = some_digits(4)
    dial = build(digits=digits)
    images = np.frombuffer(dial.images, np.uint8).reshape(4, SIDE, SIDE)
    np.testing.assert_allclose(images / 255, digits.images, atol=0.5 / 255)
    assert dial.labels == [0, 1, 2, 3]


def test_the_plane_holds_every_digit_where_the_encoder_of_width_2_puts_it():
    digits = some_digits(11)
    plane = build(plane=digits).plane
    truth = rounded(model(2)).encode(jnp.asarray(digits.images)[..., None]).vectors[:, 0]
    np.testing.assert_allclose([point[:2] for point in plane["points"]], truth, atol=1e-3)
    assert [point[2] for point in plane["points"]] == digits.labels.tolist()
    for axis, values in zip("xy", np.asarray(truth).T, strict=True):
        low, high = plane[axis]
        assert low < values.min() and values.max() < high


def test_without_a_model_of_width_2_there_is_no_plane():
    dial = build(models=[model(1), model(3)], errors={1: 0.3, 3: 0.1})
    assert dial.plane is None


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"models": [model(1)]}, "models must be 2 to 10, one a width; got 1"),
        ({"models": [model(1), model(1)]}, r"models must differ in the width of H; got \[1, 1\]"),
        ({"models": [model(1), model(3, 7)]}, r"models must read .* one side; got \[5, 7\]"),
        (
            {"models": [model(1), seq2seq(Seq2SeqConfig(7, 9), rngs=nnx.Rngs(0))]},
            r"models must be built by autoencoder.*got one of RNNEncoder and RNNDecoder",
        ),
        ({"digits": some_digits(0)}, "digits must be 1 to 16; got 0"),
        ({"digits": some_digits(17)}, "digits must be 1 to 16; got 17"),
        ({"digits": some_digits(2, 7)}, r"digits must be images of 5×5.*got \(7, 7\)"),
        ({"plane": some_digits(9, 7)}, r"plane must be images of 5×5.*got \(7, 7\)"),
        ({"plane": None}, "plane must hold 2 to 400 digits, as there is a model .*; got 0"),
        ({"plane": some_digits(401)}, "plane must hold 2 to 400 digits.*got 401"),
        ({"errors": {1: 0.3, 2: 0.2}}, r"errors must have one number .*\[1, 2, 3\]; got \[1, 2\]"),
        ({"errors": {1: 30, 2: 20, 3: 10}}, r"errors must lie between 0 and 1; got \[30, 20, 10\]"),
        ({"width": 4}, r"width must be one of \[1, 2, 3\]; got 4"),
    ],
)
def test_a_wrong_argument_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)
