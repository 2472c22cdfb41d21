"""Mirrors encdec_lib/analysis/probes.py."""

import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.analysis.probes import LinearProbe, read_places
from encdec_lib.train import TrainConfig

QUICK = TrainConfig(
    steps=150, batch_size=64, learning_rate=0.05, warmup_steps=10, group_by_length=False
)


def split(vectors, answers, at=500):
    return (vectors[:at], answers[:at], (vectors[at:], answers[at:]), QUICK)


@pytest.fixture(scope="module")
def written():
    """Three answers of five; the first stands in the vector as it is, the second turned, the last
    not at all."""
    rng = np.random.default_rng(0)
    answers = rng.integers(0, 5, (700, 3))
    answers[:, 2] = np.where(rng.random(700) < 0.6, 3, answers[:, 2])
    first, second = (np.eye(5)[answers[:, k]] for k in (0, 1))
    turned = second @ np.linalg.qr(rng.normal(size=(5, 5)))[0]
    return np.concatenate([1e-4 * first + 7, turned], axis=1), answers


def test_what_is_in_the_vector_is_read_and_what_is_not_is_guessed(written):
    read = read_places(*split(*written))
    assert read.right[0] > 99 and read.right[1] > 99  # a small number is as good as a large one
    commonest = 100 * (written[1][500:] == 3).mean(axis=0)
    assert read.most_frequent[2] == pytest.approx(commonest[2])
    assert abs(read.right[2] - commonest[2]) < 12


def test_held_out_answers_do_not_leak(written):
    vectors, answers = written
    wrong = answers.copy()
    wrong[500:] = (wrong[500:] + 1) % 5
    assert read_places(*split(vectors, wrong)).right[:2].max() < 1


def test_a_probe_is_its_formula():
    probe = LinearProbe(3, 2, 5)
    rng = np.random.default_rng(1)
    for name, shape in (("W", (2, 3, 5)), ("b", (2, 5))):
        getattr(probe, name)[...] = jnp.asarray(rng.normal(size=shape), jnp.float32)
    h = rng.normal(size=(7, 3)).astype("f4")
    logits = np.asarray(probe(jnp.asarray(h)))
    for n in range(7):
        for k in range(2):
            expected = h[n] @ np.asarray(probe.W[...])[k] + np.asarray(probe.b[...])[k]
            np.testing.assert_allclose(logits[n, k], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v, a, h: (v[:3], a, h), r"\(N, D\) and \(N, K\) with one row a vector"),
        (lambda v, a, h: (v, a - 1, h), "answers must hold ids in"),
        (lambda v, a, h: (v * np.nan, a, h), "vectors must be finite"),
        (lambda v, a, h: (v, a, (h[0][:, :2], h[1])), "held_out must be as wide"),
        (lambda v, a, h: (v, a.astype(float), h), "answers must hold whole numbers"),
        (lambda v, a, h: (v[:, 0], a, h), "one row a vector"),
    ],
)
def test_what_does_not_fit_is_refused(as_reader, written, change, message):
    vectors, answers = written
    with pytest.raises(ValueError, match=message):
        read_places(*change(vectors[:100], answers[:100], (vectors[100:200], answers[100:200])))
