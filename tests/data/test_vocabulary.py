"""Mirrors encdec_lib/data/vocabulary.py."""

import numpy as np
import pytest

from encdec_lib.data.vocabulary import BOS, EOS, PAD, UNK, Vocabulary


@pytest.fixture
def letters():
    return Vocabulary("xyz")


def test_the_specials_come_first_and_padding_is_zero(letters):
    assert letters.symbols == ("<pad>", "<bos>", "<eos>", "<unk>", "x", "y", "z")
    assert (PAD, BOS, EOS, UNK) == (0, 1, 2, 3)
    assert len(letters) == 7


def test_encode_and_decode_undo_each_other(letters):
    assert letters.encode("zxy") == [6, 4, 5]
    assert letters.decode(letters.encode(["z", "x", "y"])) == ["z", "x", "y"]


def test_encode_adds_neither_start_nor_end(letters):
    assert letters.encode("x") == [4]
    assert letters.encode("") == []


def test_decode_stops_at_eos_and_leaves_out_padding_and_bos(letters):
    assert letters.decode(np.array([BOS, 4, PAD, UNK, 5, EOS, 6, 6])) == ["x", "<unk>", "y"]


def test_an_unknown_symbol_is_named_with_its_position_and_the_way_out(letters):
    with pytest.raises(ValueError, match=r"'q' at position 2 .* unknown=\"unk\""):
        letters.encode("xyq")


def test_unknown_symbols_become_unk_when_asked(letters):
    assert letters.encode("xq1", unknown="unk") == [4, UNK, UNK]


def test_other_values_of_unknown_are_refused(letters):
    with pytest.raises(ValueError, match=r'unknown must be "error" or "unk"; got \'skip\''):
        letters.encode("x", unknown="skip")


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        ("xyx", "'x' at position 2 came before"),
        (["x", "<eos>"], "'<eos>' at position 1"),
        (["x", ""], "'' at position 1"),
    ],
)
def test_bad_symbols_are_refused(symbols, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(symbols)


def test_symbols_that_are_not_strings_are_refused(as_reader):
    with pytest.raises(TypeError, match="got 5 of type int at position 1"):
        Vocabulary(["x", 5])


@pytest.mark.parametrize("bad", [7, -1])
def test_an_id_outside_the_vocabulary_is_refused(letters, bad):
    with pytest.raises(ValueError, match=rf"\[0, 7\); got {bad} at position 1"):
        letters.decode([4, bad])


def test_a_batch_is_not_decoded_as_one_sequence(letters):
    with pytest.raises(ValueError, match=r"shape \(2, 1\)"):
        letters.decode(np.array([[4], [5]]))


def test_vocabularies_with_the_same_symbols_are_equal(letters):
    assert letters == Vocabulary(["x", "y", "z"])
    assert hash(letters) == hash(Vocabulary("xyz"))
    assert letters != Vocabulary("zyx")
    assert "x" in letters
    assert "q" not in letters
