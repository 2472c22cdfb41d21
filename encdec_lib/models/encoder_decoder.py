"""The smallest encoder-decoder (chapter 1): an image in, one vector, the same image out.

Two dense layers write the vector and two read it. When the target is the source itself, the pair
is called an autoencoder, and the width of the vector decides what can pass.
"""

import dataclasses

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from encdec_lib.encoding import Decoded, EncoderDecoder, Encoding
from encdec_lib.runtime.checks import check_sizes, check_wholes


@dataclasses.dataclass(frozen=True)
class AutoencoderConfig:
    """Sizes of the dense autoencoder. :func:`autoencoder` builds it."""

    side: int = 14  # H = W of the grey images that are read and painted
    hidden_dim: int = 64  # width of the layer on each side of the encoding
    encoding_dim: int = 8  # D, width of the one vector

    def __post_init__(self):
        check_sizes(self, "side", "hidden_dim", "encoding_dim")


class DenseEncoder(nnx.Module):
    r"""Reads an image as one long row of numbers and writes one vector.

    .. math:: H = \mathrm{relu}(x W_1 + b_1)\, W_2 + b_2, \qquad x = \mathrm{rows}(X)

    Every pixel has its own row of :math:`W_1`: the layer does not know which pixels are
    neighbours.

    Args:
      side: height and width of the grey image, in pixels.
      hidden_dim: K, width of the hidden layer.
      encoding_dim: D, width of the one vector.
      rngs: ``params`` initialises the weights.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> DenseEncoder(4, 5, 2, rngs=nnx.Rngs(0))(jnp.ones((3, 4, 4, 1))).vectors.shape
      (3, 1, 2)
    """

    def __init__(self, side: int, hidden_dim: int, encoding_dim: int, *, rngs: nnx.Rngs):
        check_wholes(side=side, hidden_dim=hidden_dim, encoding_dim=encoding_dim)
        self.hidden = nnx.Linear(side * side, hidden_dim, rngs=rngs)
        self.output = nnx.Linear(hidden_dim, encoding_dim, rngs=rngs)
        self.side, self.encoding_dim = side, encoding_dim

    def __call__(self, source: Float[Array, "B H W C"], mask: None = None) -> Encoding:
        """Encodes images ``(B, side, side, 1)``; M = 1.

        Raises:
          ValueError: if the images have another size or more than one channel.
        """
        if source.shape[1:] != (self.side, self.side, 1):
            raise ValueError(
                f"source must be images (B, {self.side}, {self.side}, 1), for which the dense "
                f"layer was built; got {source.shape}. A single image is image[None, :, :, None]."
            )
        pixels = source.reshape(len(source), -1)  # (B, H·W), row by row
        vectors = self.output(jax.nn.relu(self.hidden(pixels)))
        return Encoding(vectors[:, None], jnp.ones((len(source), 1), bool))


class DenseDecoder(nnx.Module):
    r"""Paints an image from one vector, all pixels at once.

    .. math:: l = \mathrm{relu}(H W_3 + b_3)\, W_4 + b_4, \qquad P(\text{white}) = \sigma(l)

    Args:
      side: height and width of the image it paints, in pixels.
      hidden_dim: K, width of the hidden layer.
      encoding_dim: D, width of the vector it reads.
      rngs: ``params`` initialises the weights.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> decoder = DenseDecoder(4, 5, 2, rngs=nnx.Rngs(0))
      >>> encoding = Encoding(jnp.ones((3, 1, 2)), jnp.ones((3, 1), bool))
      >>> decoder(encoding).logits.shape
      (3, 4, 4, 1)
    """

    def __init__(self, side: int, hidden_dim: int, encoding_dim: int, *, rngs: nnx.Rngs):
        check_wholes(side=side, hidden_dim=hidden_dim, encoding_dim=encoding_dim)
        self.hidden = nnx.Linear(encoding_dim, hidden_dim, rngs=rngs)
        self.output = nnx.Linear(hidden_dim, side * side, rngs=rngs)
        self.side, self.encoding_dim = side, encoding_dim

    def __call__(self, encoding: Encoding) -> Decoded:
        """Scores every pixel.

        Raises:
          ValueError: if the encoding is not one vector of the right width.
        """
        batch, count, width = encoding.vectors.shape
        if (count, width) != (1, self.encoding_dim):
            raise ValueError(
                f"encoding must be one vector an example, (B, 1, {self.encoding_dim}); got "
                f"{encoding.vectors.shape}. Use an encoder with M = 1."
            )
        logits = self.output(jax.nn.relu(self.hidden(encoding.vectors[:, 0])))
        return Decoded(logits.reshape(batch, self.side, self.side, 1), None)


def autoencoder(
    config: AutoencoderConfig = AutoencoderConfig(), *, rngs: nnx.Rngs
) -> EncoderDecoder:
    """Builds the dense autoencoder.

    Args:
      config: its sizes.
      rngs: ``params`` initialises the weights.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with M = 1, called as ``model(images)``,
      logits ``(B, H, W, 1)``; :func:`~encdec_lib.train.losses.reconstruction_loss` trains it.

    Raises:
      ValueError: if a size is smaller than 1.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> model = autoencoder(AutoencoderConfig(encoding_dim=2), rngs=nnx.Rngs(0))
      >>> model(jnp.ones((1, 14, 14, 1))).logits.shape
      (1, 14, 14, 1)

    Reference:
      Hinton & Salakhutdinov (2006), doi:10.1126/science.1127647.
    """
    sizes = config.side, config.hidden_dim, config.encoding_dim
    return EncoderDecoder(DenseEncoder(*sizes, rngs=rngs), DenseDecoder(*sizes, rngs=rngs))
