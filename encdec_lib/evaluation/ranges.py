"""Do the runs of two models lie apart, and how often would they by chance?

Two models are trained from several seeds each. If every run of one is better than every run of the
other, their *ranges do not overlap*. That is the largest difference that ranks can show, and its
chance is known without asking how runs scatter.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from encdec_lib.runtime.inputs import as_numbers, check_finite


class Ranges(NamedTuple):
    """What :func:`compare_ranges` finds."""

    first: tuple[float, float]  # lowest and highest number of the first list
    second: tuple[float, float]  # of the second
    counts: tuple[int, int]  # how many numbers each list has

    @property
    def apart(self) -> bool:
        """Whether all numbers of one list lie above all of the other; a tie is an overlap."""
        return self.first[0] > self.second[1] or self.second[0] > self.first[1]

    @property
    def chance(self) -> float:
        """How often lists of such lengths lie apart, either way, if nothing tells them apart."""
        return min(1.0, 2 * self.chance_one_way)

    @property
    def chance_one_way(self) -> float:
        """How often the one that was named beforehand lies above, if nothing tells them apart."""
        return 1 / math.comb(sum(self.counts), self.counts[0])

    @property
    def words(self) -> str:
        """What a sentence says after "the ranges", such as "do not overlap"."""
        if min(self.counts) < 2:
            return "are of one run"
        return "do not overlap" if self.apart else "overlap"


def compare_ranges(first: Any, second: Any) -> Ranges:
    r"""Whether all numbers of one list lie above all of the other, and the chance of that.

    If both lists come from one distribution, every order of the n + m numbers is as likely as any
    other. One of them has all of the first list on top, so the chance is

    .. math:: P = 1 \Big/ \binom{n+m}{n}

    for the list that was expected to be higher before anybody looked, and twice that for either
    of them. Three runs against three lie apart by chance in 10% of all comparisons, five against
    five in 0.8%. On a page with thirty comparisons, three of the former are expected to.

    Args:
      first: n numbers, one a run.
      second: m numbers.

    Returns:
      The two ranges; :attr:`Ranges.apart`, :attr:`Ranges.chance` and :attr:`Ranges.words` say what
      follows.

    Raises:
      ValueError: if a list is empty, is no list, or holds something that is no finite number.

    Example:
      >>> found = compare_ranges([7.6, 7.8, 7.9], [9.0, 9.2, 9.4])
      >>> found.words, round(found.chance, 3)
      ('do not overlap', 0.1)
      >>> five = compare_ranges([1, 2, 3, 4, 5], [5, 6, 7, 8, 9])
      >>> five.words, round(five.chance, 4)
      ('overlap', 0.0079)

    Reference:
      Mann & Whitney (1947), On a test of whether one of two random variables is stochastically
      larger than the other, Ann. Math. Statist. 18(1): the case U = 0.
    """
    lists = _checked("first", first), _checked("second", second)
    low_high = [(float(numbers.min()), float(numbers.max())) for numbers in lists]
    return Ranges(low_high[0], low_high[1], (len(lists[0]), len(lists[1])))


def _checked(name: str, values: Any) -> np.ndarray:
    array = as_numbers(name, values)
    if array.ndim != 1 or not len(array):
        raise ValueError(f"{name} must be a list of numbers, one a run; got shape {array.shape}.")
    return check_finite(name, array).astype(np.float64)
