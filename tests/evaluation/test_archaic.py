"""Mirrors encdec_lib/evaluation/archaic.py."""

import math

import pytest

from encdec_lib.evaluation.archaic import FORMS, Turned, modern_forms, turned


@pytest.mark.parametrize(
    ("word", "today"),
    [
        ("cometh", "comes"), ("goeth", "goes"), ("maketh", "makes"), ("crieth", "cries"),
        ("sitteth", "sits"), ("seeth", "sees"), ("asketh", "asks"), ("passeth", "passes"),
        ("hath", "has"), ("thine", "yours"), ("shalt", "will"), ("spake", "spoke"),
    ],
)  # fmt: skip
def test_an_archaic_form_may_be_the_form_of_today(word, today):
    assert today in modern_forms(word)


@pytest.mark.parametrize("word", ["teeth", "king", "thirtieth", "twentieth", "eth", "you", "both"])
def test_other_words_have_none(word):
    assert modern_forms(word) == ()


def test_forms_of_today_are_not_archaic_themselves():
    assert not {form for forms in FORMS.values() for form in forms} & FORMS.keys()


def count(source, output, reference):
    return turned([source.split()], [output.split()], [[reference.split()]])


def test_asked_is_what_source_and_reference_have_and_right_what_the_output_has_too():
    # thou and thee both become you: two asked, though the reference has three of them
    assert count("thou sawest thee", "you saw", "you you saw you") == Turned(2, 1, 0)
    # the translators wrote something else: nothing is asked
    assert count("he hath an ear", "he has an ear", "whoever owns an ear") == Turned(0, 0, 0)
    # more in the output than asked for is no better
    assert count("thy house", "your your house", "your house") == Turned(1, 1, 0)
    assert count("thy house cometh", "thy house cometh", "your house comes") == Turned(2, 0, 2)


def test_capitals_do_not_matter_but_names_in_eth_are_no_verbs():
    assert count("Thou art", "You are", "You are") == Turned(2, 2, 0)
    assert count("Nazareth", "Nazareth", "Nazares") == Turned(0, 0, 0)


def test_counts_are_added_up_and_the_share_is_in_percent():
    both = turned(
        [["thou"], ["hath", "thy"]], [["you"], ["has", "thy"]], [[["you"]], [["has", "your"]]]
    )
    assert both == Turned(3, 2, 1)
    assert both.share == pytest.approx(200 / 3)
    assert math.isnan(Turned(0, 0, 0).share)


def test_numbers_of_entries_must_agree():
    with pytest.raises(ValueError, match="one entry an example; got 1, 2 and 1"):
        turned([["a"]], [["a"], ["b"]], [[["a"]]])
