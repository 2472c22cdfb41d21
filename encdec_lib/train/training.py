"""A training as it stands: what has been learned so far, and what is needed to go on.

:func:`~encdec_lib.train.loop.fit` is the loop over a :class:`Training`. Anything else that wants to
train, such as a benchmark, uses the same object.
"""

import dataclasses
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
from encdec_lib.train.config import TrainConfig
from encdec_lib.train.data_checks import check_data
from encdec_lib.train.losses import CHECKED, Loss, translation_loss
from encdec_lib.train.processes import Processes
from encdec_lib.train.progress import measured
from encdec_lib.train.step import compile_chunk, run_chunk

Evaluate = Callable[[Any], dict[str, float]]  # of a model: numbers by name


@runtime_checkable
class SourceAndTarget(Protocol):
    """Data as :class:`~encdec_lib.data.parallel.ParallelText` holds them."""

    source: Any
    target: Any


@dataclasses.dataclass
class History:
    """What happened: one loss a step, and what was measured on the way."""

    losses: np.ndarray  # (steps,), nats per target token
    seconds: list[tuple[int, float]]  # (steps done, seconds of training since the start)
    evaluations: list[dict[str, int | float]]  # each with "step" and "seconds"
    compile_seconds: float = 0.0  # before the first step
    interrupted: bool = False

    @property
    def train_seconds(self) -> float:
        """Seconds spent in training steps, without compilation and evaluations."""
        return self.seconds[-1][1] if self.seconds else 0.0


class Training:
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
        examples: Any,
        order: np.ndarray,
    ):
        self.model, self.config, self.processes = model, config, processes
        self.history = History(np.zeros(0, np.float32), [], [])
        self.state = state  # parameters, what else the model keeps, the optimizer's state
        self.examples, self.order = examples, order
        graph, _ = nnx.split(model)
        self._chunk = partial(run_chunk, graph, config.optimizer(), loss)
        self._run: Callable  # the compiled chunk, made when the arrays are on their devices
        self.chunk_steps = config.chunk_steps if config.scan_steps else 1
        if _convolves(state[0]) and processes.mesh.devices.flat[0].platform == "cpu":
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
        order: np.ndarray | None = None,
        resume_from: str | pathlib.Path | None = None,
    ) -> "Training":
        """Puts model and data on the devices and compiles the steps.

        Args:
          model, data, config, loss, devices: as for :func:`~encdec_lib.train.loop.fit`.
          order: the examples of every step, ``(steps, B)``; if None,
            :func:`~encdec_lib.train.batches.batch_order` draws them from the config's seed.
          resume_from: a file of :meth:`save`, to go on from.

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
        processes = Processes(batch_mesh(devices or training_devices(flops, config.batch_size)))
        size = processes.mesh.size
        if config.batch_size % size:
            raise ValueError(
                f"batch_size must be a multiple of the {size} devices; got {config.batch_size}."
            )
        if order is None:
            lengths = _lengths(leaves) if config.group_by_length else None
            order = batch_order(count, config.batch_size, config.steps, config.seed, lengths)
        check_order(order, count, config.batch_size, config.steps)
        model.train()
        _, params, rest = nnx.split(model, nnx.Param, ...)
        state = (params, rest, config.optimizer().init(params))
        training = cls(
            model, config, loss, processes, state, examples, interleave_over_devices(order, size)
        )
        model.eval()
        if resume_from is not None:
            training._restore(resume_from)
        training._place()
        return training

    @property
    def step(self) -> int:
        """Steps done so far."""
        return len(self.history.losses)

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
        *state, losses = self._run(*self.state, self.examples, batches, np.int32(steps))
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
        """Measures the model as it is now, and notes it in the history.

        Raises:
          ValueError: if what comes back is no dictionary of numbers, or has a reserved name.
        """
        self.update_model()
        numbers = measured(evaluate(self.model))
        self.history.evaluations.append(
            {"step": self.step, "seconds": self.history.train_seconds, **numbers}
        )
        return numbers

    def update_model(self) -> None:
        """Puts the weights as they are now into the model, on the default device."""
        params, rest, _ = jax.tree.map(
            lambda x: checkpoints.from_numpy(checkpoints.to_numpy(x), like=x),
            self.processes.own(self.state),
        )
        nnx.update(self.model, params, rest)

    def save(self, path: str | pathlib.Path) -> None:
        """Writes everything that the next step needs; process 0 does, and the others wait."""
        if self.processes.first:
            checkpoints.save(
                path,
                _as_saved(self.processes.own(self.state)),
                config=self.config.fingerprint(),
                losses=[float(x) for x in self.history.losses],
                seconds=self.history.seconds,
                evaluations=self.history.evaluations,
            )
        self.processes.wait("checkpoint")  # it is there for all now

    def _restore(self, path) -> None:
        """Reads what :meth:`save` wrote, if the config is the same."""
        like, fingerprint = _as_saved(self.state), self.config.fingerprint()
        loaded, meta = checkpoints.load(path, like)
        if meta.get("config") != fingerprint:
            raise ValueError(
                f"{path} was written with another config. Saved: {meta.get('config')}; "
                f"now: {fingerprint}. Resume with the same, or use another path."
            )
        params, rest, opt_state = self.state
        p, r, leaves = jax.tree.map(checkpoints.from_numpy, loaded, like)
        nnx.replace_by_pure_dict(params, p)
        nnx.replace_by_pure_dict(rest, r)
        opt_state = jax.tree.unflatten(jax.tree.structure(opt_state), leaves)
        self.state = (params, rest, opt_state)
        self.history.losses = np.array(meta["losses"], np.float32)
        self.history.seconds = [tuple(pair) for pair in meta["seconds"]]
        self.history.evaluations = meta["evaluations"]

    def _place(self) -> None:
        """Compares what the processes bring, fills the devices, compiles."""
        self.processes.check_the_same(
            (self.state, self.examples, self.order), self.config.fingerprint(), self.history.losses
        )
        mesh = self.processes.mesh
        # Copies: the model keeps its arrays while the chunk gives its own away.
        self.state = replicate(jax.tree.map(jnp.copy, self.state), mesh)
        self.examples = replicate(self.examples, mesh)
        self._run, self.history.compile_seconds = compile_chunk(
            self._chunk,
            self.processes,
            self.state,
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


def _as_saved(state):
    """Parameters, what else the model keeps, and the optimizer's state, as plain arrays."""
    params, rest, opt_state = state
    return nnx.to_pure_dict(params), nnx.to_pure_dict(rest), jax.tree.leaves(opt_state)
