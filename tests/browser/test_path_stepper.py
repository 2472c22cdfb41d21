"""Chapter 13's way from the first word to the last, in the page."""

import pytest

from encdec_lib.widgets import PathStepper
from tests.browser.stepping import check_looks, press, sentence, told, walk, words
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser
SENTENCE = "Keys that hang by the old red door shine".split()


@pytest.fixture(scope="module")
def stepper():
    return PathStepper(SENTENCE, d=3)


def test_it_is_gone_through_by_keyboard_with_the_numbers_of_the_layers(show, stepper):
    page = show(stepper)
    said = walk(page)
    assert len(said) == 9
    for k, text in enumerate(said):
        strength = stepper.signals["recurrent"][0][k]
        assert f"{strength:.2f}" in text or f"{strength:.3f}" in text
    assert "8 steps" in said[-1] and "shine" in said[-1] and "999 steps" in said[-1]

    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (1, 1)
    said = walk(page)
    assert len(said) == 5 and "4 steps" in said[-1] and "500 steps" in said[-1]
    assert "hang" in said[1] and "the" in said[2] and "red" in said[3]
    assert f"{stepper.signals['convolution'][3][8]:.2f}" in said[-1]


def test_the_shorter_ways(show, stepper):
    page = show(stepper)
    page.get_by_role("radio", name="dilated").check(force=True)
    said = walk(page)
    assert len(said) == 3 and "2 steps" in said[-1] and "7 steps" in said[-1]
    page.get_by_role("radio", name="attention").check(force=True)
    said = walk(page)
    assert len(said) == 3 and "45 pairs" in said[1] and "1 step" in said[2]
    assert f"weight of {100 * stepper.signals['share'][0][0]:.0f}%" in sentence(page)


def test_a_place_is_empty_until_the_signal_comes(show, stepper):
    page = show(stepper, width=390)
    page.get_by_role("radio", name="convolution").check(force=True)
    press(page, "Home")
    assert words(page).endswith("words | 1.0 | 1 | 2 | 3 | 4")  # names of rows stay
    press(page, "ArrowRight")
    first = stepper.signals["convolution"][0]
    assert first[3] == 0
    numbers = " | ".join(f"{size:.2f}".lstrip("0") for size in first[:3])
    assert words(page).endswith(f"words | 1.0 | 1 | {numbers} | 2 | 3 | 4")


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
@pytest.mark.parametrize("kind", ["recurrent", "convolution", "dilated", "attention"])
def test_nothing_jumps_or_is_cut_off(show, stepper, width, theme, kind):
    page = show(stepper, width=width, theme=theme)
    page.get_by_role("radio", name=kind).check(force=True)
    check_looks(page, width)
