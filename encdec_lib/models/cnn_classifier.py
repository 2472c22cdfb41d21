"""Chapter 2's encoder with one linear layer on top: the convolutional rival of a small ViT."""

import dataclasses

from flax import nnx
from jaxtyping import Array, Float

from encdec_lib.models.captioning import CNNEncoder


@dataclasses.dataclass(frozen=True)
class CNNClassifierConfig:
    """Sizes. :func:`cnn_classifier` builds it."""

    side: int = 28  # H = W of the image
    in_channels: int = 1  # C
    num_classes: int = 10  # V
    channels: tuple[int, ...] = (16, 32, 64)  # of the convolutions, fine to coarse


class CNNClassifier(nnx.Module):
    r"""Convolutions down to a grid, and one linear layer over the whole of it.

    .. math:: P(V \mid X) = \mathrm{softmax}(\mathrm{flatten}(\mathrm{convolutions}(X))\, W + b)

    Args:
      config: its sizes.
      rngs: ``params`` initialises the weights.
    """

    def __init__(self, config: CNNClassifierConfig, *, rngs: nnx.Rngs):
        self.encoder = CNNEncoder(
            config.side, config.in_channels, config.channels, config.num_classes, rngs=rngs
        )
        self.config = config

    def __call__(self, images: Float[Array, "B H W C"]) -> Float[Array, "B V"]:
        """Logits of the classes: the encoder's one vector, as wide as there are classes."""
        return self.encoder(images).vectors[:, 0]


def cnn_classifier(
    config: CNNClassifierConfig = CNNClassifierConfig(), *, rngs: nnx.Rngs
) -> CNNClassifier:
    """Builds the classifier, in evaluation mode.

    Args:
      config: its sizes.
      rngs: ``params`` initialises the weights.

    Returns:
      A :class:`CNNClassifier`, called as ``model(images)``;
      :class:`~encdec_lib.classification.ClassificationLoss` trains it.

    Raises:
      ValueError: if ``num_classes`` is below 1, or ``side`` cannot be halved once for every scale
        after the first.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> model = cnn_classifier(CNNClassifierConfig(side=8, channels=(2, 3)), rngs=nnx.Rngs(0))
      >>> model(jnp.ones((5, 8, 8, 1))).shape
      (5, 10)
    """
    if config.num_classes < 1:
        raise ValueError(f"num_classes must be at least 1; got {config.num_classes}.")
    model = CNNClassifier(config, rngs=rngs)
    model.eval()
    return model
