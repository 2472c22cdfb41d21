"""Chapter 8's step of attention, gone through sound by sound."""

import math

import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.widgets import AttentionStepper
from tests.browser.stepping import check_looks, press, sentence, told, walk, words
from tests.helpers.thinned import thinned
from tests.widgets.test_attention_stepper import attending_model

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stepper():
    return AttentionStepper(attending_model(), LETTERS, PHONEMES, word="phone")


def percents(weights):
    return [f"{int(100 * weight + 0.5)}%" if weight >= 0.005 else "<1%" for weight in weights]


def test_every_sound_is_gone_through_by_keyboard(show, stepper):
    page = show(stepper)
    before = []
    for i, step in enumerate(stepper.trace["steps"]):
        said = walk(page)
        assert len(said) == 6 and "8 of its 14 numbers" in said[0]
        written = "has written nothing yet" if i == 0 else f"has written {' '.join(before)} and"
        assert written in said[1]
        top = max(step["scores"])
        letter = "phone"[step["scores"].index(top)]
        assert said[2].endswith(f"{top:.2f}, goes to {letter}.".replace("-", "−"))
        first, second = sorted(step["weights"], reverse=True)[:2]
        if second >= 0.05:
            ratio = math.exp(sorted(step["scores"])[-1] - sorted(step["scores"])[-2])
            assert f"{ratio:.1f} times as large" in said[3]
            assert f"{percents([first])[0]} and {percents([second])[0]}." in said[3]
        sound = step["bets"][0][0]
        assert (
            f"writes {sound}, whose probability is {percents([step['bets'][0][1]])[0]}" in said[5]
        )
        before.append(sound)
        page.locator("[data-action=next]").focus()
        page.keyboard.press("Enter")
        last = i == len(stepper.trace["steps"]) - 1
        assert told(page) == ((1, 0) if last else (2, i + 1))


def test_a_row_is_seen_from_its_step_on(show, stepper):
    page = show(stepper)
    one = stepper.trace["steps"][0]
    press(page, "Home")
    assert "state" not in words(page).split(" | ")
    for step, seen in enumerate(
        (
            "state",
            f"{one['scores'][1]:.2f}".replace("-", "−"),
            " | ".join(percents(one["weights"])),
            "context",
            one["bets"][2][0],
        )
    ):
        assert seen not in words(page), step
        press(page, "ArrowRight")
        assert seen in words(page), step
    assert "together with a begin sign" in sentence(page)


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, width, theme):
    longest = AttentionStepper(attending_model(), LETTERS, PHONEMES, word="knights")
    check_looks(show(longest, width=width, theme=theme), width)
