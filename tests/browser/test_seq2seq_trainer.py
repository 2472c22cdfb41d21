"""The trainer of chapter 4 in Chromium, with the engine that readers get."""

import json

import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.pronunciations import PHONEMES
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web import page_data
from encdec_lib.web.same_training import fitted_losses
from encdec_lib.widgets import Seq2SeqTrainer
from encdec_lib.widgets.host.trainer_widget import PARTS
from tests.browser.engine_page import ENGINE, add, load
from tests.browser.test_same_numbers import given
from tests.browser.test_trainer_words import trained
from tests.browser.training import KEEP_ORDERS, faked, frames, press, told, train, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def words():
    return page_data.words()


def few_words() -> bytes:
    """64 made-up words of three letters and two sounds; every one is asked for as well."""
    lines = [f"{a}{b}y {a.upper()}{b.upper()}" for a in "abcdefgh" for b in "aeioustr"]
    known = list(PHONEMES.symbols[4:])
    return json.dumps(
        {"phonemes": known, "train": "\n".join(lines), "held": "\n".join(lines)}
    ).encode()


def test_the_page_and_python_mean_the_same(page):
    load(page, "plan", folder=PARTS.parent / "seq2seq_trainer")
    dials = {"width": 16, "reverse": True}
    for forcing in (1, 0.75, 0.5, 0):
        trainer = Seq2SeqTrainer(few_words(), **dials, forcing=forcing, seed=3)
        told = dials | {"forcing": forcing}
        said = page.evaluate("dials => plan.plan(dials, 3).runs[0].config", told)
        assert said == trainer.config


def test_the_losses_that_the_figure_carries_are_the_engines(page, words):
    trainer = Seq2SeqTrainer(words)
    load(page, "run", folder=ENGINE / "training")
    add(page, "plan", folder=PARTS.parent / "seq2seq_trainer")
    said = given(
        page,
        """({ config, words }) => { const made = run.createRun(config, { words });
             return Array.from({ length: 20 }, () => made.step()); }""",
        config=trainer.config, words=words,
    )  # fmt: skip
    np.testing.assert_allclose(said, trainer.first_losses, rtol=2e-5)


@pytest.mark.slow
def test_fit_has_the_same_losses(words):
    trainer = Seq2SeqTrainer(words)
    model = seq2seq(Seq2SeqConfig(30, 43, embed_dim=32, state_dim=64), rngs=nnx.Rngs(0))
    here = fitted_losses(model, trainer.config, data=words)
    np.testing.assert_allclose(here, trainer.first_losses, rtol=1e-4)


def test_by_keyboard_alone_a_word_is_said_better_and_better(show):
    page = show(Seq2SeqTrainer(few_words(), word="bay", width=32))
    page.wait_for_function(  # they are counted by the engine, which starts beside the page
        "document.querySelector('.bw-status').innerText.includes('parameters, untrained')"
    )
    data = train(page, score=0.95, steps=600)
    assert float(data["score"]) >= 0.95 and int(data["steps"]) <= 600, data
    page.wait_for_function(
        "document.querySelector('.bw-log .is-now small').innerText === 'all right'"
    )
    lines = page.locator(".bw-log li").all_inner_texts()
    assert len(lines) >= 2 and lines[0].startswith("step 0")
    assert "not trained yet" in lines[0]
    listed = page.locator(".bw-listed").inner_text()
    assert listed.startswith("The dictionary says ") and listed.endswith(
        "It never trains on this word."
    )
    page.locator(".bw-own").fill("zzzz")
    page.wait_for_function("document.querySelector('.bw-listed').innerText.includes('not in its')")
    assert page.locator(".bw-log .is-wrong, .bw-log .is-missing").count() == 0
    press(page, "step")  # so that the figure can be asked again, and stands still


def test_what_is_said_stands_on_one_line(page):
    """Whatever is said; an ellipsis stands for what there is no room for, and never for a sound of
    an answer that is right."""
    load(page, "spoken_log", folder=PARTS.parent / "seq2seq_trainer")
    seen = page.evaluate(
        """() => {
          const log = spoken_log.spokenLog();
          const hear = (steps, sounds, right) => {
            log.clear();
            log.hear(steps, [...sounds], right ? [[...right]] : []);
            return [...log.node.querySelectorAll("i")].map((e) => e.textContent).join("");
          };
          return [hear(9, "abcdefghijkl", "abcd"), hear(9, "abcdefghij", "abcdefghij"),
                  hear(9, "abcdefgh", "abcdefgh"), hear(9, "abcdefghi", null)];
        }"""
    )
    assert seen == ["abcdefg…", "abcdefghij", "abcdefgh", "abcdefg…"]


@pytest.mark.parametrize("width", [1000, 390])
def test_a_line_of_sounds_is_as_high_as_one(show, width):
    """And the button for another word stands beside the field."""
    page = show(faked(Seq2SeqTrainer(few_words(), word="baby")), width=width)
    press(page, "step")  # the engine of the tests says as many sounds as there are letters
    page.locator(".bw-own").fill("babababa")
    page.wait_for_function("document.querySelectorAll('.bw-log .is-now .bw-cells i').length === 8")
    tops = page.locator(".bw-log .is-now .bw-cells i").evaluate_all(
        "all => [...new Set(all.map((e) => Math.round(e.getBoundingClientRect().top)))]"
    )
    assert len(tops) == 1
    field, button = page.locator(".bw-own"), page.get_by_role("button", name="Another word")
    above, beside = field.bounding_box(), button.bounding_box()
    assert beside["x"] >= above["x"] + above["width"]
    assert abs(beside["y"] - above["y"]) < 8
    assert beside["x"] + beside["width"] <= width


def test_another_word_and_another_dial(show):
    page = show(Seq2SeqTrainer(few_words(), word="bay", width=16))
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1 && data.score !== ''")
    page.locator(".bw-own").fill("be")
    frames(page)
    assert "at least 3 letters" in page.locator(".bw-message").inner_text()
    assert told(page)["steps"] == "1"
    page.locator(".bw-own").fill("bay")
    page.get_by_label("backwards").check()
    frames(page)
    assert told(page)["steps"] == "0"
    cells = page.locator(".bw-tape.is-encoder .bw-cells i").all_inner_texts()
    assert cells == ["y", "a", "b"]


@pytest.mark.own_page
def test_a_run_is_told_as_many_true_sounds_as_its_dial_says(show, page):
    page.add_init_script(KEEP_ORDERS)
    show(faked(Seq2SeqTrainer(few_words(), word="bay", width=16, forcing=0.75), tick=1.5))
    dial = page.get_by_role("group", name="Teacher forcing")
    assert dial.get_by_label("75%").is_checked()
    dial.get_by_label("0%", exact=True).check()
    said, listed = trained(page)
    assert "with 16 numbers, read forwards, 0% teacher forcing: " in said
    assert listed[2:6] == ["16", "forwards", "0%", "200"]  # after what came out
    config = page.evaluate(
        "JSON.stringify(window.orders.filter(({ type }) => type === 'build').at(-1).config)"
    )
    assert json.loads(config) == Seq2SeqTrainer(few_words(), width=16, forcing=0).config


@pytest.mark.slow
def test_it_learns_the_words_of_the_dictionary(show, words):
    """Half of the sounds of unseen words within 800 steps."""
    page = show(Seq2SeqTrainer(words))
    train(page, score=2, steps=800)
    frames(page)
    wrong = page.locator(".bw-big b").first.inner_text()
    assert int(wrong.strip("%")) < 50
