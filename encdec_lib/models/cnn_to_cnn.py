"""Image to image (chapter 2): a U-Net gives every pixel its class.

The encoder halves the image until a small grid of wide vectors is left, the bottleneck. The
decoder doubles it again. Skip connections hand the decoder what the encoder knew at each finer
scale; a switch takes them away.
"""

import dataclasses
import math
from typing import Any

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from encdec_lib.encoding import Decoded, EncoderDecoder, Encoding
from encdec_lib.layers.convolution import ConvBlock, TransposedConv, max_pool
from encdec_lib.runtime.checks import check_flags, check_sizes, check_wholes, is_whole


@dataclasses.dataclass(frozen=True)
class UNetConfig:
    """Sizes of the U-Net. :func:`unet` builds it."""

    num_classes: int = 11  # classes of a pixel, background included
    in_channels: int = 1  # C of the image
    channels: tuple[int, ...] = (16, 32, 48, 64)  # width at each scale, fine to coarse
    skips: bool = True  # hand the finer feature maps to the decoder

    def __post_init__(self):
        check_sizes(self, "num_classes", "in_channels")
        check_flags(self, "skips")
        check_channels(self.channels)


def check_channels(channels: Any) -> None:
    """Raises ValueError unless ``channels`` are widths of two scales or more."""
    if not isinstance(channels, tuple | list) or not all(map(is_whole, channels)):
        raise ValueError(f"channels must be whole numbers, one a scale; got {channels!r}.")
    if len(channels) < 2:
        raise ValueError(f"channels needs a width for two scales or more; got {channels}.")
    if min(channels) < 1:
        raise ValueError(f"channels must all be at least 1; got {channels}.")


class UNetEncoder(nnx.Module):
    r"""Halves the image scale by scale; the coarsest map is the encoding.

    .. math:: f_1 = \mathrm{block}_1(X), \qquad f_k = \mathrm{block}_k(\mathrm{pool}(f_{k-1}))

    Each cell of the last map is one vector, row by row: :math:`M = (H / 2^{K-1})^2` for K scales.

    Args:
      in_channels: C of the image.
      channels: width at each scale, fine to coarse.
      rngs: ``params`` initialises the weights.

    Raises:
      ValueError: if there are fewer than two scales.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> encoding = UNetEncoder(1, (2, 3, 5), rngs=nnx.Rngs(0))(jnp.ones((7, 16, 16, 1)))
      >>> encoding.vectors.shape, [skip.shape for skip in encoding.skips]
      ((7, 16, 5), [(7, 16, 16, 2), (7, 8, 8, 3)])
    """

    def __init__(self, in_channels: int, channels: tuple[int, ...], *, rngs: nnx.Rngs):
        check_channels(channels)
        check_wholes(in_channels=in_channels)
        widths = (in_channels, *channels)
        self.blocks = nnx.data(
            [ConvBlock(a, b, rngs=rngs) for a, b in zip(widths, channels, strict=False)]
        )
        self.in_channels, self.factor = in_channels, 2 ** (len(channels) - 1)
        self.encoding_dim = channels[-1]

    def __call__(self, source: Float[Array, "B H W C"], mask: None = None) -> Encoding:
        """Encodes square images, H = W divisible by ``factor``."""
        maps = self.maps(source)
        batch, height, width, channels = maps[-1].shape
        vectors = maps[-1].reshape(batch, height * width, channels)
        return Encoding(vectors, jnp.ones((batch, height * width), bool), tuple(maps[:-1]))

    def maps(self, source: Float[Array, "B H W C"]) -> list[Float[Array, "B h w K"]]:
        """The feature map at every scale, fine to coarse.

        Raises:
          ValueError: if the image has another number of channels, is not square, or its side
            is not divisible by the factor between the finest and the coarsest scale.
        """
        if source.ndim != 4 or source.shape[-1] != self.in_channels:
            raise ValueError(
                f"source must be images (B, H, W, {self.in_channels}), channels last; got "
                f"{source.shape}. A single grey image H×W is image[None, :, :, None]."
            )
        height, width = source.shape[1:3]
        if height != width or height % self.factor:
            raise ValueError(
                f"source must be square with a side divisible by {self.factor}, as it is halved "
                f"{len(self.blocks) - 1} times; got {height}×{width}. Pad it with background."
            )
        maps = [self.blocks[0](source)]
        for block in self.blocks[1:]:
            maps.append(block(max_pool(maps[-1])))
        return maps


