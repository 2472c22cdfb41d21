"""One training step on several devices, and many of them in one compiled call."""

import time
from collections.abc import Callable
from functools import partial
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
    frozen: Any,
    batch: Any,
    parts: int = 1,
) -> tuple[Any, Any, Any, Array]:
    """One step of gradient descent, on one device's part of the batch.

    Args:
      graph: the model's structure, from ``nnx.split``.
      optimizer: an optax transformation.
      loss: ``loss(model, batch) -> (sum, count)``; the step descends sum / count, both taken
        over the whole batch on all devices.
      params: the parameters that move.
      rest: what else the model keeps (random streams, running statistics).
      opt_state: the optimizer's state.
      frozen: the parameters that stay.
      batch: this device's examples.
      parts: how many parts of the batch are computed one after the other.

    Returns:
      New ``params``, ``rest`` and ``opt_state``, and the mean loss.
    """

    device = jax.lax.axis_index(BATCH_AXIS)

    def own(x):
        """Random streams differ from device to device: each drops other units."""
        return jax.random.fold_in(x, device) if is_key(x) else x

    def summed(params, rest, batch):
        # Copies: the model writes into what it is merged from.
        still, own_rest = jax.tree.map(lambda x: x, frozen), jax.tree.map(own, rest)
        model = nnx.merge(graph, params, still, own_rest)
        total, count = loss(model, batch)
        after = nnx.state(model, nnx.Not(nnx.Param))
        keys = jax.tree.map(lambda old, new: old if is_key(old) else new, rest, after)
        return total, (count, keys)

    gradient = jax.value_and_grad(summed, has_aux=True)
    if parts == 1:
        (total, (count, rest)), grads = gradient(params, rest, batch)
    else:
        # One after the other without a loop where there is a convolution: see `_convolves`.
        unroll = any(leaf.ndim == 4 for leaf in jax.tree.leaves((params, frozen)))
        sums, rest = _in_parts(partial(gradient, params), rest, batch, parts, unroll)
        total, count, grads = sums
    total, count, grads = jax.lax.psum((total, count, grads), BATCH_AXIS)
    rest = jax.tree.map(
        lambda x: jax.lax.pmean(x, BATCH_AXIS) if jnp.issubdtype(x.dtype, jnp.floating) else x,
        rest,
    )
    count = jnp.maximum(count, 1)
    grads = jax.tree.map(lambda g: g / count.astype(g.dtype), grads)
    updates, opt_state = optimizer.update(grads, opt_state, params)
    return optax.apply_updates(params, updates), rest, opt_state, total / count


def _in_parts(gradient: Callable, rest: Any, batch: Any, parts: int, unroll: bool) -> tuple:
    """Sums over the batch: loss, count and gradient; and what the model keeps, after all parts.

    Random streams count on from part to part, so each drops other units.
    """
    batches = jax.tree.map(lambda x: x.reshape(parts, -1, *x.shape[1:]), batch)

    def part(rest, batch):
        (total, (count, rest)), grads = gradient(rest, batch)
        return (total, count, grads), rest

    def body(carry, batch):
        sums, rest = carry
        more, rest = part(rest, batch)
        return (jax.tree.map(jnp.add, sums, more), rest), None

    first = jax.tree.map(lambda x: x[0], batches)
    shapes, _ = jax.eval_shape(part, rest, first)
    zeros = jax.tree.map(lambda x: jnp.zeros(x.shape, x.dtype), shapes)
    (sums, rest), _ = jax.lax.scan(body, (zeros, rest), batches, unroll=unroll)
    return sums, rest


def run_chunk(
    graph: nnx.GraphDef,
    optimizer: optax.GradientTransformation,
    loss: Callable,
    params: Any,
    rest: Any,
    opt_state: Any,
    frozen: Any,
    data: Any,
    order: Array,
    steps: Any,
    parts: int = 1,
) -> tuple[Any, Any, Any, Array]:
    """Runs many steps.

    Args:
      graph, optimizer, loss, params, rest, opt_state, frozen: as :func:`train_step`.
      data: all examples.
      order: (chunk, B), which examples make each batch.
      steps: how many of the batches to take, counted from the first.
      parts: as :func:`train_step`.

    Returns:
      New ``params``, ``rest`` and ``opt_state``, and the loss of each step, (chunk,).
    """

    def body(i, carry):
        params, rest, opt_state, losses = carry
        batch = jax.tree.map(lambda x: x[order[i]], data)
        params, rest, opt_state, loss_i = train_step(
            graph, optimizer, loss, params, rest, opt_state, frozen, batch, parts
        )
        return params, rest, opt_state, losses.at[i].set(loss_i)

    carry = (params, rest, opt_state, jnp.zeros(order.shape[0]))
    if order.shape[0] == 1:  # no loop at all: convolutions on CPU
        return body(0, carry)
    return jax.lax.fori_loop(0, steps, body, carry)


def compile_chunk(
    chunk: Callable,
    processes: Processes,
    state: Any,
    frozen: Any,
    data: Any,
    batch_size: int,
    chunk_steps: int,
) -> tuple[Callable, float]:
    """Splits a chunk over the devices, and compiles it.

    Args:
      chunk: :func:`run_chunk` with its first three arguments, and the number of parts, given.
      processes: with the mesh of devices.
      state: parameters, what else the model keeps, and the optimizer's state.
      frozen: the parameters that stay.
      data: all examples.
      batch_size: B.
      chunk_steps: steps in one call.

    Returns:
      The compiled chunk, and the seconds that took.
    """
    split = jax.shard_map(
        chunk,
        mesh=processes.mesh,
        in_specs=(P(), P(), P(), P(), P(), P(None, BATCH_AXIS), P()),
        out_specs=P(),
        check_vma=False,  # gradients are summed by hand, once a step
    )
    started = time.perf_counter()
    batches = processes.spread(np.zeros((chunk_steps, batch_size), np.int32))
    jitted = jax.jit(split, donate_argnums=(0, 1, 2))
    compiled = jitted.lower(*state, frozen, data, batches, np.int32(1)).compile()
    return compiled, time.perf_counter() - started
