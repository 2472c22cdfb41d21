"""Chapter 4's beam in the page: what each step keeps, and who wins."""

import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.widgets import BeamStepper
from tests.browser.stepping import check_looks, press, sentence, told, walk, words
from tests.helpers.thinned import thinned
from tests.widgets.test_beam_stepper import spoken
from tests.widgets.untrained import untrained

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def figure():
    model = untrained(seq2seq, Seq2SeqConfig(len(LETTERS), len(PHONEMES), 5, 7), 0.8, seed=3)
    return BeamStepper(model, LETTERS, PHONEMES, "knight", widths=(1, 3), longest=6)


def percent(share):
    if share > 0.995:
        return ">99%"
    if share >= 0.0995:
        return f"{int(100 * share + 0.5)}%"
    return "<0.1%" if share < 0.0005 else f"{100 * share:.1f}%"


def test_each_step_says_what_is_kept_and_what_is_left_out(show, figure):
    page = show(figure)
    said = walk(page)
    search = figure.searches[0]
    assert len(said) == len(search) + 2 and "single beginning" in said[0]
    for text, (best, left) in zip(said[1:-1], search, strict=True):
        assert (best["token"] or "") in text and f"({percent(best['share'])})" in text
        assert f"({percent(left['share'])})" in text.split("left out")[1]
    sounds, share = spoken(search)
    assert f"{' '.join(sounds)} ({percent(share)})" in said[-1]
    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (1, 1) and "room for 3" in sentence(page)
    said = walk(page)
    sounds, share = spoken(figure.searches[1])
    assert f"{' '.join(sounds)} ({percent(share)})" in said[-1] and "greedy search" in said[-1]


def test_the_tree_grows(show, figure):
    page = show(figure)
    press(page, "Home")
    assert words(page) == "begin"
    press(page, "ArrowRight")
    seen = words(page).split(" | ")
    assert seen == ["begin", *sum(([one["token"], percent(one["share"])]
                                   for one in figure.searches[0][0]), [])]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, figure, width, theme):
    page = show(figure, width=width, theme=theme)
    check_looks(page, width)
    press(page, "Home")
    page.get_by_role("radio", name="3", exact=True).check(force=True)
    check_looks(page, width)
