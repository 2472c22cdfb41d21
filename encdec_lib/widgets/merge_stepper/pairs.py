"""Byte-pair encoding as chapter 4 writes it: count the pairs, merge the most frequent, repeat."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Pair = tuple[str, str]


class Merging(NamedTuple):
    """One merge, and what it was chosen from."""

    pair: Pair
    counts: list[tuple[str, str, int]]  # all pairs, the most frequent first
    cut: list[list[str]]  # each different word in its pieces, after this merge


def merged(pieces: Sequence[str], pair: Pair) -> list[str]:
    """The pieces of a word, after one merge from left to right.

    Args:
      pieces: of one word.
      pair: two pieces that become one wherever the second follows the first.

    Returns:
      The pieces, as many or fewer.

    Example:
      >>> merged(["s", "in", "g", "in", "g"], ("in", "g"))
      ['s', 'ing', 'ing']
    """
    out: list[str] = []
    for piece in pieces:
        if out and (out[-1], piece) == pair:
            out[-1] += piece
        else:
            out.append(piece)
    return out


def learn(words: Iterable[str], merges: int) -> list[Merging]:
    """Learns merges from a text.

    Of pairs that are equally frequent, the one that comes first in the text is merged.

    Args:
      words: the text; a word counts as often as it stands there.
      merges: how many at most.

    Returns:
      The merges in their order. Fewer come out where no pair occurs twice any more.

    Example:
      >>> [one.pair for one in learn(["sing", "king", "in"], 9)]
      [('i', 'n'), ('in', 'g')]
    """
    often = Counter(words)
    cut = {word: list(word) for word in often}
    learned: list[Merging] = []
    while len(learned) < merges:
        pairs: Counter[Pair] = Counter()
        for word, count in often.items():
            for pair in zip(cut[word], cut[word][1:], strict=False):
                pairs[pair] += count
        ranked = pairs.most_common()  # equals stay in the order in which they came
        if not ranked or ranked[0][1] < 2:
            break
        best = ranked[0][0]
        cut = {word: merged(pieces, best) for word, pieces in cut.items()}
        counts = [(first, second, count) for (first, second), count in ranked]
        learned.append(Merging(best, counts, list(cut.values())))
    return learned
