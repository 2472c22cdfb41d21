"""A model's output on held-out examples, scored: the same few lines for every chapter and run."""

import math
from collections.abc import Callable, Sequence

import jax.numpy as jnp
from flax import nnx

from encdec_lib.data.captions import CaptionedScenes
from encdec_lib.data.own_images import CaptionedImages
from encdec_lib.data.parallel import ParallelText
from encdec_lib.data.text_vocabulary import TextVocabulary
from encdec_lib.data.translation import BUCKET_EDGES
from encdec_lib.data.vocabulary import PAD
from encdec_lib.encoding import EncoderDecoder, HasLimit
from encdec_lib.evaluation import metrics
from encdec_lib.generate.beam import beam_search
from encdec_lib.generate.common import token_decoder
from encdec_lib.generate.sampling import greedy
from encdec_lib.runtime.checks import check_whole, is_whole
from encdec_lib.runtime.inputs import vocabulary_of
from encdec_lib.train.data_checks import check_pairs
from encdec_lib.train.losses import shift_right, summed_cross_entropy


def decode(
    model: EncoderDecoder,
    part: ParallelText | CaptionedScenes | CaptionedImages,
    width: int = 1,
    length_penalty: float = 0.0,
) -> list[list[str]]:
    """Writes an output for every source, as tokens.

    Args:
      model: an encoder-decoder.
      part: held-out examples, of text, of scenes or of pictures.
      width: beam width; 1 is greedy search.
      length_penalty: for a beam, see :func:`~encdec_lib.generate.beam.beam_search`.

    Returns:
      One token list an example, without ``<eos>``. An output may be up to ten tokens longer
      than the longest target, or as long as the model has positions.

    Raises:
      ValueError: as :func:`~encdec_lib.generate.sampling.greedy`, or if the model knows other
        ids than the vocabulary of ``part``.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.parallel import from_tokens
      >>> from encdec_lib.data.vocabulary import Vocabulary
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> letters = Vocabulary("ab")
      >>> part = from_tokens([["a"], ["a", "b"]], [[["b"]], [["b", "a"]]], letters, letters)
      >>> len(decode(seq2seq(Seq2SeqConfig(6, 6), rngs=nnx.Rngs(0)), part))
      2
    """
    decoder = token_decoder(model)
    _check_part(part)
    if not is_whole(width) or width < 1:
        raise ValueError(f"width must be at least 1; got {width!r}. 1 is greedy search.")
    size = vocabulary_of(decoder)
    if size is not None and size > len(part.target_vocabulary):
        raise ValueError(
            f"model must write ids of part's target_vocabulary, {len(part.target_vocabulary)} of "
            f"them; got one that writes {size}. Build it with that vocabulary."
        )
    limit = part.target.shape[1] + 10
    if isinstance(decoder, HasLimit) and decoder.max_length is not None:
        limit = min(limit, decoder.max_length)
    if width == 1:
        tokens = greedy(model, part.source, limit).tokens
    else:
        tokens = beam_search(model, part.source, limit, width, length_penalty).tokens
    return [part.target_vocabulary.decode(row) for row in tokens]


def as_words(token_lists: Sequence[Sequence[str]], vocabulary: TextVocabulary) -> list[list[str]]:
    """Token lists of any kind as words and signs, so that scores do not depend on how a model cuts.

    Args:
      token_lists: of ``vocabulary``: what a model wrote, or references.
      vocabulary: says how its tokens become a text again.

    Returns:
      As many lists; an apostrophe or a hyphen inside a word belongs to it.

    Example:
      >>> as_words([["▁th", "ou", "▁art", "."]], TextVocabulary([], "subwords"))
      [['thou', 'art', '.']]
    """
    if not isinstance(vocabulary, TextVocabulary):
        raise TypeError(
            f"vocabulary must be a TextVocabulary, which knows how to join tokens; got "
            f"{type(vocabulary).__name__}."
        )
    texts = [vocabulary.join(tokens) for tokens in token_lists]
    return TextVocabulary([]).tokens_of_each(texts)


def pronunciation_scores(
    model: EncoderDecoder, part: ParallelText, width: int = 1
) -> dict[str, float]:
    """Phoneme and word error rate of a model's pronunciations.

    Returns:
      ``{"PER": …, "WER": …}`` in percent; see :mod:`encdec_lib.evaluation.metrics` for how several
      accepted pronunciations count.
    """
    spoken = decode(model, part, width)
    return {
        "PER": metrics.phoneme_error_rate(spoken, part.references),
        "WER": metrics.word_error_rate(spoken, part.references),
    }


