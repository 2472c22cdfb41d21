"""Attention after Luong et al. (chapter 9): score, softmax, context, concatenate, answer.

The score, the window it sees and the state that asks are arguments of one decoder.
"""

import dataclasses

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Int

from encdec_lib.encoding import EncoderDecoder, Encoding
from encdec_lib.layers.masks import masked_softmax
from encdec_lib.layers.reading_decoder import QUERIES, ReadingDecoder, Readings
from encdec_lib.layers.scores import SCORES, Score, make_score
from encdec_lib.layers.windows import WINDOWS, Window
from encdec_lib.models.bahdanau_attention import BidirectionalEncoder
from encdec_lib.runtime.checks import check_choices, check_sizes


@dataclasses.dataclass(frozen=True)
class ScoresConfig:
    """Sizes and choices of the model. :func:`attention_scores` builds it."""

    source_vocab: int  # V of the source, specials included
    target_vocab: int  # V of the target
    embed_dim: int = 48  # E
    encoder_dim: int = 64  # width of one direction; an encoder vector h_j has twice that
    state_dim: int = 128  # D, width of the decoder state; for a dot product 2 encoder_dim
    score: str = "dot"  # dot, scaled_dot, general, additive (= concat) or location
    window: str | None = None  # None looks everywhere; "monotonic" or "predictive" looks locally
    query: str = "current"  # the state that asks: "current" s_i or "previous" s_{i-1}
    align_dim: int = 64  # A, hidden width of the additive score and of the predicted centre
    half_width: int = 5  # of the window, in source tokens
    max_source: int = 64  # longest source that score="location" has a place for

    def __post_init__(self):
        check_sizes(self, "source_vocab", "target_vocab", "embed_dim", "encoder_dim", "state_dim")
        check_sizes(self, "align_dim", "half_width", "max_source")
        check_choices(self, score=(*SCORES, "concat"), query=QUERIES, window=(None, *WINDOWS))


class Attention(nnx.Module):
    r"""A reader: scores, softmax, weighted sum.

    .. math:: e_{ij} = \mathrm{score}(s_i, h_j), \qquad \alpha_i = \mathrm{softmax}_j\, e_{ij},
        \qquad c_i = \textstyle\sum_j \alpha_{ij} h_j

    Args:
      score: see :func:`~encdec_lib.layers.scores.make_score`.
      window: what the softmax sees, a :class:`~encdec_lib.layers.windows.Window`; everything if
        None.

    Example:
      >>> import jax.numpy as jnp
      >>> from encdec_lib.layers.scores import DotScore
      >>> attend = Attention(DotScore(2, 2))
      >>> encoding = Encoding(jnp.eye(2)[None], jnp.ones((1, 2), bool))
      >>> query, step = jnp.array([[[5.0, 5.0]]]), jnp.array([[0]])
      >>> attend(query, step, attend.prepare(encoding)).weights.tolist()
      [[[0.5, 0.5]]]
    """

    def __init__(self, score: Score, window: Window | None = None):
        self.score = score
        self.window = window

    def prepare(self, encoding: Encoding) -> tuple[Array, ...]:
        """The vectors, the score's keys, and what is real."""
        return encoding.vectors, self.score.keys(encoding.vectors), encoding.mask

    def __call__(
        self,
        queries: Float[Array, "B T D"],
        positions: Int[Array, "B T"],
        memory: tuple[Array, ...],
    ) -> Readings:
        """Reads once for each query."""
        vectors, keys, mask = memory
        scores = self.score(queries, keys)
        seen, bell = jnp.broadcast_to(mask[:, None], scores.shape), None
        if self.window is not None:
            seen, bell = self.window(queries, positions, mask)
        weights = masked_softmax(scores, seen)
        if bell is not None:
            weights = weights * bell
        return Readings(jnp.einsum("BTS,BSM->BTM", weights, vectors), weights)


def attention_scores(config: ScoresConfig, *, rngs: nnx.Rngs) -> EncoderDecoder:
    """Builds the model.

    Args:
      config: its sizes, its score, its window.
      rngs: ``params`` initialises the weights.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with M = S.

    Raises:
      ValueError: if a name is unknown, or ``score`` is a dot product and ``state_dim`` is not
        twice ``encoder_dim``.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> config = ScoresConfig(7, 9, score="general", window="predictive")
      >>> model = attention_scores(config, rngs=nnx.Rngs(0))
      >>> logits, weights = model(jnp.array([[4, 5, 0]]), jnp.array([[1, 4]]))
      >>> logits.shape, weights.shape
      ((1, 2, 9), (1, 1, 2, 3))
    """
    encoding_dim = 2 * config.encoder_dim
    encoder = BidirectionalEncoder(
        config.source_vocab, config.embed_dim, config.encoder_dim, rngs=rngs
    )
    score = make_score(
        config.score,
        config.state_dim,
        encoding_dim,
        config.align_dim,
        config.max_source,
        rngs=rngs,
    )
    window = None
    if config.window is not None:
        window = Window(
            config.window, config.half_width, config.state_dim, config.align_dim, rngs=rngs
        )
    decoder = ReadingDecoder(
        config.target_vocab,
        config.embed_dim,
        encoding_dim,
        config.state_dim,
        Attention(score, window),
        query=config.query,
        rngs=rngs,
    )
    return EncoderDecoder(encoder, decoder)
