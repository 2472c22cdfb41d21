"""What is left of an encoder in front of a decoder-only stack: a table of vectors.

Shape letters: B batch, S positions of the prefix, (H, W, C) image, P side of a patch, M patches,
D width (d_model).
"""

import math
from typing import Any

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.encoding import Encoding
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.patches import PatchEmbedding
from encdec_lib.layers.positions import Positions, sinusoidal_grid
from encdec_lib.runtime.checks import check_wholes


class WordPrefix(nnx.Module):
    """All that is left of an encoder of text: a vector for each word, plus one for its place.

    Args:
      vocab_size: V of the prompt.
      prefix_length: S, words of the longest prompt.
      d_model: D.
      dtype: what is computed in.
      rngs: ``params`` initialises the tables.
    """

    def __init__(
        self,
        vocab_size: int,
        prefix_length: int,
        d_model: int,
        *,
        dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ):
        check_wholes(vocab_size=vocab_size, prefix_length=prefix_length, d_model=d_model)
        self.embedding = Embedding(vocab_size, d_model, rngs=rngs)
        self.positions = Positions("learned", d_model, prefix_length, rngs=rngs)
        self.dtype, self.vocab_size, self.encoding_dim = dtype, vocab_size, d_model

    def __call__(self, source: Int[Array, "B S"], mask: Bool[Array, "B S"]) -> Encoding:
        """M = S vectors. Nothing in them depends on a neighbour yet.

        Raises:
          ValueError: if the prompt is longer than ``prefix_length``.
        """
        if source.shape[1] > self.positions.max_length:
            raise ValueError(
                f"prefix_length is {self.positions.max_length}: there are no positions for a "
                f"prompt of {source.shape[1]} tokens. Build the model with a larger prefix_length."
            )
        x = self.encoding_dim**0.5 * self.embedding(source)
        x = x + self.positions(jnp.arange(source.shape[1]))[None]
        return Encoding(x.astype(self.dtype), mask)


class PatchPrefix(nnx.Module):
    """All that is left of an encoder of images: a vector for each patch, plus one for its place.

    The places are learned; in a square grid they start from the sinusoids of row and column.

    Args:
      patch: P, side of a patch in pixels.
      in_channels: C of the image.
      prefix_length: S, number of patches.
      d_model: D.
      dtype: what is computed in.
      rngs: ``params`` initialises the matrix and the table.

    Raises:
      ValueError: if ``patch`` or ``in_channels`` is below 1.
    """

    def __init__(
        self,
        patch: int,
        in_channels: int,
        prefix_length: int,
        d_model: int,
        *,
        dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ):
        check_wholes(prefix_length=prefix_length)
        self.embed = PatchEmbedding(patch, in_channels, d_model, dtype=dtype, rngs=rngs)
        self.positions = Positions("learned", d_model, prefix_length, rngs=rngs)
        side = math.isqrt(prefix_length)
        if side * side == prefix_length:
            self.positions.table = nnx.Param(sinusoidal_grid(side, d_model))
        self.encoding_dim = d_model

    def __call__(self, source: Float[Array, "B H W C"], mask: None = None) -> Encoding:
        """M = HW / P² vectors.

        Raises:
          ValueError: if the images have another number of patches than ``prefix_length``.
        """
        x = self.embed(source)
        if x.shape[1] != self.positions.max_length:
            raise ValueError(
                f"prefix_length must be the number of patches, as every place has its own vector: "
                f"images {source.shape} have {x.shape[1]}; got {self.positions.max_length}."
            )
        places = self.positions(jnp.arange(x.shape[1]))[None].astype(x.dtype)
        return Encoding(x + places, jnp.ones(x.shape[:2], bool))
