"""A training as it stands: what has been learned so far, and what is needed to go on.

:func:`~encdec_lib.train.loop.fit` is the loop over a :class:`Training`. Anything else that wants to
train, such as a benchmark, uses the same object.
"""

import pathlib
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.runtime.devices import batch_mesh, replicate, training_devices
from encdec_lib.runtime.flops import is_tokens, step_flops
from encdec_lib.runtime.inputs import as_numbers
from encdec_lib.train import checkpoint as checkpoints
from encdec_lib.train.batches import batch_order, check_order, interleave_over_devices
from encdec_lib.train.best import Best, BestSoFar
from encdec_lib.train.config import TrainConfig
from encdec_lib.train.data_checks import check_data
from encdec_lib.train.history import History as History
from encdec_lib.train.losses import CHECKED, Loss, translation_loss
from encdec_lib.train.parameters import Freeze, trainable
from encdec_lib.train.processes import Processes
from encdec_lib.train.progress import measured
from encdec_lib.train.resuming import Resumable
from encdec_lib.train.step import compile_chunk, run_chunk

Evaluate = Callable[[Any], dict[str, float]]  # of a model: numbers by name


@runtime_checkable
class SourceAndTarget(Protocol):
    """Data as :class:`~encdec_lib.data.parallel.ParallelText` holds them."""

    source: Any
    target: Any


class Training(Resumable):
    """Parameters, optimizer and data on their devices, and a compiled chunk of steps.

    :meth:`begin` makes one. The model keeps its own weights until :meth:`update_model`.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(8, 8, embed_dim=8, state_dim=16), rngs=nnx.Rngs(0))
      >>> copy = (np.full((16, 1), 5), np.array([[5, 2]] * 16))
      >>> training = Training.begin(model, copy, TrainConfig(steps=30, batch_size=16))
      >>> training.advance(10).shape, training.step
      ((10,), 10)
    """

    def __init__(
        self,
        model: nnx.Module,
        config: TrainConfig,
        loss: Loss,
        processes: Processes,
        state: tuple[Any, Any, Any],
        frozen: tuple[Any, list[str]],
        examples: Any,
        order: np.ndarray,
        best: Best | None,
    ):
        self.model, self.config, self.processes = model, config, processes
        self.history = History(np.zeros(0, np.float32), [], [])
        self.state = state  # parameters, what else the model keeps, the optimizer's state
        self.frozen, self.frozen_paths = frozen  # parameters that stay
        self.examples, self.order = examples, order
        self.best = BestSoFar(best, processes) if best else None
        graph, _ = nnx.split(model)
        self._chunk = partial(
            run_chunk, graph, config.optimizer(), loss, parts=config.accumulate_steps
        )
        self._run: Callable  # the compiled chunk, made when the arrays are on their devices
        self.chunk_steps = config.chunk_steps if config.scan_steps else 1
        if _convolves((state[0], self.frozen)) and processes.mesh.devices.flat[0].platform == "cpu":
            self.chunk_steps = 1

    @classmethod
    def begin(
        cls,
        model: nnx.Module,
        data: Any,
        config: TrainConfig = TrainConfig(),
        *,
        loss: Loss | None = None,
        devices: list | None = None,
        freeze: Freeze | None = None,
        best: Best | None = None,
        order: np.ndarray | None = None,
        resume_from: str | pathlib.Path | None = None,
    ) -> "Training":
        """Puts model and data on the devices and compiles the steps.

        Args:
          model, data, config, loss, devices, freeze, best: as for
            :func:`~encdec_lib.train.loop.fit`.
          order: the examples of every step, ``(steps, B)``; if None,
            :func:`~encdec_lib.train.batches.batch_order` draws them from the config's seed.
          resume_from: a file of ``save``, to go on from.

        Returns:
          The training, at step 0 or where the file was written.

        Raises:
          ValueError: as :func:`~encdec_lib.train.loop.fit`.
        """
        examples, count = _as_arrays(data)
        leaves = jax.tree.leaves(examples)
        if loss is not None and config.label_smoothing:
            raise ValueError(
                f"label_smoothing is of fit's own loss; got {config.label_smoothing} and another "
                f"loss. Give it to that loss, as ClassificationLoss(label_smoothing=...) takes it."
            )
        loss = loss or partial(translation_loss, label_smoothing=config.label_smoothing)
        check_data(model, loss, examples, CHECKED)
        flops = step_flops(model, leaves, config.batch_size)
        part_size = config.batch_size // config.accumulate_steps
        processes = Processes(batch_mesh(devices or training_devices(flops, part_size)))
        size = processes.mesh.size
        if part_size % size:
            times = f" times accumulate_steps = {n}" if (n := config.accumulate_steps) > 1 else ""
            raise ValueError(
                f"batch_size must be a multiple of the {size} devices{times}; got "
                f"{config.batch_size}."
            )
        if order is None:
            lengths = _lengths(leaves) if config.group_by_length else None
            order = batch_order(count, config.batch_size, config.steps, config.seed, lengths)
        check_order(order, count, config.batch_size, config.steps)
        moving, frozen_paths = trainable(model, freeze)
        model.train()
        _, params, frozen, rest = nnx.split(model, moving, nnx.Param, ...)
        training = cls(
            model,
            config,
            loss,
            processes,
            (params, rest, config.optimizer().init(params)),
            (frozen, frozen_paths),
            examples,
            interleave_over_devices(order, size),
            best,
        )
        model.eval()
        if resume_from is not None:
            training.restore(resume_from)
        training._place()
        return training

    def advance(self, upto: int) -> np.ndarray:
        """Trains up to step ``upto``, or to the end of one chunk if that comes first.

        Args:
          upto: a number of steps, beyond those done.

        Returns:
          The losses of these steps, nats per target token.

        Raises:
          FloatingPointError: if the loss is no longer finite.
        """
        done, config = self.step, self.config
        steps = min(self.chunk_steps, upto - done)
        batches = np.zeros((self.chunk_steps, config.batch_size), np.int32)
        batches[:steps] = self.order[done : done + steps]
        batches = self.processes.spread(batches)
        started = time.perf_counter()
        *state, losses = self._run(
            *self.state, self.frozen, self.examples, batches, np.int32(steps)
        )
        losses = np.asarray(losses)[:steps]
        spent = self.history.train_seconds + time.perf_counter() - started
        self.state = tuple(state)
        if not np.isfinite(losses).all():
            raise FloatingPointError(
                f"The loss is no longer finite after step {done}. Lower learning_rate "
                f"({config.learning_rate}) or raise warmup_steps ({config.warmup_steps})."
            )
        self.history.losses = np.concatenate([self.history.losses, losses])
        self.history.seconds.append((done + steps, spent))
        return losses

    def evaluate(self, evaluate: Evaluate) -> dict[str, float]:
        """Measures the model as it is now, notes it in the history, and keeps it if it is best.

        Raises:
          ValueError: if what comes back is no dictionary of numbers, or has a reserved name.
        """
        self.update_model()
        numbers = measured(evaluate(self.model))
        self.history.evaluations.append(
            {"step": self.step, "seconds": self.history.train_seconds, **numbers}
        )
        if self.best is not None:
            self.best.see(self.step, numbers, self.model)
            self.history.best_step = self.best.step
        return numbers

    @property
    def stale(self) -> bool:
        """Whether ``best`` has waited long enough for a better number."""
        return self.best is not None and self.best.stale

    def update_model(self) -> None:
        """Puts the weights as they are now into the model, on the default device."""
        params, rest, _ = self.state  # the optimizer's state stays where it is
        params, rest = jax.tree.map(
            lambda x: checkpoints.from_numpy(checkpoints.to_numpy(x), like=x),
            self.processes.own((params, rest)),
        )
        nnx.update(self.model, params, rest)

    def finish(self) -> None:
        """Puts the weights that training ends with into the model: the best, or else the last."""
        self.update_model()
        if self.best is not None:
            self.best.put_into(self.model)

    def _place(self) -> None:
        """Compares what the processes bring, fills the devices, compiles."""
        self.processes.check_the_same(
            (self.state, self.frozen, self.examples, self.order),
            self.config.fingerprint(),
            self.history.losses,
        )
        mesh = self.processes.mesh
        # Copies: the model keeps its arrays while the chunk gives its own away.
        self.state = replicate(jax.tree.map(jnp.copy, self.state), mesh)
        self.frozen = replicate(self.frozen, mesh)
        self.examples = replicate(self.examples, mesh)
        self._run, self.history.compile_seconds = compile_chunk(
            self._chunk,
            self.processes,
            self.state,
            self.frozen,
            self.examples,
            self.config.batch_size,
            self.chunk_steps,
        )


