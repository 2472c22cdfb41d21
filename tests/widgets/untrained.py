"""Models for tests: every parameter, biases too, far from zero, made without compiling."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx


def untrained(make, config, scale: float = 0.3, seed: int = 0):
    """``make(config)`` with normal weights, drawn by NumPy: nothing is compiled.

    Its greedy answers have no specials in them, but for ``<eos>``.
    """
    abstract = nnx.eval_shape(lambda: make(config, rngs=nnx.Rngs(0)))
    graph, params, rest = nnx.split(abstract, nnx.Param, ...)
    rng = np.random.default_rng(seed)
    params = jax.tree.map(lambda p: jnp.asarray(rng.normal(0, scale, p.shape), jnp.float32), params)
    rest = jax.tree.map(lambda p: jnp.zeros(p.shape, p.dtype), rest)
    model = nnx.merge(graph, params, rest)
    bias = np.array(model.decoder.output.bias[...])
    bias[[0, 1, 3]] = -99
    model.decoder.output.bias[...] = jnp.asarray(bias)
    return model
