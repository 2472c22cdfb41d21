"""Makes the JSON files of ``encdec_lib/results/``, run by run.

    python -m results.make [--only NAME] [--label NAME ...] [--seed N ...] [--core K]
                           [--devices N] [--list] [--check]

Every finished run is written at once; a run that is there already is skipped, and one that another
such process is making is left to it. So two may run side by side, with ``--core 0`` and
``--core 1``. ``--seed 3 4`` adds those seeds to a file and trains nothing that is stored.
``--check`` makes one run again, see results/check.py. Exits with 1 if a check has failed, or if
something that was asked for has to wait for another file.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence

from encdec_lib.runtime.devices import use_all_cores
from results.check import CHECKS, TOO_LONG, check, make_short_runs
from results.controls import CONTROLS
from results.experiments import EXPERIMENTS, QUESTIONS
from results.rows import add, in_hand, is_stored, taken_over, train_row
from results.runs import Experiment, Run

PLAIN = EXPERIMENTS | QUESTIONS  # what needs no rates first
# The last is no experiment: short runs of several, see results/check.py.
NAMES = (*PLAIN, *CONTROLS, CHECKS)


def experiment_of(name: str) -> Experiment:
    """One JSON file's experiment.

    Raises:
      LookupError: if its rates are to be chosen from a file that is not complete.
    """
    return PLAIN[name] if name in PLAIN else CONTROLS[name]()


def wanted(
    runs: Sequence[Run], labels: Sequence[str] | None, seeds: Sequence[int] | None
) -> list[tuple[Run, int]]:
    """Runs with their seeds; seeds outermost, so that all runs grow.

    Args:
      runs: of an experiment.
      labels: only these, if any.
      seeds: instead of those that a run has by itself.
    """
    chosen = [run for run in runs if not labels or run.label in labels]
    every = sorted({seed for run in chosen for seed in (seeds or run.seeds)})
    return [(run, seed) for seed in every for run in chosen if seed in (seeds or run.seeds)]


def make(
    name: str,
    experiment: Experiment,
    labels: Sequence[str] | None = None,
    seeds: Sequence[int] | None = None,
) -> None:
    """Fills ``<name>.json`` with what is missing."""
    for run, seed in wanted(experiment.runs, labels, seeds):
        if not is_stored(name, run, seed):
            with in_hand(name, run, seed) as mine:
                if mine:
                    row = taken_over(experiment.same_as, run, seed)
                    add(name, row or train_row(name, experiment, run, seed))


def do(name: str, args: argparse.Namespace) -> bool:
    """What was asked for, of one file; False if a check has failed."""
    if name == CHECKS:
        if not args.check and not args.list:
            make_short_runs({name: experiment_of(name) for name in TOO_LONG}, args.seed)
        return True
    experiment = experiment_of(name)
    if args.check:
        return check(name, experiment)
    if args.list:
        for run, seed in wanted(experiment.runs, args.label, args.seed):
            there = "stored " if is_stored(name, run, seed) else "missing"
            print(there, name, json.dumps(run.label, ensure_ascii=False), "seed", seed)
        return True
    make(name, experiment, args.label, args.seed)
    return True


def main() -> None:
    """Makes, lists or checks what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=NAMES)
    parser.add_argument("--label", nargs="*", help="only runs of these labels")
    parser.add_argument("--seed", nargs="*", type=int, help="these seeds, not those of the runs")
    parser.add_argument("--core", type=int, help="bind the process to this core (Linux)")
    parser.add_argument("--devices", type=int, default=8, help="at most so many CPU cores")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    if args.core is not None:
        os.sched_setaffinity(0, {args.core})
    use_all_cores(1 if args.core is not None else args.devices)
    good = True
    for name in NAMES if args.only is None else (args.only,):
        try:
            good = do(name, args) and good
        except LookupError as error:  # a file whose rates, or whose runs, are not there yet
            print(error, file=sys.stderr)
            good = False
    sys.exit(not good)


if __name__ == "__main__":
    main()
