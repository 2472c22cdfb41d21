"""Self-attention where the recurrent encoder stood (chapters 10 and 11).

The decoder is that of chapter 9: a GRU that reads the encoder's vectors through a score. On the
source side nothing is worked out one token after another any more.
"""

import dataclasses

from flax import nnx

from encdec_lib.encoding import EncoderDecoder
from encdec_lib.layers.reading_decoder import ReadingDecoder
from encdec_lib.layers.scores import SCORES, make_score
from encdec_lib.layers.stack import StackConfig
from encdec_lib.models.attention_scores import Attention
from encdec_lib.models.transformer import TransformerEncoder
from encdec_lib.runtime.checks import check_choices, check_sizes


@dataclasses.dataclass(frozen=True)
class SelfAttentionConfig:
    """Sizes and choices of the model. :func:`self_attention` builds it."""

    source_vocab: int  # V of the source, specials included
    target_vocab: int  # V of the target
    d_model: int = 128  # width of an encoder vector h_j, even
    heads: int = 1  # of the encoder's self-attention
    d_ff: int = 256  # hidden width of the encoder's feed-forward network
    layers: int = 1  # N, encoder blocks
    positions: str = "none"  # none, sinusoidal, learned or rotary
    max_length: int = 64  # longest source that learned positions know
    embed_dim: int = 48  # E of the target
    state_dim: int = 128  # D, width of the decoder state; for a dot product d_model
    score: str = "general"  # how the decoder reads: general, dot, scaled_dot or additive

    def __post_init__(self):
        check_sizes(self, "source_vocab", "target_vocab", "embed_dim", "layers", "state_dim")
        check_choices(self, score=(*SCORES, "concat"))
        if self.d_model < 2 or self.d_model % 2:
            raise ValueError(
                f"d_model must be even, since the second half of the first vector starts the "
                f"decoder; got {self.d_model}."
            )
        _ = self.encoder  # which checks the rest

    @property
    def encoder(self) -> StackConfig:
        """The encoder's stack."""
        return StackConfig(
            self.d_model,
            self.heads,
            self.d_ff,
            self.layers,
            positions=self.positions,
            max_length=self.max_length,
        )


def self_attention(config: SelfAttentionConfig, *, rngs: nnx.Rngs) -> EncoderDecoder:
    r"""Builds the model.

    .. math::
        H = \mathrm{blocks}(E X), \qquad
        P(y_i \mid y_{<i}, H) = \mathrm{chapter\ 9}(s_i, H)

    With ``positions="none"`` the encoder gives the same vectors in whatever order the tokens
    come, each with its token: H knows which words there are, and not in which order.

    Args:
      config: its sizes, its positions, its score.
      rngs: ``params`` initialises the weights.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with M = S.

    Raises:
      ValueError: if ``d_model`` is odd, ``layers`` or ``state_dim`` is below 1, ``heads`` does
        not divide ``d_model``, a name is unknown, or ``score`` is a dot product and
        ``state_dim`` is not ``d_model``.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> config = SelfAttentionConfig(7, 9, d_model=8, d_ff=16)
      >>> model = self_attention(config, rngs=nnx.Rngs(0))
      >>> one, other = model.encode(jnp.array([[4, 5, 6], [6, 4, 5]])).vectors
      >>> bool(jnp.allclose(other, one[jnp.array([2, 0, 1])], atol=1e-5))
      True

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, section 3.1, for the encoder; Luong et al. (2015),
      arXiv:1508.04025, equations (5) and (6), for the decoder.
    """
    encoder = TransformerEncoder(config.source_vocab, config.encoder, rngs=rngs)
    score = make_score(config.score, config.state_dim, config.d_model, rngs=rngs)
    decoder = ReadingDecoder(
        config.target_vocab,
        config.embed_dim,
        config.d_model,
        config.state_dim,
        Attention(score),
        rngs=rngs,
    )
    return EncoderDecoder(encoder, decoder)
