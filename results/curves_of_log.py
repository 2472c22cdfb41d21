"""What a side-by-side run printed before it was stopped, as a results file (``time_curves.json``).

    python -m results.make_long --only time --side-by-side > log
    python -m results.curves_of_log log [log ...] --made-with time_rates

A run of ``make_long --side-by-side`` that is stopped stores nothing, as its tests are missing. Its
measurements on the dev part, which come on the way, are in what it printed. Here they become rows
like any other: label, seed, settings, and a test for each measurement, of the dev part and at the
constant rate of a trunk. A line ends after 300 characters, so that the groups of the longest
sentences may be missing; a group that is missing once is left out for all runs of a label.
"""

import argparse
import json
import pathlib
import re
from collections import defaultdict

from encdec_lib import page
from results.fixed_size import time
from results.long_runs import LOSS, LongRun, points

LINE = re.compile(r'(?P<label>[^:]*), seed (?P<seed>\d+): \{"dev loss": (?P<loss>[\d.e-]+)')
BLEU = re.compile(r'"(BLEU [\d–]+)": ([\d.]+)[,}]')
NAME = "time_curves"


def measured(lines: list[str]) -> dict[tuple[str, int], list[dict[str, float]]]:
    """Every measurement of the dev part, in the order in which a run's lines were printed.

    Example:
      >>> measured(['a, seed 3: {"dev loss": 0.5, "BLEU 4–10": 7.0, "BLEU 11–15": 6.', "step 100"])
      {('a', 3): [{'dev loss': 0.5, 'BLEU 4–10': 7.0}]}
    """
    found = defaultdict(list)
    for line in lines:
        if match := LINE.match(line):
            bleu = {name: float(value) for name, value in BLEU.findall(line)}
            found[match["label"], int(match["seed"])].append({LOSS: float(match["loss"])} | bleu)
    return dict(found)


def on_the_trunk(run: LongRun, found: list[dict]) -> list[dict]:
    """The measurements of the trunk with their steps: those of branches are taken out.

    A run measures its trunk at every point, and at a milestone its branch after it.

    Example:
      >>> from encdec_lib.train import TrainConfig
      >>> run = LongRun("a", "fixed", {}, TrainConfig(), milestones=(0, 100, 500))
      >>> on_the_trunk(run, [{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}])
      [{'step': 100, 'n': 2}, {'step': 200, 'n': 4}]
    """
    steps = sorted({*points(max(run.milestones)), *run.milestones})
    order = []
    for step in steps:
        order += [step] if step else []
        order += [None] if step in run.milestones else []
    return [
        {"step": step} | numbers
        for step, numbers in zip(order, found, strict=False)
        if step is not None
    ]


def rows_of(lines: list[str], device: str) -> list[dict]:
    """One row for each run that has printed something."""
    runs = {run.label: run for run in time().runs}
    curves = {key: on_the_trunk(runs[key[0]], found) for key, found in measured(lines).items()}
    rows = []
    for (label, seed), curve in sorted(curves.items()):
        alike = [point for key, points in curves.items() if key[0] == label for point in points]
        names = [name for name in curve[0] if all(name in point for point in alike)]
        tests = [
            {
                "step": point["step"],
                "dev": {LOSS: point[LOSS]},
                "bleu": {n.removeprefix("BLEU "): point[n] for n in names if n.startswith("BLEU")},
            }
            for point in curve
        ]
        own = {"seed": seed, "device": device, "ended": "stopped with its machine", "tests": tests}
        rows.append(runs[label].key(seed) | own)
    return rows


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logs", nargs="+", type=pathlib.Path)
    parser.add_argument("--made-with", required=True, help="a results file of the same machine")
    args = parser.parse_args()
    origin = page.results(args.made_with).origin
    lines = [line for log in args.logs for line in log.read_text().splitlines()]
    path = page.save_results(
        NAME,
        {"runs": rows_of(lines, origin["machine"])},
        command="python -m results.make_long --only time --side-by-side, and results.curves_of_log",
        seeds=[0, 1, 2, 3, 4],
    )
    same = {key: origin[key] for key in ("machine", "versions", "date")}
    path.write_text(json.dumps(json.loads(path.read_text()) | same, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
