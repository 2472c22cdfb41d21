"""Mirrors encdec_lib/evaluation/ranges.py."""

import itertools

import numpy as np
import pytest

from encdec_lib.evaluation import compare_ranges


@pytest.mark.parametrize("n, m", [(1, 1), (1, 4), (2, 3), (3, 3), (5, 3), (5, 5)])
def test_the_chance_is_the_share_of_all_orders(n, m):
    """Counted: every way to hand n of n + m ranks to the first list."""
    ranks = set(range(n + m))
    found = [
        compare_ranges(sorted(first), sorted(ranks - set(first)))
        for first in itertools.combinations(range(n + m), n)
    ]
    assert np.mean([ranges.apart for ranges in found]) == pytest.approx(found[0].chance)
    above = np.mean([ranges.first[0] > ranges.second[1] for ranges in found])
    assert above == pytest.approx(found[0].chance_one_way)


def test_three_and_five_seeds():
    three, five = ([range(n), range(n, 2 * n)] for n in (3, 5))
    assert compare_ranges(*map(list, three)).chance == pytest.approx(0.1)
    assert compare_ranges(*map(list, three)).chance_one_way == pytest.approx(0.05)
    assert compare_ranges(*map(list, five)).chance == pytest.approx(1 / 126)
    assert compare_ranges(*map(list, five)).chance_one_way == pytest.approx(1 / 252)


def test_ranges_and_words():
    found = compare_ranges([3.0, 1.0, 2.0], [5.0, 4.0])
    assert (found.first, found.second, found.counts) == ((1, 3), (4, 5), (3, 2))
    assert found.apart and found.words == "do not overlap"
    assert compare_ranges([4, 5], [1, 2, 3]).apart
    tie = compare_ranges([1, 2, 3], [3, 4, 5])
    assert not tie.apart and tie.words == "overlap"
    assert compare_ranges([1], [2, 3]).words == "are of one run"


@pytest.mark.parametrize(
    "bad, said",
    [
        ([], r"first must be a list of numbers, one a run; got shape \(0,\)"),
        ([[1, 2]], r"got shape \(1, 2\)"),
        ([1, float("nan")], "first must be finite"),
        (["a"], "first must be an array of numbers; got text"),
    ],
)
def test_bad_lists_are_refused(bad, said):
    with pytest.raises(ValueError, match=said):
        compare_ranges(bad, [1, 2])
