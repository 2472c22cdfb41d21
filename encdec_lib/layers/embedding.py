"""Token embeddings."""

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Int


class Embedding(nnx.Module):
    r"""A learned vector for every token of a vocabulary: row :math:`y` of a matrix.

    Args:
      vocab_size: V, number of tokens.
      embed_dim: E, width of a vector.
      rngs: ``params`` initialises the matrix ``(V, E)`` with standard deviation
        :math:`1/\sqrt{E}`, so that a vector has length about 1.

    Raises:
      ValueError: if a size is below 1.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> Embedding(5, 3, rngs=nnx.Rngs(0))(jnp.array([[1, 4]])).shape
      (1, 2, 3)
    """

    def __init__(self, vocab_size: int, embed_dim: int, *, rngs: nnx.Rngs):
        for name, size in (("vocab_size", vocab_size), ("embed_dim", embed_dim)):
            if size < 1:
                raise ValueError(f"{name} must be at least 1; got {size}.")
        init = jax.nn.initializers.normal(embed_dim**-0.5)
        self.embedding = nnx.Param(init(rngs.params(), (vocab_size, embed_dim)))
        self.vocab_size = vocab_size

    def __call__(self, tokens: Int[Array, "*shape"]) -> Float[Array, "*shape E"]:
        """Looks up each token; ids must lie in ``[0, V)``."""
        return jnp.take(self.embedding[...], tokens, axis=0)
