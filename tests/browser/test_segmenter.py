"""The segmenter in Chromium: its maps are Flax's, and everybody can draw."""

# ruff: noqa: F811  a fixture that is imported has the name of an argument
import re
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

import encdec_lib.widgets
from encdec_lib.data import digits as handwriting
from encdec_lib.data.scenes import INK, draw
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.plots.images import CLASS_COLORS
from encdec_lib.web import rounded
from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import Segmenter
from tests.browser.looking import CONTRAST
from tests.helpers.thinned import thinned
from tests.widgets.untrained_images import shaken

pytestmark = pytest.mark.browser

SIDE = 32
KEYS = ("with_skips", "without_skips")
EMPTY = "Draw a digit or place one: there is none yet."


def network(skips, images):
    """Untrained, but so balanced that these images get many classes."""
    config = UNetConfig(channels=(3, 5, 7), skips=skips)
    model = shaken(lambda: unet(config, rngs=nnx.Rngs(0)), seed=5)
    typical = model(jnp.asarray(images)).logits.mean(axis=(0, 1, 2))
    model.decoder.output.bias[...] = model.decoder.output.bias[...] - typical
    return model


@pytest.fixture(scope="module")
def test_digits():
    return handwriting.load(14).test


@pytest.fixture(scope="module")
def few(test_digits):
    return draw(test_digits, 3, most=3, noise=0.0, seed=7)


@pytest.fixture(scope="module")
def networks(few):
    return {key: network(key == "with_skips", few.images) for key in KEYS}


@pytest.fixture(scope="module")
def drawn(networks, test_digits, few):
    """With a scene on the canvas."""
    return Segmenter(*networks.values(), test_digits, few, noise=0)


@pytest.fixture(scope="module")
def blank(networks, test_digits, few):
    """With nothing on the canvas."""
    return Segmenter(*networks.values(), test_digits, few, scene=None, noise=0)


def frame(page):
    """Waits until what is due before the next frame has happened."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def shown(page, key, nth=0):
    """The class of every pixel, read from the colours on a map."""
    rgb = (
        page.locator(f".is-{key} .bw-map")
        .nth(nth)
        .evaluate("e => [...e.getContext('2d').getImageData(0, 0, e.width, e.height).data]")
    )
    colors = np.reshape(rgb, (SIDE, SIDE, 4))[..., :3]
    palette = [[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in CLASS_COLORS]
    same = (colors[:, :, None] == np.array(palette)[None, None]).all(axis=-1)
    assert (same.sum(axis=-1) == 1).all()
    return same.argmax(axis=-1)


def ink(page):
    """What the canvas shows, in 256 levels."""
    rgb = page.locator(".bw-ink").first.evaluate(
        "e => [...e.getContext('2d').getImageData(0, 0, e.width, e.height).data]"
    )
    return 1 - np.reshape(rgb, (SIDE, SIDE, 4))[..., 0] / 255


def logits(networks, key, image):
    """Flax's logits ``(H, W, V)`` of an image ``(H, W)``, of the weights in the page."""
    source = jnp.asarray(image, jnp.float32)[None, :, :, None]
    return np.asarray(rounded(networks[key], "int8")(source).logits[0])


def assert_maps_equal(page, networks, image):
    for key in KEYS:
        expected = logits(networks, key, image)
        got, best = shown(page, key), expected.argmax(axis=-1)
        top = np.sort(expected, axis=-1)
        close = top[..., -1] - top[..., -2] < 1e-4
        assert (got == best)[~close].all() and close.mean() < 0.01
        assert len(np.unique(best)) > 2  # not all alike


def in_bytes(image):
    return np.rint(255 * image) / 255


def at(page, row, column):
    """A point of the canvas on the screen."""
    box = page.locator(".bw-ink").first.bounding_box()
    size = box["width"] / SIDE
    return box["x"] + (column + 0.5) * size, box["y"] + (row + 0.5) * size


def drag(page, *places):
    page.mouse.move(*at(page, *places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*at(page, *place), steps=3)
    page.mouse.up()
    frame(page)


@pytest.mark.parametrize("scene", [0, 2])
def test_the_maps_equal_flax(show, drawn, networks, few, scene):
    page = show(drawn)
    for _ in range(scene):
        page.get_by_role("button", name="another scene").click()
    frame(page)
    assert_maps_equal(page, networks, in_bytes(few.images[scene, ..., 0]))


def test_the_distribution_of_a_pixel_equals_flax(show, drawn, networks, few):
    page = show(drawn)
    image = in_bytes(few.images[0, ..., 0])
    row, column = np.argwhere(image > 0.5)[3]
    page.mouse.move(*at(page, row, column))
    frame(page)
    assert (
        page.locator("caption").inner_text() == f"The pixel in row {row + 1}, column {column + 1}"
    )
    for m, key in enumerate(KEYS):
        scores = logits(networks, key, image)[row, column]
        expected = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
        bars = page.eval_on_selector_all(
            f"tbody td:nth-child({m + 2}) .bw-share",
            "es => es.map((e) => Number(e.style.getPropertyValue('--share')))",
        )
        np.testing.assert_allclose(bars, expected, atol=1e-3)
        best = page.locator(f"tbody td:nth-child({m + 2})").nth(int(expected.argmax()))
        assert "is-best" in best.get_attribute("class")


def test_pointing_at_a_map_shows_the_same_pixel(show, drawn):
    page = show(drawn)
    box = page.locator(".is-without_skips .bw-map").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.26, box["y"] + box["height"] * 0.51)
    assert page.locator("caption").inner_text() == "The pixel in row 17, column 9"
    assert page.locator(".bw-pad .bw-spot").is_visible()


