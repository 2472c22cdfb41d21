"""What figures refuse to draw."""

import functools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encdec_lib import plots
from encdec_lib.analysis.word_maps import as_grid, weight_on
from encdec_lib.data.image_tokens import Codebook
from tests.doors import bad
from tests.doors.judging import few, refused

IMAGE = np.random.default_rng(0).random((4, 4), np.float32)
BOOK = Codebook(np.random.default_rng(0).random((5, 4)).astype(np.float32), 2, 4)
GRID = np.full((2, 3), 1 / 3)


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def axes():
    return plt.figure().add_subplot()


@few
@given(bad.arrays((2, 3)), st.sampled_from([None, "ab", 3, ["a"]]))
def test_alignments(weights, tokens):
    for draw in (plots.alignment.alignment, plots.alignment.crossing):
        refused(draw, weights, ["a", "b", "c"], ["d", "e"])
        refused(draw, GRID, tokens, ["d", "e"])
        refused(draw, GRID, ["a", "b", "c"], tokens)
        refused(draw, np.full((2, 3), bad.NAN), ["a", "b", "c"], ["d", "e"])


@few
@given(
    st.sampled_from(
        [{}, None, [1], {"m": ([1, 2], [3])}, {"m": 3}, {"m": ([1],)}, {"m": ("ab", "cd")},
         {"m": (None, None)}, {"m": ([], [])},
         {"m": ([1], [bad.NAN])}, {"m": ([1, 2], [2, bad.INF])}, {"m": ([1, bad.NAN], [2, 3])}]
    )
)  # fmt: skip
def test_curves(curves):
    refused(plots.quality_by_length, curves, "BLEU", also=("curve",))


@few
@given(
    st.sampled_from(
        [
            {},
            None,
            [1],
            {"m": []},
            {"m": None},
            {"m": "ab"},
            {"m": [[1, 2]]},
            {"m": 3},
            {"m": [2, bad.NAN]},
        ]
    ),
    bad.wholes(),
)
def test_losses(histories, smooth):
    refused(plots.losses, histories)
    refused(plots.losses, {"m": [1, 2]}, smooth=smooth)


@few
@given(
    st.sampled_from([{}, None, [1], {"m": []}, {"m": None}, {"m": "ab"}, {"m": [1, 2, 3]},
                     {"m": bad.NAN}, {"m": bad.INF}])
)  # fmt: skip
def test_bars(values):
    refused(plots.bars, values, "BLEU")


def test_looks_and_the_smallest_figures():
    refused(plots.quality_by_length, {"m": ([1], [2])}, "BLEU", looks={"n": {}})
    plots.quality_by_length({"m": ([1, 2], [2, bad.NAN])}, "BLEU")  # a gap
    plots.losses({"m": [1.0]})
    plots.bars({"m": 1}, "BLEU")
    plots.alignment.alignment([[1.0]], ["a"], ["b"])
    plots.images.gallery({"m": IMAGE[None]})


@few
@given(st.sampled_from([[], None, 3, "rows", {"a": 1}, [1], ["ab"], [{"a": 1}, None]]))
def test_tables(rows):
    refused(plots.table, rows)


@few
@given(st.sampled_from([3, len, "text", None]))
def test_sources(obj):
    refused(plots.show_source, obj)


@few
@given(
    st.sampled_from([None, "image", IMAGE[:0], IMAGE * bad.NAN, np.ones((4, 4, 3)), IMAGE[0]]),
    bad.ids(11, (4, 4)),
)
def test_pictures_and_maps(image, labels):
    refused(plots.images.picture, image, axes())
    refused(plots.images.label_map, labels, axes())


@few
@given(
    st.sampled_from([{}, None, [IMAGE], {"m": IMAGE}, {"m": "ab"}, {"m": IMAGE[:0]}]), bad.wholes()
)
def test_galleries(rows, columns):
    refused(plots.images.gallery, rows)
    if columns is not None:
        refused(plots.images.gallery, {"m": IMAGE[None]}, columns)
    refused(plots.images.gallery, {"m": IMAGE[None], "n": np.stack([IMAGE, IMAGE])})


@few
@given(st.sampled_from([[], None, "ab", [IMAGE], [None]]), bad.wholes())
def test_feature_maps(maps, shown):
    refused(plots.images.feature_maps, maps, ["a"])
    refused(plots.images.feature_maps, [IMAGE[..., None]], [])
    refused(plots.images.feature_maps, [IMAGE[..., None]], ["a"], shown)
    refused(plots.images.class_bars, maps, axes())


