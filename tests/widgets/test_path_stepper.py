"""Mirrors encdec_lib/widgets/path_stepper. What it does is in tests/browser."""

import jax
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.recurrent import GRU
from encdec_lib.widgets import PathStepper
from encdec_lib.widgets.path_stepper.signals import _DRAWS, dilations, signals

WORDS = "Keys on the red door shine".split()


def test_no_layer_is_needed_that_is_not_there():
    """The last output hears the first token, and one layer less would not do."""

    def reach(laid):
        return 1 + 2 * sum(laid)

    for N in range(2, 83):
        for dilated in (False, True):
            laid = dilations(N, dilated)
            assert reach(laid) >= N > reach(laid[:-1])


def test_the_strength_is_what_a_small_change_of_the_first_vector_does():
    """Against differences of the library's GRU, in every direction."""
    N, d, seed = 5, 3, 2
    found = signals(N, d, seed)
    gru = nnx.jit(GRU(d, d, rngs=nnx.Rngs(seed)))
    x = np.asarray(jax.random.normal(jax.random.key(seed), (_DRAWS, N, d)))
    squares, step = np.zeros((_DRAWS, N)), 1e-2
    for axis in range(d):
        up, down = x.copy(), x.copy()
        up[:, 0, axis] += step
        down[:, 0, axis] -= step
        moved = (np.asarray(gru(up)[0]) - np.asarray(gru(down)[0])) / (2 * step)
        squares += (moved**2).sum(axis=-1)
    expected = np.sqrt(squares / d).mean(axis=0)
    np.testing.assert_allclose(found["recurrent"][0], expected, rtol=0.01, atol=1e-4)
    heard = [[size > 0 for size in row] for row in found["convolution"]]
    assert heard == [[True] * 3 + [False] * 2, [True] * 5]
    assert all(size > 0 for size in found["attention"][0]) and 0 < found["share"][0][0] < 1


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"words": ["a"] * 4}, "words must be 5 to 9; got 4"),
        ({"words": ["a"] * 10}, "words must be 5 to 9; got 10"),
        ({"words": ["a", "b", "c", "d", "elephant"]}, "1 to 6 letters each; got 'elephant'"),
        ({"d": 0}, "d must be at least 1; got 0"),
        ({"seed": -1}, "seed must be at least 0; got -1"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        PathStepper(**{"words": WORDS} | arguments)
