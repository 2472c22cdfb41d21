"""Byte-pair merges, one at a time, over a few words that are counted (chapter 4)."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import traitlets

from encdec_lib.runtime.checks import check_whole
from encdec_lib.widgets.host.inputs import text, texts
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place
from encdec_lib.widgets.merge_stepper.pairs import learn, merged

_HERE = Path(__file__).parent
_MOST_WORDS, _MOST_LETTERS, _MOST_MERGES = 6, 9, 8  # what a phone has room for
_MOST_TEXT = 99


class MergeStepper(StepperWidget):
    """How letters become subwords: each step merges the pair that is most frequent.

    The words stand there as letters. A step counts which two tokens stand beside each other
    within a word, and makes one token of the most frequent pair wherever it stands; of pairs that
    are equally frequent, the one that comes first in the text. The last step cuts a word that the
    text does not have, with the same merges in the same order. All is counted when the figure is
    made.

    Args:
      words: the text, of up to 99 words, 1 to 6 of them different, with 2 to 9 letters each.
      new: a word of 2 to 9 letters that stand in the text; it is cut at the end.
      merges: how many, 1 to 8.
      step: where it begins, counted from 1.
      chosen: unused, since there is one text.

    Raises:
      TypeError: if ``words`` is no list of texts, or ``new`` no text.
      ValueError: if there are no words, or too many; one of them is too short, too long or no
        word; ``new`` stands in the text or has a letter that does not; or fewer merges can be
        learned.

    Example:
      >>> text = ["sing"] * 3 + ["reading"] * 2 + ["ring"]
      >>> figure = MergeStepper(text, new="reign", merges=3)
      >>> figure.merges, figure.cut[-1][1]
      ([('i', 'n'), ('in', 'g'), ('s', 'ing')], ['r', 'e', 'a', 'd', 'ing'])
    """

    _esm = _HERE / "merge_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here the letters of a few words grow together, step by step: the most frequent pair of "
        "neighbours becomes one token. It needs JavaScript, and no network."
    )

    words = traitlets.List().tag(sync=True)  # [word, how often], as they first occur
    merges = traitlets.List().tag(sync=True)  # (first, second)
    counts = traitlets.List().tag(sync=True)  # before each merge: (first, second, how often)
    cut = traitlets.List().tag(sync=True)  # before the first merge, and after each
    new = traitlets.List().tag(sync=True)  # the same for the word that is cut at the end

    def __init__(
        self, words: Sequence[str], *, new: str, merges: int = 7, step: int = 1, chosen: int = 0
    ):
        check_place(step, chosen)
        check_whole("merges", merges, most=_MOST_MERGES)
        given = texts("words", words)
        often = Counter(given)
        if not 1 <= len(often) <= _MOST_WORDS or len(given) > _MOST_TEXT:
            raise ValueError(
                f"words must be 1 to {_MOST_TEXT}, up to {_MOST_WORDS} of them different; got "
                f"{len(given)} with {len(often)} different ones."
            )
        for name, word in [("words", word) for word in often] + [("new", text("new", new))]:
            if not word.isalpha() or not 2 <= len(word) <= _MOST_LETTERS:
                raise ValueError(
                    f"{name} must have 2 to {_MOST_LETTERS} letters and nothing else; got "
                    f"{word!r:.40}."
                )
        if new in often or set(new) - set("".join(often)):
            raise ValueError(f"new must be another word of the letters in words; got {new!r}.")
        learned = learn(given, merges)
        if len(learned) < merges:
            raise ValueError(
                f"merges must be at most {len(learned)} here, where no pair occurs twice any more; "
                f"got {merges}."
            )
        stages = [list(new)]
        for one in learned:
            stages.append(merged(stages[-1], one.pair))
        super().__init__(
            step=step,
            chosen=chosen,
            words=[[word, count] for word, count in often.items()],
            merges=[one.pair for one in learned],
            counts=[one.counts for one in learned],
            cut=[[list(word) for word in often], *(one.cut for one in learned)],
            new=stages,
        )
