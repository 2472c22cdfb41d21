"""English to Korean with a dial for length: a small grammar with exactly one right answer each.

A sentence is a chain of clauses. The English clause is subject, verb, object, place; the Korean
one is subject, place, object, verb, with particles after each noun::

    the cat sees a red ball in the garden
    고양이 가 정원 에서 빨간 공 을 본다

What makes it more than word-by-word replacement:

- **Order crosses.** The Korean verb is last and the place comes early. In *A while B* the Korean
  for B comes first (*B 는 동안 A*), so whole clauses change places.
- **Particles depend on sound.** 이 or 가, 을 or 를: the first of each pair after a final
  consonant, which Unicode gives away (:func:`~encdec_lib.data.grammar.ends_in_consonant`).
- **A verb's form depends on what follows it.** 본다 ends a sentence, 보고 is "sees, and", 보지만
  "sees, but", 보는 동안 "while … sees".
- **Articles vanish.** Korean has none, so *the* and *a* leave no trace.

24 nouns (12 of them can act), 12 adjectives, 12 verbs (8 with an object), 8 places, three ways to
join: 62 English words, 98 Korean tokens. A clause has 3 to 10 English tokens. Sentences of every
length from 4 tokens on exist: 1,152 of four tokens, 8,832 of five, then many more.

**Split.** A sentence's part depends on a hash of its English words and on nothing else: one in
eight is test, one in eight is dev, so no sentence is in two parts, however many are generated and
with whatever seed. The words and the clauses are the same in all parts: a new sentence is new as
a whole.
"""

import itertools
import random
from collections.abc import Sequence

from encdec_lib.data.grammar import (
    ENGLISH,
    GLOSS,
    KOREAN,
    Sentence,
    alignment,
    ends_in_consonant,
    translate,
)
from encdec_lib.data.hashing import text_hash
from encdec_lib.data.parallel import ParallelText, Splits, from_tokens, garbage_collection_paused
from encdec_lib.data.random_sentences import (
    SHORTEST,
    draw_clause,
    draw_join,
    draw_sentence,
    growing_stages,
)
from encdec_lib.runtime.checks import check_whole, is_whole

__all__ = [
    "BUCKET_EDGES",
    "ENGLISH",
    "GLOSS",
    "KOREAN",
    "alignment",
    "ends_in_consonant",
    "generate",
    "growing_sentence",
    "load",
    "part_of",
    "translate",
]

BUCKET_EDGES = (4, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56, 61)  # 4–10, 11–15, 16–20, …


def part_of(tokens: Sequence[str]) -> str:
    """The part a sentence belongs to: ``"train"``, ``"dev"`` or ``"test"``.

    The rule: BLAKE2b of the words joined by spaces, 8 bytes, read as a number modulo 8; 0 is
    test, 1 is dev.

    Example:
      >>> part_of("the big cat sleeps".split())
      'test'
    """
    return ("test", "dev", "train")[min(text_hash(" ".join(tokens)) % 8, 2)]


@garbage_collection_paused()
def load(
    train: int = 30_000,
    test_per_bucket: int = 96,
    min_length: int = 4,
    max_length: int = 50,
    test_max: int | None = None,
    seed: int = 0,
) -> Splits:
    """Sentences to train on, and as many dev and test sentences for every bucket of lengths.

    Training lengths are spread evenly over ``min_length`` to ``max_length`` source tokens. Dev
    and test have ``test_per_bucket`` different sentences in each bucket of ``BUCKET_EDGES`` (4
    to 10, 11 to 15, 16 to 20, …), lengths spread evenly inside it.

    Args:
      train: number of training sentences. Very short ones repeat, as few of them exist.
      test_per_bucket: number of sentences a bucket, in dev and in test each.
      min_length: shortest source, at least 3 tokens.
      max_length: longest source in training and dev.
      test_max: longest source in test, to ask for more than was trained; ``max_length`` if None.
      seed: another seed gives other sentences.

    Returns:
      ``Splits(train, dev, test)``. ``source`` is as wide as the longest length asked for, and
      ``target`` one wider, so shapes do not depend on the seed.

    Raises:
      ValueError: if lengths are out of order or ask for more different sentences than exist.
    """
    check_whole("train", train)
    test_max = max_length if test_max is None else test_max
    check_whole("test_per_bucket", test_per_bucket)
    check_whole("test_max", test_max, least=min_length if is_whole(min_length) else 1)
    return Splits(
        generate(train, min_length, max_length, seed, "train"),
        _by_bucket(test_per_bucket, min_length, max_length, seed, "dev"),
        _by_bucket(test_per_bucket, min_length, test_max, seed, "test"),
    )


