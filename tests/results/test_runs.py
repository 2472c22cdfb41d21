"""Mirrors results/runs.py and results/make.py."""

import dataclasses
import threading

import pytest

from encdec_lib import page
from encdec_lib.page import result_files as stored
from encdec_lib.train import TrainConfig
from results import rows as rows_of
from results.make import PLAIN
from results.runs import settings


@pytest.mark.parametrize("name", PLAIN)
def test_the_stored_runs_are_those_that_would_be_made_now(name):
    """A new field of a config must not make `make results` train for hours what is there."""
    rows, runs = page.results(name)["runs"], PLAIN[name].runs
    missing = [
        (run.label, seed)
        for run in runs
        for seed in range(3)
        if not any(all(row.get(k) == v for k, v in run.key(seed).items()) for row in rows)
    ]
    assert not missing


def test_runs_with_weight_decay_say_what_it_shrank():
    said = {}
    for name in PLAIN:
        for row in page.results(name)["runs"]:
            if row["train"]["weight_decay"]:
                said.setdefault(name, set()).add(row["train"]["decay"])
    assert said == {"segmentation": {"all"}, "vit_digits": {"all"}}
    assert page.results("segmentation").provenance.endswith("weight decay on all parameters")


def test_a_field_that_changes_nothing_is_left_out():
    plain = settings(TrainConfig())
    assert "decay" not in plain and "accumulate_steps" not in plain
    assert plain["weight_decay"] == 0
    other = TrainConfig(weight_decay=0.1, accumulate_steps=2)
    assert settings(other) == dataclasses.asdict(other)


def test_two_that_add_at_once_lose_no_run(tmp_path, monkeypatch):
    monkeypatch.setattr(stored.resources, "files", lambda _: tmp_path)

    def add(label):
        for seed in range(23):
            rows_of.add("curve", {"label": label, "seed": seed})

    writers = [threading.Thread(target=add, args=(label,)) for label in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    rows = page.results("curve")["runs"]
    assert rows == [{"label": label, "seed": seed} for seed in range(23) for label in "ab"]
