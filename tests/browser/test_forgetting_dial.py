"""The forgetting dial in Chromium: its numbers are Flax's, and everybody can use it."""

# ruff: noqa: F811  a fixture that is imported has the name of an argument
import re
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

import encdec_lib.widgets
from encdec_lib.analysis.recurrent_memory import gradient_reach, set_keep_bias, set_spectral_radius
from encdec_lib.layers.recurrent import GRU, LSTM, RNN
from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import ForgettingDial
from tests.browser.looking import CONTRAST
from tests.browser.stopwatch import fastest_frame
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser

S, E, D = 90, 11, 13
MATHS = Path(encdec_lib.widgets.__file__).parent / "forgetting_dial" / "recurrence.js"


def layers():
    return {
        "tanh RNN": RNN(E, D, rngs=nnx.Rngs(0)),
        "linear RNN": RNN(E, D, activation="linear", rngs=nnx.Rngs(1)),
        "LSTM": LSTM(E, D, rngs=nnx.Rngs(2)),
        "GRU": GRU(E, D, rngs=nnx.Rngs(3)),
        "GRU, bias +3": set_keep_bias(GRU(E, D, rngs=nnx.Rngs(4)), 3),
    }


@pytest.fixture(scope="module")
def given():
    rng = np.random.default_rng(0)
    return tuple(rng.normal(size=size).astype(np.float32) for size in ((S, E), E, D))


@pytest.fixture(scope="module")
def dial(given):
    return ForgettingDial(layers(), *given, chosen="GRU")


@pytest.mark.parametrize("radius", [0.35, 1.0, 1.6])
def test_its_curves_equal_flax(page, dial, given, radius):
    page.goto("about:blank")
    state = dial.static_state()
    curves = page.evaluate(
        """async ([source, bytes, sizes, described, radius]) => {
             const blob = new Blob([source], { type: "text/javascript" });
             const maths = await import(URL.createObjectURL(blob));
             const data = new DataView(new Uint8Array(bytes).buffer);
             const { layers, gradient } = maths.unpack(data, sizes, described);
             return layers.map((layer) => {
               const one = maths.forward(layer, layer.projected, radius);
               const two = maths.forward(layer, layer.changed, radius);
               return {
                 reach: maths.gradientReach(layer, one, gradient, radius),
                 apart: maths.distances(one, two),
                 last: [...one[one.length - 1].h],
               };
             });
           }""",
        [bundle(MATHS), list(state["data"]), state["sizes"], state["layers"], radius],
    )
    inputs, other, gradient = given
    both = jnp.asarray(np.stack([inputs, np.concatenate([other[None], inputs[1:]])]))
    for (name, layer), curve in zip(layers().items(), curves, strict=True):
        set_spectral_radius(layer, radius)
        reach = np.asarray(gradient_reach(layer, both[:1], jnp.asarray(gradient)[None]))[0]
        np.testing.assert_allclose(curve["reach"], reach, rtol=2e-3, atol=1e-37, err_msg=name)
        states, parts = layer.zero_state(2), []
        for t in range(S):
            states = layer.step(both[:, t], states)
            parts.append(np.concatenate(states, axis=1))
        np.testing.assert_allclose(curve["last"], parts[-1][0, :D], rtol=1e-3, atol=1e-4)
        apart = np.linalg.norm([np.subtract(*pair) for pair in parts], axis=1)
        near = slice(0, 12)  # further on float32 rounds the difference away, or chaos takes over
        wanted = (apart / apart[0])[near]
        np.testing.assert_allclose(curve["apart"][near], wanted, rtol=5e-3, atol=1e-6)


def test_the_table_says_what_the_curves_show(show, dial, given):
    page = show(dial)
    inputs, _, gradient = given
    layer = set_spectral_radius(layers()["GRU"], 1.0)
    reach = gradient_reach(layer, jnp.asarray(inputs)[None], jnp.asarray(gradient)[None])[0]
    cells = page.locator(".bw-numbers tr").nth(1).locator("td").all_inner_texts()
    for n, text in zip((1, 10, 20, 40, 80), cells, strict=True):
        digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
        shown = float(text.replace("·10", "e").translate(digits))
        assert shown == pytest.approx(float(reach[n]), rel=0.06)


def path(page):
    return page.locator(".bw-chart .bw-curve.is-chosen").first.get_attribute("d")


def test_slider_and_choice_answer_to_the_keyboard(show, dial):
    page = show(dial)
    before = path(page)
    slider = page.get_by_role("slider", name="Spectral radius")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".bw-forgetting[data-radius='1.05']")
    assert slider.get_attribute("aria-valuetext") == "spectral radius 1.05"
    assert path(page) != before
    page.keyboard.press("End")
    page.wait_for_selector(".bw-forgetting[data-radius='1.60']")
    page.keyboard.press("Tab")  # to the chosen layer
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".bw-forgetting[data-chosen='GRU, bias +3']")
    page.keyboard.press("ArrowRight")  # round the corner
    page.wait_for_selector(".bw-forgetting[data-chosen='tanh RNN']")
    label = page.locator("svg[role=img]").first.get_attribute("aria-label")
    assert re.fullmatch(
        r"Last loss: gradient n steps back\. tanh RNN, spectral radius 1\.60: \S+ at n = 80\.",
        label,
    )
    page.wait_for_function(
        "document.querySelector('[aria-live=polite]').textContent.startsWith('tanh RNN, spectral')"
    )


def test_a_click_chooses_a_layer(show, dial):
    page = show(dial, width=390)
    page.get_by_text("LSTM", exact=True).click()
    page.wait_for_selector(".bw-forgetting[data-chosen='LSTM']")
    assert "is-2" in page.locator(".bw-chart .bw-curve.is-chosen").first.get_attribute("class")


def test_a_radius_of_zero_and_of_the_largest_leave_no_error(show, dial):
    page = show(dial)
    for radius in ("0", "1.6"):
        page.locator(".bw-slider").fill(radius)
        page.wait_for_selector(f".bw-forgetting[data-radius='{float(radius):.2f}']")
        assert "NaN" not in page.locator("svg[role=img]").first.inner_html()
        assert "NaN" not in page.locator(".bw-numbers").inner_text()


@pytest.mark.timing
def test_a_move_of_the_slider_takes_less_than_a_tenth_of_a_second(show):
    many = {"a": GRU(16, 16, rngs=nnx.Rngs(0))} | {
        name: LSTM(16, 16, rngs=nnx.Rngs(1)) for name in "bcde"
    }  # as large as the chapter's
    page = show(ForgettingDial(many, np.ones((100, 16)), -np.ones(16), np.ones(16)))
    assert fastest_frame(page, [0.5, 0.9, 1.1, 1.3, 1.5]) < 100  # milliseconds


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
@pytest.mark.parametrize("width", thinned([390, 1280], [390]))
def test_it_fits_and_its_text_stands_out(show, dial, theme, width):
    page = show(dial, width=width, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for selector in ("label", "legend", "figcaption", ".bw-radius", "caption", "td", "th"):
        for element in page.locator(f".bw-root {selector}").all():
            assert element.evaluate(CONTRAST) >= 4.5, f"{selector} in {theme}"


def test_every_control_has_a_name_and_a_visible_focus(show, dial):
    page = show(dial)
    for control in page.locator(".bw-root input").all():
        assert control.evaluate("e => (e.labels?.[0]?.innerText ?? '').trim()")
        control.focus()
        page.keyboard.press("Shift")  # the last input was the keyboard: focus is visible
        assert control.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
