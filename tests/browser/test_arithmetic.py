"""encdec_lib/web/engine/arithmetic.js and widgets/parts/state.js alone, in Chromium."""

from pathlib import Path

import numpy as np
import pytest

import encdec_lib.widgets
from tests.browser.engine_page import load

pytestmark = pytest.mark.browser

PARTS = Path(encdec_lib.widgets.__file__).parent / "parts"


def test_softmax_of_large_scores_does_not_overflow(page):
    load(page, "arithmetic")
    shares = page.evaluate("[...arithmetic.softmax(Float64Array.of(1000, 999, -1000))]")
    e = np.exp(-1.0)
    np.testing.assert_allclose(shares, [1 / (1 + e), e / (1 + e), 0], rtol=1e-6)


def test_a_kept_trait_is_sent_to_the_kernel_once_after_all_are_set(page):
    load(page, "state", folder=PARTS)
    told = page.evaluate(
        """() => {
             const told = [];
             const model = { get: () => 0, on() {}, off() {},
               set: (name, value) => told.push([name, value]),
               save_changes: () => told.push("saved") };
             state.stateOf(model).keep({ width: 3, chosen: "GRU" });
             return told;
           }"""
    )
    assert told == [["width", 3], ["chosen", "GRU"], "saved"]
