"""What a decoder relies on: one of the things it reads is set to zero (chapter 2)."""

import jax.numpy as jnp

from encdec_lib.encoding import Encoding


def silenced(encoding: Encoding, part: str | int) -> Encoding:
    """The encoding with one part of it set to zero.

    Args:
      encoding: what an encoder gave.
      part: ``"vectors"``, or the number of a skip, 0 the finest.

    Returns:
      Another encoding of the same shapes.

    Raises:
      ValueError: if the encoding has no such part.

    Example:
      >>> skips = (jnp.ones((2, 4, 4, 7)),)
      >>> encoding = Encoding(jnp.ones((2, 3, 5)), jnp.ones((2, 3), bool), skips)
      >>> float(silenced(encoding, 0).skips[0].sum()), float(silenced(encoding, 0).vectors.sum())
      (0.0, 30.0)
    """
    if part == "vectors":
        return encoding._replace(vectors=jnp.zeros_like(encoding.vectors))
    there = range(len(encoding.skips))
    if isinstance(part, bool) or part not in there:
        raise ValueError(
            f'part must be "vectors" or the number of a skip, of which there are {len(there)}, '
            f"counted from 0; got {part!r}."
        )
    skips = (jnp.zeros_like(f) if k == part else f for k, f in enumerate(encoding.skips))
    return encoding._replace(skips=tuple(skips))
