"""Token embeddings."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array

from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.inputs import check_ids, is_traced


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
      ValueError: if a size is below 1; when called, if an id is no whole number or, outside
        ``jax.jit``, where its value can be looked at, not in ``[0, V)``.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> Embedding(5, 3, rngs=nnx.Rngs(0))(jnp.array([[1, 4]])).shape
      (1, 2, 3)
    """

    def __init__(self, vocab_size: int, embed_dim: int, *, rngs: nnx.Rngs):
        for name, size in (("vocab_size", vocab_size), ("embed_dim", embed_dim)):
            check_whole(name, size)
        super().__init__(vocab_size, embed_dim, embedding_init=_length_one, rngs=rngs)
        self.dtype = None  # vectors in the matrix's dtype, also after that has been changed

    def __call__(self, tokens: Any) -> Array:
        """Looks up each token; one id may come as a plain number."""
        if not is_traced(tokens):
            check_ids("tokens", tokens, self.num_embeddings)
        tokens = jnp.asarray(tokens)
        if not jnp.issubdtype(tokens.dtype, jnp.integer):
            raise ValueError(f"tokens must hold whole numbers, ids; got {tokens.dtype}.")
        return super().__call__(tokens)


def _length_one(key, shape, dtype):
    """A function of the module: one made in ``__init__`` would have each model compiled anew."""
    return jax.nn.initializers.normal(shape[1] ** -0.5)(key, shape, dtype)
