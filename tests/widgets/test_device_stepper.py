"""Mirrors encdec_lib/widgets/device_stepper. What it does is in tests/browser."""

import numpy as np
import pytest

from encdec_lib.widgets import DeviceStepper


def build(**changes):
    arguments = {"x": np.ones((14, 3)), "y": np.ones(14), "w": np.ones(3), "devices": (2, 7)}
    return DeviceStepper(**(arguments | changes))


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"x": np.ones((14, 4))}, r"x must be \(N, K\), N from 1 to 16 and K.*got \(14, 4"),
        ({"x": np.ones((17, 3))}, r"x must be \(N, K\).*got \(17, 3"),
        ({"y": np.ones(13)}, r"y must be \(14,\) and w \(3,\).*got \(13,\)"),
        ({"w": np.full(3, np.nan)}, "w must be finite"),
        ({"rate": 0}, "rate must be a number above 0; got 0"),
        ({"devices": ()}, "devices must be 1 to 4 choices; got 0"),
        ({"devices": (2, 4)}, "devices must divide the 14 examples; got 4"),
        ({"devices": (1,)}, "devices must be at least 2; got 1"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)


def test_numbers_are_those_of_32_bits():
    assert build(w=np.full(3, 0.1)).w == [float(np.float32(0.1))] * 3
