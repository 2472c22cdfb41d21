"""Mirrors encdec_lib/data/last_vowel.py."""

import numpy as np
import pytest

from encdec_lib.data.last_vowel import ANSWERS, VOWELS, with_last_vowel
from encdec_lib.data.padding import pad
from encdec_lib.data.pronunciations import LETTERS
from encdec_lib.data.vocabulary import EOS


@pytest.mark.parametrize(
    "word, answer", [("melody", "o"), ("spring", "i"), ("hymns", "none"), ("a", "a"), ("eau", "u")]
)
def test_the_last_vowel(word, answer):
    ids = pad([LETTERS.encode(list("strengths")), LETTERS.encode(list(word))])
    tokens, answers = with_last_vowel(ids)
    assert ANSWERS[answers[1]] == answer and ANSWERS[answers[0]] == "e"
    assert tokens[1].tolist() == [*LETTERS.encode(list(word)), EOS] + [0] * (9 - len(word))
    np.testing.assert_array_equal(tokens[0], [*ids[0], EOS])


def test_vowels_are_five():
    assert [LETTERS.symbols[k] for k in VOWELS] == list("aeiou")
