"""What several processes that train one model must agree on."""

import zlib

import jax
import numpy as np
from jax.experimental import multihost_utils

from encdec_lib.train import checkpoint as checkpoints


def asked_by_any(asked: list, together: bool) -> bool:
    """Whether a reader has asked to stop, of any process: all must stop at the same step."""
    if not together:
        return bool(asked)
    return bool(multihost_utils.process_allgather(np.int32(len(asked))).any())


def check_the_same(tree, fingerprint: str, losses: np.ndarray) -> None:
    """Compares checksums of what each process brings to one training.

    Args:
      tree: model, optimizer's state, data and order of examples.
      fingerprint: of the config.
      losses: of the steps already done, from a checkpoint.

    Raises:
      ValueError: if the processes differ in one of them; the message says in which.
    """
    parts = {
        "model, data or order of examples": [
            checkpoints.to_numpy(x) for x in jax.tree.leaves(tree)
        ],
        "config": [np.frombuffer(fingerprint.encode(), np.uint8)],
        "checkpoint": [losses],
    }
    sums = np.zeros(len(parts), np.uint32)
    for k, arrays in enumerate(parts.values()):
        for array in arrays:
            sums[k] = zlib.crc32(np.ascontiguousarray(array).tobytes(), int(sums[k]))
    found = multihost_utils.process_allgather(sums)  # (processes, parts)
    differ = [name for name, column in zip(parts, found.T, strict=True) if len(set(column)) > 1]
    if differ:
        raise ValueError(
            f"every process must call fit with the same things; these differ: {', '.join(differ)}. "
            f"Use the same seeds everywhere, and a checkpoint that all can read."
        )