def test_an_empty_canvas_asks_for_a_digit_and_nothing_of_the_network(show, blank):
    page = show(blank)
    hint = page.locator(".bw-empty")
    assert hint.inner_text() == EMPTY and hint.is_visible()
    page.mouse.move(*at(page, 5, 5))
    assert not page.locator("table").is_visible()
    assert (shown(page, "with_skips") == 0).all()
    drag(page, (5, 9), (20, 9))
    assert hint.inner_text() == "" and page.locator("table").is_visible()
    page.get_by_role("button", name="clear").click()
    frame(page)
    assert hint.inner_text() == EMPTY and ink(page).max() == 0
    assert not page.locator("table").is_visible()


def test_the_map_changes_while_the_mouse_draws(show, blank):
    page = show(blank)
    page.mouse.move(*at(page, 6, 8))
    page.mouse.down()
    seen = []
    for row in (10, 18, 26):
        page.mouse.move(*at(page, row, 11), steps=4)
        frame(page)
        seen.append(shown(page, "with_skips"))
    page.mouse.up()
    assert (seen[0] != seen[1]).any() and (seen[1] != seen[2]).any()
    page.mouse.move(*at(page, 26, 25))  # not held any more
    frame(page)
    assert ink(page)[24:29, 16:].max() == 0


def test_strokes_are_soft_and_as_thin_as_those_of_the_data(show, blank):
    page = show(blank)
    drag(page, (5, 12), (25, 12))
    stroke = ink(page)[10:20]
    np.testing.assert_allclose(stroke[:, 12], 1, atol=0.01)
    for column in (11, 13):
        assert (stroke[:, column] > 0.1).all() and (stroke[:, column] < 0.6).all()
    assert stroke[:, [9, 10, 14, 15]].max() < 0.01


def test_the_eraser_takes_ink_away(show, blank):
    page = show(blank)
    drag(page, (15, 5), (15, 25))
    page.get_by_role("button", name="eraser").click()
    drag(page, (10, 14), (20, 14))
    assert ink(page)[15, 14] == 0 and ink(page)[15, 6] > 0.9


def test_a_test_digit_is_placed_where_one_clicks(show, blank, networks, test_digits):
    page = show(blank)
    page.get_by_role("button", name="place a three of the test set").click()
    drag(page, (10, 20))
    image = in_bytes(test_digits.images[np.flatnonzero(test_digits.labels == 3)[0]])
    rows, columns = (np.flatnonzero((image > INK).any(axis=axis)) for axis in (1, 0))
    crop = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    found = ink(page)
    inked = np.argwhere(found > 0)
    (top, left), (bottom, right) = inked.min(axis=0), inked.max(axis=0) + 1
    np.testing.assert_allclose(found[top:bottom, left:right], crop, atol=1 / 255)
    assert abs((top + bottom) / 2 - 10.5) <= 1 and abs((left + right) / 2 - 20.5) <= 1
    expected = np.zeros((SIDE, SIDE))
    expected[top:bottom, left:right] = crop
    assert_maps_equal(page, networks, expected)


def test_a_held_digit_follows_the_pointer_and_stays_inside(show, blank):
    page = show(blank)
    page.get_by_role("button", name="place an eight of the test set").click()
    drag(page, (6, 6), (16, 16), (31, 31))
    inked = np.argwhere(ink(page) > 0)
    assert inked.max() == SIDE - 1 and inked.min() > 14  # one 8, in the corner


def test_the_keyboard_alone_draws(show, blank):
    page = show(blank)
    page.locator(".bw-ink").focus()
    for key in ("ArrowUp", "ArrowUp", "Shift+ArrowLeft", "Space", *["ArrowDown"] * 9, "Space"):
        page.keyboard.press(key)
    for _ in range(5):
        page.keyboard.press("ArrowRight")  # the pen is up again
    frame(page)
    found = ink(page)
    assert (found[14:24, 12] > 0.9).all()
    assert found[:, 15:].max() == 0
    assert page.locator("caption").inner_text() == "The pixel in row 24, column 18"
    assert page.locator(".bw-pad .bw-cursor").is_visible()
    page.keyboard.press("Tab")
    assert not page.locator(".bw-pad .bw-cursor").is_visible()


