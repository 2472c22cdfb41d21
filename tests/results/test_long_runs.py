"""Mirrors results/long_runs.py, results/rates.py and results/make_long.py, at tiny sizes."""

import json
import math
import time

import filelock
import numpy as np
import pytest

from encdec_lib import evaluation, page
from encdec_lib.data import random_strings
from encdec_lib.page import result_files as stored
from encdec_lib.train import TrainConfig
from results import long_runs, make_long, rates
from results.long_runs import LOSS, LongExperiment, LongRun, Unfinished, finish, points, stale

TRAIN = TrainConfig(batch_size=16, learning_rate=0.01, warmup_steps=10, schedule="constant")
SMALL = {"embed_dim": 3, "state_dim": 5}
LENGTHS = (2, 3)


def run(label="one", **more):
    return LongRun(label, "fixed", SMALL, TRAIN, **({"milestones": (0, 100, 300)} | more))


def load(seed, **sizes):
    return random_strings.load(**({"train": 700, "per_length": 7, "lengths": LENGTHS} | sizes))


def watch(model, part):
    told = evaluation.teacher_forced_scores(model, part)
    return {LOSS: math.log(told["perplexity"])}


def experiment(*runs, watch=watch):
    return LongExperiment(list(runs), load, watch, lambda model, part: {"examples": len(part)})


