"""Chapter 2's convolution with numbers, in the page."""

import pytest

from encdec_lib.widgets import ConvolutionStepper
from tests.browser.stepping import check_looks, press, told, walk, words
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser
IMAGE = [[0, 3, 0, 2], [-1, 5, 0, 0], [0, 7, 1, 0], [2, 0, 0, -4]]
KERNEL = [[0, 2, 0], [-3, 0, 1], [0, 0, 5]]


@pytest.fixture(scope="module")
def figure():
    return ConvolutionStepper(IMAGE, KERNEL)


def test_it_is_gone_through_by_keyboard_with_the_numbers_of_the_layers(show, figure):
    page = show(figure)
    said = walk(page)
    assert len(said) == 5
    assert "3 · 2 + (−1) · (−3) + 0 · 1 + 1 · 5 = 14" in said[1] and figure.convolved[1][1] == 14
    assert f"= {figure.convolved[1][2]}".replace("-", "−") in said[2]
    assert "0 · 0" not in said[3] and "3 · 1 + 5 · 5 = 28" in said[3]
    assert f"{max(map(max, figure.convolved))}" in said[4]
    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (1, 1)
    said = walk(page)
    assert len(said) == 4 and str(figure.pooled[0][0]) in said[1]
    page.get_by_role("radio", name="transposed").check(force=True)
    said = walk(page)
    middle = str(figure.stamped[3][2][2]).replace("-", "−")
    assert len(said) == 5 and f"The number in the middle, {middle}, got four" in said[4]


def test_a_number_is_there_when_its_sum_has_been_made(show, figure):
    page = show(figure)
    press(page, "Home")
    assert words(page).split(" | ").count("14") == 0
    press(page, "ArrowRight")
    assert words(page).split(" | ").count("14") == 1
    press(page, "End")
    assert len(words(page).split(" | ")) >= 36 + 16 + 9 + 16


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_looks(show, width, theme, chosen):
    page = show(ConvolutionStepper(chosen=chosen), width=width, theme=theme)
    check_looks(page, width)
