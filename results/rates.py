"""Which learning rate: the best of a grid, on the dev part, with a seed that no other run has."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from encdec_lib import page
from encdec_lib.train import TrainConfig
from results.long_runs import LOSS, LongRun
from results.runs import Run

SEED = 100  # of the grids alone: a rate is not chosen on the seeds that are reported


def grid(
    arms: Mapping[str, tuple[str, dict]],
    rates: Sequence[float],
    train: TrainConfig,
    steps: Mapping[str, int],
) -> list[LongRun]:
    """Every arm at every rate.

    Args:
      arms: label to model and sizes.
      rates: the same for all arms.
      train: the rest of the training.
      steps: label to how long.
    """
    return [
        LongRun(
            f"{arm}, rate {rate:g}",
            model,
            sizes,
            dataclasses.replace(train, learning_rate=rate),
            milestones=(steps[arm],),
            seeds=(SEED,),
        )
        for arm, (model, sizes) in arms.items()
        for rate in rates
    ]


def at_rate(arm: Run, rate: float) -> Run:
    """The arm at a rate, and nothing else changed."""
    return dataclasses.replace(arm, train=dataclasses.replace(arm.train, learning_rate=rate))


def grid_of(
    arms: Sequence[Run], rates: Sequence[float], at: Callable[[Run, float], Run] = at_rate
) -> list[Run]:
    """Every arm at every rate, each with the schedule and the steps that it has in the end.

    Args:
      arms: what will be trained at the chosen rate.
      rates: the same for all arms.
      at: the arm at a rate.
    """
    return [
        dataclasses.replace(at(arm, rate), label=f"{arm.label}, rate {rate:g}", seeds=(SEED,))
        for arm in arms
        for rate in rates
    ]


def best_rates(name: str, runs: Sequence[Run], arms: Sequence[Run]) -> list[float]:
    """For each arm the rate that has the lowest dev loss in its grid.

    Args:
      name: of the grid's file.
      runs: of the grid, as :func:`grid_of` gives them.
      arms: what the grid is of.

    Raises:
      LookupError: if a run of the grid has not been made yet.
    """
    return [chosen_rate(name, runs, arm.label, "make results ONLY=") for arm in arms]


def untested(model, part) -> dict:
    """The test of a grid: what chooses is measured on dev, and nothing else is looked at."""
    return {}


def chosen_rate(
    name: str, runs: Sequence[Run], arm: str, maker: str = "python -m results.make_long --only "
) -> float:
    """The rate with the lowest dev loss at the end of its branch.

    Args:
      name: of the grid's file.
      runs: of the grid.
      arm: label without its rate.
      maker: what makes the file, but for its name.

    Raises:
      LookupError: if a run of the grid has not been made yet.
    """
    try:
        rows = page.results(name)["runs"]
    except FileNotFoundError:
        rows = []
    found = {}
    for run in runs:
        if run.label.rpartition(", rate ")[0] != arm:
            continue
        key = run.key(SEED)
        made = [row for row in rows if all(row.get(k) == v for k, v in key.items())]
        if not made:
            raise LookupError(
                f"{name} has no run of {run.label!r} yet, which decides the rate. Run: "
                f"{maker}{name}"
            )
        found[run.train.learning_rate] = made[0]["tests"][-1]["dev"][LOSS]
    return min(found, key=found.__getitem__)
