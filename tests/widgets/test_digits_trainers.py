"""Mirrors host/digits_trainer.py and the two figures on it, without a browser."""

import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.train import fit
from encdec_lib.train.losses import reconstruction_loss
from encdec_lib.web import page_data
from encdec_lib.widgets import AutoencoderTrainer, ViTTrainer


@pytest.fixture(scope="module")
def small():
    return {side: page_data.digits(train=150, held=60, side=side) for side in (14, 28)}


@pytest.mark.parametrize("figure, side, crop", [(AutoencoderTrainer, 14, 14), (ViTTrainer, 28, 24)])
def test_the_examples_are_the_first_held_out_digit_of_each_class(small, figure, side, crop):
    made, held = figure(data=small[side]), page_data.unpack_digits(small[side]).held
    assert made.labels == list(range(10)) and made.digits.data == small[side]
    spare = (side - crop) // 2
    shown = np.frombuffer(made.examples, np.uint8).reshape(10, crop, crop) / 255
    for label, image in enumerate(shown):
        first = next(k for k, other in enumerate(held.labels) if other == label)
        wanted = held.images[first, spare : spare + crop, spare : spare + crop]
        np.testing.assert_allclose(image, wanted, atol=1e-6)


def test_the_error_of_knowing_nothing(small):
    train, held = page_data.unpack_digits(small[14])
    total = 0.0
    for image in held.images:
        for r in range(14):
            for c in range(14):
                total += (image[r, c] - train.images[:, r, c].mean(dtype=np.float64)) ** 2
    wanted = np.sqrt(total / held.images.size)
    np.testing.assert_allclose(AutoencoderTrainer(data=small[14]).nothing, wanted, rtol=1e-5)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda _: AutoencoderTrainer(width=3), "width must be one of 1, 2, 4, 8, 16, 32; got 3"),
        (lambda _: AutoencoderTrainer(hidden=True), "hidden must be one of 16, 64, 256; got True"),
        (lambda _: ViTTrainer(patch=7), "patch must be one of 4, 6, 8, 12; got 7"),
        (lambda _: ViTTrainer(heads=3), "heads must be one of 1, 2, 4, 8; got 3"),
        (lambda _: ViTTrainer(layers=4), "layers must be one of 1, 2, 3; got 4"),
        (lambda _: ViTTrainer(positions="rotary"), "positions must be one of learned, none"),
        (lambda _: ViTTrainer(seed=-1), "seed must be"),
        (lambda _: ViTTrainer(data=b""), "data must be bytes"),
        (lambda small: ViTTrainer(data=small[28][:-1]), "data must be whole"),
        (lambda small: ViTTrainer(data=small[14]), "data must be digits of side 28; got 14"),
        (lambda small: AutoencoderTrainer(data=small[28]), "digits of side 14; got 28"),
    ],
)
def test_a_wrong_argument_is_named(small, make, message):
    with pytest.raises(ValueError, match=message):
        make(small)


@pytest.mark.slow
def test_fit_gives_the_losses_of_the_page():
    figure = AutoencoderTrainer()
    twin = figure.same_start(autoencoder(AutoencoderConfig(), rngs=nnx.Rngs(7)))
    (images, _), order = figure.batches()
    history = fit(
        twin, images, figure.recipe(), loss=reconstruction_loss, order=order, progress=False
    )
    figure.check_losses(history.losses)
    with pytest.raises(AssertionError):
        figure.check_losses(np.array(history.losses) * 1.001)


def test_unpacked_digits_are_the_packed_ones(small):
    train, held = page_data.unpack_digits(small[14])
    assert (len(train), len(held)) == (150, 60)
    again = page_data.digits(train=150, held=60, side=14)
    levels = np.rint(np.concatenate([train.images, held.images]).reshape(-1) * 15).astype(np.uint8)
    assert bytes(levels[::2] << 4 | levels[1::2]) == again[16 + 210 :]
    assert bytes([*train.labels, *held.labels]) == again[16 : 16 + 210]
