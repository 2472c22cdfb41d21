r"""The Vision Transformer (chapter 14): an image cut into patches is a sequence like any other.

A training step (49 patches and the class token, d = 128, 4 layers, B = 64) takes about 0.7 of
PyTorch's eager time: 174 ms against 261, or 193 against 257 with GELU, in processor time of one
thread each; ``make bench`` measures both on all cores. What counts: several steps in one call, so
that the memory for all activations is asked for once (asked for at every step of half the batch,
it costs 19 ms on top of 40), and one XLA device a core. Tried without gain there: the class token
by padding instead of joining (182 ms), one product for queries, keys and values (177 ms), a softmax
without the mask that hides nothing (185 ms).

Shape letters: B batch, (H, W, C) image, P side of a patch, M patches = HW / P², T = M + 1 with a
class token, D width (d_model), V classes. In the maps of attention, H is heads.
"""

import dataclasses

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from encdec_lib.encoding import Encoding
from encdec_lib.layers.blocks import EncoderBlock
from encdec_lib.layers.patches import PatchEmbedding
from encdec_lib.layers.positions import sinusoidal_grid
from encdec_lib.layers.stack import DTYPES, StackConfig
from encdec_lib.models.captioning import CNNEncoder
from encdec_lib.models.cnn_to_cnn import check_channels
from encdec_lib.runtime.checks import check_choices, check_flags, check_sizes

POOLS = ("class", "mean")
STARTS = ("random", "sinusoidal")


