"""Mirrors encdec_lib/plots/inputs.py: what no figure can be drawn of is named in one sentence."""

import importlib
import inspect
import pkgutil

import matplotlib.pyplot as plt
import numpy as np
import pytest

from encdec_lib import plots
from encdec_lib.plots import alignment, captions, images, patches, tokens
from encdec_lib.plots.inputs import numbers
from tests.plots.every_plot import EVERY_PLOT, SCORES, SOURCE, TARGET, on_axes

NAN = float("nan")
DRAW_NOTHING = {  # public, and no figure of their own
    "korean_font", "use_style", "new_axes", "on_white", "bare", "look", "legend_above",
    "show_source", "table", "with_origin", "similarity", "middle",
    # inputs.py
    "numbers", "grey", "named", "as_many", "listed", "texts", "pairs", "a_codebook", "square",
    "grids", "curves_over",
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_windows():
    plt.switch_backend("agg")
    yield
    plt.close("all")


def test_every_public_function_is_among_these():
    found = set()
    for module in pkgutil.iter_modules(plots.__path__):
        loaded = importlib.import_module(f"encdec_lib.plots.{module.name}")
        found |= {
            name for name, thing in vars(loaded).items()
            if inspect.isfunction(thing) and thing.__module__ == loaded.__name__
            and not name.startswith("_")
        }  # fmt: skip
    assert found - DRAW_NOTHING == set(EVERY_PLOT)


W = np.full((2, 3), 0.5)


def image(*shape):
    return np.full(shape, 0.5, np.float32)


@pytest.mark.parametrize(
    "draw, message",
    [
        (lambda: plots.losses({}), "histories must hold at least one entry; got none"),
        (lambda: plots.losses([1.0]), "histories must be a dictionary, from names"),
        (lambda: plots.losses({"m": []}), r"histories\['m'\] must have 1 axis with"),
        (lambda: plots.losses({"m": [2, NAN, NAN]}), "must be finite; got nan at 1, 2 of 3"),
        (lambda: plots.losses({"m": [[1.0, 2.0]]}), r"must have 1 axis with .*; got \(1, 2\)"),
        (lambda: plots.losses({"m": None}), r"histories\['m'\] must be an array of numbers"),
        (lambda: plots.bars({}, "PER"), "values must hold at least one entry"),
        (lambda: plots.bars({"m": NAN}, "PER"), r"values\['m'\] must be finite; got nan\.$"),
        (lambda: plots.bars({"m": []}, "PER"), r"values\['m'\] must have 0 or 1 axes"),
        (lambda: plots.bars({"m": [1, 2, 3]}, "PER"), r"pairs \(mean, spread\); .* for 'm'"),
        (lambda: plots.bars({"m": "3"}, "PER"), r"values\['m'\] must be an array of numbers"),
        (lambda: plots.bars({"m": 1}, "PER", ax="here"), "ax must be one Axes of .*; got str"),
        (lambda: plots.quality_by_length({}, "BLEU"), "curves must hold at least one entry"),
        (lambda: plots.quality_by_length({"m": ([], [])}, "BLEU"), r"lengths of curves\['m'\] mu"),
        (lambda: plots.quality_by_length({"m": ([1], [NAN])}, "B"), r"curves\['m'\] must be fin"),
        (lambda: plots.quality_by_length({"m": [[1, 2]]}, "B"), r"curves must be pairs \(lengths"),
        (lambda: plots.quality_by_length({"m": (5, 7)}, "B"), r"lengths of curves\['m'\] mu"),
        (lambda: plots.dials([], {"a": []}, {"a": []}, (1, 1)), "temperatures must have 1 axis"),
        (lambda: plots.dials([1.0], {}, {"a": [1]}, (1, 1)), "quality must hold at least one"),
        (lambda: plots.dials([1.0], {"a": [1]}, {"a": [1, 2]}, (1, 1)), r"variety\['a'\] must be"),
        (lambda: plots.table([]), "rows must hold at least one entry"),
        (lambda: plots.table([["a", 1]]), "rows must hold dictionaries; got list in row 0"),
        (lambda: alignment.alignment([], [], []), "source must hold at least one entry"),
        (lambda: alignment.crossing(W, SOURCE, []), "target must hold at least one entry"),
        (lambda: alignment.alignment(W * NAN, SOURCE, TARGET), "weights must be finite"),
        (lambda: alignment.alignment(W[None], SOURCE, TARGET), r"weights needs shape \(T, S\)"),
        (lambda: on_axes(captions.overlay, [NAN] * 4, image(6, 6)), "weights must be finite"),
        (lambda: on_axes(captions.overlay, [], image(6, 6)), "weights must have one number a cell"),
        (lambda: captions.word_maps(image(6, 6), [], np.ones((0, 4))), "words must hold at least"),
        (lambda: captions.word_maps(image(6, 6), ["a"], [[NAN] * 4]), "weights must be finite"),
        (lambda: captions.quality_by_digits({}, "exact"), "found must hold at least one entry"),
        (lambda: captions.quality_by_digits({"m": []}, "exact"), "'m' needs at least one run"),
        (lambda: captions.quality_by_digits({"m": [SCORES]}, "placed"), "each with the score"),
        (lambda: on_axes(images.picture, image(0, 5)), "image must have 2 or 3 axes"),
        (lambda: on_axes(images.picture, image(5, 5, 3)), r"image must be grey, \(H, W\) or"),
        (lambda: on_axes(images.picture, image(5)), "image must have 2 or 3 axes"),
        (lambda: on_axes(images.picture, image(5, 5) * NAN), "image must be finite"),
        (lambda: images.picture(image(5, 5), None), "ax must be one Axes of .*; got None"),
        (lambda: on_axes(images.label_map, np.ones(3, int)), "labels must have 2 axes"),
        (lambda: images.gallery({}), "rows must hold at least one entry"),
        (lambda: images.gallery({"a": []}), r"rows\['a'\] must have 3 or 4 axes"),
        (lambda: images.feature_maps([], []), "maps must hold at least one entry"),
        (lambda: images.feature_maps([image(5, 5, 2)], []), "names must be .*maps, 1; got 0"),
        (lambda: images.feature_maps([image(5, 5)], ["a"]), r"maps\[0\] must have 3 axes"),
        (lambda: on_axes(images.class_bars, image(10)), "probabilities must be .* 11; got 10"),
        (lambda: on_axes(images.class_bars, image(11) * NAN), "probabilities must be finite"),
        (lambda: patches.cut_up(image(6, 6), 0), "patch must be at least 1; got 0"),
        (lambda: patches.cut_up(image(6), 3), "image must have 2 or 3 axes"),
        (lambda: on_axes(patches.over_patches, image(6, 6), [NAN] * 4), "weights must be finite"),
        (lambda: on_axes(patches.over_patches, image(6, 6), []), "weights must have 1 or 2 or"),
        (lambda: patches.maps_on_images([], {"a": []}), "images must have 3 or 4 axes"),
        (lambda: patches.maps_on_images(image(1, 6, 6), {}), "columns must hold at least one"),
        (lambda: patches.position_similarity([]), "positions must have 2 axes"),
        (lambda: patches.position_similarity(np.eye(4) * [1, 1, 0, 1]), "must not be 0, .* row 2"),
        (lambda: patches.quality_by_patch({}), "scores must hold at least one entry"),
        (lambda: patches.quality_by_patch({4: []}), r"scores\[4\] must have 1 axis"),
        (lambda: patches.quality_by_patch({4: [1.0]}, ("CNN", [])), r"scores\['CNN'\] must have 1"),
        (lambda: on_axes(tokens.mask, np.ones((2, 3), bool), ["a"], ["b"]), "column a name, 2;"),
        (lambda: on_axes(tokens.mask, np.ones((0, 0), bool), [], []), "seen must have 2 axes with"),
        (lambda: tokens.pictures(image(0, 6, 6, 1), []), "images must have 3 or 4 axes"),
        (lambda: tokens.costs(image(2, 6, 6, 1), image(2, 8)), "a square number of columns"),
        (lambda: tokens.costs(image(2, 6, 6, 1), image(1, 9)), "nats must have a row an image"),
        (lambda: tokens.growth({}), "stages must hold at least one entry"),
    ],
)  # fmt: skip
def test_bad_input_is_named(as_reader, draw, message):
    with pytest.raises((TypeError, ValueError), match=message):
        draw()


def test_no_figure_is_left_behind_by_an_error():
    for draw in (
        lambda: plots.losses({"m": []}),
        lambda: plots.bars({}, "x"),
        lambda: plots.quality_by_length({}, "x"),
        lambda: patches.position_similarity(np.zeros((4, 2))),
    ):
        with pytest.raises(ValueError):
            draw()
    assert not plt.get_fignums()


def test_a_curve_may_have_gaps_and_numbers_may_be_whole():
    ax = plots.quality_by_length({"m": ([1, 2, 3], [5, NAN, 7])}, "BLEU")
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [5, NAN, 7])
    assert numbers("labels", np.ones((2, 3), int), 2).dtype.kind == "i"
    with pytest.raises(ValueError, match="got inf at 1"):
        numbers("x", [NAN, float("inf"), 1], 1, gaps=True)
