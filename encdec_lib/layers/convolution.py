r"""Convolutional layers: down by pooling, up by transposed convolution.

Images are ``(B, H, W, C)``, channels last, the layout in which XLA computes on a CPU; channels
first would be transposed there and back. Convolutions themselves are ``flax.nnx.Conv``. Chosen by
measurement on two CPU cores (``make bench`` sets the U-Net beside PyTorch eager):

- **Pooling** is a reshape and a maximum. ``nnx.max_pool`` becomes a reduce-window, whose gradient
  XLA computes by a slow select-and-scatter.
- **A transposed convolution whose stride equals its kernel** (2×2, stride 2, as in the U-Net)
  never overlaps: it is one matrix product and a reshape.
- **Training steps are not looped** on a CPU (:func:`encdec_lib.train.loop.fit` sees to it): inside
  an XLA loop the gradient of a convolution is many times slower than outside.
- **One device a core**, 16 images each in the chapters. At 32 images a device a step takes more
  than twice as long, presumably because the feature maps outgrow the caches.

PyTorch is still ahead. Most of the gap is the gradient with respect to the kernels, which takes XLA
as long as the forward pass and the other gradient together. Tried for it without gain: im2col,
shifted products over the flattened image, swapped roles, a sum over parts of the batch, the YNN
fusion option, 512-bit vectors, normalisation and ReLU with a gradient of their own.
"""

import math

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from encdec_lib.runtime.checks import check_whole, check_wholes

HE = nnx.initializers.he_normal()


class ConvBlock(nnx.Module):
    r"""Two 3×3 convolutions, each followed by batch normalisation and ReLU; size is kept.

    .. math:: x \mapsto \mathrm{ReLU}(\mathrm{BN}(x * W + b)), \quad \text{twice}

    The paper has no normalisation and crops the borders. Batch normalisation makes the networks
    of this course learn several times faster; padding with zeros keeps the size.

    Args:
      in_channels: C of the input.
      out_channels: C of the output.
      rngs: ``params`` initialises the kernels (He et al. 2015).

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> ConvBlock(1, 4, rngs=nnx.Rngs(0))(jnp.ones((2, 8, 8, 1))).shape
      (2, 8, 8, 4)

    Reference:
      Ronneberger et al. (2015), arXiv:1505.04597, figure 1; Ioffe & Szegedy (2015),
      arXiv:1502.03167.
    """

    def __init__(self, in_channels: int, out_channels: int, *, rngs: nnx.Rngs):
        check_wholes(in_channels=in_channels, out_channels=out_channels)
        self.conv1 = nnx.Conv(in_channels, out_channels, (3, 3), kernel_init=HE, rngs=rngs)
        self.norm1 = nnx.BatchNorm(out_channels, momentum=0.9, rngs=rngs)
        self.conv2 = nnx.Conv(out_channels, out_channels, (3, 3), kernel_init=HE, rngs=rngs)
        self.norm2 = nnx.BatchNorm(out_channels, momentum=0.9, rngs=rngs)

    def __call__(self, x: Float[Array, "B H W C"]) -> Float[Array, "B H W K"]:
        """Applies both convolutions."""
        x = jax.nn.relu(self.norm1(self.conv1(x)))
        return jax.nn.relu(self.norm2(self.conv2(x)))