@garbage_collection_paused()
def generate(
    count: int, min_length: int, max_length: int, seed: int = 0, part: str = "train"
) -> ParallelText:
    """Sentences whose source lengths are spread evenly over a range, in random order.

    Args:
      count: N, the number of sentences.
      min_length: fewest source tokens, at least 3.
      max_length: most source tokens; also S.
      seed: the same seed gives the same sentences.
      part: ``"train"``, where a sentence may repeat, or ``"dev"`` or ``"test"``, where all
        differ.

    Returns:
      N examples, ``source`` ``(N, max_length)`` and ``target`` ``(N, max_length + 1)``.

    Raises:
      ValueError: if ``count`` is below 1, the lengths are out of order, ``part`` is none of the
        three, or too few different sentences of a length exist.
    """
    check_whole("count", count)
    sentences = _draw(count, min_length, max_length, seed, part)
    return _parallel(sentences, max_length)


def growing_sentence(max_length: int = 50, seed: int = 0) -> list[tuple[list[str], list[str]]]:
    """One sentence that grows: each next one is the last with words added, none taken away.

    The first two are test sentences. There are so many longer ones that training has practically
    never met the same.

    Args:
      max_length: no sentence has more source tokens.
      seed: another seed gives another sentence.

    Returns:
      Pairs ``(source tokens, reference tokens)``, shortest (4 tokens) first. Steps are 1, 3 or 6
      tokens: an adjective, a place, a new clause with its join.

    Raises:
      ValueError: if ``max_length`` is below 4.

    Example:
      >>> [" ".join(source) for source, _ in growing_sentence(max_length=7)]
      ['a heavy boy runs', 'a heavy boy runs in the market']
    """
    if not is_whole(max_length) or max_length < 4:
        raise ValueError(f"max_length must be at least 4; got {max_length!r}.")
    rng = random.Random(f"growing {seed}")
    first = draw_clause(rng, 7, (0, 1, 0, 1))
    while any(part_of(stage.english()) != "test" for stage in growing_stages(first)):
        first = draw_clause(rng, 7, (0, 1, 0, 1))
    clauses, joins, steps, clause = [], [], [], first
    while True:
        for stage in growing_stages(clause):
            sentence = Sentence([*clauses, stage], joins)
            source = sentence.english()
            if len(source) > max_length:
                return steps
            steps.append((source, [token for token, _ in sentence.korean()]))
        clauses.append(clause)
        joins.append(draw_join(rng, joins))
        clause = draw_clause(rng, 10)


def _draw(
    count: int, min_length: int, max_length: int, seed: int, part: str, asked: str = "count"
) -> list[Sentence]:
    """Sentences of one part, lengths spread evenly, in random order."""
    check_whole("max_length", max_length)
    if not isinstance(part, str) or part not in ("train", "dev", "test"):
        raise ValueError(f'part must be "train", "dev" or "test"; got {part!r}.')
    if not is_whole(min_length) or not SHORTEST <= min_length <= max_length:
        raise ValueError(
            f"lengths need {SHORTEST} <= min_length <= max_length; got min_length={min_length}, "
            f"max_length={max_length}."
        )
    rng = random.Random(f"{part} {seed} {min_length} {max_length}")
    span = max_length - min_length + 1
    sentences, seen = [], set()
    for i in range(count):
        length = min_length + (2 * i + 1) * span // (2 * count)
        for _ in range(1000):
            sentence = draw_sentence(rng, length)
            english = tuple(sentence.english())
            if part_of(english) == part and (part == "train" or english not in seen):
                break
        else:
            raise ValueError(
                f"There are too few different {part} sentences of {length} tokens for "
                f"{asked}={count}; ask for fewer, or for a wider range of lengths."
            )
        seen.add(english)
        sentences.append(sentence)
    rng.shuffle(sentences)
    return sentences


def _by_bucket(
    test_per_bucket: int, min_length: int, max_length: int, seed: int, part: str
) -> ParallelText:
    """``test_per_bucket`` sentences for each bucket that begins within the range."""
    sentences = []
    edges = [*BUCKET_EDGES, *range(BUCKET_EDGES[-1] + 5, max_length + 6, 5)]
    edges[0] = min(edges[0], min_length)
    for low, high in itertools.pairwise(edges):
        low, high = max(low, min_length), min(high - 1, max_length)
        if low <= high:
            sentences += _draw(test_per_bucket, low, high, seed, part, "test_per_bucket")
    return _parallel(sentences, max_length)


def _parallel(sentences: list[Sentence], max_length: int) -> ParallelText:
    return from_tokens(
        [sentence.english() for sentence in sentences],
        [[[token for token, _ in sentence.korean()]] for sentence in sentences],
        ENGLISH,
        KOREAN,
        max_length,
        max_length + 1,
    )
