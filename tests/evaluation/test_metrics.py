"""Mirrors encdec_lib/evaluation/metrics.py."""

import itertools
import random

import jax.numpy as jnp
import numpy as np
import pytest
import sacrebleu

from encdec_lib.evaluation import edits, metrics

CAT = "K AE T".split()
CUT = "K AH T".split()


def distance_by_recursion(a, b):
    """The definition, branch by branch."""
    if not a or not b:
        return len(a) + len(b)
    return min(
        distance_by_recursion(a[1:], b) + 1,
        distance_by_recursion(a, b[1:]) + 1,
        distance_by_recursion(a[1:], b[1:]) + (a[0] != b[0]),
    )


@pytest.fixture(scope="module")
def strings():
    rng = random.Random(0)
    return [tuple(rng.choices("ab", k=rng.randrange(6))) for _ in range(30)]


@pytest.mark.parametrize(
    ("hypothesis", "reference", "distance"),
    [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("", "", 0), ("flaw", "lawn", 2)],
)
def test_edit_distances_worked_out_by_hand(hypothesis, reference, distance):
    assert metrics.edit_distance(hypothesis, reference) == distance


def test_edit_distance_agrees_with_its_definition(strings):
    for a, b in itertools.product(strings, strings[:10]):
        assert metrics.edit_distance(a, b) == distance_by_recursion(a, b)


def test_an_alignment_spells_both_sides_and_costs_the_distance(strings):
    for a, b in itertools.product(strings, strings[:10]):
        steps = edits.edit_alignment(a, b)
        assert tuple(s.hypothesis for s in steps if s.hypothesis is not None) == a
        assert tuple(s.reference for s in steps if s.reference is not None) == b
        assert sum(s.kind != "same" for s in steps) == metrics.edit_distance(a, b)
        for step in steps:
            assert (step.kind == "same") == (step.hypothesis == step.reference)
            assert (step.kind == "missing") == (step.hypothesis is None)
            assert (step.kind == "extra") == (step.reference is None)


def test_an_alignment_worked_out_by_hand():
    steps = edits.edit_alignment(["the", "big", "cat"], ["a", "cat", "sleeps"])
    assert [tuple(step) for step in steps] == [
        ("extra", "the", None),
        ("wrong", "big", "a"),
        ("same", "cat", "cat"),
        ("missing", None, "sleeps"),
    ]


def test_exact_match_takes_any_reference():
    assert metrics.exact_match([CAT, CUT, []], [[CUT, CAT], [CAT], [["D"]]]) == pytest.approx(
        100 / 3
    )
    assert metrics.exact_match([tuple(CAT)], [[CAT]]) == 100  # tuples and lists compare equal


def test_phoneme_error_rate_divides_all_edits_by_all_phonemes():
    # 1 edit in 3, then 0 in 1: 1/4 over the set, not the mean of 1/3 and 0
    assert metrics.phoneme_error_rate([CAT, ["D"]], [[CUT], [["D"]]]) == 25


def test_phoneme_error_rate_takes_the_nearest_reference_and_its_length():
    # distances to the references are 2 and 1: 1 edit over the 2 phonemes of the second
    assert metrics.phoneme_error_rate([["D"]], [[CUT[1:] + ["D"], ["D", "T"]]]) == 50


def test_of_two_equally_near_references_the_first_counts():
    assert metrics.phoneme_error_rate([["D"]], [[["D", "T"], []]]) == 50


def test_an_output_much_too_long_passes_one_hundred_percent():
    assert metrics.phoneme_error_rate([["D"] * 5], [[["T"]]]) == 500


def test_rates_agree_with_float64_loops():
    rng = random.Random(1)
    words = [[rng.choice("abc") for _ in range(rng.randrange(1, 6))] for _ in range(60)]
    references = [[words[(i + k) % 60] for k in range(rng.randrange(1, 4))] for i in range(60)]
    hypotheses = [words[(i + rng.randrange(3)) % 60] for i in range(60)]
    edits = length = wrong = np.float64(0)
    for hypothesis, accepted in zip(hypotheses, references, strict=True):
        distances = [distance_by_recursion(hypothesis, reference) for reference in accepted]
        best = int(np.argmin(distances))
        edits += distances[best]
        length += len(accepted[best])
        wrong += min(distances) > 0
    assert metrics.phoneme_error_rate(hypotheses, references) == pytest.approx(100 * edits / length)
    assert metrics.word_error_rate(hypotheses, references) == pytest.approx(100 * wrong / 60)