def quality_by_length(
    model: EncoderDecoder,
    part: ParallelText,
    edges: Sequence[int] = BUCKET_EDGES,
    metric: Callable[..., float] = metrics.bleu,
) -> dict[str, float]:
    """A metric of greedy translations for each bucket of source lengths.

    Args:
      model: an encoder-decoder.
      part: held-out sentences.
      edges: first length of each bucket and one past the last.
      metric: :func:`~encdec_lib.evaluation.metrics.bleu` or
        :func:`~encdec_lib.evaluation.metrics.exact_match`.

    Returns:
      Bucket label, such as ``"11–15"``, to percent.
    """
    return metrics.by_length(
        metric, decode(model, part), part.references, part.source_lengths, edges
    )


def teacher_forced_scores(
    model: EncoderDecoder, part: ParallelText, batch_size: int = 96
) -> dict[str, float]:
    r"""How sure a model is of each reference token, and how spread out it looks, given the rest.

    .. math::
        \mathrm{perplexity} = \exp\Big(-\frac1N \sum_i \ln P(y_i \mid y_{<i}, X)\Big), \qquad
        \mathrm{entropy} = -\frac1N \sum_i \sum_j \alpha_{ij} \log_2 \alpha_{ij}

    Args:
      model: an encoder-decoder of tokens.
      part: held-out examples; the first reference of each counts.
      batch_size: examples at once.

    Returns:
      ``{"perplexity": …}``, over all N reference tokens, ``<eos>`` included; and from a decoder
      that attends ``"entropy"``, the mean over steps in bits. 0 bits is one vector, 3 bits is as
      spread out as 8 equal weights. Rows that do not add up to 1 are made to first.

    Raises:
      ValueError: if ``part`` is empty or holds an id that the model does not know, ``batch_size``
        is below 1, or the model does not write tokens.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.parallel import from_tokens
      >>> from encdec_lib.data.vocabulary import Vocabulary
      >>> from encdec_lib.models.token_sized import TokenSizedConfig, token_sized
      >>> letters = Vocabulary("ab")
      >>> part = from_tokens([["a", "b"]], [[["b", "a"]]], letters, letters)
      >>> model = token_sized(TokenSizedConfig(6, 6, read="mean"), rngs=nnx.Rngs(0))
      >>> round(teacher_forced_scores(model, part)["entropy"], 3)  # two vectors, equal weights
      1.0
    """
    token_decoder(model)
    _check_part(part)
    check_pairs(model, (part.source, part.target))
    check_whole("batch_size", batch_size)
    nats, count = 0.0, 0.0
    bits: float | None = 0.0
    for start in range(0, len(part), batch_size):
        rows = slice(start, start + batch_size)
        sums = _told_batch(model, jnp.asarray(part.source[rows]), jnp.asarray(part.target[rows]))
        nats, count = nats + float(sums[0]), count + float(sums[1])
        bits = None if bits is None or sums[2] is None else bits + float(sums[2])
    out = {"perplexity": math.exp(nats / count)}
    return out if bits is None else out | {"entropy": bits / count}


def _check_part(part) -> None:
    """Held-out examples, or what has the same fields."""
    lacks = [name for name in ("source", "target", "target_vocabulary") if not hasattr(part, name)]
    if lacks:
        raise TypeError(
            f"part must have source, target and target_vocabulary, as ParallelText has; got "
            f"{type(part).__name__} without {lacks[0]}."
        )


@nnx.jit
def _told_batch(model, source, target):
    """Summed nats, tokens, and summed entropy in bits, or None without attention."""
    logits, weights = model(source, shift_right(target))
    real = target != PAD
    nats, count = summed_cross_entropy(logits, target, real)
    if weights is None:
        return nats, count, None
    total = weights.sum(axis=-1, keepdims=True)
    share = weights / jnp.where(total > 0, total, 1.0)  # (B, H, T, M)
    logs = jnp.log2(jnp.where(share > 0, share, 1.0))
    bits = -(share * logs).sum(axis=-1).mean(axis=1)  # (B, T)
    return nats, count, jnp.where(real, bits, 0.0).sum()
