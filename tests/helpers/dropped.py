"""A model whose loss says which units were dropped, for the tests of random streams."""

import jax.numpy as jnp
import numpy as np
from flax import nnx

UNITS = 11
DATA = (np.ones((8, 1), np.float32),)


class Dropped(nnx.Module):
    """What is kept, read as a number in base 2."""

    def __init__(self):
        self.dropout = nnx.Dropout(0.5, rngs=nnx.Rngs(0))
        self.offset = nnx.Param(jnp.zeros(()))

    def __call__(self):
        kept = self.dropout(jnp.ones(UNITS)) / 2  # dropout makes what is left larger
        return kept @ 2.0 ** jnp.arange(UNITS) + 0 * self.offset[...]


def code(model, batch):
    """The sum over examples and their number: every device reports what it kept."""
    return model() * len(batch[0]), jnp.float32(len(batch[0]))
