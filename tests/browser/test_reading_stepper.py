"""Chapter 7's word, sound by sound, under several ways to read."""

import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.models.token_sized import READERS
from encdec_lib.widgets import ReadingStepper
from tests.browser.stepping import check_looks, press, sentence, told, walk, words
from tests.helpers.thinned import thinned
from tests.widgets.untrained_readers import reading

pytestmark = pytest.mark.browser
CHOSEN = ("last", "position", "weighted")


@pytest.fixture(scope="module")
def stepper():
    models = {
        read: reading(read, len(LETTERS), len(PHONEMES), seed=7)
        for read in READERS
        if read in CHOSEN
    }
    return ReadingStepper(models, LETTERS, PHONEMES, word="phone")


def test_every_way_is_gone_through_by_keyboard(show, stepper):
    page = show(stepper)
    for k, trace in enumerate(stepper.traces):
        said = walk(page)
        assert len(said) == len(trace["tokens"]) + 1 and "5 letters" in said[0]
        for token, text in zip(trace["tokens"], said[1:], strict=True):
            assert text.endswith("ends the word." if token == "end" else f"writes {token}.")
        if trace["read"] == "last":
            assert all("the same vector again" in text for text in said[2:])
        if trace["read"] == "position":
            assert (
                "the first vector, that of p" in said[1] and "second vector, that of h" in said[2]
            )
        if trace["read"] == "weighted":
            most = max(trace["weights"][0])
            assert (
                f"{int(100 * most + 0.5)}% of {'phone'[trace['weights'][0].index(most)]}" in said[1]
            )
        if k < 2:
            page.locator("[data-action=next]").focus()
            page.keyboard.press("Enter")
            assert told(page) == (2, k + 1)  # the encoder has read already


def test_shares_are_shown_and_earlier_vectors_stay(show, stepper):
    page = show(stepper)
    page.get_by_role("radio", name="weighted").check(force=True)
    press(page, "Home")
    assert "%" not in words(page)
    for _ in range(2):
        press(page, "ArrowRight")
    trace = stepper.traces[2]
    shares = " | ".join(f"{int(100 * share + 0.5)}%" for share in trace["weights"][1])
    assert shares in words(page) and " | ".join(trace["tokens"][:2]) in words(page)
    assert "second sound" in sentence(page)


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, stepper, width, theme):
    page = show(stepper, width=width, theme=theme)
    page.get_by_role("radio", name="weighted").check(force=True)
    check_looks(page, width)
