"""The trainer of chapter 10 in Chromium, with the engine that readers get."""

import re

import pytest

from encdec_lib.widgets import SelfAttentionTrainer
from tests.browser.training import (
    fits_a_phone,
    frames,
    press,
    status,
    told,
    train,
    wait_for,
)
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser


def test_by_keyboard_alone_the_layer_learns_to_look_up(show):
    page = show(SelfAttentionTrainer())
    data = train(page, score=0.9, steps=600)
    assert float(data["score"]) >= 0.9 and int(data["steps"]) <= 600, data
    wait_for(page, "data.state === 'solved'")
    page.wait_for_function(
        "document.querySelector('.bw-tape.is-decoder .bw-tape-note').innerText === 'all right'"
    )
    frames(page)
    assert status(page).startswith("Solved: ") and "do not tell it the positions" in status(page)
    said = page.locator(".bw-race > .bw-hint").inner_text()
    # Of the pair one is read and looks at the other; which one depends on the step of the stop.
    pair = re.match(
        r"The decoder reads (\w) most, and in the layer (\w) looks most at (\w): ", said
    )
    assert pair and pair[1] == pair[2] and {pair[1], pair[3]} == {"3", "m"}, said
    row = page.locator(".bw-runs tbody td").all_inner_texts()
    assert row[2:6] == ["look up", "told", "8", "yes"]
    assert page.locator(".bw-map canvas").count() == 2


@pytest.mark.slow
@pytest.mark.parametrize("task, positions", [("sort", "none"), ("reverse", "sinusoidal")])
def test_it_learns_the_other_tasks(show, task, positions):
    page = show(SelfAttentionTrainer(task, positions=positions))
    data = train(page, score=0.8, steps=1200)
    assert float(data["score"]) >= 0.8 and int(data["steps"]) <= 1200, data


@pytest.mark.slow
@pytest.mark.parametrize("task", ["look up", "reverse"])
def test_without_positions_it_does_not_find_its_place(show, task):
    page = show(SelfAttentionTrainer(task, positions="none"))
    data = train(page, score=0.6, steps=600)
    assert int(data["steps"]) >= 600 and float(data["score"]) < 0.6, data


@pytest.mark.parametrize("d_k", [1, 128])
def test_every_dial_begins_another_run(show, d_k):
    page = show(SelfAttentionTrainer("sort", d_k=d_k, scaled=False, string="feed"))
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1 && data.score !== ''")
    page.get_by_label("look up", exact=True).check()  # whose strings begin with a place
    frames(page)
    assert told(page)["steps"] == "0" and told(page)["state"] == "ready"
    assert page.locator(".bw-own").evaluate("e => e.value") == "3 codel"
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1 && data.score !== ''")


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_a_phone(show, theme):
    fits_a_phone(show(SelfAttentionTrainer(), width=390, theme=theme))


@pytest.mark.parametrize(
    "task, bad, word", [("sort", "xyz", "“x”"), ("look up", "6 code", "from 1 to 4")]
)
def test_a_string_that_does_not_fit_gets_one_sentence(show, task, bad, word):
    page = show(SelfAttentionTrainer(task))
    page.get_by_label("Your string").fill(bad)
    said = page.locator(".bw-message").inner_text()
    assert word in said and said.count(".") == 1
