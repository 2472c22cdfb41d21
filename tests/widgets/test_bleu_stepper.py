"""Mirrors encdec_lib/widgets/bleu_stepper: what is counted is what sacrebleu counts."""

import numpy as np
import pytest
import sacrebleu

from encdec_lib.evaluation import metrics
from encdec_lib.widgets import BleuStepper
from encdec_lib.widgets.bleu_stepper.counting import brevity_penalty, found

OUTPUTS = ["a dog sees a ball", "a horse runs in the park"]
REFERENCES = ["a dog sees the big ball", "the horse runs in the park"]


def drawn(seed):
    """Two references of few words, and outputs that share a run of four with them."""
    rng = np.random.default_rng(seed)
    references = [list(rng.choice(list("abcd"), rng.integers(4, 7))) for _ in range(2)]
    outputs = [list(rng.choice(list("abcd"), rng.integers(4, 7))), references[1][:4]]
    outputs[1] += list(rng.choice(list("abcd"), rng.integers(0, 3)))
    return [" ".join(words) for words in outputs], [" ".join(words) for words in references]


@pytest.mark.parametrize(
    "outputs, references", [(OUTPUTS, REFERENCES), *(drawn(seed) for seed in range(7))]
)
def test_counts_shares_penalty_and_score_are_those_of_sacrebleu(outputs, references):
    stepper = BleuStepper(outputs, references)
    wanted = sacrebleu.corpus_bleu(outputs, [references], tokenize="none", force=True)
    assert stepper.counts == [list(pair) for pair in zip(wanted.counts, wanted.totals, strict=True)]
    shares = [100 * good / every for good, every in stepper.counts]
    np.testing.assert_allclose(shares, wanted.precisions)
    np.testing.assert_allclose(stepper.penalty, wanted.bp)
    np.testing.assert_allclose(stepper.score, wanted.score)
    split = [output.split() for output in outputs], [[r.split()] for r in references]
    np.testing.assert_allclose(stepper.score, metrics.bleu(*split))


def test_the_second_of_two_equal_words_is_the_one_that_does_not_count():
    """As the page tells it, run by run."""
    stepper = BleuStepper(OUTPUTS, REFERENCES)
    assert stepper.found[0] == [
        [True, True, True, False, True],  # a dog sees a ball
        [True, True, False, False],
        [True, False, False],
        [False, False],
    ]
    assert [sum(marks) for marks in stepper.found[1]] == [5, 4, 3, 2]
    assert found("a a a b".split(), "a b a".split(), 1) == [True, True, False, True]
    assert found("a b a b".split(), "a b a".split(), 2) == [True, True, False]


def test_longer_outputs_have_no_penalty():
    assert brevity_penalty(7, 5) == brevity_penalty(5, 5) == 1
    assert brevity_penalty(5, 7) == pytest.approx(np.exp(-2 / 5))
    swapped = BleuStepper(REFERENCES, OUTPUTS)
    assert swapped.penalty == 1 and swapped.score == pytest.approx(100 * swapped.mean)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"outputs": "a b c d"}, TypeError, "outputs must be a list of texts"),
        ({"outputs": OUTPUTS[:1]}, ValueError, "outputs must be 2 sentences; got 1"),
        ({"references": REFERENCES * 2}, ValueError, "references must be 2 sentences; got 4"),
        ({"outputs": ["a dog sees", "a b c d"]}, ValueError, "4 to 6 words each.*'a dog sees'"),
        ({"references": ["a b c d e f g", "a b c d"]}, ValueError, "4 to 6 words each"),
        ({"outputs": ["a b c " + 20 * "d", "a b c d"]}, ValueError, "at most 22 letters"),
        ({"outputs": OUTPUTS[:1] * 2}, ValueError, "a run of 4 words or more.*product with a 0"),
        ({"step": 0}, ValueError, "step must be at least 1; got 0"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        BleuStepper(**({"outputs": OUTPUTS, "references": REFERENCES} | arguments))
