"""The trainer of chapter 9 in Chromium, with the engine that readers get."""

import pytest

import encdec_lib.widgets
from encdec_lib.widgets import ScoreRace
from tests.browser.engine_page import load
from tests.browser.few_words import some_words
from tests.browser.training import frames, press, status, told, train, wait_for
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser

HERE = encdec_lib.widgets.host.trainer_widget.PARTS.parent / "score_race"
LABELS = ["dot", "scaled dot", "general", "additive"]


def test_all_four_take_the_same_steps(show):
    page = show(ScoreRace("words", width=16, string="day", words=some_words()))
    assert status(page).startswith("All four are untrained.")
    data = train(page, score=0.9, steps=50)
    assert int(data["steps"]) >= 50
    frames(page)
    names = page.locator(".bw-map b").all_inner_texts()
    assert names == LABELS and page.locator(".bw-map canvas").count() == 4
    chart = page.locator(".bw-race > .bw-plot .bw-chart").get_attribute("aria-label")
    assert chart.startswith("sounds wrong by steps. dot: ") and "not measured" not in chart
    page.get_by_label("seconds", exact=True).check()
    frames(page)
    chart = page.locator(".bw-race > .bw-plot .bw-chart").get_attribute("aria-label")
    assert chart.startswith("sounds wrong by seconds. dot: ")
    assert int(told(page)["steps"]) >= 50, "the axis does not begin the race again"


def test_the_temperature_changes_maps_and_not_the_training(show):
    page = show(ScoreRace(width=16, string="codelike"))
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1 && data.score !== ''")
    frames(page)
    shares = """() => [...document.querySelectorAll(".bw-map canvas")]
      .map((map) => map.toDataURL().length)"""
    before = page.evaluate(shares)
    page.get_by_label("¼").check()
    page.wait_for_function(f"(before) => ({shares})().join() !== before.join()", arg=before)
    assert told(page)["steps"] == "1"


@pytest.mark.slow
def test_all_four_learn_to_reverse(show):
    page = show(ScoreRace())
    press(page, "train")
    wait_for(page, "data.state === 'stopped'", 90)
    assert told(page)["steps"] == "400" and float(told(page)["score"]) >= 0.8
    frames(page)
    row = page.locator(".bw-runs tbody td").all_inner_texts()
    shares = [int(text.split("%")[0].strip("<>")) for text in row[:4]]
    wrong = dict(zip(LABELS, shares, strict=True))
    assert max(wrong.values()) <= 35 and wrong["dot"] < 10 and wrong["additive"] < 10, wrong
    assert "One seed proves little" in status(page)


def records(*errors):
    """A race for each seed, with these errors of the four."""
    return [
        {
            "settings": {"task": "reverse", "width": 64}, "seed": seed, "lead": {"steps": 400},
            "tracks": [{"label": label, "scored": {"error_rate": one}}
                       for label, one in zip(LABELS, row, strict=True)],
        }
        for seed, row in enumerate(errors)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ([(0.1, 0.4, 0.2, 0.3)] * 2, "One seed proves little"),
        ([(0.1, 0.4, 0.2, 0.3)] * 3, "Of 3 seeds: dot has the fewest errors in each, scaled dot"),
        (
            [(0.1, 0.4, 0.2, 0.3)] * 2 + [(0.2, 0.4, 0.1, 0.3)],
            "Of 3 seeds: scaled dot has the most",
        ),
        ([(0.1, 0.4, 0.2, 0.3)] * 2 + [(0.2, 0.1, 0.1, 0.3)], "none is first or last"),
    ],
)
def test_no_score_is_named_that_the_seeds_do_not_name(page, errors, words):
    load(page, "scores", folder=HERE)
    runs = records(*errors)
    said = page.evaluate("(runs) => scores.result(runs[runs.length - 1], runs)", runs)
    assert words in said, said


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_a_phone(show, theme):
    page = show(ScoreRace(width=16), width=390, theme=theme)
    press(page, "step")
    wait_for(page, "data.score !== ''")
    frames(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
