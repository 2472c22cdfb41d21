"""Mirrors encdec_lib/train/best.py."""

import dataclasses
import math
import signal
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.train import Best, checkpoint
from tests.helpers.least_squares import IN, QUICK, Line, fit_line, points, same, weights

one_device = [jax.devices()[0]]
STEPS = dataclasses.replace(QUICK, steps=13, schedule="constant", warmup_steps=2, chunk_steps=2)
run = partial(fit_line, data=points(), config=STEPS, devices=one_device)


class Script:
    """An evaluation that says given numbers in turn, and keeps the weights it saw."""

    def __init__(self, *numbers):
        self.numbers, self.seen = list(numbers), []

    def __call__(self, model):
        self.seen.append(weights(model))
        return {"bleu": self.numbers[len(self.seen) - 1], "other": 17}


@pytest.mark.parametrize(
    ("rule", "numbers", "steps", "best"),
    [
        (Best("bleu"), (3, 7, 5, 6, 1, 2, 0), 13, 4),  # evaluated at 2, 4, ..., 12 and 13
        (Best("bleu"), (1, 2, 3, 4, 5, 6, 7), 13, 13),
        (Best("bleu"), (2, 2, 2, 2, 2, 2, 2), 13, 2),  # of equals the first
        (Best("bleu", highest=False), (3, 7, 5, 6, 1, 2, 4), 13, 10),
        (Best("bleu", patience=2), (3, 7, 5, 6), 8, 4),
        (Best("bleu", patience=1), (3, 3), 4, 2),
        (Best("bleu", patience=3), (3, 7, 5, 6, 8, 2, 1), 13, 10),
        (Best("bleu", highest=False, patience=2), (-math.inf, 0, math.inf), 6, 2),
    ],
)
def test_the_best_weights_are_kept_and_the_training_stops_in_time(rule, numbers, steps, best):
    model, script = Line(), Script(*numbers)
    history = run(model, evaluate=script, eval_every=2, best=rule)
    assert len(history.losses) == steps and history.best_step == best
    assert history.stopped_early == (steps < 13) and not history.interrupted
    assert len(script.seen) == len(numbers)
    at = [row["step"] for row in history.evaluations].index(best)
    same(weights(model), script.seen[at])
    straight = Line()
    run(straight, config=dataclasses.replace(STEPS, steps=best))
    same(weights(model), weights(straight))  # as if the training had ended there


def test_without_it_the_last_weights_stay():
    model, script = Line(), Script(3, 7, 5, 6, 1, 2, 0)
    history = run(model, evaluate=script, eval_every=2)
    same(weights(model), script.seen[-1])
    assert history.best_step is None and not history.stopped_early


def test_running_statistics_are_those_of_the_best_step():
    class Normed(Line):
        def __init__(self):
            super().__init__()
            self.norm = nnx.BatchNorm(IN, rngs=nnx.Rngs(0))
            self.drop = nnx.Dropout(0.5, rngs=nnx.Rngs(1))

        def __call__(self, x):
            return super().__call__(self.drop(self.norm(x)))

    model, script = Normed(), Script(3, 7, 5, 6, 1, 2, 0)
    run(model, evaluate=script, eval_every=2, best=Best("bleu"))
    for name in ("mean", "var"):
        np.testing.assert_array_equal(getattr(model.norm, name)[...], script.seen[1]["norm", name])
        assert (script.seen[1]["norm", name] != script.seen[-1]["norm", name]).any()


def test_the_closing_line_says_whose_weights_they_are(capsys):
    fit_line(
        Line(), points(), STEPS, evaluate=Script(3, 7, 5, 6), eval_every=2, progress=True,
        best=Best("bleu", patience=2),
    )  # fmt: skip
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("stopped early after 8 steps in ")
    assert last.endswith("; the weights are those of step 4")


# Going on


