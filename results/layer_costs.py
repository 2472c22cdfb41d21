"""Time and memory of one layer of each kind against the length of the sequence, for chapter 13.

    python -m results.layer_costs

A GRU, a convolution over three neighbours and self-attention read the same inputs, forward, and
forward and backward. Two questions, each with its own shape of the inputs:

- ``one sequence``: B = 1. Only the length grows, so the slope of time against length can be laid
  beside the formula. Widths 64 to 512.
- ``4,096 tokens``: N · B = 4,096, as many short rows or as one long one. The number of tokens
  stays, so what changes is how they are cut. Width 128.

Heads have a width of 64, as in the paper: a layer of width d has d / 64 of them. Kinds take
turns, so that a machine whose speed drifts is fair to all, and the median counts. Writes
``layer_costs.json``. Let nothing else run beside it; it takes four to six minutes on two cores.
"""

import ctypes
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from benchmarks.timing import alternate
from encdec_lib import page
from encdec_lib.layers.attention import MultiHeadAttention
from encdec_lib.layers.recurrent import GRU

KINDS = ("recurrent", "convolution", "self-attention")
LENGTHS = tuple(2**power for power in range(4, 13))  # 16 to 4096
WIDTHS = (64, 128, 256, 512)
TOKENS, TOKENS_WIDTH, HEAD_WIDTH, KERNEL = 4096, 128, 64, 3
FITTED_FROM = 256  # exponents are fitted over the lengths from here on
SAMPLE_SECONDS, ROUND_SECONDS = 0.01, 1.0


