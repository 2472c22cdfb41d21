"""Mirrors encdec_lib/plots/checks.py: what no figure can be drawn of is named in one sentence."""

import importlib
import inspect
import pkgutil

import matplotlib.pyplot as plt
import numpy as np
import pytest

from encdec_lib import plots
from encdec_lib.plots import alignment, captions, images, patches, tokens
from encdec_lib.plots.checks import numbers
from tests.plots.every_plot import EVERY_PLOT, SCORES, SOURCE, TARGET, on_axes

NAN = float("nan")
DRAW_NOTHING = {  # public, and no figure of their own
    "korean_font", "use_style", "new_axes", "on_white", "bare", "look", "legend_above",
    "show_source", "table", "similarity", "numbers", "some", "named",
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
        (lambda: plots.losses({}), "histories needs at least one model; got an empty dict"),
        (lambda: plots.losses([1.0]), "histories needs a dictionary from a name to each model"),
        (lambda: plots.losses({"m": []}), r"the losses of 'm' needs at least one number"),
        (lambda: plots.losses({"m": [2, NAN, NAN]}), r"got nan at 1, 2 of 3 in all"),
        (lambda: plots.losses({"m": [[1.0, 2.0]]}), r"losses of 'm' needs shape \(N\); got \(1,"),
        (lambda: plots.losses({"m": None}), "the losses of 'm' needs numbers of shape"),
        (lambda: plots.bars({}, "PER"), "values needs at least one bar"),
        (lambda: plots.bars({"m": NAN}, "PER"), "bar 'm' needs finite numbers; got nan"),
        (lambda: plots.bars({"m": []}, "PER"), "bar 'm' needs at least one number"),
        (lambda: plots.bars({"m": [1, 2, 3]}, "PER"), r"bar 'm' needs a number or \(mean,"),
        (lambda: plots.bars({"m": "3"}, "PER"), "bar 'm' needs numbers"),
        (lambda: plots.bars({"m": 1}, "PER", ax="here"), "ax must be one Axes of .*; got str"),
        (lambda: plots.quality_by_length({}, "BLEU"), "curves needs at least one curve"),
        (lambda: plots.quality_by_length({"m": ([], [])}, "BLEU"), "lengths of curve 'm' needs at"),
        (lambda: plots.quality_by_length({"m": ([1], [NAN])}, "B"), "curve 'm' needs finite"),
        (lambda: plots.quality_by_length({"m": [[1, 2]]}, "B"), r"curve 'm' needs \(lengths, m"),
        (lambda: plots.quality_by_length({"m": (5, 7)}, "B"), "lengths of curve 'm' needs shape"),
        (lambda: plots.dials([], {"a": []}, {"a": []}, (1, 1)), "temperatures needs at least one"),
        (lambda: plots.dials([1.0], {}, {"a": [1]}, (1, 1)), "quality needs at least one curve"),
        (lambda: plots.dials([1.0], {"a": [1]}, {"a": [1, 2]}, (1, 1)), r"variety\['a'\] needs a"),
        (lambda: plots.table([]), "rows needs at least one row"),
        (lambda: plots.table([["a", 1]]), "rows needs one dictionary a row; got list"),
        (lambda: alignment.alignment([], [], []), "source needs at least one token"),
        (lambda: alignment.crossing(W, SOURCE, []), "target needs at least one token"),
        (lambda: alignment.alignment(W * NAN, SOURCE, TARGET), "weights needs finite num"),
        (lambda: alignment.alignment(W[None], SOURCE, TARGET), r"weights needs shape \(T, S\)"),
        (lambda: on_axes(captions.overlay, [NAN] * 4, image(6, 6)), "weights needs finite"),
        (lambda: on_axes(captions.overlay, [], image(6, 6)), "weights needs at least one number"),
        (lambda: captions.word_maps(image(6, 6), [], np.ones((0, 4))), "words needs at least one"),
        (lambda: captions.word_maps(image(6, 6), ["a"], [[NAN] * 4]), "weights needs finite"),
        (lambda: captions.quality_by_digits({}, "exact"), "found needs at least one model"),
        (lambda: captions.quality_by_digits({"m": []}, "exact"), "'m' needs at least one run"),
        (lambda: captions.quality_by_digits({"m": [SCORES]}, "placed"), "each with the score"),
        (lambda: on_axes(images.picture, image(0, 5)), "image needs at least one number"),
        (lambda: on_axes(images.picture, image(5, 5, 3)), r"image needs shape \(H, W\) or"),
        (lambda: on_axes(images.picture, image(5)), r"image needs shape \(H, W\) or"),
        (lambda: on_axes(images.picture, image(5, 5) * NAN), "image needs finite numbers"),
        (lambda: images.picture(image(5, 5), None), "ax must be one Axes of .*; got None"),
        (lambda: on_axes(images.label_map, np.ones(3, int)), r"labels needs shape \(H, W\)"),
        (lambda: images.gallery({}), "rows needs at least one row of pictures"),
        (lambda: images.gallery({"a": []}), r"rows\['a'\] needs at least one picture"),
        (lambda: images.feature_maps([], []), "maps needs at least one feature map"),
        (lambda: images.feature_maps([image(5, 5, 2)], []), "names needs one a map, 1; got 0"),
        (lambda: images.feature_maps([image(5, 5)], ["a"]), r"map 'a' needs shape \(h, w, C\)"),
        (lambda: on_axes(images.class_bars, image(10)), "probabilities needs 11 numbers; got 10"),
        (lambda: on_axes(images.class_bars, image(11) * NAN), "probabilities needs finite numbers"),
        (lambda: patches.cut_up(image(6, 6), 0), "patch must be a whole number of pixels"),
        (lambda: patches.cut_up(image(6), 3), r"image needs shape \(H, W\) or \(H, W, C\)"),
        (lambda: on_axes(patches.over_patches, image(6, 6), [NAN] * 4), "weights needs finite"),
        (lambda: on_axes(patches.over_patches, image(6, 6), []), "weights needs at least one"),
        (lambda: patches.maps_on_images([], {"a": []}), "images needs at least one image"),
        (lambda: patches.maps_on_images(image(1, 6, 6), {}), "columns needs at least one map"),
        (lambda: patches.position_similarity([]), r"positions needs shape \(M, D\)"),
        (lambda: patches.position_similarity(np.eye(4) * [1, 1, 0, 1]), "not zero; got zeros at 2"),
        (lambda: patches.quality_by_patch({}), "scores needs at least one side of a patch"),
        (lambda: patches.quality_by_patch({4: []}), r"scores\[4\] needs at least one number"),
        (lambda: patches.quality_by_patch({4: [1.0]}, ("CNN", [])), r"scores\['CNN'\] needs at"),
        (lambda: on_axes(tokens.mask, np.ones((2, 3), bool), ["a"], ["b"]), r"rows; got \(2, 3"),
        (lambda: on_axes(tokens.mask, np.ones((0, 0), bool), [], []), "words and target needs at"),
        (lambda: tokens.pictures(image(0, 6, 6, 1), []), "images needs at least one number"),
        (lambda: tokens.costs(image(2, 6, 6, 1), image(2, 8)), "M a square number"),
        (lambda: tokens.costs(image(2, 6, 6, 1), image(1, 9)), "nats needs a row an image"),
        (lambda: tokens.growth({}), "stages needs at least one stage"),
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
    assert numbers("labels", np.ones((2, 3), int), "H W").dtype.kind == "i"
    with pytest.raises(ValueError, match="got inf at 1"):
        numbers("x", [NAN, float("inf"), 1], "N", gaps=True)
