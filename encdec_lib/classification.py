r"""Classifying images: the loss, augmentation, accuracy. Any ``model(images) -> logits`` will do.

Shape letters: B batch, N images, (H, W, C) image, V classes.
"""

import dataclasses
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int


@dataclasses.dataclass(frozen=True)
class ClassificationLoss:
    r"""Cross-entropy of the classes, for ``fit(model, (images, labels), loss=...)``.

    .. math:: \mathcal{L} = -\sum_v \tilde y_v \log P(v \mid X), \qquad
        \tilde y_v = (1 - \varepsilon)\,[v = y] + \varepsilon / V
    """

    label_smoothing: float = 0.0

    def __post_init__(self):
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(f"label_smoothing must lie in [0, 1); got {self.label_smoothing}.")

    def check(self, examples) -> None:
        """Raises ValueError for data that cannot be a batch of images and their classes."""
        images, labels = examples
        if images.ndim != 4 or labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
            raise ValueError(
                f"data must be (images (N, H, W, C), labels (N,) of whole numbers); got "
                f"{images.shape} and {labels.shape} of {labels.dtype}."
            )
        if not np.isfinite(images).all():
            raise ValueError("images must be finite; some pixels are NaN or infinite.")
        if labels.min() < 0:
            raise ValueError(f"labels must count from 0; got {labels.min()}.")

    def __call__(self, model, batch) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """The sum over a batch, in nats, and the number of images."""
        images, labels = batch
        log_p = jax.nn.log_softmax(model(images).astype(jnp.float32))
        nats = -jnp.take_along_axis(log_p, labels[:, None], axis=1)[:, 0]
        if self.label_smoothing:
            e = self.label_smoothing
            nats = (1 - e) * nats - e * log_p.mean(axis=1)
        return nats.sum(), jnp.float32(len(labels))


def shifted(
    images: Float[np.ndarray, "N H W C"],
    labels: Int[np.ndarray, " N"],
    copies: int,
    most: int = 3,
    seed: int = 0,
) -> tuple[Float[np.ndarray, "K H W C"], Int[np.ndarray, " K"]]:
    """More examples from few: every image ``copies`` times, each moved by some pixels.

    Args:
      images: on black, ``(N, H, W, C)``.
      labels: one class an image.
      copies: how many of each, the first one unmoved.
      most: largest move along each side, in pixels, less than H and W.
      seed: fixes the moves.

    Returns:
      ``(N · copies, H, W, C)`` and their labels. What moves out of the picture is lost, what
      comes in is 0.

    Raises:
      ValueError: if ``copies`` is below 1 or ``most`` does not fit the images.

    Example:
      >>> import numpy as np
      >>> more, labels = shifted(np.ones((2, 8, 8, 1), np.float32), np.array([3, 4]), copies=5)
      >>> more.shape, labels.shape
      ((10, 8, 8, 1), (10,))
    """
    count, height, width, channels = images.shape
    if copies < 1:
        raise ValueError(f"copies must be at least 1; got {copies}.")
    if not 0 <= most < min(height, width):
        raise ValueError(
            f"most must be at least 0 and less than the sides {height}×{width}; got {most}."
        )
    moves = np.random.default_rng(seed).integers(-most, most + 1, (copies, count, 2))
    moves[0] = 0
    padded = np.pad(images, ((0, 0), (most, most), (most, most), (0, 0)))
    rows = moves[..., 0, None] + most + np.arange(height)  # (copies, N, H)
    columns = moves[..., 1, None] + most + np.arange(width)
    each = np.arange(count)[None, :, None, None]
    moved = padded[each, rows[..., None], columns[:, :, None, :]]
    return moved.reshape(-1, height, width, channels), np.tile(labels, copies)


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
