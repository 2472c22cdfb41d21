"""The width dial of chapter 1 in Chromium: its numbers, its controls, its look."""

# ruff: noqa: F811  a fixture that is imported has the name of an argument
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

import encdec_lib.widgets
from encdec_lib.data.digits import Digits
from encdec_lib.encoding import Encoding
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.web import rounded
from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import WidthDial
from tests.browser.looking import CONTRAST
from tests.browser.stopwatch import fastest_frame
from tests.helpers.thinned import thinned
from tests.widgets.untrained import untrained

pytestmark = pytest.mark.browser

SIDE, K, WIDTHS = 7, 11, (1, 2, 5)
HANDWRITING = Path(encdec_lib.widgets.__file__).parent / "parts" / "handwriting.js"


@pytest.fixture(scope="module")
def models():
    sizes = [AutoencoderConfig(SIDE, K, width) for width in WIDTHS]
    return [untrained(autoencoder, size, 0.7, seed=k) for k, size in enumerate(sizes)]


@pytest.fixture(scope="module")
def digits():
    images = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE)) / 255
    return Digits(images.astype(np.float32), np.array([4, 7, 9]))


@pytest.fixture(scope="module")
def dial(models, digits):
    some = np.random.default_rng(1).uniform(size=(13, SIDE, SIDE)).astype(np.float32)
    plane = Digits(some, np.arange(13) % 10)
    return WidthDial(models, digits, errors={1: 0.3, 2: 0.2, 5: 0.1}, plane=plane, width=5)


def painted(model, vector):
    encoding = Encoding(jnp.asarray(vector, jnp.float32)[None, None], jnp.ones((1, 1), bool))
    return np.asarray(jax.nn.sigmoid(rounded(model).decoder(encoding).logits))[0, ..., 0]


def copied(model, image):
    logits = rounded(model)(jnp.asarray(image)[None, ..., None]).logits
    return np.asarray(jax.nn.sigmoid(logits))[0, ..., 0]


def off(one, other):
    return np.sqrt(np.mean((one - other) ** 2))


def dots(page, selector):
    """The ink of a canvas, 0 to 1: a digit is drawn dark on white."""
    levels = page.locator(selector).evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
    )
    side = int(np.sqrt(len(levels) / 4))
    return 1 - np.array(levels).reshape(side, side, 4)[..., 0] / 255


