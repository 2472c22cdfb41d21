"""Mirrors encdec_lib/widgets/position_dial. What it does is in tests/browser."""

import pytest

from encdec_lib.widgets import PositionDial


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"place": -1}, "place must be at least 0; got -1"),
        ({"place": 101}, "place must be at most 100; got 101"),
        ({"distance": 51}, "distance must be at most 50; got 51"),
        ({"distance": -51}, "distance must be at least -50; got -51"),
        ({"width": 6}, "width must be one of 4, 8, 16, 32; got 6"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        PositionDial(**arguments)


def test_the_ends_of_the_sliders_are_allowed():
    dial = PositionDial(place=100, distance=-50, width=32)
    assert (dial.place, dial.distance, dial.width) == (100, -50, 32)
