"""A function of a model, run over any number of examples in batches of one shape.

Generation, classification and segmentation all go through :func:`run_batched`: it sorts by length,
fills the last batch up, splits each batch over the devices, and restores the order.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import numpy as np
from flax import nnx
from jax.sharding import PartitionSpec as P

from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.devices import BATCH_AXIS, batch_mesh, devices_for


def run_batched(
    function: Callable,
    model: nnx.Module,
    *examples: np.ndarray,
    batch_size: int,
    flops: int | float | Callable[[Any], float],
    lengths: np.ndarray | None = None,
    **settings: Any,
) -> Any:
    """Calls ``function(model, *batch, **settings)`` on every batch, inside one ``jax.jit``.

    Args:
      function: a module-level function (a new lambda at each call would be compiled each time);
        returns a pytree of arrays with the examples along their first axis.
      model: any NNX module; its state is an argument of the compiled function, so that a model
        that has trained on needs no new one.
      *examples: arrays of N rows.
      batch_size: rows at a time, at most.
      flops: floating-point operations of one example, roughly: a small job runs on one device. Or
        a function of the model's state, which is taken here anyway: to walk through a model a
        second time would take milliseconds.
      lengths: ``(N,)``; rows of similar length share a batch. In the order given if None.
      **settings: hashable; each new combination is compiled once.

    Returns:
      What ``function`` returns, joined over all batches in the order of the examples, as NumPy
      arrays.

    Raises:
      ValueError: if there are no examples, or ``batch_size`` is below 1.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> layer = nnx.Linear(3, 2, rngs=nnx.Rngs(0))
      >>> rows = np.ones((5, 3), np.float32)
      >>> run_batched(nnx.Linear.__call__, layer, rows, batch_size=2, flops=12).shape
      (5, 2)
    """
    count = len(examples[0])
    if not count:
        raise ValueError(f"examples must hold at least one row; got {examples[0].shape}.")
    check_whole("batch_size", batch_size)
    graph, state = nnx.split(model)
    size = min(batch_size, count)
    if callable(flops):
        flops = flops(state)
    mesh = batch_mesh(devices_for(flops * size))
    size = -(-size // mesh.size) * mesh.size
    run = _compiled(function, tuple(sorted(settings.items())), graph, mesh)
    if size == count and mesh.size == 1:  # nothing to sort or to fill up
        return jax.tree.map(np.asarray, run(state, *examples))
    # Neighbours in length share a batch, and go to different devices.
    order = np.arange(count) if lengths is None else np.argsort(lengths, kind="stable")
    spread = np.arange(size).reshape(-1, mesh.size).T.ravel()
    gathered = np.argsort(spread)
    parts = []
    for start in range(0, count, size):
        rows = order[start : start + size]
        filled = np.resize(rows, size)[spread]
        back = gathered[: len(rows)]
        result = run(state, *(x[filled] for x in examples))
        parts.append(jax.tree.map(lambda x, back=back: np.asarray(x)[back], result))
    restored = np.argsort(order)
    return jax.tree.map(lambda *columns: np.concatenate(columns)[restored], *parts)


@lru_cache(maxsize=32)
def _compiled(function, settings, graph, mesh):
    """The function over one batch, split over the devices of a mesh."""

    def run(state, examples):
        return function(nnx.merge(graph, state), *examples, **dict(settings))

    split = jax.shard_map(
        run, mesh=mesh, in_specs=(P(), P(BATCH_AXIS)), out_specs=P(BATCH_AXIS), check_vma=False
    )
    return jax.jit(lambda state, *examples: split(state, examples))