class UNetDecoder(nnx.Module):
    r"""Doubles the grid scale by scale and ends in logits for every pixel.

    .. math::
        u_k = \mathrm{up}_k(g_{k+1}), \qquad
        g_k = \mathrm{block}_k([u_k; f_k]), \qquad
        P(Y_{hw}) = \mathrm{softmax}(g_1[h, w]\, W + b)

    The brackets concatenate on the channel axis. Without skips, :math:`\mathrm{up}_k` has twice
    the channels instead: the blocks keep their sizes, and the network has about a tenth *more*
    parameters than with skips.

    The last product, the same at each pixel, is what papers call a 1×1 convolution.

    Args:
      num_classes: V, classes of a pixel.
      channels: as for the encoder, fine to coarse.
      skips: whether it reads ``encoding.skips``.
      rngs: ``params`` initialises the weights.

    Reference:
      Ronneberger et al. (2015), arXiv:1505.04597.
    """

    def __init__(
        self, num_classes: int, channels: tuple[int, ...], *, skips: bool = True, rngs: nnx.Rngs
    ):
        check_channels(channels)
        check_wholes(num_classes=num_classes)
        steps = list(zip(channels[:0:-1], channels[-2::-1], strict=True))  # coarse to fine
        self.ups = nnx.data([TransposedConv(a, b if skips else 2 * b, rngs=rngs) for a, b in steps])
        self.blocks = nnx.data([ConvBlock(2 * b, b, rngs=rngs) for _, b in steps])
        self.output = nnx.Linear(channels[0], num_classes, rngs=rngs)
        self.skips, self.num_classes, self.encoding_dim = skips, num_classes, channels[-1]

    def __call__(self, encoding: Encoding) -> Decoded:
        """Scores every pixel; the image is written at once.

        Raises:
          ValueError: if the encoding is no square grid of vectors, or lacks the skips.
        """
        batch, count, width = encoding.vectors.shape
        side = math.isqrt(count)
        if width != self.encoding_dim or side * side != count:
            raise ValueError(
                f"encoding must be a square grid of vectors of width {self.encoding_dim}, shape "
                f"(B, side², {self.encoding_dim}); got {encoding.vectors.shape}."
            )
        x = encoding.vectors.reshape(batch, side, side, width)
        if self.skips and len(encoding.skips) != len(self.ups):
            raise ValueError(
                f"encoding must bring {len(self.ups)} skips, one a finer scale; got "
                f"{len(encoding.skips)}. Use a UNetEncoder of as many scales, or skips=False."
            )
        for k, (up, block) in enumerate(zip(self.ups, self.blocks, strict=True), 1):
            x = up(x)
            if self.skips:
                x = jnp.concatenate([x, encoding.skips[-k]], axis=-1)
            x = block(x)
        return Decoded(self.output(x), None)


def unet(config: UNetConfig = UNetConfig(), *, rngs: nnx.Rngs) -> EncoderDecoder:
    """Builds the U-Net, with or without skips.

    Args:
      config: its sizes.
      rngs: ``params`` initialises the weights.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` in evaluation mode: called as
      ``model(images)``, logits ``(B, H, W, V)``. :func:`~encdec_lib.train.loop.fit` switches batch
      normalisation to training mode and back.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> model = unet(UNetConfig(channels=(2, 3)), rngs=nnx.Rngs(0))
      >>> model(jnp.ones((1, 8, 8, 1))).logits.shape
      (1, 8, 8, 11)
    """
    return EncoderDecoder(
        UNetEncoder(config.in_channels, config.channels, rngs=rngs),
        UNetDecoder(config.num_classes, config.channels, skips=config.skips, rngs=rngs),
    )
