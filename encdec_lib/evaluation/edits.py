"""How two sequences of tokens differ: the fewest edits from one to the other, step by step.

Tokens that differ only in how Unicode composes them are the same token.
"""

from collections.abc import Sequence
from typing import NamedTuple

from encdec_lib.data.normal_form import nfc_tokens

Tokens = Sequence[str]


def edit_distance(hypothesis: Tokens, reference: Tokens) -> int:
    """Fewest insertions, deletions and substitutions that turn one sequence into the other.

    Args:
      hypothesis: tokens.
      reference: tokens.

    Returns:
      The Levenshtein distance.

    Example:
      >>> edit_distance("kitten", "sitting")
      3

    Reference:
      Wagner & Fischer (1974), The string-to-string correction problem, J. ACM 21(1).
    """
    _check(hypothesis, reference)
    hypothesis, reference = nfc_tokens(hypothesis), nfc_tokens(reference)
    row = list(range(len(reference) + 1))  # row[j]: distance of the hypothesis so far to j tokens
    for i, token in enumerate(hypothesis, 1):
        diagonal, row[0] = row[0], i
        for j, wanted in enumerate(reference, 1):
            best = diagonal if token == wanted else 1 + min(diagonal, row[j], row[j - 1])
            diagonal, row[j] = row[j], best
    return row[-1]


class Edit(NamedTuple):
    """One step of an alignment: ``kind`` is "same", "wrong", "extra" or "missing"."""

    kind: str
    hypothesis: str | None  # None where a token is missing
    reference: str | None  # None where a token is extra


def edit_alignment(hypothesis: Tokens, reference: Tokens) -> list[Edit]:
    """Says token by token what differs, with as few edits as possible.

    Where several alignments need equally few, one with the most tokens right is given.

    Args:
      hypothesis: tokens.
      reference: tokens.

    Returns:
      Steps from left to right; those that are not "same" number :func:`edit_distance`.

    Example:
      >>> [step.kind for step in edit_alignment("abd", "abcd")]
      ['same', 'same', 'missing', 'same']
    """
    _check(hypothesis, reference)
    hypothesis, reference = nfc_tokens(hypothesis), nfc_tokens(reference)
    n, m = len(hypothesis), len(reference)
    gap = n + m + 1  # dearer than all matches together, so that edits decide first
    cost = [
        [gap * max(i, j) for j in range(m + 1)] for i in range(n + 1)
    ]  # right where i or j is 0

    def pair(i, j):
        return cost[i - 1][j - 1] + (-1 if hypothesis[i - 1] == reference[j - 1] else gap)

    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost[i][j] = min(pair(i, j), cost[i - 1][j] + gap, cost[i][j - 1] + gap)
    steps, i, j = [], n, m
    while i or j:
        if i and j and cost[i][j] == pair(i, j):
            i, j = i - 1, j - 1
            kind = "same" if hypothesis[i] == reference[j] else "wrong"
            steps.append(Edit(kind, hypothesis[i], reference[j]))
        elif i and cost[i][j] == cost[i - 1][j] + gap:
            i -= 1
            steps.append(Edit("extra", hypothesis[i], None))
        else:
            j -= 1
            steps.append(Edit("missing", None, reference[j]))
    return steps[::-1]


def _check(hypothesis: Tokens, reference: Tokens) -> None:
    for name, tokens in (("hypothesis", hypothesis), ("reference", reference)):
        if not isinstance(tokens, Sequence):
            raise TypeError(f"{name} must be a list of tokens; got {type(tokens).__name__}.")