@few
@given(bad.arrays((16,)), bad.wholes())
def test_patches(weights, patch):
    refused(plots.patches.cut_up, IMAGE, patch)
    refused(plots.patches.over_patches, IMAGE, weights, axes())
    refused(plots.patches.over_patches, IMAGE, np.full(16, -1.0), axes())
    refused(plots.patches.maps_on_images, IMAGE[None], {"m": weights})
    refused(plots.patches.maps_on_images, IMAGE[None], {})
    refused(plots.patches.position_similarity, weights)
    refused(plots.patches.similarity, np.zeros((2, 3)))
    refused(plots.patches.quality_by_patch, {7: []})
    refused(plots.patches.quality_by_patch, {})
    refused(plots.patches.quality_by_patch, {7: [1.0]}, ("CNN", []))


@few
@given(bad.arrays((2, 4)), bad.wholes())
def test_words_on_pictures(weights, columns):
    refused(plots.captions.word_maps, IMAGE, ["a", "b"], weights)
    refused(plots.captions.word_maps, IMAGE, "ab", np.full((2, 4), 0.25))
    refused(plots.captions.word_maps, IMAGE, ["a", "b"], np.full((2, 4), 0.25), columns=columns)
    refused(plots.captions.overlay, np.full(3, 0.3), IMAGE, axes())
    refused(plots.captions.quality_by_digits, {}, "exact")
    refused(plots.captions.quality_by_digits, {"m": []}, "exact")
    refused(plots.captions.quality_by_digits, {"m": [{1: {"digits": 3}}]}, "exact")
    refused(as_grid, np.full(3, 0.3))
    refused(as_grid, np.full(4, bad.NAN))
    refused(weight_on, np.full(4, 0.25), [], columns)
    refused(weight_on, np.full(4, 0.25), [], 3)


@few
@given(st.sampled_from([None, 3, "book", BOOK.patches]), bad.wholes())
def test_codebooks(book, columns):
    refused(plots.tokens.codebook, book)
    refused(plots.tokens.codebook, BOOK, columns)
    refused(plots.tokens.as_tokens, book, IMAGE[None, ..., None])
    refused(plots.tokens.as_tokens, BOOK, IMAGE)


@few
@given(bad.arrays((3, 3), bool), st.sampled_from([None, "ab", 3, [1, 2]]))
def test_masks(seen, words):
    refused(plots.tokens.mask, seen, ["a", "b"], ["c"], axes())
    refused(plots.tokens.mask, np.ones((3, 3), bool), words, ["c"], axes())


@few
@given(bad.wholes(), st.sampled_from([None, "ab", 3, ["a"], [1, 2]]))
def test_pictures_with_captions(columns, captions):
    two = np.stack([IMAGE, IMAGE])
    refused(plots.tokens.pictures, two, captions)
    refused(plots.tokens.pictures, two, ["a", "b"], ["a"])
    refused(plots.tokens.pictures, two, ["a", "b"], columns=columns)
    refused(plots.tokens.costs, two, np.ones((2, 3)))
    refused(plots.tokens.costs, two, np.ones((1, 4)))


@few
@given(st.sampled_from([{}, None, {"m": []}, {"m": [1]}, {"m": "ab"}]))
def test_dials_and_growth(curves):
    good = {"m": [1.0, 2.0]}
    refused(plots.dials, [0.5, 1.0], curves, good, (1, 2))
    refused(plots.dials, [0.5, 1.0], good, curves, (1, 2))
    refused(plots.dials, [0.5, 1.0], good, good, (1,))
    many = dict.fromkeys("abcd", [1.0, 2.0])
    refused(plots.dials, [0.5, 1.0], many, good, (1, 2))  # one would be left out
    refused(plots.tokens.growth, curves)
    refused(plots.tokens.growth, {3: (IMAGE, 5)})


def test_every_door_that_takes_a_grid_says_its_shape():
    with pytest.raises(ValueError, match=r"seen must have a column a name, 2; got 3"):
        plots.tokens.mask(np.ones((2, 3), bool), ["a"], ["b"], axes())
    draw = functools.partial(plots.images.class_bars, ax=axes())
    with pytest.raises(ValueError, match="probabilities must be as many as .* classes, 11; got 2"):
        draw([0.5, 0.5])
