r"""The first layer of a Vision Transformer: each patch of an image becomes a vector.

Shape letters: B batch, (H, W, C) image, P side of a patch, M patches = HW / P², D width (d_model).
"""

from typing import Any

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from encdec_lib.data.patches import cut as cut
from encdec_lib.data.patches import paste as paste
from encdec_lib.runtime.checks import check_whole


class PatchEmbedding(nnx.Module):
    r"""One vector for each patch: a product with the same matrix everywhere.

    .. math:: X_E = \mathrm{cut}(X)\, W^E + b^E

    It is a convolution with kernel and stride P; written as a product it can be trained inside
    a loop on a CPU, where a convolution cannot (see ``benchmarks/``).

    Args:
      patch: P.
      in_channels: C.
      d_model: D.
      dtype: what the product is computed in.
      rngs: ``params`` initialises :math:`W^E` ``(P²C, D)``.

    Raises:
      ValueError: if a size is below 1.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> PatchEmbedding(7, 1, 16, rngs=nnx.Rngs(0))(jnp.ones((2, 28, 28, 1))).shape
      (2, 16, 16)

    Reference:
      Dosovitskiy et al. (2021), arXiv:2010.11929, equation (1).
    """

    def __init__(
        self,
        patch: int,
        in_channels: int,
        d_model: int,
        *,
        dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ):
        sizes = (("patch", patch), ("in_channels", in_channels), ("d_model", d_model))
        for name, size in sizes:
            check_whole(name, size)
        self.project = nnx.Linear(patch * patch * in_channels, d_model, dtype=dtype, rngs=rngs)
        self.patch, self.in_channels = patch, in_channels

    def __call__(self, images: Float[Array, "B H W C"]) -> Float[Array, "B M D"]:
        """Embeds every patch.

        Raises:
          ValueError: if P does not divide H and W, or the images have other channels.
        """
        if images.ndim == 4 and images.shape[-1] != self.in_channels:
            raise ValueError(
                f"images must be (B, H, W, {self.in_channels}), channels last; got {images.shape}."
            )
        return self.project(jnp.asarray(cut(images, self.patch)))

    def as_convolution(self) -> Float[Array, "P P C D"]:
        """The kernel of the convolution with stride P that does the same."""
        kernel = self.project.kernel[...]
        return kernel.reshape(self.patch, self.patch, self.in_channels, -1)
