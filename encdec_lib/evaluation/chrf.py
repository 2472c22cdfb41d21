"""chrF: how many runs of characters an output shares with its reference."""

from collections.abc import Sequence

from encdec_lib.data.normal_form import nfc
from encdec_lib.evaluation.edits import Tokens
from encdec_lib.evaluation.metrics import check_outputs


def chrf(hypotheses: Sequence[Tokens], references: Sequence[Sequence[Tokens]]) -> float:
    r"""chrF2 over the whole set, computed by sacrebleu: an F-score of runs of 1 to 6 characters.

    .. math:: 100 \cdot \frac{(1 + 2^2)\, P R}{2^2 P + R}

    P is the share of the output's runs that stand in the reference, R the share of the reference's
    that stand in the output, each the mean over the six lengths; recall counts twice as much.
    Spaces do not count. A word with a wrong ending still shares most of its characters, which BLEU
    does not see.

    Args:
      hypotheses: N lists of words and signs.
      references: N lists of accepted ones.

    Returns:
      0 to 100; 100 where every output equals its reference.

    Raises:
      ValueError: as :func:`~encdec_lib.evaluation.metrics.exact_match`, or if no reference holds a
        token.

    Example:
      >>> round(chrf(["you have not withheld".split()], [["you have not withholden".split()]]), 1)
      76.3

    Reference:
      Popović (2015), chrF: character n-gram F-score for automatic MT evaluation, WMT.
    """
    import sacrebleu  # here, since it takes a moment and few pages need it

    check_outputs(hypotheses, references)
    if not any(len(tokens) for accepted in references for tokens in accepted):
        raise ValueError("references hold no tokens; chrF needs at least one, got empty lists.")
    streams = [
        [_line(accepted[k]) if k < len(accepted) else None for accepted in references]
        for k in range(max(map(len, references)))
    ]
    # A sentence with fewer references has None in the other streams; sacrebleu's types forget it.
    lines = [_line(tokens) for tokens in hypotheses]
    scored = sacrebleu.corpus_chrf(
        lines,
        streams,  # pyright: ignore[reportArgumentType]  # see above
    )
    return min(scored.score, 100.0)


def _line(tokens: Tokens) -> str:
    return nfc(" ".join(tokens))
