"""Runs that take up to an hour: trained at one rate until nothing gets better, and resumable.

A run is a *trunk* and its *branches*. The trunk trains at a constant rate, so that it need not know
beforehand how long it will be, and is measured on the dev part on the way, at steps that lie 20%
apart. At each milestone a branch leaves it: a copy of the weights trains on for a tenth as many
steps (200 at least) while its rate falls to 0, which is what a schedule with a fixed end does
(Hägele et al. 2024, arXiv:2405.18392), and is tested. The trunk goes on as if nothing had happened.
It ends at its last milestone, or between the last two: when three measurements in a row have not
lowered the dev loss by 1%, so that 73% more training has changed nothing. Then the last branch
leaves it there. (Not before, as many a training begins on a plateau.)

What is done so far lies in ``_runs/``, which git does not see. Whoever is stopped goes on from
there, and ends with the numbers of a run that was not.
"""

import dataclasses
import json
import pathlib
import re
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np
from flax import nnx

from encdec_lib.runtime.files import write_whole
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.batches import batch_order
from encdec_lib.train.checkpoint import put_arrays, save_model, weights_of
from encdec_lib.train.training import Training
from results.runs import Run

FOLDER = pathlib.Path(__file__).parent.parent / "_runs"
LOSS = "dev loss"  # nats a target token; every experiment's ``watch`` returns it
PATIENCE, ENOUGH = 3, 0.01  # measurements in a row that did not lower the loss by this share
APART = 1.2  # one measurement comes after so many times the steps of the last


