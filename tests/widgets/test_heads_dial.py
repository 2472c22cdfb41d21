"""Mirrors encdec_lib/widgets/heads_dial/heads_dial.py. What it does is in tests/browser."""

import numpy as np
import pytest

from encdec_lib.widgets import HeadsDial
from encdec_lib.widgets.heads_dial.heads_dial import drawn


def test_the_numbers_are_normal_and_depend_on_the_text_alone():
    many = drawn("query 1", 4096)
    assert abs(many.mean()) < 0.05 and abs(many.std() - 1) < 0.05
    assert abs((np.abs(many) < 1).mean() - 0.683) < 0.03
    np.testing.assert_array_equal(many, drawn("query 1", 4096))
    np.testing.assert_array_equal(many[:64], drawn("query 1", 64))
    others = np.stack([drawn(f"word {k}", 64) for k in range(200)])
    correlation = np.corrcoef(others) - np.eye(200)
    assert np.abs(correlation).max() < 0.62  # 5 standard deviations


def test_known_numbers():
    """So that a change of the generator, which would change every page, is noticed."""
    np.testing.assert_allclose(drawn("word cat", 4), KNOWN, atol=1e-9)


KNOWN = [-0.7521668924643784, 2.0322551320641806, -1.1634415479097755, -0.22957679049466784]


@pytest.mark.parametrize(
    "sentence, tokens",
    [
        ("The cat, the CAT.", ["the", "cat", ",", "the", "cat", "."]),
        ("don't well-known x_1 -a", ["don't", "well-known", "x", "_", "1", "-", "a"]),
        ("고양이 가 본다", ["고양이", "가", "본다"]),
        ("हिन्दी é e\u0301", ["हिन्दी", "é", "é"]),
    ],
)
def test_words_and_signs(sentence, tokens):
    assert HeadsDial(sentence, length=len(tokens)).tokens() == tokens


def test_a_short_sentence_begins_again_and_padding_comes_last():
    dial = HeadsDial("a b c", length=7, mask="padding", padded=2)
    assert dial.tokens() == ["a", "b", "c", "a", "b", "<pad>", "<pad>"]
    dial.mask = "causal"
    assert dial.tokens() == ["a", "b", "c", "a", "b", "c", "a"]


def test_rows_add_up_to_one_and_hidden_places_get_nothing():
    maps = np.asarray(HeadsDial("a b c", length=7, heads=2, mask="padding", padded=3).maps())
    assert maps.shape == (2, 7, 7) and not maps[..., 4:].any()
    np.testing.assert_allclose(maps.sum(axis=-1), 1, atol=1e-5)
    assert not np.triu(HeadsDial("a b c", length=7, mask="causal").maps()[0], 1).any()
    assert not HeadsDial("a b c", length=5, mask="padding", padded=5).maps().any()


def test_repeated_words_have_equal_rows_only_without_positions():
    for positions, equal in (("none", True), ("sinusoidal", False), ("rotary", False)):
        maps = np.asarray(HeadsDial("a b a c", length=4, positions=positions).maps())
        assert (np.abs(maps[:, 0] - maps[:, 2]).max() < 1e-6) == equal


def test_without_scaling_a_wide_head_looks_at_one_word():
    def largest(**settings):
        dial = HeadsDial("one two three four five six", length=6, heads=16, **settings)
        return float(dial.maps().max(axis=-1).mean())

    assert largest(d_k=64, scaled=False) > 0.8 > 0.5 > largest(d_k=64)
    assert largest(d_k=64, temperature=10) < 0.25


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"heads": 3}, "heads must be one of 1, 2, 4, 8, 16; got 3"),
        ({"d_k": 7}, "d_k must be one of 2, 4, 8, 16, 32, 64; got 7"),
        ({"mask": "look-ahead"}, "mask must be one of none, causal, padding; got 'look-ahead'"),
        ({"positions": "learned"}, "positions must be one of none, sinusoidal, rotary"),
        ({"length": 33}, "length must be 1 to 32 tokens; got 33"),
        ({"length": 5, "padded": 6}, "padded must be 0 to length = 5 places; got 6"),
        ({"temperature": 0}, "temperature must lie between 0.1 and 10; got 0"),
        ({"sentence": "  "}, "sentence must have a word in it; got '  '"),
        ({"examples": ["a", ""]}, "examples must have a word in it; got ''"),
    ],
)
def test_a_wrong_argument_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        HeadsDial(**arguments)