@dataclasses.dataclass(frozen=True)
class ViTConfig:
    """Sizes and choices. ``BASE`` has those of the paper's ViT-B/16."""

    side: int = 28  # H = W of the image
    patch: int = 7  # P
    in_channels: int = 1  # C
    num_classes: int = 10  # V
    d_model: int = 64
    heads: int = 4
    d_ff: int = 128
    layers: int = 3
    pool: str = "class"  # what the classifier reads: the class token, or the mean of all patches
    positions: bool = True  # learned; without them the patches are a heap
    start: str = "random"  # of the learned positions: random, or sinusoidal
    activation: str = "relu"  # relu or gelu
    epsilon: float = 1e-5  # of layer normalisation
    dropout: float = 0.0
    dtype: str = "float32"  # what is computed in; weights are float32 in either case

    def __post_init__(self):
        check_sizes(self, "side", "patch", "in_channels", "num_classes")
        check_choices(self, pool=POOLS, start=STARTS)
        check_flags(self, "positions")
        if self.start == "sinusoidal" and not self.positions:
            raise ValueError(
                "start='sinusoidal' is where learned positions start; got positions=False, which "
                "has none. Leave start out."
            )
        if self.side % self.patch:
            raise ValueError(
                f"patch must divide side = {self.side}, so that the patches cover the image; got "
                f"patch = {self.patch}."
            )
        _ = self.stack  # which checks the rest

    @property
    def patches(self) -> int:
        """M = (side / P)²."""
        return (self.side // self.patch) ** 2

    @property
    def stack(self) -> StackConfig:
        """The blocks. Positions are added to the patches before them."""
        return StackConfig(
            self.d_model,
            self.heads,
            self.d_ff,
            self.layers,
            positions="none",
            activation=self.activation,
            epsilon=self.epsilon,
            dropout=self.dropout,
            dtype=self.dtype,
        )


BASE = ViTConfig(
    side=224, patch=16, in_channels=3, num_classes=1000, d_model=768, heads=12, d_ff=3072,
    layers=12, activation="gelu", epsilon=1e-12,
)  # fmt: skip


class ViTEncoder(nnx.Module):
    r"""Patches in, one vector for each patch out, after layers of self-attention.

    .. math::
        Z_0 = [x_{class};\, \mathrm{cut}(X)\, W^E + b^E] + E_{pos}, \qquad
        Z_l = \mathrm{block}_l(Z_{l-1}), \qquad H = \mathrm{norm}(Z_L)

    It keeps the contract of every encoder of the course: a decoder of sentences can read its
    vectors (chapter 15), and then no class token is needed.

    Args:
      config: sizes and choices.
      class_token: put a learned vector before the patches; it is vector 0 of the encoding.
      rngs: ``params`` and ``dropout``.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> encoder = ViTEncoder(ViTConfig(side=8, patch=4, d_model=6, heads=2), rngs=nnx.Rngs(0))
      >>> encoder(jnp.ones((3, 8, 8, 1))).vectors.shape
      (3, 4, 6)

    Reference:
      Dosovitskiy et al. (2021), arXiv:2010.11929, equations (1) to (4).
    """

    def __init__(self, config: ViTConfig, *, class_token: bool = False, rngs: nnx.Rngs):
        dtype, width = DTYPES[config.dtype], config.d_model
        self.embed = PatchEmbedding(config.patch, config.in_channels, width, dtype=dtype, rngs=rngs)
        small = jax.nn.initializers.normal(0.02)  # as the paper's code has it
        length = config.patches + class_token
        self.class_token = nnx.Param(small(rngs.params(), (1, 1, width))) if class_token else None
        table = small(rngs.params(), (1, length, width)) if config.positions else None
        if table is not None and config.start == "sinusoidal":
            table = table.at[:, class_token:].set(
                sinusoidal_grid(config.side // config.patch, width)[None]
            )
        self.positions = None if table is None else nnx.Param(table)
        self.dropout = nnx.Dropout(config.dropout, rngs=rngs) if config.dropout else None
        self.blocks = nnx.data(config.stack.blocks(EncoderBlock, rngs))
        norm = config.stack.last_norm(rngs)
        assert norm is not None  # its blocks are pre-norm
        self.norm = norm
        self.side, self.in_channels = config.side, config.in_channels
        self.encoding_dim = width

    def __call__(self, source: Float[Array, "B H W C"], mask: None = None) -> Encoding:
        """H: one vector a patch, D wide, the class token's first if there is one."""
        return self.with_attention(source)[0]

    def with_attention(
        self, source: Float[Array, "B H W C"]
    ) -> tuple[Encoding, list[Float[Array, "B heads T T"]]]:
        """H, and the weights of every layer.

        Raises:
          ValueError: if the images have another side or number of channels.
        """
        wanted = (self.side, self.side, self.in_channels)
        if source.shape[1:] != wanted:
            raise ValueError(
                f"source must be images (B, {', '.join(map(str, wanted))}), as learned positions "
                f"belong to one size; got {source.shape}. Resize the images."
            )
        x = self.embed(source)
        if self.class_token is not None:
            first = jnp.broadcast_to(self.class_token[...], (len(x), 1, x.shape[-1]))
            x = jnp.concatenate([first.astype(x.dtype), x], axis=1)
        if self.positions is not None:
            x = x + self.positions[...].astype(x.dtype)
        if self.dropout is not None:
            x = self.dropout(x)
        everyone, maps = jnp.ones((1, 1, x.shape[1]), bool), []
        for block in self.blocks:
            x, weights = block(x, everyone)
            maps.append(weights)
        return Encoding(self.norm(x), jnp.ones(x.shape[:2], bool)), maps


class ViT(nnx.Module):
    r"""An encoder and no decoder: one linear layer bets on the classes of a whole image.

    .. math:: P(V \mid X) = \mathrm{softmax}(z W + b), \qquad
        z = H_{class} \quad\text{or}\quad z = \tfrac1M \sum_j H_j

    Args:
      config: sizes and choices. :func:`vit` builds it and checks them.
      rngs: ``params`` and ``dropout``.
    """

    def __init__(self, config: ViTConfig, *, rngs: nnx.Rngs):
        self.encoder = ViTEncoder(config, class_token=config.pool == "class", rngs=rngs)
        self.head = nnx.Linear(
            config.d_model, config.num_classes, dtype=DTYPES[config.dtype], rngs=rngs
        )
        self.config, self.num_classes = config, config.num_classes

    def __call__(self, images: Float[Array, "B H W C"]) -> Float[Array, "B V"]:
        """Logits of the classes."""
        return self.with_attention(images)[0]

    def with_attention(
        self, images: Float[Array, "B H W C"]
    ) -> tuple[Float[Array, "B V"], list[Float[Array, "B heads T T"]]]:
        """Logits, and the weights of every layer."""
        encoding, maps = self.encoder.with_attention(jnp.asarray(images))
        vectors = encoding.vectors
        read = vectors[:, 0] if self.config.pool == "class" else vectors.mean(axis=1)
        return self.head(read), maps


def vit(config: ViTConfig = ViTConfig(), *, rngs: nnx.Rngs) -> ViT:
    """Builds the classifier, in evaluation mode.

    Args:
      config: its sizes and choices.
      rngs: ``params`` initialises the weights, ``dropout`` draws what is dropped.

    Returns:
      A :class:`ViT`, called as ``model(images)``;
      :class:`~encdec_lib.train.losses.ClassificationLoss` trains it.

    Raises:
      ValueError: if a size is below 1, ``patch`` does not divide ``side``, ``heads`` does not
        divide ``d_model``, or a name is unknown.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> model = vit(ViTConfig(side=8, patch=4, d_model=6, heads=2), rngs=nnx.Rngs(0))
      >>> model(jnp.ones((3, 8, 8, 1))).shape
      (3, 10)

    Reference:
      Dosovitskiy et al. (2021), An Image is Worth 16x16 Words, arXiv:2010.11929.
    """
    model = ViT(config, rngs=rngs)
    model.eval()
    return model


@dataclasses.dataclass(frozen=True)
class CNNClassifierConfig:
    """Sizes. :func:`cnn_classifier` builds it."""

    side: int = 28  # H = W of the image
    in_channels: int = 1  # C
    num_classes: int = 10  # V
    channels: tuple[int, ...] = (16, 32, 64)  # of the convolutions, fine to coarse

    def __post_init__(self):
        check_sizes(self, "side", "in_channels", "num_classes")
        check_channels(self.channels)


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
        self.config, self.num_classes = config, config.num_classes

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
      :class:`~encdec_lib.train.losses.ClassificationLoss` trains it.

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
    model = CNNClassifier(config, rngs=rngs)
    model.eval()
    return model
