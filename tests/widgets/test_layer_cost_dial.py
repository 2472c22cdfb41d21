"""Mirrors encdec_lib/widgets/layer_cost_dial. What it does is in tests/browser."""

import pytest

from encdec_lib.widgets import LayerCostDial


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"length": 50}, "length must be one of 8, 16, .*; got 50"),
        ({"width": 8}, "width must be one of 16, 32, .*; got 8"),
        ({"count": "all"}, "count must be one of matrices, paper; got 'all'"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        LayerCostDial(**arguments)
