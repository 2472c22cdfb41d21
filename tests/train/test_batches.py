"""Mirrors encdec_lib/train/batches.py."""

import numpy as np
import pytest

from encdec_lib.train.batches import batch_order, interleave_over_devices

N = 17  # examples


@pytest.mark.parametrize("lengths", [None, np.arange(N) % 7], ids=["plain", "by length"])
def test_every_epoch_takes_each_example_at_most_once_and_in_a_new_order(lengths):
    order = batch_order(N, 4, 12, seed=3, lengths=lengths)  # 4 batches an epoch, 1 example left
    assert order.shape == (12, 4) and order.dtype == np.int32
    epochs = order.reshape(3, 16)
    for epoch in epochs:
        assert len(set(epoch.tolist())) == 16 and set(epoch.tolist()) <= set(range(N))
    assert len({tuple(epoch) for epoch in epochs.tolist()}) == 3


def test_the_order_depends_on_the_seed_alone_and_a_longer_run_begins_as_a_shorter():
    order = batch_order(N, 4, 12, seed=3)
    np.testing.assert_array_equal(order, batch_order(N, 4, 12, seed=3))
    np.testing.assert_array_equal(order[:5], batch_order(N, 4, 5, seed=3))
    assert (order != batch_order(N, 4, 12, seed=4)).any()


def test_examples_of_similar_length_meet_in_batches_of_random_order():
    lengths = np.random.default_rng(0).integers(1, 50, 4000)
    order = batch_order(4000, 8, 500, seed=0, lengths=lengths)
    spread = np.ptp(lengths[order], axis=1)
    assert spread.mean() < 3 < np.ptp(lengths[batch_order(4000, 8, 500, seed=0)], axis=1).mean()
    means = lengths[order].mean(axis=1)
    assert abs(np.corrcoef(means[:-1], means[1:])[0, 1]) < 0.15  # not from short to long


def test_more_in_a_batch_than_there_are_is_named_in_the_error():
    with pytest.raises(ValueError, match="batch_size is 18, but there are only 17 examples"):
        batch_order(N, 18, 1, seed=0)


def test_dealing_keeps_each_batch_and_gives_every_device_short_and_long():
    order = np.arange(30).reshape(2, 15)[:, ::-1]
    dealt = interleave_over_devices(order, 3)
    np.testing.assert_array_equal(np.sort(dealt), np.sort(order))
    for row, batch in zip(dealt, order, strict=True):
        for device in range(3):  # a stretch of five: every third of the batch
            np.testing.assert_array_equal(row[5 * device : 5 * device + 5], batch[device::3])
    np.testing.assert_array_equal(interleave_over_devices(order, 1), order)
