"""Keeping the best weights of a training, and stopping when nothing gets better."""

import dataclasses
import math
from typing import Any

from flax import nnx

from encdec_lib.runtime.checks import check_sizes
from encdec_lib.train.checkpoint import put_arrays, weights_of
from encdec_lib.train.processes import Processes


@dataclasses.dataclass(frozen=True)
class Best:
    """Which weights :func:`~encdec_lib.train.loop.fit` keeps, and when it stops early.

    Raises:
      ValueError: if ``number`` is no name, or ``patience`` is below 1.

    Example:
      >>> Best("bleu", patience=3)
      Best(number='bleu', highest=True, patience=3)
    """

    number: str  # one of those that ``evaluate`` returns
    highest: bool = True  # False: the lowest is the best, as of a loss or an error rate
    patience: int | None = None  # evaluations without a better number, then stop; None: never

    def __post_init__(self):
        if not isinstance(self.number, str) or not self.number:
            raise ValueError(
                f"number must be the name of one of evaluate's numbers; got {self.number!r}."
            )
        check_sizes(self, "patience")


class BestSoFar:
    """The best weights of a training that is going on.

    Args:
      rule: which weights are the best.
      processes: those that take part; process 0 decides for all.
    """

    def __init__(self, rule: Best, processes: Processes):
        self.rule, self._processes = rule, processes
        self.step: int | None = None  # of the best evaluation; None before the first one
        self.value = math.nan  # its number
        self.missed = 0  # evaluations since then
        self.weights: Any = None  # a dictionary of arrays

    @property
    def stale(self) -> bool:
        """Whether it is time to stop."""
        return self.rule.patience is not None and self.missed >= self.rule.patience

    def see(self, step: int, numbers: dict[str, float], model: nnx.Module) -> None:
        """Compares an evaluation with the best one, and keeps the model's weights if it is better.

        Equal numbers are no improvement: of several the first stays.

        Args:
          step: at which it was measured.
          numbers: what ``evaluate`` returned.
          model: with the weights that were measured.

        Raises:
          ValueError: if the number is not among them, or is NaN.
        """
        rule = self.rule
        if rule.number not in numbers:
            raise ValueError(
                f"best names {rule.number!r}, which is not among evaluate's numbers; got "
                f"{', '.join(map(repr, numbers)) or 'none'}."
            )
        value = numbers[rule.number]
        if math.isnan(value):
            raise ValueError(
                f"best needs a number to compare; evaluate returned NaN for {rule.number!r} after "
                f"step {step}."
            )
        better = self.step is None or (value > self.value if rule.highest else value < self.value)
        if self._processes.of_first(better):
            # Not copied: a training never writes into the arrays that a model has.
            self.step, self.value, self.missed = step, value, 0
            self.weights = weights_of(model)
        else:
            self.missed += 1

    def put_into(self, model: nnx.Module) -> None:
        """Gives a model the best weights; leaves it as it is before the first evaluation."""
        if self.weights is not None:
            put_arrays(model, self.weights)

    def facts(self) -> dict[str, Any]:
        """What a checkpoint says beside the weights."""
        rule = {"number": self.rule.number, "highest": self.rule.highest}
        return rule | {"step": self.step, "value": self.value, "missed": self.missed}

    def restore(self, facts: dict[str, Any], weights: Any) -> None:
        """Takes up what a checkpoint has."""
        self.step, self.missed, self.weights = facts["step"], facts["missed"], weights
        self.value = facts["value"]
