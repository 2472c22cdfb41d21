"""Mirrors encdec_lib/data/parallel.py."""

import gc

import numpy as np
import pytest

from encdec_lib.data import ParallelText, Vocabulary, length_buckets, pad
from encdec_lib.data.parallel import from_tokens, garbage_collection_paused

LETTERS = Vocabulary("abc")  # a 4, b 5, c 6


@pytest.fixture
def text():
    source = [["a"], ["a", "b", "c"], ["c", "b"]]
    references = [[["b"], ["c"]], [["c"]], [["a", "a", "a", "a"]]]
    return from_tokens(source, references, LETTERS, LETTERS)


def test_sources_are_bare_and_targets_end_in_eos(text):
    np.testing.assert_array_equal(text.source, [[4, 0, 0], [4, 5, 6], [6, 5, 0]])
    np.testing.assert_array_equal(text.target, [[5, 2, 0, 0, 0], [6, 2, 0, 0, 0], [4, 4, 4, 4, 2]])
    assert text.source.dtype == text.target.dtype == np.int32


def test_lengths_do_not_count_padding(text):
    assert text.source_lengths.tolist() == [1, 3, 2]
    assert text.target_lengths.tolist() == [2, 2, 5]
    assert len(text) == 3


@pytest.mark.parametrize("indices", [[2, 0], np.array([2, 0]), (2, 0), [-1, -3]])
def test_take_keeps_the_order_and_the_width(text, indices):
    part = text.take(indices)
    assert part.source_tokens == [["c", "b"], ["a"]]
    assert part.references == [text.references[2], text.references[0]]
    assert part.source.shape == (2, 3)
    np.testing.assert_array_equal(part.target, text.target[[2, 0]])


def test_take_reads_slices_flags_and_nothing(text):
    assert text.take(slice(1, None)).source_tokens == text.source_tokens[1:]
    assert text.take(text.source_lengths > 2).source_tokens == [["a", "b", "c"]]
    assert len(text.take([])) == 0


def test_take_past_the_end_is_an_error(text):
    with pytest.raises(IndexError, match="3"):
        text.take([3])


def test_parts_of_unequal_size_are_refused(text, as_reader):
    with pytest.raises(ValueError, match="got 3, 3, 2, 3"):
        ParallelText(
            text.source, text.target, LETTERS, LETTERS, text.source_tokens[:2], text.references
        )


def test_an_example_without_a_reference_is_refused():
    with pytest.raises(ValueError, match="example 1 has none"):
        from_tokens([["a"], ["b"]], [[["a"]], []], LETTERS, LETTERS)


def test_pad_fills_up_with_zeros_to_the_length_asked_for():
    np.testing.assert_array_equal(pad([[5, 6], [], [7]], 3), [[5, 6, 0], [0, 0, 0], [7, 0, 0]])
    assert pad([]).shape == (0, 0)
    assert pad([[5]]).dtype == np.int32


def test_pad_refuses_to_cut():
    with pytest.raises(ValueError, match="3 ids at position 1; got 2"):
        pad([[1], [1, 2, 3]], 2)


def test_pad_agrees_with_a_loop():
    rng = np.random.default_rng(0)
    rows = [rng.integers(1, 9, size=n).tolist() for n in rng.integers(0, 7, size=50)]
    by_loop = np.zeros((50, 7), np.int32)
    for i, row in enumerate(rows):
        for j, number in enumerate(row):
            by_loop[i, j] = number
    np.testing.assert_array_equal(pad(rows, 7), by_loop)


def test_buckets_are_half_open_and_leave_out_what_is_outside_or_empty():
    buckets = length_buckets([3, 4, 10, 11, 15, 16, 60], (4, 11, 16, 17, 30))
    assert {k: v.tolist() for k, v in buckets.items()} == {
        "4–10": [1, 2],
        "11–15": [3, 4],
        "16": [5],
    }


@pytest.mark.parametrize("edges", [(4,), (4, 4), (9, 4)])
def test_edges_that_do_not_rise_are_refused(edges):
    with pytest.raises(ValueError, match="edges must be at least two rising numbers"):
        length_buckets([5], edges)


def test_garbage_collection_comes_back_even_after_an_error():
    with pytest.raises(KeyError), garbage_collection_paused():
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()


def test_an_unknown_token_is_an_error_with_its_place_or_unk():
    with pytest.raises(
        ValueError,
        match=r"source_tokens must hold tokens of source_vocabulary, "
        r".*got .z. in example 1 at position 1.*unk",
    ):
        from_tokens([["a"], ["b", "z"]], [[["b"]], [["c"]]], LETTERS, LETTERS)
    with pytest.raises(
        ValueError,
        match=r"references must hold tokens of target_vocabulary"
        r".* got .z. in example 0 at position 0",
    ):
        from_tokens([["a"]], [[["z"], ["a"]]], LETTERS, LETTERS)
    text = from_tokens([["a", "z"]], [[["y", "b"]]], LETTERS, LETTERS, unknown="unk")
    assert text.source.tolist() == [[4, 3]] and text.target.tolist() == [[3, 5, 2]]
    assert text.source_tokens == [["a", "z"]] and text.references == [[["y", "b"]]]
    with pytest.raises(ValueError, match='unknown must be "error" or "unk"; got \'skip\''):
        from_tokens([], [], LETTERS, LETTERS, unknown="skip")