def max_pool(x: Float[Array, "B H W C"], size: int = 2) -> Float[Array, "B h w C"]:
    """The largest value of each square of ``size`` × ``size`` pixels.

    Args:
      x: ``(B, H, W, C)``.
      size: side of the square; divides H and W.

    Returns:
      ``(B, H / size, W / size, C)``.

    Raises:
      ValueError: if H or W is not divisible by ``size``.

    Example:
      >>> import jax.numpy as jnp
      >>> max_pool(jnp.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0].tolist()
      [[5.0, 7.0], [13.0, 15.0]]
    """
    check_whole("size", size)
    if jnp.ndim(x) != 4:
        raise ValueError(f"x must be images (B, H, W, C); got {jnp.shape(x)}.")
    batch, height, width, channels = x.shape
    if height % size or width % size:
        raise ValueError(
            f"x must have sides divisible by {size} (size), shape (B, H, W, C); got {x.shape}."
        )
    squares = x.reshape(batch, height // size, size, width // size, size, channels)
    return squares.max(axis=(2, 4))


def transposed_output_size(size: int, kernel: int, stride: int, padding: int = 0) -> int:
    r"""Pixels along one side after a transposed convolution: :math:`(n - 1) s - 2p + k`.

    Example:
      >>> transposed_output_size(4, kernel=3, stride=2, padding=1)
      7
    """
    return (size - 1) * stride - 2 * padding + kernel


def transposed_convolution(
    x: Float[Array, "B H W C"],
    kernel: Float[Array, "kh kw C K"],
    stride: int = 2,
    padding: int = 0,
) -> Float[Array, "B H2 W2 K"]:
    r"""Every input pixel stamps the kernel, weighted by its value, ``stride`` pixels apart.

    .. math:: y_{si + a - p,\; sj + b - p} \mathrel{+}= x_{ij} W_{ab}
        \qquad\text{for every } i, j, a, b

    As a matrix it is the transpose of a convolution with the same kernel, stride and padding,
    hence the name; it does not undo one. PyTorch's ``ConvTranspose2d`` is the same function.

    Args:
      x: ``(B, H, W, C)``.
      kernel: ``(kh, kw, C, K)``.
      stride: s, distance between two stamps in output pixels.
      padding: p, pixels cut off each side of the output; below both sides of the kernel.

    Returns:
      ``(B, H', W', K)`` with :math:`H' = (H - 1) s - 2p + k_h`, and W' alike.

    Raises:
      ValueError: if channels do not agree, or ``stride`` or ``padding`` is out of range.

    Example:
      >>> import jax.numpy as jnp
      >>> row = jnp.array([1.0, 10.0]).reshape(1, 1, 2, 1)
      >>> transposed_convolution(row, jnp.ones((1, 3, 1, 1)), stride=2)[0, 0, :, 0].tolist()
      [1.0, 1.0, 11.0, 10.0, 10.0]

    Reference:
      Dumoulin & Visin (2016), arXiv:1603.07285, chapter 4.
    """
    if jnp.ndim(x) != 4 or jnp.ndim(kernel) != 4:
        raise ValueError(
            f"x and kernel must be (B, H, W, C) and (kh, kw, C, K); got {jnp.shape(x)} and "
            f"{jnp.shape(kernel)}."
        )
    check_whole("stride", stride)
    check_whole("padding", padding, least=0)
    k_h, k_w, channels, out = kernel.shape
    if x.shape[-1] != channels:
        raise ValueError(
            f"x must have the {channels} channels of the kernel, shape (B, H, W, C); got {x.shape}."
        )
    if stride < 1 or not 0 <= padding < min(k_h, k_w):
        raise ValueError(
            f"stride must be at least 1 and padding in [0, {min(k_h, k_w)}), below the kernel's "
            f"sides; got stride={stride}, padding={padding}."
        )
    if k_h == k_w == stride and padding == 0:  # stamps do not overlap
        batch, height, width, _ = x.shape
        stamps = jnp.einsum("BHWC,abCK->BHaWbK", x, kernel)
        return stamps.reshape(batch, height * stride, width * stride, out)
    return jax.lax.conv_general_dilated(
        x,
        kernel[::-1, ::-1],
        window_strides=(1, 1),
        padding=[(k - 1 - padding, k - 1 - padding) for k in (k_h, k_w)],
        lhs_dilation=(stride, stride),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )


class TransposedConv(nnx.Module):
    r"""A learned :func:`transposed_convolution` with a bias.

    Args:
      in_channels: C of the input.
      out_channels: K of the output.
      kernel: side of the kernel.
      stride: s.
      padding: p.
      rngs: ``params`` initialises the kernel.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> TransposedConv(4, 3, rngs=nnx.Rngs(0))(jnp.ones((2, 8, 8, 4))).shape
      (2, 16, 16, 3)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int = 2,
        stride: int = 2,
        padding: int = 0,
        *,
        rngs: nnx.Rngs,
    ):
        check_wholes(in_channels=in_channels, out_channels=out_channels)
        check_wholes(kernel=kernel, stride=stride)
        check_whole("padding", padding, least=0)
        # An output pixel hears from about (kernel / stride)² input pixels.
        heard = max(kernel / stride, 1.0) ** 2 * in_channels
        shape = (kernel, kernel, in_channels, out_channels)
        self.kernel = nnx.Param(jax.random.normal(rngs.params(), shape) * math.sqrt(1 / heard))
        self.bias = nnx.Param(jnp.zeros((out_channels,)))
        self.stride, self.padding = stride, padding

    def __call__(self, x: Float[Array, "B H W C"]) -> Float[Array, "B H2 W2 K"]:
        """Enlarges an image."""
        y = transposed_convolution(x, self.kernel[...], self.stride, self.padding)
        return y + self.bias[...][None, None, None]
