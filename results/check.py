"""``--check``: makes one run of a file again and fails if it does not come out as stored.

Taken is the run that trains fastest, with its first seed, as it stands in the file: all its steps,
and its test. Two of its numbers must lie in the range that the seeds of this run have in the file:
the training loss of the last 50 steps, and the number that the page quotes (``QUOTED``). The range
is widened on both sides by its own width, and by 3% of its larger end at least, as a run of the
same seed on another machine or version differs by rounding and then by as much as another seed. A
file of rates has one seed, so its range is one number, and is widened by a tenth.

Files whose fastest run takes more than three minutes (``TOO_LONG``) are checked by a short form of
that run, of 300 steps, whose numbers ``make results ONLY=checks`` stores for three seeds in
``checks.json``: data, model, loss and test are those of the file, the number of steps is not.

Files of milliseconds and bytes (``layer_costs`` and ``..._speed``) have no seeds to compare with.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from results.rows import add, in_hand, is_stored, stored, train_row
from results.runs import Experiment, Run

STEPS = 300  # of a short form
TOO_LONG = (
    "digit_scenes",
    "pronunciation",
    "segmentation",
    "transformer_pronunciation",
    "words",
)
CHECKS = "checks"
SHARE, SHARE_OF_ONE = 0.03, 0.1  # of the larger end; of a range that is one number
# Where in a test's tables the number stands that a page quotes; of a table by length, the mean.
QUOTED = {
    "translation": ("bleu",),
    "pronunciation": ("greedy", "PER"),
    "segmentation": ("mean IoU",),
    "reading_translation": ("all bleu",),
    "reading_pronunciation": ("PER",),
    "scores_translation": ("all bleu",),
    "scores_pronunciation": ("PER",),
    "transformer_translation": ("all bleu",),
    "transformer_pronunciation": ("greedy", "PER"),
    "vit_digits": ("test",),
    "captions": ("all", "exact"),
    "digit_scenes": ("digits",),
    "rollouts": ("white", "agreement", "rollout"),
    "memory": ("right",),
    "norms": ("all bleu",),
    "norms_deep": ("all bleu",),
    "ablations": ("all bleu",),
    "scales_pronunciation": ("PER",),
    "scales_translation": ("all bleu",),
    "words": ("greedy", "PER"),
    "captions_memory": ("all", "exact"),
    "captions_controls": ("all", "exact"),
    "captions_scenes": ("all", "exact"),
}


def quoted(name: str, row: dict) -> float:
    """The number that a page quotes; of a grid's row the dev loss, which it is chosen by."""
    found = row["tests"][-1]
    for key in QUOTED.get(name, ("dev", "dev loss")):
        found = found[key]
    return float(np.mean(list(found.values()))) if isinstance(found, dict) else float(found)


def widened(numbers: Sequence[float]) -> tuple[float, float]:
    """The range that a new number may lie in, see the head of this file.

    Example:
      >>> widened([2.0, 3.0]), widened([10.0])
      ((1.0, 4.0), (9.0, 11.0))
    """
    low, high = min(numbers), max(numbers)
    share = SHARE if len(numbers) > 1 else SHARE_OF_ONE
    margin = max(high - low, share * max(abs(low), abs(high)))
    return low - margin, high + margin


def fastest(name: str, experiment: Experiment) -> tuple[Run, list[dict]]:
    """The run with the least stored seconds, and its rows, lowest seed first.

    Raises:
      LookupError: if the file has none of the experiment's runs.
    """
    found: list[tuple[float, Run, list[dict]]] = []
    for run in experiment.runs:
        rows = [
            row
            for row in stored(name)
            if all(row.get(k) == v for k, v in run.key(row["seed"]).items())
        ]
        if rows:
            found.append((min(row["seconds"] for row in rows), run, rows))
    if not found:
        raise LookupError(f"{name}: nothing is stored; there is nothing to compare with.")
    _, run, rows = min(found, key=lambda entry: entry[0])
    return run, sorted(rows, key=lambda row: row["seed"])


def short_form(name: str, run: Run) -> Run:
    """The run with few steps, under a name of its own."""
    train = dataclasses.replace(run.train, steps=min(STEPS, run.train.steps))
    return dataclasses.replace(
        run, label=f"{name}: {run.label}, {train.steps} steps", train=train, evaluations=1
    )


def make_short_runs(
    experiments: Mapping[str, Experiment], seeds: Sequence[int] | None = None
) -> None:
    """Fills ``checks.json``: short forms of the files that have no run of three minutes."""
    for name, experiment in experiments.items():
        run = short_form(name, fastest(name, experiment)[0])
        for seed in seeds or run.seeds:
            if not is_stored(CHECKS, run, seed):
                with in_hand(CHECKS, run, seed) as mine:
                    if mine:
                        add(CHECKS, train_row(name, experiment, run, seed))


def check(name: str, experiment: Experiment) -> bool:
    """Whether one run comes out as stored, within the margin."""
    run, rows = fastest(name, experiment)
    if name in TOO_LONG:
        run = short_form(name, run)
        rows = [row for row in stored(CHECKS) if row["label"] == run.label]
        if not rows:
            raise LookupError(f"{name}: its short form is missing. Run: make results ONLY=checks")
    row = train_row(name, experiment, run, rows[0]["seed"])
    return compare(name, run.label, row, rows)


def compare(name: str, label: str, row: dict[str, Any], rows: Sequence[dict[str, Any]]) -> bool:
    """Says and returns whether both numbers of a new row lie in the widened stored ranges."""
    good = True
    for what, number_of in (
        ("training loss", lambda row: row["final_loss"]),
        ("quoted number", lambda row: quoted(name, row)),
    ):
        number, numbers = number_of(row), [number_of(old) for old in rows]
        low, high = widened(numbers)
        inside = low <= number <= high
        good = good and inside
        print(
            f"{name}: {label}, seed {row['seed']}: {what} {number:.4g}, stored "
            f"{min(numbers):.4g} to {max(numbers):.4g}, allowed {low:.4g} to {high:.4g}: "
            f"{'as stored' if inside else 'NOT AS STORED'}",
            flush=True,
        )
    return good
