"""Checks for chapter 17, Scale, and the road so far."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from jax.sharding import AbstractMesh, NamedSharding

from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property


@exercise("scale-1")
def gradient(my_gradient: Any) -> Iterator[Property]:
    """The gradient of a batch from what the devices found."""
    rng = np.random.default_rng(1)
    nats = rng.normal(size=(12, 3))  # of each token, the gradient of its loss
    for name, counts in (
        ("devices with as many tokens each", (3, 3, 3, 3)),
        ("devices with unequal numbers of tokens", (1, 2, 7, 2)),
        ("a device that got padding alone", (0, 5, 6, 1)),
    ):
        cuts = np.cumsum(counts)[:-1]
        sums = [part.sum(axis=0) for part in np.split(nats, cuts)]
        yield from agrees(
            my_gradient(sums, list(counts)),
            nats.mean(axis=0),
            f"{name}: the gradient",
            "Every token weighs the same, wherever it is. What do you divide, and by what?",
        )


@exercise("scale-2")
def rows_of(my_rows: Any) -> Iterator[Property]:
    """Which rows of a batch a device holds."""
    for batch, devices in ((16, 8), (15, 5), (7, 1)):
        rows = np.arange(batch)
        held = [list(my_rows(batch, devices, d)) for d in range(devices)]
        yield Property(
            f"{batch} rows on {devices} device{'s' * (devices > 1)}: each row is held once",
            sorted(sum(held, [])) == list(rows),
            "Put the answers of all devices side by side: is a row missing, or there twice?",
        )
        yield Property(
            f"{batch} rows on {devices} device{'s' * (devices > 1)}: as JAX cuts them",
            held == [list(part) for part in np.split(rows, devices)],
            "Device d holds neighbours. Look at the table of the page.",
        )


@exercise("scale-3")
def bytes_of_training(in_bfloat16: Any, in_float32: Any) -> Iterator[Property]:
    """Weights, gradients and the two averages of Adam."""
    weights = 65_000_000
    kept = sum(weights * np.dtype(np.float32).itemsize for _ in ("w", "gradient", "mean", "square"))
    for name, answer in (("bfloat16", in_bfloat16), ("float32", in_float32)):
        yield Property(
            f"{weights:,} weights, computed in {name}",
            answer == kept,
            "In which format are the weights kept, and what is kept of each beside it? "
            "The page counts them.",
        )


@exercise("scale-4")
def in_blocks(my_attention: Any) -> Iterator[Property]:
    """Softmax attention for one query, block after block."""
    rng = np.random.default_rng(4)
    q, k, v = rng.normal(size=5), rng.normal(size=(12, 5)), rng.normal(size=(12, 3))

    def whole(q):
        e = k @ q
        weights = np.exp(e - e.max())
        return weights @ v / weights.sum()

    for block in (12, 4, 3, 1):
        yield from agrees(
            my_attention(q, k, v, block),
            whole(q),
            f"blocks of {block}: the mixture",
            "When a block brings a larger score, what becomes of all that was summed before?",
        )
    yield from agrees(
        my_attention(400 * q, k, v, 4),
        whole(400 * q),
        "scores in the thousands: the mixture",
        "The exponential of a large score is infinite. From what must it be taken off first?",
    )


@exercise("scale-5")
def specs(x_spec: Any, w_1_spec: Any, w_2_spec: Any) -> Iterator[Property]:
    """How three arrays lie on a mesh of 4 by 2 devices."""
    mesh = AbstractMesh((4, 2), ("batch", "model"))
    for name, spec, shape, wanted in (
        ("x", x_spec, (16, 6), (4, 6)),
        ("W_1", w_1_spec, (6, 24), (6, 12)),
        ("W_2", w_2_spec, (24, 6), (12, 6)),
    ):
        held = NamedSharding(mesh, spec).shard_shape(shape)
        yield Property(
            f"each device holds {wanted} of {name} {shape}",
            held == wanted,
            f"With your spec it holds {held}. One entry for each axis of the array: the name of "
            "the mesh's axis that cuts it, or None.",
        )


@exercise("scale-6")
def share_of_peak(share: Any, seconds: Any) -> Iterator[Property]:
    """Operations done in a second, of those that could be."""
    weights, tokens, taken, peak = 65e6, 4096, 0.1, 100e12
    operations = 3 * 2 * weights * tokens
    for name, answer, truth in (
        ("the share of what the device could do", share, operations / taken / peak),
        ("seconds on a device that is busy all the time", seconds, operations / peak),
    ):
        yield Property(
            name,
            abs(float(answer) - truth) <= 0.01 * truth,
            "How often does a token meet a weight in a forward and a backward pass, and how many "
            "operations is each meeting?",
        )
