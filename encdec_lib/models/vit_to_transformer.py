"""Image to sentence with attention (chapter 15): the words look at the picture again.

Chapter 5's captioner has one vector between picture and words. Here every cell of the CNN's grid,
or every patch of a Vision Transformer, is a vector of its own, and each word looks at all.
"""

import dataclasses
from typing import Any

from flax import nnx

from encdec_lib.data.captions import WORDS
from encdec_lib.data.scenes import SIDE
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.layers.stack import StackConfig
from encdec_lib.models.bahdanau_attention import AttentionDecoder
from encdec_lib.models.captioning import CNNEncoder
from encdec_lib.models.cnn_to_cnn import check_channels
from encdec_lib.models.transformer import TransformerDecoder
from encdec_lib.models.vision_transformer import ViTConfig, ViTEncoder
from encdec_lib.runtime.checks import check_flags, check_sizes


@dataclasses.dataclass(frozen=True)
class GridCaptionConfig:
    """CNN grid → GRU with attention. :func:`grid_captioner` builds it."""

    target_vocab: int = len(WORDS)  # V
    side: int = SIDE  # H = W of the image
    in_channels: int = 1
    channels: tuple[int, ...] = (16, 32, 32)  # of the convolutions, fine to coarse
    positions: bool = True  # tell each cell where it is
    embed_dim: int = 32  # E
    encoding_dim: int = 64  # width of a cell's vector
    state_dim: int = 96  # D
    align_dim: int = 64  # A

    def __post_init__(self):
        check_sizes(self, "target_vocab", "side", "in_channels", "embed_dim", "encoding_dim")
        check_sizes(self, "state_dim", "align_dim")
        check_flags(self, "positions")
        check_channels(self.channels)


@dataclasses.dataclass(frozen=True)
class ViTCaptionConfig:
    """ViT → Transformer. :func:`vit_captioner` builds it."""

    target_vocab: int = len(WORDS)  # V
    side: int = SIDE  # H = W of the image
    patch: int = 4  # P
    in_channels: int = 1
    d_model: int = 64
    heads: int = 4
    d_ff: int = 128
    encoder_layers: int = 3
    decoder_layers: int = 2
    dropout: float = 0.0
    dtype: str = "float32"

    def __post_init__(self):
        check_sizes(self, "target_vocab", "encoder_layers", "decoder_layers")
        _ = self.encoder, self.decoder  # which check the rest

    @property
    def encoder(self) -> ViTConfig:
        """The Vision Transformer without a class token."""
        return ViTConfig(
            side=self.side,
            patch=self.patch,
            in_channels=self.in_channels,
            layers=self.encoder_layers,
            start="sinusoidal",
            **self._shared(),
        )

    @property
    def decoder(self) -> StackConfig:
        """The decoder's stack."""
        return StackConfig(layers=self.decoder_layers, **self._shared())

    def _shared(self) -> dict[str, Any]:
        names = ("d_model", "heads", "d_ff", "dropout", "dtype")
        return {name: getattr(self, name) for name in names}


def grid_captioner(
    config: GridCaptionConfig = GridCaptionConfig(), *, rngs: nnx.Rngs
) -> EncoderDecoder:
    """Builds chapter 8's decoder over the cells of chapter 5's CNN.

    Args:
      config: its sizes.
      rngs: ``params`` initialises the weights.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with one vector a cell, M = 64 at 32×32
      pixels, in evaluation mode.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> config = GridCaptionConfig(side=8, channels=(2, 3), encoding_dim=6)
      >>> model = grid_captioner(config, rngs=nnx.Rngs(0))
      >>> decoded = model(jnp.ones((2, 8, 8, 1)), jnp.array([[1, 4], [1, 5]]))
      >>> decoded.logits.shape, decoded.weights.shape
      ((2, 2, 21), (2, 1, 2, 16))

    Reference:
      Xu et al. (2015), Show, Attend and Tell, arXiv:1502.03044.
    """
    return EncoderDecoder(
        CNNEncoder(
            config.side,
            config.in_channels,
            config.channels,
            config.encoding_dim,
            grid=True,
            positions=config.positions,
            rngs=rngs,
        ),
        AttentionDecoder(
            config.target_vocab,
            config.embed_dim,
            config.encoding_dim,
            config.state_dim,
            config.align_dim,
            rngs=rngs,
        ),
    )


def vit_captioner(
    config: ViTCaptionConfig = ViTCaptionConfig(), *, rngs: nnx.Rngs
) -> EncoderDecoder:
    """Builds chapter 12's decoder over the patches of chapter 14's encoder.

    Args:
      config: its sizes.
      rngs: ``params`` initialises the weights, ``dropout`` draws what is dropped.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder` with one vector a patch, M = HW / P², in
      evaluation mode.

    Raises:
      ValueError: as :func:`~encdec_lib.models.vision_transformer.vit`.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> config = ViTCaptionConfig(side=8, patch=4, d_model=6, heads=2)
      >>> model = vit_captioner(config, rngs=nnx.Rngs(0))
      >>> decoded = model(jnp.ones((2, 8, 8, 1)), jnp.array([[1, 4], [1, 5]]))
      >>> decoded.logits.shape, decoded.weights.shape
      ((2, 2, 21), (2, 2, 2, 4))

    Reference:
      Liu et al. (2021), CPTR: Full Transformer Network for Image Captioning, arXiv:2101.10804.
    """
    return EncoderDecoder(
        ViTEncoder(config.encoder, rngs=rngs),
        TransformerDecoder(config.target_vocab, config.decoder, rngs=rngs),
    )
