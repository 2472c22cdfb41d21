r"""Classifying images: the loss, augmentation, accuracy. Any ``model(images) -> logits`` will do.

Shape letters: B batch, N images, (H, W, C) image, V classes.
"""

from functools import lru_cache

import jax
import numpy as np
from flax import nnx
from jaxtyping import Float, Int


def classify(
    model: nnx.Module, images: Float[np.ndarray, "N H W C"], batch_size: int = 250
) -> Float[np.ndarray, "N V"]:
    """Probabilities of the classes, batch after batch of one shape.

    Raises:
      ValueError: if there is no image.
    """
    if len(images) == 0:
        raise ValueError(f"images must hold at least one; got {images.shape}.")
    graph, state = nnx.split(model)
    size, parts = min(batch_size, len(images)), []
    for start in range(0, len(images), size):
        rows = np.resize(np.arange(start, min(start + size, len(images))), size)
        parts.append(np.asarray(_probabilities(graph)(state, images[rows])))
    return np.concatenate(parts)[: len(images)]


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


@lru_cache(maxsize=16)
def _probabilities(graph):
    return jax.jit(lambda state, images: jax.nn.softmax(nnx.merge(graph, state)(images)))
