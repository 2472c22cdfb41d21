"""Mirrors encdec_lib/train/loop.py."""

import dataclasses
import signal
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from encdec_lib.data.vocabulary import EOS
from encdec_lib.train.batches import batch_order
from encdec_lib.train.loop import History, TrainConfig, fit
from tests.helpers.least_squares import IN, QUICK, Line, N, fit_line, points, same, squares, weights
from tests.systems import V_SOURCE, V_TARGET, build, sentences

train = partial(fit, progress=False)


one_device = [jax.devices()[0]]


@pytest.fixture(scope="module")
def text():
    lengths = [3, 4, 1, 2, 4, 2, 3, 1, 4, 3, 2]
    return sentences(lengths, V_SOURCE), sentences(lengths, V_TARGET, seed=1, end=EOS)


# The numbers


def test_agrees_with_the_loop_written_out():
    """Every step by hand: the batch, the mean loss, clipped AdamW."""
    model, (x, y) = Line(), points()
    p = {"w": jnp.asarray(model.w[...]), "b": jnp.asarray(model.b[...])}
    config = dataclasses.replace(QUICK, weight_decay=0.1, decay="all")  # w is no matrix
    history = fit_line(model, (x, y), config, devices=one_device)
    adam = optax.adamw(config.rate(), b2=0.98, weight_decay=0.1)
    state = adam.init(p)
    losses = []
    for rows in batch_order(N, 4, 10, seed=0):
        error = x[rows] @ p["w"] + p["b"] - y[rows]
        losses.append(np.mean(error**2))
        grads = {"w": 2 * error @ x[rows] / 4, "b": 2 * error.mean()}
        norm = np.sqrt(sum(np.sum(np.square(g)) for g in grads.values()))
        grads = {k: jnp.asarray(g / max(norm, 1)) for k, g in grads.items()}
        updates, state = adam.update(grads, state, p)
        p = {k: p[k] + updates[k] for k in p}
    np.testing.assert_allclose(history.losses, losses, rtol=1e-4)
    np.testing.assert_allclose(model.w[...], p["w"], rtol=1e-4)
    np.testing.assert_allclose(model.b[...], p["b"], rtol=1e-4)


def test_a_given_order_of_batches_is_followed():
    """Order as it would have been drawn changes nothing; another order is another run."""
    models = [Line() for _ in range(3)]
    drawn = batch_order(N, 4, 10, seed=0)
    own = fit_line(models[0], points(), QUICK)
    given = fit_line(models[1], points(), QUICK, order=drawn)
    other = fit_line(models[2], points(), QUICK, order=drawn[::-1])
    np.testing.assert_array_equal(given.losses, own.losses)
    same(weights(models[0]), weights(models[1]))
    assert not np.allclose(own.losses, other.losses)
    with pytest.raises(ValueError, match="order must have a row a step"):
        fit_line(Line(), points(), QUICK, order=drawn[:3])


def test_the_same_seed_gives_the_same_numbers():
    models = [Line() for _ in range(3)]
    first, again = (fit_line(model, points(), QUICK) for model in models[:2])
    other = fit_line(models[2], points(), dataclasses.replace(QUICK, seed=1))
    np.testing.assert_array_equal(first.losses, again.losses)
    same(weights(models[0]), weights(models[1]))
    assert (first.losses != other.losses).all()


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(("last state", "rnn"), marks=pytest.mark.slow),
        ("a vector a token", "additive attention"),
    ],
)
def test_one_device_and_two_give_the_same_losses(text, pair):
    config = TrainConfig(steps=7, batch_size=6, warmup_steps=2, label_smoothing=0.1)
    one, two = build(*pair), build(*pair)
    assert len(jax.local_devices()) == 2
    alone = train(one, text, config, devices=one_device)
    together = train(two, text, config, devices=jax.local_devices())
    np.testing.assert_allclose(together.losses, alone.losses, rtol=1e-5)
    assert alone.losses[-1] < alone.losses[0]
    for path, array in weights(one).items():
        np.testing.assert_allclose(weights(two)[path], array, atol=1e-4, err_msg=str(path))
    assert {d for p in jax.tree.leaves(nnx.state(two)) for d in p.devices()} == set(one_device)


