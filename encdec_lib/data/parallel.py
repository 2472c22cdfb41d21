"""Pairs of sequences, ready to train on: ids in padded arrays, and the tokens to score against."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int

from encdec_lib.data import own_text
from encdec_lib.data.buckets import length_buckets as length_buckets
from encdec_lib.data.choosing import chosen_examples
from encdec_lib.data.garbage import garbage_collection_paused as garbage_collection_paused
from encdec_lib.data.normal_form import all_composed, nfc_lists
from encdec_lib.data.padding import pad as pad
from encdec_lib.data.vocabulary import EOS, PAD, Vocabulary, encode_lists


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
        chosen = chosen_examples(indices, len(self))
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


class TextSplits(Splits):
    """The parts of a file that :func:`read` read, and what it left out."""

    pairs: int = 0  # how many pairs the file holds
    left_out: dict[str, int]  # reason to number of pairs
    summary: str = ""  # both in a line, with the sizes of the parts

    def __repr__(self) -> str:
        return f"{self.summary}\n{super().__repr__()}"


def read(
    path: str | Path | Sequence[str | Path],
    *,
    tokens: str | tuple[str, str] = "words",
    vocabulary_size: int | tuple[int | None, int | None] | None = None,
    lowercase: bool | tuple[bool, bool] = False,
    min_count: int | tuple[int, int] = 1,
    max_length: int | None = 50,
    dev: float | int = 0.1,
    test: float | int = 0.1,
    columns: Sequence[int | str] | None = None,
    separator: str | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
) -> TextSplits:
    """Pairs of your own, from a file to examples: exports of Anki and Tatoeba, CSV, two files.

    Every text is brought into Unicode's composed form (NFC) with single spaces. Of a source that
    comes more than once, the first target is trained on and all count as right; the same pair
    again, and pairs with an empty side, are left out. Vocabularies are those of the training
    part, ``source_vocabulary.encode_texts("I am tired.")`` makes a batch of what you type and
    ``target_vocabulary.decode_text(ids)`` a text of what a model writes: see
    :class:`~encdec_lib.data.text_vocabulary.TextVocabulary`.

    **Split.** A source's part depends on a hash of its words and signs in lower case, and on
    nothing else: :func:`~encdec_lib.data.own_text.part_of` states the rule. Examples stand in the
    order of their hash, so the first n of a part are a fair sample.

    Args:
      path: of a table with a pair a line, or of two files of lines, ``("a.en", "a.de")``.
      tokens: ``"words"`` and signs, ``"characters"`` or ``"subwords"``; a pair where source and
        target differ. Subwords need the package ``tokenizers``.
      vocabulary_size: V of subwords at most, the four specials counted; 2,000 if None.
      lowercase: whether to read everything in lower case; a pair where the sides differ.
      min_count: words or characters that come fewer times in the training part are ``<unk>``.
        Take 2 or more so that a model learns what to do with unknown ones.
      max_length: pairs with more tokens on a side are left out; None keeps them.
      dev: share of the dev part.
      test: share of the test part.
      columns, separator, header, encoding: as for
        :func:`~encdec_lib.data.text_files.read_pairs`, which finds them for the usual files.

    Returns:
      ``(train, dev, test)``, a :class:`Splits` whose ``summary`` says what was left out and why.
      All parts have arrays of the same width.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: naming file and line where a line cannot be read; naming the argument else.
      ModuleNotFoundError: for subwords without the package ``tokenizers``.

    Example:
      >>> import pathlib, tempfile
      >>> with tempfile.TemporaryDirectory() as folder:
      ...     file = pathlib.Path(folder, "fra.txt")
      ...     _ = file.write_text("Go.\\tVa !\\nHi.\\tSalut !\\nI see.\\tJe vois.\\n")
      ...     data = read(file, lowercase=True)
      >>> data.train.source_vocabulary.decode_text(data.train.source[0])
      'i see .'
    """
    settings = map(own_text.both, (tokens, vocabulary_size, lowercase, min_count))
    source, target = (own_text.Side(*side) for side in zip(*settings, strict=True))
    found = own_text.read_examples(
        path,
        sides=(source, target),
        max_length=max_length,
        shares=(dev, test),
        columns=columns,
        separator=separator,
        header=header,
        encoding=encoding,
    )
    parts = [
        from_tokens(
            found.sources[part],
            found.references[part],
            *found.vocabularies,
            *found.widths,
            unknown="unk",
        )
        for part in own_text.PARTS
    ]
    splits = TextSplits(*parts)
    splits.pairs, splits.left_out = found.pairs, found.left_out
    splits.summary = own_text.summary(path, found)
    return splits


def from_tokens(
    source_tokens: list[list[str]],
    references: list[list[list[str]]],
    source_vocabulary: Vocabulary,
    target_vocabulary: Vocabulary,
    source_width: int | None = None,
    target_width: int | None = None,
    unknown: str = "error",
) -> ParallelText:
    """Encodes and pads token lists; the first reference of each example is its target.

    Args:
      source_tokens: N token lists.
      references: N lists of one or more accepted token lists.
      source_vocabulary: holds every source token.
      target_vocabulary: holds every token of the first references.
      source_width: S; the longest source if None.
      target_width: T, ``<eos>`` counted; the longest target if None.
      unknown: what to do with a token that its vocabulary does not hold: ``"error"`` raises,
        ``"unk"`` writes the id of ``<unk>``. ``source_tokens`` and ``references`` keep the token.

    Returns:
      The examples as :class:`ParallelText`, their tokens in Unicode's composed form, NFC.

    Raises:
      ValueError: if a token is unknown and ``unknown="error"``, a sequence is longer than its
        width, or an example has no reference.

    Example:
      >>> letters = Vocabulary("ab")
      >>> from_tokens([["a", "z"]], [[["b"]]], letters, letters, unknown="unk").source.tolist()
      [[4, 3]]
    """
    for name, given in (("source_tokens", source_tokens), ("references", references)):
        if isinstance(given, str) or not isinstance(given, Sequence):
            raise TypeError(f"{name} must be a list, one entry an example; got {given!r:.60}.")
    if unknown not in ("error", "unk"):
        raise ValueError(f'unknown must be "error" or "unk"; got {unknown!r}.')
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
    source_tokens = nfc_lists(source_tokens)
    if not all_composed({token for accepted in references for token in set().union(*accepted)}):
        references = [nfc_lists(accepted) for accepted in references]
    firsts = [accepted[0] for accepted in references]
    source = encode_lists("source_tokens", source_tokens, source_vocabulary, unknown)
    target = encode_lists("references", firsts, target_vocabulary, unknown)
    return ParallelText(
        pad(source, source_width),
        pad([[*ids, EOS] for ids in target], target_width),
        source_vocabulary,
        target_vocabulary,
        source_tokens,
        references,
    )
