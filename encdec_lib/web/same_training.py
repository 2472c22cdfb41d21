"""The page's training in Python: the same model by ``fit``, from the same weights and batches."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from flax import nnx
from jaxtyping import Float

from encdec_lib.runtime.checks import check_whole
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.config import ENDLESS
from encdec_lib.web.same_batches import batches
from encdec_lib.web.same_numbers import first_weights


def fitted_losses(
    model: nnx.Module,
    config: Mapping[str, Any],
    steps: int = 20,
    data: bytes | None = None,
) -> Float[np.ndarray, " N"]:
    """The losses of a figure's model in its first steps, by :func:`~encdec_lib.train.loop.fit`.

    Args:
      model: as large as the figure's; it gets the weights that the figure's begins with, and is
        trained.
      config: what the figure trains, as its ``config`` tells.
      steps: how many.
      data: what :mod:`~encdec_lib.web.page_data` packed, where the task has data.

    Returns:
      ``(steps,)``, in nats a token. In the page they are the same up to the rounding of float32.

    Raises:
      ValueError: if ``config`` has weights that are not drawn, or something that ``fit`` cannot
        follow; the message names it.

    Example:
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(7, 7, embed_dim=2, state_dim=3), rngs=nnx.Rngs(0))
      >>> task = {"name": "copy", "symbols": 3, "longest": 4}
      >>> training = {"batch": 2, "learning_rate": 0.01}
      >>> fitted_losses(
      ...     model, {"task": task, "training": training, "weights": {"seed": 0}}, steps=3
      ... ).shape
      (3,)
    """
    check_whole("steps", steps)
    weights, training = config["weights"], config["training"]
    if "seed" not in weights:
        raise ValueError(f"config must draw its weights from a seed; got {sorted(weights)}.")
    if training.get("forcing", 1) != 1:
        raise ValueError(
            f"config must have forcing 1, or none, as fit tells the decoder every true token; got "
            f"{training['forcing']!r}."
        )
    known = {"batch", "learning_rate", "warmup", "schedule", "clip", "forcing", "seed"}
    unknown = set(training) - known
    schedule = training.get("schedule", "constant")
    if schedule not in ENDLESS:  # the others depend on steps that the figure may never take
        raise ValueError(
            f"config's schedule must be one of {', '.join(ENDLESS)}; got {schedule!r}."
        )
    if unknown:
        raise ValueError(f"config must not set {', '.join(sorted(unknown))} of its training.")
    first_weights(model, weights["seed"], weights.get("keep_bias"))
    batch, seed = training["batch"], training.get("seed", 0)
    warmup, clip = training.get("warmup", 50), training.get("clip", 1)
    all_steps = max(steps, warmup)  # fit would shorten a warm-up that is longer than the training
    examples, order = batches(config["task"], batch, all_steps, seed, data)
    train = TrainConfig(
        steps=all_steps,
        batch_size=batch,
        learning_rate=training["learning_rate"],
        warmup_steps=warmup,
        schedule=schedule,
        clip_norm=None if clip is None else float(clip),
    )
    history = fit(model, examples, train, order=order, progress=False)
    return np.asarray(history.losses)[:steps]
