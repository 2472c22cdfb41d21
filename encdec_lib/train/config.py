"""How to train: steps, batches, the learning rate by step, the optimizer."""

import dataclasses

import jax
import jax.numpy as jnp
import optax

from encdec_lib.runtime.checks import (
    check_choices,
    check_flags,
    check_number,
    check_numbers,
    check_shares,
    check_sizes,
)
from encdec_lib.train.parameters import matrices

ENDLESS = ("constant", "inverse_sqrt")  # the rate of a step does not depend on how many there are
SCHEDULES = ("cosine", "linear", *ENDLESS)
DECAYS = ("matrices", "all")


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """How to train. The same config, data and model give the same numbers.

    Weight decay shrinks matrices alone, as :func:`~encdec_lib.train.parameters.matrices` tells
    them: kernels, and no bias, norm, embedding or position. ``decay="all"`` is what the library did
    before there was a choice, and what stored runs say that they had.

    ``schedule="inverse_sqrt"`` is that of Vaswani et al. (2017), section 5.3, scaled to its peak:
    ``learning_rate`` · √(``warmup_steps`` / step) after the warm-up. Like the constant one it needs
    no end, and so suits training that stops when it is good enough.

    With ``accumulate_steps`` = k a step takes its batch in k parts, one after the other, and adds
    up their gradients: the step of the whole batch, with the memory of a k-th of it. (Batch
    normalisation sees the parts, and so gives other numbers.)

    Raises:
      ValueError: for the first field that is out of its range, or if ``accumulate_steps`` does not
        divide ``batch_size``.

    Example:
      >>> TrainConfig(clip_norm=0.0)
      Traceback (most recent call last):
      ValueError: clip_norm must be a positive number; got 0.0. None switches it off.
    """

    steps: int = 600
    batch_size: int = 64
    learning_rate: float = 3e-3  # the peak, reached after the warm-up
    warmup_steps: int = 50
    schedule: str = "cosine"  # after the warm-up: "cosine" or "linear" to 0, or one of ENDLESS
    weight_decay: float = 0.0
    decay: str = "matrices"  # what it shrinks: "matrices", or "all" parameters
    clip_norm: float | None = 1.0  # gradients longer than this are shortened to it; None: none is
    label_smoothing: float = 0.0
    seed: int = 0  # of the order of examples
    group_by_length: bool = True  # batches of similar length, so that little is padding
    chunk_steps: int = 25  # steps in one call: how often Python looks
    scan_steps: bool = True  # False: one step a call, as convolutions on a CPU always have it
    accumulate_steps: int = 1  # parts of a batch that are computed one after the other

    def __post_init__(self):
        check_sizes(self, "steps", "batch_size", "chunk_steps", "accumulate_steps")
        check_sizes(self, "warmup_steps", "seed", least=0)
        check_flags(self, "group_by_length", "scan_steps")
        check_choices(self, schedule=SCHEDULES, decay=DECAYS)
        check_shares(self, "label_smoothing")
        check_numbers(self, "learning_rate")
        check_numbers(self, "weight_decay", zero=True)
        try:
            check_number("clip_norm", 1.0 if self.clip_norm is None else self.clip_norm)
        except ValueError as error:
            raise ValueError(f"{error} None switches it off.") from None
        if self.batch_size % self.accumulate_steps:
            raise ValueError(
                f"accumulate_steps must divide batch_size = {self.batch_size}; got "
                f"{self.accumulate_steps}."
            )

    def rate(self) -> optax.Schedule:
        """Learning rate by step: linear warm-up, then the schedule."""
        warmup = min(self.warmup_steps, self.steps)
        rest = max(self.steps - warmup, 1)
        after = {
            "cosine": optax.cosine_decay_schedule(self.learning_rate, rest),
            "linear": optax.linear_schedule(self.learning_rate, 0.0, rest),
            "constant": optax.constant_schedule(self.learning_rate),
            "inverse_sqrt": _inverse_sqrt(self.learning_rate, warmup),
        }[self.schedule]
        if not warmup:
            return after
        # From the first share of the way up, not from 0: the first step learns something.
        up = optax.linear_schedule(self.learning_rate / warmup, self.learning_rate, warmup)
        return optax.join_schedules([up, after], [warmup])

    def optimizer(self) -> optax.GradientTransformation:
        """AdamW behind a limit on the gradient's norm."""
        mask = matrices if self.weight_decay and self.decay == "matrices" else None
        adamw = optax.adamw(self.rate(), b2=0.98, weight_decay=self.weight_decay, mask=mask)
        if self.clip_norm is None:
            return adamw
        return optax.chain(optax.clip_by_global_norm(self.clip_norm), adamw)

    def fingerprint(self) -> str:
        """What must be the same in all processes: all but how often Python looks."""
        return repr(dataclasses.replace(self, chunk_steps=1))


def _inverse_sqrt(peak: float, warmup: int) -> optax.Schedule:
    def rate(done: jax.typing.ArrayLike) -> jax.Array:  # steps since the warm-up
        return peak * jnp.sqrt(max(warmup, 1) / jnp.maximum(warmup + done, 1))

    return rate
