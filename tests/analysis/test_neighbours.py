"""Mirrors encdec_lib/analysis/neighbours.py."""

import numpy as np
import pytest

from encdec_lib.analysis.neighbours import _pairs, neighbour_found

PAD = 0


def made(sequences=211, longest=7, kinds=5, seed=0):
    """Tokens with padding at their end; vectors that hold the next token, turned, and no other."""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(1, kinds, (sequences, longest))
    for row, length in zip(tokens, rng.integers(2, longest + 1, sequences), strict=True):
        row[length:] = PAD
    after = np.concatenate([tokens[:, 1:], np.zeros_like(tokens[:, :1])], axis=1)
    turn = np.linalg.qr(np.random.default_rng(7).normal(size=(kinds, kinds)))[0]
    return 3 + 1e-2 * np.eye(kinds)[after] @ turn, tokens


def test_pairs_are_those_of_a_loop():
    vectors, tokens = made(11)
    for distance in (-3, 0, 2):
        expected = [
            (vectors[n, j], tokens[n, j + distance])
            for n in range(11)
            for j in range(7)
            if 0 <= j + distance < 7 and tokens[n, j] != PAD and tokens[n, j + distance] != PAD
        ]
        x, y = _pairs(vectors, tokens, distance, PAD, 10_000)
        np.testing.assert_allclose(x, [pair[0] for pair in expected], rtol=1e-6)
        assert list(y) == [pair[1] for pair in expected]


def test_what_stands_in_the_vector_is_found_and_what_does_not_is_guessed():
    fitted, held_out = made(), made(seed=1)
    assert neighbour_found(fitted, held_out, 1, classes=5) == 100
    assert neighbour_found(fitted, held_out, -1, classes=5) < 40  # four kinds: 25 by chance


def test_few_pairs_are_taken_from_the_front():
    assert len(_pairs(*made(), 1, PAD, 13)[1]) == 13


def test_a_distance_that_no_sequence_has_is_named():
    with pytest.raises(ValueError, match="no sequence has two real tokens at distance 7"):
        neighbour_found(made(), made(), 7, classes=5)
