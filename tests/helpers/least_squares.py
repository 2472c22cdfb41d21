"""A problem that compiles in no time, for the tests of training."""

import dataclasses
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.checkpoint import to_numpy

N, IN = 17, 3  # examples and inputs of the small problem
QUICK = TrainConfig(
    steps=10, batch_size=4, learning_rate=0.1, warmup_steps=3, chunk_steps=5, group_by_length=False
)


@dataclasses.dataclass(frozen=True)
class PlainDescent(TrainConfig):
    """Adam and a clipped norm forget how long a gradient was; this does not."""

    def optimizer(self):
        return optax.sgd(self.learning_rate)


class Line(nnx.Module):
    """Least squares: small enough to compile in no time."""

    def __init__(self, seed=0):
        self.w = nnx.Param(jax.random.normal(jax.random.key(seed), (IN,)))
        self.b = nnx.Param(jnp.zeros(()))

    def __call__(self, x):
        return x @ self.w[...] + self.b[...]


def squares(model, batch):
    x, y = batch
    return ((model(x) - y) ** 2).sum(), jnp.float32(len(y))


def points(n=N, seed=0):
    x = np.random.default_rng(seed).normal(size=(n, IN)).astype(np.float32)
    return x, x @ np.float32([1, -2, 3]) + np.float32(0.5)


def weights(model):
    """Copies of all arrays of a model, by path."""
    return {path: to_numpy(p[...]).copy() for path, p in nnx.to_flat_state(nnx.state(model))}


def same(one, other):
    assert one.keys() == other.keys()
    for path in one:
        np.testing.assert_array_equal(one[path], other[path], err_msg=str(path))


fit_line = partial(fit, progress=False, loss=squares)
