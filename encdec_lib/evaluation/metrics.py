"""How good an output is: shares, edit distances and BLEU, each with its unit.

Everything called a rate, a share or an accuracy is in percent, 0 to 100 (an error rate may pass
100 when the output is longer than the reference). Hypotheses are token lists, one an example;
references are lists of one or more accepted token lists, one list an example, as
:class:`~encdec_lib.data.parallel.ParallelText` holds them.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.data.normal_form import nfc, nfc_tokens
from encdec_lib.data.parallel import length_buckets
from encdec_lib.evaluation.edits import Tokens, edit_distance
from encdec_lib.runtime.inputs import as_numbers, check_ids


def exact_match(hypotheses: Sequence[Tokens], references: Sequence[Sequence[Tokens]]) -> float:
    """Share of outputs that equal one of their references, token for token, in percent.

    Args:
      hypotheses: N token lists.
      references: N lists of accepted token lists.

    Returns:
      Percent, 0 to 100.

    Raises:
      ValueError: if the two differ in number, are empty, or an example has no reference.
      TypeError: if an example's reference is not in a list of its own.

    Example:
      >>> exact_match([["a", "b"], ["c"]], [[["a", "b"]], [["d"], ["e"]]])
      50.0
    """
    check_outputs(hypotheses, references)
    right = sum(
        any(_same(hypothesis, reference) for reference in accepted)
        for hypothesis, accepted in zip(hypotheses, references, strict=True)
    )
    return 100 * right / len(hypotheses)


def token_accuracy(
    logits: Float[Array, "B T V"] | Float[np.ndarray, "B T V"],
    targets: Int[Array, "B T"] | Int[np.ndarray, "B T"],
    mask: Bool[Array, "B T"] | Bool[np.ndarray, "B T"],
) -> float:
    r"""Share of target tokens that get the highest logit, in percent, under teacher forcing.

    .. math:: 100 \cdot \frac{\sum_{bt} m_{bt} [\arg\max_v z_{btv} = y_{bt}]}{\sum_{bt} m_{bt}}

    The decoder saw the true tokens before each one, so this flatters a model: in use it must
    live with its own mistakes.

    Args:
      logits: z, ``(B, T, V)``.
      targets: y, ``(B, T)``.
      mask: m, True where a target is a real token, ``(B, T)``.

    Returns:
      Percent, 0 to 100.

    Raises:
      ValueError: if shapes do not fit or the mask hides everything.

    Example:
      >>> logits = np.array([[[0.0, 1.0], [2.0, 1.0], [0.0, 3.0]]])
      >>> token_accuracy(logits, np.array([[1, 1, 0]]), np.array([[True, True, False]]))
      50.0
    """
    logits, targets = as_numbers("logits", logits), check_ids("targets", targets)
    mask = as_numbers("mask", mask).astype(bool)
    if logits.shape[:-1] != targets.shape or mask.shape != targets.shape:
        raise ValueError(
            f"logits (B, T, V), targets (B, T) and mask (B, T) must agree in B and T; got "
            f"{logits.shape}, {targets.shape} and {mask.shape}."
        )
    if not mask.any():
        raise ValueError("mask hides every token; token_accuracy needs at least one.")
    check_ids("targets", np.where(mask, targets, 0), logits.shape[-1])
    return float(100 * (logits.argmax(-1) == targets)[mask].mean())


def phoneme_error_rate(
    hypotheses: Sequence[Tokens], references: Sequence[Sequence[Tokens]]
) -> float:
    r"""Edits needed per reference token over the whole set, in percent (PER).

    .. math:: 100 \cdot \frac{\sum_n d(\hat y_n, y_n^*)}{\sum_n |y_n^*|}, \qquad
        y_n^* = \arg\min_{y \in R_n} d(\hat y_n, y)

    d is :func:`~encdec_lib.evaluation.edits.edit_distance` and R_n the accepted pronunciations of
    word n; among equally near ones the first listed counts. Edits and lengths are added up before
    dividing, so a long word weighs more than a short one.

    Args:
      hypotheses: N lists of phonemes.
      references: N lists of accepted lists of phonemes.

    Returns:
      Percent, 0 for a perfect output; over 100 is possible.

    Raises:
      ValueError: as :func:`exact_match`, or if every nearest reference is empty.

    Example:
      >>> round(phoneme_error_rate([["K", "AE", "T"], ["D"]], [[["K", "AH", "T"]], [["D"]]]), 1)
      25.0
    """
    check_outputs(hypotheses, references)
    edits = tokens = 0
    for hypothesis, accepted in zip(hypotheses, references, strict=True):
        if any(_same(hypothesis, reference) for reference in accepted):
            tokens += len(hypothesis)
            continue
        distances = [edit_distance(hypothesis, reference) for reference in accepted]
        nearest = min(range(len(accepted)), key=distances.__getitem__)
        edits += distances[nearest]
        tokens += len(accepted[nearest])
    if tokens == 0:
        raise ValueError("references hold no tokens; an error rate needs at least one.")
    return 100 * edits / tokens


def word_error_rate(hypotheses: Sequence[Tokens], references: Sequence[Sequence[Tokens]]) -> float:
    """Share of words whose output equals none of the listed pronunciations, in percent (WER).

    This is the custom of letter-to-sound papers: one word, right or wrong as a whole. It is not
    the word error rate of speech recognition, which counts edits over words.

    Args:
      hypotheses: N lists of phonemes.
      references: N lists of accepted lists of phonemes.

    Returns:
      100 minus :func:`exact_match`, in percent.

    Raises:
      ValueError: as :func:`exact_match`.

    Example:
      >>> word_error_rate([["K", "AE", "T"], ["D"]], [[["K", "AH", "T"]], [["D"]]])
      50.0
    """
    return 100 - exact_match(hypotheses, references)


def bleu(hypotheses: Sequence[Tokens], references: Sequence[Sequence[Tokens]]) -> float:
    r"""Corpus BLEU-4 over the tokens as they are, computed by sacrebleu.

    .. math:: 100 \cdot \min(1, e^{1 - r/c})
        \cdot \Bigl(\prod_{n=1}^{N} p_n\Bigr)^{1/N}

    p_n is the share of the output's n-grams that stand in the reference, c and r the total
    lengths of output and reference. No tokenizer runs (``tokenize="none"``) and case counts.
    N is 4, or the longest output's number of tokens where all are shorter than four (sacrebleu's
    effective order), so that three words which are all right score 100, not 0. Where no n-gram of
    some order matches, sacrebleu's exponential smoothing keeps the score above 0; where not one
    token does, the score is 0.

    Args:
      hypotheses: N token lists; no token may hold a space.
      references: N lists of accepted token lists.

    Returns:
      0 to 100; 100 where every output equals its reference.

    Raises:
      ValueError: as :func:`exact_match`, or if a token holds a space or no reference holds a token.

    Example:
      >>> round(bleu(["a b c d e".split()], [["a b c d f".split()]]), 1)
      66.9

    Reference:
      Papineni et al. (2002), BLEU, ACL; Post (2018), A call for clarity in reporting BLEU
      scores, WMT (sacrebleu).
    """
    import sacrebleu  # here, since it takes a moment and few pages need it

    check_outputs(hypotheses, references)
    if not any(len(tokens) for accepted in references for tokens in accepted):
        raise ValueError("references hold no tokens; BLEU needs at least one, got empty lists.")
    most = max(map(len, references))
    lines = [_line(hypothesis) for hypothesis in hypotheses]
    streams = [
        [_line(accepted[k]) if k < len(accepted) else None for accepted in references]
        for k in range(most)
    ]
    # A sentence with fewer references has None in the other streams; sacrebleu's types forget it.
    scored = sacrebleu.corpus_bleu(
        lines,
        streams,  # pyright: ignore[reportArgumentType]  # see above
        tokenize="none",
        force=True,
        use_effective_order=True,
    )
    return min(scored.score, 100.0)  # rounding can leave 100.00000000000004


def by_length(
    metric: Callable[..., float],
    hypotheses: Sequence[Tokens],
    references: Sequence[Sequence[Tokens]],
    lengths: Sequence[int] | np.ndarray,
    edges: Sequence[int],
) -> dict[str, float]:
    """A metric for each bucket of lengths: how quality changes as inputs grow.

    Args:
      metric: such as :func:`bleu`, called with the bucket's hypotheses and references.
      hypotheses: N token lists.
      references: N lists of accepted token lists.
      lengths: N lengths to sort by, as a rule those of the source.
      edges: first length of each bucket and one past the last, as for
        :func:`~encdec_lib.data.buckets.length_buckets`.

    Returns:
      Label, such as ``"11–15"``, to the metric's value. Buckets without examples are left out.

    Raises:
      ValueError: if the numbers of entries differ or are 0, or the edges do not rise.

    Example:
      >>> by_length(exact_match, [["a"], ["b"]], [[["a"]], [["c"]]], [4, 12], (4, 11, 16))
      {'4–10': 100.0, '11–15': 0.0}
    """
    check_outputs(hypotheses, references)
    if len(lengths) != len(hypotheses):
        raise ValueError(
            f"lengths needs one number an example, {len(hypotheses)}; got {len(lengths)}."
        )
    return {
        label: metric([hypotheses[i] for i in members], [references[i] for i in members])
        for label, members in length_buckets(lengths, edges).items()
    }


def check_outputs(hypotheses: Sequence[Tokens], references: Sequence[Sequence[Tokens]]) -> None:
    """Raises, as :func:`exact_match`, for what no metric can be taken of."""
    for name, given in (("hypotheses", hypotheses), ("references", references)):
        if isinstance(given, str) or not isinstance(given, Sequence | np.ndarray):
            raise TypeError(
                f"{name} must be a list with an entry an example; got {type(given).__name__}."
            )
    for i, tokens in enumerate(hypotheses):
        if isinstance(tokens, str) or not isinstance(tokens, Sequence | np.ndarray):
            raise TypeError(
                f"hypotheses needs a token list for each example; got {tokens!r:.40} in example "
                f"{i}. Split a text first."
            )
    if len(hypotheses) != len(references):
        raise ValueError(
            f"hypotheses and references need one entry an example; got {len(hypotheses)} and "
            f"{len(references)}."
        )
    if len(hypotheses) == 0:
        raise ValueError("hypotheses is empty; a metric needs at least one example.")
    for i, accepted in enumerate(references):
        if not isinstance(accepted, Sequence | np.ndarray):
            raise TypeError(
                f"references needs a list of token lists for each example; got "
                f"{type(accepted).__name__} in example {i}."
            )
        if len(accepted) == 0:
            raise ValueError(f"references needs at least one token list; example {i} has none.")
        if isinstance(accepted, str) or isinstance(accepted[0], str):
            raise TypeError(
                f"references needs a list of token lists for each example; example {i} is one "
                f"token list. Put it in a list of its own."
            )


def _same(one: Tokens, other: Tokens) -> bool:
    """Whether the tokens are equal, however Unicode composes them."""
    return list(nfc_tokens(one)) == list(nfc_tokens(other))


def _line(tokens: Tokens) -> str:
    for token in tokens:
        if not isinstance(token, str) or not token or token != "".join(token.split()):
            raise ValueError(f"tokens of BLEU must be non-empty and without spaces; got {token!r}.")
    return nfc(" ".join(tokens))