def test_the_mean_is_over_all_tokens_however_they_fall_to_the_devices():
    """One device has a long example and one a short: each token weighs the same."""

    def loss(model, batch):
        return (model.w[...].sum() * batch[0]).sum(), batch[0].sum()

    data = (np.array([1.0, 3.0], np.float32),)
    config = dataclasses.replace(QUICK, batch_size=2, steps=1)
    model = Line()
    wanted = model.w[...].sum()
    history = train(model, data, config, loss=loss, devices=jax.local_devices())
    np.testing.assert_allclose(history.losses, [wanted], rtol=1e-6)


@pytest.mark.parametrize("change", [{"chunk_steps": 1}, {"chunk_steps": 4}, {"scan_steps": False}])
def test_how_many_steps_a_call_takes_does_not_matter(change):
    one, other = Line(), Line()
    history = fit_line(one, points(), QUICK)
    changed = fit_line(other, points(), dataclasses.replace(QUICK, **change))
    np.testing.assert_allclose(changed.losses, history.losses, rtol=1e-6)
    np.testing.assert_allclose(other.w[...], one.w[...], rtol=1e-5)


def test_what_a_model_keeps_besides_weights_is_updated():
    class Keeps(Line):
        def __init__(self):
            super().__init__()
            self.norm = nnx.BatchNorm(IN, momentum=0.5, rngs=nnx.Rngs(0))
            self.drop = nnx.Dropout(0.5, rngs=nnx.Rngs(dropout=1))

        def __call__(self, x):
            return super().__call__(self.drop(self.norm(x)))

    model, (x, y) = Keeps(), points(4)
    before = weights(model)
    fit_line(model, (x, y), dataclasses.replace(QUICK, steps=3), devices=one_device)
    mean = x.mean(axis=0) * (1 - 0.5**3)  # three times half way to the batch's mean
    np.testing.assert_allclose(model.norm.mean[...], mean, rtol=1e-4, atol=1e-6)
    assert weights(model)["drop", "rngs", "count"] == before["drop", "rngs", "count"] + 3


# What is seen on the way


def test_evaluations_come_at_the_right_steps_with_the_weights_of_that_step():
    seen = []

    def evaluate(model):
        seen.append((model, model.w[...]))  # not copied: fit must not write into it
        return {"first": model.w[...][0], "count": len(seen)}

    model, config = Line(), dataclasses.replace(QUICK, schedule="constant")
    history = fit_line(model, points(), config, evaluate=evaluate, eval_every=4)
    assert [row["step"] for row in history.evaluations] == [4, 8, 10]
    assert [row["count"] for row in history.evaluations] == [1, 2, 3]
    assert all(m is model for m, _ in seen)
    for steps, (_, then) in zip((4, 8), seen, strict=False):
        straight = Line()
        fit_line(straight, points(), dataclasses.replace(config, steps=steps))
        np.testing.assert_allclose(then, straight.w[...], rtol=1e-6)


def test_without_a_number_of_steps_it_evaluates_once_at_the_end():
    history = fit_line(Line(), points(), QUICK, evaluate=lambda m: {"b": m.b[...]})
    (only,) = history.evaluations
    assert only["step"] == 10 and isinstance(only["b"], float)
    assert only["seconds"] == history.train_seconds > 0


def test_the_history_has_a_loss_a_step_and_rising_times():
    history = fit_line(Line(), points(), QUICK)
    assert history.losses.shape == (10,)
    assert history.losses[-1] < history.losses[0]
    assert [step for step, _ in history.seconds] == [5, 10]
    assert 0 < history.seconds[0][1] < history.seconds[1][1] == history.train_seconds
    assert history.compile_seconds > 0 and not history.interrupted
    assert History(np.zeros(0), [], []).train_seconds == 0