def _as_arrays(data) -> tuple[Any, int]:
    """The examples as a tree of NumPy arrays, and their number."""
    examples = (data.source, data.target) if isinstance(data, SourceAndTarget) else data
    if stray := [type(x).__name__ for x in jax.tree.leaves(examples) if not np.ndim(x)]:
        raise ValueError(
            f"data needs arrays with the examples along their first axis; got {stray[0]} in a "
            f"{type(data).__name__}. Make arrays of lists, with np.array or encdec_lib.data.pad."
        )
    examples = jax.tree.map(partial(as_numbers, "data"), examples)
    leaves = jax.tree.leaves(examples)
    count = len(leaves[0]) if leaves else 0
    if not count or any(len(leaf) != count for leaf in leaves):
        raise ValueError(
            f"data needs examples along the first axis of every array, the same number in each; "
            f"got {[leaf.shape for leaf in leaves]}."
        )
    return examples, count


def _lengths(leaves) -> np.ndarray | None:
    """Tokens of each example, source and target together; None where there are none."""
    counts = [(x != 0).sum(axis=1) for x in leaves if is_tokens(x)]
    return np.sum(counts, axis=0) if counts else None


def _convolves(params) -> bool:
    """Whether there is a convolution among the parameters: a kernel (H, W, C_in, C_out).

    XLA's gradient of a convolution is many times slower inside a loop than outside on a CPU, so
    such a model is trained one step a call there (measured in ``benchmarks/``).
    """
    return any(leaf.ndim == 4 for leaf in jax.tree.leaves(params))
