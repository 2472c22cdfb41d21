"""Mirrors results/check.py on the files that are stored."""

import pytest

from encdec_lib import page
from results import check
from results.make import PLAIN


@pytest.mark.parametrize("name", PLAIN)
def test_the_fastest_run_is_short_or_has_a_short_form(name):
    run, rows = check.fastest(name, PLAIN[name])
    assert (rows[0]["seconds"] * rows[0]["devices"] > 200) == (name in check.TOO_LONG)
    numbers = [check.quoted(name, row) for row in rows]
    assert len(numbers) >= 3 and all(0 < number <= 100 for number in numbers)
    assert all(check.compare(name, run.label, row, rows) for row in rows)


def test_files_of_seconds_have_no_runs():
    for name in ("layer_costs", "reading_speed", "scores_speed"):
        assert "runs" not in page.results(name)
