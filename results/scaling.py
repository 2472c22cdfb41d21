"""What more buys (chapter 17): parameters, words and steps, on letters to phonemes.

One Transformer (2 + 2 blocks, 4 heads, d_ff = 4 d) in eight widths, from 4 thousand to half a
million parameters, on all words of CMUdict; and two of the widths on fewer words. Each is trained
at a constant rate and tested from branches at 500, 1,500 and 4,500 steps (results/long_runs.py), so
the axis of steps costs next to nothing. A run ends earlier if nothing is gained any more. Few words
are learned by heart, and it gets worse again: there the branch with the lowest dev loss counts,
which is chosen on dev and reported on test.

The rate: a grid at two widths, and between and beyond them a straight line in the logarithms of
rate and width (``rate_of``). Batch 64, so 4,500 steps are 2.6 times through all words.

Loss: nats a phoneme (the end included) of held-out words, the first listed pronunciation.
"""

import dataclasses
import math

import numpy as np

from encdec_lib import evaluation
from encdec_lib.data import pronunciations
from encdec_lib.data.parallel import ParallelText, Splits
from encdec_lib.train import TrainConfig
from results.long_runs import LOSS, LongExperiment, LongRun
from results.rates import chosen_rate, grid, untested

CONSTANT = TrainConfig(batch_size=64, warmup_steps=100, schedule="constant")
WIDTHS = (8, 12, 16, 24, 32, 48, 64, 96)
RATES = (1e-3, 2e-3, 4e-3, 8e-3)
TRIED = (16, 64)  # widths of the grid
WORDS = (1500, 6000, 24_000)  # of 111,188
ON_FEWER = (24, 64)  # widths that are trained on fewer words too
MILESTONES = (500, 1500, 4500)
ON_FEWER_MILESTONES = (250, 1000, 3000)


def sizes(width: int) -> dict[str, int]:
    """Of a Transformer that is ``width`` wide."""
    return {"d_model": width, "heads": 4, "d_ff": 4 * width}


def seeds_of(width: int) -> tuple[int, ...]:
    """Two where a run is cheap, one where it is not."""
    return (0, 1) if width <= 48 else (0,)


def load(seed: int, words: int | None = None) -> Splits:
    """All words, or some: the same for every seed, and each choice holds the smaller ones."""
    data = pronunciations.load()
    if words is None:
        return data
    order = np.random.default_rng(0).permutation(len(data.train))
    return data._replace(train=data.train.take(np.sort(order[:words])))


def watch(model, part: ParallelText) -> dict[str, float]:
    """Nats a phoneme of the dev words."""
    return {LOSS: math.log(evaluation.teacher_forced_scores(model, part, 500)["perplexity"])}


def test(model, part: ParallelText) -> dict:
    """Nats a phoneme of the test words, and error rates of greedy search."""
    return {"nats": watch(model, part)[LOSS]} | evaluation.pronunciation_scores(model, part)


def scaling_rates() -> LongExperiment:
    """Four rates at two widths, 1,000 steps."""
    arms = {f"d = {width}": ("transformer", sizes(width)) for width in TRIED}
    return LongExperiment(
        grid(arms, RATES, CONSTANT, dict.fromkeys(arms, 1000)), load, watch, untested
    )


def line_in_logs(width: float, known: dict[int, float]) -> float:
    """What lies at a width on the straight line through two points, in logarithms.

    Example:
      >>> line_in_logs(32, {16: 8e-3, 64: 2e-3})
      0.004
    """
    (narrow, at_narrow), (wide, at_wide) = sorted(known.items())
    slope = math.log(at_wide / at_narrow) / math.log(wide / narrow)
    return float(f"{at_narrow * (width / narrow) ** slope:.3g}")  # the same in every file


def rate_of(width: int) -> float:
    """The rule: on the line through the best rates of the two widths of the grid.

    Raises:
      LookupError: if the grid is not complete.
    """
    runs = scaling_rates().runs
    known = {tried: chosen_rate("scaling_rates", runs, f"d = {tried}") for tried in TRIED}
    return line_in_logs(width, known)


def scaling() -> LongExperiment:
    """Eight widths on all words, two on fewer."""

    def run(width: int, milestones: tuple[int, ...], words: int | None = None) -> LongRun:
        return LongRun(
            f"d = {width}" + (f", {words:,} words" if words else ""),
            "transformer",
            sizes(width),
            dataclasses.replace(CONSTANT, learning_rate=rate_of(width)),
            milestones=milestones,
            data={"words": words} if words else {},
            seeds=(0,) if words else seeds_of(width),
        )

    return LongExperiment(
        [run(width, MILESTONES) for width in WIDTHS]
        + [run(width, ON_FEWER_MILESTONES, words) for width in ON_FEWER for words in WORDS],
        load,
        watch,
        test,
    )
