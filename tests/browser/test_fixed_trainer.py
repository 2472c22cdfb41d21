"""The trainer of chapter 6 in Chromium, with the engine that readers get."""

import re

import pytest

from encdec_lib.widgets import FixedTrainer
from encdec_lib.widgets.parts import PARTS
from tests.browser.engine_page import load
from tests.browser.training import faked, frames, press, status, told, wait_for
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser

HERE = PARTS.parent / "fixed_trainer"


def test_by_keyboard_alone_three_networks_learn_short_strings(show):
    """Each takes the steps that it is named for, and the sentence follows the numbers."""
    page = show(FixedTrainer("code", width=16, longest=4, steps=250))
    assert "16 numbers and 250 steps, one has twice the numbers, and one four" in status(page)
    press(page, "train")
    wait_for(page, "data.state === 'stopped'", 90)
    frames(page)
    assert told(page)["steps"] == "1000" and float(told(page)["score"]) > 0.5
    assert not page.locator("[data-action=more]").is_visible()
    steps = page.locator(".bw-lab .bw-chart").get_attribute("aria-label")
    assert re.findall(r"(\w+ \w+): [\d.]+ after ([\d,]+) steps", steps) == [
        ("as chosen", "250"), ("more room", "250"), ("more time", "1,000"),
    ]  # fmt: skip
    label = page.locator(".bw-race svg").get_attribute("aria-label")
    assert label.startswith("letters wrong, on new strings by length of the string. 16 numbers")
    assert "more room: 32 numbers: " in label and "more time: 1,000 steps: " in label
    chosen, room, time = map(int, re.findall(r"(\d+)%", status(page)))
    assert chosen > room and chosen > time
    lacked = "room and time alike" if abs(room - time) < 3 else "more than"
    assert lacked in status(page), "by more than three in a hundred, or alike"
    if lacked == "more than":
        first = "room more" if room < time else "time more"
        assert f"lacked {first} than" in status(page)


def tracks(*wrong):
    """Of the three networks, with these shares of wrong letters, after all their steps."""
    names, steps = ("chosen", "room", "time"), (500, 500, 2000)
    return [
        {"name": name, "steps": n, "scored": {"error_rate": share}}
        for name, n, share in zip(names, steps, wrong, strict=True)
    ]


def sentence(page, *wrong, **settings):
    """What is said of a run that came out so."""
    settings = {"width": 32, "steps": 500, "longest": 8} | settings
    record = {"settings": settings, "tracks": tracks(*wrong)}
    record["lead"] = record["tracks"][2]
    return page.evaluate("record => fixed_words.said(record, [record])", record)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((0.5, 0.4, 0.2), "In this run one vector of 32 numbers lacked time more than room: "),
        ((0.5, 0.2, 0.4), "In this run one vector of 32 numbers lacked room more than time: "),
        ((0.5, 0.2, 0.6), "In this run one vector of 32 numbers lacked room more than time: "),
        ((0.5, 0.3, 0.31), "In this run one vector of 32 numbers lacked room and time alike: "),
        ((0.5, 0.49, 0.48), "In this run neither more room nor more time helped: "),
        ((0.5, 0.7, 0.6), "In this run neither more room nor more time helped: "),
    ],
)
def test_the_sentence_says_which_of_the_two_helped_more(page, wrong, words):
    load(page, "fixed_words", folder=HERE)
    chosen, room, time = (round(100 * share) for share in wrong)
    numbers = (
        f"{chosen}% of the letters are wrong as chosen, {room}% with 64 numbers, "
        f"{time}% with 2,000 steps. "
    )
    assert sentence(page, *wrong).startswith(words + numbers)


def test_it_says_what_to_try_next(page):
    load(page, "fixed_words", folder=HERE)
    ask = "steps: what does it lack then?"
    assert sentence(page, 0.5, 0.4, 0.2).endswith(f"Now choose 8 numbers and 1,000 {ask}")
    assert sentence(page, 0.5, 0.2, 0.4).endswith(f"Now choose 32 numbers and 500 {ask}")
    assert sentence(page, 0.04, 0.0, 0.0).endswith("Now make the strings longer.")


def test_what_was_cut_off_by_the_time_is_not_compared(show):
    """The engine of the tests takes 200 steps a minute here, and each was to have more."""
    page = show(faked(FixedTrainer("code", longest=4, seed=8), tick=3))
    press(page, "train")
    wait_for(page, "data.state === 'stopped'")
    frames(page)
    assert status(page).startswith(
        "The time is over, and the network with more time is at step 200: let them train longer"
    )
    assert page.locator("[data-action=more]").is_visible()


def test_step_by_step_each_stops_at_its_own(show):
    page = show(faked(FixedTrainer("code", longest=4, steps=250, seed=8)))
    page.get_by_text("Loss, your runs, speed and seed").click()
    press(page, "step")
    wait_for(page, "data.state === 'paused' && data.steps === '1'")
    page.evaluate(
        """() => {
          for (let n = 1; n < 300; n++) document.querySelector("[data-action=step]").click();
        }"""
    )
    wait_for(page, "data.steps === '300'")
    frames(page)
    steps = page.locator(".bw-lab .bw-chart").get_attribute("aria-label")
    assert re.findall(r"after ([\d,]+) steps", steps) == ["250", "250", "300"]


def test_nothing_stands_for_a_network_that_has_learned_nothing(show):
    page = show(faked(FixedTrainer("code", longest=4)))
    press(page, "step")
    page.wait_for_function("document.querySelectorAll('.bw-tape .is-right').length === 12")
    press(page, "reset")
    wait_for(page, "data.state === 'ready'")
    page.wait_for_timeout(300)  # the answers of untrained networks would be here
    assert page.locator(".bw-tape .is-right, .bw-tape .is-wrong").count() == 0


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_a_phone(show, theme):
    page = show(FixedTrainer(width=16), width=390, theme=theme)
    press(page, "step")
    wait_for(page, "data.score !== ''")
    frames(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
