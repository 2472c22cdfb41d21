"""Several models of one shape, trained side by side: what one run shows, and what five show."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Float

from encdec_lib.train.batches import batch_order
from encdec_lib.train.config import TrainConfig
from encdec_lib.train.losses import Loss


def fit_together(
    models: Sequence[nnx.Module],
    data: Any,
    config: TrainConfig = TrainConfig(),
    *,
    loss: Loss,
) -> Float[np.ndarray, "models steps"]:
    r"""Trains small models of the same shape in place, all in one compiled call.

    The weights of all models lie in arrays with one more axis, ``jax.vmap`` makes a step of one
    model a step of all, and ``jax.lax.scan`` repeats it. Model k is trained as
    :func:`~encdec_lib.train.loop.fit` would with the seed ``config.seed`` + k and
    ``group_by_length=False``: each has first weights and an order of examples of its own, which is
    what one wants to know of a result, whether it depends on them.

    Args:
      models: two or more, of one structure, with parameters and nothing else to keep.
      data: any pytree of arrays with the examples along their first axis.
      config: how to train.
      loss: ``loss(model, batch) -> (sum, count)``.

    Returns:
      The loss of each model at each step.

    Raises:
      ValueError: if there are fewer than two models, they differ in structure, or one keeps
        something besides parameters, such as dropout's random numbers.

    Example:
      >>> from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
      >>> from encdec_lib.train.losses import reconstruction_loss
      >>> sizes = AutoencoderConfig(side=3, hidden_dim=5, encoding_dim=2)
      >>> models = [autoencoder(sizes, rngs=nnx.Rngs(seed)) for seed in range(3)]
      >>> images = np.random.default_rng(0).uniform(size=(20, 3, 3, 1)).astype(np.float32)
      >>> config = TrainConfig(steps=4, batch_size=7)
      >>> fit_together(models, images, config, loss=reconstruction_loss).shape
      (3, 4)
    """
    graph = _one_structure(models)
    states = [nnx.state(model, nnx.Param) for model in models]
    stacked = jax.tree.map(lambda *arrays: jnp.stack(arrays), *states)
    count = len(jax.tree.leaves(data)[0])
    sizes = count, config.batch_size, config.steps
    orders = np.stack([batch_order(*sizes, seed=config.seed + k) for k in range(len(models))])
    optimizer = config.optimizer()

    def train_one(params, order, data):
        def step(carry, chosen):
            params, opt_state = carry
            batch = jax.tree.map(lambda x: x[chosen], data)

            def mean(params):
                total, count = loss(nnx.merge(graph, params), batch)
                return total / jnp.maximum(count, 1)

            value, grads = jax.value_and_grad(mean)(params)
            updates, opt_state = optimizer.update(grads, opt_state, params)
            return (optax.apply_updates(params, updates), opt_state), value

        (params, _), losses = jax.lax.scan(step, (params, optimizer.init(params)), order)
        return params, losses

    every = jax.jit(jax.vmap(train_one, in_axes=(0, 0, None)))
    params, losses = every(stacked, orders, jax.tree.map(jnp.asarray, data))
    for k, model in enumerate(models):
        nnx.update(model, jax.tree.map(lambda x, k=k: x[k], params))
    return np.asarray(losses)


def _one_structure(models: Sequence[nnx.Module]) -> nnx.GraphDef:
    """The structure that all of them have.

    Raises:
      ValueError: as :func:`fit_together`.
    """
    if len(models) < 2:
        raise ValueError(f"models must be two or more; got {len(models)}. For one there is fit.")
    graphs = [nnx.split(model, nnx.Param, ...) for model in models]
    # Lists of shapes: two State objects of Flax 0.11 are never equal.
    shapes = [[jnp.shape(leaf) for leaf in jax.tree.leaves(params)] for _, params, _ in graphs]
    for k, (graph, _, rest) in enumerate(graphs):
        if jax.tree.leaves(rest):
            raise ValueError(
                f"models must keep parameters alone; models[{k}] also keeps "
                f"{len(jax.tree.leaves(rest))} other arrays. Train it with fit."
            )
        if graph != graphs[0][0] or shapes[k] != shapes[0]:
            raise ValueError(f"models must have one structure; models[{k}] differs from models[0].")
    return nnx.graphdef(models[0])