def test_the_keyboard_places_a_digit(show, blank):
    page = show(blank)
    page.get_by_role("button", name="place a one of the test set").focus()
    page.keyboard.press("Enter")
    page.locator(".bw-ink").focus()
    page.keyboard.press("Space")
    frame(page)
    inked = np.argwhere(ink(page) > 0.3)
    assert len(inked) > 8 and np.abs(inked.mean(axis=0) - 16).max() < 2


def test_noise_is_added_to_what_the_network_reads(show, drawn):
    page = show(drawn)
    before, quiet = shown(page, "with_skips"), ink(page)
    page.get_by_label("Noise").fill("0.3")
    frame(page)
    noisy = ink(page) - quiet
    empty = quiet == 0
    assert 0.2 < (noisy[empty] > 0.15).mean() < 0.4  # P(0.3 n > 0.15) = 0.31
    assert (shown(page, "with_skips") != before).any()
    page.get_by_label("Noise").fill("0")
    frame(page)
    np.testing.assert_array_equal(shown(page, "with_skips"), before)


def test_regions_are_found_and_told_where(page):
    """segments.js alone, on a map that is known."""
    page.goto("about:blank")
    source = bundle(Path(encdec_lib.widgets.__file__).parent / "segmenter" / "segments.js")
    classes = np.zeros((30, 30), int)
    classes[12:17, 2:4] = 4  # a 3 at left
    classes[22:29, 22:25] = 8  # a 7 at bottom right
    classes[14, 14] = classes[15, 15] = 1  # a corner alone joins them: 2 pixels, too few
    for k in range(7):
        classes[1 + k, 14 + k % 2] = 10  # a 9 whose pixels meet at corners
    said = page.evaluate(
        """async ([source, classes]) => {
             const blob = new Blob([source], { type: "text/javascript" });
             const segments = await import(URL.createObjectURL(blob));
             const regions = segments.regionsOf(Uint8Array.from(classes), 30);
             return [regions, [], Array(8).fill({ digit: 0, row: 15, column: 15 })]
               .map((found) => segments.inWords(found, 30));
           }""",
        [source, classes.ravel().tolist()],
    )
    assert said == [
        "found: 7 at bottom right, 3 at left, 9 at top",
        "found: no digit",
        "found: " + 6 * "0 in the middle, " + "and 2 smaller",
    ]


def test_what_is_found_is_written_and_said(show, drawn):
    page = show(drawn)
    frame(page)
    pattern = (
        r"found: (\d (in the middle|at (top|bottom)? ?(left|right)?)(, |$))*(and \d+ smaller)?"
    )
    for key in KEYS:
        words = page.locator(f".is-{key} .bw-found").inner_text()
        assert re.fullmatch(pattern, words) or words == "found: no digit"
        assert words in page.locator(f".is-{key} .bw-map").get_attribute("aria-label")
        digits = re.findall(r"(\d) (?:at|in)", words)
        assert page.locator(f".is-{key} .bw-names span").all_inner_texts()[:6] == digits
    said = page.locator("[aria-live=polite]")
    page.wait_for_function(
        "e => e.textContent.includes('With skips, found')", arg=said.element_handle()
    )


def test_a_finger_draws_and_does_not_scroll(chromium, drawn, blank, tmp_path):
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8>{blank.static_html()}", encoding="utf-8")
    page.goto(path.as_uri())
    page.wait_for_selector("[data-mounted=done]")
    assert page.locator(".bw-ink").evaluate("e => getComputedStyle(e).touchAction") == "none"
    page.touchscreen.tap(*at(page, 16, 16))
    frame(page)
    assert ink(page)[16, 16] > 0.9
    context.close()


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
@pytest.mark.parametrize("width", thinned([390, 1280], [390]))
def test_it_fits_and_its_text_stands_out(show, drawn, theme, width):
    page = show(drawn, width=width, theme=theme)
    page.mouse.move(*at(page, 16, 16))
    frame(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for selector in (
        "label",
        "output",
        "figcaption b",
        ".bw-found",
        "caption",
        "td",
        "th",
        "button",
    ):
        for element in page.locator(f".bw-root {selector}").all():
            assert element.evaluate(CONTRAST) >= 4.5, f"{selector} in {theme}"


def test_every_control_has_a_name_and_a_visible_focus(show, drawn):
    page = show(drawn)
    for control in page.locator(".bw-root input, .bw-root button, .bw-ink").all():
        assert control.evaluate(
            "e => (e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText).trim()"
        )
        control.focus()
        page.keyboard.press("Shift")
        assert control.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_two_on_one_page_share_no_state(show, blank):
    page = show(blank, blank)
    assert page.evaluate("Object.keys(window.bookWidgetModules).length") == 1
    ids = page.eval_on_selector_all(".bw-root [id]", "es => es.map((e) => e.id)")
    assert len(ids) == len(set(ids))
    drag(page, (5, 9), (20, 9))
    assert (shown(page, "with_skips", 0) > 0).any()
    assert (shown(page, "with_skips", 1) == 0).all()
