"""A step in several parts of its batch: the step of the whole batch."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.vocabulary import EOS
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import SegmentationLoss
from tests.helpers.dropped import DATA, UNITS, Dropped, code
from tests.helpers.least_squares import Line, PlainDescent, weights
from tests.systems import V_SOURCE, V_TARGET, build, sentences


def descent(**settings):
    """Plain descent: Adam forgets how long a gradient was, and a sum in place of a mean."""
    return PlainDescent(steps=3, learning_rate=0.1, warmup_steps=0, clip_norm=None, **settings)


@pytest.mark.parametrize(
    ("parts", "devices"),
    [(3, 2), *(pytest.param(*case, marks=pytest.mark.slow) for case in ((2, 1), (6, 1), (6, 2)))],
)
def test_parts_of_a_batch_add_up_to_the_whole(parts, devices):
    """Sentences of different lengths: a mean of the parts' means would be another number."""
    lengths = [3, 4, 1, 2, 4, 2, 3, 1, 4, 3, 2, 1]
    text = sentences(lengths, V_SOURCE), sentences(lengths, V_TARGET, seed=1, end=EOS)
    config = descent(batch_size=12, label_smoothing=0.1)
    whole, added = build("last state", "rnn"), build("last state", "rnn")
    settings = {"devices": jax.devices()[:devices], "progress": False}
    wanted = fit(whole, text, config, **settings)
    history = fit(added, text, dataclasses.replace(config, accumulate_steps=parts), **settings)
    np.testing.assert_allclose(history.losses, wanted.losses, rtol=1e-5)
    for path, array in weights(whole).items():
        np.testing.assert_allclose(weights(added)[path], array, atol=1e-6, err_msg=str(path))


def test_every_example_is_in_one_part_and_counts_once():
    """Weights of powers of two: the sums say which examples came."""

    def loss(model, batch):
        return (batch[0] * (1 + 0 * model.b[...])).sum(), batch[1].sum()

    data = 2.0 ** np.arange(12, dtype=np.float32), np.arange(1, 13, dtype=np.float32)
    for parts in (1, 2, 3, 4, 6, 12):
        config = descent(batch_size=12, accumulate_steps=parts)
        history = fit(Line(), data, config, loss=loss, progress=False)
        np.testing.assert_array_equal(history.losses, np.float32((2**12 - 1) / data[1].sum()))


def test_a_part_that_counts_nothing_is_no_fault():
    """All of one part is padding."""

    def loss(model, batch):
        return (batch[0] * model.w[...].sum()).sum(), batch[0].sum()

    data = (np.array([0, 0, 2, 1], np.float32),)
    whole, added = Line(), Line()
    for model, parts in ((whole, 1), (added, 4)):
        fit(model, data, descent(batch_size=4, accumulate_steps=parts), loss=loss, progress=False)
    np.testing.assert_allclose(added.w[...], whole.w[...], rtol=1e-6)
    assert np.isfinite(np.asarray(added.w[...])).all()


def test_parts_drop_other_units():
    """A part's mean is a whole number; that of two parts is not, if they differ by an odd one."""
    config = TrainConfig(steps=13, batch_size=4, warmup_steps=0, accumulate_steps=2)
    one = [jax.devices()[0]]
    history = fit(Dropped(), DATA, config, loss=code, devices=one, progress=False)
    both = history.losses
    assert (2 * both == np.round(2 * both)).all() and both.max() < 2**UNITS
    assert (both != np.round(both)).sum() > 2
    again = fit(Dropped(), DATA, config, loss=code, devices=one, progress=False)
    np.testing.assert_array_equal(again.losses, both)


@pytest.mark.slow
def test_statistics_are_moved_by_all_parts():
    rng = np.random.default_rng(0)
    data = rng.uniform(size=(4, 8, 8, 1)).astype(np.float32), rng.integers(0, 3, (4, 8, 8))
    model = unet(UNetConfig(num_classes=3, channels=(2, 3)), rngs=nnx.Rngs(0))
    before = {k: v for k, v in weights(model).items() if k[-1] == "mean"}
    config = TrainConfig(steps=2, batch_size=4, accumulate_steps=2)
    history = fit(model, data, config, loss=SegmentationLoss(3), progress=False)
    assert np.isfinite(history.losses).all()
    assert all((weights(model)[path] != mean).any() for path, mean in before.items())


def test_convolutions_add_up_without_a_loop():
    class Convolution(nnx.Module):
        def __init__(self):
            self.layer = nnx.Conv(1, 2, (3, 3), rngs=nnx.Rngs(0))

    def loss(model, batch):
        return (model.layer(batch[0]) ** 2).sum(), jnp.float32(len(batch[0]))

    data = (np.random.default_rng(0).uniform(size=(4, 5, 7, 1)).astype(np.float32),)
    whole, added = Convolution(), Convolution()
    for model, parts in ((whole, 1), (added, 2)):
        config = descent(batch_size=4, accumulate_steps=parts)
        config = dataclasses.replace(config, learning_rate=1e-3)
        fit(model, data, config, loss=loss, progress=False)
    np.testing.assert_allclose(
        added.layer.kernel[...], whole.layer.kernel[...], rtol=1e-5, atol=1e-6
    )
