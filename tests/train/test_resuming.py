"""Mirrors encdec_lib/train/resuming.py."""

import dataclasses
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.data.vocabulary import EOS
from encdec_lib.train import TrainConfig, Training, checkpoint, fit
from encdec_lib.train.batches import batch_order
from encdec_lib.train.resuming import fingerprint
from tests.helpers.least_squares import QUICK, Line, fit_line, points, same, squares, weights
from tests.systems import V_SOURCE, V_TARGET, build, sentences

one_device = [jax.devices()[0]]
CONSTANT = dataclasses.replace(QUICK, schedule="constant", clip_norm=0.5)


# More steps


@pytest.mark.parametrize("lengths", [None, np.random.default_rng(0).integers(1, 30, 347)])
def test_the_first_batches_of_a_longer_order_are_those_of_a_shorter_one(lengths):
    longest = batch_order(347, 5, 307, seed=3, lengths=lengths)
    for steps in (1, 2, 68, 69, 70, 139, 300):  # an epoch has 69
        order = batch_order(347, 5, steps, seed=3, lengths=lengths)
        np.testing.assert_array_equal(order, longest[:steps])


@pytest.mark.parametrize(
    ("stops", "schedule"),
    [
        ((10, 23), "constant"),
        ((3, 7, 23), "constant"),
        ((22, 23), "constant"),
        ((23, 23), "constant"),
        ((10, 23), "inverse_sqrt"),
    ],
)
def test_a_run_gone_on_equals_one_that_was_so_long_from_the_start(tmp_path, stops, schedule):
    whole, endless = Line(), dataclasses.replace(CONSTANT, schedule=schedule)
    wanted = fit_line(whole, points(), dataclasses.replace(endless, steps=23), devices=one_device)
    for seed, steps in enumerate(stops):
        model = Line(seed)
        config = dataclasses.replace(endless, steps=steps)
        history = fit_line(
            model, points(), config, checkpoint=tmp_path / "run", resume=True, devices=one_device
        )
        np.testing.assert_array_equal(history.losses, wanted.losses[:steps])
    same(weights(model), weights(whole))


@pytest.mark.slow
def test_so_does_a_recurrent_model_over_text(tmp_path):
    lengths = [3, 4, 1, 2, 4, 2, 3, 1, 4, 3, 2]
    text = sentences(lengths, V_SOURCE), sentences(lengths, V_TARGET, seed=1, end=EOS)
    long = TrainConfig(steps=11, batch_size=4, warmup_steps=2, schedule="constant", chunk_steps=3)
    run = partial(fit, data=text, devices=one_device, progress=False)
    whole, model = build("last state", "rnn"), build("last state", "rnn")
    wanted = run(whole, config=long)
    run(model, config=dataclasses.replace(long, steps=5), checkpoint=tmp_path / "run")
    resumed = build("last state", "rnn", seed=1)
    history = run(resumed, config=long, checkpoint=tmp_path / "run", resume=True)
    np.testing.assert_array_equal(history.losses, wanted.losses)
    same(weights(resumed), weights(whole))


@pytest.mark.parametrize(
    ("then", "now", "message"),
    [
        ({}, {"steps": 20}, "with steps = 10, and now they are 20: the rate .* load_model"),
        ({"schedule": "linear"}, {"schedule": "linear", "steps": 20}, "unless schedule is 'const"),
        (
            {"schedule": "constant", "warmup_steps": 15},
            {"schedule": "constant", "warmup_steps": 15, "steps": 20},
            "'constant' or 'inverse_sqrt' and the warm-up shorter",
        ),
        ({"schedule": "constant"}, {"schedule": "constant", "steps": 9}, "has 10 steps behind it"),
        ({}, {"schedule": "constant"}, "Saved: schedule = 'cosine'; now: schedule = 'constant'"),
        ({}, {"accumulate_steps": 2}, "Saved: accumulate_steps = 1; now: accumulate_steps = 2"),
    ],
)
def test_a_run_that_cannot_go_on_says_how_it_can(tmp_path, then, now, message):
    file = tmp_path / "run"
    fit_line(Line(), points(), dataclasses.replace(QUICK, **then), checkpoint=file)
    config = dataclasses.replace(QUICK, **now)
    with pytest.raises(ValueError, match=rf"run .*{message}"):
        fit_line(Line(), points(), config, checkpoint=file, resume=True)


