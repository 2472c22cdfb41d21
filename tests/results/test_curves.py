"""Mirrors results/curves_of_log.py: a log made here, line by line, is read back."""

import json

from results import curves_of_log, fixed_size
from results.long_runs import LOSS, points


def printed(label, seed, numbers):
    """As a process that measures prints it, cut at 300 characters."""
    return f"{label}, seed {seed}: {json.dumps(numbers, ensure_ascii=False)[:300]}"


def test_measurements_get_their_steps_and_branches_are_left_out():
    label = "fixed vector"
    run = next(run for run in fixed_size.time().runs if run.label == label)
    assert run.milestones == (0, 1000, 5000)
    lines, loss = ["time: 2 runs side by side"], 9.0
    lines.append(printed(label, 3, {LOSS: 99.0, "BLEU 4–10": 0.0}))  # the branch at step 0
    for step in points(4200):
        loss -= 0.25
        lines.append(printed(label, 3, {LOSS: loss, "BLEU 4–10": float(step)}))
        if step == 1000:
            lines.append(printed(label, 3, {LOSS: 99.0, "BLEU 4–10": 0.0}))
        lines.append(f"03:04:05 step {step} of 2 runs, 9.0 ms a step")
    [row] = curves_of_log.rows_of(lines, "1 GPU")
    assert [test["step"] for test in row["tests"]] == points(4200)
    assert [test["bleu"]["4–10"] for test in row["tests"]] == points(4200)
    assert row["tests"][0]["dev"] == {LOSS: 8.75} and row["seed"] == 3
    assert row["train"] == run.key(3)["train"] and row["device"] == "1 GPU"


def test_a_group_that_was_cut_off_once_is_left_out():
    groups = {f"BLEU {n}–{n + 4}": 50.123456789012345 for n in range(11, 56, 5)}
    whole = {LOSS: 0.5, "BLEU 4–10": 100.0} | groups
    short = {LOSS: 0.5, "BLEU 4–10": 100.0} | dict.fromkeys(groups, 1.0)
    label = "fixed vector, short first"
    lines = [printed(label, 0, short), printed(label, 1, whole)]
    assert len(lines[1].split(": ", 1)[1]) == 300
    rows = curves_of_log.rows_of(lines, "1 GPU")
    kept = [list(row["tests"][0]["bleu"]) for row in rows]
    assert kept[0] == kept[1] and 5 <= len(kept[0]) < len(groups) + 1
    assert [row["tests"][0]["bleu"]["11–15"] for row in rows] == [1.0, 50.123456789012345]
