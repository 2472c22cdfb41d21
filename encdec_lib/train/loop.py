"""The trainer of the course: a loop that reads on one screen.

The file is called after the loop, as a module and a function of one name would hide each other.
"""

import pathlib
from typing import Any

import numpy as np
from flax import nnx

from encdec_lib.runtime.checks import check_whole
from encdec_lib.train.best import Best
from encdec_lib.train.config import TrainConfig
from encdec_lib.train.history import History
from encdec_lib.train.interrupt import ctrl_c
from encdec_lib.train.losses import Loss
from encdec_lib.train.parameters import Freeze
from encdec_lib.train.progress import Progress
from encdec_lib.train.training import Evaluate, Training


def fit(
    model: nnx.Module,
    data: Any,
    config: TrainConfig = TrainConfig(),
    *,
    loss: Loss | None = None,
    evaluate: Evaluate | None = None,
    eval_every: int | None = None,
    best: Best | None = None,
    freeze: Freeze | None = None,
    order: np.ndarray | None = None,
    checkpoint: str | pathlib.Path | None = None,
    checkpoint_every: int | None = None,
    resume: bool = False,
    devices: list | None = None,
    progress: bool = True,
) -> History:
    """Trains ``model`` in place.

    Parameters and data live on the devices, and many steps run inside one ``jax.jit``
    (:func:`~encdec_lib.train.step.run_chunk`); Python sees the losses once a chunk, for the
    progress line, the evaluations, the checkpoint and Ctrl-C. The batch is split over the devices;
    gradients are added up once a step. Ctrl-C (the notebook's stop button) ends after the current
    chunk and keeps model and history.

    Dropout and batch normalisation are in training mode in the steps, and in evaluation mode in
    ``evaluate`` and afterwards. Split over devices, batch normalisation takes its statistics over
    each device's part of the batch; the running means are averaged.

    Where :func:`jax.distributed.initialize` has joined several processes
    (:mod:`encdec_lib.runtime.launch` starts such processes on one machine), every one calls ``fit``
    with the same model, data and config, and has the same model and history afterwards.
    ``evaluate`` runs in each of them; progress and checkpoints are those of process 0.

    Args:
      model: any NNX module that ``loss`` understands.
      data: a :class:`~encdec_lib.data.parallel.ParallelText`, or any pytree of arrays with
        the examples along their first axis.
      config: how to train.
      loss: ``loss(model, batch) -> (sum, count)``;
        :func:`~encdec_lib.train.losses.translation_loss` with the config's label smoothing if
        None. If it has a method ``check(model, data)``, that is called once before training:
        inside a compiled step no value can be looked at.
      evaluate: called as ``evaluate(model)``, returns numbers by name, other than "step",
        "seconds" and "loss"; never timed as training.
      eval_every: steps between evaluations; only at the end if None.
      best: keep the weights with the best of ``evaluate``'s numbers, ``Best("bleu")`` or
        ``Best("loss of dev", highest=False)``, and with ``patience=3`` stop after three evaluations
        without a better one. The model ends with the best weights; the history says from which
        step, and whether the training stopped early.
      freeze: parameters that do not move: the beginning of a path such as ``"encoder"`` or
        ``"encoder.embedding"``, several of them, or a function of (path, array) that says whether.
        They cost no optimizer's state. Dropout and running statistics beside them go on.
      order: the numbers of the examples of every step, ``(steps, B)``, where the same batches are
        to come in the same order as elsewhere; drawn from the config's seed if None.
      checkpoint: a file to write at the end, and every ``checkpoint_every`` steps.
      checkpoint_every: steps between checkpoints.
      resume: go on from ``checkpoint``; equal to a run that never stopped, bit for bit on one
        device. Where there is no such file yet, start from the beginning. More ``steps`` than
        before are allowed under the schedules "constant" and "inverse_sqrt", where they change no
        step that is done.
      devices: which devices; if None :func:`~encdec_lib.runtime.devices.training_devices`: those
        of all processes, as many as divide the batch; one where a step is so small that splitting
        it costs more than it saves.
      progress: show a table that grows.

    Returns:
      The :class:`~encdec_lib.train.history.History`, whole even when resumed.

    Raises:
      ValueError: if the data are empty or fewer than a batch, an id is outside the model's
        vocabulary, an argument has no effect without another, ``batch_size`` does not divide
        by the number of devices, the checkpoint is of another model, config or data, the processes
        bring different models, data or configs, ``best`` names none of ``evaluate``'s numbers or
        one that is NaN, or ``freeze`` no parameter or all of them.
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
    _check_together(evaluate, eval_every, checkpoint, checkpoint_every, resume)
    _check_best(best, evaluate, eval_every)
    going_on = resume and checkpoint is not None and pathlib.Path(checkpoint).expanduser().exists()
    training = Training.begin(
        model,
        data,
        config,
        loss=loss,
        devices=devices,
        freeze=freeze,
        best=best,
        order=order,
        resume_from=checkpoint if going_on else None,
    )
    processes, history = training.processes, training.history
    shown = Progress(config.steps, progress and processes.first)
    with ctrl_c() as asked:
        while training.step < config.steps and not (training.stale or processes.any(asked)):
            losses = training.advance(
                _next_stop(training.step, config, eval_every, checkpoint_every)
            )
            done, numbers = training.step, {}
            if evaluate is not None and _due(done, eval_every, config):
                numbers = training.evaluate(evaluate)
            if training.chunk_steps > 1 or _due(done, config.chunk_steps, config):
                shown.update(done, history.train_seconds, loss=float(losses.mean()), **numbers)
            if checkpoint and checkpoint_every and done % checkpoint_every == 0:
                training.save(checkpoint)
        history.interrupted = processes.any(asked)
    history.stopped_early = training.stale and training.step < config.steps
    training.finish()
    if checkpoint:
        training.save(checkpoint)
    shown.finish(_summary(history, processes.mesh.size))
    return history


def _check_best(best: Best | None, evaluate: Evaluate | None, eval_every: int | None) -> None:
    """Whether there will be evaluations to choose from."""
    if best is not None and (evaluate is None or eval_every is None):
        lacks = "evaluate" if evaluate is None else "eval_every"
        raise ValueError(
            f"best chooses between evaluations, so it needs evaluate and eval_every; got "
            f"{lacks} = None."
        )


def _check_together(
    evaluate: Any, eval_every: Any, checkpoint: Any, checkpoint_every: Any, resume: Any
) -> None:
    """Refuses arguments of :func:`fit` that have no effect without another.

    Raises:
      ValueError: for the first of them, or a number of steps below 1.
    """
    pairs = {"evaluate": (evaluate, eval_every), "checkpoint": (checkpoint, checkpoint_every)}
    for name, (needed, every) in pairs.items():
        argument = "eval_every" if name == "evaluate" else "checkpoint_every"
        if every is None:
            continue
        check_whole(argument, every)
        if needed is None:
            raise ValueError(f"{argument} has no effect without {name}; got {every}. Give both.")
    if resume and checkpoint is None:
        raise ValueError(
            f"resume needs checkpoint, the file to go on from; got resume={resume} alone."
        )


def _due(done: int, every: int | None, config: TrainConfig) -> bool:
    """Whether something that happens every so many steps, and at the end, happens now."""
    return done == config.steps or bool(every and done % every == 0)


def _next_stop(done: int, config: TrainConfig, *everies: int | None) -> int:
    """The next step at which Python has something to do."""
    return min([config.steps, *((done // every + 1) * every for every in everies if every)])


def _summary(history: History, devices: int) -> str:
    """What is said when a training has ended."""
    stopped = "stopped by the reader after" if history.interrupted else "trained"
    if history.stopped_early:
        stopped = "stopped early after"
    best = (
        "" if history.best_step is None else f"; the weights are those of step {history.best_step}"
    )
    return (
        f"{stopped} {len(history.losses)} steps in {history.train_seconds:.1f} s on {devices} "
        f"device{'s' if devices > 1 else ''} (compilation {history.compile_seconds:.1f} s){best}"
    )
