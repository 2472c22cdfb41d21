"""Mirrors encdec_lib/data/random_strings.py."""

import numpy as np
import pytest

from encdec_lib.data import EOS, PAD, random_strings


def test_a_target_is_its_source_and_lengths_are_spread_evenly():
    data = random_strings.load(train=35, per_length=3, lengths=(2, 3, 5, 7, 11), symbols=13)
    assert [len(part) for part in data] == [35, 15, 15]
    for part, each in zip(data, (7, 3, 3), strict=True):
        assert part.source.shape[1] == 11 and part.target.shape[1] == 12
        values, counts = np.unique(part.source_lengths, return_counts=True)
        assert values.tolist() == [2, 3, 5, 7, 11] and (counts == each).all()
        for source, target in zip(part.source, part.target, strict=True):
            n = (source != PAD).sum()
            assert target[:n].tolist() == source[:n].tolist()
            assert target[n] == EOS and (target[n + 1 :] == PAD).all()


def test_every_symbol_is_as_likely_everywhere_and_alone():
    train = random_strings.load(train=20_000, per_length=1, lengths=(3,), symbols=5).train
    ids = train.source - 4
    assert ids.min() == 0 and ids.max() == 4
    for place in range(3):
        np.testing.assert_allclose(np.bincount(ids[:, place]) / 20_000, 0.2, atol=0.015)
    pairs = np.bincount(5 * ids[:, 0] + ids[:, 1]) / 20_000
    np.testing.assert_allclose(pairs, 0.04, atol=0.008)


def test_parts_and_seeds_differ_and_a_seed_gives_the_same():
    one, again, other = (random_strings.load(50, 5, (8,), seed=seed) for seed in (3, 3, 4))
    assert one.train.source_tokens == again.train.source_tokens != other.train.source_tokens
    assert one.dev.source_tokens != one.test.source_tokens


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"train": 0}, "train must be at least 1"),
        ({"per_length": 0}, "per_length must be at least 1"),
        ({"lengths": ()}, "lengths must be one or more whole numbers"),
        ({"lengths": "24"}, "lengths must be one or more whole numbers"),
        ({"lengths": (0,)}, "lengths must be at least 1"),
        ({"symbols": 27}, "symbols must be at most 26"),
        ({"symbols": 1}, "symbols must be at least 2"),
        ({"seed": -1}, "seed must be at least 0"),
    ],
)
def test_numbers_out_of_range_are_refused(as_reader, settings, message):
    with pytest.raises(ValueError, match=message):
        random_strings.load(**settings)
