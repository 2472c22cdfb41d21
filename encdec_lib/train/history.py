"""What happened in a training."""

import dataclasses

import numpy as np


@dataclasses.dataclass
class History:
    """What happened: one loss a step, and what was measured on the way."""

    losses: np.ndarray  # (steps,), nats per target token
    seconds: list[tuple[int, float]]  # (steps done, seconds of training since the start)
    evaluations: list[dict[str, int | float]]  # each with "step" and "seconds"
    compile_seconds: float = 0.0  # before the first step
    interrupted: bool = False
    best_step: int | None = None  # whose weights ``best=`` keeps
    stopped_early: bool = False  # as ``best=`` asked for

    @property
    def train_seconds(self) -> float:
        """Seconds spent in training steps, without compilation and evaluations."""
        return self.seconds[-1][1] if self.seconds else 0.0
