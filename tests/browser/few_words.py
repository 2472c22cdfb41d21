"""A few made-up words and their sounds, in the form of encdec_lib/web/page_data.py."""

import json

from encdec_lib.data.pronunciations import PHONEMES


def some_words() -> bytes:
    """64 words of three letters and two sounds."""
    words = [f"{a}{b}y {a.upper()}{b.upper()}" for a in "abcdefgh" for b in "aeioustr"]
    text = "\n".join(words)
    known = list(PHONEMES.symbols[4:])
    return json.dumps({"phonemes": known, "train": text, "held": text}).encode()
