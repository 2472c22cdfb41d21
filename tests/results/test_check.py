"""Mirrors results/check.py, results/rows.py and results/make.py, at tiny sizes."""

import dataclasses

import filelock
import numpy as np
import pytest

from encdec_lib import page
from encdec_lib.page import result_files as stored
from encdec_lib.train import TrainConfig
from results import check, controls, make, recall, rows
from results.experiments import EXPERIMENTS
from results.make import PLAIN
from results.runs import Experiment, Run

TRAIN = TrainConfig(6, learning_rate=5e-3, chunk_steps=3, group_by_length=False)


def run(label, kind="identity", seeds=(0, 1)):
    return Run(label, "recaller", {"kind": kind, "state_dim": 5}, TRAIN, seeds=seeds)


def experiment(*runs):
    return Experiment(
        list(runs), recall.load, lambda model, part: {"right": 10.0, "size": len(part[0])},
        lambda part: part, recall.loss, watch=recall.watch,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    """An empty folder of results, and of runs in hand."""
    monkeypatch.setattr(stored.resources, "files", lambda _: tmp_path / "package")
    monkeypatch.setattr(rows, "FOLDER", tmp_path / "runs")
    return tmp_path


@pytest.fixture
def kept(monkeypatch):
    """What would be trained; every number of it is told by ``loss``."""
    trained = []

    def train_row(name, experiment, run, seed, loss=1.0):
        trained.append((run.label, seed))
        tests = [{"right": 50.0 + seed}]
        return run.key(seed) | {
            "seed": seed, "seconds": len(run.label), "tests": tests,
            "final_loss": loss + 0.1 * seed,
        }  # fmt: skip

    for module in (make, check):
        monkeypatch.setattr(module, "train_row", train_row)
    return trained


def test_a_row_has_what_a_page_reads():
    plan = experiment(run("one"))
    row = rows.train_row("tiny", plan, plan.runs[0], 1)
    assert row["label"] == "one" and row["seed"] == row["train"]["seed"] == 1
    assert row["tests"][0]["right"] == 10 and row["tests"][0]["size"] == 2000
    told = row["tests"][0]["dev"]["dev loss"]
    assert 1 < told < 20 and np.isfinite(row["final_loss"])
    again = rows.train_row("tiny", plan, plan.runs[0], 1)
    assert (
        again["final_loss"] == row["final_loss"]
        and again["tests"][0]["dev"] == row["tests"][0]["dev"]
    )


def test_seeds_are_added_and_nothing_is_trained_twice(kept):
    plan = experiment(run("one"), run("two", "linear"))
    make.make("tiny", plan)
    assert kept == [("one", 0), ("two", 0), ("one", 1), ("two", 1)]
    make.make("tiny", plan)
    assert len(kept) == 4
    make.make("tiny", plan, labels=["two"], seeds=[1, 3, 4])
    assert kept[4:] == [("two", 3), ("two", 4)]
    file = page.results("tiny")
    assert file.origin["seeds"] == [0, 1, 3, 4]
    assert [row["seed"] for row in file["runs"] if row["label"] == "one"] == [0, 1]
    assert "seeds 0, 1, 3, 4" in file.provenance


def test_a_run_that_another_file_has_is_taken_over(kept):
    make.make("other", experiment(run("base", seeds=(0,)), run("else", "linear")))
    trained = list(kept)
    make.make("tiny", experiment(run("mine"))._replace(same_as="other"))
    assert kept == [*trained, ("mine", 1)]
    mine, trained_here = page.results("tiny")["runs"]
    assert (mine["label"], mine["seed"], mine["taken_from"]) == ("mine", 0, "other")
    assert "taken_from" not in trained_here
    assert mine["sizes"] == {"kind": "identity", "state_dim": 5}


def test_a_run_in_other_hands_is_left_to_them(results, kept, capsys):
    (results / "runs").mkdir()
    with filelock.FileLock(results / "runs" / "tiny one 0.lock"):
        make.make("tiny", experiment(run("one")))
    assert kept == [("one", 1)] and "another process has it" in capsys.readouterr().out


@pytest.mark.parametrize("off, good", [(0.0, True), (0.19, True), (-0.4, False), (0.5, False)])
def test_a_check_makes_the_fastest_run_again(kept, monkeypatch, capsys, off, good):
    plan = experiment(run("slower"), run("fast", "linear", seeds=(0, 1, 2)))
    make.make("memory", plan)
    former, trained = check.train_row, list(kept)
    monkeypatch.setattr(check, "train_row", lambda *of: former(*of, loss=1.0 + off))
    assert check.check("memory", plan) == good
    assert kept == [*trained, ("fast", 0)]
    assert ("NOT AS STORED" in capsys.readouterr().out) != good


def test_the_quoted_number_is_compared_too(kept):
    plan = experiment(run("one"))
    make.make("memory", plan)
    old = rows.stored("memory")
    new = old[0] | {"tests": [{"right": 20.0}]}
    assert check.compare("memory", "one", old[0], old)
    assert not check.compare("memory", "one", new, old)


def test_a_file_of_long_runs_is_checked_by_a_short_form(kept, monkeypatch):
    monkeypatch.setattr(check, "TOO_LONG", ("memory",))
    monkeypatch.setattr(check, "STEPS", 2)
    plan = experiment(run("one", seeds=(0, 1, 2)))
    make.make("memory", plan)
    with pytest.raises(LookupError, match="short form is missing. Run: make results ONLY=checks"):
        check.check("memory", plan)
    check.make_short_runs({"memory": plan})
    short = "memory: one, 2 steps"
    assert kept[3:] == [(short, 0), (short, 1), (short, 2)]
    assert {row["train"]["steps"] for row in rows.stored("checks")} == {2}
    assert check.check("memory", plan) and kept[-1] == (short, 0)


def test_nothing_stored_is_nothing_to_compare_with():
    with pytest.raises(LookupError, match="nothing is stored; there is nothing to compare with"):
        check.check("tiny", experiment(run("one")))


def test_ranges_are_widened_by_their_width_and_a_little():
    assert check.widened([2.0, 3.0, 2.5]) == (1.0, 4.0)
    assert check.widened([100.0, 99.0]) == (96.0, 103.0)
    assert check.widened([10.0]) == (9.0, 11.0)
    low, high = check.widened([0.0, 0.0])
    assert low == high == 0


def test_every_file_has_a_number_that_is_quoted():
    named = {*PLAIN, *(name for name in controls.CONTROLS if not name.endswith("_rates"))}
    assert named == set(check.QUOTED)


def test_a_short_form_differs_in_its_steps_alone():
    [plan, *_] = EXPERIMENTS["transformer_pronunciation"].runs
    short = check.short_form("transformer_pronunciation", plan)
    assert short.train == dataclasses.replace(plan.train, steps=check.STEPS)
    assert (short.sizes, short.data, short.seeds) == (plan.sizes, plan.data, (0, 1, 2))
