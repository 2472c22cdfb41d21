"""Pictures as a pretrained model wants them: of its size, in its range of numbers."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, UInt8

from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.inputs import as_numbers

MEAN, STD = 0.5, 0.5  # of every channel, in ViT's preprocessor_config.json

Pictures = Float[np.ndarray, "B H W C"] | UInt8[np.ndarray, "B H W C"] | Float[Array, "B H W C"]


def prepare(images: Pictures, side: int = 224) -> Float[Array, "B S S 3"]:
    r"""Pictures as the model was trained to see them: one size, three colours, from -1 to 1.

    .. math:: x = (\mathrm{resize}(y) - 0.5) / 0.5

    A picture is stretched to a square, nothing is cut off. Where it gets smaller, a pixel is a
    weighted mean of all those it covers (a triangle as wide as two new pixels).

    Args:
      images: ``(B, H, W, C)`` of any size, C = 3, or 1 for grey: numbers from 0 to 1, or whole
        ones from 0 to 255 (uint8).
      side: of the result.

    Returns:
      ``(B, side, side, 3)``, float32.

    Raises:
      ValueError: for another number of axes or channels, or numbers beyond 0 and 1.

    Example:
      >>> import numpy as np
      >>> x = prepare(np.full((2, 28, 28, 1), 255, np.uint8))
      >>> x.shape, float(x.min()), float(x.max())
      ((2, 224, 224, 3), 1.0, 1.0)
    """
    if not isinstance(images, jax.Array):
        images = as_numbers("images", images)
    if images.ndim != 4 or images.shape[3] not in (1, 3) or 0 in images.shape:
        raise ValueError(
            f"images must be (B, H, W, C) with C = 3, or 1 for grey; got {images.shape}. A single "
            f"one is image[None]; an alpha channel is cut off by images[..., :3]."
        )
    check_whole("side", side)
    whole = images.dtype == np.uint8
    if not whole and not (images.min() >= 0 and images.max() <= 1):  # NaN fails both
        raise ValueError(
            f"images must have numbers from 0 to 1, or be uint8 from 0 to 255; got "
            f"{images.min():.3g} to {images.max():.3g} of {images.dtype}."
        )
    x = jnp.asarray(images, jnp.float32) / (255 if whole else 1)
    x = jax.image.resize(x, (len(x), side, side, x.shape[3]), "linear", antialias=True)
    return jnp.broadcast_to((x - MEAN) / STD, (len(x), side, side, 3))
