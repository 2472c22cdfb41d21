"""Using and judging a model that gives every pixel a class (chapter 2)."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Bool, Float, Int

from encdec_lib.encoding import EncoderDecoder, HasClasses, TokenDecoder
from encdec_lib.runtime.batched import run_batched
from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.flops import step_flops
from encdec_lib.runtime.inputs import check_ids, check_images

_FEWEST_NAMED = 1000  # pixels; a share of fewer says nothing


def segment(model: EncoderDecoder, images: Any, batch_size: int = 256) -> Int[np.ndarray, "N H W"]:
    r"""The most probable class of every pixel, :math:`\hat y_{hw} = \arg\max_v P(Y_{hw} = v)`.

    Args:
      model: called as ``model(images)``, gives logits ``(B, H, W, V)``; in evaluation mode, as
        :func:`~encdec_lib.train.loop.fit` leaves it.
      images: ``(N, H, W, C)``.
      batch_size: how many at a time.

    Returns:
      Labels ``(N, H, W)``.

    Raises:
      ValueError: if ``images`` is empty, has another rank or a pixel that is not finite, the
        model writes tokens, or as the model's encoder says.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
      >>> model = unet(UNetConfig(channels=(2, 3)), rngs=nnx.Rngs(0))
      >>> segment(model, np.zeros((5, 8, 8, 1), np.float32)).shape
      (5, 8, 8)
    """
    if not isinstance(model, nnx.Module):
        raise TypeError(f"model must be a Flax NNX module; got {type(model).__name__}.")
    if isinstance(model, HasClasses):
        raise ValueError(
            f"model must give every pixel a class; got {type(model).__name__}, which gives an "
            f"image one: use encdec_lib.evaluation.classes.classify."
        )
    if isinstance(model, EncoderDecoder) and isinstance(model.decoder, TokenDecoder):
        raise ValueError(
            f"model must write images; got a {type(model.decoder).__name__}, which writes tokens: "
            f"use encdec_lib.generate."
        )
    images = check_images("images", images).astype(np.float32)
    check_whole("batch_size", batch_size)
    flops = step_flops(model, [images], 1) / 3  # forwards alone
    return run_batched(_labels, model, images, batch_size=batch_size, flops=flops)


def _labels(model, images):
    return jnp.argmax(model(images).logits, axis=-1)


def intersection_over_union(
    labels: Int[np.ndarray, "N H W"], truth: Int[np.ndarray, "N H W"], num_classes: int = 11
) -> Float[np.ndarray, " V"]:
    r"""Of the pixels that either map gives to a class, the share that both do.

    .. math:: \mathrm{IoU}_v = \frac{|\{\hat y = v\} \cap \{y = v\}|}
        {|\{\hat y = v\} \cup \{y = v\}|}

    Pixels of all images are counted together, so that a large digit weighs more.

    Args:
      labels: what the model says.
      truth: the true classes.
      num_classes: V.

    Returns:
      One number from 0 to 1 a class; NaN for a class that neither map holds.

    Raises:
      ValueError: if shapes differ or a label is out of range.

    Example:
      >>> truth = np.array([[[0, 0, 1, 1]]])
      >>> labels = np.array([[[0, 1, 1, 1]]])
      >>> intersection_over_union(labels, truth, num_classes=2).round(2).tolist()
      [0.5, 0.67]
    """
    check_whole("num_classes", num_classes)
    labels, truth = _maps(labels, truth)
    for name, array in (("labels", labels), ("truth", truth)):
        if array.min() < 0 or array.max() >= num_classes:
            raise ValueError(
                f"{name} must lie in [0, {num_classes}) (num_classes); got {array.min()} to "
                f"{array.max()}."
            )
    pairs = np.bincount((truth * num_classes + labels).ravel(), minlength=num_classes**2)
    pairs = pairs.reshape(num_classes, num_classes)  # row: true class, column: the model's
    both = np.diag(pairs)
    either = pairs.sum(axis=0) + pairs.sum(axis=1) - both
    return np.divide(both, either, out=np.full(num_classes, np.nan), where=either > 0)


def mean_iou(labels: Any, truth: Any, num_classes: int = 11) -> float:
    """The mean of :func:`intersection_over_union` over all classes but the background.

    Raises:
      ValueError: as :func:`intersection_over_union`, or if neither map holds another class.

    Example:
      >>> truth = np.array([[[0, 1, 2, 2]]])
      >>> mean_iou(np.array([[[0, 1, 2, 1]]]), truth, num_classes=3)
      0.5
    """
    found = intersection_over_union(labels, truth, num_classes)[1:]
    if np.isnan(found).all():
        raise ValueError(
            "labels and truth must hold a class beside the background, 0; got background alone, "
            "of which there is no mean."
        )
    return float(np.nanmean(found))


def boundary(truth: Int[np.ndarray, "N H W"], width: int = 1) -> Bool[np.ndarray, "N H W"]:
    """Pixels that have a pixel of another class within ``width`` steps, diagonals included.

    Args:
      truth: the true classes.
      width: how far to look, in pixels.

    Returns:
      One flag a pixel.

    Raises:
      ValueError: if ``truth`` is no label map or ``width`` is below 1.

    Example:
      >>> boundary(np.array([[[0, 0, 0, 1, 1, 1]]]))[0, 0].astype(int).tolist()
      [0, 0, 1, 1, 0, 0]
    """
    check_whole("width", width)
    truth = _map("truth", truth)
    _, height, wide = truth.shape
    padded = np.pad(truth, ((0, 0), (width, width), (width, width)), mode="edge")
    near = np.zeros(truth.shape, bool)
    for i in range(2 * width + 1):
        for j in range(2 * width + 1):
            near |= padded[:, i : i + height, j : j + wide] != truth
    return near


def boundary_accuracy(labels: Any, truth: Any, width: int = 1) -> float:
    """The share of :func:`boundary` pixels with the right class, from 0 to 1.

    Raises:
      ValueError: as :func:`boundary`, or if there is no boundary.

    Example:
      >>> truth = np.array([[[0, 0, 0, 1, 1, 1]]])
      >>> boundary_accuracy(np.array([[[0, 0, 1, 1, 1, 0]]]), truth)
      0.5
    """
    labels, truth = _maps(labels, truth)
    near = boundary(truth, width)
    if not near.any():
        raise ValueError(
            f"truth must hold two classes beside each other; got {truth[0, 0, 0]} alone, which has "
            f"no boundary."
        )
    return float((labels == truth)[near].mean())


def segmentation_scores(labels: Any, truth: Any) -> dict[str, Any]:
    """What a segmentation is worth, in percent.

    Args:
      labels: ``(N, H, W)``, what the model says; 0 is the background.
      truth: the true classes.

    Returns:
      By name, ``mean IoU`` over the ten digits, ``ink IoU`` of ink of any kind, ``boundary``
      pixels that are right, ``pixels`` that are right, ``IoU by class``, and ``named``, the share
      of the ink found that bears the right name (None if fewer than 1,000 pixels were found).

    Raises:
      ValueError: as :func:`mean_iou` and :func:`boundary_accuracy`.

    Example:
      >>> truth = np.array([[[0, 0, 3, 3]]])
      >>> scores = segmentation_scores(np.array([[[0, 3, 3, 5]]]), truth)
      >>> round(scores["ink IoU"], 1), scores["pixels"], scores["named"]
      (66.7, 50.0, None)
    """
    ink = intersection_over_union(np.minimum(labels, 1), np.minimum(truth, 1), 2)
    both = (np.asarray(labels) > 0) & (np.asarray(truth) > 0)
    right = np.asarray(labels) == np.asarray(truth)
    return {
        "mean IoU": 100 * mean_iou(labels, truth),
        "ink IoU": 100 * float(ink[1]),
        "boundary": 100 * boundary_accuracy(labels, truth),
        "pixels": 100 * float(right.mean()),
        "IoU by class": [100 * float(x) for x in intersection_over_union(labels, truth)],
        "named": 100 * float(right[both].mean()) if both.sum() >= _FEWEST_NAMED else None,
    }


def _map(name: str, labels: Any) -> np.ndarray:
    """Label maps as an array."""
    labels = check_ids(name, labels)
    if labels.ndim != 3 or 0 in labels.shape:
        raise ValueError(f"{name} must be label maps (N, H, W); got {labels.shape}.")
    return labels


def _maps(labels: Any, truth: Any) -> tuple[np.ndarray, np.ndarray]:
    """Two stacks of label maps of one shape."""
    labels, truth = _map("labels", labels), _map("truth", truth)
    if labels.shape != truth.shape:
        raise ValueError(f"labels and truth must agree; got {labels.shape} and {truth.shape}.")
    return labels, truth
