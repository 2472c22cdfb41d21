"""Strings of random symbols, to be written again: how much can an encoding hold?

Each symbol is one of V, all equally likely and independent of the others, so a string of n symbols
is :math:`n \\log_2 V` bits, and no model can know one of them but from the source. Text is not like
that: a language model guesses much of it, and an encoding need not hold what can be guessed.

Of the short lengths there are few strings (256 of two symbols from 16), so those of dev and test
occur in training; from six symbols on hardly any does. That is as it should be: the question is
what passes through the encoding, not what a model makes of strings it has never seen.
"""

import string
from collections.abc import Sequence

import numpy as np

from encdec_lib.data.garbage import garbage_collection_paused
from encdec_lib.data.parallel import ParallelText, Splits, from_tokens
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.runtime.checks import check_whole, is_whole

LENGTHS = (2, 4, 6, 8, 12, 16, 24, 32, 48, 64)


@garbage_collection_paused()
def load(
    train: int = 100_000,
    per_length: int = 96,
    lengths: Sequence[int] = LENGTHS,
    symbols: int = 16,
    seed: int = 0,
) -> Splits:
    """Strings whose target is the string itself, of every length as many.

    Args:
      train: number of training strings, spread evenly over the lengths.
      per_length: number of dev and of test strings of each length.
      lengths: n, symbols of a string.
      symbols: V, 2 to 26 different ones: the first letters of the alphabet.
      seed: another seed gives other strings.

    Returns:
      ``Splits(train, dev, test)``, in random order, ``source`` as wide as the longest string.

    Raises:
      ValueError: if a number is out of its range or ``lengths`` is empty.

    Example:
      >>> data = load(train=6, per_length=1, lengths=(2, 3), symbols=4)
      >>> sorted(data.train.source_lengths.tolist())
      [2, 2, 2, 3, 3, 3]
      >>> data.test.references[0] == [data.test.source_tokens[0]]
      True
    """
    check_whole("train", train)
    check_whole("per_length", per_length)
    check_whole("symbols", symbols, least=2, most=26)
    check_whole("seed", seed, least=0)
    if isinstance(lengths, str) or not len(lengths) or not all(map(is_whole, lengths)):
        raise ValueError(f"lengths must be one or more whole numbers; got {lengths!r}.")
    for length in lengths:
        check_whole("lengths", length)
    letters = Vocabulary(string.ascii_lowercase[:symbols])
    count = per_length * len(lengths)
    return Splits(
        *(
            _draw(np.random.default_rng([seed, part]), number, lengths, letters)
            for part, number in enumerate((train, count, count))
        )
    )


def _draw(
    rng: np.random.Generator, count: int, lengths: Sequence[int], letters: Vocabulary
) -> ParallelText:
    """``count`` strings, of each length as many or one more."""
    sizes = rng.permutation(np.resize(np.asarray(lengths), count))
    names = np.asarray(letters.symbols[4:])
    rows = [names[rng.integers(len(names), size=size)].tolist() for size in sizes]
    longest = max(lengths)
    return from_tokens(rows, [[row] for row in rows], letters, letters, longest, longest + 1)
