"""Mirrors encdec_lib/widgets/word_arcs. What it does is in tests/browser."""

import numpy as np
import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.generate import greedy
from encdec_lib.widgets import WordArcs
from tests.widgets.test_attention_stepper import attending_model


def test_sounds_and_weights_are_those_of_greedy_search():
    model = attending_model()
    arcs = WordArcs(model, LETTERS, PHONEMES, ["Day", "knights"])
    assert [trace["word"] for trace in arcs.traces] == ["day", "knights"]
    for trace in arcs.traces:
        said = greedy(model, np.array([LETTERS.encode(trace["word"])]), max_length=9)
        T, S = len(trace["sounds"]), len(trace["word"])
        assert trace["sounds"] == PHONEMES.decode(said.tokens[0])[:9]
        np.testing.assert_allclose(trace["weights"], said.weights[0, 0, :T, :S], atol=2e-4)


@pytest.mark.parametrize(
    "words, message",
    [
        ([], "words must be 1 to 5; got 0"),
        (["day"] * 6, "words must be 1 to 5; got 6"),
        (["day", "a"], r"words\[1\] must have at least 2 letters; got 'a'"),
        (["psychology"], r"words\[0\] must have 1 to 9 letters"),
    ],
)
def test_wrong_words_are_named(words, message):
    with pytest.raises(ValueError, match=message):
        WordArcs(attending_model(), LETTERS, PHONEMES, words)


def test_one_text_is_no_list_of_words():
    with pytest.raises(TypeError, match="words must be a list of texts; got 'day'"):
        WordArcs(attending_model(), LETTERS, PHONEMES, "day")
