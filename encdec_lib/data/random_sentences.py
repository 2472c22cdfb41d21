"""Random sentences of the English and Korean grammar, of the length that is asked for.

A seed's sentences depend on the order in which random numbers are taken here, so a change of that
order changes every number that was measured on them.
"""

import random
from collections.abc import Iterator, Sequence

from encdec_lib.data.grammar import (
    ACTORS,
    ADJECTIVES,
    ARTICLES,
    JOINS,
    NOUNS,
    PLACES,
    WITH_OBJECT,
    WITHOUT_OBJECT,
    Clause,
    Phrase,
    Sentence,
)
from encdec_lib.runtime.checks import check_whole

SHORTEST, LONGEST = 3, 10  # tokens of a clause
# (object, subject's adjective, object's adjective, place) for each length of a clause
_SHAPES = {
    3: [(0, 0, 0, 0)],
    4: [(0, 1, 0, 0)],
    5: [(1, 0, 0, 0)],
    6: [(1, 1, 0, 0), (1, 0, 1, 0), (0, 0, 0, 1)],
    7: [(1, 1, 1, 0), (0, 1, 0, 1)],
    8: [(1, 0, 0, 1)],
    9: [(1, 1, 0, 1), (1, 0, 1, 1)],
    10: [(1, 1, 1, 1)],
}
_WORDS = {
    name: tuple(table)
    for name, table in {
        "actor": ACTORS, "noun": NOUNS, "adjective": ADJECTIVES, "place": PLACES,
        "with": WITH_OBJECT, "without": WITHOUT_OBJECT,
    }.items()
}  # fmt: skip


def draw_sentence(rng: random.Random, length: int) -> Sentence:
    """A random sentence of exactly ``length`` English tokens, about 8 a clause.

    Raises:
      ValueError: if ``length`` is below 3.
    """
    check_whole("length", length, least=SHORTEST)
    # Each clause brings one join but the first: n clauses fill length + 1 with parts of 4 to 11
    total = length + 1
    fewest, most = -(-total // (LONGEST + 1)), total // (SHORTEST + 1)
    wanted = int(total / 8.5 + rng.random())
    n = min(max(wanted, fewest), most)
    sizes = []
    for left in range(n - 1, -1, -1):
        low = max(SHORTEST + 1, total - left * (LONGEST + 1))
        high = min(LONGEST + 1, total - left * (SHORTEST + 1))
        sizes.append(low + int(rng.random() * (high - low + 1)))
        total -= sizes[-1]
    rng.shuffle(sizes)  # the last drawn is the remainder: do not always put it last
    joins: list[str] = []
    for _ in sizes[1:]:
        joins.append(draw_join(rng, joins))
    return Sentence([draw_clause(rng, size - 1) for size in sizes], joins)


def draw_clause(rng: random.Random, length: int, shape: tuple | None = None) -> Clause:
    """A random clause of exactly ``length`` English tokens.

    Args:
      rng: where the choices come from.
      length: 3 to 10.
      shape: one of ``_SHAPES[length]``; drawn if None.

    Raises:
      ValueError: if ``length`` is outside.
    """
    check_whole("length", length, least=SHORTEST, most=LONGEST)
    has_object, adjective_1, adjective_2, has_place = shape or _pick(rng, _SHAPES[length])
    subject = Phrase(
        _pick(rng, ARTICLES),
        _pick(rng, _WORDS["adjective"]) if adjective_1 else None,
        _pick(rng, _WORDS["actor"]),
    )
    verb = _pick(rng, _WORDS["with" if has_object else "without"])
    object_ = None
    if has_object:
        noun = _pick(rng, _WORDS["noun"])
        while noun == subject.noun:
            noun = _pick(rng, _WORDS["noun"])
        adjective = _pick(rng, _WORDS["adjective"]) if adjective_2 else None
        object_ = Phrase(_pick(rng, ARTICLES), adjective, noun)
    return Clause(subject, verb, object_, _pick(rng, _WORDS["place"]) if has_place else None)


def draw_join(rng: random.Random, joins: list[str]) -> str:
    """A random join; "while" never follows "while", so that no sentence has two readings.

    Args:
      rng: where the choice comes from.
      joins: those of the sentence so far.
    """
    return _pick(rng, JOINS[:2] if joins and joins[-1] == "while" else JOINS)


def growing_stages(clause: Clause) -> Iterator[Clause]:
    """A clause bare, then with its adjectives, then with its place."""
    bare = clause.subject._replace(adjective=None)
    if clause.object is None:  # the first clause of a dial: start at four tokens
        yield clause._replace(place=None)
    else:
        plain = clause.object._replace(adjective=None)
        yield clause._replace(subject=bare, object=plain, place=None)
        yield clause._replace(subject=bare, place=None)
        yield clause._replace(place=None)
    yield clause


def _pick(rng: random.Random, choices: Sequence):
    return choices[int(rng.random() * len(choices))]
