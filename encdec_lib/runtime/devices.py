"""Every device through one mesh: the cores of a CPU, one GPU, or several, in one or more processes.

On a CPU, XLA runs these models faster with one device per core than with one device that
uses all cores (measured in ``benchmarks/``), so the code that spreads a batch over eight
accelerators is also what keeps a laptop's cores busy. With :mod:`jax.distributed` the mesh
reaches over the processes; nothing here but where an array is put differs then.
"""

import contextlib
import os
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from encdec_lib.runtime.checks import is_whole
from encdec_lib.runtime.cores import usable_cores

BATCH_AXIS = "batch"
ALL_CORES = "ENCDEC_CPU_DEVICES"  # says how many devices "all cores" are, where they are shared
SMALL_JOB = 5e7  # floating-point operations; measured: two cores break even near 1e8


def use_all_cores(limit: int = 8) -> int:
    """Makes one JAX device of each CPU core. Call it before the first JAX computation.

    Where JAX has already started, or runs on an accelerator, nothing changes. Nor does it where the
    number has been chosen already: by :func:`cpu_devices`, by ``JAX_NUM_CPU_DEVICES``, or by
    ``XLA_FLAGS=--xla_force_host_platform_device_count=4``.

    ``ENCDEC_CPU_DEVICES`` in the environment takes the place of the number of cores. The book's
    build sets it where two pages share a machine: with as many devices as one page alone would
    have, each gives the same numbers.

    Args:
      limit: at most this many devices; a batch is split among them.

    Returns:
      The number of devices that JAX now has.

    Raises:
      ValueError: if ``limit`` is below 1, or ``ENCDEC_CPU_DEVICES`` is no whole number above 0.
    """
    if not is_whole(limit) or limit < 1:
        raise ValueError(f"limit must be at least 1 device; got {limit!r}.")
    told = os.environ.get(ALL_CORES) or str(usable_cores())
    if not told.isdecimal() or int(told) < 1:
        raise ValueError(
            f"{ALL_CORES} in the environment must be a whole number of at least 1; got {told!r}. "
            "Mend it, or take it out."
        )
    _choose_devices(min(int(told), limit))
    return jax.local_device_count()


def _choose_devices(count: int) -> None:
    """Sets the number of CPU devices, unless somebody has, or the backend has started."""
    if environments_choice() is None and jax.config.values["jax_num_cpu_devices"] < 0:
        with contextlib.suppress(RuntimeError):  # started: its devices are what they are
            jax.config.update("jax_num_cpu_devices", count)


def environments_choice() -> str | None:
    """The environment variable that says how many devices the CPU shall be, if one does.

    Returns:
      ``"JAX_NUM_CPU_DEVICES"``, or ``"XLA_FLAGS"`` where that has
      ``--xla_force_host_platform_device_count``, or None.
    """
    if os.environ.get("JAX_NUM_CPU_DEVICES"):
        return "JAX_NUM_CPU_DEVICES"
    forced = "--xla_force_host_platform_device_count" in os.environ.get("XLA_FLAGS", "")
    return "XLA_FLAGS" if forced else None


def cpu_devices(count: int) -> list:
    """Makes JAX show the CPU as ``count`` devices, whatever its cores and beside any accelerator.

    For learning and tests: the devices share the same cores. Call it before the first JAX
    computation; later nothing changes, nor where the environment has chosen a number.

    Args:
      count: how many.

    Returns:
      The CPU devices that JAX has, ``count`` of them or, if it had started, what there was.

    Raises:
      ValueError: if ``count`` is below 1.
    """
    if not is_whole(count) or count < 1:
        raise ValueError(f"count must be at least 1 device; got {count!r}.")
    _choose_devices(count)
    return jax.devices("cpu")


def batch_mesh(devices: list | None = None) -> Mesh:
    """A one-dimensional mesh over the local devices; the batch is split along it.

    Args:
      devices: which devices; all local ones if None.

    Returns:
      A mesh with the single axis ``"batch"``.

    Raises:
      TypeError: if something in the list is no device.
    """
    if isinstance(devices, str) or not all(isinstance(d, jax.Device) for d in devices or ()):
        raise TypeError(
            f"devices must be a list of JAX's devices, such as jax.devices(); got {devices!r:.60}."
        )
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


def training_devices(flops: int | float, batch_size: int) -> list:
    """The devices that a training step of this size should be split among.

    Those of :func:`devices_for`, or, where :func:`jax.distributed.initialize` has joined several
    processes, those of all of them: each process runs the same program, and takes part. If their
    number does not divide the batch, as many as do, the same number of each process.

    Args:
      flops: floating-point operations of one step, roughly.
      batch_size: number of examples in a step.
    """
    devices = jax.devices() if jax.process_count() > 1 else devices_for(flops)
    by_process: dict[int, list] = {}
    for device in devices:
        by_process.setdefault(device.process_index, []).append(device)
    for each in range(min(map(len, by_process.values())), 0, -1):
        if batch_size % (each * len(by_process)) == 0:
            return [device for own in by_process.values() for device in own[:each]]
    return devices  # does not fit, and `fit` says so


def spans_processes(mesh: Mesh) -> bool:
    """Whether some devices of ``mesh`` belong to other processes.

    Raises:
      ValueError: if none of them belongs to this one.
    """
    index = jax.process_index()
    own = [device for device in mesh.devices.flat if device.process_index == index]
    if not own:
        raise ValueError(
            f"devices must hold at least one of process {index}, which runs this; got "
            f"{list(mesh.devices.flat)}. Give every process the same list, or none."
        )
    return len(own) < mesh.size


def put(tree: Any, mesh: Mesh, spec: PartitionSpec | None = None) -> Any:
    """Spreads arrays over a mesh as ``spec`` says; every process holds the whole of them before.

    Args:
      tree: a pytree of arrays, the same in every process; random keys are allowed.
      mesh: may reach over several processes.
      spec: how each array is cut; a copy on every device if None.
    """
    sharding = NamedSharding(mesh, PartitionSpec() if spec is None else spec)
    if not spans_processes(mesh):
        return jax.device_put(tree, sharding)

    def one(x):
        key = isinstance(x, jax.Array) and jnp.issubdtype(x.dtype, jax.dtypes.prng_key)
        whole = np.asarray(jax.random.key_data(x) if key else x)
        x_there = jax.make_array_from_callback(whole.shape, sharding, lambda part: whole[part])
        return jax.random.wrap_key_data(x_there, impl=jax.random.key_impl(x)) if key else x_there

    return jax.tree.map(one, tree)


def replicate(tree: Any, mesh: Mesh) -> Any:
    """Puts a copy of every array of ``tree`` on each device of ``mesh``."""
    return put(tree, mesh)


def own_copy(tree: Any) -> Any:
    """This process's copy of arrays of which every device has the whole.

    What is worked out with it stays in this process. A computation with the arrays themselves has
    to be run by all processes, in the same order, or those that run it wait for ever.
    """
    return jax.tree.map(lambda x: x.addressable_data(0), tree)
