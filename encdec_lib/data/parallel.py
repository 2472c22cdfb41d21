"""Pairs of sequences, ready to train on: ids in padded arrays, and the tokens to score against."""

import contextlib
import gc
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int

from encdec_lib.data.vocabulary import EOS, PAD, Vocabulary
from encdec_lib.runtime.checks import check_whole, is_whole
from encdec_lib.runtime.inputs import as_numbers


@dataclass(frozen=True, eq=False)
class ParallelText:
    """N examples of a source sequence and its target sequence.

    Source rows hold the tokens alone. Target rows end in ``<eos>`` and have no ``<bos>``: a
    decoder's input is the target moved one step to the right. Both are filled up with 0.
    """

    # ids of the input X, 0-padded on the right
    source: Int[np.ndarray, "N S"]
    # ids of the output Y, each row ending in <eos>, 0-padded
    target: Int[np.ndarray, "N T"]
    source_vocabulary: Vocabulary
    target_vocabulary: Vocabulary
    # the same inputs as strings
    source_tokens: list[list[str]]
    # for each example one or more token lists that count as right; training uses `target`
    references: list[list[list[str]]]

    def __post_init__(self):
        sizes = [len(x) for x in (self.source, self.target, self.source_tokens, self.references)]
        if len(set(sizes)) > 1:
            raise ValueError(
                "source, target, source_tokens and references need one entry an example; got "
                f"{', '.join(map(str, sizes))} of them."
            )

    def __len__(self) -> int:
        """N, the number of examples."""
        return len(self.source)

    def __repr__(self) -> str:
        return (
            f"ParallelText({len(self):,} examples, source {self.source.shape} over "
            f"{len(self.source_vocabulary)} symbols, target {self.target.shape} over "
            f"{len(self.target_vocabulary)})"
        )

    @property
    def source_lengths(self) -> Int[np.ndarray, " N"]:
        """Tokens in each source row, padding not counted."""
        return (self.source != PAD).sum(axis=1)

    @property
    def target_lengths(self) -> Int[np.ndarray, " N"]:
        """Tokens in each target row, ``<eos>`` counted, padding not."""
        return (self.target != PAD).sum(axis=1)

    def take(self, indices: Any) -> "ParallelText":
        """The examples at ``indices``, in that order, in arrays as wide as before.

        Args:
          indices: positions, a slice, or one flag an example.

        Returns:
          A new ``ParallelText``; the vocabularies are shared.

        Raises:
          IndexError: if a position is not in ``[-N, N)``.

        Example:
          >>> letters = Vocabulary("ab")
          >>> text = from_tokens([["a"], ["a", "b"]], [[["b"]], [["b", "a"]]], letters, letters)
          >>> text.take([1]).source_tokens, text.take([1]).target.tolist()
          ([['a', 'b']], [[5, 4, 2]])
        """
        if not isinstance(indices, slice):
            indices = as_numbers("indices", indices)
            if indices.size == 0:
                indices = indices.astype(int)
            if not (indices.dtype == bool or np.issubdtype(indices.dtype, np.integer)):
                raise IndexError(f"indices must be whole numbers or flags; got {indices.dtype}.")
            flags = indices.dtype == bool
            if indices.shape != (len(self),) if flags else _outside(indices, len(self)).any():
                raise IndexError(
                    f"indices must be positions of {len(self)} examples or one flag each; got "
                    f"{indices.tolist()!r:.60}."
                )
        chosen = np.atleast_1d(np.arange(len(self))[indices])
        return replace(
            self,
            source=self.source[chosen],
            target=self.target[chosen],
            source_tokens=[self.source_tokens[i] for i in chosen],
            references=[self.references[i] for i in chosen],
        )


class Splits(NamedTuple):
    """Three parts that share no example: to learn from, to choose settings on, to report on."""

    train: ParallelText
    dev: ParallelText
    test: ParallelText


def from_tokens(
    source_tokens: list[list[str]],
    references: list[list[list[str]]],
    source_vocabulary: Vocabulary,
    target_vocabulary: Vocabulary,
    source_width: int | None = None,
    target_width: int | None = None,
) -> ParallelText:
    """Encodes and pads token lists; the first reference of each example is its target.

    Args:
      source_tokens: N token lists.
      references: N lists of one or more accepted token lists.
      source_vocabulary: holds every source token.
      target_vocabulary: holds every token of the references.
      source_width: S; the longest source if None.
      target_width: T, ``<eos>`` counted; the longest target if None.

    Returns:
      The examples as :class:`ParallelText`.

    Raises:
      ValueError: if a token is unknown, a sequence is longer than its width, or an example has
        no reference.
    """
    for name, given in (("source_tokens", source_tokens), ("references", references)):
        if isinstance(given, str) or not isinstance(given, Sequence):
            raise TypeError(f"{name} must be a list, one entry an example; got {given!r:.60}.")
    for i, accepted in enumerate(references):
        if not isinstance(accepted, Sequence) or isinstance(accepted, str):
            raise TypeError(
                f"references needs a list of token lists for each example; got {accepted!r:.40} "
                f"in example {i}."
            )
        if accepted and isinstance(accepted[0], str):
            raise TypeError(
                f"references needs a list of token lists for each example; got {accepted!r:.40} "
                f"in example {i}. Put it in a list of its own."
            )
        if not accepted:
            raise ValueError(f"references needs at least one token list; example {i} has none.")
    if len(source_tokens) != len(references):
        raise ValueError(
            f"references needs one entry an example of source_tokens, {len(source_tokens)}; got "
            f"{len(references)}."
        )
    source = _encoded("source_tokens", source_tokens, "source_vocabulary", source_vocabulary)
    target = [
        [*ids, EOS]
        for ids in _encoded(
            "references",
            [accepted[0] for accepted in references],
            "target_vocabulary",
            target_vocabulary,
        )
    ]
    return ParallelText(
        pad(source, source_width),
        pad(target, target_width),
        source_vocabulary,
        target_vocabulary,
        source_tokens,
        references,
    )


