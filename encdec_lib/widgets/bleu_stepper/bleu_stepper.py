"""BLEU of two short translations, counted step by step (chapter 6)."""

import math
from collections.abc import Sequence
from pathlib import Path

import traitlets

from encdec_lib.data.normal_form import nfc
from encdec_lib.runtime.checks import check_whole
from encdec_lib.widgets.bleu_stepper.counting import LONGEST_RUN, brevity_penalty, found
from encdec_lib.widgets.host.inputs import texts
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget

_HERE = Path(__file__).parent
_SENTENCES = 2
_FEWEST, _MOST, _MOST_LETTERS = LONGEST_RUN, 6, 22  # of a sentence, on a phone


class BleuStepper(StepperWidget):
    r"""Two translations stand for a test set, and everything that BLEU counts is counted.

    First single words, then pairs, triples and runs of four: which of the output's stand in its
    reference, each at most as often as there. Then the counts of both sentences are added up and
    divided, and the shares become a score,

    .. math:: 100 \cdot \min(1, e^{1 - r/c}) \cdot (p_1 p_2 p_3 p_4)^{1/4}

    Args:
      outputs: two sentences of 4 to 6 words, with at most 22 letters.
      references: what each of them should equal, of the same sizes.
      step: where it begins, counted from 1.

    Raises:
      TypeError: if one of the two is no list of texts.
      ValueError: if a number or a size is another, or no run of some length is found, so that
        the product of the shares is 0.

    Example:
      >>> stepper = BleuStepper(
      ...     ["a dog sees a ball", "a horse runs in the park"],
      ...     ["a dog sees the big ball", "the horse runs in the park"],
      ... )
      >>> stepper.counts, round(stepper.score, 1)
      ([[9, 11], [6, 9], [4, 7], [2, 5]], 54.3)
    """

    _esm = _HERE / "bleu_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here the BLEU of two short translations is counted step by step: words, pairs, triples, "
        "runs of four, their shares and the penalty. It needs JavaScript, and no network."
    )

    outputs = traitlets.List().tag(sync=True)
    references = traitlets.List().tag(sync=True)
    found = traitlets.List().tag(sync=True)  # of each output, for n = 1 to 4: a truth value a run
    counts = traitlets.List().tag(sync=True)  # for n = 1 to 4: found and all, over both outputs
    penalty = traitlets.Float().tag(sync=True)
    mean = traitlets.Float().tag(sync=True)  # the fourth root of the product of the shares
    score = traitlets.Float().tag(sync=True)

    def __init__(self, outputs: Sequence[str], references: Sequence[str], *, step: int = 1):
        check_whole("step", step, least=1)
        written, wanted = _words("outputs", outputs), _words("references", references)
        marks = [
            [found(output, reference, n) for n in range(1, LONGEST_RUN + 1)]
            for output, reference in zip(written, wanted, strict=True)
        ]
        counts = [
            [sum(map(sum, of_length)), sum(map(len, of_length))]
            for of_length in zip(*marks, strict=True)
        ]
        for n, (good, _) in enumerate(counts, start=1):
            if good == 0:
                raise ValueError(
                    f"outputs must share a run of {n} words or more with their references, since a "
                    f"product with a 0 in it is 0; got {outputs!r:.200}."
                )
        penalty = brevity_penalty(sum(map(len, written)), sum(map(len, wanted)))
        mean = math.prod(good / every for good, every in counts) ** (1 / LONGEST_RUN)
        super().__init__(
            step=step,
            outputs=written,
            references=wanted,
            found=marks,
            counts=counts,
            penalty=penalty,
            mean=mean,
            score=100 * penalty * mean,
        )


def _words(name: str, sentences: Sequence[str]) -> list[list[str]]:
    split = [nfc(sentence).split() for sentence in texts(name, sentences)]
    if len(split) != _SENTENCES:
        raise ValueError(f"{name} must be {_SENTENCES} sentences; got {len(split)}.")
    for words in split:
        if not _FEWEST <= len(words) <= _MOST or len("".join(words)) > _MOST_LETTERS:
            raise ValueError(
                f"{name} must have {_FEWEST} to {_MOST} words each, with at most {_MOST_LETTERS} "
                f"letters; got {' '.join(words)!r:.60}."
            )
    return split
