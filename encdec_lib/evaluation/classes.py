r"""Which class an image belongs to: probabilities and accuracy of any ``model(images) -> logits``.

Shape letters: N images, (H, W, C) image, V classes.
"""

import jax
import numpy as np
from flax import nnx
from jaxtyping import Float, Int

from encdec_lib.runtime.batched import run_batched
from encdec_lib.runtime.flops import step_flops


def classify(
    model: nnx.Module, images: Float[np.ndarray, "N H W C"], batch_size: int = 250
) -> Float[np.ndarray, "N V"]:
    """Probabilities of the classes, batch after batch of one shape.

    Raises:
      ValueError: if there is no image.
    """
    if len(images) == 0:
        raise ValueError(f"images must hold at least one; got {images.shape}.")
    flops = step_flops(model, [images], 1) / 3  # forwards alone
    return run_batched(_probabilities, model, images, batch_size=batch_size, flops=flops)


def accuracy(
    model: nnx.Module, images: Float[np.ndarray, "N H W C"], labels: Int[np.ndarray, " N"]
) -> float:
    """Share of images whose most probable class is the right one, 0 to 1.

    Raises:
      ValueError: if there is no image, or not one label for each.
    """
    if len(images) != len(labels):
        raise ValueError(
            f"labels must be one for each of {len(images)} images; got {labels.shape}."
        )
    return float((classify(model, images).argmax(axis=1) == labels).mean())


def _probabilities(model, images):
    return jax.nn.softmax(model(images))