def frame(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def error(page):
    return float(page.locator(".bw-widths").get_attribute("data-error"))


def slider(page):
    return page.get_by_role("slider", name="Width of H")


def test_every_picture_and_error_equals_flax(show, dial, models, digits):
    page = show(dial)
    for digit, image in enumerate(digits.images):
        page.locator(".bw-digit").nth(digit).click()
        frame(page)
        np.testing.assert_allclose(dots(page, ".is-read"), image, atol=0.003)
        for k, model in enumerate(models):
            truth = copied(model, image)
            small = dots(page, f".bw-column:nth-child({k + 1}) canvas")
            np.testing.assert_allclose(small, truth, atol=0.003)
            said = page.locator(".bw-number").nth(k).inner_text()
            assert float(said.rstrip("%")) == pytest.approx(100 * off(truth, image), abs=0.51)
        np.testing.assert_allclose(dots(page, ".is-painted"), truth, atol=0.003)
        assert error(page) == pytest.approx(off(truth, image), abs=1e-4)


def test_the_slider_and_the_columns_choose_a_width(show, dial, models, digits):
    page = show(dial)
    assert slider(page).get_attribute("aria-valuetext").startswith("width 5. Error ")
    slider(page).focus()
    page.keyboard.press("Home")
    page.wait_for_selector(".bw-widths[data-width='1']")
    assert error(page) == pytest.approx(
        off(copied(models[0], digits.images[0]), digits.images[0]), abs=1e-4
    )
    assert "30% over the test digits" in page.locator(".bw-error").inner_text()
    assert page.locator(".bw-bars rect").count() == 1
    page.get_by_role("button", name="width 5").click()
    page.wait_for_selector(".bw-widths[data-width='5']")
    assert page.locator(".bw-bars rect").count() == 5
    assert page.locator(".bw-column[aria-pressed=true]").count() == 1
    page.wait_for_function(
        "document.querySelector('[aria-live=polite]').textContent.startsWith('Width 5. Error')"
    )


def test_a_digit_can_be_moved(show, dial, models, digits):
    page = show(dial)
    page.get_by_role("slider", name="Move the digit").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    frame(page)
    image = np.zeros_like(digits.images[0])
    image[:, 2:] = digits.images[0][:, :-2]
    np.testing.assert_allclose(dots(page, ".is-read"), image, atol=0.003)
    assert error(page) == pytest.approx(off(copied(models[2], image), image), abs=1e-4)
    page.keyboard.press("Home")
    frame(page)
    image = np.zeros_like(digits.images[0])
    image[:, :-4] = digits.images[0][:, 4:]
    np.testing.assert_allclose(dots(page, ".is-read"), image, atol=0.003)


def test_the_plane_of_width_2_is_moved_by_hand(show, dial, models, digits):
    page = show(dial)
    assert page.locator(".bw-plane").is_hidden()
    page.get_by_role("button", name="width 2").click()
    plane = page.locator(".bw-plane")
    plane.wait_for()
    assert page.locator(".bw-bars").is_hidden()
    assert plane.locator("text").count() == 13
    own = rounded(models[1]).encode(jnp.asarray(digits.images[:1])[..., None]).vectors[0, 0]
    span = [dial.plane[axis][1] - dial.plane[axis][0] for axis in "xy"]
    np.testing.assert_allclose(dots(page, ".is-painted"), painted(models[1], own), atol=0.003)

    plane.focus()
    page.keyboard.press("ArrowRight")
    frame(page)
    page.keyboard.press("ArrowUp")
    frame(page)
    limits = zip(np.asarray(own) + np.array(span) / 40, "xy", strict=True)
    moved = [np.clip(value, *dial.plane[axis]) for value, axis in limits]
    np.testing.assert_allclose(dots(page, ".is-painted"), painted(models[1], moved), atol=0.006)
    assert "set by hand" in page.locator(".bw-error").inner_text()

    box = plane.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    frame(page)
    place = [dial.plane["x"][0] + span[0] / 4, dial.plane["y"][0] + span[1] / 2]
    np.testing.assert_allclose(dots(page, ".is-painted"), painted(models[1], place), atol=0.02)
    page.get_by_role("button", name="back to the digit").click()
    frame(page)
    np.testing.assert_allclose(dots(page, ".is-painted"), painted(models[1], own), atol=0.003)


def test_a_drawn_digit_is_scaled_centred_and_encoded(show, dial, models):
    page = show(dial)
    page.get_by_role("button", name="draw").click()
    sheet = page.locator(".bw-sheet")
    sheet.wait_for()
    frame(page)
    assert "Draw a digit" in page.locator(".bw-error").inner_text()
    seen = []
    for x in (0.2, 0.6):  # the same stroke at two places
        page.get_by_role("button", name="clear").click()
        box = sheet.bounding_box()
        side = box["width"]
        page.mouse.move(box["x"] + x * side, box["y"] + 0.2 * side)
        page.mouse.down()
        page.mouse.move(box["x"] + x * side, box["y"] + 0.7 * side, steps=4)
        page.mouse.up()
        frame(page)
        seen.append(dots(page, ".is-read"))
    np.testing.assert_allclose(seen[0], seen[1], atol=0.15)
    columns = seen[1].sum(axis=0)
    assert columns.argmax() == SIDE // 2 and columns[0] == 0
    assert error(page) == pytest.approx(off(copied(models[2], seen[1]), seen[1]), abs=0.003)


def test_the_keyboard_draws(show, dial):
    page = show(dial)
    page.get_by_role("button", name="draw").focus()
    page.keyboard.press("Enter")
    frame(page)  # the sheet has the focus now
    page.keyboard.press("ArrowUp")
    frame(page)
    assert dots(page, ".is-read").max() == 0  # the pen is up
    page.keyboard.press("Space")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    frame(page)
    assert dots(page, ".is-read").max() > 0.5
    page.get_by_role("button", name="clear").click()
    frame(page)
    assert dots(page, ".is-read").max() == 0
    assert "Draw a digit" in page.locator(".bw-error").inner_text()


def test_handwriting_comes_out_as_the_data_have_it(page):
    """The ink of a sheet lies in 10/14 of the side, its centre of mass in the middle."""
    page.goto("about:blank")
    image, moved = page.evaluate(
        """async (source) => {
             const blob = new Blob([source], { type: "text/javascript" });
             const { emptySheet, stroke, normalised, movedRight } =
               await import(URL.createObjectURL(blob));
             const sheet = emptySheet(56);
             stroke(sheet, 56, 10, 4, 10, 44, 3);
             stroke(sheet, 56, 10, 44, 30, 44, 3);
             if (normalised(emptySheet(56), 56, 14) !== null) throw new Error("ink from nothing");
             const image = normalised(sheet, 56, 14);
             return [[...image], [...movedRight(image, 14, 3)]];
           }""",
        bundle(HANDWRITING),
    )
    image, moved = np.reshape(image, (14, 14)), np.reshape(moved, (14, 14))
    rows = np.flatnonzero(image.sum(axis=1) > 0.05)
    assert 9 <= rows[-1] - rows[0] + 1 <= 11
    places = np.arange(14) + 0.5
    assert image.sum(axis=0) @ places / image.sum() == pytest.approx(7, abs=0.1)
    assert image.sum(axis=1) @ places / image.sum() == pytest.approx(7, abs=0.1)
    assert 0 <= image.min() and image.max() <= 1.0001
    np.testing.assert_allclose(moved[:, 3:], image[:, :-3])
    assert moved[:, :3].max() == 0


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
@pytest.mark.parametrize("width", thinned([390, 1280], [390]))
def test_it_fits_and_its_text_stands_out(show, dial, theme, width):
    page = show(dial, width=width, theme=theme)
    page.get_by_role("button", name="draw").click()
    frame(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for selector in ("label", "p:not(.bw-spoken)", "figcaption", ".bw-own", ".bw-name", "output"):
        for element in page.locator(f".bw-root {selector}").all():
            assert element.evaluate(CONTRAST) >= 4.5, f"{selector} in {theme}"


def test_every_control_has_a_name_and_a_visible_focus(show, dial):
    page = show(dial)
    page.get_by_role("button", name="width 2").click()
    page.get_by_role("button", name="draw").click()
    frame(page)
    controls = page.locator(".bw-root :is(input, button, [tabindex])").all()
    for control in (control for control in controls if control.is_visible()):
        assert control.evaluate(
            "e => (e.labels?.[0]?.innerText ?? e.ariaLabel ?? e.innerText).trim()"
        )
        control.focus()
        page.keyboard.press("Shift")  # the last input was the keyboard: focus is visible
        assert control.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


@pytest.mark.timing
def test_a_move_of_the_slider_takes_less_than_a_tenth_of_a_second(show):
    sizes = [AutoencoderConfig(14, 64, width) for width in (1, 2, 4, 8, 16, 32, 64)]
    models = [autoencoder(size, rngs=nnx.Rngs(0)) for size in sizes]
    some = Digits(np.ones((10, 14, 14), np.float32), np.arange(10))
    errors = dict.fromkeys((1, 2, 4, 8, 16, 32, 64), 0.1)
    page = show(WidthDial(models, some, errors=errors, plane=some))
    assert fastest_frame(page, [1, 2, 3, 2, 1], slider=1) < 100  # milliseconds