def test_progress_shows_losses_evaluations_and_a_closing_line(capsys):
    fit(Line(), points(), QUICK, loss=squares, evaluate=lambda m: {"error": 0.25}, eval_every=5)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["5", "10"]
    assert all("loss " in line and "error 0.250" in line for line in lines[:-1])
    assert lines[-1].startswith("trained 10 steps in ") and "on 1 device (comp" in lines[-1]
    fit_line(Line(), points(), QUICK)
    assert capsys.readouterr().out == ""


# Stopping and going on


def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(text, tmp_path):
    config = TrainConfig(steps=11, batch_size=4, warmup_steps=2, chunk_steps=5, weight_decay=0.1)
    run = partial(train, data=text, config=config, devices=one_device, eval_every=3)
    whole = build("last state", "rnn")
    wanted = run(whole, evaluate=lambda m: {"size": jnp.abs(m.decoder.output.kernel[...]).sum()})

    def power_cut(model):
        if len(calls) == 2:
            raise RuntimeError("power cut")
        calls.append(1)
        return {"size": jnp.abs(model.decoder.output.kernel[...]).sum()}

    calls = []
    keep = {"checkpoint": tmp_path / "run.npz", "checkpoint_every": 4, "resume": True}
    with pytest.raises(RuntimeError, match="power cut"):  # at step 9; step 8 is on disk
        run(build("last state", "rnn"), evaluate=power_cut, **keep)
    resumed = build("last state", "rnn", seed=1)  # all is in the file
    calls = []
    history = run(resumed, evaluate=power_cut, **keep)
    np.testing.assert_array_equal(history.losses, wanted.losses)
    same(weights(resumed), weights(whole))
    assert [(e["step"], e["size"]) for e in history.evaluations] == [
        (e["step"], e["size"]) for e in wanted.evaluations
    ]
    assert [step for step, _ in history.seconds] == [3, 4, 6, 8, 9, 11]
    assert all(isinstance(pair, tuple) for pair in history.seconds)

    again = build("last state", "rnn", seed=2)  # nothing is left to do
    again_run = run(again, evaluate=power_cut, **keep)
    np.testing.assert_array_equal(again_run.losses, wanted.losses)
    same(weights(again), weights(whole))


def test_a_run_with_random_streams_resumes(tmp_path):
    class Drops(Line):
        def __init__(self, seed):
            super().__init__(seed)
            self.drop = nnx.Dropout(0.5, rngs=nnx.Rngs(seed))

        def __call__(self, x):
            return super().__call__(self.drop(x))

    whole, model = Drops(0), Drops(0)
    wanted = fit_line(whole, points(), QUICK, devices=one_device)
    run = partial(fit_line, data=points(), config=QUICK, checkpoint=tmp_path / "run.npz")
    run = partial(run, resume=True, devices=one_device, eval_every=5)
    run(model, evaluate=lambda m: signal.raise_signal(signal.SIGINT) or {})
    resumed = Drops(1)
    history = run(resumed, evaluate=lambda m: {})
    np.testing.assert_array_equal(history.losses, wanted.losses)
    np.testing.assert_array_equal(resumed.w[...], whole.w[...])


# The rate of learning


@pytest.mark.parametrize(
    ("schedule", "after"),
    [
        ("cosine", lambda k: 0.5 * (1 + np.cos(np.pi * k / 6))),
        ("linear", lambda k: 1 - k / 6),
        ("constant", lambda k: 1.0),
        ("inverse_sqrt", lambda k: (4 / (4 + k)) ** 0.5),
    ],
)
def test_the_rate_rises_to_its_peak_and_follows_the_schedule(schedule, after):
    rate = TrainConfig(steps=10, warmup_steps=4, learning_rate=0.8, schedule=schedule).rate()
    np.testing.assert_allclose([rate(0), rate(2), rate(4)], [0.2, 0.5, 0.8], rtol=1e-6)
    for k in range(7):
        np.testing.assert_allclose(rate(4 + k), 0.8 * after(k), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("warmup", "first"), [(0, 0.8), (99, 0.08)])
