"""One training step on several devices, and many of them in one compiled call."""

import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax.sharding import PartitionSpec as P
from jaxtyping import Array

from encdec_lib.runtime.devices import BATCH_AXIS
from encdec_lib.train.checkpoint import is_key
from encdec_lib.train.processes import Processes


def train_step(
    graph: nnx.GraphDef,
    optimizer: optax.GradientTransformation,
    loss: Callable,
    params: Any,
    rest: Any,
    opt_state: Any,
    batch: Any,
) -> tuple[Any, Any, Any, Array]:
    """One step of gradient descent, on one device's part of the batch.

    Args:
      graph: the model's structure, from ``nnx.split``.
      optimizer: an optax transformation.
      loss: ``loss(model, batch) -> (sum, count)``; the step descends sum / count, both taken
        over the whole batch on all devices.
      params: the parameters.
      rest: what else the model keeps (random streams, running statistics).
      opt_state: the optimizer's state.
      batch: this device's examples.

    Returns:
      New ``params``, ``rest`` and ``opt_state``, and the mean loss.
    """

    device = jax.lax.axis_index(BATCH_AXIS)

    def own(x):
        """Random streams differ from device to device: each drops other units."""
        return jax.random.fold_in(x, device) if is_key(x) else x

    def summed(params):
        # A copy of `rest`: the model writes into what it is merged from.
        model = nnx.merge(graph, params, jax.tree.map(own, rest))
        total, count = loss(model, batch)
        after = nnx.state(model, nnx.Not(nnx.Param))
        keys = jax.tree.map(lambda old, new: old if is_key(old) else new, rest, after)
        return total, (count, keys)

    (total, (count, rest)), grads = jax.value_and_grad(summed, has_aux=True)(params)
    total, count, grads = jax.lax.psum((total, count, grads), BATCH_AXIS)
    rest = jax.tree.map(
        lambda x: jax.lax.pmean(x, BATCH_AXIS) if jnp.issubdtype(x.dtype, jnp.floating) else x,
        rest,
    )
    count = jnp.maximum(count, 1)
    grads = jax.tree.map(lambda g: g / count.astype(g.dtype), grads)
    updates, opt_state = optimizer.update(grads, opt_state, params)
    return optax.apply_updates(params, updates), rest, opt_state, total / count


def run_chunk(
    graph: nnx.GraphDef,
    optimizer: optax.GradientTransformation,
    loss: Callable,
    params: Any,
    rest: Any,
    opt_state: Any,
    data: Any,
    order: Array,
    steps: Any,
) -> tuple[Any, Any, Any, Array]:
    """Runs many steps.

    Args:
      graph, optimizer, loss, params, rest, opt_state: as :func:`train_step`.
      data: all examples.
      order: (chunk, B), which examples make each batch.
      steps: how many of the batches to take, counted from the first.

    Returns:
      New ``params``, ``rest`` and ``opt_state``, and the loss of each step, (chunk,).
    """

    def body(i, carry):
        params, rest, opt_state, losses = carry
        batch = jax.tree.map(lambda x: x[order[i]], data)
        params, rest, opt_state, loss_i = train_step(
            graph, optimizer, loss, params, rest, opt_state, batch
        )
        return params, rest, opt_state, losses.at[i].set(loss_i)

    carry = (params, rest, opt_state, jnp.zeros(order.shape[0]))
    if order.shape[0] == 1:  # no loop at all: convolutions on CPU
        return body(0, carry)
    return jax.lax.fori_loop(0, steps, body, carry)


def compile_chunk(
    chunk: Callable, processes: Processes, state: Any, data: Any, batch_size: int, chunk_steps: int
) -> tuple[Callable, float]:
    """Splits a chunk over the devices, and compiles it.

    Args:
      chunk: :func:`run_chunk` with its first three arguments given.
      processes: with the mesh of devices.
      state: parameters, what else the model keeps, and the optimizer's state.
      data: all examples.
      batch_size: B.
      chunk_steps: steps in one call.

    Returns:
      The compiled chunk, and the seconds that took.
    """
    split = jax.shard_map(
        chunk,
        mesh=processes.mesh,
        in_specs=(P(), P(), P(), P(), P(None, BATCH_AXIS), P()),
        out_specs=P(),
        check_vma=False,  # gradients are summed by hand, once a step
    )
    started = time.perf_counter()
    batches = processes.spread(np.zeros((chunk_steps, batch_size), np.int32))
    jitted = jax.jit(split, donate_argnums=(0, 1, 2))
    compiled = jitted.lower(*state, data, batches, np.int32(1)).compile()
    return compiled, time.perf_counter() - started
