"""Mirrors encdec_lib/runtime/devices.py."""

import os
import subprocess
import sys
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.runtime import devices
from encdec_lib.runtime.cores import usable_cores


def test_a_fresh_process_gets_a_device_for_each_core_up_to_the_limit():
    code = (
        "import jax; from encdec_lib.runtime.devices import use_all_cores as use;"
        "print(use(limit=3), jax.local_device_count(), use(limit=1))"
    )
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    for name in ("XLA_FLAGS", "JAX_NUM_CPU_DEVICES"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(min(usable_cores(), 3))] * 3  # the second call is too late


@pytest.mark.parametrize(
    "told, call, wanted",
    [
        ("3", "use_all_cores()", "3"),
        ("3", "use_all_cores(limit=2)", "2"),
        ("3", "cpu_devices(5)", "5"),  # a page that asks for a number gets it
        ("no", "use_all_cores()", "ENCDEC_CPU_DEVICES in the environment must be"),
    ],
)
def test_how_many_devices_all_cores_are_can_be_told(told, call, wanted):
    code = (
        f"import jax; from encdec_lib.runtime.devices import *; {call}; print(jax.device_count())"
    )
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "ENCDEC_CPU_DEVICES": told}
    for name in ("XLA_FLAGS", "JAX_NUM_CPU_DEVICES"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert wanted in (done.stdout if wanted.isdecimal() else done.stderr)


@pytest.mark.parametrize(
    "name, value",
    [("XLA_FLAGS", "--xla_force_host_platform_device_count=5"), ("JAX_NUM_CPU_DEVICES", "5")],
)
def test_what_the_user_has_chosen_stays(name, value, tmp_path):
    code = (
        "import jax; from encdec_lib import page;"
        "page.setup(cpu_devices=7); page.setup(); print(jax.local_device_count());"
        "print(jax.config.jax_compilation_cache_dir);"
        "print(jax.config.jax_persistent_cache_min_compile_time_secs)"
    )
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "JAX_COMPILATION_CACHE_DIR": str(tmp_path)}
    for other in ("XLA_FLAGS", "JAX_NUM_CPU_DEVICES", "ENCDEC_CACHE"):
        environment.pop(other, None)
    environment[name] = value
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    _, told, line, *rest = done.stdout.splitlines()
    assert told == (
        f"This page wants 7 CPU devices, but {name} in the environment makes it 5. Take that out "
        "of the environment, and restart the kernel (the session)."
    )
    assert line.endswith("5 CPU devices")
    assert rest == ["5", str(tmp_path), "1.0"]  # JAX's own minimum of seconds, too


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


@pytest.mark.parametrize("started", [False, True])
def test_the_cpu_can_be_eight_devices_until_jax_has_started(started):
    code = (
        f"import jax; {'jax.devices();' * started} from encdec_lib import page;"
        "page.setup(cpu_devices=8); print(len(jax.devices('cpu')))"
    )
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "ENCDEC_CACHE": "off"}
    for name in ("XLA_FLAGS", "JAX_NUM_CPU_DEVICES"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert (lines[-1] == "8") == (not started)
    told = [line for line in lines if "Restart the kernel (the session) and run this cell" in line]
    assert len(told) == started


def test_a_number_of_cpu_devices_below_one_is_named_in_the_error():
    with pytest.raises(ValueError, match="count must be at least 1 device; got 0"):
        devices.cpu_devices(0)
    assert devices.cpu_devices(7) == jax.devices("cpu")  # JAX has started: nothing changes


def test_a_mesh_without_a_device_of_this_process_is_named_in_the_error(monkeypatch):
    mesh = devices.batch_mesh()
    assert not devices.spans_processes(mesh)
    monkeypatch.setattr(jax, "process_index", lambda: 3)
    with pytest.raises(ValueError, match="devices must hold at least one of process 3"):
        devices.spans_processes(mesh)


def test_put_cuts_arrays_as_the_spec_says():
    mesh = devices.batch_mesh()
    rows = np.arange(12).reshape(6, 2)
    spread = devices.put({"x": rows}, mesh, jax.sharding.PartitionSpec(devices.BATCH_AXIS))["x"]
    parts = {s.device: np.asarray(s.data) for s in spread.addressable_shards}
    for device, part in zip(mesh.devices, np.split(rows, mesh.size), strict=True):
        np.testing.assert_array_equal(parts[device], part)


@pytest.mark.parametrize(
    ("processes", "each", "batch", "wanted"),
    [(1, 6, 64, 4), (1, 6, 12, 6), (1, 2, 5, 1), (2, 3, 32, 4), (2, 3, 6, 6), (2, 2, 7, 4)],
)
def test_training_takes_as_many_devices_as_divide_the_batch(
    processes, each, batch, wanted, monkeypatch
):
    """The same number of each process; all where nothing fits, so that `fit` can say so."""
    there = [SimpleNamespace(process_index=k // each) for k in range(processes * each)]
    monkeypatch.setattr(jax, "process_count", lambda: processes)
    monkeypatch.setattr(jax, "devices", lambda: there)
    monkeypatch.setattr(devices, "devices_for", lambda flops: there)
    found = devices.training_devices(1.0, batch)
    assert len(found) == wanted
    assert [d.process_index for d in found] == sorted(d.process_index for d in found)
    assert len({sum(d.process_index == k for d in found) for k in range(processes)}) == 1
