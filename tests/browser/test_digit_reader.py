"""The digit reader of chapter 14 in Chromium: its numbers, its sheet, its look."""

import json

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.analysis.rollout import attention_rollout
from encdec_lib.data import digits
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.web import rounded
from encdec_lib.widgets import DigitReader
from tests.browser.looking import CONTRAST
from tests.helpers.thinned import thinned
from tests.widgets.untrained_images import shaken

pytestmark = pytest.mark.browser

SIDE = 14


def small(patch, side=SIDE, **choices):
    sizes = {"d_model": 6, "heads": 3, "d_ff": 5, "layers": 2}
    config = ViTConfig(side, patch, **(sizes | choices))
    return shaken(lambda: vit(config, rngs=nnx.Rngs(0)), seed=patch)


@pytest.fixture(scope="module")
def models():
    return {2: small(2, pool="mean"), 7: small(7)}


@pytest.fixture(scope="module")
def ten():
    return digits.load(SIDE).test.take(slice(10))


@nnx.jit
def looking(model, images):
    logits, maps = model.with_attention(images)
    return nnx.softmax(logits), maps[-1].mean(axis=1), attention_rollout(maps)


def in_flax(model, images):
    """Probabilities, and the shares of the patches by both ways to look."""
    shares, *tables = looking(rounded(model), jnp.asarray(images)[..., None])
    pool = model.config.pool
    seen = [table[:, 0, 1:] if pool == "class" else table.mean(axis=1) for table in tables]
    return np.asarray(shares), *map(np.asarray, seen)


def frame(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def said(page):
    """The probabilities of the ten digits, as the page has them; None for an empty sheet."""
    frame(page)
    shares = page.locator(".bw-digits").get_attribute("data-shares")
    return np.array(json.loads(shares)) if shares else None


def shown(page):
    """The share of each patch as it lies over the drawing."""
    cells = "es => es.map((e) => Number(e.dataset.share))"
    return np.array(page.eval_on_selector_all(".bw-patches i", cells))


def ink(page):
    """What is on the sheet, 0 to 1."""
    levels = page.locator(".bw-ink").evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
    )
    side = int(np.sqrt(len(levels) / 4))
    return 1 - np.array(levels).reshape(side, side, 4)[..., 0] / 255


def drag(page, *points):
    """A stroke through points given as shares of the sheet."""
    box = page.locator(".bw-ink").bounding_box()
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*at[0])
    page.mouse.down()
    for x, y in at[1:]:
        page.mouse.move(x, y, steps=4)
    page.mouse.up()


