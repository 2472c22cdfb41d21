"""The rows of a results file: which there are, how one is made, how one is added."""

import contextlib
import dataclasses
import json
import pathlib
import re
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import filelock
import jax
import platformdirs
from flax import nnx

from encdec_lib import page
from encdec_lib.train.loop import fit
from results.runs import Experiment, Run

COMMAND = "make results"
# Held while a file is read, added to and written: two processes may finish a run at once.
LOCK = filelock.FileLock(platformdirs.user_cache_path("encdec", appauthor=False) / "results.lock")
FOLDER = pathlib.Path(__file__).parent.parent / "_runs"  # of runs in hand; git does not see it


def stored(name: str) -> list[dict]:
    """The finished runs of an experiment."""
    try:
        return page.results(name)["runs"]
    except FileNotFoundError:
        return []


def is_stored(name: str, run: Run, seed: int) -> bool:
    """Whether the file holds this run."""
    key = run.key(seed)
    return any(all(row.get(k) == v for k, v in key.items()) for row in stored(name))


def add(name: str, row: dict, command: str = COMMAND) -> None:
    """Adds a finished run to its file, whatever another process has added meanwhile.

    The file's seeds are those that its runs have; a run that was given more than others shows in
    its own rows.
    """
    pathlib.Path(LOCK.lock_file).parent.mkdir(parents=True, exist_ok=True)
    with LOCK:
        rows = sorted([*stored(name), row], key=lambda row: (row["seed"], row["label"]))
        seeds = sorted({row["seed"] for row in rows})
        before = page.results(name).origin if len(rows) > 1 else None
        page.save_results(name, {"runs": rows}, command=command, seeds=seeds, before=before)


def taken_over(name: str | None, run: Run, seed: int) -> dict | None:
    """The row of a run of another file that differs in its label alone, under this label.

    It says in ``taken_from`` where it comes from.
    """
    key = {k: v for k, v in run.key(seed).items() if k != "label"}
    for row in stored(name) if name else []:
        if all(row.get(k) == v for k, v in key.items()):
            return row | {"label": run.label, "taken_from": name}
    return None


@contextlib.contextmanager
def in_hand(name: str, run: Run, seed: int, folder: pathlib.Path | None = None) -> Iterator[bool]:
    """Whether this process may make the run now: nobody else is making it, or has made it."""
    folder = folder or FOLDER
    folder.mkdir(exist_ok=True)
    lock = filelock.FileLock(
        folder / (re.sub(r"[^\w,.=+-]+", " ", f"{name} {run.label} {seed}") + ".lock"), timeout=0
    )
    try:
        lock.acquire()
    except filelock.Timeout:
        print(f"{name}: {run.label}, seed {seed}: another process has it", flush=True)
        yield False
        return
    try:
        yield not is_stored(name, run, seed)
    finally:
        lock.release()


def train_row(name: str, experiment: Experiment, run: Run, seed: int) -> dict[str, Any]:
    """Trains and tests one run from its beginning, and returns the row to store.

    Args:
      name: of the experiment, for the terminal.
      experiment: the data and the test.
      run: which of its runs.
      seed: of weights, order and data.
    """
    data = experiment.load(seed, **run.data)
    model = run.build(data.train, seed)
    scores: list[dict] = []  # tables, not the single numbers that `evaluate` may return
    print(f"\n{name}: {run.label}, seed {seed}", flush=True)
    prepared = experiment.prepare(model, seed, run.before) if run.before else 0.0
    history = fit(
        model,
        experiment.examples(data.train),
        dataclasses.replace(run.train, seed=seed),
        loss=experiment.loss,
        evaluate=partial(_keep, scores, experiment, data),
        eval_every=-(-run.train.steps // run.evaluations),
    )
    tests = [e | s for e, s in zip(history.evaluations, scores, strict=True)]
    print(json.dumps(tests[-1], ensure_ascii=False), flush=True)
    return run.key(seed) | {
        "seed": seed,
        "parameters": sum(x.size for x in jax.tree.leaves(nnx.state(model, nnx.Param))),
        "seconds": prepared + history.train_seconds,
        "devices": jax.local_device_count(),
        "final_loss": float(history.losses[-50:].mean()),
        "tests": tests,
        "finished": time.strftime("%Y-%m-%d %H:%M"),
    }


def _keep(scores: list[dict], experiment: Experiment, data: Any, model: Any) -> dict:
    tables = experiment.test(model, data.test)
    if experiment.watch is not None:
        tables = {"dev": experiment.watch(model, data.dev)} | tables
    scores.append(tables)
    return {}
