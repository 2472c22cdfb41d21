"""A model's output on held-out examples, scored: the same few lines for every chapter and run."""

from collections.abc import Sequence

from encdec_lib import metrics
from encdec_lib.data.captions import CaptionedScenes
from encdec_lib.data.parallel import ParallelText
from encdec_lib.data.translation import BUCKET_EDGES
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.generate import beam_search, greedy


def decode(
    model: EncoderDecoder,
    part: ParallelText | CaptionedScenes,
    width: int = 1,
    length_penalty: float = 0.0,
) -> list[list[str]]:
    """Writes an output for every source, as tokens.

    Args:
      model: an encoder-decoder.
      part: held-out examples, of text or of scenes.
      width: beam width; 1 is greedy search.
      length_penalty: for a beam, see :func:`~encdec_lib.generate.beam_search`.

    Returns:
      One token list an example, without ``<eos>``. An output may be up to ten tokens longer
      than the longest target.

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
    limit = part.target.shape[1] + 10
    if width == 1:
        tokens = greedy(model, part.source, limit).tokens
    else:
        tokens = beam_search(model, part.source, limit, width, length_penalty).tokens
    return [part.target_vocabulary.decode(row) for row in tokens]


def pronunciation_scores(
    model: EncoderDecoder, part: ParallelText, width: int = 1
) -> dict[str, float]:
    """Phoneme and word error rate of a model's pronunciations.

    Returns:
      ``{"PER": …, "WER": …}`` in percent; see :mod:`encdec_lib.metrics` for how several accepted
      pronunciations count.
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
    metric=metrics.bleu,
) -> dict[str, float]:
    """A metric of greedy translations for each bucket of source lengths.

    Args:
      model: an encoder-decoder.
      part: held-out sentences.
      edges: first length of each bucket and one past the last.
      metric: :func:`~encdec_lib.metrics.bleu` or :func:`~encdec_lib.metrics.exact_match`.

    Returns:
      Bucket label, such as ``"11–15"``, to percent.
    """
    return metrics.by_length(
        metric, decode(model, part), part.references, part.source_lengths, edges
    )
