"""Which cases of a parametrised test run in `make test`, and which in `make test-all` alone."""

import pytest


def thinned(cases, keep):
    """All cases, those not in ``keep`` marked ``slow``: they show the same on another model.

    Args:
      cases: of ``pytest.mark.parametrize``; tuples where there are several arguments.
      keep: the cases that stand for all.
    """
    keep = list(keep)
    return [
        case
        if case in keep
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow)
        for case in cases
    ]


def cover(pairs):
    """As few pairs as it takes to have every encoder and every decoder in one of them."""
    left, chosen = {x for pair in pairs for x in pair}, []
    while left:
        best = max(pairs, key=lambda pair: len(left & set(pair)))
        chosen.append(best)
        left -= set(best)
    return chosen
