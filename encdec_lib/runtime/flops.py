"""How much work a model is, roughly: enough to choose devices by."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from encdec_lib.encoding import HasEncoder


def step_flops(model: nnx.Module, arrays: list, batch_size: int, state: Any = None) -> float:
    """Floating-point operations of a training step, roughly: 6 a weight, position and example.

    A weight of a convolution meets every pixel at its scale, and any other each token; a vector
    or an image that goes through dense layers is one position. An encoder without convolutions
    that writes many vectors for an image has as many positions.

    Args:
      model: any module.
      arrays: the examples, each ``(N, ...)``; the source first.
      batch_size: B.
      state: the model's state where it is at hand: to walk through a model takes milliseconds.

    Returns:
      The number; a third of it is the way forwards.
    """
    weights = {"conv": 0, "other": 0}
    for leaf in jax.tree.leaves(nnx.state(model, nnx.Param) if state is None else state):
        weights["conv" if leaf.ndim == 4 else "other"] += leaf.size
    tokens = max([x.shape[1] for x in arrays if is_tokens(x)], default=1)
    pixels = max([x.shape[1] * x.shape[2] for x in arrays if x.ndim > 2], default=1)
    if arrays[0].ndim == 4 and not weights["conv"] and isinstance(model, HasEncoder):
        tokens = max(tokens, _vectors(model, arrays[0]))
    # Most weights of a convolutional network stand at a scale of a quarter of the pixels or less.
    return 6.0 * (weights["other"] * tokens + weights["conv"] * pixels / 4) * batch_size


def is_tokens(array: Any) -> bool:
    """Whether an array holds rows of token ids, (N, T)."""
    return array.ndim == 2 and jnp.issubdtype(array.dtype, jnp.integer)


def _vectors(model: HasEncoder, images) -> int:
    """M, the number of vectors that the encoder writes for an image; nothing is computed."""
    encoder = nnx.clone(model.encoder)
    assert isinstance(encoder, nnx.Module)
    encoder.eval()
    image = jax.ShapeDtypeStruct((1, *images.shape[1:]), jnp.float32)
    return jax.eval_shape(lambda one: encoder(one, None).vectors, image).shape[1]
