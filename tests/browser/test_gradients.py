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
