"""Mirrors encdec_lib/widgets/alignment_explorer/alignment_explorer.py. What it does is in
tests/browser.
"""

import pytest

from encdec_lib.data.pronunciations import PHONEMES
from encdec_lib.data.text_vocabulary import TextVocabulary
from encdec_lib.widgets import AlignmentExplorer
from encdec_lib.widgets.alignment_explorer.alignment_explorer import ARPABET
from tests.widgets.own_text import attending, vocabulary


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
        ({"dtype": "float64"}, "dtype must be one of float16, int8, float32; got 'float64'"),
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


@pytest.mark.parametrize("unit", ["words", "characters", "subwords"])
def test_texts_of_a_readers_own_data_are_read_by_their_rule(unit):
    words = vocabulary(unit)
    shown = AlignmentExplorer(
        attending(words, words), None, words, words, word=" It  RAINS, I'm told",
        references={"It RAINS": ["Zebras!", "it is"]}, max_letters=20,
    )  # fmt: skip
    assert shown.word == "it rains, i'm told" and shown.fixed == {} and shown.examples == []
    assert shown.references == {"it rains": [words.tokens("zebras!"), words.tokens("it is")]}
    assert shown.reading == shown.writing == words.rule
    assert len(shown.static_html()) > 1000
    with pytest.raises(ValueError, match=rf"word must have 1 to 2 {unit}; got 'it is low' with"):
        AlignmentExplorer(
            attending(words, words), None, words, words, word="it is low", max_letters=2
        )
    with pytest.raises(ValueError, match=rf"examples must have 1 to 16 {unit}; got ' ' with 0"):
        AlignmentExplorer(attending(words, words), None, words, words, word="low", examples=[" "])


def test_words_that_are_spelled_have_no_rule(pronouncers):
    explorer = AlignmentExplorer(*pronouncers)
    assert explorer.reading == explorer.writing == {} and len(explorer.examples) == 4
    assert TextVocabulary([]).rule == {"unit": "words", "lowercase": False, "merges": []}
