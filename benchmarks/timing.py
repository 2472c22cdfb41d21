"""Our training step as a function to be timed, and fair timing: each in turn, then the median."""

import statistics
import time

import numpy as np

from encdec_lib.train import TrainConfig, Training
from encdec_lib.train.losses import translation_loss


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
    count, batch_size = order.shape
    rounds = 10_000 // count  # more than is ever timed
    config = TrainConfig(
        steps=count * rounds,
        batch_size=batch_size,
        learning_rate=1e-4,
        chunk_steps=count,
        scan_steps=True,
    )
    started = time.perf_counter()
    run = Training.begin(
        model, (source, target), config, loss=loss, order=np.tile(order, (rounds, 1))
    )
    run.advance(1)
    first = time.perf_counter() - started

    def steps():
        run.advance(run.step + count)

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
