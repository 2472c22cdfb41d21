"""Chapter 3 in steps: what the page says is what the network does."""

import pytest

from encdec_lib.widgets import BackpropStepper
from tests.browser.stepping import check_looks, press, sentence, told, walk, words
from tests.helpers.thinned import thinned
from tests.widgets.test_backprop_stepper import build

pytestmark = pytest.mark.browser


def stateless():
    system = build(seed=3)
    system.W_xx[...] = 0 * system.W_xx[...]
    return system


def best(stepper, case, t):
    bets = stepper.runs[case]["bets"][t]
    return stepper.alphabet[bets.index(max(bets))]


def test_forwards_by_keyboard(show):
    stepper = BackpropStepper({"one": build(), "no state": stateless()})
    page = show(stepper, width=390)
    said = walk(page)
    assert len(said) == 5
    for t, text in enumerate(said[:4]):
        assert f"It bets most on {best(stepper, 0, t)}" in text, text
        right = "hello"[t + 1]
        assert ("which is right" in text) == (best(stepper, 0, t) == right), text
    assert "zeros" in said[0] and "the same letter, the same weights" in said[3]
    assert "Only the state before is different" in said[3]
    assert f"same {stepper.numbers} weights" in said[4]
    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (1, 1)
    assert "The state is the same too, so the bet must be." in walk(page)[3]


def test_back_factor_by_factor(show):
    stepper = BackpropStepper({"one": build()}, back=True)
    page = show(stepper)
    said = walk(page)
    back = stepper.runs[0]["back"]
    assert len(said) == 7 == 2 * len(back) - 1
    assert "Its length counts as 100%" in said[0]
    for n in range(3):
        assert f"{round(100 * back[n]['passed'])}%" in said[2 * n + 1], said
        assert f"{round(100 * back[n + 1]['left'])}% of its length" in said[2 * n + 2], said
    assert "state after h, 3 letters earlier" in said[6]
    press(page, "Home")
    assert "matrix" not in words(page)
    press(page, "End")
    assert words(page).count("matrix") == 3 and words(page).count("slope") == 3
    assert sentence(page) == said[-1]


@pytest.mark.slow
@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, back, width, theme):
    page = show(BackpropStepper({"one": build()}, back=back), width=width, theme=theme)
    check_looks(page, width)
