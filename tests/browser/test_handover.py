"""A model trained in one figure of a page is used by another one."""

import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.widgets import AlignmentExplorer, AlignmentTrainer
from tests.browser.few_words import some_words
from tests.browser.training import frames, press, wait_for
from tests.widgets.untrained import untrained

pytestmark = pytest.mark.browser

THEIRS, OURS = "Use the one I trained", "Use the book’s again"


def explorer(source=LETTERS, target=PHONEMES, fixed=True):
    """Untrained models, of other sizes than those that the trainer builds."""
    sizes = len(source), len(target)
    attention = untrained(bahdanau, BahdanauConfig(*sizes, 5, 7, 11, 3), 0.6, seed=1)
    other = untrained(seq2seq, Seq2SeqConfig(*sizes, 5, 7), 0.6, seed=2) if fixed else None
    return AlignmentExplorer(attention, other, source, target, word="day", max_phonemes=9)


def both(show, **settings):
    return show(AlignmentTrainer(some_words(), word="day", width=32), explorer(**settings))


def said(page) -> list[str]:
    """What the explorer's two models answer."""
    return page.locator(".bw-explorer .bw-answers").all_inner_texts()


def weights(page) -> list[str]:
    return page.locator(".bw-explorer .bw-picture").all_inner_texts()


@pytest.mark.parametrize("fixed", [True, False])
def test_an_explorer_takes_the_models_that_the_reader_trained(show, fixed):
    page = both(show, fixed=fixed)
    line, ours = page.locator(".bw-own-model"), said(page)
    assert not line.is_visible(), "nothing is trained yet"
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1 && data.score !== ''")
    line.wait_for(state="visible")
    assert "for 1 steps" not in line.inner_text() and said(page) == ours
    page.get_by_role("button", name=THEIRS).press("Enter")
    frames(page)
    trained = page.locator(".bw-alignment-trainer .bw-tape.is-attention .bw-cells i")
    theirs = said(page)
    assert theirs != ours
    first = trained.first.inner_text()
    assert first in theirs[0]
    page.get_by_role("button", name=OURS).press("Enter")
    frames(page)
    assert said(page) == ours


def test_a_longer_training_takes_the_place_of_the_one_before(show):
    page = both(show)
    press(page, "step")
    page.get_by_role("button", name=THEIRS).press("Enter")
    assert "after 1 step." in page.locator(".bw-own-model").inner_text()
    press(page, "step")
    page.get_by_text("you trained, after 2 steps.").wait_for()


def test_models_of_other_symbols_are_not_offered(show):
    letters = type(LETTERS)(LETTERS.symbols[4:-1])
    page = both(show, source=letters)
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1 && data.score !== ''")
    frames(page)
    assert not page.locator(".bw-own-model").is_visible()