def _encoded(name: str, rows: Sequence, known: str, vocabulary: Any) -> list[list[int]]:
    """Ids of token lists; an unknown token is named with its place, and what can be done here."""
    if not isinstance(vocabulary, Vocabulary):
        raise TypeError(f"{known} must be a Vocabulary; got {type(vocabulary).__name__}.")
    found = []
    for i, tokens in enumerate(rows):
        try:
            found.append(vocabulary.encode(tokens))
        except ValueError:
            position = next(j for j, token in enumerate(tokens) if token not in vocabulary)
            raise ValueError(
                f"{name} must hold tokens of {known}, {len(vocabulary)} symbols; got "
                f"{list(tokens)[position]!r} in example {i} at position {position}. Add it to the "
                f"vocabulary, or put '<unk>' in its place."
            ) from None
    return found


def _outside(indices: np.ndarray, count: int) -> np.ndarray:
    """Which positions are none of ``count`` examples."""
    return (indices < -count) | (indices >= count)


def pad(sequences: Sequence[Sequence[int]], length: int | None = None) -> Int[np.ndarray, "N L"]:
    """Stacks sequences of ids into one array, short ones filled up with 0 on the right.

    Args:
      sequences: N lists of ids.
      length: L, the width of the array; the longest sequence if None.

    Returns:
      int32 array ``(N, L)``.

    Raises:
      ValueError: if a sequence has more than ``length`` ids.

    Example:
      >>> pad([[5, 6, 7], [8]]).tolist()
      [[5, 6, 7], [8, 0, 0]]
    """
    if length is not None:
        check_whole("length", length, least=0)
    try:
        lengths = np.fromiter(map(len, sequences), int, len(sequences))
    except TypeError:
        raise TypeError(
            f"sequences must be a list of lists of ids; got {sequences!r:.60}."
        ) from None
    longest = int(lengths.max(initial=0))
    if length is None:
        length = longest
    if longest > length:
        raise ValueError(
            f"length must be at least the longest sequence, {longest} ids at position "
            f"{int(lengths.argmax())}; got {length}. Raise length or cut the sequence."
        )
    padded = np.full((len(sequences), length), PAD, np.int32)
    real = np.arange(length) < lengths[:, None]  # (N, L)
    every = as_numbers("sequences", list(itertools.chain.from_iterable(sequences)))
    if every.size and not np.issubdtype(every.dtype, np.integer):
        raise ValueError(f"sequences must hold whole numbers, ids; got {every.dtype}.")
    padded[real] = every
    return padded


def length_buckets(
    lengths: Sequence[int] | np.ndarray, edges: Sequence[int]
) -> dict[str, Int[np.ndarray, " n"]]:
    """Sorts examples into groups of similar length.

    Bucket k holds ``edges[k] <= length < edges[k + 1]`` and is called by its first and last
    length. A length outside the edges is in no bucket; a bucket without examples is left out.

    Args:
      lengths: N lengths.
      edges: rising numbers, one more than there are buckets.

    Returns:
      Label to the positions of its examples, shortest first.

    Raises:
      ValueError: if there are fewer than two edges or they do not rise.

    Example:
      >>> {k: v.tolist() for k, v in length_buckets([4, 12, 10, 11], (4, 11, 16)).items()}
      {'4–10': [0, 2], '11–15': [1, 3]}
    """
    if isinstance(edges, str) or not isinstance(edges, Iterable) or not all(map(is_whole, edges)):
        raise ValueError(f"edges must be at least two rising numbers; got {edges!r}.")
    edges = [int(edge) for edge in edges]
    if len(edges) < 2 or any(a >= b for a, b in itertools.pairwise(edges)):
        raise ValueError(f"edges must be at least two rising numbers; got {edges}.")
    lengths = as_numbers("lengths", lengths)
    buckets = {}
    for low, high in itertools.pairwise(edges):
        members = np.flatnonzero((low <= lengths) & (lengths < high))
        if len(members):
            buckets[f"{low}–{high - 1}" if high - 1 > low else str(low)] = members
    return buckets


@contextlib.contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """Halves the time it takes to build a million small lists, none of which is garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