@pytest.mark.slow
def test_the_best_weights_travel_in_the_checkpoint(tmp_path):
    """Interrupted after each evaluation in turn, and resumed: as one that never was."""
    rule, numbers = Best("bleu", patience=3), (3, 7, 5, 6, 1)
    whole, script = Line(), Script(*numbers)
    wanted = run(whole, evaluate=script, eval_every=2, best=rule)
    assert (wanted.best_step, len(wanted.losses)) == (4, 10)
    for count in range(1, len(numbers)):
        file, said = tmp_path / f"after {count}", Script(*numbers)

        def interrupted(model, said=said, count=count):
            if len(said.seen) == count - 1:
                signal.raise_signal(signal.SIGINT)
            return said(model)

        first = run(
            Line(), evaluate=interrupted, eval_every=2, best=rule, checkpoint=file, resume=True
        )
        assert first.interrupted and len(first.losses) == 2 * count
        model, rest = Line(seed=1), Script(*numbers[count:])
        history = run(model, evaluate=rest, eval_every=2, best=rule, checkpoint=file, resume=True)
        np.testing.assert_array_equal(history.losses, wanted.losses)
        assert (history.best_step, history.stopped_early) == (4, True)
        assert [e["bleu"] for e in history.evaluations] == list(numbers)
        same(weights(model), weights(whole))

        again = Line(seed=2)  # it has stopped, and does not begin again
        history = run(again, evaluate=Script(), eval_every=2, best=rule, checkpoint=file,
                      resume=True)  # fmt: skip
        assert (history.best_step, history.stopped_early, len(history.losses)) == (4, True, 10)
        same(weights(again), weights(whole))
        loaded = checkpoint.load_model(file, Line(seed=3))
        same(weights(loaded), weights(whole))


def test_more_patience_goes_on(tmp_path):
    file = tmp_path / "run"
    resume = partial(run, eval_every=2, checkpoint=file, resume=True)
    resume(Line(), evaluate=Script(3, 2), best=Best("bleu", patience=1))
    model, script = Line(seed=1), Script(5, 1, 1)
    history = resume(model, evaluate=script, best=Best("bleu", patience=2))
    assert (history.best_step, len(history.losses)) == (6, 10)
    same(weights(model), script.seen[0])


@pytest.mark.parametrize(
    ("then", "now", "message"),
    [
        (Best("bleu"), Best("other"), r"another best=. Saved: .'bleu', True.; now: .'other', Tr"),
        (Best("bleu"), Best("bleu", highest=False), "another best=.*True.*False"),
        (Best("bleu"), None, "another best=.*now: none"),
        (None, Best("bleu"), "another best=. Saved: none"),
    ],
)
def test_another_rule_is_named_in_the_error(tmp_path, then, now, message):
    keep = {"eval_every": 7, "checkpoint": tmp_path / "run"}
    run(Line(), evaluate=Script(1, 2), best=then, **keep)
    with pytest.raises(ValueError, match=message):
        run(Line(), evaluate=Script(1, 2), best=now, resume=True, **keep)


# Bad input


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "best chooses between evaluations.*needs evaluate and eval_every; got evaluate = N"),
        ({"evaluate": Script(1)}, "needs evaluate and eval_every; got eval_every = None"),
        (
            {"evaluate": Script(1), "eval_every": 2, "best": Best("blue")},
            "best names 'blue', which is not among evaluate's numbers; got 'bleu', 'other'",
        ),
        (
            {"evaluate": lambda model: {}, "eval_every": 2},
            "not among evaluate's numbers; got none",
        ),
        (
            {"evaluate": Script(math.nan), "eval_every": 2},
            "best needs a number to compare; evaluate returned NaN for 'bleu' after step 2",
        ),
    ],
)
def test_a_number_that_is_none_is_named_in_the_error(settings, message):
    with pytest.raises(ValueError, match=message):
        run(Line(), **{"best": Best("bleu")} | settings)


def test_a_rule_that_is_none_is_named_in_the_error():
    with pytest.raises(ValueError, match="patience must be at least 1; got 0"):
        Best("bleu", patience=0)
    with pytest.raises(ValueError, match="number must be the name of one of evaluate's numbers"):
        Best("")


# What an evaluation costs


def test_an_evaluation_leaves_the_optimizers_state_where_it_is(monkeypatch):
    """Only weights and statistics are fetched."""
    fetched = []
    fetch = checkpoint.to_numpy

    def counting(leaf):
        fetched.append(leaf.size)
        return fetch(leaf)

    monkeypatch.setattr(checkpoint, "to_numpy", counting)
    run(Line(), evaluate=lambda model: {"b": jnp.float32(model.b[...])}, eval_every=13)
    size = sum(array.size for array in weights(Line()).values())
    assert sum(fetched) == 2 * size  # for the evaluation, and at the end
