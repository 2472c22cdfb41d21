"""One vector a token, read in six ways (chapter 7).

The encoder, the decoder and every parameter are the same. What differs is how the decoder gets
one vector :math:`c_i` of fixed width out of a memory whose size changes.
"""

import dataclasses

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.encoding import EncoderDecoder, Encoding
from encdec_lib.layers.masks import masked_softmax
from encdec_lib.layers.reading_decoder import ReadingDecoder, Readings
from encdec_lib.models.bahdanau_attention import BidirectionalEncoder
from encdec_lib.runtime.checks import check_choices, check_sizes


@dataclasses.dataclass(frozen=True)
class TokenSizedConfig:
    """Sizes of the model, and how it reads. :func:`token_sized` builds it."""

    source_vocab: int  # V of the source, specials included
    target_vocab: int  # V of the target
    embed_dim: int = 48  # E
    encoder_dim: int = 64  # width of one direction; h_j and the decoder state have twice that
    read: str = "last"  # one of READERS

    def __post_init__(self):
        check_sizes(self, "source_vocab", "target_vocab", "embed_dim", "encoder_dim")
        check_choices(self, read=tuple(READERS))


class Reading(nnx.Module):
    """A reader without parameters: one of the six functions of this file.

    Args:
      read: a key of ``READERS``.

    Raises:
      ValueError: if ``read`` is another.

    Example:
      >>> import jax.numpy as jnp
      >>> encoding = Encoding(jnp.eye(4)[None, :3], jnp.array([[True, True, False]]))
      >>> reader = Reading("mean")
      >>> query, step = jnp.ones((1, 1, 4)), jnp.array([[0]])
      >>> reader(query, step, reader.prepare(encoding)).weights.tolist()
      [[[0.5, 0.5, 0.0]]]
    """

    def __init__(self, read: str):
        if read not in READERS:
            raise ValueError(f"read must be one of {', '.join(READERS)}; got {read!r}.")
        self.read = read

    def prepare(self, encoding: Encoding) -> tuple[Array, ...]:
        """The vectors and what is real."""
        return encoding.vectors, encoding.mask

    def __call__(
        self,
        queries: Float[Array, "B T D"],
        positions: Int[Array, "B T"],
        memory: tuple[Array, ...],
    ) -> Readings:
        """Reads once for each query."""
        vectors, mask = memory
        return READERS[self.read](queries, positions, vectors, mask)


def read_last(
    queries: Float[Array, "B T D"],
    positions: Int[Array, "B T"],
    vectors: Float[Array, "B S M"],
    mask: Bool[Array, "B S"],
) -> Readings:
    r"""Each direction's last state, at every step the same.

    .. math:: c_i = [\overrightarrow{h_{T_x}}; \overleftarrow{h_1}]

    Returns:
      Contexts and weights; half of the numbers come from each end.
    """
    half = vectors.shape[-1] // 2
    first, last = jnp.zeros(len(mask), jnp.int32), jnp.maximum(mask.sum(axis=1) - 1, 0)
    ends = [jax.nn.one_hot(end, mask.shape[1]) * mask.any(axis=1)[:, None] for end in (last, first)]
    forward = jnp.einsum("BS,BSM->BM", ends[0], vectors[..., :half])
    backward = jnp.einsum("BS,BSM->BM", ends[1], vectors[..., half:])
    context = jnp.concatenate([forward, backward], axis=-1)
    return _at_every_step(context, (ends[0] + ends[1]) / 2, queries)


def read_mean(
    queries: Float[Array, "B T D"],
    positions: Int[Array, "B T"],
    vectors: Float[Array, "B S M"],
    mask: Bool[Array, "B S"],
) -> Readings:
    r"""The average vector, at every step the same.

    .. math:: c_i = \frac{1}{T_x} \sum_j h_j
    """
    weights = mask / jnp.maximum(mask.sum(axis=1, keepdims=True), 1)
    return _at_every_step(jnp.einsum("BS,BSM->BM", weights, vectors), weights, queries)


