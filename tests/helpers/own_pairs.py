"""A file of pairs, such as a reader may bring."""

import itertools

ADJECTIVES = {"red": "rouge", "big": "grand", "old": "vieux", "new": "neuf", "wet": "mouillé"}
NOUNS = {"cat": "chat", "dog": "chien", "hat": "chapeau", "cup": "verre", "bed": "lit"}
VERBS = {"falls": "tombe", "waits": "attend", "sings": "chante", "burns": "brûle"}


def lines() -> list[str]:
    """A hundred pairs, as Anki writes them: English, French, who said so."""
    return [
        f"The {a} {n} {v}.\tLe {NOUNS[n]} {ADJECTIVES[a]} {VERBS[v]}.\tCC-BY 2.0 (France)"
        for a, n, v in itertools.product(ADJECTIVES, NOUNS, VERBS)
    ]
