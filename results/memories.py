"""Four ways from a picture to what the decoder reads, for the controls of chapter 15.

Chapter 5 blames two things: the matrix that flattens the picture, with other weights for every
cell, and the one vector that holds everything. Here each is had with and without the other, before
one and the same decoder:

- ``flattened``, 1 vector of 512: matrix and single vector, as chapter 5 has both.
- ``flattened``, 8 vectors of 64: the same matrix, and as many numbers, but the decoder looks at
  eight vectors by attention.
- ``pooled``, 1 vector of 512: the same weights for every cell, which is told its place, and the
  mean over cells.
- the grid of chapter 15: the same weights for every cell, many vectors.
"""

import dataclasses

import jax
import jax.numpy as jnp
from flax import nnx

from encdec_lib.encoding import EncoderDecoder, Encoding
from encdec_lib.models.bahdanau_attention import AttentionDecoder
from encdec_lib.models.captioning import CNNEncoder
from encdec_lib.models.vit_to_transformer import GridCaptionConfig
from encdec_lib.runtime.checks import check_choices, check_sizes

MEMORIES = ("flattened", "pooled")


@dataclasses.dataclass(frozen=True)
class MemoryCaptionConfig(GridCaptionConfig):
    """Sizes of chapter 15's grid captioner, and what stands in the place of its grid."""

    memory: str = "flattened"  # one of MEMORIES
    vectors: int = 1  # M, each encoding_dim wide

    def __post_init__(self):
        super().__post_init__()
        check_choices(self, memory=MEMORIES)
        check_sizes(self, "vectors")
        if self.memory == "pooled" and self.vectors != 1:
            raise ValueError(f"vectors must be 1 when they are pooled; got {self.vectors}.")


class FlattenedVectors(nnx.Module):
    """One matrix from the whole grid to M vectors side by side."""

    def __init__(self, config: MemoryCaptionConfig, *, rngs: nnx.Rngs):
        width = config.vectors * config.encoding_dim
        self.flat = CNNEncoder(config.side, config.in_channels, config.channels, width, rngs=rngs)
        self.encoding_dim, self.vectors = config.encoding_dim, config.vectors

    def __call__(self, source, mask=None) -> Encoding:
        vectors = self.flat(source).vectors.reshape(-1, self.vectors, self.encoding_dim)
        return Encoding(vectors, jnp.ones(vectors.shape[:2], bool))


class PooledVector(nnx.Module):
    """The mean over cells of a small network that sees one cell and its place."""

    def __init__(self, config: MemoryCaptionConfig, *, rngs: nnx.Rngs):
        self.cells = CNNEncoder(
            config.side,
            config.in_channels,
            config.channels,
            config.encoding_dim,
            grid=True,
            positions=True,
            rngs=rngs,
        )
        self.output = nnx.Linear(config.encoding_dim, config.encoding_dim, rngs=rngs)
        self.encoding_dim = config.encoding_dim

    def __call__(self, source, mask=None) -> Encoding:
        # Without the ReLU the places would add up to the same sum for every picture.
        pooled = jax.nn.relu(self.cells(source).vectors).mean(axis=1, keepdims=True)
        vectors = self.output(pooled)
        return Encoding(vectors, jnp.ones(vectors.shape[:2], bool))


def memory_captioner(config: MemoryCaptionConfig, *, rngs: nnx.Rngs) -> EncoderDecoder:
    """Chapter 15's decoder over one of these memories.

    Args:
      config: sizes and the memory.
      rngs: ``params`` initialises the weights.
    """
    encoder = {"flattened": FlattenedVectors, "pooled": PooledVector}[config.memory]
    return EncoderDecoder(
        encoder(config, rngs=rngs),
        AttentionDecoder(
            config.target_vocab,
            config.embed_dim,
            config.encoding_dim,
            config.state_dim,
            config.align_dim,
            rngs=rngs,
        ),
    )
