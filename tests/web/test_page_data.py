"""Mirrors encdec_lib/web/page_data.py; tests/browser/test_same_numbers.py reads it in the page."""

import gzip
import json

import numpy as np
import pytest

from encdec_lib.data import digits, pronunciations
from encdec_lib.web import page_data


def spelled(text):
    code = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return [pronunciations.PHONEMES.symbols[4 + code.index(letter)] for letter in text]


def test_words_are_those_of_the_dictionary_and_small_enough():
    packed = page_data.words()
    assert packed == page_data.words() and len(gzip.compress(packed, 9)) < 70_000
    parts = json.loads(packed)
    said = pronunciations.read_dictionary()
    lines = {
        name: [line.split(" ") for line in parts[name].split("\n")] for name in ("train", "held")
    }
    assert {name: len(part) for name, part in lines.items()} == {"train": 8000, "held": 1000}
    for name, part in (("train", "train"), ("held", "dev")):
        for word, *sounds in lines[name]:
            assert 3 <= len(word) <= 8 and pronunciations.part_of(word) == part
            known = said[word][:1] if name == "train" else said[word]
            assert [spelled(sound) for sound in sounds] == known
    assert len({word for part in lines.values() for word, *_ in part}) == 9000


def test_digits_are_those_of_the_library_in_sixteen_greys():
    packed = page_data.digits(23, 7, side=14)
    train, dev, _ = digits.load(14)
    assert np.frombuffer(packed, "<u4", 4).tolist() == [14, 23, 7, 0]
    labels = np.frombuffer(packed, np.uint8, 30, offset=16)
    np.testing.assert_array_equal(labels, [*train.labels[:23], *dev.labels[:7]])
    halves = [level for byte in packed[46:] for level in divmod(byte, 16)]
    images = np.concatenate([train.images[:23], dev.images[:7]])
    np.testing.assert_allclose(np.reshape(halves, images.shape) / 15, images, atol=1 / 30 + 1e-6)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: page_data.words(train=0), "train must be"),
        (lambda: page_data.words(held=10**6), "held must be at most .* no more words"),
        (lambda: page_data.digits(train=5000), "train must be at most 4001, .* no more images"),
        (lambda: page_data.digits(side=15), "side must be 28, 14 or 7"),
        (lambda: page_data.digits(3, 2, side=7), "side must be even"),
    ],
)
def test_what_cannot_be_packed_is_told(call, message):
    with pytest.raises(ValueError, match=message):
        call()
