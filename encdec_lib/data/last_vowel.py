"""Words, and the vowel that comes last in each: a task that asks for a gate."""

from typing import Any

import numpy as np

from encdec_lib.data.pronunciations import LETTERS
from encdec_lib.data.vocabulary import EOS, PAD

#: What can be the answer; the first where a word has no vowel. *y* counts as a consonant.
ANSWERS = ("none", "a", "e", "i", "o", "u")
#: From the id of a vowel in ``pronunciations.LETTERS`` to its answer.
VOWELS = {LETTERS.encode([vowel])[0]: k for k, vowel in enumerate(ANSWERS) if k}


def with_last_vowel(words: Any) -> tuple[np.ndarray, np.ndarray]:
    """Puts an end behind each word, and says which vowel came last.

    Args:
      words: ``(N, S)``, ids of letters, padded with 0, such as ``load().train.source``.

    Returns:
      The words with ``<eos>`` behind their last letters, ``(N, S + 1)``, and the place in
      :data:`ANSWERS` of each answer, ``(N,)``.

    Example:
      >>> word = LETTERS.encode(list("melody"))
      >>> tokens, answers = with_last_vowel([word])
      >>> ANSWERS[answers[0]], tokens.shape
      ('o', (1, 7))
    """
    tokens = np.pad(np.asarray(words), ((0, 0), (0, 1)), constant_values=PAD)
    tokens[np.arange(len(tokens)), (tokens != PAD).sum(axis=1)] = EOS
    answers = np.zeros(len(tokens), int)
    for column in tokens.T:
        for letter, answer in VOWELS.items():
            answers[column == letter] = answer
    return tokens, answers
