"""Mirrors encdec_lib/evaluation/chrf.py."""

from collections import Counter

import pytest

from encdec_lib.evaluation.chrf import chrf


def by_loops(hypotheses, references):
    """chrF2 over the whole set, after Popović (2015)."""
    precisions, recalls = [], []
    for n in range(1, 7):
        match = ours = theirs = 0
        for hypothesis, [reference] in zip(hypotheses, references, strict=True):
            runs = [
                Counter(text[i : i + n] for i in range(len(text) - n + 1))
                for text in ("".join(hypothesis), "".join(reference))
            ]
            match += (runs[0] & runs[1]).total()
            ours, theirs = ours + runs[0].total(), theirs + runs[1].total()
        precisions.append(match / ours)
        recalls.append(match / theirs)
    p, r = sum(precisions) / 6, sum(recalls) / 6
    return 100 * 5 * p * r / (4 * p + r)


def test_equals_the_formula_in_loops():
    hypotheses = ["you have not withheld the request".split(), "he came to the city".split()]
    references = [["you have not withholden a request".split()], ["he went to a city .".split()]]
    assert chrf(hypotheses, references) == pytest.approx(by_loops(hypotheses, references), abs=1e-6)


def test_a_right_output_has_100_and_the_nearest_reference_counts():
    assert chrf([["peace", "."]], [[["peace", "."]]]) == 100
    assert chrf([["peace"]], [[["war"], ["peace"]]]) == 100


def test_a_wrong_ending_costs_less_than_a_wrong_word():
    reference = [[["he", "walks", "to", "town"]]]
    ending, other = (chrf([["he", w, "to", "town"]], reference) for w in ("walked", "runs"))
    assert ending > other


@pytest.mark.parametrize(
    ("hypotheses", "references", "message"),
    [
        ([], [], "hypotheses is empty"),
        ([["a"]], [[[]]], "references hold no tokens"),
        ([["a"]], [[["a"]], [["b"]]], "one entry an example"),
    ],
)
def test_what_cannot_be_scored_is_refused(hypotheses, references, message):
    with pytest.raises(ValueError, match=message):
        chrf(hypotheses, references)
