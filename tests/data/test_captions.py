"""Mirrors encdec_lib/data/captions.py."""

import zlib

import numpy as np
import pytest

from encdec_lib.data import captions, digits
from encdec_lib.data.captions import CLEAR, WORDS, caption, relation
from encdec_lib.data.digits import NAMES
from encdec_lib.data.scenes import Placed
from encdec_lib.data.vocabulary import EOS, PAD
from encdec_lib.evaluation.captions import is_sentence


@pytest.fixture(scope="module")
def splits():
    return captions.load(train=121, test=61)


def read(tokens):
    """The digits named and, for each after the first, the words between it and the one before."""
    text = " " + " ".join(tokens)
    first, *rest = text.replace(",", "").split(" a ")[1:]
    named, words = [], []
    for part in (first, *rest):
        digit, *between = part.split()
        named.append(NAMES.index(digit))
        words.append(" ".join(between))
    return named, words[:-1]


def is_true(words, subject, other):
    """Whether the subject is where the words say, by the middles of the two rectangles."""
    right = (subject.left + subject.right - other.left - other.right) / 2
    down = (subject.top + subject.bottom - other.top - other.bottom) / 2
    distance = {"left of": -right, "right of": right, "above": -down, "below": down}
    across = words.endswith("of")
    return distance[words] >= CLEAR + (abs(down) if across else abs(right))


def test_the_caption_is_true_of_the_layout(splits):
    for part in splits:
        for layout, ((tokens,)) in zip(part.layouts, part.references, strict=True):
            named, words = read(tokens)
            assert named == sorted(p.label for p in layout)
            places = sorted(layout, key=lambda p: (p.label, p.top + p.bottom, p.left + p.right))
            assert [p.label for p in places] == named
            assert all(is_true(w, places[0], p) for w, p in zip(words, places[1:], strict=True))
            assert is_sentence(tokens)


def test_the_ink_of_each_digit_is_where_the_layout_says():
    part = captions.write(digits.load(14).test, 29, noise=0.0, seed=5)
    for image, layout in zip(part.source[..., 0], part.layouts, strict=True):
        seen = np.zeros_like(image, bool)
        for place in layout:
            inside = np.s_[place.top : place.bottom, place.left : place.right]
            rows, columns = np.nonzero(image[inside] > 0.3)
            assert rows.min() == 0 == columns.min()
            assert rows.max() == place.bottom - place.top - 1
            assert columns.max() == place.right - place.left - 1
            assert not seen[inside].any()  # no rectangle of ink covers another
            seen[inside] = True
        assert not (image[~seen] > 0.3).any()


def test_targets_are_the_captions_with_eos_and_padding(splits):
    for row, (tokens,) in zip(splits.dev.target, splits.dev.references, strict=True):
        assert row[: len(tokens) + 1].tolist() == [*WORDS.encode(tokens), EOS]
        assert (row[len(tokens) + 1 :] == PAD).all()
    assert splits.dev.target.shape == (61, 14)  # "a D", twice "left of a D", one comma, <eos>
    longest = [t for (t,) in captions.write(digits.load(14).dev, 300).references]
    assert max(map(len, longest)) <= 13


def test_the_words_are_the_vocabulary_and_no_others(splits):
    used = {token for (tokens,) in splits.train.references for token in tokens}
    assert used == set(WORDS.symbols[4:])


def test_every_number_of_digits_is_equally_frequent(splits):
    assert np.bincount(splits.train.counts).tolist() == [0, 41, 40, 40]
    assert (splits.test.counts == [len(layout) for layout in splits.test.layouts]).all()


def test_no_handwriting_is_in_two_parts():
    keys = [{zlib.crc32(image.tobytes()) for image in part.images} for part in digits.load(28)]
    assert not keys[0] & keys[1] and not keys[0] & keys[2] and not keys[1] & keys[2]


def test_the_same_seed_gives_the_same_scenes_and_another_gives_others(splits):
    again, other = captions.load(train=121, test=61), captions.load(train=121, test=61, seed=1)
    np.testing.assert_array_equal(again.train.source, splits.train.source)
    assert (other.train.source != splits.train.source).any()
    assert splits.train.references[:61] != splits.dev.references


def test_taking_scenes_takes_all_that_belongs_to_them(splits):
    chosen = splits.test.take([7, 3])
    assert len(chosen) == 2 and chosen.layouts == [splits.test.layouts[k] for k in (7, 3)]
    np.testing.assert_array_equal(chosen.target, splits.test.target[[7, 3]])
    three = splits.test.take(splits.test.counts == 3)
    assert set(three.counts) == {3}


def test_a_relation_is_the_larger_distance_or_none():
    def at(row, column):
        return Placed(5, row, column, row + 7, column + 5)

    middle = at(11, 13)
    moves = {"left": (0, -9), "right": (3, 9), "above": (-9, 3), "below": (9, -6)}
    for wanted, (down, across) in moves.items():
        assert relation(at(11 + down, 13 + across), middle) == wanted
    opposite = {"left": "right", "right": "left", "above": "below", "below": "above"}
    for down in range(-9, 10):
        for across in range(-9, 10):
            found = relation(at(11 + down, 13 + across), middle)
            assert (found is None) == (abs(abs(down) - abs(across)) < CLEAR)
            back = relation(middle, at(11 + down, 13 + across))
            assert back == (None if found is None else opposite[found])


def test_a_layout_that_could_be_argued_about_has_no_caption():
    assert caption([Placed(1, 0, 0, 5, 5), Placed(2, 10, 11, 15, 16)]) is None


def test_equal_digits_are_named_from_top_to_bottom():
    low, high = Placed(4, 20, 0, 25, 4), Placed(4, 1, 1, 6, 5)
    assert caption([low, high]) == "a four above a four".split()
    assert caption([high, low]) == "a four above a four".split()


def test_a_scene_without_a_digit_has_no_caption():
    with pytest.raises(ValueError, match="at least one digit; got none"):
        caption([])
    with pytest.raises(ValueError, match="fewest at least 1 digit.*got count=5, fewest=0"):
        captions.write(digits.load(14).test, 5, fewest=0)


def test_too_many_digits_for_the_canvas_are_named():
    with pytest.raises(ValueError, match="most=19 digits of up to .* find no place"):
        captions.write(digits.load(14).test, 2, most=19, fewest=19)
    with pytest.raises(ValueError, match="fewest=5, most=3"):
        captions.write(digits.load(14).test, 2, fewest=5)
