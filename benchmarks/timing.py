"""Our training step as a function to be timed, and fair timing: each in turn, then the median."""

import statistics
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.runtime.devices import batch_mesh, devices_for, replicate
from encdec_lib.train.batches import deal
from encdec_lib.train.loop import TrainConfig, step_flops
from encdec_lib.train.losses import translation_loss
from encdec_lib.train.step import compile_chunk, run_chunk


def training(model, source, target, order, loss=translation_loss):
    """A function that runs the steps of ``order``, as ``fit`` does, and the seconds to the first.

    Args:
      model: an NNX module that ``loss`` understands.
      source: all examples, (N, ...).
      target: all examples, (N, ...).
      order: the examples of every step, (steps, B).
      loss: as for ``fit``.

    Returns:
      The function, and the seconds to the end of the first step, compilation included.
    """
    config = TrainConfig(steps=10_000, learning_rate=1e-4)
    mesh = batch_mesh(devices_for(step_flops(model, [source, target], order.shape[1])))
    model.train()
    graph, params, rest = nnx.split(model, nnx.Param, ...)
    optimizer = config.optimizer()
    state = (params, rest, optimizer.init(params))
    state = replicate(jax.tree.map(jnp.copy, state), mesh)  # the chunk gives its own away
    data = replicate((source, target), mesh)
    chunk = len(order)
    order = deal(order, mesh.size)
    started = time.perf_counter()
    run, _ = compile_chunk(
        partial(run_chunk, graph, optimizer, loss), mesh, state, data, order[:1], chunk
    )
    *state, losses = run(*state, data, order, np.int32(1))
    losses.block_until_ready()
    first = time.perf_counter() - started

    def steps():
        nonlocal state
        *state, losses = run(*state, data, order, np.int32(chunk))
        losses.block_until_ready()

    return steps, first


def alternate(functions, rounds: int, repeats: tuple[int, ...]) -> tuple[float, ...]:
    """Median seconds of each, run in turn; ``repeats`` calls make one sample."""
    samples = [[] for _ in functions]
    for _ in range(rounds):
        for function, kept, repeat in zip(functions, samples, repeats, strict=True):
            started = time.perf_counter()
            for _ in range(repeat):
                function()
            kept.append((time.perf_counter() - started) / repeat)
    return tuple(statistics.median(kept) for kept in samples)