def layer(kind: str, width: int):
    """A new layer: its weights, and a function of weights and inputs (B, N, D)."""
    rngs = nnx.Rngs(0)
    if kind == "recurrent":
        module = GRU(width, width, rngs=rngs)
    elif kind == "convolution":
        module = nnx.Conv(width, width, (KERNEL,), rngs=rngs)
    else:
        module = MultiHeadAttention(width, max(1, width // HEAD_WIDTH), rngs=rngs)
    graph, weights = nnx.split(module)

    def forward(weights, x):
        module = nnx.merge(graph, weights)
        if kind == "recurrent":
            return module(x)[0]
        if kind == "convolution":
            return module(x)
        return module(x, x, jnp.ones((1, 1, x.shape[1]), bool))[0]

    return weights, forward


def passes(kind: str, batch: int, length: int, width: int) -> dict:
    """The compiled passes by name, and the arrays that each is called with."""
    weights, forward = layer(kind, width)
    x, dy = (
        jax.random.normal(key, (batch, length, width))
        for key in jax.random.split(jax.random.key(0))
    )

    def both(weights, x, dy):
        y, pull = jax.vjp(forward, weights, x)
        return y, *pull(dy)

    return {
        name: (jax.jit(function).lower(*arguments).compile(), arguments)
        for name, function, arguments in (
            ("forward", forward, (weights, x)),
            ("forward and backward", both, (weights, x, dy)),
        )
    }


def planned_bytes(compiled) -> int | None:
    """What XLA planned to hold: inputs, weights, outputs and all arrays between them.

    A library that XLA calls for a product may take more for itself. None where the backend does
    not say.
    """
    try:
        plan = compiled.memory_analysis()
    except (AttributeError, NotImplementedError):
        return None
    parts = ("temp_size_in_bytes", "argument_size_in_bytes", "output_size_in_bytes")
    sizes = [getattr(plan, part, None) for part in parts]
    return None if None in sizes else int(sum(sizes))


def process_growth(call) -> int | None:
    """How far a call raised the process's memory at its highest, in bytes; Linux alone.

    What is taken and given back inside the call counts too. Noise of a megabyte or so: only
    large calls are worth asking. None where the kernel does not keep the number.
    """
    try:
        ctypes.CDLL(None).malloc_trim(0)  # freed memory back to the system, or it hides growth
        Path("/proc/self/clear_refs").write_text("5")  # the high-water mark, from now on
        before = _status("VmRSS")
        call()
        return max(0, _status("VmHWM") - before)
    except (OSError, AttributeError, KeyError):
        return None


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int({k: v for k, _, v in (x.partition(":") for x in lines)}[field].split()[0])


def measure(setting: str, batch: int, length: int, width: int, kinds=KINDS) -> list[dict]:
    """A row for each kind and pass: milliseconds and bytes."""
    rows, calls = [], []
    for kind in kinds:
        for name, (compiled, arguments) in passes(kind, batch, length, width).items():

            def call(compiled=compiled, arguments=arguments):
                jax.block_until_ready(compiled(*arguments))

            call()  # the first does not count
            rows.append(
                {
                    "setting": setting,
                    "kind": kind,
                    "pass": name,
                    "width": width,
                    "length": length,
                    "batch": batch,
                    "bytes": planned_bytes(compiled),
                    "process_bytes": process_growth(call),
                }
            )
            calls.append(call)
    once = [_seconds(call) for call in calls]
    repeats = tuple(max(1, round(SAMPLE_SECONDS / seconds)) for seconds in once)
    rounds = 9 if sum(once) < ROUND_SECONDS else 5
    for row, seconds in zip(rows, alternate(calls, rounds, repeats), strict=True):
        row["ms"] = 1e3 * seconds
    return rows


def _seconds(call) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def exponent(lengths, values) -> tuple[float, float]:
    r"""The slope of log value against log length, and the largest deviation from the line.

    Args:
      lengths: of the sequences, at least two different ones.
      values: positive.

    Returns:
      p of the best line :math:`c N^p` by least squares, and the largest factor, minus 1, by
      which a value lies off it: 0.1 is 10%.

    Example:
      >>> exponent([16, 64, 256], [2.0, 8.0, 32.0])[0].__round__(6)
      1.0
    """
    x, y = np.log(np.asarray(lengths, float)), np.log(np.asarray(values, float))
    slope, intercept = np.polyfit(x, y, 1)
    return float(slope), float(np.exp(np.abs(y - slope * x - intercept).max()) - 1)


def exponents(rows: list[dict], start: int = FITTED_FROM) -> list[dict]:
    """Fits every curve over its lengths from ``start`` on, in time and in memory."""
    curves = {}
    for row in rows:
        key = tuple(row[name] for name in ("setting", "kind", "pass", "width"))
        curves.setdefault(key, []).append(row)
    fitted = []
    for (setting, kind, name, width), curve in curves.items():
        for what in ("ms", "bytes"):
            points = [(r["length"], r[what]) for r in curve if r["length"] >= start and r[what]]
            if len(points) < 2:
                continue
            slope, off = exponent(*zip(*points, strict=True))
            fitted.append(
                {"setting": setting, "kind": kind, "pass": name, "width": width, "of": what}
                | {"exponent": slope, "largest_deviation": off, "points": len(points)}
            )
    return fitted


def main() -> None:
    """Measures both settings and writes the file."""
    began, rows = time.perf_counter(), []
    plan = [("4,096 tokens", TOKENS // length, length, TOKENS_WIDTH) for length in LENGTHS]
    plan += [("one sequence", 1, length, width) for width in WIDTHS for length in LENGTHS]
    for setting, batch, length, width in plan:
        rows += (new := measure(setting, batch, length, width))
        seconds = f"{time.perf_counter() - began:5.0f} s"
        shape = f"{setting:13} d {width:3} N {length:4} B {batch:3}"
        print(seconds, shape, "ms", *(f"{row['ms']:8.2f}" for row in new), flush=True)
    data = {
        "rows": rows,
        "exponents": exponents(rows),
        "fitted_from": FITTED_FROM,
        "kernel": KERNEL,
        "head_width": HEAD_WIDTH,
        "devices": jax.local_device_count(),
        "seconds": time.perf_counter() - began,
    }
    page.save_results("layer_costs", data, command="python -m results.layer_costs", seeds=[0])


if __name__ == "__main__":
    main()
