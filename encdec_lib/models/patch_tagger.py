"""Which digit does each patch belong to? The task that a ViT is pre-trained on in chapter 15.

A caption has six words; the patches of a scene have 64 names. So this task says ten times as much
about every picture, and an encoder learns from it what digits look like before it has to describe
them.
"""

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Float, Int

from encdec_lib.data.patches import cut
from encdec_lib.data.scenes import BACKGROUND, NUM_CLASSES
from encdec_lib.encoding import Decoded, EncoderDecoder, Encoding
from encdec_lib.models.vision_transformer import ViTEncoder
from encdec_lib.runtime.checks import check_wholes
from encdec_lib.runtime.inputs import check_ids


def patch_classes(masks: Int[np.ndarray, "N H W"], patch: int) -> Int[np.ndarray, "N h w"]:
    """The class of each patch: the digit that most of its ink belongs to.

    Args:
      masks: class of each pixel, 0 where there is no ink
        (``masks`` of :class:`~encdec_lib.data.scenes.Scenes`).
      patch: P, side of a patch in pixels; divides H = W.

    Returns:
      ``(N, H / P, W / P)``; 0 where less than two pixels are ink.

    Example:
      >>> import numpy as np
      >>> mask = np.zeros((1, 4, 4), int)
      >>> mask[0, 0, :3] = 8
      >>> patch_classes(mask, 2)[0].tolist()
      [[8, 0], [0, 0]]
    """
    masks = check_ids("masks", masks, NUM_CLASSES)
    if masks.ndim != 3 or 0 in masks.shape:
        raise ValueError(f"masks must be (N, H, W); got {masks.shape}.")
    pixels = cut(masks[..., None].astype(np.float32), patch)  # (N, M, P²)
    counts = np.stack([(pixels == digit).sum(axis=-1) for digit in range(NUM_CLASSES)], axis=-1)
    counts[..., BACKGROUND] = 1
    rows = masks.shape[1] // patch
    return counts.argmax(axis=-1).astype(np.int32).reshape(len(masks), rows, -1)


class PatchDecoder(nnx.Module):
    r"""One linear layer that bets on the class of every patch.

    .. math:: P(Y_{rc}) = \mathrm{softmax}(H_{rc}\, W + b)

    Args:
      encoding_dim: D, width of the vectors it reads.
      num_classes: V.
      rngs: ``params`` initialises the weights.
    """

    def __init__(self, encoding_dim: int, num_classes: int = NUM_CLASSES, *, rngs: nnx.Rngs):
        check_wholes(encoding_dim=encoding_dim, num_classes=num_classes)
        self.output = nnx.Linear(encoding_dim, num_classes, rngs=rngs)
        self.num_classes, self.encoding_dim = num_classes, encoding_dim

    def __call__(self, encoding: Encoding) -> Decoded:
        """Logits ``(B, h, w, V)`` of a square grid of patches.

        Raises:
          ValueError: if the number of vectors is no square.
        """
        batch, count, _ = encoding.vectors.shape
        side = round(count**0.5)
        if side * side != count:
            raise ValueError(
                f"encoding must be a square grid of vectors; got {count} of them. Leave out the "
                f"class token."
            )
        logits: Float[jnp.ndarray, "B M V"] = self.output(encoding.vectors)
        return Decoded(logits.reshape(batch, side, side, -1), None)


def patch_tagger(encoder: ViTEncoder, *, rngs: nnx.Rngs) -> EncoderDecoder:
    """Puts a :class:`PatchDecoder` on an encoder; training it trains the encoder in place.

    Args:
      encoder: without a class token.
      rngs: ``params`` initialises the decoder.

    Returns:
      An :class:`~encdec_lib.encoding.EncoderDecoder`, called as ``model(images)``;
      :class:`~encdec_lib.train.losses.SegmentationLoss` trains it on :func:`patch_classes`.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> from encdec_lib.models.vision_transformer import ViTConfig
      >>> encoder = ViTEncoder(ViTConfig(side=8, patch=4, d_model=6, heads=2), rngs=nnx.Rngs(0))
      >>> patch_tagger(encoder, rngs=nnx.Rngs(1))(jnp.ones((3, 8, 8, 1))).logits.shape
      (3, 2, 2, 11)
    """
    return EncoderDecoder(encoder, PatchDecoder(encoder.encoding_dim, rngs=rngs))
