"""Mirrors encdec_lib/evaluation/scenes.py: real scenes whose layouts are known."""

from functools import cache

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data import captions, digits
from encdec_lib.data.digits import Digits
from encdec_lib.data.scenes import INK, Placed
from encdec_lib.evaluation import scenes as scene_reading
from encdec_lib.evaluation.scenes import (
    CROP,
    SPECK,
    centred,
    crop,
    describe,
    find_digits,
    read_scenes,
)
from encdec_lib.models.vision_transformer import CNNClassifierConfig, cnn_classifier
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import ClassificationLoss


@cache
def scenes(most=2, count=600):
    return captions.write(digits.load(14).test, count, most=most, noise=0.0, seed=3)


@cache
def reader():
    """A classifier of real digits, trained for a few seconds."""
    train = digits.load(14).train
    model = cnn_classifier(CNNClassifierConfig(side=CROP, channels=(8, 16, 32)), rngs=nnx.Rngs(0))
    rates = TrainConfig(steps=150, batch_size=64, learning_rate=5e-3, warmup_steps=20)
    loss = ClassificationLoss()
    fit(model, (centred(train), train.labels), rates, loss=loss, progress=False)
    return model


class Sizes(nnx.Module):
    """Stands in for a classifier: the class is the number of pixels of ink, up to 9."""

    def __call__(self, images):
        pixels = (images > INK).sum(axis=(1, 2, 3))
        return jnp.where(jnp.arange(10)[None] == jnp.minimum(pixels, 9)[:, None], 0.0, -9.0)


def blank(side=32):
    return np.zeros((side, side, 1), np.float32)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_rectangles_of_real_scenes_are_those_of_the_layouts(most):
    data = scenes(most)
    right = [
        sorted(find_digits(image)) == sorted(place[1:] for place in layout)
        for image, layout in zip(data.source, data.layouts, strict=True)
    ]
    assert np.mean(right) > 0.98


def test_two_digits_a_pixel_apart_are_two():
    image = blank()
    image[2:12, 3:10], image[2:12, 11:18] = 1, 1
    assert find_digits(image) == [(2, 3, 12, 10), (2, 11, 12, 18)]


def test_strokes_a_pixel_apart_are_one_digit_if_it_is_no_larger_than_a_digit():
    image = blank()
    image[2:6, 3:8], image[7:12, 3:8] = 1, 1
    assert find_digits(image) == [(2, 3, 12, 8)]


def test_strokes_that_meet_at_a_corner_are_one():
    image = blank()
    for step in range(7):
        image[5 + step, 20 - step] = 1
    assert find_digits(image) == [(5, 14, 12, 21)]


def test_specks_and_pale_grey_are_nothing():
    image = blank()
    image[0, : SPECK - 1] = 1
    image[10:20, 10:20] = INK
    assert find_digits(image) == []
    image[0, :SPECK] = 1
    assert find_digits(image) == [(0, 0, 1, SPECK)]


def test_a_crop_is_the_rectangle_in_the_middle_of_black():
    image = np.random.default_rng(0).uniform(0.5, 1, (32, 32, 1)).astype(np.float32)
    got = crop(image, (5, 7, 16, 12))
    truth = np.zeros((CROP, CROP))
    for row in range(11):
        for column in range(5):
            truth[2 + row, 5 + column] = image[5 + row, 7 + column, 0]
    np.testing.assert_array_equal(got[:, :, 0], truth)


def test_what_sticks_out_of_the_square_is_cut():
    image = np.arange(32.0 * 32, dtype=np.float32).reshape(32, 32, 1)
    got = crop(image, (1, 2, 31, 5))
    assert got.shape == (CROP, CROP, 1)
    np.testing.assert_array_equal(got[:, 6:9], image[1 : 1 + CROP, 2:5])


def test_a_digit_of_a_scene_is_cropped_as_the_classifier_learned_it():
    """A crop of a scene with one digit equals the same digit, centred."""
    hand = digits.load(14).test.take(slice(20))
    data = captions.write(hand, 30, most=1, noise=0.0)
    known = {one.tobytes() for one in centred(hand)}
    for image, (place,) in zip(data.source, data.layouts, strict=True):
        assert crop(image, place[1:]).tobytes() in known


def test_ink_at_the_border_of_the_image_is_centred_too():
    image = np.zeros((1, 14, 14), np.float32)
    image[0, 0:4, 12:14] = 1
    got = centred(Digits(image, np.array([1], np.int32)))
    assert got.shape == (1, CROP, CROP, 1)
    np.testing.assert_array_equal(np.argwhere(got[0, :, :, 0]).min(axis=0), (6, 7))


def test_each_picture_gets_the_labels_of_its_own_crops():
    pictures = np.stack([blank(), blank(), blank()])
    pictures[0, 3:5, 3:6] = 1  # 6 pixels
    pictures[2, 20:27, 8] = 1  # 7 pixels
    pictures[2, 4:8, 20:22] = 1  # 8 pixels
    first, second, third = read_scenes(Sizes(), pictures)
    assert first == [Placed(6, 3, 3, 5, 6)] and second == []
    assert sorted(third) == [Placed(7, 20, 8, 27, 9), Placed(8, 4, 20, 8, 22)]


def test_pictures_without_ink_are_read_as_nothing():
    layouts = read_scenes(Sizes(), np.zeros((2, 32, 32, 1), np.float32))
    assert layouts == [[], []]
    assert [describe(layout) for layout in layouts] == [[], []]


def test_describe_is_the_caption_and_names_digits_alone_where_a_relation_is_unclear():
    clear = [Placed(7, 1, 9, 5, 13), Placed(3, 0, 0, 4, 4)]
    assert describe(clear) == captions.caption(clear)
    unclear = describe([Placed(7, 10, 10, 14, 14), Placed(3, 0, 0, 4, 4)])
    assert captions.parse(unclear) == (["three", "seven"], [])


def test_another_rule_may_write_the_caption():
    layout = [Placed(7, 1, 9, 5, 13), Placed(3, 0, 0, 4, 4)]
    assert describe(layout, lambda places: [f"{len(places)}"]) == ["2"]
    assert describe(layout, lambda places: []) == ["a", "three", "a", "seven"]
    assert describe([], lambda places: ["never asked"]) == []


@pytest.mark.slow
def test_real_scenes_are_read_rightly_by_a_classifier_of_real_digits():
    data = scenes()
    said = [describe(layout) for layout in read_scenes(reader(), data.source)]
    right = np.mean([a == b for a, (b,) in zip(said, data.references, strict=True)])
    assert right > 0.8
    assert scene_reading.CROP >= scene_reading.LARGEST
