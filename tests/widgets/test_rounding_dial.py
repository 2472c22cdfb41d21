"""Mirrors encdec_lib/widgets/rounding_dial. What it does is in tests/browser."""

import pytest

from encdec_lib.widgets import RoundingDial


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"weight": 3}, "weight must be one of 0.0625, .*, 16; got 3"),
        ({"change": 0.003}, "change must be one of 0.0001, .*; got 0.003"),
        ({"format": "float8"}, "format must be one of bfloat16, float16, float32; got 'float8'"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        RoundingDial(**arguments)
