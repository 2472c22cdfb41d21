"""A vocabulary that knows how a text becomes its tokens, and how tokens become a text again."""

import functools
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import regex
from jaxtyping import Int

from encdec_lib.data.normal_form import nfc
from encdec_lib.data.padding import pad
from encdec_lib.data.vocabulary import SPECIALS, Vocabulary

UNITS = ("words", "characters", "subwords")
SPACE = "▁"  # U+2581: a space as a character of a token, which is then seen in a figure
# What parts words, and a word (hyphens and apostrophes inside it belong to it) or a single sign:
# encdec_lib/widgets/parts/reading.js has the same two, and a browser test holds it to these.
_GAP = regex.compile(r"[\s\p{Cc}\ufeff▁]+")
_IN_WORD = r"\p{L}\p{M}\p{N}\p{Join_Control}"
_PIECE = regex.compile(rf"[{_IN_WORD}]+(?:['’-][{_IN_WORD}]+)*|[^\s{_IN_WORD}]")


class TextVocabulary(Vocabulary):
    """Symbols, with the rule by which they were cut out of texts.

    A text is first brought into one form: composed (NFC), spaces and control characters of any
    kind and number as one space, none around it, and in lower case if ``lowercase``. Then it is
    cut into

    - ``words``: words and signs; a hyphen or an apostrophe inside a word belongs to it. Spaces are
      lost, so :meth:`join` puts one between any two tokens.
    - ``characters``: code points, a space as ``▁``.
    - ``subwords``: parts of words by byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909): a
      word begins as characters, the first with a ``▁`` before it where the word had a space, and
      pairs are merged in the order in which ``merges`` has them.

    Args:
      symbols: without the specials, which are added; as for
        :class:`~encdec_lib.data.vocabulary.Vocabulary`.
      unit: ``"words"``, ``"characters"`` or ``"subwords"``.
      lowercase: whether a text is read in lower case.
      merges: of subwords, pairs of symbols.

    Raises:
      ValueError: if ``unit`` is another or ``merges`` come with another unit; and as
        :class:`~encdec_lib.data.vocabulary.Vocabulary`.

    Example:
      >>> words = TextVocabulary(["it", "rains", "."], lowercase=True)
      >>> words.tokens("It  rains, doesn't it?")
      ['it', 'rains', ',', "doesn't", 'it', '?']
      >>> words.encode_texts(["It rains.", "It pours."]).tolist()
      [[4, 5, 6], [4, 3, 6]]
      >>> words.decode_text([4, 5, 6, 2, 0])
      'it rains .'
    """

    def __init__(
        self,
        symbols: Iterable[str],
        unit: str = "words",
        *,
        lowercase: bool = False,
        merges: Sequence[tuple[str, str]] = (),
    ):
        super().__init__(symbols)
        if unit not in UNITS:
            raise ValueError(f"unit must be one of {', '.join(UNITS)}; got {unit!r}.")
        if merges and unit != "subwords":
            raise ValueError(f"merges belong to subwords alone; got {len(merges)} for {unit}.")
        self.unit, self.lowercase = unit, bool(lowercase)
        self.merges = tuple((first, second) for first, second in merges)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TextVocabulary) and other.rule != self.rule:
            return False
        return super().__eq__(other)

    __hash__ = Vocabulary.__hash__

    @property
    def rule(self) -> dict[str, Any]:
        """How texts are read, as plain data (``unit``, ``lowercase`` and ``merges``)."""
        merges = [list(pair) for pair in self.merges]
        return {"unit": self.unit, "lowercase": self.lowercase, "merges": merges}

    def clean(self, text: str) -> str:
        """The one form of a text: composed, single spaces, in lower case if that is the rule.

        Example:
          >>> TextVocabulary([], lowercase=True).clean(" Cafe\\u0301  noir ")
          'café noir'
        """
        if not isinstance(text, str):
            raise TypeError(f"text must be a string; got {type(text).__name__}.")
        text = nfc(text)
        if self.lowercase:
            text = nfc(text.lower())
        return _GAP.sub(" ", text).strip(" ")

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text; they need not be among the symbols.

        Example:
          >>> TextVocabulary([], "characters").tokens("a cat")
          ['a', '▁', 'c', 'a', 't']
        """
        return self.tokens_of_each([text])[0]

    def tokens_of_each(self, texts: Sequence[str]) -> list[list[str]]:
        """:meth:`tokens` of many texts at once, which is quicker for subwords."""
        texts = [self.clean(text) for text in texts]
        if self.unit == "characters":
            return [list(text.replace(" ", SPACE)) for text in texts]
        if self.unit == "words":
            return [_PIECE.findall(text) for text in texts]
        pieces = [spaced_pieces(text) for text in texts]
        encodings = self._bpe.encode_batch(pieces, is_pretokenized=True, add_special_tokens=False)
        return [  # cut out of the piece: an unknown character keeps its name
            [row[word][slice(*span)] for word, span in zip(e.word_ids, e.offsets, strict=True)]
            for row, e in zip(pieces, encodings, strict=True)
        ]

    def join(self, tokens: Iterable[str]) -> str:
        """Tokens as one text. Of characters and subwords it is :meth:`clean` of the original.

        Example:
          >>> TextVocabulary([], "subwords").join(["▁the", "▁qu", "ick", "▁fox", "."])
          'the quick fox.'
        """
        if self.unit == "words":
            return " ".join(tokens)
        return "".join(tokens).replace(SPACE, " ").strip(" ")

    def encode_texts(self, texts: str | Sequence[str]) -> Int[np.ndarray, "N S"]:
        """Texts as a batch of ids, ready for a model: ``<unk>`` for what is not a symbol.

        Args:
          texts: N texts, or one.

        Returns:
          int32 array ``(N, S)``, 0-padded; S is the length of the longest.

        Raises:
          ValueError: if there is no text, or one with no token in it.
        """
        texts = [texts] if isinstance(texts, str) else list(texts)
        rows = [self.encode(tokens, unknown="unk") for tokens in self.tokens_of_each(texts)]
        if not rows or not all(rows):
            at = f"text {rows.index([])} has none" if rows else "got no text"
            raise ValueError(f"texts must hold at least one text, each with a token; {at}.")
        return pad(rows)

    def decode_text(self, ids: Sequence[int] | np.ndarray) -> str:
        """The text of one sequence of ids, up to ``<eos>``.

        Args:
          ids: as for :meth:`~encdec_lib.data.vocabulary.Vocabulary.decode`.

        Returns:
          The text; ``<unk>`` stays.

        Raises:
          ValueError: as :meth:`~encdec_lib.data.vocabulary.Vocabulary.decode`.
        """
        return self.join(self.decode(ids))

    @functools.cached_property
    def _bpe(self) -> Any:
        tokenizers = _tokenizers()
        ids = {symbol: i for i, symbol in enumerate(self.symbols)}
        model = tokenizers.models.BPE(ids, list(self.merges), unk_token=SPECIALS[3])
        return tokenizers.Tokenizer(model)

    def __getstate__(self) -> dict[str, Any]:
        """Without the tokenizer, which is made again when it is needed."""
        return {name: value for name, value in vars(self).items() if name != "_bpe"}


def spaced_pieces(text: str) -> list[str]:
    """Words and signs of a clean text, with ``▁`` before those that follow a space or begin it.

    Joined they are the text, but for the first ``▁``.

    Example:
      >>> spaced_pieces("Stop, he's here!")
      ['▁Stop', ',', "▁he's", '▁here', '!']
    """
    return [
        SPACE * (found.start() == 0 or text[found.start() - 1] == " ") + found[0]
        for found in _PIECE.finditer(text)
    ]


def learn_symbols(
    token_lists: Iterable[Iterable[str]], like: TextVocabulary, min_count: int = 1
) -> TextVocabulary:
    """The vocabulary of words or characters: what occurs often enough, the most frequent first.

    Args:
      token_lists: of the texts to learn from, as ``like.tokens`` cuts them.
      like: whose rule to take; its symbols do not matter.
      min_count: a token that occurs fewer times is left to ``<unk>``.

    Returns:
      The vocabulary. Tokens that are equally frequent stand in the order of their code points.

    Example:
      >>> learn_symbols([["b", "a"], ["b", "c"]], TextVocabulary([])).symbols[4:]
      ('b', 'a', 'c')
    """
    counts = Counter(token for tokens in token_lists for token in tokens)
    kept = [token for token, count in counts.items() if count >= min_count]
    kept.sort(key=lambda token: (-counts[token], token))
    return TextVocabulary(kept, like.unit, lowercase=like.lowercase)


def learn_subwords(texts: Iterable[str], size: int, lowercase: bool = False) -> TextVocabulary:
    """Learns byte-pair merges from texts, with the package ``tokenizers``.

    Args:
      texts: to learn from, in any form.
      size: V, the most symbols that the vocabulary may have, with the four specials. Fewer come
        out where no pair occurs twice any more.
      lowercase: whether texts are read in lower case.

    Returns:
      The vocabulary of every character, then what was merged, in that order. The same texts
      give the same one.

    Raises:
      ValueError: if ``size`` is smaller than the number of characters and specials.
      ModuleNotFoundError: if ``tokenizers`` is not installed.
    """
    like = TextVocabulary([], "subwords", lowercase=lowercase)
    pieces = [spaced_pieces(like.clean(text)) for text in texts]
    characters = sorted({character for row in pieces for piece in row for character in piece})
    least = len(SPECIALS) + len(characters)
    if size < least:
        raise ValueError(
            f"vocabulary_size must be at least {least} here, {len(characters)} characters and "
            f"{len(SPECIALS)} specials; got {size}."
        )
    tokenizers = _tokenizers()
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=size - len(SPECIALS),
        min_frequency=2,
        show_progress=False,
        initial_alphabet=characters,
    )
    tokenizer.train_from_iterator(pieces, trainer)
    ids = tokenizer.get_vocab()
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    # Lists in files of tokenizers 0.20 and later, "first second" before.
    pairs = [pair.split(" ") if isinstance(pair, str) else pair for pair in merges]
    symbols = sorted(ids, key=ids.__getitem__)
    merges = [(first, second) for first, second in pairs]
    return TextVocabulary(symbols, "subwords", lowercase=lowercase, merges=merges)


def _tokenizers() -> Any:
    """The package ``tokenizers``, which only subwords need."""
    try:
        import tokenizers
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            'tokens="subwords" needs the package tokenizers, which is not installed. Run: pip '
            'install tokenizers. Or pass tokens="words" or tokens="characters".'
        ) from None
    return tokenizers
