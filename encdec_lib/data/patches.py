r"""Patches: squares cut from an image, each laid out as one row of numbers (chapters 14 to 16).

Shape letters: B batch, (H, W, C) image, P side of a patch, M patches = HW / P².
"""

import jax
import numpy as np
from jaxtyping import Array, Float

from encdec_lib.runtime.checks import check_whole, is_whole
from encdec_lib.runtime.inputs import as_numbers

Images = Float[Array, "B H W C"] | Float[np.ndarray, "B H W C"]


Patches = Float[Array, "B M PPC"] | Float[np.ndarray, "B M PPC"]


def cut(images: Images, patch: int) -> Patches:
    """Cuts images into squares and lays each out as one row of numbers.

    Args:
      images: ``(B, H, W, C)``.
      patch: P, side of a square in pixels; divides H and W.

    Returns:
      ``(B, M, P²C)``, M = HW / P²: patches row by row; in each the pixels row by row, the
      channels of a pixel side by side.

    Raises:
      ValueError: if the images are not ``(B, H, W, C)``, or P does not divide H and W.

    Example:
      >>> import jax.numpy as jnp
      >>> image = jnp.arange(16.0).reshape(1, 4, 4, 1)
      >>> cut(image, 2)[0].astype(int).tolist()
      [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]

    Reference:
      Dosovitskiy et al. (2021), arXiv:2010.11929, section 3.1.
    """
    if not isinstance(images, jax.Array):  # a tracer is one
        images = as_numbers("images", images)
    if images.ndim != 4 or 0 in images.shape:
        raise ValueError(
            f"images must have four axes (B, H, W, C); got {images.shape}. A single grey image "
            f"H×W is image[None, :, :, None]."
        )
    batch, height, width, channels = images.shape
    if not is_whole(patch) or patch < 1 or height % patch or width % patch:
        raise ValueError(
            f"patch must divide both sides of an image of {height}×{width} pixels; got {patch}."
        )
    rows, columns = height // patch, width // patch
    squares = images.reshape(batch, rows, patch, columns, patch, channels).swapaxes(2, 3)
    return squares.reshape(batch, rows * columns, patch * patch * channels)


def paste(patches: Patches, patch: int, side: int) -> Images:
    """Puts patches back where :func:`cut` took them from, into square images.

    Raises:
      ValueError: if there is another number of patches than the square images have.

    Example:
      >>> import jax.numpy as jnp
      >>> image = jnp.arange(36.0).reshape(1, 6, 6, 1)
      >>> bool((paste(cut(image, 3), 3, 6) == image).all())
      True
    """
    check_whole("patch", patch)
    check_whole("side", side)
    if not isinstance(patches, jax.Array):
        patches = as_numbers("patches", patches)
    if patches.ndim != 3:
        raise ValueError(f"patches must be (B, M, P²C); got {patches.shape}.")
    batch, places = patches.shape[0], side // patch
    if side % patch or patches.shape[1] != places**2 or patches.shape[2] % patch**2:
        raise ValueError(
            f"patches must be (B, (side / patch)², P²C), those of images of side {side} in patches "
            f"of side {patch}; got {patches.shape}."
        )
    squares = patches.reshape(batch, places, places, patch, patch, -1).swapaxes(2, 3)
    return squares.reshape(batch, side, side, -1)
