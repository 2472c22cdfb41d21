"""Dropout inside ``fit``: random, different by device, and repeatable."""

import jax
import numpy as np

from encdec_lib.train import TrainConfig, fit
from tests.helpers.dropped import DATA, Dropped, code


def losses(steps=13, devices=None, **settings):
    config = TrainConfig(steps=steps, batch_size=4, warmup_steps=0, chunk_steps=5)
    history = fit(Dropped(), DATA, config, loss=code, devices=devices, progress=False, **settings)
    return history.losses


def test_every_step_drops_others_and_a_run_repeats_itself():
    once = losses(devices=jax.devices()[:1])
    assert (once == np.round(once)).all() and len(set(once)) > 9
    np.testing.assert_array_equal(losses(devices=jax.devices()[:1]), once)


def test_devices_drop_other_units():
    # The mean of two numbers that are the same is whole; of two that differ, half the time not.
    both = losses(devices=jax.devices()[:2])
    assert (2 * both == np.round(2 * both)).all()
    assert (both != np.round(both)).sum() > 2


def test_a_resumed_run_goes_on_dropping_where_it_stopped(tmp_path):
    whole = losses(devices=jax.devices()[:1])
    config = TrainConfig(steps=13, batch_size=4, warmup_steps=0, chunk_steps=5)
    path = tmp_path / "run.npz"
    settings = {"loss": code, "devices": jax.devices()[:1], "progress": False}

    class Stop(Exception):
        """Stands for a crash after the first checkpoint."""

    def crash(model):
        raise Stop

    try:
        fit(
            Dropped(), DATA, config, checkpoint=path, checkpoint_every=5,
            evaluate=crash, eval_every=6, **settings,
        )  # fmt: skip
    except Stop:
        pass
    resumed = fit(Dropped(), DATA, config, checkpoint=path, resume=True, **settings)
    np.testing.assert_array_equal(resumed.losses, whole)