def test_token_accuracy_counts_real_tokens_alone():
    rng = np.random.default_rng(2)
    logits = rng.normal(size=(3, 5, 7))
    targets = rng.integers(0, 7, size=(3, 5))
    targets[:, :2] = logits[:, :2].argmax(-1)  # so that some are right
    mask = rng.random((3, 5)) < 0.6
    right = total = 0
    for b in range(3):
        for t in range(5):
            if mask[b, t]:
                total += 1
                right += max(range(7), key=lambda v: logits[b, t, v]) == targets[b, t]
    expected = pytest.approx(100 * right / total)
    assert 0 < 100 * right / total < 100
    assert metrics.token_accuracy(logits, targets, mask) == expected
    assert metrics.token_accuracy(*map(jnp.asarray, (logits, targets, mask))) == expected


def test_bleu_is_sacrebleus():
    rng = random.Random(3)
    references = [[rng.choices("abcde", k=rng.randrange(4, 12))] for _ in range(20)]
    hypotheses = [
        [t if rng.random() < 0.8 else "x" for t in accepted[0]] for accepted in references
    ]
    theirs = sacrebleu.corpus_bleu(
        [" ".join(h) for h in hypotheses],
        [[" ".join(r[0]) for r in references]],
        tokenize="none",
        force=True,
    ).score
    assert 20 < theirs < 90
    assert metrics.bleu(hypotheses, references) == theirs


def test_bleu_worked_out_by_hand():
    # p = 4/5, 3/4, 2/3, 1/2 and no brevity penalty: 100 (1/5)^(1/4)
    score = metrics.bleu(["a b c d e".split()], [["a b c d f".split()]])
    assert score == pytest.approx(100 * 0.2**0.25)
    # the same, two tokens short of seven: times exp(1 - 7/5)
    short = metrics.bleu(["a b c d e".split()], [["a b c d f g h".split()]])
    assert short == pytest.approx(100 * 0.2**0.25 * np.exp(1 - 7 / 5))


def test_bleu_reads_korean_and_final_full_stops_as_they_are():
    same = ["고양이 가 정원 에서 잔다 .".split()]
    assert metrics.bleu(same, [same]) == 100


def test_bleu_takes_unequal_numbers_of_references():
    first, second = "a b c d e".split(), "f g h i j".split()
    assert metrics.bleu([first, second], [[second, first], [second]]) == 100


def test_by_length_scores_each_bucket_alone():
    scores = metrics.by_length(
        metrics.exact_match, [["a"], ["b"], ["c"]], [[["a"]], [["x"]], [["c"]]], [4, 5, 12],
        (4, 11, 16, 21),
    )  # fmt: skip
    assert scores == {"4–10": 50, "11–15": 100}


METRICS = [
    metrics.exact_match,
    metrics.phoneme_error_rate,
    metrics.word_error_rate,
    metrics.bleu,
]


@pytest.mark.parametrize("metric", METRICS)
def test_outputs_and_references_must_be_as_many(metric):
    with pytest.raises(ValueError, match="one entry an example; got 2 and 1"):
        metric([CAT, CUT], [[CAT]])


@pytest.mark.parametrize("metric", METRICS)
def test_nothing_to_score_is_an_error(metric):
    with pytest.raises(ValueError, match="hypotheses is empty"):
        metric([], [])


@pytest.mark.parametrize("metric", METRICS)
def test_an_example_without_reference_is_an_error(metric):
    with pytest.raises(ValueError, match="example 1 has none"):
        metric([CAT, CUT], [[CAT], []])


@pytest.mark.parametrize("metric", METRICS)
def test_a_reference_that_is_not_in_a_list_of_its_own_is_named(metric):
    with pytest.raises(TypeError, match="Put it in a list of its own"):
        metric([CAT], [CAT])


def test_error_rates_of_empty_references_are_refused():
    with pytest.raises(ValueError, match="references hold no tokens"):
        metrics.phoneme_error_rate([["D"]], [[[]]])


def test_bleu_refuses_a_token_with_a_space():
    with pytest.raises(ValueError, match="without spaces; got 'a b'"):
        metrics.bleu([["a b"]], [[["a"]]])


def test_token_accuracy_names_shapes_that_do_not_fit(as_reader):
    with pytest.raises(ValueError, match=r"got \(1, 2, 3\), \(1, 2\) and \(1, 1\)"):
        metrics.token_accuracy(np.zeros((1, 2, 3)), np.zeros((1, 2), int), np.ones((1, 1), bool))


def test_token_accuracy_of_padding_alone_is_refused():
    with pytest.raises(ValueError, match="mask hides every token"):
        metrics.token_accuracy(np.zeros((1, 2, 3)), np.zeros((1, 2), int), np.zeros((1, 2), bool))


def test_by_length_needs_one_length_an_example():
    with pytest.raises(ValueError, match="lengths needs one number an example, 1; got 2"):
        metrics.by_length(metrics.exact_match, [CAT], [[CAT]], [4, 5], (4, 11))
