"""Every local device through one mesh: the cores of a CPU, one GPU, or several.

On a CPU, XLA runs these models faster with one device per core than with one device that
uses all cores (measured in ``benchmarks/``), so the code that spreads a batch over eight
accelerators is also what keeps a laptop's cores busy.
"""

import os

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

BATCH_AXIS = "batch"
SMALL_JOB = 5e7  # floating-point operations; measured: two cores break even near 1e8


def use_all_cores(limit: int = 8) -> int:
    """Makes one JAX device of each CPU core. Call it before the first JAX computation.

    Where JAX has already started, or runs on an accelerator, nothing changes.

    Args:
      limit: at most this many devices; a batch is split among them.

    Returns:
      The number of devices that JAX now has.

    Raises:
      ValueError: if ``limit`` is below 1.
    """
    if limit < 1:
        raise ValueError(f"limit must be at least 1 device; got {limit}.")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        jax.config.update("jax_num_cpu_devices", min(cores, limit))
    except RuntimeError:
        pass  # the backend has started: its devices are what they are
    return jax.local_device_count()


def batch_mesh(devices: list | None = None) -> Mesh:
    """A one-dimensional mesh over the local devices; the batch is split along it.

    Args:
      devices: which devices; all local ones if None.

    Returns:
      A mesh with the single axis ``"batch"``.
    """
    return Mesh(np.array(devices or jax.local_devices()), (BATCH_AXIS,))


def devices_for(flops: int | float) -> list:
    """The local devices that a job of this size should be split among.

    All of them, but one alone for a small job on a CPU: there, handing a batch to another core
    and waiting for it takes longer than the arithmetic.

    Args:
      flops: floating-point operations of one call, roughly.
    """
    devices = jax.local_devices()
    if devices[0].platform == "cpu" and flops < SMALL_JOB:
        return devices[:1]
    return devices


def replicate(tree, mesh: Mesh):
    """Puts a copy of every array of ``tree`` on each device of ``mesh``."""
    return jax.device_put(tree, NamedSharding(mesh, PartitionSpec()))