def test_probabilities_and_shares_equal_flax(show, models, ten):
    page = show(DigitReader(models, ten, start=3))
    stored = np.rint(255 * ten.images).astype(np.float32) / 255
    assert page.locator(".bw-digit[aria-pressed=true]").count() == 1
    for patch, model in models.items():
        probabilities, last, rolled = in_flax(model, stored)
        page.get_by_role("radio", name=f"{patch}×{patch}").check()
        page.get_by_role("radio", name="top layer").check()
        for k in (3, 8) if patch == 2 else range(10):
            page.locator(".bw-digit").nth(k).click()
            np.testing.assert_allclose(said(page), probabilities[k], rtol=0, atol=1e-5)
            np.testing.assert_allclose(shown(page), last[k], rtol=0, atol=1e-5)
            bars = page.locator(".bw-bars .bw-share").all_inner_texts()
            assert bars == [f"{share:.0%}" for share in said(page)]
            assert page.locator(".bw-bars .is-top").count() == 1
        page.get_by_role("radio", name="rollout").check()
        frame(page)
        np.testing.assert_allclose(shown(page), rolled[k], rtol=0, atol=1e-5)
        page.get_by_role("radio", name="hide").check()
        frame(page)
        assert shown(page).max() == 0 and len(shown(page)) == (SIDE // patch) ** 2


def test_what_is_on_the_sheet_is_what_is_read(show, models, ten):
    page = show(DigitReader(models, ten, start=None, patch=7))
    assert said(page) is None
    assert "Draw a digit" in page.locator(".bw-result").inner_text()
    assert page.get_by_role("button", name="clear").is_disabled()
    drag(page, (0.3, 0.3), (0.7, 0.3), (0.5, 0.8))
    got, drawn = said(page), ink(page)
    assert drawn.max() == 1 and drawn[:, 0].max() == 0
    expected, last, _ = in_flax(models[7], drawn[None].astype(np.float32))
    np.testing.assert_allclose(got, expected[0], atol=0.01)  # the canvas has 256 levels
    np.testing.assert_allclose(shown(page), last[0], atol=0.01)
    page.get_by_role("button", name="clear").click()
    assert said(page) is None and ink(page).max() == 0
    assert page.locator(".bw-bars .bw-share").all_inner_texts() == ["–"] * 10


def test_the_keyboard_draws(show, models, ten):
    page = show(DigitReader(models, ten, start=None))
    page.locator(".bw-ink").focus()
    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    assert said(page) is not None
    assert (ink(page).max(axis=1) > 0.5).sum() >= 5
    assert page.locator(".bw-spoken[aria-live]").evaluate(
        "e => new Promise(done => setTimeout(() => done(e.textContent), 600))"
    ).startswith("It reads a ")  # fmt: skip


def test_a_drawing_is_centred_and_scaled_only_when_asked(show, models, ten):
    page = show(DigitReader(models, ten, start=None))
    hint = page.locator(".bw-unlike")
    assert "fill the dashed box" in hint.inner_text()
    drag(page, (0.15, 0.2), (0.15, 0.45))
    frame(page)
    assert "is smaller than" in hint.inner_text() and "from the middle" in hint.inner_text()
    assert page.locator(".bw-box").is_visible()
    assert ink(page)[:, SIDE // 2 :].max() == 0  # left where it was drawn
    page.get_by_role("button", name="centre and scale").click()
    before = said(page)
    assert hint.inner_text() == "" and page.locator(".bw-box").is_hidden()
    scaled = ink(page)
    rows = np.flatnonzero(scaled.max(axis=1) > 0.3)
    assert 9 <= rows[-1] - rows[0] + 1 <= 11  # 10 of 14 rows, as in the data
    places = np.arange(SIDE) + 0.5
    assert scaled.sum(axis=0) @ places / scaled.sum() == pytest.approx(SIDE / 2, abs=0.5)
    expected = in_flax(models[7], scaled[None].astype(np.float32))[0][0]
    np.testing.assert_allclose(before, expected, atol=0.01)


def width(image):
    """Twice the ink by the length of its edge: how wide its strokes are, in pixels."""
    return 2 * image.sum() / np.hypot(*np.gradient(image)).sum()


def test_strokes_are_as_thick_as_those_of_the_data(show):
    test = digits.load().test
    page = show(DigitReader({14: small(14, 28)}, test.take(slice(2)), start=None))
    typical = np.median([width(image) for image in test.images])
    for points in ([(0.3, 0.2), (0.7, 0.8)], [(0.5, 0.2), (0.5, 0.8)], [(0.3, 0.4), (0.7, 0.5)]):
        drag(page, *points)
        frame(page)
        assert width(ink(page)) == pytest.approx(typical, rel=0.15)
        page.get_by_role("button", name="clear").click()


def test_the_examples_of_the_data_have_nothing_to_be_told(show):
    test = digits.load().test
    page = show(DigitReader({14: small(14, 28)}, test.take(slice(16))))
    for k in range(16):
        page.locator(".bw-digit").nth(k).click()
        frame(page)
        assert page.locator(".bw-unlike").inner_text() == ""


def test_a_patch_that_is_pointed_at_tells_its_share(show, models, ten):
    page = show(DigitReader(models, ten, patch=7))
    reading = page.locator(".bw-reading")
    assert "4 patches of 7×7 pixels" in reading.inner_text()
    assert "the class token looks most at row" in reading.inner_text()
    box = page.locator(".bw-ink").bounding_box()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    frame(page)
    assert f"Here, row 1, column 2: {shown(page)[1]:.0%}." in reading.inner_text()
    page.get_by_role("radio", name="2×2").check()
    frame(page)
    assert "the patches look most at row" in reading.inner_text()  # the mean is read


def test_every_patch_size_says_what_it_reads(show, models, ten):
    page = show(DigitReader(models, ten, start=1))
    page.wait_for_function("document.querySelector('.bw-choice').innerText.includes(':')")
    stored = np.rint(255 * ten.images[1:2]).astype(np.float32) / 255
    texts = page.locator(".bw-choices").first.locator(".bw-choice").all_inner_texts()
    for text, (patch, model) in zip(texts, models.items(), strict=True):
        shares = in_flax(model, stored)[0][0]
        assert text == f"{patch}×{patch}: {shares.argmax()} ({shares.max():.0%})"


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_and_its_text_stands_out(show, models, ten, theme):
    for wide in (390, 1280):
        page = show(DigitReader(models, ten), width=wide, theme=theme)
        drag(page, (0.1, 0.1), (0.2, 0.2))
        frame(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= wide
        for selector in (
            "legend",
            "p:not(.bw-spoken)",
            "li b",
            ".bw-share",
            "label",
            ".bw-bar button",
        ):
            for element in page.locator(f".bw-root {selector}").all():
                assert element.evaluate(CONTRAST) >= 4.5, f"{selector} in {theme}"


def test_every_control_has_a_name_and_a_visible_focus(show, models, ten):
    page = show(DigitReader(models, ten))
    for control in page.locator(".bw-root :is(input, button, [tabindex])").all():
        assert control.evaluate(
            "e => (e.labels?.[0]?.innerText ?? e.ariaLabel ?? e.innerText).trim()"
        )
        control.focus()
        page.keyboard.press("Shift")  # the last input was the keyboard: focus is visible
        outline = "e => getComputedStyle(e.closest('label') ?? e).outlineStyle"
        assert control.evaluate(outline) == "solid"


@pytest.mark.timing
def test_a_redraw_takes_less_than_a_twentieth_of_a_second(show):
    model = shaken(lambda: vit(ViTConfig(), rngs=nnx.Rngs(0)))
    page = show(DigitReader({7: model}, digits.load().test.take(slice(10))))
    fastest, answers = page.evaluate(
        """async () => {
             const widget = document.querySelector(".bw-digits"), answers = new Set();
             const times = [], thumbs = document.querySelectorAll(".bw-digit");
             for (let n = 0; n < 20; n++) {
               thumbs[n % 10].click();
               const before = performance.now();
               await new Promise(requestAnimationFrame);
               times.push(performance.now() - before);
               answers.add(widget.dataset.shares);
             }
             return [Math.min(...times), answers.size];
           }"""
    )
    print(f"fastest {fastest:.1f} ms")
    assert fastest < 50 and answers == 10  # every frame had another digit to read
