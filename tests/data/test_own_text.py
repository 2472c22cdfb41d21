"""Mirrors encdec_lib/data/own_text.py, and `parallel.read`, which is its door."""

import hashlib
import random
import re
import unicodedata

import numpy as np
import pytest

from encdec_lib.data import parallel
from encdec_lib.data.own_text import part_of
from encdec_lib.data.vocabulary import EOS, PAD, UNK
from tests.helpers.own_pairs import lines


@pytest.fixture
def write(tmp_path):
    """Writes a file and gives its path."""

    def write(text, name="pairs.tsv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def anki(write):
    return write("\n".join(lines()) + "\n")


def texts(part):
    return [part.source_vocabulary.join(tokens) for tokens in part.source_tokens]


def by_the_stated_rule(source: str) -> str:
    """The docstring of part_of in other words; for sentences of plain words and a full stop."""
    words = " ".join(re.findall(r"[a-z]+|\.", source.lower()))
    digest = hashlib.blake2b(words.encode(), digest_size=8).hexdigest()
    place = int(digest, 16) % 1000
    return "test" if place < 100 else "dev" if place < 200 else "train"


def test_every_pair_is_in_the_part_that_the_rule_says(anki):
    data = parallel.read(anki)
    wanted = {"train": set(), "dev": set(), "test": set()}
    for line in lines():
        source = line.split("\t")[0]
        wanted[by_the_stated_rule(source)].add(source.replace(".", " ."))
    assert {part: set(texts(getattr(data, part))) for part in wanted} == wanted
    assert len(data.train) + len(data.dev) + len(data.test) == 100 == data.pairs
    assert min(map(len, data)) > 3 and data.left_out == {}


@pytest.mark.parametrize("n", [7, 31, 83])
def test_the_last_place_of_a_part_is_in_it(anki, n):
    source = lines()[n].split("\t")[0]
    words = source.lower().replace(".", " .")
    digest = hashlib.blake2b(words.encode(), digest_size=8).hexdigest()
    place = int(digest, 16) % 1000
    inside = parallel.read(anki, test=(place + 1) / 1000, dev=0)
    assert source.replace(".", " .") in texts(inside.test)
    outside = parallel.read(anki, test=place / 1000, dev=0)
    assert source.replace(".", " .") in texts(outside.train)


def test_the_examples_are_the_ids_of_their_tokens(anki):
    for part in parallel.read(anki, lowercase=True):
        assert part.source.shape[1] == 5 and part.target.shape[1] == 6
        for n, tokens in enumerate(part.source_tokens):
            assert tokens[0] == "the" and tokens[-1] == "."
            symbols = part.source_vocabulary.symbols
            assert [symbols[i] for i in part.source[n] if i != PAD] == tokens
            target = part.target_vocabulary.decode(part.target[n])
            assert target == part.references[n][0] and EOS in part.target[n]


def test_neither_the_order_of_the_lines_nor_the_run_matters(anki, write):
    shuffled = lines()
    random.Random(3).shuffle(shuffled)
    data, again = parallel.read(anki), parallel.read(write("\n".join(shuffled), "other.tsv"))
    for part, other in zip(data, again, strict=True):
        np.testing.assert_array_equal(part.source, other.source)
        np.testing.assert_array_equal(part.target, other.target)
        assert part.source_vocabulary == other.source_vocabulary


def test_the_part_does_not_hang_on_spelling_or_on_the_unit():
    for text in ("Où est-il ?", "The old dog waits.", "안녕하세요"):
        other = f"  {text.upper()} ".replace(" ", " \u00a0")
        assert part_of(text) == part_of(other)
    assert part_of("x", dev=0.0, test=0.999) == "test"
    assert part_of("x", dev=0.0, test=0.0) == "train"


def test_the_vocabularies_are_those_of_the_training_part_alone(anki):
    data = parallel.read(anki)
    seen = {token for tokens in data.train.source_tokens for token in tokens}
    assert set(data.train.source_vocabulary.symbols[4:]) == seen
    more = parallel.read(anki, dev=0.4, test=0.4)
    seen = {token for tokens in more.train.source_tokens for token in tokens}
    assert set(more.test.source_vocabulary.symbols[4:]) == seen


def test_an_unseen_word_is_unk_and_keeps_its_name_in_the_references(write):
    rare = next(
        f"The {w} dog." for w in ("zany", "icy", "sad") if part_of(f"The {w} dog.") != "train"
    )
    path = write("\n".join(lines() + [f"{rare}\tLe chien bizarre."]))
    data = parallel.read(path)
    part = getattr(data, part_of(rare))
    n = texts(part).index(rare.replace(".", " ."))
    assert (part.source[n] == UNK).sum() == 1 and (part.target[n] == UNK).sum() == 1
    assert part.references[n] == [["Le", "chien", "bizarre", "."]]
    assert part.source_tokens[n][1] in rare


def test_rare_words_are_unk(write):
    sources = [
        f"{w} sees" for w in ("a", "b", "c", "d", "e", "f") if part_of(f"{w} sees") == "train"
    ]
    path = write("\n".join(f"{source}\tx" for source in sources))
    data = parallel.read(path, min_count=2)
    assert data.train.source_vocabulary.symbols[4:] == ("sees",)
    assert (data.train.source == UNK).sum() == len(sources)


def test_several_translations_are_references_and_repeats_are_dropped(write):
    trained = next(f"w{i} ." for i in range(20) if part_of(f"w{i} .") == "train")
    rows = [
        f"{trained}\tun\t1",
        f" {trained.upper()}\tdeux\t2",
        f"{trained}\tUn\t3",
        f"{trained}\t\t4",
    ]
    data = parallel.read(write("\n".join(rows)), lowercase=True)
    assert data.train.references == [[["un"], ["deux"]]]
    assert data.left_out == {"the same pair again": 1, "with an empty side": 1}
    assert "4 pairs; 1 + 0 + 0 examples" in data.summary
    assert "1 the same pair again, 1 with an empty side" in repr(data)
    assert len(data.dev) == len(data.test) == 0
    assert data.dev.source.shape == (0, data.train.source.shape[1])


def test_pairs_that_are_too_long_are_counted(write):
    path = write("\n".join(lines() + ["The dog sees the very big cat.\tLe chien voit."]))
    data = parallel.read(path, max_length=5)
    assert data.left_out == {"longer than 5 tokens": 1}
    assert "very" not in data.train.source_vocabulary
    assert sum(map(len, data)) == 100
    assert sum(map(len, parallel.read(path, max_length=None))) == 101


def test_characters_and_a_unit_for_each_side(anki):
    data = parallel.read(anki, tokens=("words", "characters"), lowercase=(True, False))
    example = data.train.references[0][0]
    assert example[:3] == ["L", "e", "▁"] and data.train.source_tokens[0][0] == "the"
    for part in data:
        for tokens, row in zip(part.references, part.target, strict=True):
            said = part.target_vocabulary.decode_text(row)
            assert said == part.target_vocabulary.join(tokens[0]) and said.endswith(".")


def test_tatoeba_csv_and_two_files_give_the_same_examples(anki, write, tmp_path):
    pairs = [line.split("\t")[:2] for line in lines()]
    others = [
        write("\r\n".join(f"{n}\t{s}\t{9 * n}\t{t}" for n, (s, t) in enumerate(pairs)), "tatoeba"),
        write("\ufeff" + "".join(f'"{s}","{t}"\n' for s, t in pairs), "pairs.csv"),
        (
            write("\n".join(s for s, _ in pairs) + "\n", "a.en"),
            write("\n".join(t for _, t in pairs) + "\n", "a.fr"),
        ),
    ]
    for other in others:
        for part, wanted in zip(parallel.read(other), parallel.read(anki), strict=True):
            np.testing.assert_array_equal(part.source, wanted.source)
            np.testing.assert_array_equal(part.target, wanted.target)


def test_decomposed_text_is_the_same_text(anki, write):
    decomposed = write(unicodedata.normalize("NFD", "\n".join(lines())), "mac.tsv")
    for part, wanted in zip(parallel.read(decomposed), parallel.read(anki), strict=True):
        np.testing.assert_array_equal(part.target, wanted.target)
        assert part.references == wanted.references


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"tokens": "letters"}, "tokens must be one of words, characters, subwords; got 'letters'"),
        ({"tokens": ("words",)}, r"a pair, source first; got \('words',\)"),
        ({"max_length": 0}, "max_length must be a whole number of at least 1; got 0"),
        ({"min_count": 0}, "min_count must be a whole number of at least 1; got 0"),
        ({"min_count": True}, "min_count must be a whole number of at least 1; got True"),
        ({"dev": 0.5, "test": 0.5}, "dev and test must be shares .* got 0.5 and 0.5"),
        ({"test": -0.1}, "dev and test must be shares"),
        ({"test": float("nan")}, "dev and test must be shares"),
        ({"vocabulary_size": 50}, "vocabulary_size must be left out for words; got 50"),
        ({"tokens": "subwords", "min_count": 2}, "min_count must be left at 1 for subwords"),
        ({"max_length": 2}, r"of the 100 in .*pairs.tsv none is left \(100 longer than 2 tokens\)"),
    ],
)
def test_a_setting_that_cannot_be_is_named(anki, as_reader, arguments, message):
    with pytest.raises(ValueError, match=message):
        parallel.read(anki, **arguments)
