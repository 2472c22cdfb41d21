"""Makes the long runs of chapters 6, 8 and 17, each resumable: see results/long_runs.py.

    python -m results.make_long --only time [--label NAME ...] [--seed N ...] [--minutes M]
                                [--core K] [--side-by-side] [--list] [--check]

Takes one run after the other that is neither stored nor in the hands of another such process, so
two started side by side, ``--core 0`` and ``--core 1``, share the work. Stopped at any time, the
same command goes on from the last measurement. ``--side-by-side`` trains all runs of one shape at
once, which on an accelerator takes hardly longer than one of them, and cannot be gone on with
(results/side_by_side.py). ``--list`` says what is stored and what is missing. ``--check`` trains
the first branch of the first stored run again, for seed 0, and fails if its dev loss lies outside
what is stored: a minute or a few.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from encdec_lib.runtime.devices import use_all_cores
from results import fixed_size, scaling, verses
from results.long_runs import (
    FOLDER,
    LOSS,
    LongExperiment,
    LongRun,
    Unfinished,
    finish,
)
from results.rows import add, in_hand, is_stored, stored
from results.side_by_side import Member, finish_side_by_side, shapes_of

LONG: dict[str, Callable[[], LongExperiment]] = {
    "time_rates": fixed_size.time_rates,
    "time": fixed_size.time,
    "room_rates": fixed_size.room_rates,
    "room": fixed_size.room,
    "verses_rates": verses.verses_rates,
    "verses": verses.verses,
    "scaling_rates": scaling.scaling_rates,
    "scaling": scaling.scaling,
}
WIDER = 0.02  # a check on another machine or version may differ by this share


def wanted(
    experiment: LongExperiment, labels: list[str] | None, seeds: list[int] | None
) -> list[tuple[LongRun, int]]:
    """Runs with their seeds; seeds outermost, so that all runs grow."""
    every = sorted({seed for run in experiment.runs for seed in run.seeds})
    return [
        (run, seed)
        for seed in every
        for run in experiment.runs
        if seed in run.seeds
        and (not labels or run.label in labels)
        and (seeds is None or seed in seeds)
    ]


def make(
    name: str,
    experiment: LongExperiment,
    labels: list[str] | None = None,
    seeds: list[int] | None = None,
    until: float = float("inf"),
    folder: Path = FOLDER,
) -> None:
    """Makes what is missing and not in other hands, one run after the other."""
    command = f"python -m results.make_long --only {name}"
    for run, seed in wanted(experiment, labels, seeds):
        if is_stored(name, run, seed):
            continue
        with in_hand(name, run, seed, folder) as mine:
            if not mine:
                continue
            try:
                row = finish(name, experiment, run, seed, until=until, folder=folder)
            except Unfinished:
                print(f"{name}: {run.label}, seed {seed}: the time is over; to be continued")
                return
            add(name, row, command)


def make_side_by_side(
    name: str,
    experiment: LongExperiment,
    which: list[tuple[LongRun, int]],
    testers: int,
    group: int | None = None,
) -> None:
    """Makes what is missing, all runs of one shape at a time, or of the shape of this number."""
    command = f"python -m results.make_long --only {name} --side-by-side"
    shapes = shapes_of([Member(*pair) for pair in which])
    for every in shapes if group is None else [shapes[group]]:
        members = [member for member in every if not is_stored(name, *member)]
        if not members:
            continue
        print(f"{name}: {len(members)} runs side by side, {members[0].run.label} …", flush=True)
        for row in finish_side_by_side(name, experiment, members, testers=testers):
            add(name, row, command)


def check(name: str, experiment: LongExperiment) -> bool:
    """Whether the first branch of the first stored run comes out as stored, within a margin."""
    labels = {row["label"] for row in stored(name)}
    run = next((run for run in experiment.runs if run.label in labels), None)
    if run is None:
        print(f"{name}: nothing is stored; there is nothing to compare with")
        return False
    rows = [row for row in stored(name) if row["label"] == run.label]
    step = next(branch["step"] for branch in rows[0]["tests"] if branch["step"])
    losses = [b["dev"][LOSS] for row in rows for b in row["tests"] if b["step"] == step]
    short = type(run)(**(vars(run) | {"milestones": (step,)}))
    with tempfile.TemporaryDirectory() as folder:
        row = finish(name, experiment, short, rows[0]["seed"], folder=Path(folder))
    loss, low, high = row["tests"][-1]["dev"][LOSS], min(losses), max(losses)
    good = low * (1 - WIDER) <= loss <= high * (1 + WIDER)
    print(
        f"{name}: {run.label}, {step} steps: dev loss {loss:.4f}, stored {low:.4f} to {high:.4f}: "
        f"{'as stored' if good else 'NOT AS STORED'}"
    )
    return good


def main() -> None:
    """Makes, lists or checks what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=LONG, required=True)
    parser.add_argument("--label", nargs="*", help="only runs of these labels")
    parser.add_argument("--seed", nargs="*", type=int, help="only these seeds")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so many")
    parser.add_argument("--core", type=int, help="bind the process to this core (Linux)")
    parser.add_argument("--side-by-side", action="store_true", help="all of a shape at once")
    parser.add_argument("--group", type=int, help="only the shape of this number, from 0")
    parser.add_argument("--testers", type=int, default=4, help="processes beside --side-by-side")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    if args.core is not None:
        os.sched_setaffinity(0, {args.core})
    use_all_cores(1)
    try:
        experiment = LONG[args.only]()
    except LookupError as error:
        sys.exit(str(error))
    if args.check:
        sys.exit(not check(args.only, experiment))
    if args.list:
        for run, seed in wanted(experiment, args.label, args.seed):
            there = "stored " if is_stored(args.only, run, seed) else "missing"
            print(there, json.dumps(run.label), "seed", seed)
        return
    which = wanted(experiment, args.label, args.seed)
    if args.side_by_side:
        return make_side_by_side(args.only, experiment, which, args.testers, args.group)
    until = time.monotonic() + 60 * args.minutes
    make(args.only, experiment, args.label, args.seed, until)


if __name__ == "__main__":
    main()
