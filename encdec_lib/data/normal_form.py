"""One way to write each text: Unicode's composed form, NFC.

``é`` may be one character or an ``e`` and an accent, ``한`` one syllable or three letters. The two
look the same and are different strings, so every door through which text comes in calls this.
"""

import unicodedata
from collections.abc import Iterable, Sequence


def nfc(text: str) -> str:
    """The text with every character composed as far as Unicode allows.

    Example:
      >>> nfc("e\\u0301") == "\\u00e9"
      True
    """
    return unicodedata.normalize("NFC", text)


def nfc_tokens(tokens: Sequence[str]) -> Sequence[str]:
    """Tokens in their composed form; the same object where they all are already.

    Args:
      tokens: strings; a string counts as its letters.

    Returns:
      As many tokens, or of a string the composed string, which may be shorter.

    Example:
      >>> nfc_tokens(["cafe\\u0301", "de"]) == ["caf\\u00e9", "de"]
      True
    """
    if isinstance(tokens, str):
        return nfc(tokens)
    if all_composed(tokens):
        return tokens
    return [nfc(token) if isinstance(token, str) else token for token in tokens]


def nfc_lists(lists: list[list[str]]) -> list[list[str]]:
    """Many token lists in their composed form; quick where they are already.

    Args:
      lists: N token lists.

    Returns:
      The same object if nothing had to change, else a new list.

    Example:
      >>> nfc_lists([["de"], ["cafe\\u0301"]]) == [["de"], ["caf\\u00e9"]]
      True
    """
    if all_composed(set().union(*lists)):
        return lists
    return [list(nfc_tokens(tokens)) for tokens in lists]


def all_composed(tokens: Iterable[str]) -> bool:
    """Whether every token is in its composed form; what is no string is not looked at."""
    return all(
        unicodedata.is_normalized("NFC", token) for token in tokens if isinstance(token, str)
    )