def test_a_warm_up_of_nothing_or_of_more_than_the_run(warmup, first):
    rate = TrainConfig(steps=10, warmup_steps=warmup, learning_rate=0.8).rate()
    np.testing.assert_allclose(rate(0), first, rtol=1e-6)
    assert all(np.isfinite(rate(step)) and rate(step) <= 0.8001 for step in range(12))


# Bad inputs


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 0}, "steps must be at least 1; got 0"),
        ({"batch_size": 0}, "batch_size must be at least 1; got 0"),
        ({"chunk_steps": -2}, "chunk_steps must be at least 1; got -2"),
        ({"learning_rate": 0.0}, "learning_rate must be a positive number; got 0.0"),
        ({"clip_norm": 0.0}, "clip_norm must be a positive number; got 0.0. None switches it off"),
        ({"warmup_steps": -1}, "warmup_steps must be at least 0; got -1"),
        ({"label_smoothing": 1.0}, r"label_smoothing must lie in \[0, 1\); got 1.0"),
        ({"decay": "kernels"}, "decay must be one of matrices, all; got 'kernels'"),
        ({"accumulate_steps": 0}, "accumulate_steps must be at least 1; got 0"),
        (
            {"batch_size": 6, "accumulate_steps": 4},
            "accumulate_steps must divide batch_size = 6; got 4",
        ),
        (
            {"schedule": "cosin"},
            "schedule must be one of cosine, linear, constant, inverse_sqrt; got 'cosin'",
        ),
    ],
)
def test_bad_settings_are_named_in_the_error(settings, message):
    with pytest.raises(ValueError, match=message):
        TrainConfig(**settings)


@pytest.mark.parametrize(
    ("data", "settings", "message"),
    [
        (points(3), {}, "batch_size is 4, but there are only 3 examples. Lower it"),
        (points(0), {}, r"data needs examples along the first axis.*got \[\(0, 3\), \(0,\)\]"),
        ((), {}, r"data needs examples along the first axis.*got \[\]"),
        ((points()[0], points(16)[1]), {}, r"same number in each; got \[\(17, 3\), \(16,\)\]"),
        (points(), {"batch_size": 5}, "batch_size must be a multiple of the 2 devices; got 5"),
        (
            points(),
            {"batch_size": 6, "accumulate_steps": 2},
            "multiple of the 2 devices times accumulate_steps = 2; got 6",
        ),
    ],
)
def test_data_that_cannot_be_trained_on_are_named_in_the_error(data, settings, message):
    config = dataclasses.replace(QUICK, **settings)
    with pytest.raises(ValueError, match=message):
        fit_line(Line(), data, config, devices=jax.local_devices())


def test_a_loss_that_is_not_finite_stops_with_advice_and_finite_weights():
    x, y = points()
    model = Line()
    with pytest.raises(FloatingPointError, match=r"no longer finite.*Lower learning_rate \(0.1\)"):
        fit_line(model, (x, np.full_like(y, 1e30)), QUICK)
    assert all(np.isfinite(array).all() for array in weights(model).values())


def test_a_checkpoint_of_another_run_is_named_in_the_error(tmp_path):
    file = tmp_path / "run.npz"
    fit_line(Line(), points(), QUICK, checkpoint=file)
    resume = partial(fit_line, checkpoint=file, resume=True)
    other = dataclasses.replace(QUICK, seed=1)
    with pytest.raises(
        ValueError, match=r"run.npz .* another config. Saved: seed = 0; now: seed = 1"
    ):
        resume(Line(), points(), other)
    text = sentences([3] * 8, V_SOURCE), sentences([3] * 8, V_TARGET, end=EOS)
    with pytest.raises(ValueError, match="run.npz belongs to another model: it lacks"):
        train(build("last state", "rnn"), text, QUICK, checkpoint=file, resume=True)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match="run.npz is not a checkpoint of this library, or is cut"):
        resume(Line(), points(), QUICK)
    chunks = dataclasses.replace(QUICK, chunk_steps=2)  # how often Python looks may change
    fit_line(Line(), points(), QUICK, checkpoint=file)
    assert len(resume(Line(), points(), chunks).losses) == 10
