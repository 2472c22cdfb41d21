"""Makes the JSON files of ``encdec_lib/results/``, run by run.

    python -m results.make [--only NAME] [--label NAME ...] [--seeds 3] [--devices N]

Every finished run is written at once; a run that is there already is skipped. Two of these may
run side by side with ``--devices 1``, a core each.
"""

import argparse
import dataclasses
import json
import pathlib
import time
from functools import partial

import filelock
import jax
import platformdirs
from flax import nnx

from encdec_lib import page
from encdec_lib.runtime.devices import use_all_cores
from encdec_lib.train.loop import fit
from results.experiments import EXPERIMENTS, Experiment

COMMAND = "make results"
# Held while a file is read, added to and written: two processes may finish a run at once.
LOCK = filelock.FileLock(platformdirs.user_cache_path("encdec", appauthor=False) / "results.lock")


def _keep(scores, test, model) -> dict:
    scores.append(test(model))
    return {}


def stored(name: str) -> list[dict]:
    """The finished runs of an experiment."""
    try:
        return page.results(name)["runs"]
    except FileNotFoundError:
        return []


def add(name: str, row: dict, seeds: list[int]) -> None:
    """Adds a finished run to its file, whatever another process has added meanwhile."""
    pathlib.Path(LOCK.lock_file).parent.mkdir(parents=True, exist_ok=True)
    with LOCK:
        rows = sorted([*stored(name), row], key=lambda row: (row["seed"], row["label"]))
        page.save_results(name, {"runs": rows}, command=COMMAND, seeds=seeds)


def make(name: str, experiment: Experiment, seeds: list[int]) -> None:
    """Fills ``<name>.json`` with what is missing; seeds outermost, so that all runs grow."""
    for seed in seeds:
        for run in experiment.runs:
            key = run.key(seed)
            if any(all(row[k] == v for k, v in key.items()) for row in stored(name)):
                continue
            data = experiment.load(seed, **run.data)
            model = run.build(data.train, seed)
            scores = []  # tables, not the single numbers that `evaluate` may return
            print(f"\n{name}: {run.label}, seed {seed}", flush=True)
            prepared = experiment.prepare(model, seed, run.before) if run.before else 0.0
            history = fit(
                model,
                experiment.examples(data.train),
                dataclasses.replace(run.train, seed=seed),
                loss=experiment.loss,
                evaluate=partial(_keep, scores, partial(experiment.test, part=data.test)),
                eval_every=-(-run.train.steps // run.evaluations),
            )
            tests = [e | s for e, s in zip(history.evaluations, scores, strict=True)]
            row = key | {
                "seed": seed,
                "parameters": sum(x.size for x in jax.tree.leaves(nnx.state(model, nnx.Param))),
                "seconds": prepared + history.train_seconds,
                "devices": jax.local_device_count(),
                "final_loss": float(history.losses[-50:].mean()),
                "tests": tests,
                "finished": time.strftime("%Y-%m-%d %H:%M"),
            }
            add(name, row, seeds)
            print(json.dumps(tests[-1], ensure_ascii=False), flush=True)


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=EXPERIMENTS)
    parser.add_argument("--label", nargs="*", help="only runs of these labels")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--devices", type=int, default=8, help="at most so many CPU cores")
    args = parser.parse_args()
    use_all_cores(args.devices)
    for name, experiment in EXPERIMENTS.items():
        if args.only in (None, name):
            runs = [run for run in experiment.runs if not args.label or run.label in args.label]
            make(name, experiment._replace(runs=runs), list(range(args.seeds)))


if __name__ == "__main__":
    main()
