"""Mirrors encdec_lib/devices.py."""

import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib import devices


def test_a_fresh_process_gets_a_device_for_each_core_up_to_the_limit():
    code = (
        "import jax; from encdec_lib.devices import use_all_cores as use;"
        "print(use(limit=3), jax.local_device_count(), use(limit=1))"
    )
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    environment.pop("XLA_FLAGS", None)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert done.stdout.split() == [str(min(cores, 3))] * 3  # the second call is too late


def test_once_jax_has_started_nothing_changes():
    before = jax.local_devices()
    assert devices.use_all_cores(limit=7) == len(before)
    assert jax.local_devices() == before


def test_a_limit_below_one_is_named_in_the_error():
    with pytest.raises(ValueError, match="limit must be at least 1 device; got 0"):
        devices.use_all_cores(limit=0)


def test_the_mesh_holds_all_local_devices_or_those_asked_for():
    everything = devices.batch_mesh()
    assert everything.axis_names == (devices.BATCH_AXIS,)
    assert list(everything.devices) == jax.local_devices()
    assert list(devices.batch_mesh(jax.local_devices()[1:]).devices) == jax.local_devices()[1:]


def test_a_small_job_stays_on_one_cpu_device():
    assert devices.devices_for(devices.SMALL_JOB / 2) == jax.local_devices()[:1]
    assert devices.devices_for(devices.SMALL_JOB * 2) == jax.local_devices()


def test_replicate_puts_the_whole_of_every_array_on_each_device():
    tree = {"a": jnp.arange(3), "b": (np.ones((2, 5)),)}
    copied = devices.replicate(tree, devices.batch_mesh())
    for before, after in zip(jax.tree.leaves(tree), jax.tree.leaves(copied), strict=True):
        assert {shard.device for shard in after.addressable_shards} == set(jax.local_devices())
        for shard in after.addressable_shards:
            np.testing.assert_array_equal(shard.data, before)
