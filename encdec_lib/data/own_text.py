"""A reader's pairs of texts, from a file to token lists in three parts.

:func:`encdec_lib.data.parallel.read` is the door; here is what happens behind it.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from encdec_lib.data.hashing import check_shares, part_at, text_hash
from encdec_lib.data.text_files import Pair, read_pairs
from encdec_lib.data.text_vocabulary import (
    UNITS,
    TextVocabulary,
    learn_subwords,
    learn_symbols,
)

PARTS = ("train", "dev", "test")
SUBWORDS = 2000  # V, where nothing else is asked for
_LOWERCASE_WORDS = TextVocabulary([], lowercase=True)


class Side(NamedTuple):
    """How one side of the pairs is read."""

    tokens: str
    vocabulary_size: int | None
    lowercase: bool
    min_count: int


class Examples(NamedTuple):
    """What was read: the examples of each part, and what was left out."""

    sources: dict[str, list[list[str]]]  # part to token lists
    references: dict[str, list[list[list[str]]]]  # part to lists of accepted token lists
    vocabularies: tuple[TextVocabulary, TextVocabulary]
    pairs: int  # in the file
    left_out: dict[str, int]  # reason to number of pairs

    @property
    def widths(self) -> tuple[int, int]:
        """S and T, with room for the longest example of any part and its ``<eos>``."""
        sources = [len(tokens) for part in self.sources.values() for tokens in part]
        targets = [len(accepted[0]) for part in self.references.values() for accepted in part]
        return max(sources), max(targets) + 1


def part_of(source: str, dev: float | int = 0.1, test: float | int = 0.1) -> str:
    """The part that a source belongs to: ``"train"``, ``"dev"`` or ``"test"``.

    The rule: the words and signs of the source in lower case, joined by single spaces;
    BLAKE2b of that, 8 bytes, as a number modulo 1,000 (:func:`encdec_lib.data.hashing.text_hash`).
    Below ``1000 · test`` is test, the next ``1000 · dev`` are dev. Nothing else matters: neither
    the order of the lines nor how the text is cut into tokens.

    Args:
      source: a text.
      dev: share of the dev part.
      test: share of the test part.

    Example:
      >>> part_of("I am tired."), part_of("i am  tired .")
      ('dev', 'dev')
    """
    return part_at(_key(source), dev, test)


def read_examples(
    path: str | Path | Sequence[str | Path],
    *,
    sides: tuple[Side, Side],
    max_length: int | None,
    shares: tuple[float | int, float | int],
    **layout: Any,
) -> Examples:
    """Reads a file of pairs, divides it and learns the vocabularies from the training part.

    Args:
      path: as for :func:`~encdec_lib.data.text_files.read_pairs`.
      sides: how source and target are read.
      max_length: a pair with more tokens on a side is left out; None keeps all.
      shares: of the dev and the test part.
      **layout: columns, separator, header and encoding, as for
        :func:`~encdec_lib.data.text_files.read_pairs`.

    Returns:
      The examples of each part in the order of their hash.

    Raises:
      ValueError: as :func:`~encdec_lib.data.parallel.read`.
    """
    _check(sides, max_length, shares)
    pairs = read_pairs(path, **layout)
    rules = [TextVocabulary([], side.tokens, lowercase=side.lowercase) for side in sides]
    left_out: Counter[str] = Counter()
    groups = _grouped(pairs, rules, left_out)
    parts: dict[str, list[str]] = {part: [] for part in PARTS}
    for key, source in sorted((_key(source), source) for source in groups):
        parts[part_at(key, *shares)].append(source)
    train = parts["train"]
    texts = (train, [groups[source][0] for source in train])
    for n, side in enumerate(sides):
        if side.tokens == "subwords" and train:
            size = side.vocabulary_size or SUBWORDS
            rules[n] = learn_subwords(texts[n], size, side.lowercase)
    sources, references = {}, {}
    for part, names in parts.items():
        accepted = [groups[source] for source in names]
        cut = _cut(names, accepted, rules, max_length, left_out)
        sources[part], references[part] = cut
    if not sources["train"]:
        raise ValueError(
            f"path must hold a pair for training; of the {len(pairs)} in {_shown(path)} none is "
            f"left ({_reasons(left_out) or 'all are in dev and test'}). Give more, or lower dev "
            f"and test."
        )
    firsts = [accepted[0] for accepted in references["train"]]
    for n, (side, lists) in enumerate(zip(sides, (sources["train"], firsts), strict=True)):
        if side.tokens != "subwords":
            rules[n] = learn_symbols(lists, rules[n], side.min_count)
    return Examples(sources, references, (rules[0], rules[1]), len(pairs), dict(left_out))


def summary(path: Any, examples: Examples) -> str:
    """What was read and what was left out, in a line or two."""
    sizes = [len(examples.sources[part]) for part in PARTS]
    numbers = " + ".join(f"{size:,}" for size in sizes)
    left = _reasons(examples.left_out) or "nothing"
    return (
        f"{_shown(path)}: {examples.pairs:,} pairs; {numbers} examples in train, dev and test. "
        f"Left out: {left}."
    )


def both(value: Any) -> tuple[Any, Any]:
    """A setting of the two sides: a pair as it is, anything else twice.

    Example:
      >>> both("words"), both(("words", "characters"))
      (('words', 'words'), ('words', 'characters'))
    """
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ValueError(f"a setting of each side must be a pair, source first; got {value!r}.")
        return value[0], value[1]
    return value, value


def _key(source: str) -> int:
    return text_hash(" ".join(_LOWERCASE_WORDS.tokens(source)))


def _grouped(
    pairs: list[Pair], rules: list[TextVocabulary], left_out: Counter[str]
) -> dict[str, list[str]]:
    """Each source with its different targets, both in their clean form, in the file's order."""
    groups: dict[str, list[str]] = {}
    for pair in pairs:
        source, target = rules[0].clean(pair.source), rules[1].clean(pair.target)
        if not source or not target:
            left_out["with an empty side"] += 1
        elif target in (accepted := groups.setdefault(source, [])):
            left_out["the same pair again"] += 1
        else:
            accepted.append(target)
    return groups


