"""Mirrors encdec_lib/plots/bands.py."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

from encdec_lib import plots  # noqa: E402
from encdec_lib.plots.bands import LAYERS, middle  # noqa: E402

RUNS = {"GRU": [[1.0, 4.0, 9.0], [4.0, 4.0, 1.0]], "other": [[2.0, 3.0, 5.0]]}


@pytest.fixture(autouse=True)
def closed_figures():
    with matplotlib.rc_context():
        yield
    plt.close("all")


@pytest.mark.parametrize("log", [False, True])
def test_lines_are_means_and_bands_reach_from_lowest_to_highest(log):
    ax = plots.seed_bands(RUNS, [5, 7, 11], "steps", "share", log=log, guess=0.5)
    line, other, guess = ax.lines
    np.testing.assert_allclose(line.get_ydata(), [2, 4, 3] if log else [2.5, 4, 5])
    np.testing.assert_allclose(line.get_xdata(), [5, 7, 11])
    assert line.get_color() == LAYERS["GRU"][0] and line.get_linestyle() == ":"
    np.testing.assert_allclose(other.get_ydata(), RUNS["other"][0])
    np.testing.assert_allclose(guess.get_ydata(), 0.5)
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (1, 9)
    assert ax.get_yscale() == ("log" if log else "linear")
    assert ax.get_xlabel() == "steps" and ax.get_ylabel() == "share"


def test_the_middle_of_powers_of_ten():
    np.testing.assert_allclose(middle([[1e-8, 1], [1e-4, 1]], log=True), [1e-6, 1])


@pytest.mark.parametrize(
    "runs, x, message",
    [({}, [1], "runs"), ({"a": [[1.0, 2.0]]}, [1, 2, 3], r"runs\['a'\] needs a value.*3 x; got 2")],
)
def test_wrong_arguments_are_named(runs, x, message):
    with pytest.raises(ValueError, match=message):
        plots.seed_bands(runs, x, "x", "y")
