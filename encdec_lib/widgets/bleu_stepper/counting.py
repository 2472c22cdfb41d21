"""What BLEU counts: which runs of an output stand in its reference, and what comes of it."""

import math
from collections import Counter
from collections.abc import Sequence

LONGEST_RUN = 4


def runs(tokens: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """All runs of n tokens, from left to right.

    Args:
      tokens: T of them.
      n: how many a run has.

    Returns:
      T - n + 1 runs, none if T is less than n.

    Example:
      >>> runs("a dog sees".split(), 2)
      [('a', 'dog'), ('dog', 'sees')]
    """
    return [tuple(tokens[k : k + n]) for k in range(len(tokens) - n + 1)]


def found(output: Sequence[str], reference: Sequence[str], n: int) -> list[bool]:
    """Which runs of an output count: each at most as often as the reference has it.

    Args:
      output: its tokens.
      reference: the tokens that it should equal.
      n: how many tokens a run has.

    Returns:
      A truth value for each run of the output; of equal ones the first count.

    Example:
      >>> found("a dog sees a ball".split(), "a dog sees the big ball".split(), 1)
      [True, True, True, False, True]
    """
    left = Counter(runs(reference, n))
    counts = []
    for run in runs(output, n):
        counts.append(left[run] > 0)
        left[run] -= 1
    return counts


def brevity_penalty(written: int, wanted: int) -> float:
    """The factor below 1 for outputs that are shorter than their references.

    Args:
      written: c, tokens of all outputs.
      wanted: r, tokens of all references.

    Returns:
      The smaller of 1 and e to the power of 1 - r/c.

    Example:
      >>> round(brevity_penalty(11, 12), 4)
      0.9131
    """
    return min(1.0, math.exp(1 - wanted / written))
