"""How to train: steps, batches, the learning rate by step, the optimizer."""

import dataclasses

import optax

from encdec_lib.runtime.checks import (
    check_choices,
    check_flags,
    check_number,
    check_numbers,
    check_shares,
    check_sizes,
)

SCHEDULES = ("cosine", "linear", "constant")


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """How to train. The same config, data and model give the same numbers.

    Raises:
      ValueError: for the first field that is out of its range.

    Example:
      >>> TrainConfig(clip_norm=0.0)
      Traceback (most recent call last):
      ValueError: clip_norm must be a positive number; got 0.0. None switches it off.
    """

    steps: int = 600
    batch_size: int = 64
    learning_rate: float = 3e-3  # the peak, reached after the warm-up
    warmup_steps: int = 50
    schedule: str = "cosine"  # after the warm-up: "cosine" or "linear" to 0, or "constant"
    weight_decay: float = 0.0
    clip_norm: float | None = 1.0  # gradients longer than this are shortened to it; None: none is
    label_smoothing: float = 0.0
    seed: int = 0  # of the order of examples
    group_by_length: bool = True  # batches of similar length, so that little is padding
    chunk_steps: int = 25  # steps in one call: how often Python looks
    scan_steps: bool = True  # False: one step a call, as convolutions on a CPU always have it

    def __post_init__(self):
        check_sizes(self, "steps", "batch_size", "chunk_steps")
        check_sizes(self, "warmup_steps", "seed", least=0)
        check_flags(self, "group_by_length", "scan_steps")
        check_choices(self, schedule=SCHEDULES)
        check_shares(self, "label_smoothing")
        check_numbers(self, "learning_rate")
        check_numbers(self, "weight_decay", zero=True)
        try:
            check_number("clip_norm", 1.0 if self.clip_norm is None else self.clip_norm)
        except ValueError as error:
            raise ValueError(f"{error} None switches it off.") from None

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
        # From the first share of the way up, not from 0: the first step learns something.
        up = optax.linear_schedule(self.learning_rate / warmup, self.learning_rate, warmup)
        return optax.join_schedules([up, after], [warmup])

    def optimizer(self) -> optax.GradientTransformation:
        """AdamW behind a limit on the gradient's norm."""
        adamw = optax.adamw(self.rate(), b2=0.98, weight_decay=self.weight_decay)
        if self.clip_norm is None:
            return adamw
        return optax.chain(optax.clip_by_global_norm(self.clip_norm), adamw)

    def fingerprint(self) -> str:
        """What must be the same when a run is resumed: all but how often Python looks."""
        return repr(dataclasses.replace(self, chunk_steps=1))
