"""How large the gradient is in each layer of a Transformer, before training or in it.

Xiong et al. (2020, arXiv:2002.04745) show that with post-norm the gradient of a new model is large
near the output, and does not get smaller with depth, while with pre-norm it falls as one over the
square root of the number of layers. So post-norm needs a small rate at first, a warm-up.

Shape letters: B batch, S source positions, T target positions, N layers.
"""

from typing import Any, NamedTuple

import jax
import numpy as np
from flax import nnx
from jaxtyping import Float

from encdec_lib.models.transformer import TransformerDecoder, TransformerEncoder
from encdec_lib.runtime.inputs import check_ids
from encdec_lib.train.losses import translation_loss

PARTS = ("all", "feed_forward", "attention")


class GradientNorms(NamedTuple):
    """Lengths of the gradient by block, bottom first."""

    encoder: Float[np.ndarray, " N"]
    decoder: Float[np.ndarray, " N"]


def gradient_norms(model: Any, source: Any, target: Any, part: str = "all") -> GradientNorms:
    r"""The length of the loss's gradient in each block of a Transformer.

    .. math:: \lVert g_l \rVert = \sqrt{\textstyle\sum_{w \in \text{block } l}
        \left( \partial L / \partial w \right)^2}

    L is the mean cross-entropy of a target token, in nats. Nothing is trained, and no dropout is
    drawn unless the model is in training mode.

    Args:
      model: what :func:`~encdec_lib.models.transformer.transformer` builds.
      source: ``(B, S)``, 0-padded.
      target: ``(B, T)``, each row ending in ``<eos>``, 0-padded.
      part: ``"all"`` weights of a block, those of its ``"feed_forward"`` network alone, as in the
        figures of Xiong et al., or those of its ``"attention"`` (of both, in a decoder).

    Returns:
      One number a block of the encoder, one a block of the decoder.

    Raises:
      TypeError: if the model is no Transformer over tokens.
      ValueError: if ``part`` is another, or an id lies outside the vocabulary.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.models.transformer import TransformerConfig, transformer
      >>> config = TransformerConfig(7, 9, d_model=8, heads=2, encoder_layers=3)
      >>> model = transformer(config, rngs=nnx.Rngs(0))
      >>> found = gradient_norms(model, [[4, 5, 6]], [[4, 5, 2]])
      >>> found.encoder.shape, found.decoder.shape
      ((3,), (2,))

    Reference:
      Xiong et al. (2020), On Layer Normalization in the Transformer Architecture,
      arXiv:2002.04745, section 3 and Figure 3.
    """
    encoder, decoder = getattr(model, "encoder", None), getattr(model, "decoder", None)
    if not isinstance(encoder, TransformerEncoder) or not isinstance(decoder, TransformerDecoder):
        raise TypeError(
            f"model must be a Transformer over tokens, as transformer(config) builds it; got "
            f"{type(model).__name__}."
        )
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}; got {part!r}.")
    pair = (
        check_ids("source", source, encoder.vocab_size),
        check_ids("target", target, decoder.vocab_size),
    )
    gradients = _gradients(model, pair)
    return GradientNorms(
        *(
            np.array([_length(gradients[half]["blocks"][n], part) for n in range(len(blocks))])
            for half, blocks in (("encoder", encoder.blocks), ("decoder", decoder.blocks))
        )
    )


@nnx.jit
def _gradients(model, pair):
    def loss(model):
        nats, count = translation_loss(model, pair)
        return nats / count

    return nnx.grad(loss)(model)


def _length(block: Any, part: str) -> float:
    """Of all gradients in a block whose name says that they belong to the part."""
    squares = [
        float((np.asarray(leaf, np.float64) ** 2).sum())
        for name in block
        if part == "all" or (part in name and not name.startswith("residual"))
        for leaf in jax.tree.leaves(block[name])
    ]
    return float(np.sqrt(sum(squares)))
