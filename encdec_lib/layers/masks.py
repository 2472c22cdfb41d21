"""Who may look at whom: a softmax that leaves hidden positions out, and the mask of the future.

Shape letters: B batch, M vectors in the encoding, T target positions.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float


def masked_softmax(scores: Float[Array, "*B M"], mask: Bool[Array, "*B M"]) -> Array:
    """Softmax over the real positions; exactly 0 elsewhere.

    A row with nothing real gives zeros, and its gradient is finite.

    Args:
      scores: ``(..., M)``.
      mask: same shape, True at real positions.

    Returns:
      Weights ``(..., M)``; each row with a real position adds up to 1.

    Example:
      >>> import jax.numpy as jnp
      >>> masked_softmax(jnp.array([0.0, 0.0, 9.0]), jnp.array([True, True, False])).tolist()
      [0.5, 0.5, 0.0]
    """
    scores = jnp.where(mask, scores, jnp.finfo(scores.dtype).min)
    return jnp.where(mask, jax.nn.softmax(scores, axis=-1), 0.0)


def causal_mask(length: int) -> Bool[Array, "1 T T"]:
    """Who may look at whom where nobody may look ahead: position t sees 0 to t.

    Example:
      >>> causal_mask(3)[0].astype(int).tolist()
      [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    """
    return jnp.tril(jnp.ones((1, length, length), bool))
