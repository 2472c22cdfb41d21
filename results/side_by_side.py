"""Long runs of one shape, trained side by side on an accelerator.

A GPU takes hardly longer for sixteen small models than for one: its time goes into starting
kernels. So all runs of a file whose models have the same shape become one compiled step, over
arrays with one more axis (``jax.vmap``), as :func:`encdec_lib.train.fit_together` does it; seeds,
examples and their order, learning rates and dropout differ from run to run. What is measured on the
way, and the tests, go to other processes, so that the training need not wait for them.

Trunks, branches and the rule of ending are those of ``long_runs.py``, and each run has the same
weights, batches and rates as alone: the rows differ by rounding alone. They say how many were
trained side by side and on what (``beside``, ``device``), as their seconds are those of all. Such a
run cannot be gone on with: it takes minutes.
"""

import dataclasses
import json
import multiprocessing
import os
import pathlib
import time
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, NamedTuple

import jax
import numpy as np
from flax import nnx

from encdec_lib.data.parallel import ParallelText
from encdec_lib.train.checkpoint import put_arrays, save_model
from results.abreast import Abreast, order_of, stacked_examples
from results.long_runs import (
    FOLDER,
    LongExperiment,
    LongRun,
    branch_config,
    curriculum_order,
    ended,
    files_of,
    points,
)


class Member(NamedTuple):
    """One of the runs that are trained side by side."""

    run: LongRun
    seed: int


def shapes_of(members: list[Member]) -> list[list[Member]]:
    """The runs that may be trained side by side: models of the same sizes, batches as large."""
    groups: dict[str, list[Member]] = {}
    for member in members:
        train = member.run.train
        same = (member.run.model, member.run.sizes, train.batch_size, train.warmup_steps)
        groups.setdefault(repr(same), []).append(member)
    return list(groups.values())


def finish_side_by_side(
    name: str,
    experiment: LongExperiment,
    members: list[Member],
    *,
    testers: int = 4,
    folder: pathlib.Path = FOLDER,
) -> list[dict]:
    """Trains runs of one shape from their beginning to their end.

    Args:
      name: of the experiment.
      experiment: the data, and what is measured.
      members: the runs, with their seeds; of one shape.
      testers: processes that measure and test.
      folder: where the weights of branches are kept.

    Returns:
      The rows to store, in the order of the members.
    """
    context = multiprocessing.get_context("spawn")  # a forked JAX hangs
    with ProcessPoolExecutor(testers, context, os.nice, (5,)) as pool:  # the training goes first
        limits = {repr((m.seed, m.run.data)): (m.seed, m.run.data) for m in members}
        loads = {k: pool.submit(_load, experiment, *what) for k, what in limits.items()}
        data = [loads[repr((m.seed, m.run.data))].result() for m in members]
        group = Group(experiment, members, data, pool)
        group.keep = [files_of(folder / name, m.run.label, m.seed)[0].parent for m in members]
        group.train()
        return group.rows()


