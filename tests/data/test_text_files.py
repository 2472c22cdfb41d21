"""Mirrors encdec_lib/data/text_files.py."""

import pytest

from encdec_lib.data.text_files import Pair, read_pairs


@pytest.fixture
def write(tmp_path):
    """Writes bytes and gives their path."""

    def write(data: bytes, name="pairs.tsv"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def read(path, **layout):
    return [(pair.source, pair.target) for pair in read_pairs(path, **layout)]


def test_the_line_of_each_pair_is_kept_and_blank_lines_are_passed_over(write):
    path = write(b"a\tb\tmore\n\n \t \nc\td\n")
    assert read_pairs(path) == [Pair("a", "b", 1), Pair("c", "d", 4)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_kind_of_line_end_and_a_mark_at_the_start(write, end):
    assert read(write(b"\xef\xbb\xbfa\tb" + end + b"c\td")) == [("a", "b"), ("c", "d")]


def test_other_separators_of_unicode_stay_in_the_text(write):
    text = "a\u2028x\tb\x0by\nc\x85\td\x1c\n"
    assert read(write(text.encode())) == [("a\u2028x", "b\x0by"), ("c\x85", "d\x1c")]


def test_quotation_marks_are_text_in_a_table_of_tabs_and_enclose_columns_in_csv(write):
    assert read(write(b'"Go," he said\tb "c\n')) == [('"Go," he said', 'b "c')]
    data = b'"a, ""b"""\t,c\n"two\nlines",d\n'
    assert read(write(b'"a, ""b""",c\n"two\nlines",d\n', "p.CSV")) == [
        ('a, "b"', "c"),
        ("two\nlines", "d"),
    ]
    with pytest.raises(ValueError, match=r"p.csv, line 1, cannot be read as CSV"):
        read(write(data, "p.csv"))


def test_columns_by_number_by_name_and_as_tatoeba_has_them(write):
    table = write(b"id;english ;french\n7;Go.;Va !\n8;Hi.;Salut !\n", "x.csv")
    right = [("Go.", "Va !"), ("Hi.", "Salut !")]
    assert read(table, separator=";", columns=("english", "french")) == right
    assert read(table, separator=";", columns=(1, 2), header=True) == right
    assert read(table, separator=";", columns=(2, 1))[1:] == [pair[::-1] for pair in right]
    tatoeba = write(b"12\tGo.\t15\tVa !\n13\tHi.\t16\tSalut !\n")
    assert read(tatoeba) == right
    assert read(tatoeba, columns=(0, 1)) == [("12", "Go."), ("13", "Hi.")]
    assert read(write(b"1\tone\n2\ttwo\n")) == [("1", "one"), ("2", "two")]  # numbers, on purpose


def test_two_files_belong_together_line_by_line(write):
    files = write(b"a\n\nc\n", "a.en"), write(b"x\n\nz", "a.de")
    assert read_pairs(files) == [Pair("a", "x", 1), Pair("c", "z", 3)]
    with pytest.raises(ValueError, match=r"a.en has 3 and .*b.de has 2"):
        read((files[0], write(b"x\ny\n", "b.de")))
    with pytest.raises(ValueError, match="two files of lines; got 3 paths"):
        read((*files, files[0]))
    with pytest.raises(ValueError, match="columns must be left out for two files.*got \\(0, 1\\)"):
        read(files, columns=(0, 1))


def test_the_home_folder_is_understood(write, monkeypatch, tmp_path):
    write(b"a\tb\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert read("~/pairs.tsv") == [("a", "b")]


def test_bytes_of_another_encoding_are_named_with_their_line(write):
    path = write("a\tb\ncafé\tc\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"pairs.tsv, line 2, .*0xe9.*encoding=\"latin-1\""):
        read(path)
    assert read(path, encoding="latin-1")[1] == ("café", "c")
    wide = write("a\tb\n".encode("utf-16"), "wide.tsv")
    with pytest.raises(ValueError, match=r"wide.tsv, line 1, .*encoding=\"utf-16\""):
        read(wide)
    assert read(wide, encoding="utf-16") == [("a", "b")]
    with pytest.raises(ValueError, match="encoding must be one that Python knows; got 'klingon'"):
        read(wide, encoding="klingon")


@pytest.mark.parametrize(
    "data, layout, message",
    [
        (
            b"a\tb\nc d\n",
            {},
            r"pairs.tsv, line 2, needs a column 1 .* only 1, split at '\\t': 'c d'",
        ),
        (b"a\tb\n", {"columns": (1, 3)}, "line 1, needs a column 3 .* has only 2"),
        (
            b"en\tfr\na\tb\n",
            {"columns": ("en", "de")},
            "names the columns en, fr; columns asks for 'de'",
        ),
        (b"a\tb\n", {"columns": (1, 1)}, r"two different columns, source first; got \(1, 1\)"),
        (b"a\tb\n", {"columns": (0, -1)}, "numbers from 0 or names; got -1"),
        (b"a\tb\n", {"columns": "ab"}, "two different columns, source first; got 'ab'"),
        (b"a\tb\n", {"columns": ("a", "b"), "header": False}, "header must be True"),
        (b"a\tb\n", {"separator": ", "}, "separator must be one character"),
        (b'a,"b\n', {"separator": ","}, "line 1, cannot be read as CSV"),
    ],
)
def test_what_cannot_be_read_is_named(write, data, layout, message):
    with pytest.raises(ValueError, match=message) as caught:
        read(write(data), **layout)
    assert "Traceback" not in str(caught.value) and len(str(caught.value)) < 400


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no .*nothing.tsv"):
        read(tmp_path / "nothing.tsv")
    with pytest.raises(ValueError, match="is a folder"):
        read(tmp_path)


def test_an_empty_file_has_no_pairs(write):
    assert read(write(b"")) == read(write(b"\n\n")) == []
