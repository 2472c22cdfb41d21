"""The patch dial of chapter 14 in Chromium: its numbers, its controls, its look."""

import numpy as np
import pytest

from encdec_lib.data.patches import cut
from encdec_lib.models.vision_transformer import BASE, ViTConfig
from encdec_lib.widgets import PatchDial
from tests.browser.looking import CONTRAST
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def dial():
    image = np.random.default_rng(0).uniform(size=(28, 28))
    return PatchDial(image, {"this page": ViTConfig(), "ViT-B": BASE})


def numbers(page, *names):
    data = page.locator(".bw-cuts").evaluate("el => ({...el.dataset})")
    return [int(data[name]) for name in names]


def counted(c, patch):
    """Products, one matrix after another: embedding, scores and mixtures, all others."""
    patches = cut(np.zeros((1, c.side, c.side, c.in_channels), np.float32), patch).shape[1:]
    vectors, products = patches[0] + 1, {"attending": 0, "others": 0}
    for _ in range(c.layers):
        for rows, inner, columns in ((vectors, c.d_model, vectors), (vectors, vectors, c.d_model)):
            products["attending"] += rows * inner * columns
        for inner, columns in [(c.d_model, c.d_model)] * 4 + [
            (c.d_model, c.d_ff),
            (c.d_ff, c.d_model),
        ]:
            products["others"] += vectors * inner * columns
    embedding = patches[0] * patches[1] * c.d_model
    return [*patches, vectors**2, embedding, products["attending"], products["others"]]


NAMES = ("patches", "numbers", "scores", "embedding", "attending", "others")


def test_every_number_equals_a_count(show, dial):
    page = show(dial)
    slider = page.get_by_role("slider", name="Side P of a patch")
    for name, config in (("this page", ViTConfig()), ("ViT-B", BASE)):
        page.get_by_label(name).check()
        slider.focus()
        page.keyboard.press("Home")
        sides = dial.configs[dial.names.index(name)]["patches"]
        for side in sides:
            page.wait_for_selector(f".bw-cuts[data-patch='{side}']")
            assert numbers(page, *NAMES) == counted(config, side), (name, side)
            cells = page.locator(".bw-cut .bw-patches i").count()
            assert cells == (config.side // side) ** 2
            page.keyboard.press("ArrowRight")


def test_it_starts_at_the_models_patch_and_says_so(show, dial):
    page = show(dial)
    slider = page.get_by_role("slider", name="Side P of a patch")
    assert slider.get_attribute("aria-valuetext") == "7 pixels, 16 patches"
    assert "28·28 / 7² = 16" in page.locator("dl").inner_text()
    page.get_by_label("ViT-B").check()
    page.wait_for_selector(".bw-cuts[data-patch='16']")
    assert slider.get_attribute("aria-valuetext") == "16 pixels, 196 patches"
    page.wait_for_function(
        "document.querySelector('[aria-live=polite]').textContent.startsWith('196 patches')"
    )


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
@pytest.mark.parametrize("width", thinned([390, 1000], [390]))
def test_it_fits_and_can_be_read(show, dial, theme, width):
    page = show(dial, width=width, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for selector in (".bw-chosen", "dt", "dd", ".bw-name", ".bw-share", ".bw-choice span"):
        for element in page.locator(f".bw-cuts {selector}").all():
            assert element.evaluate(CONTRAST) >= 4.5, f"{selector} in {theme}"
    for control in page.locator(".bw-cuts input").all():
        assert control.evaluate("e => e.labels[0].innerText.trim()")
