"""Mirrors results/scaling.py."""

import math

import jax
import numpy as np
import pytest
from flax import nnx

from encdec_lib import page
from encdec_lib.data import pronunciations
from encdec_lib.page import result_files as stored
from results import make_long, rates, scaling
from results.long_runs import LOSS


@pytest.fixture(scope="module")
def dictionary():
    return pronunciations.load(limit=900)


@pytest.fixture(autouse=True)
def few_words(monkeypatch, dictionary):
    """The dictionary is read once, and not all of it."""
    monkeypatch.setattr(scaling.pronunciations, "load", lambda: dictionary)


def test_fewer_words_are_some_of_all_and_hold_those_of_fewer_still():
    every, some, few = (scaling.load(0, words) for words in (None, 600, 70))
    assert (len(every.train), len(some.train), len(few.train)) == (900, 600, 70)
    spelled = [{tuple(row) for row in part.train.source} for part in (every, some, few)]
    assert spelled[2] < spelled[1] < spelled[0]
    assert len(some.test) == len(every.test)
    np.testing.assert_array_equal(scaling.load(3, 70).train.source, few.train.source)


def test_the_rule_is_a_line_in_logarithms():
    known = {16: 8e-3, 64: 2e-3}
    assert scaling.line_in_logs(16, known) == 8e-3 and scaling.line_in_logs(64, known) == 2e-3
    assert scaling.line_in_logs(8, known) == pytest.approx(16e-3)
    assert scaling.line_in_logs(100, {16: 4e-3, 64: 4e-3}) == 4e-3


def test_sizes_reach_over_two_orders():
    words = scaling.load(0, 70).train
    counts = []
    for width in (min(scaling.WIDTHS), max(scaling.WIDTHS)):
        plan = scaling.LongRun("", "transformer", scaling.sizes(width), scaling.CONSTANT)
        shapes = nnx.eval_shape(lambda plan=plan: nnx.state(plan.build(words, 0), nnx.Param))
        counts.append(sum(math.prod(x.shape) for x in jax.tree.leaves(shapes)))
    assert counts[1] > 100 * counts[0]


def test_rates_come_from_the_grid_and_the_rule(tmp_path, monkeypatch):
    monkeypatch.setattr(stored.resources, "files", lambda _: tmp_path)
    with pytest.raises(LookupError, match="make_long --only scaling_rates"):
        make_long.LONG["scaling"]()
    found = [
        run.key(rates.SEED)
        | {
            "seed": rates.SEED,
            "tests": [{"dev": {LOSS: abs(run.train.learning_rate * run.sizes["d_model"] - 0.128)}}],
        }
        for run in scaling.scaling_rates().runs
    ]
    page.save_results("scaling_rates", {"runs": found}, command="by hand", seeds=[rates.SEED])
    runs = scaling.scaling().runs
    assert len(runs) == 14 and len({run.label for run in runs}) == 14
    by_width = {run.sizes["d_model"]: run.train.learning_rate for run in runs}
    assert by_width[16] == 8e-3 and by_width[64] == 2e-3 and by_width[32] == pytest.approx(4e-3)
    assert {run.sizes["d_model"]: run.seeds for run in runs}[96] == (0,)
