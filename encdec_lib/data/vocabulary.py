"""Symbols and their numbers.

Every vocabulary starts with the same four specials, so that 0 always means padding: a mask is
``ids != PAD``, whatever the task.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from encdec_lib.data.normal_form import nfc, nfc_tokens
from encdec_lib.encoding import BOS, EOS, PAD, UNK
from encdec_lib.runtime.inputs import as_numbers

SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")


class Vocabulary:
    """A fixed list of symbols, each with a number, its id.

    The specials come first: ``<pad>`` 0 fills up short rows, ``<bos>`` 1 starts a decoder,
    ``<eos>`` 2 ends a sequence, ``<unk>`` 3 stands for a symbol that is not listed. The symbols
    you give follow from 4 on, in your order.

    Args:
      symbols: the symbols, each a string and each once. A string counts as its letters. They
        are kept in Unicode's composed form, NFC, and so is what is asked for: ``é`` is one symbol,
        however it was typed.

    Raises:
      ValueError: if a symbol comes twice, is empty, or is one of the four specials.
      TypeError: if a symbol is not a string.

    Example:
      >>> letters = Vocabulary("abc")
      >>> len(letters), letters.encode("cab")
      (7, [6, 4, 5])
      >>> letters.decode([1, 6, 4, 5, 2, 0, 0])
      ['c', 'a', 'b']
      >>> letters.encode("cat", unknown="unk")
      [6, 4, 3]
    """

    def __init__(self, symbols: Iterable[str]):
        if not isinstance(symbols, Iterable):
            raise TypeError(f"symbols must be a list of strings; got {type(symbols).__name__}.")
        symbols = tuple(nfc(symbols) if isinstance(symbols, str) else symbols)
        ids = {symbol: i for i, symbol in enumerate(SPECIALS)}
        for i, symbol in enumerate(symbols):
            if not isinstance(symbol, str):
                raise TypeError(
                    f"symbols must be strings; got {symbol!r} of type "
                    f"{type(symbol).__name__} at position {i}. Turn it into a string first."
                )
            symbol = nfc(symbol)
            if symbol == "":
                raise ValueError(f"symbols must not be empty; got '' at position {i}. Remove it.")
            if symbol in SPECIALS:
                raise ValueError(
                    f"symbols must not hold the specials, which are added for you; got "
                    f"{symbol!r} at position {i}. Remove it."
                )
            if symbol in ids:
                raise ValueError(
                    f"symbols must differ; {symbol!r} at position {i} came before. Remove one."
                )
            ids[symbol] = len(ids)
        self.symbols = tuple(ids)
        self._ids = ids

    def __len__(self) -> int:
        """The number of ids, specials included: the V of an embedding or an output layer."""
        return len(self.symbols)

    def __contains__(self, symbol: object) -> bool:
        return (nfc(symbol) if isinstance(symbol, str) else symbol) in self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.symbols == other.symbols

    def __hash__(self) -> int:
        return hash(self.symbols)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} symbols: {' '.join(self.symbols[:8])} …)"

    def encode(self, tokens: Iterable[str], unknown: str = "error") -> list[int]:
        """Turns symbols into ids. Neither ``<bos>`` nor ``<eos>`` is added.

        Args:
          tokens: the symbols in order; a string counts as its letters.
          unknown: what to do with a symbol that is not listed: ``"error"`` raises,
            ``"unk"`` writes the id of ``<unk>``.

        Returns:
          One id a symbol.

        Raises:
          ValueError: if a symbol is not listed and ``unknown="error"``; the message names the
            symbol and its position. Also if ``unknown`` is neither of the two.
        """
        if not isinstance(tokens, Iterable):
            raise TypeError(f"tokens must be a list of strings; got {type(tokens).__name__}.")
        if unknown not in ("error", "unk"):
            raise ValueError(f'unknown must be "error" or "unk"; got {unknown!r}.')
        tokens = nfc(tokens) if isinstance(tokens, str) else list(tokens)
        try:
            return [self._ids[token] for token in tokens]
        except KeyError:
            tokens = nfc_tokens(tokens)
            if unknown == "unk":
                return [self._ids.get(token, UNK) for token in tokens]
            if all(token in self._ids for token in tokens):
                return [self._ids[token] for token in tokens]
            position, token = next((i, t) for i, t in enumerate(tokens) if t not in self._ids)
            raise ValueError(
                f"tokens holds {token!r} at position {position} (counting from 0), which is "
                f"not among the {len(self)} symbols of this vocabulary. Replace it, or pass "
                f'unknown="unk" to encode it as <unk>.'
            ) from None

    def decode(self, ids: Sequence[int] | np.ndarray) -> list[str]:
        """Turns ids back into symbols: stops at ``<eos>``, leaves out ``<pad>`` and ``<bos>``.

        Args:
          ids: one sequence of ids; a row of a batch will do, padding and all.

        Returns:
          The symbols; ``<unk>`` stays, since something stood there.

        Raises:
          ValueError: if ``ids`` has more than one axis or an id is not in ``[0, V)``.
        """
        ids = as_numbers("ids", ids)
        if ids.ndim != 1:
            raise ValueError(
                f"ids must be one sequence, shape (L,); got shape {ids.shape}. "
                f"Decode a batch row by row."
            )
        if ids.size and not np.issubdtype(ids.dtype, np.integer):
            raise ValueError(f"ids must be whole numbers; got {ids.dtype}.")
        tokens = []
        for position, i in enumerate(ids.tolist()):
            if not 0 <= i < len(self):
                raise ValueError(
                    f"ids must lie in [0, {len(self)}); got {i} at position {position}. "
                    f"Do these ids belong to another vocabulary?"
                )
            if i == EOS:
                break
            if i not in (PAD, BOS):
                tokens.append(self.symbols[i])
        return tokens


def encode_lists(
    name: str, lists: Sequence[Sequence[str]], vocabulary: Vocabulary, unknown: str = "error"
) -> list[list[int]]:
    """Token lists as ids; an unknown token is named with its place.

    Args:
      name: of the lists in an error, ``"source_tokens"`` or ``"references"``.
      lists: one list of tokens an example.
      vocabulary: holds them.
      unknown: as for :meth:`Vocabulary.encode`.

    Returns:
      One list of ids an example.

    Raises:
      ValueError: if a token is not listed and ``unknown="error"``.
      TypeError: if the vocabulary is none.

    Example:
      >>> encode_lists("source_tokens", [["a"], ["b", "a"]], Vocabulary("ab"))
      [[4], [5, 4]]
    """
    side = "source" if name == "source_tokens" else "target"
    if not isinstance(vocabulary, Vocabulary):
        raise TypeError(f"{side}_vocabulary must be a Vocabulary; got {type(vocabulary).__name__}.")
    ids = []
    for i, tokens in enumerate(lists):
        try:
            ids.append(vocabulary.encode(tokens, unknown))
        except ValueError:
            position = next(k for k, token in enumerate(tokens) if token not in vocabulary)
            raise ValueError(
                f"{name} must hold tokens of {side}_vocabulary, {len(vocabulary)} symbols; got "
                f"{list(tokens)[position]!r} in example {i} at position {position}. Add it to the "
                f'vocabulary, or pass unknown="unk" to encode it as <unk>.'
            ) from None
    return ids