def test_the_way_that_the_error_names_works(tmp_path):
    """`load_model` reads a training's checkpoint, its frozen part and statistics included."""
    file = tmp_path / "run"
    for freeze in (None, "w"):
        model, other = Line(), Line(seed=1)
        fit_line(model, points(), QUICK, checkpoint=file, freeze=freeze)
        same(weights(checkpoint.load_model(file, other)), weights(model))


# Other data


def test_a_fingerprint_tells_every_byte_apart_and_nothing_else():
    x, y = points()
    same_ones = [
        {"x": x, "y": y},
        {"x": x.copy(), "y": y.astype(np.float64)},  # JAX makes 32 bits of it
        {"x": jnp.asarray(x), "y": jnp.asarray(y)},
        {"x": np.asfortranarray(x), "y": np.stack([y, y], axis=1)[:, 0]},
    ]
    assert len({fingerprint(tree) for tree in same_ones}) == 1
    bit = x.copy()
    bit[-1, -1] = np.nextafter(bit[-1, -1], 2)
    others = [
        {"x": bit, "y": y}, {"x": y, "y": x}, {"x": x, "z": y}, {"x": x[::-1], "y": y},
        {"x": x.reshape(3, 17), "y": y}, {"x": x[:, :0], "y": y}, {"x": x[:0], "y": y},
        {"x": x.view(np.int32), "y": y}, {},
    ]  # fmt: skip
    assert len({fingerprint(tree) for tree in [same_ones[0], *others]}) == 1 + len(others)


@pytest.mark.parametrize("devices", [1, 2])
def test_other_data_are_refused(tmp_path, devices):
    x, y = points()
    file, devices = tmp_path / "run", jax.devices()[:devices]
    fit_line(Line(), (x, y), QUICK, checkpoint=file, devices=devices)
    resume = partial(fit_line, config=QUICK, checkpoint=file, resume=True)
    other = y.copy()
    other[3] += 1
    for data in ((x, other), (x[::-1], y[::-1]), (x[1:], y[1:])):
        with pytest.raises(ValueError, match="run was written in a training on other data. Give"):
            resume(Line(), data)
    resume(Line(), (x, y))  # the number of devices may change
    resume(Line(), (x.copy(), y.astype(np.float64)), devices=jax.devices()[:2])


def test_another_order_of_the_same_data_is_refused(tmp_path):
    order = batch_order(17, 4, 10, seed=0)
    begin = partial(Training.begin, data=points(), config=QUICK, loss=squares, devices=one_device)
    training = begin(Line(), order=order)
    training.advance(3)
    training.save(tmp_path / "run")
    later = np.concatenate([order[:3], order[:2:-1]])  # what is still to come may change
    assert begin(Line(), order=later, resume_from=tmp_path / "run").step == 3
    with pytest.raises(ValueError, match="run was written after other batches of these data"):
        begin(Line(), order=order[::-1], resume_from=tmp_path / "run")


def test_a_file_of_weights_alone_is_no_run(tmp_path):
    checkpoint.save_model(tmp_path / "model", Line())
    with pytest.raises(ValueError, match="model is no checkpoint that this version .* resume"):
        fit_line(Line(), points(), QUICK, checkpoint=tmp_path / "model", resume=True)


def test_a_home_is_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # of Windows
    fit_line(Line(), points(), QUICK, checkpoint="~/kept/run")
    assert (tmp_path / "kept" / "run").exists()
    history = fit_line(Line(), points(), QUICK, checkpoint="~/kept/run", resume=True)
    assert len(history.losses) == 10 and len(history.seconds) == 2
