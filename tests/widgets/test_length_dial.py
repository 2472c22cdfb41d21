"""Mirrors encdec_lib/widgets/length_dial/length_dial.py. What it does is in tests/browser."""

import numpy as np
import pytest

from encdec_lib.data import translation
from encdec_lib.widgets import LengthDial

CURVE = {"lengths": [7, 18], "fixed": [60, 20], "attention": np.array([99.0, 98.0])}
GROWING = translation.growing_sentence(18)


def test_it_takes_a_growing_sentence_and_starts_in_the_middle(translators):
    dial = LengthDial(*translators, sentences=GROWING, curve=CURVE)
    assert [len(s["source"]) for s in dial.sentences] == [len(source) for source, _ in GROWING]
    assert dial.length == len(GROWING[len(GROWING) // 2][0])
    assert dial.max_tokens == 24  # 1.5 times the longest reference
    assert dial.curve["attention"] == [99.0, 98.0]


def test_it_takes_a_dataset_and_keeps_one_sentence_a_length(translators):
    data = translation.generate(30, 4, 9, part="test")
    dial = LengthDial(*translators, sentences=data, curve=CURVE)
    assert [len(s["source"]) for s in dial.sentences] == [4, 5, 6, 7, 8, 9]


def test_only_known_words_are_glossed(translators):
    gloss = {"이": "(subject)", "nowhere": "x"}
    dial = LengthDial(*translators, sentences=GROWING, curve=CURVE, gloss=gloss)
    assert dial.gloss == {"이": "(subject)"}


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"sentences": []}, "sentences must hold at least one pair; got none"),
        ({"sentences": [("the", "cat", "x")]}, r"pairs \(source tokens, reference tokens\)"),
        ({"sentences": [("the unicorn", "고양이")]}, r"sentences\[0\]\[0\] holds 'unicorn'"),
        ({"sentences": [("the cat", "용")]}, r"sentences\[0\]\[1\] holds '용'"),
        ({"length": 99}, "length must be one of the sentences', 4 to 18 tokens; got 99"),
        ({"max_tokens": 3}, "max_tokens must be at least the longest reference, 16 tokens; got 3"),
        ({"curve": {"lengths": [1]}}, "curve must have the keys lengths, fixed, attention"),
        ({"curve": CURVE | {"fixed": [1]}}, "as many values as lengths"),
        ({"curve": CURVE | {"lengths": [18, 7]}}, r"curve\['lengths'\] must rise"),
        ({"curve": CURVE | {"fixed": [1, float("nan")]}}, r"curve\['fixed'\] must lie between"),
    ],
)
def test_a_wrong_argument_is_named(translators, arguments, message):
    with pytest.raises(ValueError, match=message):
        LengthDial(*translators, **({"sentences": GROWING, "curve": CURVE} | arguments))
