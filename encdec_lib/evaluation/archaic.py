"""What became of *thou*, *hath* and *cometh*: archaic forms, and whether an output turned them.

BLEU counts every word alike, and most words of a verse are the same in both Englishes. These counts
look at the words that must change.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: From an archaic form to those of today that may stand for it.
FORMS = {
    **dict.fromkeys(("thou", "thee", "ye"), ("you",)),
    "thy": ("your",), "thine": ("your", "yours"),
    "thyself": ("yourself",),
    "art": ("are",), "wast": ("were",), "wert": ("were",),
    "hast": ("have",), "hadst": ("had",), "hath": ("has", "have"),
    "dost": ("do",), "didst": ("did",), "doth": ("does", "do"), "doest": ("do",),
    **dict.fromkeys(("shalt", "wilt"), ("will", "shall")),
    "canst": ("can",), "couldest": ("could",), "shouldest": ("should",), "mayest": ("may",),
    "saith": ("says", "said"), "sayest": ("say",), "spake": ("spoke", "said"), "knowest": ("know",),
    "unto": ("to",), "yea": ("yes",), "nay": ("no",), "hither": ("here",), "whence": ("where",),
    "thither": ("there",), "wherefore": ("why", "therefore"), "begat": ("became",),
}  # fmt: skip
# cometh → comes, crieth → cries, sitteth → sits; "teeth" and names are no verbs
_VERB = re.compile(r"(?!teeth$)([a-z]{2,})eth")


class Turned(NamedTuple):
    """Counts over a set of outputs."""

    asked: int  # archaic forms that the reference has a form of today for
    right: int  # of these, those that the output has it for too
    left: int  # archaic forms that stand in the outputs

    @property
    def share(self) -> float:
        """Right of asked, in percent; NaN where none is asked."""
        return 100 * self.right / self.asked if self.asked else float("nan")


def modern_forms(word: str) -> tuple[str, ...]:
    """What may stand today for an archaic form; empty for any other word.

    Args:
      word: in small letters, as a verb in *-eth* at a sentence's start is not told from a name.

    Example:
      >>> modern_forms("thou"), modern_forms("cometh"), modern_forms("king")
      (('you',), ('coms', 'comes'), ())
      >>> modern_forms("sitteth")
      ('sitts', 'sittes', 'sits')
    """
    if word in FORMS:
        return FORMS[word]
    verb = _VERB.fullmatch(word)
    if verb is None or ordinal(word):
        return ()
    stem = verb[1]
    doubled = (stem[:-1] + "s",) if len(stem) > 2 and stem[-1] == stem[-2] else ()
    return (stem + "s", stem + "es", *doubled)


def ordinal(word: str) -> bool:
    """Whether a word in *-eth* is a number: twentieth, thirtieth.

    Example:
      >>> ordinal("thirtieth"), ordinal("crieth")
      (True, False)
    """
    return word.endswith("tieth")


def turned(
    sources: Sequence[Sequence[str]],
    outputs: Sequence[Sequence[str]],
    references: Sequence[Sequence[Sequence[str]]],
) -> Turned:
    """How many archaic forms of the sources the outputs have in today's form.

    A form is *asked* for in a verse as often as it stands in the source, but no more often than the
    first reference has a form of today for it: where the translators wrote something else, nothing
    is asked. It is *right* as often as the output has one too. Forms that become the same word
    (*thou*, *thee*, *ye*) are counted together. Order and place are not looked at.

    Args:
      sources: N lists of words.
      outputs: N lists of words.
      references: N lists of accepted lists of words.

    Returns:
      :class:`Turned`.

    Raises:
      ValueError: if the numbers of entries differ.

    Example:
      >>> source = "thou hast a good heart , and thy king cometh".split()
      >>> reference = "you have a good heart , and your king comes".split()
      >>> turned([source], ["you hast a heart".split()], [[reference]])
      Turned(asked=4, right=1, left=1)
    """
    if not len(sources) == len(outputs) == len(references):
        raise ValueError(
            f"sources, outputs and references need one entry an example; got {len(sources)}, "
            f"{len(outputs)} and {len(references)}."
        )
    asked = right = left = 0
    for source, output, accepted in zip(sources, outputs, references, strict=True):
        wanted = Counter(forms for forms in map(modern_forms, _small(source)) if forms)
        written, expected = Counter(_small(output)), Counter(_small(accepted[0]))
        for forms, count in wanted.items():
            due = min(count, sum(expected[form] for form in forms))
            asked += due
            right += min(due, sum(written[form] for form in forms))
        left += sum(count for word, count in written.items() if modern_forms(word))
    return Turned(asked, right, left)


def _small(words: Iterable[str]) -> list[str]:
    """Words in small letters, but for those in *-eth*: with a capital they are mostly names."""
    return [word if word.endswith("eth") else word.lower() for word in words]
