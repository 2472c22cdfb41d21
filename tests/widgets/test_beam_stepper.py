"""Mirrors encdec_lib/widgets/beam_stepper; what it does in a page is in tests/browser."""

import numpy as np
import pytest

from encdec_lib.data.parallel import pad
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.generate import beam_search
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.widgets import BeamStepper
from tests.widgets.untrained import untrained


@pytest.fixture(scope="module")
def model():
    return untrained(seq2seq, Seq2SeqConfig(len(LETTERS), len(PHONEMES), 5, 7), 0.8, seed=3)


def spoken(search):
    """The sounds and the probability of the best beginning that has ended, or of the best."""
    last = [one for one in search[-1] if one["kept"]]
    best = max([one for one in last if one["ended"]] or last, key=lambda one: one["share"])
    sounds, node = [], best
    for places in reversed(search[:-1]):
        sounds.append(node["token"])
        node = places[node["parent"]]
    return [sound for sound in [*sounds, node["token"]][::-1] if sound], best["share"]


@pytest.mark.parametrize("word", ["day", "knight", "ox"])
def test_it_finds_what_the_librarys_search_finds(model, word):
    figure = BeamStepper(model, LETTERS, PHONEMES, word, widths=(1, 2, 4), longest=7)
    source = np.asarray(pad([LETTERS.encode(word)]))
    for width, search in zip(figure.widths, figure.searches, strict=True):
        found = beam_search(model, source, max_length=7, width=width)
        sounds, share = spoken(search)
        assert sounds == PHONEMES.decode(np.asarray(found.tokens[0]))
        assert share == pytest.approx(np.exp(found.scores[0]), rel=1e-3)


def test_every_step_keeps_no_more_than_it_may_and_leaves_out_the_best_of_the_rest(model):
    figure = BeamStepper(model, LETTERS, PHONEMES, " Day", widths=(3,), longest=5)
    assert figure.word == "day"
    for t, places in enumerate(figure.searches[0]):
        kept = [one for one in places if one["kept"]]
        assert len(kept) == 3 and len(places) in (3, 4)
        left = [one["share"] for one in places if not one["kept"]]
        assert all(share <= kept[-1]["share"] for share in left)
        before = figure.searches[0][t - 1] if t else [{"share": 1.0}]
        assert all(one["share"] <= before[one["parent"]]["share"] for one in places)


@pytest.mark.parametrize(
    "choices, message",
    [
        ({"widths": (1, 5)}, "widths must be 1 to 3 different ones"),
        ({"widths": (2, 2)}, "widths must be 1 to 3 different ones"),
        ({"widths": ()}, "widths must be 1 to 3 different ones"),
        ({"widths": (0,)}, "widths must be at least 1"),
        ({"longest": 10}, "longest must be at most 9; got 10"),
        ({"word": ""}, "word must have 1 to 10 letters"),
    ],
)
def test_wrong_arguments_are_named(model, choices, message):
    own = {"word": "day"} | choices
    with pytest.raises(ValueError, match=message):
        BeamStepper(model, LETTERS, PHONEMES, **own)