def row_of(tmp_path, run, seed=0, **more):
    return finish("tiny", experiment(run), run, seed, folder=tmp_path, **more)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nobody stopped, and where its files lie."""
    folder = tmp_path_factory.mktemp("whole")
    return row_of(folder, run()), folder


def test_a_run_is_measured_on_its_way_and_tested_at_its_milestones(whole):
    row, _ = whole
    assert row["curve"]["step"] == [100, 200, 300]
    assert row["ended"] == "last milestone"
    assert [branch["step"] for branch in row["tests"]] == [0, 100, 300]
    assert [branch["branch_steps"] for branch in row["tests"]] == [0, 200, 200]
    assert all(branch["examples"] == 14 for branch in row["tests"])
    losses = [branch["dev"][LOSS] for branch in row["tests"]]
    assert losses[0] > losses[1] > losses[2]
    # a branch has trained on while its rate fell: it is ahead of the trunk it left
    assert losses[1] < row["curve"][LOSS][0]
    json.dumps(row)


@pytest.mark.slow
def test_a_shorter_run_is_the_beginning_of_a_longer(whole, tmp_path):
    row = row_of(tmp_path, run(milestones=(100,)))
    assert row["curve"][LOSS] == whole[0]["curve"][LOSS][:1]
    # another program, for another number of steps, so not to the last bit
    assert row["tests"][0]["dev"][LOSS] == pytest.approx(whole[0]["tests"][1]["dev"][LOSS], 1e-5)


@pytest.mark.slow
def test_whoever_is_stopped_ends_with_the_same_numbers(whole, tmp_path):
    with pytest.raises(Unfinished):  # after the branch of step 100
        row_of(tmp_path, run(), until=time.monotonic() - 1)
    row = row_of(tmp_path, run())
    assert row["curve"][LOSS] == whole[0]["curve"][LOSS]
    for now, then in zip(row["tests"], whole[0]["tests"], strict=True):
        assert now.keys() == then.keys() and now["step"] == then["step"]
        # on one device to the last bit; the tests have two
        assert now["dev"][LOSS] == pytest.approx(then["dev"][LOSS], rel=1e-6)


@pytest.mark.slow
def test_a_longer_run_goes_on_with_the_trunk_of_a_shorter(whole):
    _, folder = whole
    longer = run("two", milestones=(0, 100, 300, 400), extends="one")
    said = []

    def counting(model, part):
        said.append(1)
        return watch(model, part)

    row = finish("tiny", experiment(longer, watch=counting), longer, 0, folder=folder)
    assert len(said) == 2  # at step 400, and its branch
    assert row["curve"]["step"] == [100, 200, 300, 400]
    assert row["curve"][LOSS][:3] == whole[0]["curve"][LOSS]
    assert row["tests"][:3] == whole[0]["tests"]


def test_a_trunk_that_gains_nothing_ends_and_is_tested_there(tmp_path):
    def flat(model, part):
        return {LOSS: 1.0}

    plan = run(milestones=(100, 1000))
    row = finish("tiny", experiment(plan, watch=flat), plan, 0, folder=tmp_path)
    assert row["ended"] == "nothing gained any more"
    assert row["curve"]["step"] == [100, 200, 300, 400]
    assert [branch["step"] for branch in row["tests"]] == [100, 400]


def test_a_plateau_before_the_last_milestone_but_one_ends_nothing():
    flat = [{"step": step, LOSS: 1.0} for step in (100, 200, 300, 400, 500, 600, 700)]
    ended = [long_runs.ended(flat[:n], run(milestones=(0, 300, 1000))) for n in range(8)]
    assert ended == [""] * 6 + ["nothing gained any more"] * 2  # from 600 on: three after 300
    assert not long_runs.ended(flat, run(milestones=(1000,)))
    assert long_runs.ended(flat, run(milestones=(300, 700))) == "last milestone"


def test_measurements_lie_a_fifth_apart():
    steps = points(50_000)
    assert steps[:9] == [100, 200, 300, 400, 500, 600, 700, 800, 1000]
    ratios = np.divide(steps[12:], steps[11:-1])
    assert (abs(ratios - 1.2) < 0.05).all()


def test_the_last_three_must_lower_the_loss_by_a_hundredth():
    assert not stale([3.0, 2.0, 1.0])
    assert stale([1.0, 0.999, 0.995, 0.991])
    assert not stale([1.0, 0.999, 0.995, 0.989])
    assert not stale([1.0, 0.9, 1.2, 1.2])  # the first of the last three was better


def test_short_examples_come_first_and_then_all():
    lengths = np.array([2, 9, 3, 8, 2, 7, 3, 2])
    config = TrainConfig(steps=11, batch_size=2)
    order = long_runs.curriculum_order(lengths, ((3, 2), (7, 3)), config, seed=0)
    assert order.shape == (11, 2)
    assert lengths[order[:3]].max() == 2 and lengths[order[3:7]].max() == 3
    assert set(lengths[order[7:]].ravel()) == {2, 3, 7, 8, 9}
    longer = TrainConfig(steps=23, batch_size=2)
    again = long_runs.curriculum_order(lengths, ((3, 2), (7, 3)), longer, seed=0)
    assert (again[:11] == order).all()  # so that a longer run may go on with it


def test_a_curriculum_is_part_of_what_a_run_is(whole, tmp_path):
    plan = run(milestones=(100,), curriculum=((50, 2),))
    assert plan.key(0) != run(milestones=(100,)).key(0)
    row = row_of(tmp_path, plan)
    assert row["curriculum"] == [[50, 2]]
    assert row["curve"][LOSS][0] != whole[0]["curve"][LOSS][0]


@pytest.fixture
def results(tmp_path, monkeypatch):
    """An empty folder of results."""
    monkeypatch.setattr(stored.resources, "files", lambda _: tmp_path)
    return tmp_path


def test_what_is_stored_is_not_made_again_and_check_compares(results, monkeypatch, capsys):
    plan = experiment(run(milestones=(100,), seeds=(0, 1)))
    make_long.make("tiny", plan, seeds=[0], folder=results / "runs")
    [row] = page.results("tiny")["runs"]
    assert row["seed"] == 0 and make_long.is_stored("tiny", plan.runs[0], 0)
    assert not make_long.is_stored("tiny", plan.runs[0], 1)
    assert page.results("tiny").provenance.startswith("python -m results.make_long --only tiny")
    monkeypatch.setattr(make_long, "finish", None)  # would be called for anything missing
    make_long.make("tiny", plan, seeds=[0], folder=results / "runs")

    for off, good, said in ((0, True, "as stored"), (0.2, False, "NOT AS STORED")):
        again = {"tests": [{"dev": {LOSS: row["tests"][0]["dev"][LOSS] + off}}]}
        monkeypatch.setattr(make_long, "finish", lambda *_, again=again, **__: again)
        assert make_long.check("tiny", plan) == good
        assert said in capsys.readouterr().out


def test_a_run_in_other_hands_is_left_to_them(results, capsys):
    folder = results / "runs"
    folder.mkdir()
    with filelock.FileLock(folder / "tiny one 0.lock"):
        make_long.make("tiny", experiment(run(seeds=(0,))), folder=folder)
    assert "another process has it" in capsys.readouterr().out


def test_the_rate_is_the_one_with_the_lowest_dev_loss(results):
    grid = rates.grid({"a": ("fixed", SMALL), "b": ("fixed", SMALL)}, (0.1, 0.2), TRAIN,
                      {"a": 100, "b": 200})  # fmt: skip
    assert [r.label for r in grid] == ["a, rate 0.1", "a, rate 0.2", "b, rate 0.1", "b, rate 0.2"]
    assert [r.milestones for r in grid] == [(100,), (100,), (200,), (200,)]
    with pytest.raises(LookupError, match="g has no run of 'a, rate 0.1' yet"):
        rates.chosen_rate("g", grid, "a")
    rows = [
        grid_run.key(rates.SEED) | {"seed": rates.SEED, "tests": [{"dev": {LOSS: loss}}]}
        for grid_run, loss in zip(grid, (3.0, 2.0, 1.0, 4.0), strict=True)
    ]
    page.save_results("g", {"runs": rows}, command="by hand", seeds=[rates.SEED])
    assert rates.chosen_rate("g", grid, "a") == 0.2
    assert rates.chosen_rate("g", grid, "b") == 0.1


@pytest.mark.parametrize("name", make_long.LONG)
def test_stored_long_runs_are_those_that_would_be_made_now(name):
    """A row of other settings would stand beside the new ones, and a page would mix them."""
    try:
        rows = page.results(name)["runs"]
    except FileNotFoundError:
        pytest.skip(f"{name} has not been made yet")
    plans = make_long.LONG[name]().runs
    stray = [
        (row["label"], row["seed"])
        for row in rows
        if not any(
            all(row.get(k) == v for k, v in plan.key(row["seed"]).items())
            for plan in plans
            if row["seed"] in plan.seeds
        )
    ]
    assert not stray
