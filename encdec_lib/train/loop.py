"""Training: parameters and data on the device, many steps inside one jit.

:func:`fit` is the only trainer of the course. One call of its jitted chunk runs many steps of
:func:`~encdec_lib.train.step.train_step` on every device; Python sees the losses once a chunk,
for the progress line, the evaluations, the checkpoint and Ctrl-C. Where
:func:`jax.distributed.initialize` has joined several processes, each of them makes the same call,
and the batch is split over the devices of all (:mod:`encdec_lib.runtime.launch` starts such
processes on one machine).
"""

import dataclasses
import pathlib
import time
from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax.experimental import multihost_utils
from jax.sharding import PartitionSpec as P

from encdec_lib.runtime.devices import (
    BATCH_AXIS,
    batch_mesh,
    own_copy,
    put,
    replicate,
    spans_processes,
    training_devices,
)
from encdec_lib.train import checkpoint as checkpoints
from encdec_lib.train.batches import batch_order, deal
from encdec_lib.train.interrupt import ctrl_c
from encdec_lib.train.losses import translation_loss
from encdec_lib.train.processes import asked_by_any, check_the_same
from encdec_lib.train.progress import Progress
from encdec_lib.train.resume import as_saved, restore
from encdec_lib.train.step import compile_chunk, run_chunk


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """How to train. The same config, data and model give the same numbers."""

    steps: int = 600
    batch_size: int = 64
    learning_rate: float = 3e-3  # the peak, reached after the warm-up
    warmup_steps: int = 50
    schedule: str = "cosine"  # after the warm-up: "cosine" or "linear" to 0, or "constant"
    weight_decay: float = 0.0
    clip_norm: float = 1.0  # gradients longer than this are shortened to it
    label_smoothing: float = 0.0
    seed: int = 0  # of the order of examples
    group_by_length: bool = True  # batches of similar length, so that little is padding
    chunk_steps: int = 25  # steps in one call: how often Python looks
    scan_steps: bool = True  # False: one step a call, as convolutions on a CPU always have it

    def __post_init__(self):
        for name in ("steps", "batch_size", "chunk_steps"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1; got {getattr(self, name)}.")
        if self.schedule not in ("cosine", "linear", "constant"):
            raise ValueError(
                f"schedule must be 'cosine', 'linear' or 'constant'; got {self.schedule!r}."
            )

    def rate(self) -> optax.Schedule:
        """Learning rate by step: linear warm-up, then the schedule."""
        warmup = min(self.warmup_steps, self.steps)
        rest = max(self.steps - warmup, 1)
        after = {
            "cosine": optax.cosine_decay_schedule(self.learning_rate, rest),
            "linear": optax.linear_schedule(self.learning_rate, 0.0, rest),
            "constant": optax.constant_schedule(self.learning_rate),
        }[self.schedule]
        if not warmup:
            return after
        up = optax.linear_schedule(self.learning_rate / warmup, self.learning_rate, warmup)
        return optax.join_schedules([up, after], [warmup])

    def optimizer(self) -> optax.GradientTransformation:
        """AdamW behind a limit on the gradient's norm."""
        return optax.chain(
            optax.clip_by_global_norm(self.clip_norm),
            optax.adamw(self.rate(), b2=0.98, weight_decay=self.weight_decay),
        )


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


def step_flops(model: nnx.Module, arrays: list, batch_size: int) -> float:
    """Floating-point operations of a training step, roughly: 6 a weight, position and example.

    A weight of a convolution meets every pixel at its scale, and any other each token; a vector
    or an image that goes through dense layers is one position. An encoder that makes a sequence
    of an image says how long it is in ``encoder.sequence_length``.
    """
    weights = {"conv": 0, "other": 0}
    for leaf in jax.tree.leaves(nnx.state(model, nnx.Param)):
        weights["conv" if leaf.ndim == 4 else "other"] += leaf.size
    tokens = max([x.shape[1] for x in arrays if _is_tokens(x)], default=1)
    tokens = max(tokens, getattr(getattr(model, "encoder", None), "sequence_length", 1))
    pixels = max([x.shape[1] * x.shape[2] for x in arrays if x.ndim > 2], default=1)
    # Most weights of a convolutional network stand at a scale of a quarter of the pixels or less.
    return 6.0 * (weights["other"] * tokens + weights["conv"] * pixels / 4) * batch_size


def _is_tokens(array) -> bool:
    """Whether an array holds rows of token ids, (N, T)."""
    return array.ndim == 2 and jnp.issubdtype(array.dtype, jnp.integer)


def _convolves(params) -> bool:
    """Whether there is a convolution among the parameters: a kernel (H, W, C_in, C_out).

    XLA's gradient of a convolution is many times slower inside a loop than outside on a CPU, so
    such a model is trained one step a call there (measured in ``benchmarks/``).
    """
    return any(leaf.ndim == 4 for leaf in jax.tree.leaves(params))


def fit(
    model: nnx.Module,
    data,
    config: TrainConfig = TrainConfig(),
    *,
    loss: Callable | None = None,
    evaluate: Callable[[nnx.Module], dict[str, float]] | None = None,
    eval_every: int | None = None,
    checkpoint: str | pathlib.Path | None = None,
    checkpoint_every: int | None = None,
    resume: bool = False,
    devices: list | None = None,
    progress: bool = True,
) -> History:
    """Trains ``model`` in place.

    Dropout and batch normalisation are in training mode in the steps, and in evaluation mode in
    ``evaluate`` and afterwards. Split over devices, batch normalisation takes its statistics over
    each device's part of the batch; the running means are averaged.

    The batch is split over the devices; gradients are added up once a step. Ctrl-C
    (the notebook's stop button) ends after the current chunk and keeps model and history.

    In several processes every one calls ``fit`` with the same model, data and config, and has the
    same model and history afterwards. ``evaluate`` runs in each of them; progress and checkpoints
    are those of process 0.

    Args:
      model: any NNX module that ``loss`` understands.
      data: a :class:`~encdec_lib.data.parallel.ParallelText`, or any pytree of arrays with
        the examples along their first axis.
      config: how to train.
      loss: ``loss(model, batch) -> (sum, count)``;
        :func:`~encdec_lib.train.losses.translation_loss` with the config's label smoothing if None.
        If it has a method ``check(data)``, that is called once before training: inside a compiled
        step no value can be looked at.
      evaluate: called as ``evaluate(model)``, returns numbers by name; never timed as training.
      eval_every: steps between evaluations; only at the end if None.
      checkpoint: a file to write at the end, and every ``checkpoint_every`` steps.
      checkpoint_every: steps between checkpoints.
      resume: go on from ``checkpoint``; equal to a run that never stopped, bit for bit on one
        device. Where there is no such file yet, start from the beginning.
      devices: which devices; if None :func:`~encdec_lib.runtime.devices.training_devices`: those of
        all processes, as many as divide the batch; one where a step is so small that splitting it
        costs more than it saves.
      progress: show a table that grows.

    Returns:
      The :class:`History`, whole even when resumed.

    Raises:
      ValueError: if the data are empty or fewer than a batch, ``batch_size`` does not divide
        by the number of devices, the checkpoint is of another model or config, or the processes
        bring different models, data or configs.
      FloatingPointError: if the loss is no longer finite; the model keeps the weights of the
        last evaluation, or those it came with.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(8, 8, embed_dim=8, state_dim=16), rngs=nnx.Rngs(0))
      >>> source = np.random.default_rng(0).integers(4, 8, (64, 1))
      >>> copy = (source, np.concatenate([source, np.full_like(source, 2)], axis=1))
      >>> config = TrainConfig(steps=60, batch_size=16, warmup_steps=5, learning_rate=0.02)
      >>> history = fit(model, copy, config, progress=False)
      >>> bool(history.losses[0] > 1.5 and history.losses[-1] < 0.1)
      True
    """
    examples = (data.source, data.target) if hasattr(data, "source") else data
    examples = jax.tree.map(np.asarray, examples)
    leaves = jax.tree.leaves(examples)
    count = len(leaves[0]) if leaves else 0
    if not count or any(len(leaf) != count for leaf in leaves):
        raise ValueError(
            f"data needs examples along the first axis of every array, the same number in each; "
            f"got {[leaf.shape for leaf in leaves]}."
        )
    flops = step_flops(model, leaves, config.batch_size)
    mesh = batch_mesh(devices or training_devices(flops, config.batch_size))
    together = spans_processes(mesh)
    first = jax.process_index() == 0 or not together  # who prints and writes
    if config.batch_size % mesh.size:
        raise ValueError(
            f"batch_size must be a multiple of the {mesh.size} devices; got {config.batch_size}."
        )
    if loss is None:
        loss = partial(translation_loss, label_smoothing=config.label_smoothing)

    lengths = None
    if config.group_by_length and any(map(_is_tokens, leaves)):
        lengths = sum((x != 0).sum(axis=1) for x in leaves if _is_tokens(x))
    order = batch_order(count, config.batch_size, config.steps, config.seed, lengths)
    order = deal(order, mesh.size)

    if hasattr(loss, "check"):
        loss.check(examples)
    model.train()
    graph, params, rest = nnx.split(model, nnx.Param, ...)
    model.eval()
    optimizer = config.optimizer()
    opt_state = optimizer.init(params)
    fingerprint = repr(dataclasses.replace(config, chunk_steps=1))
    history = History(np.zeros(0, np.float32), [], [])
    if resume and checkpoint and pathlib.Path(checkpoint).exists():
        (params, rest, opt_state), meta = restore(
            checkpoint, (params, rest, opt_state), fingerprint
        )
        losses = np.array(meta["losses"], np.float32)
        seconds = [tuple(pair) for pair in meta["seconds"]]
        history = History(losses, seconds, meta["evaluations"])
    if together:
        check_the_same((params, rest, opt_state, examples, order), fingerprint, history.losses)
    # Copies: the model keeps its arrays while the chunk gives its own away.
    state = replicate(jax.tree.map(jnp.copy, (params, rest, opt_state)), mesh)
    device_data = replicate(examples, mesh)

    def keep(state):
        """Puts the weights back into the model, on the default device."""
        state = own_copy(state) if together else state
        params, rest, _ = jax.tree.map(
            lambda x: checkpoints.from_numpy(checkpoints.to_numpy(x), like=x), state
        )
        nnx.update(model, params, rest)

    def write(state):
        if first:
            checkpoints.save(
                checkpoint,
                as_saved(own_copy(state) if together else state),
                config=fingerprint,
                losses=[float(x) for x in history.losses],
                seconds=history.seconds,
                evaluations=history.evaluations,
            )
        if together:
            multihost_utils.sync_global_devices("checkpoint")  # it is there for all now

    slow_in_loop = _convolves(params) and mesh.devices.flat[0].platform == "cpu"
    chunk_steps = config.chunk_steps if config.scan_steps and not slow_in_loop else 1
    run, history.compile_seconds = compile_chunk(
        partial(run_chunk, graph, optimizer, loss), mesh, state, device_data, order[:1], chunk_steps
    )
    done = len(history.losses)
    spent = history.train_seconds
    shown = Progress(config.steps, progress and first)
    stops = {config.steps}
    for every in (eval_every, checkpoint_every):
        stops |= set(range(every, config.steps, every)) if every else set()

    with ctrl_c() as asked:
        while done < config.steps and not asked_by_any(asked, together):
            upto = min([s for s in stops if s > done])
            steps = min(chunk_steps, upto - done)
            batches = np.zeros((chunk_steps, config.batch_size), np.int32)
            batches[:steps] = order[done : done + steps]
            batches = put(batches, mesh, P(None, BATCH_AXIS)) if together else batches
            started = time.perf_counter()
            *state, losses = run(*state, device_data, batches, np.int32(steps))
            losses = np.asarray(losses)[:steps]
            spent += time.perf_counter() - started
            if not np.isfinite(losses).all():
                raise FloatingPointError(
                    f"The loss is no longer finite after step {done}. Lower learning_rate "
                    f"({config.learning_rate}) or raise warmup_steps ({config.warmup_steps})."
                )
            done += steps
            history.losses = np.concatenate([history.losses, losses])
            history.seconds.append((done, spent))
            numbers = {}
            if evaluate and (done == config.steps or (eval_every and done % eval_every == 0)):
                keep(state)
                numbers = {k: float(v) for k, v in evaluate(model).items()}
                history.evaluations.append({"step": done, "seconds": spent, **numbers})
            if chunk_steps > 1 or done % config.chunk_steps == 0 or done == config.steps:
                shown.update(done, spent, loss=float(losses.mean()), **numbers)
            if checkpoint and checkpoint_every and done % checkpoint_every == 0:
                write(state)
        history.interrupted = asked_by_any(asked, together)
    keep(state)
    if checkpoint:
        write(state)
    stopped = "stopped by the reader after" if history.interrupted else "trained"
    shown.finish(
        f"{stopped} {done} steps in {spent:.1f} s on {mesh.size} device"
        f"{'s' if mesh.size > 1 else ''} (compilation {history.compile_seconds:.1f} s)"
    )
    return history
