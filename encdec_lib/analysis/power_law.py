"""How a loss falls with size: a power law above a floor, fitted in logarithms."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike
from scipy.optimize import curve_fit

from encdec_lib.runtime.inputs import as_numbers, check_finite


class PowerLaw(NamedTuple):
    r"""A fitted law :math:`L(N) = L_\infty + (N_1 / N)^{\alpha}`."""

    floor: float  # L_inf: what no size takes away
    exponent: float  # alpha: the slope on logarithmic axes, above the floor
    unit: float  # N_1: the size whose loss lies 1 above the floor
    floor_error: float  # one standard error
    exponent_error: float

    def __call__(self, sizes: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """The loss of each size, ``(n,)``."""
        return self.floor + (self.unit / np.asarray(sizes, float)) ** self.exponent


def power_law(sizes: ArrayLike, losses: ArrayLike) -> PowerLaw:
    r"""Fits a power law above a floor to losses of models of different sizes.

    .. math:: \log L(N) \approx \log\left(L_\infty + (N_1 / N)^{\alpha}\right)

    by least squares in the logarithms, so that a small loss counts as much as a large one.
    Hoffmann et al. (2022), equation 2, have such a law for parameters and data together.

    Args:
      sizes: N of each model, positive, ``(n,)``.
      losses: of each, positive, ``(n,)``.

    Returns:
      :class:`PowerLaw`, with standard errors from the scatter around the curve.

    Raises:
      ValueError: if there are fewer than four different sizes, the two differ in number, or a
        number is not positive.

    Example:
      >>> import numpy as np
      >>> sizes = np.array([1e3, 1e4, 1e5, 1e6, 1e7])
      >>> law = power_law(sizes, 0.2 + (5e3 / sizes) ** 0.5)
      >>> round(law.floor, 3), round(law.exponent, 3), round(law.unit)
      (0.2, 0.5, 5000)
    """
    found = []
    for name, given in (("sizes", sizes), ("losses", losses)):
        numbers = check_finite(name, as_numbers(name, given)).astype(float)
        if numbers.ndim != 1 or not (numbers > 0).all():
            raise ValueError(f"{name} must be one row of positive numbers; got {given!r:.80}.")
        found.append(numbers)
    n, loss = found
    if len(n) != len(loss) or len(np.unique(n)) < 4:
        raise ValueError(
            f"sizes and losses must be as many, with four different sizes at least; got {len(n)} "
            f"sizes, {len(np.unique(n))} of them different, and {len(loss)} losses. Three numbers "
            f"are fitted."
        )

    def log_loss(log_n, log_floor, exponent, log_unit):
        return np.logaddexp(log_floor, exponent * (log_unit - log_n))

    begin = (np.log(loss.min() / 2), 0.5, np.log(n).mean() + 2 * np.log(loss.mean()))
    best, covariance = curve_fit(log_loss, np.log(n), np.log(loss), begin, maxfev=20_000)
    errors = np.sqrt(np.diag(covariance))
    floor = float(np.exp(best[0]))
    return PowerLaw(
        floor, float(best[1]), float(np.exp(best[2])), floor * float(errors[0]), float(errors[1])
    )
