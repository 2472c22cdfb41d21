"""Chapter 8's words, and which letters were read for each of their sounds."""

import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.widgets import WordArcs
from tests.browser.stepping import check_looks, press, sentence, told, walk
from tests.helpers.thinned import thinned
from tests.widgets.test_attention_stepper import attending_model

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def arcs():
    return WordArcs(attending_model(), LETTERS, PHONEMES, ["phone", "knights"])


def test_the_sentences_name_the_letters_that_were_read(show, arcs):
    page = show(arcs)
    for k, trace in enumerate(arcs.traces):
        said = walk(page)
        assert trace["word"] in said[0] and " ".join(trace["sounds"]) in said[0]
        for sound, weights, text in zip(trace["sounds"], trace["weights"], said[1:], strict=True):
            most = max(weights)
            assert f"sound, {sound}, it read" in text
            letter = trace["word"][weights.index(most)]
            share = f"{int(100 * most + 0.5)}%"
            assert f"{share} of {letter}" in text or f"almost only {letter}: {share}" in text
        page.locator("[data-action=next]").focus()
        page.keyboard.press("Enter")
        assert told(page) == (1, (k + 1) % 2)


def test_of_one_word_there_is_no_choice(show):
    page = show(WordArcs(attending_model(), LETTERS, PHONEMES, ["day"]))
    assert page.get_by_role("radio").count() == 0
    assert "day" in walk(page)[0]


def test_lines_are_as_wide_as_the_weights(show, arcs):
    page = show(arcs)
    press(page, "Home")
    trace = arcs.traces[0]
    drawn = page.evaluate(
        "[...document.querySelectorAll('[data-sound]')].map((g) =>"
        " [...g.querySelectorAll('path')].map((p) => parseFloat(getComputedStyle(p).strokeWidth)))"
    )
    assert [len(row) for row in drawn] == [sum(w >= 0.02 for w in row) for row in trace["weights"]]
    for row, weights in zip(drawn, trace["weights"], strict=True):
        wanted = [max(1, 16 * weight) for weight in weights if weight >= 0.02]
        assert row == pytest.approx(wanted, abs=0.06)


def test_the_others_fade_when_one_sound_is_asked_for(show, arcs):
    page = show(arcs)
    press(page, "ArrowRight")
    shown = page.evaluate(
        "[...document.querySelectorAll('[data-sound]')].map((g) => +g.getAttribute('opacity'))"
    )
    assert shown[0] == 1 and max(shown[1:]) < 0.3
    assert sentence(page).startswith("For its first sound")


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, arcs, width, theme):
    check_looks(show(arcs, width=width, theme=theme), width)
