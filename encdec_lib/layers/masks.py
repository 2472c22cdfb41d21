"""Who may look at whom: a softmax that leaves hidden positions out, and the mask of the future.

Shape letters: B batch, M vectors in the encoding, T target positions.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from encdec_lib.runtime.checks import check_whole, check_wholes


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
    check_wholes(length=length)
    return jnp.tril(jnp.ones((1, length, length), bool))


PREFIXES = ("full", "causal")


def prefix_mask(
    real: Bool[Array, "B S"], length: int, prefix: str = "full"
) -> Bool[Array, "B L L"]:
    """Who may look at whom in a prefix and ``length`` positions after it.

    Args:
      real: where the prefix holds something, ``(B, S)``.
      length: T, positions after the prefix.
      prefix: ``"full"``, all of the prefix sees all of it, or ``"causal"``, nobody looks ahead.

    Returns:
      ``(B, S + T, S + T)``, True where the row may look at the column. Padding is seen by none.

    Raises:
      ValueError: if ``prefix`` is another.

    Example:
      >>> import jax.numpy as jnp
      >>> prefix_mask(jnp.ones((1, 2), bool), 2)[0].astype(int).tolist()
      [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]

    Reference:
      Raffel et al. (2020), T5, arXiv:1910.10683, section 3.2.1 and figure 3.
    """
    if prefix not in PREFIXES:
        raise ValueError(f"prefix must be one of {', '.join(PREFIXES)}; got {prefix!r}.")
    check_whole("length", length, least=0)
    size = real.shape[1]
    mask = causal_mask(size + length)
    if prefix == "full":
        places = jnp.arange(size + length)
        mask = mask | ((places < size)[None, :, None] & (places < size)[None, None])
    return mask & jnp.pad(real, ((0, 0), (0, length)), constant_values=True)[:, None]
