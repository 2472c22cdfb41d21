"""What this machine is, in words: its devices, its cores, its processor."""

import platform
from pathlib import Path

import jax

from encdec_lib.runtime.cores import usable_cores


def device_count() -> str:
    """What JAX runs on: "2 CPU devices", "1 GPU device"."""
    devices = jax.local_devices()
    plural = "" if len(devices) == 1 else "s"
    return f"{len(devices)} {devices[0].platform.upper()} device{plural}"


def processors() -> str:
    """What does the computing: "2 CPU cores", "1 GPU"."""
    devices = jax.local_devices()
    if devices[0].platform != "cpu":
        plural = "" if len(devices) == 1 else "s"
        return f"{len(devices)} {devices[0].platform.upper()}{plural}"
    cores = usable_cores()
    return f"{cores} CPU core" + ("" if cores == 1 else "s")


def processor(full: bool = False) -> str:
    """The name of the accelerator or processor; with ``full``, of the processor's abilities."""
    if not full and jax.local_devices()[0].platform != "cpu":
        return jax.local_devices()[0].device_kind
    fields = {}
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            fields.setdefault(key.strip(), value.strip())
    except OSError:
        pass
    name = fields.get("model name") or platform.processor() or platform.machine()
    if full:
        return " ".join([platform.machine(), name, fields.get("flags", fields.get("Features", ""))])
    return " ".join(name.replace("(R)", "").replace("(TM)", "").replace("CPU", "").split())
