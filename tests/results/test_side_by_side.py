"""Mirrors results/side_by_side.py and results/abreast.py: rows are those of runs one by one."""

import dataclasses

import jax
import numpy as np
import pytest

from encdec_lib.data import random_strings
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.checkpoint import put_arrays, weights_of
from results.abreast import Abreast, order_of, stacked_examples
from results.long_runs import LOSS, LongExperiment, LongRun, finish
from results.side_by_side import Member, finish_side_by_side, shapes_of
from tests.results import tiny_strings as tiny

TRAIN = TrainConfig(batch_size=16, learning_rate=0.01, warmup_steps=10, schedule="constant")


def run(label="one", rate=0.01, model="fixed", sizes=None, **more):
    train = dataclasses.replace(TRAIN, learning_rate=rate)
    sizes = sizes or {"embed_dim": 3, "state_dim": 5}
    return LongRun(label, model, sizes, train, **({"milestones": (0, 100, 300)} | more))


def test_shapes_keep_models_of_other_sizes_apart():
    one, other = run(), run("two", sizes={"embed_dim": 3, "state_dim": 7})
    members = [Member(one, 0), Member(other, 0), Member(run("three", rate=0.02), 1)]
    assert [[m.run.label for m in group] for group in shapes_of(members)] == [
        ["one", "three"],
        ["two"],
    ]


def test_every_member_is_trained_as_fit_trains_it_at_its_own_rate():
    parts = [random_strings.load(41, 7, (2, 3), seed=seed).train for seed in (0, 1)]
    configs = [dataclasses.replace(TRAIN, steps=23, learning_rate=r, seed=s)
               for s, r in ((3, 0.01), (5, 0.03))]  # fmt: skip
    alone, begun = [], []
    for part, config in zip(parts, configs, strict=True):
        model = run().build(part, config.seed)
        begun.append(run().build(part, config.seed))
        fit(model, part, config, progress=False, devices=jax.devices()[:1])
        alone.append(weights_of(model))
    orders = np.stack([order_of(p, c) for p, c in zip(parts, configs, strict=True)])
    side = Abreast(begun, stacked_examples(parts), orders, configs)
    side.advance(9)
    side.advance(23)
    for mine, other in zip(side.weights(), alone, strict=True):
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, 2e-4, 2e-5), mine, other)


def test_dropout_falls_differently_in_each_member():
    part = random_strings.load(41, 7, (2, 3), seed=0).train
    sizes = {"d_model": 8, "heads": 2, "d_ff": 8, "dropout": 0.5}
    plan = run(model="transformer", sizes=sizes)
    models = [plan.build(part, seed) for seed in (0, 1)]
    put_arrays(models[1], weights_of(models[0]))  # the same weights, other random streams
    config = dataclasses.replace(TRAIN, steps=7)
    order = order_of(part, config)
    side = Abreast(models, stacked_examples([part, part]), np.stack([order] * 2), [config] * 2)
    side.advance(7)
    first, second = (jax.tree.leaves(w)[0] for w in side.weights())
    assert not np.allclose(first, second)


def test_configs_that_differ_in_more_than_the_rate_are_refused():
    part = random_strings.load(41, 7, (2, 3), seed=0).train
    models = [run().build(part, seed) for seed in (0, 1)]
    configs = [TRAIN, dataclasses.replace(TRAIN, warmup_steps=11)]
    with pytest.raises(ValueError, match="agree in all but learning_rate"):
        Abreast(models, None, np.zeros((2, 1, 16), np.int32), configs)


@pytest.mark.slow
def test_rows_are_those_of_runs_alone(tmp_path):
    # Two limits of length, two rates, a curriculum, and one that ends before the others.
    plans = [
        run(),
        run("rate", rate=0.02),
        run("short", data={"lengths": (2,)}),
        run("short first", curriculum=((100, 2),)),
        run("early", milestones=(50,)),  # a step at which the others are not measured
    ]
    experiment = LongExperiment(plans, tiny.load, tiny.watch, tiny.test)
    members = [Member(plan, seed) for plan in plans for seed in (0, 1)]
    rows = finish_side_by_side("tiny", experiment, members, testers=2, folder=tmp_path / "side")
    for (plan, seed), row in zip(members, rows, strict=True):
        alone = finish("tiny", experiment, plan, seed, folder=tmp_path)
        assert row["curve"]["step"] == alone["curve"]["step"]
        np.testing.assert_allclose(row["curve"][LOSS], alone["curve"][LOSS], rtol=2e-3)
        assert row["ended"] == alone["ended"] and row["beside"] == 10
        for mine, other in zip(row["tests"], alone["tests"], strict=True):
            assert mine["step"] == other["step"] and mine["branch_steps"] == other["branch_steps"]
            assert mine["examples"] == other["examples"]
            assert mine["dev"][LOSS] == pytest.approx(other["dev"][LOSS], rel=2e-3)
        same = {"label", "model", "sizes", "train", "milestones", "parameters", "seed"}
        assert all(row[key] == alone[key] for key in same)
