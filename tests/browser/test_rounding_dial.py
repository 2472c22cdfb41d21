"""Chapter 17's weight in few bits: the page rounds as JAX does."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import RoundingDial
from encdec_lib.widgets.rounding_dial.rounding_dial import CHANGES, FORMATS, WEIGHTS
from encdec_lib.widgets.rounding_dial.rounding_dial import __file__ as HERE
from tests.browser.looking import CONTRAST
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser


def test_the_page_adds_and_rounds_as_jax_does(page):
    """Every setting of the dials, the weight after 1, 10, 100 and 1,000 steps."""
    page.goto("about:blank")
    found, lists = page.evaluate(
        """async (source) => {
             const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
             const { trained, FORMATS, WEIGHTS, CHANGES } = await import(url);
             const all = Object.keys(FORMATS).map((format) =>
               WEIGHTS.map((w) => CHANGES.map((change) =>
                 [1, 10, 100, 1000].map((k) => trained(w, change, format).course[k]))));
             return [all, [Object.keys(FORMATS), WEIGHTS, CHANGES]];
           }""",
        bundle(Path(HERE).with_name("rounding.js")),
    )
    assert tuple(map(tuple, lists)) == (FORMATS, WEIGHTS, CHANGES)
    start, change = np.meshgrid(WEIGHTS, CHANGES, indexing="ij")
    for name, numbers in zip(FORMATS, found, strict=True):
        step = jnp.asarray(change.astype(np.float32)).astype(name)
        add = jax.jit(lambda w, step: w + step)
        weight, expected = jnp.asarray(start, name), []
        for k in range(1, 1001):
            weight = add(weight, step)
            if k in (1, 10, 100, 1000):
                expected.append(np.asarray(weight, np.float64))
        np.testing.assert_array_equal(np.array(numbers), np.stack(expected, axis=-1))


def sentence(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")
    return page.locator(".bw-say:not(.is-unseen)").inner_text()


def test_the_keyboard_sets_a_weight_free(show):
    page = show(RoundingDial())
    assert "still 1, and should be 2" in sentence(page)
    page.get_by_label("Step Δ").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")  # 0.005, more than half a gap
    said = sentence(page)  # it moves by whole gaps, until the gap is 1/64
    assert "at 2 it stands still after 128 steps, and should come to 6" in said
    page.keyboard.press("Home")
    page.get_by_role("radio", name="bfloat16").focus()
    page.keyboard.press("ArrowRight")
    assert "still 1, and should be 1.1" in sentence(page)  # 0.0001 is below half of 1/1024
    assert page.locator(".bw-dialled").get_attribute("data-format") == "float16"
    page.keyboard.press("ArrowRight")
    assert "next number after 1 is 1.00000012. The weight comes to 1.1" in sentence(page)


def test_a_weight_grows_until_its_numbers_lie_too_far_apart(show):
    page = show(RoundingDial(weight=0.0625, change=0.001))
    assert "at 0.5 it stands still after 320 steps, and should come to 1.0625" in sentence(page)


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_it_fits_and_nothing_jumps(show, width, theme):
    page = show(RoundingDial(format="float32"), width=width, theme=theme)
    tops = set()
    page.get_by_label("Weight w").focus()
    for key in [*(["ArrowRight"] * 4), "Home", *(["ArrowRight"] * 3)]:
        page.keyboard.press(key)
        sentence(page)
        tops.add(page.locator(".bw-footline").evaluate("e => e.offsetTop"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(tops) == 1
    for text in page.locator(".bw-dialled svg text").all():
        assert text.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 13
    assert page.locator(".bw-say:not(.is-unseen)").evaluate(CONTRAST) >= 4.5