def _cut(
    names: list[str],
    accepted: list[list[str]],
    rules: list[TextVocabulary],
    max_length: int | None,
    left_out: Counter[str],
) -> tuple[list[list[str]], list[list[list[str]]]]:
    """Texts as tokens, without those that are too long."""
    most = float("inf") if max_length is None else max_length
    sources, references = [], []
    flat = iter(rules[1].tokens_of_each([target for group in accepted for target in group]))
    for tokens, group in zip(rules[0].tokens_of_each(names), accepted, strict=True):
        targets = [next(flat) for _ in group]
        kept = [target for target in targets if len(target) <= most] if len(tokens) <= most else []
        if len(kept) < len(targets):
            left_out[f"longer than {max_length} tokens"] += len(targets) - len(kept)
        if kept:
            sources.append(tokens)
            references.append(kept)
    return sources, references


def _check(
    sides: tuple[Side, Side], max_length: int | None, shares: tuple[float | int, float | int]
) -> None:
    """One sentence on the first setting that cannot be."""
    for side in sides:
        if side.tokens not in UNITS:
            raise ValueError(f"tokens must be one of {', '.join(UNITS)}; got {side.tokens!r}.")
        for name, value in (
            ("min_count", side.min_count),
            ("max_length", max_length),
            ("vocabulary_size", side.vocabulary_size),
        ):
            if value is None and name != "min_count":
                continue
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a whole number of at least 1; got {value!r}.")
        if side.tokens == "subwords" and side.min_count != 1:
            raise ValueError(
                f"min_count must be left at 1 for subwords, of which rare words are made; got "
                f"{side.min_count}. Use vocabulary_size."
            )
        if side.tokens != "subwords" and side.vocabulary_size is not None:
            raise ValueError(
                f"vocabulary_size must be left out for {side.tokens}; got {side.vocabulary_size}. "
                f'Use min_count, or tokens="subwords".'
            )
    check_shares(*shares)


def _reasons(left_out: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in sorted(left_out.items()))


def _shown(path: Any) -> str:
    return str(path) if isinstance(path, (str, Path)) else " and ".join(map(str, path))
