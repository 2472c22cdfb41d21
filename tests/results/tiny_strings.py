"""Random strings of two and three symbols, as processes that are spawned can import them."""

import math

from encdec_lib import evaluation
from encdec_lib.data import random_strings
from results.long_runs import LOSS


def load(seed, **sizes):
    """700 strings of two lengths."""
    return random_strings.load(**({"train": 700, "per_length": 7, "lengths": (2, 3)} | sizes))


def watch(model, part):
    """The dev loss."""
    return {LOSS: math.log(evaluation.teacher_forced_scores(model, part)["perplexity"])}


def test(model, part):
    """How many there are."""
    return {"examples": len(part)}


test.__test__ = False  # not one of pytest's
