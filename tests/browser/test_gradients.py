"""encdec_lib/web/engine/layers: every layer's way back against central differences, in float64."""

from pathlib import Path

import numpy as np
import pytest

from tests.browser.engine_page import load

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
#: What no gradient reaches: a table of learned positions that are not asked for.
UNTOUCHED = {
    (f"tokens with {kind} positions", "tok.positions.table")
    for kind in ("sinusoidal", "rotary", "none")
}


def test_the_way_back_of_every_layer_is_its_derivative(page):
    load(page, "gradient_checks", folder=HERE)
    names = page.evaluate("gradient_checks.NAMES")
    assert len(names) > 40
    for name in names:
        found = page.evaluate("name => gradient_checks.gradients(name)", name)
        for path, numbers in found.items():
            back, differences = np.array(numbers["back"]), np.array(numbers["differences"])
            largest = np.abs(differences).max()
            assert largest > 1e-3 or (name, path) in UNTOUCHED, (name, path)
            np.testing.assert_allclose(
                back, differences, rtol=1e-6, atol=1e-6 * largest, err_msg=f"{name}: {path}"
            )


def listed(array):
    return {
        "shape": [int(np.prod(array.shape[:-1])), array.shape[-1]],
        "data": array.ravel().tolist(),
    }


def image_layer(page, name, x, W=None, b=None, **options):
    images = dict(zip(("B", "height", "width"), x.shape, strict=False))
    given = [name, images, listed(x), *(v if v is None else listed(v) for v in (W, b)), options]
    return np.array(page.evaluate("given => gradient_checks.imageLayer(...given)", given))


@pytest.mark.parametrize("side", [2, 3, 5])
def test_a_convolution_is_a_sum_over_the_pixels_around(page, side):
    load(page, "gradient_checks", folder=HERE)
    rng = np.random.default_rng(side)
    x, W, b = (rng.normal(size=n) for n in ((2, 5, 7, 3), (side, side, 3, 4), (1, 4)))
    expected, before = np.tile(b[0], (2, 5, 7, 1)), (side - 1) // 2
    for i, j, a, c in np.ndindex(5, 7, side, side):
        y, z = i + a - before, j + c - before
        if 0 <= y < 5 and 0 <= z < 7:
            expected[:, i, j] += x[:, y, z] @ W[a, c]
    found = image_layer(page, "convolution", x, W, b)
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("side, stride, padding", [(2, 2, 0), (3, 2, 1), (5, 3, 0)])
def test_a_transposed_convolution_stamps_its_kernel(page, side, stride, padding):
    load(page, "gradient_checks", folder=HERE)
    rng = np.random.default_rng(side)
    x, W, b = (rng.normal(size=n) for n in ((2, 5, 7, 3), (side, side, 3, 4), (1, 4)))
    sizes = [(n - 1) * stride - 2 * padding + side for n in (5, 7)]
    expected = np.tile(b[0], (2, *sizes, 1))
    for i, j, a, c in np.ndindex(5, 7, side, side):
        y, z = stride * i + a - padding, stride * j + c - padding
        if 0 <= y < sizes[0] and 0 <= z < sizes[1]:
            expected[:, y, z] += x[:, i, j] @ W[a, c]
    found = image_layer(page, "transposed", x, W, b, stride=stride, padding=padding)
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=0, atol=1e-12)


def test_pooling_keeps_the_largest_of_four(page):
    load(page, "gradient_checks", folder=HERE)
    x = np.random.default_rng(0).normal(size=(2, 6, 10, 3))
    expected = x.reshape(2, 3, 2, 5, 2, 3).max(axis=(2, 4))
    np.testing.assert_array_equal(image_layer(page, "pool", x), expected.ravel())
