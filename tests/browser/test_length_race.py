"""The race of the home page in Chromium, with the engine that readers get."""

import re

import pytest

from encdec_lib.widgets import LengthRace
from tests.browser.training import frames, press, status, told, train, wait_for
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser


def scores(page):
    """Share of strings right, of both."""
    page.evaluate("document.querySelector('.bw-more').open = true")
    frames(page)
    return [int(text.strip("%<>")) for text in page.locator(".bw-big b").all_inner_texts()[:2]]


def test_by_keyboard_alone_attention_learns_to_repeat(show):
    page = show(LengthRace("code", longest=4))
    assert "Neither has learned anything yet" in status(page)
    data = train(page, score=0.8, steps=400)
    assert float(data["score"]) >= 0.8 and int(data["steps"]) <= 400, data
    page.wait_for_function(
        """() => [...document.querySelectorAll(".bw-tape.is-attention .bw-cells i")]
                   .map((cell) => cell.innerText).join("") === "code" """
    )
    label = page.locator(".bw-race svg").get_attribute("aria-label")
    assert label.startswith("letters wrong, on new strings by length of the string. attention: ")
    assert "not measured" not in label
    assert page.locator(".bw-race .is-trail").count() == 0, "no curve without a name"


def test_it_begins_by_itself_where_it_may_and_stops_by_itself(show):
    page = show(LengthRace("code", longest=4, plays=True))
    assert "Press Train" not in page.locator(".bw-root").inner_text()
    wait_for(page, "data.state === 'running' && Number(data.steps) > 0")
    assert "Press Train" not in page.locator(".bw-root").inner_text()
    press(page, "pause")
    wait_for(page, "data.state === 'paused'")
    page.mouse.wheel(0, 400)
    page.mouse.wheel(0, -400)
    frames(page)
    assert told(page)["state"] == "paused", "a reader who has paused it is not overruled"
    press(page, "train")
    wait_for(page, "['solved', 'stopped'].includes(data.state)", 90)
    frames(page)
    label = page.locator(".bw-race svg").get_attribute("aria-label")
    ends = re.findall(r", (\S+) at 4", label)  # the sentence says what the curves end at
    both = f"attention gets {ends[0]} of the letters wrong and one vector {ends[1]}."
    assert f"n strings of 4 letters, {both}" in status(page)
    press(page, "reset")
    wait_for(page, "data.state === 'ready'")
    frames(page)
    assert "Press Train" in status(page)


@pytest.mark.own_page
def test_it_waits_for_a_reader_whose_machine_asks_for_less_motion(show, page):
    page.emulate_media(reduced_motion="reduce")
    show(LengthRace("code", longest=4, plays=True))
    assert "Press Train" in status(page)
    wait_for(page, "data.state === 'ready'")
    page.wait_for_timeout(1500)  # longer than it takes to see that the page is idle
    assert told(page)["state"] == "ready" and told(page)["steps"] == "0"


@pytest.mark.slow
def test_on_long_strings_the_curves_part(show):
    """At equal steps too, and within 600 of them."""
    page = show(LengthRace())
    page.get_by_text("Loss, your runs").click()
    page.get_by_label("equal steps").check()
    data = train(page, score=0.8, steps=600)
    assert int(data["steps"]) <= 600 and float(data["score"]) >= 0.8, data
    frames(page)
    attention, fixed = scores(page)
    assert attention >= 80 and fixed <= 25


def test_the_readers_own_string_is_asked_for_while_it_learns(show):
    page = show(LengthRace("code", longest=8))
    wait_for(page, "data.state === 'ready'")
    field = page.get_by_label("Your string")
    field.fill("bad")
    cells = page.locator(".bw-tape.is-encoder .bw-cells i")
    assert "".join(cells.all_inner_texts()) == "bad"
    page.wait_for_function(  # as many as there are letters, and nothing is struck or counted
        """() => {
          const tape = document.querySelector(".bw-tape.is-fixed");
          const count = (kinds) => tape.querySelectorAll(kinds).length;
          const note = tape.querySelector(".bw-tape-note").innerText;
          return count(".is-nothing") <= 3 && !count(".is-wrong, .is-extra, .is-missing")
              && note === "not trained yet";
        }"""
    )
    press(page, "step")
    page.wait_for_function(  # three letters that should be there, and as many faults as are said
        """() => {
          const tape = document.querySelector(".bw-tape.is-fixed");
          const count = (kinds) => tape.querySelectorAll(kinds).length;
          const [wrong, extra] = [count(".is-wrong, .is-missing, .is-nothing"), count(".is-extra")];
          const note = tape.querySelector(".bw-tape-note").innerText;
          return note === [`${wrong} of 3 wrong`, extra ? `${extra} too many` : ""]
              .filter(Boolean).join(", ");
        }"""
    )
    press(page, "reset")
    wait_for(page, "data.state === 'ready' && data.steps === '0'")
    for typed, word in (("codex", "“x”"), ("a", "at least 2"), ("abcdefghi", "at most 8")):
        field.fill(typed)
        said = page.locator(".bw-message").inner_text()
        assert word in said and said.count(".") == 1
        assert "".join(cells.all_inner_texts()) == "bad", "the last good one stays"
    page.get_by_role("slider", name="Longest string").press("Home")
    frames(page)
    assert page.locator(".bw-message").inner_text() == ""
    assert told(page)["state"] == "ready"


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_a_phone(show, theme):
    page = show(LengthRace(), width=390, theme=theme)
    press(page, "step")
    wait_for(page, "data.score !== ''")
    page.get_by_text("Loss, your runs").press("Enter")
    heights = """[...document.querySelectorAll(".bw-chart text")].map(
        (one) => one.getBoundingClientRect().height)"""
    page.wait_for_function(f"{heights}.every((height) => height > 0)")  # all are laid out
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.evaluate(heights)
    assert min(sizes) >= 13, "text in drawings is drawn for the width, never scaled"
