"""The trainer of chapter 6 in Chromium, with the engine that readers get."""

import pytest

import encdec_lib.widgets
from encdec_lib.widgets import FixedTrainer
from tests.browser.engine_page import load
from tests.browser.training import frames, press, status, told, train, wait_for
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser

HERE = encdec_lib.widgets.host.trainer_widget.PARTS.parent / "fixed_trainer"


def test_by_keyboard_alone_it_learns_short_strings(show):
    page = show(FixedTrainer("code", width=64, longest=4))
    page.locator(".bw-status", has_text="64 numbers, 40,212 parameters, and 1,000 steps").wait_for()
    assert "Untrained" in status(page)
    data = train(page, score=0.8, steps=500)
    assert float(data["score"]) >= 0.8 and int(data["steps"]) <= 500, data
    label = page.locator(".bw-race svg").get_attribute("aria-label")
    assert label.startswith("symbols wrong by length of the string. this run: ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dial", "option", "said"),
    [("Room", "64", "room, 16 → 64 numbers, and the same steps: errors at 5 symbols fall"),
     ("Time", "1,000", "time, 500 → 1,000 steps, and the same room: errors at 5 symbols fall")],
)  # fmt: skip
def test_steps_end_a_run_and_its_curve_stays(show, dial, option, said):
    """Both dials count: more of either leaves fewer errors, and the sentence says which it was."""
    page = show(FixedTrainer("code", width=16, longest=5, steps=500))
    press(page, "train")
    wait_for(page, "data.state === 'stopped'", 90)
    assert told(page)["steps"] == "500", "no step more than were granted"
    assert not page.locator("[data-action=more]").is_visible()
    frames(page)
    assert status(page).endswith(
        "at length 5. Now change the numbers in the vector, and nothing else."
    )
    page.get_by_role("group", name=dial).get_by_label(option, exact=True).check()
    frames(page)
    grey = page.locator(".bw-series-name.is-before").all_text_contents()
    assert grey == ["16 numbers, 500 steps to 5"]
    press(page, "train")
    wait_for(page, "data.state === 'stopped'", 90)
    frames(page)
    assert said in status(page), status(page)
    assert page.locator(".bw-runs tbody tr").count() == 2


RUN = {"settings": {"width": 32, "longest": 8, "steps": 500}, "seed": 0}


def record(error, **settings):
    """A finished run whose errors are 0.1 at length 2 and ``error`` at length 8."""
    lengths = [{"length": 2, "error_rate": 0.1}, {"length": 8, "error_rate": error}]
    lead = {"scored": {"by_length": lengths}, "steps": 500}
    return {"settings": RUN["settings"] | settings, "seed": 0, "lead": lead}


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        ({"width": 64}, "more room, 32 → 64 numbers"),
        ({"width": 16}, "less room, 32 → 16 numbers"),
        ({"steps": 1000}, "more time, 500 → 1,000 steps"),
        ({"longest": 12}, "Strings of up to 12 instead of 8"),
        ({"width": 64, "steps": 1000}, "2 dials at once, so nobody can say which"),
        ({}, "Only the seed is another"),
    ],
)
@pytest.mark.parametrize(
    ("error", "change"), [(0.5, "fall from 75% to 50%"), (0.8, "rise from 75% to 80%"),
                          (0.75, "stay at 75%")],
)  # fmt: skip
def test_the_sentence_says_what_was_moved_and_what_it_did(page, moved, words, error, change):
    load(page, "fixed_words", folder=HERE)
    told = page.evaluate(
        "([now, before]) => fixed_words.compared(now, before)",
        [record(error, **moved), record(0.75)],
    )
    assert words in told and f"errors at 8 symbols {change}" in told


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_a_phone(show, theme):
    page = show(FixedTrainer(width=16), width=390, theme=theme)
    press(page, "step")
    wait_for(page, "data.score !== ''")
    frames(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
