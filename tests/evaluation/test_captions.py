"""Mirrors encdec_lib/evaluation/captions.py."""

import math

import numpy as np
import pytest

from encdec_lib.data.captions import RELATIONS, parse
from encdec_lib.data.digits import NAMES
from encdec_lib.evaluation import captions as cm

TRUE = "a three left of a seven , above a nine".split()
WRONG = {
    "none": "a three left of a seven , above a nine",
    "digits": "a three left of a eight , above a nine",
    "binding": "a three above a seven , left of a nine",
    "relations": "a three left of a seven , below a nine",
    "both": "a three right of a eight , above a nine",
    "number": "a three left of a seven",
    "form": "a three left of of a seven , above a nine",
}


def random_captions(count, seed):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        n = int(rng.integers(1, 6))
        yield rng.choice(NAMES, n).tolist(), rng.choice(list(RELATIONS), n - 1).tolist()


def test_a_sentence_is_read_back_as_it_was_written():
    for digits, relations in random_captions(200, seed=1):
        tokens = cm.sentence(digits, relations)
        assert cm.is_sentence(tokens) and parse(tokens) == (digits, relations)


def test_a_sentence_with_a_token_more_less_or_elsewhere_is_none():
    rng = np.random.default_rng(2)
    for digits, relations in random_captions(60, seed=3):
        tokens = cm.sentence(digits, relations)
        k = int(rng.integers(len(tokens)))
        assert not cm.is_sentence(tokens[:k] + [tokens[k]] + tokens[k:])
        assert not cm.is_sentence(tokens[:k] + tokens[k + 1 :])
        if len(tokens) > 2:
            assert not cm.is_sentence(tokens[::-1])
    assert not cm.is_sentence([])


@pytest.mark.parametrize("kind", WRONG)
def test_each_kind_of_fault_is_told_from_the_others(kind):
    assert cm.fault(WRONG[kind].split(), TRUE) == kind


def test_every_caption_has_exactly_one_fault():
    said = [text.split() for text in WRONG.values()] + [[]]
    counts = cm.faults(said, [TRUE] * len(said))
    assert tuple(counts) == cm.FAULTS
    assert counts == dict.fromkeys(cm.FAULTS, 1) | {"form": 2}


def test_a_caption_of_the_grammar_without_a_fault_is_the_true_one():
    captions = [cm.sentence(*parts) for parts in random_captions(40, seed=4)]
    for a in captions:
        for b in captions:
            assert (cm.fault(a, b) == "none") == (a == b)


def test_digits_are_counted_with_their_number_and_without_their_order():
    two_twos, one_two = "a two above a two".split(), "a two above a six".split()
    assert cm.digits_right([two_twos], [one_two]) == cm.digits_right([one_two], [two_twos]) == 50
    assert cm.digits_right(["a six below a two".split()], [one_two]) == 100
    assert cm.digits_right(["a two".split()], [TRUE]) == 0
    assert cm.digits_right([TRUE, []], [TRUE, ["a", "six"]]) == 75  # 3 of 3 and 0 of 1


def test_relations_are_counted_place_by_place():
    assert cm.relations_right([WRONG["binding"].split()], [TRUE]) == 0
    assert cm.relations_right([WRONG["both"].split()], [TRUE]) == 50
    assert cm.relations_right([WRONG["number"].split()], [TRUE]) == 50  # one is left out
    assert cm.relations_right([TRUE], [WRONG["number"].split()]) == 50  # one is invented


def test_shares_of_nothing_are_no_number():
    assert math.isnan(cm.relations_right([["a", "two"]], [["a", "six"]]))
    assert math.isnan(cm.digits_right([[]], [[]]))
    assert math.isnan(cm.scores([["a", "six"]], [["a", "two"]])["placed"])


def test_relations_are_judged_where_the_digits_are_right():
    said = [WRONG["relations"].split(), WRONG["both"].split()]
    found = cm.scores(said, [TRUE, TRUE])
    assert found["relations"] == 50 and found["placed"] == 50
    assert cm.scores(said[1:], [TRUE])["relations"] == 50
    assert math.isnan(cm.scores(said[1:], [TRUE])["placed"])


def test_the_groups_by_number_of_digits_are_of_the_true_caption():
    true = [["a", "six"], TRUE, ["a", "two"]]
    found = cm.by_number([TRUE, TRUE, ["a", "two"]], true)
    assert list(found) == [1, 3]
    assert found[1]["exact"] == 50 and found[3]["exact"] == 100


def test_a_single_digit_taken_for_another_is_counted_and_two_are_not():
    one, two = WRONG["digits"].split(), "a two left of a eight , above a nine".split()
    counts = cm.confusions([one, two, TRUE], [TRUE] * 3)
    assert counts[7, 8] == 1 and counts.sum() == 6
    assert counts[3, 3] == counts[9, 9] == 2 and counts[7, 7] == 1


@pytest.mark.parametrize("said, true", [([], []), ([["a"]], []), ([["a"]], [["a"], ["a"]])])
@pytest.mark.parametrize(
    "score",
    [cm.digits_right, cm.relations_right, cm.scores, cm.by_number, cm.faults, cm.confusions],
)
def test_another_number_of_captions_is_named(score, said, true):
    with pytest.raises(ValueError, match="one caption a scene.*got"):
        score(said, true)


def test_a_sentence_needs_one_relation_fewer_than_digits():
    with pytest.raises(ValueError, match="one entry fewer; got 0 and 0"):
        cm.sentence([], [])
    with pytest.raises(ValueError, match="got 2 and 2"):
        cm.sentence(["one", "two"], ["left", "left"])
