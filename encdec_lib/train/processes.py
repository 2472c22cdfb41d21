"""What a training asks about processes: whether there are several, who prints, who stops.

One place, so that the rest of the trainer reads as if there were one process. With one, every
method returns at once.
"""

import zlib
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import Mesh
from jax.sharding import PartitionSpec as P

from encdec_lib.runtime.devices import BATCH_AXIS, own_copy, put, spans_processes
from encdec_lib.train.checkpoint import to_numpy


class Processes:
    """The processes that take part in one training; as a rule this one alone.

    Args:
      mesh: the devices of the training.
    """

    def __init__(self, mesh: Mesh):
        self.mesh = mesh
        self.several = spans_processes(mesh)
        self.first = jax.process_index() == 0 or not self.several  # the one that prints and writes

    def any(self, asked: list) -> bool:
        """Whether some process was asked to stop; all of them hear of it at the same step."""
        if not self.several:
            return bool(asked)
        return bool(multihost_utils.process_allgather(np.int32(len(asked))).any())

    def of_first(self, yes: bool) -> bool:
        """What process 0 decides; all of them hear it at the same step."""
        if not self.several:
            return yes
        return bool(multihost_utils.broadcast_one_to_all(np.int32(yes)))

    def own(self, tree: Any) -> Any:
        """This process's copy of arrays of which every device has the whole."""
        return own_copy(tree) if self.several else tree

    def spread(self, batches: np.ndarray) -> Any:
        """Row numbers of batches ``(steps, B)``, each device with its columns."""
        return put(batches, self.mesh, P(None, BATCH_AXIS)) if self.several else batches

    def wait(self, name: str) -> None:
        """Returns when all processes have come here."""
        if self.several:
            multihost_utils.sync_global_devices(name)

    def check_the_same(self, tree: Any, fingerprint: str, losses: np.ndarray) -> None:
        """Compares checksums of what each process brings to the training.

        Args:
          tree: model, optimizer's state, data and order of examples.
          fingerprint: of the config.
          losses: of the steps already done, from a checkpoint.

        Raises:
          ValueError: if the processes differ in one of them; the message says in which.
        """
        if not self.several:
            return
        parts = {
            "model, data or order of examples": [to_numpy(x) for x in jax.tree.leaves(tree)],
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
                f"every process must call fit with the same things; these differ: "
                f"{', '.join(differ)}. Use the same seeds everywhere, and a checkpoint that all "
                f"can read."
            )
