"""Token embeddings."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array


class Embedding(nnx.Embed):
    r"""A learned vector for every token of a vocabulary: row :math:`y` of a matrix.

    Called with ids of any shape ``(...)``, each in ``[0, V)``, it gives vectors ``(..., E)`` in
    the dtype of the matrix.

    Args:
      vocab_size: V, number of tokens.
      embed_dim: E, width of a vector.
      rngs: ``params`` initialises the matrix ``embedding`` ``(V, E)`` with standard deviation
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
        super().__init__(vocab_size, embed_dim, embedding_init=_length_one, rngs=rngs)
        self.dtype = None  # vectors in the matrix's dtype, also after that has been changed

    def __call__(self, tokens: Any) -> Array:
        """Looks up each token; one id may come as a plain number."""
        return super().__call__(jnp.asarray(tokens))


def _length_one(key, shape, dtype):
    """A function of the module: one made in ``__init__`` would have each model compiled anew."""
    return jax.nn.initializers.normal(shape[1] ** -0.5)(key, shape, dtype)