class Group:
    """Trunks side by side, what has been measured of them, and their branches."""

    def __init__(self, experiment: LongExperiment, members: list[Member], data: list, pool):
        self.experiment, self.members, self.data, self.pool = experiment, members, data, pool
        self.examples = stacked_examples([parts.train for parts in data])
        self.watched: list[list[tuple[int, float, Future]]] = [[] for _ in members]
        self.tested: list[list[tuple[int, int, float, Future, Future]]] = [[] for _ in members]
        self.why: list[str] = [""] * len(members)
        self.seconds = 0.0
        self.keep: list[pathlib.Path] = []  # folders for the weights of branches

    def train(self) -> None:
        """To the end of the last member; who has ended is carried along, and not looked at."""
        last = max(max(member.run.milestones) for member in self.members)
        trunks = [
            dataclasses.replace(member.run.trunk, seed=member.seed, steps=last)
            for member in self.members
        ]
        orders = [self._trunk_order(k) for k in range(len(self.members))]
        padded = np.zeros((len(orders), last, trunks[0].batch_size), np.int32)
        for mine, order in zip(padded, orders, strict=True):
            mine[: len(order)] = order
        models = [m.run.build(d.dev, m.seed) for m, d in zip(self.members, self.data, strict=True)]
        side = Abreast(models, self.examples, padded, trunks)
        self._branch(side, 0, [k for k, m in enumerate(self.members) if 0 in m.run.milestones])
        own = [{*points(max(m.run.milestones)), *m.run.milestones} - {0} for m in self.members]
        for stop in sorted(set.union(*own)):
            side.advance(stop)
            self.seconds = side.seconds
            # each is measured where it would be alone: the rule of ending counts measurements
            going = [k for k in range(len(own)) if not self.why[k] and stop in own[k]]
            self._measure(side, stop, going)
            branching = []
            for k in going:
                run = self.members[k].run
                self.why[k] = self._why(k, stop)
                if self.why[k] or stop in run.milestones:
                    branching.append(k)
            self._branch(side, stop, branching)
            print(time.strftime("%H:%M:%S"), "step", stop, "of", len(going), "runs,",
                  f"{1000 * side.seconds / stop:.1f} ms a step", flush=True)  # fmt: skip
            if all(self.why):
                break

    def rows(self) -> list[dict]:
        """One for each member, when all tests are there."""
        rows = []
        for member, watched, tested, why in zip(
            self.members, self.watched, self.tested, self.why, strict=True
        ):
            curve = [{"step": step, "seconds": s, **f.result()} for step, s, f in watched]
            tests = [
                {"step": step, "branch_steps": steps, "seconds": s, "dev": d.result(), **t.result()}
                for step, steps, s, d, t in tested
            ]
            model = member.run.build(self.data[0].dev, member.seed)
            rows.append(
                member.run.key(member.seed)
                | {
                    "seed": member.seed,
                    "parameters": sum(x.size for x in jax.tree.leaves(nnx.state(model, nnx.Param))),
                    "seconds": watched[-1][1],
                    "devices": 1,
                    "device": jax.devices()[0].device_kind,
                    "beside": len(self.members),
                    "ended": why,
                    "curve": {name: [round(x[name], 4) for x in curve] for name in curve[0]},
                    "tests": tests,
                    "finished": time.strftime("%Y-%m-%d %H:%M"),
                }
            )
        return rows

    def _trunk_order(self, k: int) -> np.ndarray:
        run, seed = self.members[k]
        config, train = dataclasses.replace(run.trunk, seed=seed), self.data[k].train
        if run.curriculum:
            return curriculum_order(train.source_lengths, run.curriculum, config, seed)
        return order_of(train, config)

    def _submit(self, function, k: int, weights: dict, part) -> Future:
        return self.pool.submit(_on_model, function, *self.members[k], weights, part)

    def _measure(self, side: Abreast, step: int, which: list[int]) -> None:
        weights = side.weights()
        for k in which:
            future = self._submit(self.experiment.watch, k, weights[k], self.data[k].dev)
            self.watched[k].append((step, side.seconds, future))

    def _why(self, k: int, step: int) -> str:
        """Why a trunk ends here, or nothing; waits for its measurements only where they decide."""
        *before, last = sorted(self.members[k].run.milestones)
        if last > step <= max(before, default=last):
            return ""
        if step >= last:
            return "last milestone"
        return ended(
            [{"step": s, **f.result()} for s, _, f in self.watched[k]], self.members[k].run
        )

    def _branch(self, side: Abreast, step: int, which: list[int]) -> None:
        """Copies of these members cool down, side by side, and go to their tests."""
        if not which:
            return
        weights = side.weights()
        steps = 0
        cooled = [weights[k] for k in which]
        seconds = 0.0
        if step:
            configs = [branch_config(*self.members[k], step) for k in which]
            steps = configs[0].steps
            models = []
            for k in which:
                models.append(self.members[k].run.build(self.data[k].dev, self.members[k].seed))
                put_arrays(models[-1], weights[k])
            orders = np.stack(
                [order_of(self.data[k].train, c) for k, c in zip(which, configs, strict=True)]
            )
            chosen = jax.tree.map(lambda x: x[np.array(which)], self.examples)
            branches = Abreast(models, chosen, orders, configs)
            branches.advance(steps)
            cooled, seconds = branches.weights(), branches.seconds
            for k, model in zip(which, models, strict=True):
                save_model(self.keep[k] / f"branch_{step}.safetensors", model)
        for k, weight in zip(which, cooled, strict=True):
            dev = self._submit(self.experiment.watch, k, weight, self.data[k].dev)
            test = self._submit(self.experiment.test, k, weight, self.data[k].test)
            self.tested[k].append((step, steps, self.seconds + seconds, dev, test))


def _load(experiment: LongExperiment, seed: int, limits: dict) -> Any:
    return experiment.load(seed, **limits)


def _on_model(function, run: LongRun, seed: int, weights: dict, part: ParallelText) -> dict:
    """What a function makes of a model with these weights; in a process of its own."""
    model = run.build(part, seed)
    put_arrays(model, weights)
    numbers = function(model, part)
    print(f"{run.label}, seed {seed}:", json.dumps(numbers, ensure_ascii=False)[:300], flush=True)
    return numbers
