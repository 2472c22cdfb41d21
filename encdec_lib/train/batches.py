"""Which examples make which batch, and which device gets them."""

import numpy as np
from jaxtyping import Int

from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.inputs import check_ids


def batch_order(
    count: int, batch_size: int, steps: int, seed: int, lengths: np.ndarray | None = None
) -> np.ndarray:
    """Which examples make which batch.

    Every epoch is a new permutation. With ``lengths``, each stretch of 50 batches is sorted by
    length before it is cut, and its batches are shuffled: similar lengths meet in a batch, and
    the order stays random.

    Args:
      count: number of examples.
      batch_size: B.
      steps: number of batches.
      seed: fixes the result.
      lengths: of the examples, ``(count,)``.

    Returns:
      Indices ``(steps, B)``.

    Raises:
      ValueError: if there are fewer examples than one batch needs.

    Example:
      >>> batch_order(4, 2, 3, seed=0).shape
      (3, 2)
    """
    for name, value in (("count", count), ("batch_size", batch_size), ("steps", steps)):
        check_whole(name, value)
    if count < batch_size:
        raise ValueError(
            f"batch_size is {batch_size}, but there are only {count} examples. Lower it."
        )
    rng = np.random.default_rng(seed)
    per_epoch = count // batch_size
    epochs = []
    for _ in range(-(-steps // per_epoch)):
        order = rng.permutation(count)[: per_epoch * batch_size]
        if lengths is not None:
            pool = 50 * batch_size
            for start in range(0, len(order), pool):
                part = order[start : start + pool]
                order[start : start + pool] = part[np.argsort(lengths[part], kind="stable")]
        batches = order.reshape(per_epoch, batch_size)
        epochs.append(rng.permutation(batches) if lengths is not None else batches)
    return np.concatenate(epochs)[:steps].astype(np.int32)


def check_order(order: np.ndarray, count: int, batch_size: int, steps: int) -> None:
    """Asks for the numbers of the examples of every step.

    Args:
      order: ``(steps, B)``.
      count: number of examples.
      batch_size: B.
      steps: number of batches.

    Raises:
      ValueError: if the shape is another, or a number is that of no example.
    """
    check_ids("order", order, count, "It holds the numbers of the examples.")
    if np.shape(order) != (steps, batch_size):
        raise ValueError(
            f"order must have a row a step and a column an example of the batch, "
            f"{(steps, batch_size)}; got {np.shape(order)}."
        )


def interleave_over_devices(order: Int[np.ndarray, "N B"], devices: int) -> Int[np.ndarray, "N B"]:
    """Reorders each batch so that equal stretches of it, one a device, have similar lengths.

    A sorted batch cut in two would leave one device waiting for the other; given out one by one,
    as cards are dealt, the long ones are shared and both finish together.

    Args:
      order: indices ``(N, B)``, each row sorted by length.
      devices: divides B.

    Returns:
      The same indices in each row, in another order.

    Example:
      >>> interleave_over_devices(np.arange(6)[None], 2).tolist()
      [[0, 2, 4, 1, 3, 5]]
    """
    steps, batch = order.shape
    return order.reshape(steps, batch // devices, devices).swapaxes(1, 2).reshape(steps, batch)
