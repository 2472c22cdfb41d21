"""Chapter 4 in steps: what the page says is what the model does."""

import numpy as np
import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.data.vocabulary import BOS
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web import export_model
from encdec_lib.widgets import Seq2SeqStepper
from encdec_lib.widgets.host.trainer_widget import PARTS
from tests.browser.engine_page import as_json, load
from tests.browser.stepping import check_looks, press, sentence, told, walk, words
from tests.helpers.thinned import thinned
from tests.widgets.untrained import untrained

pytestmark = pytest.mark.browser
WORDS = {"day": "D EY", "charged": "CH AA R JH D"}


@pytest.fixture(scope="module", params=[False, True], ids=["forwards", "backwards"])
def model(request):
    config = Seq2SeqConfig(len(LETTERS), len(PHONEMES), 5, 11, reverse_source=request.param)
    return untrained(seq2seq, config, 0.9, seed=3)


def stepper_of(model, **more):
    return Seq2SeqStepper(model, LETTERS, PHONEMES, WORDS, **more)


def test_it_is_gone_through_by_keyboard(show, model):
    stepper = stepper_of(model, word="day")
    page = show(stepper)
    own, told_ones = stepper.words[0]["written"]
    said = walk(page)
    assert len(said) == 3 + 1 + len(own)
    first = "y" if stepper.reverse else "d"
    assert f"It reads {first}, and all 11 numbers change" in said[0]
    assert "all that will be known of day" in said[2] and "first state" in said[3]
    for one, text in zip(own, said[4:], strict=True):
        assert (one["said"] or "the end") in text
    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (1, 1)
    said = walk(page)
    assert len(said) == 3 + 1 + 3 and "The teacher gives it D" in said[5]
    assert "The teacher gives it EY" in said[6]
    assert [one["input"] for one in told_ones] == [None, "D", "EY"]


def test_another_word(show, model):
    page = show(stepper_of(model))
    page.get_by_role("radio", name="charged").check(force=True)
    press(page, "Home")
    assert told(page) == (1, 0)
    assert f"It reads {'d' if model.encoder.rnn.reverse else 'c'}" in sentence(page)
    assert words(page).startswith("encoder reads | its state | decoder reads | its state | writes")


def test_the_readers_own_model_is_read_as_the_library_reads_it(page, model):
    """reading.js on the exported weights against readings.py on the model."""
    stepper = stepper_of(model)
    load(page, "reading", folder=PARTS.parent / "seq2seq_stepper")
    said = page.evaluate(
        """([exported, words, symbols]) => {
             const data = Uint8Array.from(atob(exported.data), (c) => c.charCodeAt(0));
             return reading.readAgain({ ...exported, data }, words, symbols);
           }""",
        [as_json(export_model(model, "float32")), stepper.words, stepper.symbols],
    )
    assert (said["width"], said["reverse"]) == (11, stepper.reverse)
    for here, there in zip(stepper.words, said["words"], strict=True):
        np.testing.assert_allclose(there["read"], here["read"], atol=1e-4)
        for mine, theirs in zip(here["written"], there["written"], strict=True):
            for key in ("input", "said"):
                assert [one[key] for one in mine] == [one[key] for one in theirs]
            for key in ("share", "state"):
                np.testing.assert_allclose(
                    [one[key] for one in theirs], [one[key] for one in mine], atol=1e-4
                )


def test_a_model_that_the_reader_trained_takes_its_place(show, model):
    page = show(stepper_of(model))
    before = sentence(page)
    assert not page.locator(".bw-own-model").is_visible()
    other = untrained(seq2seq, Seq2SeqConfig(len(LETTERS), len(PHONEMES), 3, 7), 0.9, seed=BOS)
    page.evaluate(
        """(exported) => {
             const data = Uint8Array.from(atob(exported.data), (c) => c.charCodeAt(0)).buffer;
             (window.bookTrainedModels ??= new Map()).set("letters to sounds",
               { models: { fixed: { ...exported, data } }, steps: { fixed: 1234 } });
             const detail = "letters to sounds";
             window.dispatchEvent(new CustomEvent("bookTrainedModels", { detail }));
           }""",
        as_json(export_model(other, "float32")),
    )
    button = page.locator(".bw-own-model button")
    button.click()
    press(page, "Home")
    assert "all 7 numbers change" in sentence(page) and before != sentence(page)
    button.click()
    press(page, "Home")
    assert sentence(page) == before


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
@pytest.mark.parametrize("chosen", [0, 1])
def test_nothing_jumps_or_is_cut_off(show, model, width, theme, chosen):
    page = show(stepper_of(model, word="charged", chosen=chosen), width=width, theme=theme)
    check_looks(page, width)
