"""Blocks on top of each other, and the embeddings below them: what every Transformer here shares.

The blocks of a stack are built alike and share no weights.
"""

import dataclasses
from typing import Any, TypeVar

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Int

from encdec_lib.layers.blocks import DecoderBlock, EncoderBlock
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.positions import POSITIONS, Positions
from encdec_lib.layers.sublayers import ACTIVATIONS
from encdec_lib.runtime.checks import (
    check_choices,
    check_flags,
    check_numbers,
    check_shares,
    check_sizes,
)

DTYPES = {"float32": jnp.float32, "bfloat16": jnp.bfloat16}
Block = TypeVar("Block", EncoderBlock, DecoderBlock)


@dataclasses.dataclass(frozen=True)
class StackConfig:
    """Sizes and choices of one stack of blocks; it knows of no vocabulary.

    Raises:
      ValueError: if a size is below 1, ``heads`` does not divide ``d_model`` and ``d_k`` or
        ``d_v`` is left open, or a name is unknown.
    """

    d_model: int = 128
    heads: int = 4
    d_ff: int = 512
    layers: int = 2
    d_k: int | None = None  # width of a key; d_model / heads if None
    d_v: int | None = None  # width of a value; d_model / heads if None
    positions: str = "sinusoidal"  # sinusoidal, learned, rotary or none
    max_length: int = 64  # longest sequence that learned positions know
    pre_norm: bool = True  # False: post-norm, as in the paper
    scaled: bool = True  # divide products of queries and keys by √d_k
    activation: str = "relu"  # of the feed-forward network: relu or gelu
    epsilon: float = 1e-5  # of layer normalisation
    dropout: float = 0.0
    dtype: str = "float32"  # what is computed in; weights are float32 in either case

    def __post_init__(self):
        check_sizes(self, "layers", "d_model", "heads", "d_ff", "d_k", "d_v", "max_length")
        check_choices(
            self,
            positions=POSITIONS,
            activation=tuple(ACTIVATIONS),
            dtype=tuple(DTYPES),
        )
        check_flags(self, "pre_norm", "scaled")
        check_shares(self, "dropout")
        check_numbers(self, "epsilon")
        if None in (self.d_k, self.d_v) and self.d_model % self.heads:
            raise ValueError(
                f"heads must divide d_model = {self.d_model}, so that every head gets the same "
                f"share; got heads = {self.heads}. Choose a divisor."
            )

    def blocks(self, block: type[Block], rngs: nnx.Rngs) -> list[Block]:
        """The blocks, bottom first, each with weights of its own.

        Args:
          block: :class:`~encdec_lib.layers.blocks.EncoderBlock` or ``DecoderBlock``.
          rngs: ``params`` and ``dropout``.
        """
        settings: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("pre_norm", "dropout", "activation", "epsilon", "d_k", "d_v", "scaled")
        }
        settings |= {"rotary": self.positions == "rotary", "dtype": DTYPES[self.dtype]}
        return [
            block(self.d_model, self.heads, self.d_ff, rngs=rngs, **settings)
            for _ in range(self.layers)
        ]

    def last_norm(self, rngs: nnx.Rngs) -> nnx.LayerNorm | None:
        """Above the top block: with pre-norm nothing has normalised the last sum yet."""
        if not self.pre_norm:
            return None
        dtype = DTYPES[self.dtype]
        return nnx.LayerNorm(self.d_model, epsilon=self.epsilon, dtype=dtype, rngs=rngs)


class TokenEmbedding(nnx.Module):
    r"""Embeddings times :math:`\sqrt{d_{model}}`, plus positions, plus dropout.

    The table has a standard deviation of :math:`1/\sqrt{d_{model}}`, which suits it as an output
    matrix; times the root, an embedding is as large as its position's vector.

    Args:
      vocab_size: V.
      config: the width, the positions, the dropout.
      rngs: ``params`` and ``dropout``.
    """

    def __init__(self, vocab_size: int, config: StackConfig, *, rngs: nnx.Rngs):
        self.embedding = Embedding(vocab_size, config.d_model, rngs=rngs)
        self.positions = Positions(config.positions, config.d_model, config.max_length, rngs=rngs)
        self.dropout = nnx.Dropout(config.dropout, rngs=rngs) if config.dropout else None
        self.dtype, self.scale = DTYPES[config.dtype], config.d_model**0.5

    def __call__(
        self, tokens: Int[Array, "B T"], first: Int[Array, ""] | int = 0
    ) -> Float[Array, "B T D"]:
        """Vectors ``(B, T, D)``; ``first`` is the position of the first of them."""
        places = first + jnp.arange(tokens.shape[1])
        x = self.scale * self.embedding(tokens) + self.positions(places)[None]
        x = x.astype(self.dtype)
        return self.dropout(x) if self.dropout is not None else x
