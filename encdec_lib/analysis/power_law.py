r"""How a loss falls with size: a power law, fitted and with its error.

.. math:: L(x) = E + A\, x^{-\alpha}

x is a number of parameters, of examples or of steps. E is what remains however large x is: the
entropy of the task for this kind of model. Kaplan et al. (2020, arXiv:2001.08361) fit without it,
Hoffmann et al. (2022, arXiv:2203.15556) with it. A fit without E to data that have one finds an
exponent that is too small, and gets smaller the further the data reach.
"""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.optimize import least_squares

from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.inputs import as_numbers, check_finite

STEEPEST = 20.0  # the largest alpha looked for: beyond it, A leaves the floats


class PowerLaw(NamedTuple):
    """The three numbers of the law; call :meth:`at` for a loss."""

    offset: float  # E
    scale: float  # A
    exponent: float  # alpha

    def at(self, sizes: Any) -> Float[np.ndarray, " N"]:
        """The loss at sizes of any number."""
        return self.offset + self.scale * np.asarray(sizes, np.float64) ** -self.exponent


class Spread(NamedTuple):
    """A law, and how far its numbers would scatter if the points were drawn again."""

    law: PowerLaw  # of all points
    low: PowerLaw  # 5% of the draws lie below, number by number
    high: PowerLaw  # 5% lie above
    draws: list[PowerLaw]


def fit_power_law(sizes: Any, losses: Any, *, offset: bool = True) -> PowerLaw:
    r"""The law with the least squared error of :math:`\log L`.

    Logarithms, as an error of 1% counts as much at a loss of 2 as at one of 0.2. The offset E is
    held at 0 or above, A above 0, alpha between -20 and 20. Starts from several guesses of E, since
    there may be more than one minimum.

    Args:
      sizes: x, one a point, above 0.
      losses: L, above 0.
      offset: fit E too; False holds it at 0, and the law is a straight line on double logarithmic
        paper.

    Returns:
      E, A and alpha.

    Raises:
      ValueError: if lists differ in length, a number is not above 0, or there are fewer different
        sizes than numbers to fit.

    Example:
      >>> law = fit_power_law([1e3, 1e4, 1e5, 1e6], [1.1, 0.6, 0.35, 0.225])
      >>> round(law.offset, 3), round(law.exponent, 3)
      (0.1, 0.301)
    """
    x, y = _points(sizes, losses)
    needed = 3 if offset else 2
    if len(set(x.tolist())) < needed:
        raise ValueError(
            f"sizes must have at least {needed} different numbers, as many as are fitted; got "
            f"{len(set(x.tolist()))}."
        )
    return _fit(np.log(x), np.log(y), offset)


def bootstrap_power_law(
    sizes: Any, losses: Any, *, offset: bool = True, draws: int = 200, seed: int = 0
) -> Spread:
    """The law of all points, and of points drawn from them again and again with replacement.

    Draws with too few different sizes (one more than numbers are fitted) are thrown away and drawn
    again: they would fit anything.

    Args:
      sizes: x, one a point.
      losses: L.
      offset: as for :func:`fit_power_law`.
      draws: how many.
      seed: of the draws.

    Returns:
      The law, and the 5th and 95th percentile of each of its numbers.

    Raises:
      ValueError: as :func:`fit_power_law`, or if there are too few different sizes to draw from.

    Reference:
      Efron (1979), Bootstrap methods: another look at the jackknife, Ann. Statist. 7(1).
    """
    x, y = _points(sizes, losses)
    check_whole("draws", draws)
    check_whole("seed", seed, least=0)
    needed = 4 if offset else 3
    if len(set(x.tolist())) < needed:
        raise ValueError(
            f"sizes must have at least {needed} different numbers to be drawn from; got "
            f"{len(set(x.tolist()))}."
        )
    rng, found = np.random.default_rng(seed), []
    while len(found) < draws:
        chosen = rng.integers(0, len(x), len(x))
        if len(set(x[chosen].tolist())) >= needed:
            found.append(_fit(np.log(x[chosen]), np.log(y[chosen]), offset))
    low, high = np.percentile(np.array(found), [5, 95], axis=0)
    return Spread(_fit(np.log(x), np.log(y), offset), PowerLaw(*low), PowerLaw(*high), found)


def leave_one_out(sizes: Any, losses: Any, *, offset: bool = True) -> float:
    """How well the law tells a size that it was not fitted to: root mean square of log L.

    All points of one size are left out together. It decides between a law with an offset and one
    without: one number more always fits better what it was fitted to.

    Args:
      sizes: x, one a point.
      losses: L.
      offset: as for :func:`fit_power_law`.

    Returns:
      0.01 means that a loss is told within about 1%.

    Raises:
      ValueError: as :func:`fit_power_law`.
    """
    x, y = _points(sizes, losses)
    errors = []
    for size in np.unique(x):
        law = fit_power_law(x[x != size], y[x != size], offset=offset)
        errors.extend(np.log(law.at(x[x == size])) - np.log(y[x == size]))
    return float(np.sqrt(np.mean(np.square(errors))))


def _points(sizes: Any, losses: Any) -> tuple[np.ndarray, np.ndarray]:
    x, y = (
        check_finite(name, as_numbers(name, values)).astype(np.float64)
        for name, values in (("sizes", sizes), ("losses", losses))
    )
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"sizes and losses must be lists of one length; got {x.shape}, {y.shape}.")
    for name, values in (("sizes", x), ("losses", y)):
        if (values <= 0).any():
            raise ValueError(f"{name} must be above 0; got {values.min():g}.")
    return x, y


def _fit(log_x: np.ndarray, log_y: np.ndarray, offset: bool) -> PowerLaw:
    middle = log_x.mean()  # so that A and alpha do not pull on each other
    lowest = np.exp(log_y.min())

    def line(rest: float) -> tuple[float, float]:
        """log A and alpha of the straight line when E is known."""
        slope, at_0 = np.polyfit(log_x - middle, np.log(np.exp(log_y) - rest), 1)
        return at_0, -slope

    if not offset:
        log_scale, exponent = line(0.0)
        return _law(0.0, log_scale, exponent, middle)

    def errors(p: np.ndarray) -> np.ndarray:
        return np.log(p[0] + np.exp(p[1] - p[2] * (log_x - middle))) - log_y

    best = None
    for share in (0.0, 0.3, 0.7, 0.95):
        log_scale, exponent = line(share * lowest)
        start = np.array([share * lowest, log_scale, np.clip(exponent, -STEEPEST, STEEPEST)])
        bounds = ([0.0, -np.inf, -STEEPEST], [lowest, np.inf, STEEPEST])
        found = least_squares(errors, start, bounds=bounds, x_scale=[lowest, 1.0, 1.0])
        if best is None or found.cost < best.cost:
            best = found
    assert best is not None
    rest, log_scale, exponent = best.x
    return _law(rest, log_scale, exponent, middle)


def _law(offset: float, log_scale: float, exponent: float, middle: float) -> PowerLaw:
    return PowerLaw(float(offset), float(np.exp(log_scale + exponent * middle)), float(exponent))
