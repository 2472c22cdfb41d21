"""Mirrors encdec_lib/widgets/alignment_explorer/alignment_explorer.py. What it does is in
tests/browser.
"""

import pytest

from encdec_lib.data.pronunciations import PHONEMES
from encdec_lib.widgets import AlignmentExplorer
from encdec_lib.widgets.alignment_explorer.alignment_explorer import ARPABET


def test_every_phoneme_of_the_dictionary_has_a_word():
    assert set(ARPABET) == set(PHONEMES.symbols[4:])


def test_references_may_be_written_in_three_ways(pronouncers):
    explorer = AlignmentExplorer(
        *pronouncers,
        references={"Cat": "K AE T", "dog": ["D", "AO", "G"], "a": [["AH"], ["EY"]]},
    )
    assert explorer.references == {
        "cat": [["K", "AE", "T"]], "dog": [["D", "AO", "G"]], "a": [["AH"], ["EY"]],
    }  # fmt: skip


def test_the_word_follows_python(pronouncers):
    explorer = AlignmentExplorer(*pronouncers, word="Knight")
    assert explorer.word == "knight"
    explorer.word = "day"
    assert explorer.static_state()["word"] == "day"


def test_int8_makes_it_smaller(pronouncers):
    sizes = [
        len(AlignmentExplorer(*pronouncers, dtype=dtype).attention["data"])
        for dtype in ("float16", "int8")
    ]
    assert sizes[1] < sizes[0]


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"word": ""}, r"word must have 1 to 16 letters \(max_letters\); got '' with 0"),
        ({"word": "x" * 17}, "word must have 1 to 16 letters"),
        ({"word": "naïve"}, "word must use the letters of source_vocabulary; got 'naïve' with 'ï'"),
        ({"examples": ["ok", "r2d2"]}, "examples must use the letters.*'2'"),
        ({"references": {"cat": "K AE TT"}}, r"references\['cat'\] holds 'TT'"),
        ({"references": {"cat": []}}, r"references\['cat'\] must hold at least one"),
        ({"max_letters": 0}, "max_letters must be at least 1; got 0"),
        ({"dtype": "float64"}, "dtype must be one of float16, int8; got 'float64'"),
    ],
)
def test_a_wrong_argument_is_named(pronouncers, arguments, message):
    with pytest.raises(ValueError, match=message):
        AlignmentExplorer(*pronouncers, **arguments)


def test_models_and_vocabularies_in_the_wrong_place_are_named(pronouncers):
    attention, fixed, letters, phonemes = pronouncers
    with pytest.raises(ValueError, match="attention_model must be.*Are the two models in each"):
        AlignmentExplorer(fixed, attention, letters, phonemes)
    with pytest.raises(ValueError, match="source_vocabulary must have the 30 symbols.*got 43"):
        AlignmentExplorer(attention, fixed, phonemes, letters)
