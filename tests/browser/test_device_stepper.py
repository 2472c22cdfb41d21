"""Chapter 17's step on several devices: the page's numbers are those of JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.widgets import DeviceStepper
from tests.browser.stepping import check_looks, press, told, walk, words
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser
N, K, RATE = 14, 3, 0.05


@pytest.fixture(scope="module")
def problem():
    rng = np.random.default_rng(5)
    return tuple(rng.normal(size=size).astype(np.float32) for size in ((N, K), N, K))


@pytest.fixture
def stepper(problem):
    return DeviceStepper(*problem, rate=RATE, devices=(2, 7))


def total(w, x, y):
    return ((x @ w - y) ** 2).sum()


def shown(value):
    text = f"{abs(value):.2f}" if abs(value) < 9.95 else f"{abs(value):.1f}"
    return ("−" if value < 0 and float(text) else "") + text


def test_every_number_is_that_of_jax(show, stepper, problem):
    x, y, w = problem
    page = show(stepper)
    press(page, "End")
    own = [jax.grad(total)(w, x[k : k + 7], y[k : k + 7]) for k in (0, 7)]
    mean = jax.grad(lambda w: total(w, x, y) / N)(jnp.asarray(w))
    after = w - RATE * mean
    rows = {"its own examples": own, "over the batch": [mean, mean]}
    rows |= {"of all gradients": [sum(own)] * 2}
    seen = words(page)
    for name, vectors in rows.items():
        numbers = " | ".join(shown(float(value)) for vector in vectors for value in vector)
        assert f"{name} | {numbers}" in seen
    assert seen.endswith(" | ".join(shown(float(value)) for value in (*after, *after)))
    losses = [float(total(weights, x, y) / N) for weights in (w, after)]
    said = page.locator(".bw-say[aria-live]").inner_text()
    assert f"from {losses[0]:.2f} to {losses[1]:.2f}" in said


def test_it_is_gone_through_by_keyboard(show, stepper, problem):
    x, y, w = problem
    page = show(stepper, width=390)
    said = walk(page)
    assert "14 examples" in said[0] and "gets 7 examples and a copy of all 3" in said[1]
    firsts = sorted(float(jax.grad(total)(w, x[k : k + 7], y[k : k + 7])[0]) for k in (0, 7))
    assert f"{shown(firsts[0])} to {shown(firsts[1])}" in said[2]
    assert "psum" in said[3] and ("rounding" in said[4] or "last bit" in said[4])
    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (2, 1)
    assert "With 7 devices, each gets 2" in page.locator(".bw-say[aria-live]").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, problem, width, theme):
    page = show(DeviceStepper(*problem, devices=(7,)), width=width, theme=theme)
    check_looks(page, width)