@dataclasses.dataclass(frozen=True)
class LongRun(Run):
    """One trunk with its branches, one row of a results file.

    ``train`` holds batch size, rate and warm-up; its steps are those of the last milestone.
    """

    milestones: tuple[int, ...] = ()  # steps
    # (step, longest): up to this step only examples whose source is no longer; then all
    curriculum: tuple[tuple[int, int], ...] = ()
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    # the label of a run whose trunk this one goes on with, where that has been made on this machine
    extends: str = ""

    @property
    def trunk(self) -> TrainConfig:
        """How the trunk is trained."""
        return dataclasses.replace(
            self.train, schedule="constant", steps=max(self.milestones), chunk_steps=20
        )

    def branch(self, step: int) -> TrainConfig:
        """How a branch is trained that leaves the trunk at a step."""
        return dataclasses.replace(
            self.trunk, schedule="linear", steps=max(200, step // 10), warmup_steps=50
        )

    def key(self, seed: int) -> dict:
        """What must agree for a stored run to count as this one."""
        own = {"milestones": list(self.milestones)}
        if self.curriculum:
            own["curriculum"] = [list(stage) for stage in self.curriculum]
        return dataclasses.replace(self, train=self.trunk)._plain_key(seed) | own

    def _plain_key(self, seed: int) -> dict:
        return super().key(seed)


class LongExperiment(NamedTuple):
    """One JSON file: some long runs, what is watched on the way, and the test of a branch."""

    runs: list[LongRun]
    load: Callable  # from a seed to the data's parts
    watch: Callable  # watch(model, dev part) -> numbers by name, the dev loss among them
    test: Callable  # test(model, test part) -> tables of numbers


def points(last: int) -> list[int]:
    """The steps at which a trunk is measured: every 100 at first, then 20% apart.

    Example:
      >>> points(1000)
      [100, 200, 300, 400, 500, 600, 700, 800, 1000]
      >>> points(2500)[-5:]
      [1200, 1400, 1700, 2000, 2400]
    """
    found, step = [], 100
    while step <= last:
        found.append(step)
        step = max(step + 100, round(APART * step / 100) * 100)
    return found


def stale(losses: list[float]) -> bool:
    """Whether the last measurements have lowered the best loss before them by too little.

    Example:
      >>> stale([2.0, 1.0, 0.995, 0.994, 0.993]), stale([2.0, 1.0, 0.995, 0.994, 0.98])
      (True, False)
      >>> stale([2.0, 1.0, 1.1])
      False
    """
    if len(losses) <= PATIENCE:
        return False
    before, after = min(losses[:-PATIENCE]), min(losses[-PATIENCE:])
    return after > (1 - ENOUGH) * before


def curriculum_order(
    lengths: np.ndarray, stages: tuple[tuple[int, int], ...], config: TrainConfig, seed: int
) -> np.ndarray:
    """The examples of every step, (steps, B), where the first steps have short ones alone.

    Args:
      lengths: of the sources, by which stages choose, and batches are made of similar ones.
      stages: (step, longest) pairs, rising.
      config: steps and batch size.
      seed: of the order.
    """
    done, parts = 0, []
    for step, longest in (*stages, (config.steps, int(lengths.max()))):
        step = min(step, config.steps)
        if step > done:
            chosen = np.flatnonzero(lengths <= longest)
            order = batch_order(
                len(chosen), config.batch_size, step - done, seed + done, lengths[chosen]
            )
            parts.append(chosen[order])
            done = step
    return np.concatenate(parts).astype(np.int32)


class Unfinished(Exception):
    """The time that was given is over; everything so far is on disk."""


def finish(
    name: str,
    experiment: LongExperiment,
    run: LongRun,
    seed: int,
    *,
    until: float = float("inf"),
    folder: pathlib.Path = FOLDER,
) -> dict[str, Any]:
    """Runs to the end, from wherever it was stopped, and returns the row to store.

    Args:
      name: of the experiment.
      experiment: the data, and what is measured.
      run: which of its runs.
      seed: of weights, order and data.
      until: a time of ``time.monotonic()``, after which it stops at the next measurement.
      folder: where what is done so far lies.

    Raises:
      Unfinished: if ``until`` comes first.
    """
    trunk_file, branches_file = files_of(folder / name, run.label, seed)
    if run.extends and not trunk_file.exists():
        trunk, branched = files_of(folder / name, run.extends, seed)
        if trunk.exists() and branched.exists():
            write_whole(branches_file, branched.read_bytes())
            write_whole(trunk_file, trunk.read_bytes())
    data = experiment.load(seed, **run.data)
    config = dataclasses.replace(run.trunk, seed=seed)
    order = None
    if run.curriculum:
        order = curriculum_order(data.train.source_lengths, run.curriculum, config, seed)
    training = Training.begin(
        run.build(data.train, seed),
        data.train,
        config,
        order=order,
        resume_from=trunk_file if trunk_file.exists() else None,
    )
    branches = json.loads(branches_file.read_text()) if branches_file.exists() else []
    stops = sorted({*points(config.steps), *run.milestones})
    measured = training.history.evaluations
    if 0 in run.milestones and not measured:
        _branch(run, seed, training, data, experiment, branches, branches_file)
    why = ended(measured, run)
    while not why:
        for stop in (s for s in stops if s > training.step):
            while training.step < stop:
                training.advance(stop)
            training.evaluate(lambda model: experiment.watch(model, data.dev))
            why = ended(measured, run)
            break
        _say(name, run, seed, measured[-1])
        if training.step in run.milestones:
            _branch(run, seed, training, data, experiment, branches, branches_file)
        training.save(trunk_file)
        if time.monotonic() > until and not why:
            raise Unfinished
    training.update_model()
    _branch(run, seed, training, data, experiment, branches, branches_file)
    names = measured[0].keys()
    return run.key(seed) | {
        "seed": seed,
        "parameters": sum(x.size for x in jax.tree.leaves(nnx.state(training.model, nnx.Param))),
        "seconds": training.history.train_seconds,
        "devices": jax.local_device_count(),
        "ended": why,
        "curve": {name: [round(row[name], 4) for row in measured] for name in names},
        "tests": branches,
        "finished": time.strftime("%Y-%m-%d %H:%M"),
    }


def files_of(folder: pathlib.Path, label: str, seed: int) -> tuple[pathlib.Path, pathlib.Path]:
    """Where a run's trunk and its branches lie."""
    place = folder / re.sub(r"\W+", "-", f"{label} {seed}")
    return place / "trunk.safetensors", place / "branches.json"


def branch_config(run: LongRun, seed: int, step: int) -> TrainConfig:
    """How a run's branch is trained, on other batches than those that the trunk takes next."""
    return dataclasses.replace(run.branch(step), seed=1_000_000 + 1000 * seed + step % 1000)


def ended(measured: list[dict], run: LongRun) -> str:
    """Why a trunk ends after these measurements; empty if it goes on."""
    *before, last = sorted(run.milestones)
    if measured and measured[-1]["step"] >= last:
        return "last milestone"
    waited = sum(row["step"] > max(before, default=last) for row in measured)
    if waited >= PATIENCE and stale([row[LOSS] for row in measured]):
        return "nothing gained any more"
    return ""


def _branch(
    run: LongRun,
    seed: int,
    training: Training,
    data: Any,
    experiment: LongExperiment,
    branches: list[dict],
    file: pathlib.Path,
) -> None:
    """Lets a copy of the trunk's weights cool down, and tests it, unless that has been done."""
    step = training.step
    if any(branch["step"] == step for branch in branches):
        return
    training.update_model()
    model = run.build(data.train, seed)
    put_arrays(model, weights_of(training.model))
    config = branch_config(run, seed, step)
    steps = config.steps if step else 0  # at milestone 0 the untrained model is tested
    seconds = fit(model, data.train, config, progress=False).train_seconds if step else 0.0
    branches.append(
        {
            "step": step,
            "branch_steps": steps,
            "seconds": training.history.train_seconds + seconds,
            "dev": experiment.watch(model, data.dev),
            **experiment.test(model, data.test),
        }
    )
    write_whole(file, json.dumps(branches, ensure_ascii=False).encode())
    save_model(file.parent / f"branch_{step}.safetensors", model)  # for a page that carries it
    print(json.dumps(branches[-1], ensure_ascii=False), flush=True)


def _say(name: str, run: LongRun, seed: int, numbers: dict) -> None:
    shown = " ".join(f"{key} {value:.4g}" for key, value in list(numbers.items())[:4])
    print(f"{time.strftime('%H:%M:%S')} {name}: {run.label}, seed {seed}: {shown}", flush=True)
