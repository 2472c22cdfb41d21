"""A Transformer without one of its parts, for the rows of chapter 12 that say what a part is for.

These models live here and not in the library: nobody would build one for use, and every door of the
library (export, page, checkpoints) would have to know of them. A part is taken out of a model that
the library has built, so that everything else is the library's own.
"""

import dataclasses
from typing import Any

import jax.numpy as jnp
from flax import nnx

from encdec_lib.layers.sublayers import Residual
from encdec_lib.models.transformer import TransformerConfig, transformer

PARTS = ("feed-forward", "residual", "layer norm")


@dataclasses.dataclass(frozen=True)
class WithoutConfig(TransformerConfig):
    """A pre-norm Transformer's sizes, and what it does without.

    Raises:
      ValueError: if ``without`` is another, or the model has post-norm.
    """

    without: str = "residual"  # one of PARTS

    def __post_init__(self):
        super().__post_init__()
        if self.without not in PARTS:
            raise ValueError(f"without must be one of {', '.join(PARTS)}; got {self.without!r}.")
        if not self.pre_norm:
            raise ValueError(
                "without needs pre_norm=True: with post-norm, taking the sum away would leave its "
                "norm in place; got False."
            )


class Same(nnx.Module):
    """In the place of a layer norm: nothing."""

    def __call__(self, x):
        return x


class Nothing(nnx.Module):
    """In the place of a feed-forward network: zeros, of which the sum is what it was."""

    def __call__(self, x):
        return jnp.zeros_like(x)


class NoWayAround(nnx.Module):
    """In the place of a residual connection: f(norm(x)), without x."""

    def __init__(self, residual: Residual):
        self.norm, self.dropout = residual.norm, residual.dropout

    def sublayer_input(self, x):
        return self.norm(x)

    def add(self, x, fx):
        return fx if self.dropout is None else self.dropout(fx)


class WayAroundOnly(nnx.Module):
    """In the place of the residual connection of a part that is not there."""

    def sublayer_input(self, x):
        return x

    def add(self, x, fx):
        return x


def transformer_without(config: WithoutConfig, *, rngs: nnx.Rngs) -> Any:
    """Builds a Transformer and takes the part out of every block.

    Args:
      config: sizes, and the part.
      rngs: as for :func:`~encdec_lib.models.transformer.transformer`.
    """
    model = transformer(config, rngs=rngs)
    halves = model.encoder, model.decoder
    for block in (block for half in halves for block in half.blocks):
        if config.without == "feed-forward":
            block.feed_forward = Nothing()
            block.residual_feed_forward = WayAroundOnly()
            continue
        for name in [name for name in vars(block) if name.startswith("residual_")]:
            residual = getattr(block, name)
            if config.without == "residual":
                setattr(block, name, NoWayAround(residual))
            else:
                residual.norm = Same()
    if config.without == "layer norm":
        for half in halves:
            half.norm = Same()
    return model
