"""Mirrors encdec_lib/data/normal_form.py, and every door through which text comes in."""

import unicodedata

import pytest

from encdec_lib.data import ParallelText, Vocabulary, grammar, translation
from encdec_lib.data.normal_form import nfc, nfc_lists, nfc_tokens
from encdec_lib.data.parallel import from_tokens
from encdec_lib.data.pronunciations import encode_word
from encdec_lib.evaluation import metrics
from encdec_lib.evaluation.edits import edit_alignment, edit_distance
from encdec_lib.exercises.checking import chosen
from encdec_lib.widgets.host.page_model import glosses, readable_word, token_list, word_references


def apart(text: str) -> str:
    """As a Mac's file system writes it: 한 in three letters, é in two."""
    return unicodedata.normalize("NFD", text)


KOREAN = "고양이 가 정원 에서 빨간 공 을 본다".split()


def test_tokens_that_are_composed_stay_the_same_object():
    lists = [["a", "é"], ["한"]]
    assert nfc_lists(lists) is lists and nfc_tokens(lists[0]) is lists[0]
    assert nfc_lists([["a"], [apart("é")]]) == [["a"], ["é"]]
    assert nfc(apart("한국")) == nfc_tokens(apart("한국")) == "한국"


def test_a_vocabulary_knows_a_symbol_however_it_is_typed():
    assert translation.KOREAN.encode(map(apart, KOREAN)) == translation.KOREAN.encode(KOREAN)
    assert translation.KOREAN.encode([apart("공"), "x"], unknown="unk")[0] > 3
    assert apart("공") in translation.KOREAN
    assert Vocabulary([apart("é")]) == Vocabulary(["é"]) == Vocabulary(apart("é"))
    assert Vocabulary("é").encode(apart("éé")) == [4, 4]
    with pytest.raises(ValueError, match="'é' at position 1 came before"):
        Vocabulary(["é", apart("é")])


def test_data_sets_hold_composed_tokens():
    words = Vocabulary(["é", "한"])
    data = from_tokens([[apart("é")]], [[[apart("한")], ["é"]]], words, words)
    assert isinstance(data, ParallelText)
    assert data.source_tokens == [["é"]] and data.references == [[["한"], ["é"]]]
    assert data.source.tolist() == [[4]] and data.target.tolist() == [[5, 2]]


def test_metrics_see_no_difference():
    said, true = [list(map(apart, KOREAN))], [[KOREAN]]
    assert metrics.exact_match(said, true) == metrics.exact_match(true[0], [said]) == 100
    assert metrics.bleu(said, true) == 100
    assert metrics.phoneme_error_rate(said, true) == metrics.word_error_rate(said, true) == 0
    by_length = metrics.by_length(metrics.exact_match, said, true, [8], (1, 9))
    assert list(by_length.values()) == [100]
    assert edit_distance(apart("café"), "café") == edit_distance(said[0], KOREAN) == 0
    assert {edit.kind for edit in edit_alignment(said[0], KOREAN)} == {"same"}


def test_typed_words_are_composed():
    assert grammar.ends_in_consonant(apart("공")) and not grammar.ends_in_consonant(apart("고양이"))
    with pytest.raises(ValueError, match="got 'ï' at position 2"):
        encode_word(apart("naïve"))
    letters = Vocabulary("café")
    assert readable_word("word", apart("Café"), letters, 4) == "café"
    assert token_list("t", apart("é"), letters) == ["é"]
    assert glosses({apart("é"): "that"}, letters) == {"é": "that"}
    assert word_references({apart("café"): apart("é")}, letters, letters, 4) == {"café": [["é"]]}
    assert chosen(apart("É"), ["é"], "é", "name", "hint").holds
