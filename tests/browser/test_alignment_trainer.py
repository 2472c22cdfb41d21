"""The trainer of chapter 8 in Chromium, with the engine that readers get."""

import pytest

from encdec_lib.data.pronunciations import PHONEMES
from encdec_lib.web import page_data
from encdec_lib.widgets import AlignmentTrainer
from tests.browser.few_words import some_words
from tests.browser.training import frames, press, status, train, wait_for
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser

#: How far the brightest colour of each row is from the grey in which all letters weigh the same.
COLOURS = """() => [...document.querySelectorAll(".bw-alignment-map rect")]
  .map((cell) => cell.style.fill)"""


def wrong(page):
    """Share of wrong sounds, in per cent: attention, one vector."""
    return [int(text.strip("%<>")) for text in page.locator(".bw-two .bw-big b").all_inner_texts()]


def test_by_keyboard_alone_the_alignment_comes_out_of_the_grey(show):
    page = show(AlignmentTrainer(some_words(), word="day", width=32))
    wait_for(page, "data.state === 'ready'")
    page.wait_for_function("document.querySelectorAll('.bw-film canvas').length === 1")
    assert "the square is grey" in status(page)
    label = page.locator(".bw-alignment-map").get_attribute("aria-label")
    shares = [int(part.split(", ")[1].strip("%.<>")) for part in label.split(": ")[1].split("; ")]
    assert max(shares) < 50, "before training no letter weighs much more than a third"
    page.wait_for_function("document.querySelectorAll('.bw-alignment-map .is-sound').length === 2")
    assert page.locator(".bw-tape :is(.is-wrong, .is-extra, .is-missing)").count() == 0
    notes = page.locator(".bw-tape-note").all_inner_texts()
    assert notes[1:] == ["not trained yet"] * 2
    data = train(page, score=0.9, steps=200)
    assert float(data["score"]) >= 0.9 and int(data["steps"]) <= 200, data
    frames(page)
    label = page.locator(".bw-alignment-map").get_attribute("aria-label")
    assert label.startswith("Alignment of day: ")
    assert page.locator(".bw-film canvas").count() >= 2
    assert len(set(page.evaluate(COLOURS))) > 1
    curve = page.locator(".bw-two .bw-chart").get_attribute("aria-label")
    assert curve.startswith("sounds wrong by seconds of training, each. attention: ")


@pytest.mark.slow
def test_on_words_attention_is_ahead_at_equal_steps(show):
    page = show(AlignmentTrainer(page_data.words()))
    page.get_by_text("Loss, your runs").click()
    page.get_by_label("equal steps").check()
    data = train(page, score=0.35, steps=900)
    assert int(data["steps"]) <= 900 and float(data["score"]) >= 0.35, data
    frames(page)
    attention, fixed = wrong(page)
    assert attention <= 24 and fixed >= 28, (attention, fixed)


def test_the_readers_word_is_asked_and_the_dictionary_knows_it(show):
    page = show(AlignmentTrainer(some_words(), word="day", width=32))
    note = page.locator(".bw-tape.is-encoder .bw-tape-note")
    note.filter(has_text="one of the words they learn").wait_for()
    field = page.get_by_label("Your word")
    field.fill("zebra")
    page.wait_for_function(
        """() => [...document.querySelectorAll(".bw-tape-note")].map((one) => one.innerText).join()
                 === ",not trained yet,not trained yet" """
    )  # what is not in the dictionary has no note of its own
    letters = page.locator(".bw-alignment-map .is-letter").all_text_contents()
    assert letters == list("zebra")
    said = page.locator(".bw-tape.is-attention .bw-cells i").all_inner_texts()
    assert set(said) <= {*PHONEMES.symbols, "?"}
    for typed, word in (("a-b", "“-”"), ("ab", "at least 3"), ("abcdefghi", "at most 8")):
        field.fill(typed)
        assert word in page.locator(".bw-message").inner_text()
        assert page.locator(".bw-alignment-map .is-letter").all_text_contents() == letters


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_a_phone(show, theme):
    page = show(AlignmentTrainer(some_words(), word="day"), width=390, theme=theme)
    press(page, "step")
    wait_for(page, "data.score !== ''")
    frames(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
