"""Mirrors encdec_lib/widgets/convolution_stepper. What it does is in tests/browser."""

import numpy as np
import pytest

from encdec_lib.widgets import ConvolutionStepper

RNG = np.random.default_rng(0)
IMAGE = RNG.integers(-9, 10, (4, 4)).tolist()
KERNEL = RNG.integers(-9, 10, (3, 3)).tolist()


def test_the_numbers_are_those_of_loops():
    figure = ConvolutionStepper(IMAGE, KERNEL)
    for i in range(4):
        for j in range(4):
            total = 0
            for a in range(3):
                for b in range(3):
                    if 0 <= i + a - 1 < 4 and 0 <= j + b - 1 < 4:
                        total += IMAGE[i + a - 1][j + b - 1] * KERNEL[a][b]
            assert figure.convolved[i][j] == total
    stamped = np.zeros((5, 5), int)
    for n in range(4):
        r, c = divmod(n, 2)
        block = [figure.convolved[2 * r + a][2 * c + b] for a in range(2) for b in range(2)]
        assert figure.pooled[r][c] == max(block)
        for a in range(3):
            for b in range(3):
                stamped[2 * r + a, 2 * c + b] += max(block) * KERNEL[a][b]
        assert figure.stamped[n] == stamped.tolist()


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"image": [[1] * 4] * 3}, "image must be 4 rows of 4 numbers; got rows of 4, 4, 4"),
        ({"image": []}, "image must be 4 rows of 4 numbers; got none"),
        ({"kernel": [[0] * 3, [0] * 3, [0] * 2]}, "kernel must be 3 rows .* got rows of 3, 3, 2"),
        ({"kernel": [[0] * 3, [0] * 3, [0, 0, 10]]}, "kernel must have whole numbers .* got 10"),
        ({"chosen": -1}, "chosen must be at least 0; got -1"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        ConvolutionStepper(**arguments)