def read_max(
    queries: Float[Array, "B T D"],
    positions: Int[Array, "B T"],
    vectors: Float[Array, "B S M"],
    mask: Bool[Array, "B S"],
) -> Readings:
    r"""The largest number at each of the M places, at every step the same.

    .. math:: c_{i,m} = \max_j h_{j,m}

    Returns:
      Contexts and weights; a weight is the share of the M numbers that comes from a vector.
    """
    hidden = jnp.where(mask[..., None], vectors, jnp.finfo(vectors.dtype).min)
    picked = jax.nn.one_hot(hidden.argmax(axis=1), mask.shape[1], axis=1) * mask[..., None]
    return _at_every_step((picked * vectors).sum(axis=1), picked.mean(axis=2), queries)


def read_position(
    queries: Float[Array, "B T D"],
    positions: Int[Array, "B T"],
    vectors: Float[Array, "B S M"],
    mask: Bool[Array, "B S"],
) -> Readings:
    r"""The vector at the same place as the target step; the last one beyond the end.

    .. math:: c_i = h_{\min(i, T_x)}
    """
    last = jnp.maximum(mask.sum(axis=1, keepdims=True) - 1, 0)
    return _pick(jnp.minimum(positions, last), vectors, mask)


def read_content(
    queries: Float[Array, "B T D"],
    positions: Int[Array, "B T"],
    vectors: Float[Array, "B S M"],
    mask: Bool[Array, "B S"],
) -> Readings:
    r"""The vector most like the state.

    .. math:: c_i = h_{j^*}, \qquad j^* = \arg\max_j\, s_i h_j^\top

    No gradient passes through the choice: it is a number of a place, and does not move when a
    score moves a little.
    """
    scores = jnp.einsum("BTD,BSD->BTS", queries, vectors)
    scores = jnp.where(mask[:, None], scores, jnp.finfo(scores.dtype).min)
    return _pick(scores.argmax(axis=-1), vectors, mask)


def read_weighted(
    queries: Float[Array, "B T D"],
    positions: Int[Array, "B T"],
    vectors: Float[Array, "B S M"],
    mask: Bool[Array, "B S"],
) -> Readings:
    r"""All vectors, weighted anew at every step by their likeness to the state.

    .. math:: c_i = \sum_j \alpha_{ij} h_j, \qquad
        \alpha_i = \mathrm{softmax}_j\, s_i h_j^\top
    """
    scores = jnp.einsum("BTD,BSD->BTS", queries, vectors)
    weights = masked_softmax(scores, jnp.broadcast_to(mask[:, None], scores.shape))
    return Readings(jnp.einsum("BTS,BSM->BTM", weights, vectors), weights)


#: The six ways to read, from one vector for all steps to new weights at every step.
READERS = {
    "last": read_last,
    "mean": read_mean,
    "max": read_max,
    "position": read_position,
    "content": read_content,
    "weighted": read_weighted,
}


def _at_every_step(context, weights, queries):
    """The same context and weights for each of T steps."""
    batch, steps = queries.shape[:2]
    return Readings(
        jnp.broadcast_to(context[:, None], (batch, steps, context.shape[-1])),
        jnp.broadcast_to(weights[:, None], (batch, steps, weights.shape[-1])),
    )


def _pick(places, vectors, mask):
    """One vector a step; nothing where nothing is real."""
    weights = jax.nn.one_hot(places, mask.shape[1]) * mask.any(axis=1)[:, None, None]
    return Readings(jnp.einsum("BTS,BSM->BTM", weights, vectors), weights)


def token_sized(config: TokenSizedConfig, *, rngs: nnx.Rngs) -> EncoderDecoder:
    """Builds the model; the number of parameters does not depend on ``read``.

    Args:
      config: its sizes, and how it reads.
      rngs: ``params`` initialises the weights.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with M = S.

    Raises:
      ValueError: if ``read`` is unknown or a size is below 1.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> model = token_sized(TokenSizedConfig(7, 9, read="max"), rngs=nnx.Rngs(0))
      >>> logits, weights = model(jnp.array([[4, 5, 0]]), jnp.array([[1, 4]]))
      >>> logits.shape, weights.shape
      ((1, 2, 9), (1, 1, 2, 3))
    """
    encoding_dim = 2 * config.encoder_dim
    return EncoderDecoder(
        BidirectionalEncoder(config.source_vocab, config.embed_dim, config.encoder_dim, rngs=rngs),
        ReadingDecoder(
            config.target_vocab,
            config.embed_dim,
            encoding_dim,
            encoding_dim,
            Reading(config.read),
            rngs=rngs,
        ),
    )
