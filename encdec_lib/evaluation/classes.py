r"""Which class an image belongs to: probabilities and accuracy of any ``model(images) -> logits``.

Shape letters: N images, (H, W, C) image, V classes.
"""

import jax
import numpy as np
from flax import nnx
from jaxtyping import Float, Int

from encdec_lib.encoding import EncoderDecoder
from encdec_lib.runtime.batched import run_batched
from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.flops import step_flops
from encdec_lib.runtime.inputs import check_ids, check_images
from encdec_lib.train.data_checks import check_classes


def classify(
    model: nnx.Module, images: Float[np.ndarray, "N H W C"], batch_size: int = 250
) -> Float[np.ndarray, "N V"]:
    """Probabilities of the classes, batch after batch of one shape.

    Raises:
      ValueError: if there is no image, a pixel is not finite, ``batch_size`` is below 1, or the
        model is an encoder-decoder.
    """
    if not isinstance(model, nnx.Module):
        raise TypeError(f"model must be a Flax NNX module; got {type(model).__name__}.")
    if isinstance(model, EncoderDecoder):
        raise ValueError(
            f"model must give an image's logits (B, V), as vit(...) and cnn_classifier(...) do; "
            f"got an EncoderDecoder with a {type(model.decoder).__name__}."
        )
    images = check_images("images", images)
    check_whole("batch_size", batch_size)
    flops = step_flops(model, [images], 1) / 3  # forwards alone
    return run_batched(_probabilities, model, images, batch_size=batch_size, flops=flops)


def accuracy(
    model: nnx.Module, images: Float[np.ndarray, "N H W C"], labels: Int[np.ndarray, " N"]
) -> float:
    """Share of images whose most probable class is the right one, 0 to 1.

    Raises:
      ValueError: as :func:`classify`, or if there is not one label for each, of a class that the
        model knows.
    """
    images, labels = check_images("images", images), check_ids("labels", labels)
    if labels.shape != images.shape[:1]:
        raise ValueError(
            f"labels must be one for each of {len(images)} images; got {labels.shape}."
        )
    check_classes(model, labels)
    return float((classify(model, images).argmax(axis=1) == labels).mean())


def _probabilities(model, images):
    return jax.nn.softmax(model(images))
