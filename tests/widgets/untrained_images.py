"""Image models for tests: every parameter and every statistic far from its first value."""

import jax.numpy as jnp
import numpy as np
from flax import nnx


def shaken(make, seed: int = 0):
    """``make()`` with weights, biases and batch statistics drawn by NumPy: nothing is compiled."""
    abstract = nnx.eval_shape(make)
    rng = np.random.default_rng(seed)

    def walk(tree, path=("",)):
        if isinstance(tree, dict):
            return {key: walk(branch, (*path, str(key))) for key, branch in tree.items()}
        shape, (owner, name) = tree.shape, path[-2:]
        if not jnp.issubdtype(tree.dtype, jnp.floating):  # a counter of random numbers
            return jnp.zeros(shape, tree.dtype)
        if name == "var":
            drawn = rng.uniform(0.3, 3, shape)
        elif owner.startswith("norm") and name == "scale":
            drawn = rng.uniform(0.5, 1.5, shape) * rng.choice([1, 1, 1, -1], shape)
        elif len(shape) < 2:  # biases, means, the vector of an attention
            drawn = rng.normal(0, 0.4, shape)
        else:
            drawn = rng.normal(0, 1.4 / np.sqrt(np.prod(shape[:-1])), shape)
        return jnp.asarray(drawn, jnp.float32)

    graph, state = nnx.split(abstract)
    nnx.replace_by_pure_dict(state, walk(nnx.to_pure_dict(state)))
    model = nnx.merge(graph, state)
    model.eval()
    return model
