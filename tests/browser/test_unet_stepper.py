"""Chapter 2's U-Net, block by block, in the page."""

import pytest

from tests.browser.every_widget import EVERY_WIDGET
from tests.browser.stepping import check_looks, press, told, walk, words
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def figure():
    return EVERY_WIDGET["UNetStepper"]()


def test_it_is_gone_through_by_keyboard(show, figure):
    page = show(figure)
    said = walk(page)
    assert len(said) == 1 + 3 + 2 + 1
    assert "12×12 pixels" in said[0] and "3 maps of 12×12" in said[1]
    assert "bottleneck H, 7 maps of 3×3" in said[3]
    assert "5 maps of 6×6 are laid" in said[4] and "class" in said[6]
    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (1, 1)
    assert "Nothing is handed across" in walk(page)[4]


def test_a_block_is_there_when_it_has_been_reached(show, figure):
    page = show(figure)
    press(page, "Home")
    assert words(page) == ""
    press(page, "ArrowRight")
    assert words(page) == "3 maps · 12×12"
    press(page, "End")
    shown = words(page).split(" | ")
    assert len(shown) == 3 + 1 + 2 and "H" in shown
    pictures = page.locator("[data-stepper] image").evaluate_all(
        "all => all.map((e) => e.href.baseVal)"
    )
    assert len(pictures) == 1 + 3 * 3 + 2 * 3 + 1 and len(set(pictures)) > 12


def test_the_maps_follow_the_light(show, figure):
    page = show(figure)
    first = "document.querySelectorAll('[data-stepper] image')[1].href.baseVal"
    before = page.evaluate(first)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"{first} !== {before!r}")


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_looks(show, figure, width, theme):
    page = show(figure, width=width, theme=theme)
    check_looks(page, width)
