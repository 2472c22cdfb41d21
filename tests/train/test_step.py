"""Mirrors encdec_lib/train/step.py, with an optimizer that hides nothing."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.vocabulary import EOS
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import translation_loss
from tests.helpers.least_squares import IN, QUICK, Line, PlainDescent, fit_line, points
from tests.systems import V_SOURCE, V_TARGET, build, sentences


@pytest.mark.parametrize("count", [1, 2], ids=["one device", "two devices"])
def test_a_step_goes_down_the_mean_over_the_whole_batch(count):
    model, (x, y) = Line(), points(4)
    error = x @ np.asarray(model.w[...]) + np.asarray(model.b[...]) - y
    w = model.w[...] - 0.1 * 2 * error @ x / 4
    b = model.b[...] - 0.1 * 2 * error.mean()
    config = PlainDescent(**dataclasses.asdict(QUICK) | {"steps": 1})
    fit_line(model, (x, y), config, devices=jax.devices()[:count])
    np.testing.assert_allclose(model.w[...], w, rtol=1e-5)
    np.testing.assert_allclose(model.b[...], b, rtol=1e-5)


def test_the_smoothing_of_the_config_reaches_the_loss():
    lengths = [3, 1, 4, 2]
    data = sentences(lengths, V_SOURCE), sentences(lengths, V_TARGET, seed=1, end=EOS)
    model = build("last state", "rnn")
    batch = tuple(jnp.asarray(part) for part in data)
    sums = [translation_loss(model, batch, e) for e in (0.3, 0.0)]
    wanted = [float(total / count) for total, count in sums]
    history = fit(
        model, data, TrainConfig(steps=1, batch_size=4, label_smoothing=0.3), progress=False
    )
    np.testing.assert_allclose(history.losses[0], wanted[0], rtol=1e-5)
    assert abs(wanted[0] - wanted[1]) > 1e-2


class Normed(Line):
    """Least squares behind a batch normalisation, which keeps running statistics."""

    def __init__(self):
        super().__init__()
        self.norm = nnx.BatchNorm(IN, momentum=0.9, rngs=nnx.Rngs(0))

    def __call__(self, x):
        return super().__call__(self.norm(x))


def test_running_statistics_are_the_mean_over_the_devices():
    model, (x, y) = Normed(), points(4)
    fit_line(model, (x, y), dataclasses.replace(QUICK, steps=1), devices=jax.devices()[:2])
    # the mean over both halves; one device alone saw two of the four examples
    np.testing.assert_allclose(model.norm.mean[...], 0.1 * x.mean(axis=0), rtol=1e-5, atol=1e-7)
