"""Image to sentence (chapter 5): the decoder of chapter 4 reads a vector that a CNN wrote.

The encoder may also keep its whole grid of vectors, M = 64; decoders that attend read it in
:mod:`encdec_lib.models.vit_to_transformer` (chapter 15).
"""

import dataclasses

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from encdec_lib.data.captions import WORDS
from encdec_lib.data.scenes import SIDE
from encdec_lib.encoding import EncoderDecoder, Encoding
from encdec_lib.layers.positions import sinusoidal_grid
from encdec_lib.models.cnn_to_cnn import UNetEncoder, check_channels
from encdec_lib.models.seq2seq import RNNDecoder
from encdec_lib.runtime.checks import check_sizes, check_wholes


@dataclasses.dataclass(frozen=True)
class CaptionConfig:
    """Sizes of the captioner. :func:`captioner` builds it."""

    target_vocab: int = len(WORDS)  # V
    side: int = SIDE  # H = W of the image
    in_channels: int = 1
    channels: tuple[int, ...] = (16, 32, 32)  # of the convolutions, fine to coarse
    embed_dim: int = 32  # E
    state_dim: int = 192  # D, and the width of the one vector

    def __post_init__(self):
        check_sizes(self, "target_vocab", "side", "in_channels", "embed_dim", "state_dim")
        check_channels(self.channels)


class CNNEncoder(nnx.Module):
    r"""Convolutions down to a grid, then one vector for all of it, or one for each cell.

    .. math:: G = \mathrm{convolutions}(X), \qquad
        H = \mathrm{flatten}(G) W + b
        \quad\text{or}\quad H_j = G_j W + b

    There is no tanh, though the decoder's states lie between -1 and 1: with one, the captioner of
    chapter 5 named digits hardly better than by chance after 600 steps of training; without it
    39% of whole captions were right by then.

    Args:
      side: H = W of the image, divisible by 2 for every scale after the first.
      in_channels: C of the image.
      channels: width at each scale, fine to coarse.
      encoding_dim: D, width of the vectors.
      grid: one vector for each cell of the coarsest map, M = (side / factor)²; otherwise M = 1.
      positions: with ``grid``, add a learned vector to each cell that says which one it is, as a
        convolution computes the same everywhere. It starts from the sinusoids of row and column.
      rngs: ``params`` initialises the weights.

    Raises:
      ValueError: if ``side`` cannot be halved that often, or there are positions without a grid.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> image = jnp.ones((1, 8, 8, 1))
      >>> CNNEncoder(8, 1, (2, 3), 5, rngs=nnx.Rngs(0))(image).vectors.shape
      (1, 1, 5)
      >>> CNNEncoder(8, 1, (2, 3), 5, grid=True, rngs=nnx.Rngs(0))(image).vectors.shape
      (1, 16, 5)
    """

    def __init__(
        self,
        side: int,
        in_channels: int,
        channels: tuple[int, ...],
        encoding_dim: int,
        *,
        grid: bool = False,
        positions: bool = False,
        rngs: nnx.Rngs,
    ):
        check_wholes(side=side, encoding_dim=encoding_dim)
        self.convolutions = UNetEncoder(in_channels, channels, rngs=rngs)
        if side < 1 or side % self.convolutions.factor:
            raise ValueError(
                f"side must be divisible by {self.convolutions.factor}, as the image is halved "
                f"{len(channels) - 1} times; got {side}."
            )
        if positions and not grid:
            raise ValueError(
                f"positions=True needs grid=True: one vector has no place; got {grid}."
            )
        cells = (side // self.convolutions.factor) ** 2
        self.project = nnx.Linear(channels[-1] * (1 if grid else cells), encoding_dim, rngs=rngs)
        table = sinusoidal_grid(side // self.convolutions.factor, encoding_dim)
        self.positions = nnx.Param(table[None]) if positions else None
        self.grid, self.side, self.encoding_dim = grid, side, encoding_dim

    def __call__(self, source: Float[Array, "B H W C"], mask: None = None) -> Encoding:
        """Encodes images of the side it was built for.

        Raises:
          ValueError: if the images have another side or number of channels.
        """
        if source.ndim != 4 or source.shape[1:3] != (self.side, self.side):
            raise ValueError(
                f"source must be images (B, {self.side}, {self.side}, C); got {source.shape}."
            )
        cells = self.convolutions(source).vectors
        if not self.grid:
            cells = cells.reshape(len(cells), 1, -1)
        vectors = self.project(cells)
        if self.positions is not None:
            vectors = vectors + self.positions[...]
        return Encoding(vectors, jnp.ones(vectors.shape[:2], bool))


def captioner(config: CaptionConfig = CaptionConfig(), *, rngs: nnx.Rngs) -> EncoderDecoder:
    """Builds the captioner with one vector between picture and words.

    Args:
      config: its sizes.
      rngs: ``params`` initialises the weights.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with M = 1, in evaluation mode.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> model = captioner(CaptionConfig(side=8, channels=(2, 3)), rngs=nnx.Rngs(0))
      >>> model(jnp.ones((2, 8, 8, 1)), jnp.array([[1, 4], [1, 5]])).logits.shape
      (2, 2, 21)

    Reference:
      Vinyals et al. (2015), arXiv:1411.4555.
    """
    return EncoderDecoder(
        CNNEncoder(config.side, config.in_channels, config.channels, config.state_dim, rngs=rngs),
        RNNDecoder(config.target_vocab, config.embed_dim, config.state_dim, rngs=rngs),
    )
