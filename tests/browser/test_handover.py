"""A model trained in one figure of a page is used by another one."""

import pytest
from flax import nnx

from encdec_lib.data import digits, translation
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.web import page_data
from encdec_lib.widgets import (
    AlignmentExplorer,
    AlignmentTrainer,
    AttentionDial,
    AutoencoderTrainer,
    DigitReader,
    ScoreRace,
    SelfAttentionStepper,
    SelfAttentionTrainer,
    TransformerExplorer,
    TransformerTrainer,
    ViTTrainer,
    WidthDial,
)
from tests.browser.few_words import some_words
from tests.browser.training import frames, press, train, wait_for
from tests.widgets.untrained import untrained
from tests.widgets.untrained_images import shaken
from tests.widgets.untrained_readers import scoring
from tests.widgets.untrained_transformers import small

pytestmark = pytest.mark.browser

THEIRS, OURS = "Use the one I trained", "Use the book’s again"
MANY = "Use the ones I trained"


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
    what = "these models" if fixed else "this model"
    assert f"You have trained {what} on this page, for 1 step." in line.inner_text()
    assert said(page) == ours
    page.get_by_role("button", name=MANY if fixed else THEIRS).press("Enter")
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
    page.get_by_role("button", name=MANY).press("Enter")
    assert "after 1 step." in page.locator(".bw-own-model").inner_text()
    press(page, "step")
    page.get_by_text("you trained, after 2 steps.").wait_for()


def test_models_of_other_symbols_are_not_offered(show):
    letters = type(LETTERS)(LETTERS.symbols[4:-1])
    trainer = AlignmentTrainer(some_words(), word="day", width=32)
    page = show(trainer, explorer(source=letters), explorer())
    press(page, "step")
    lines = page.locator(".bw-own-model")
    lines.nth(1).wait_for(state="visible")  # the models have come
    frames(page)
    assert not lines.nth(0).is_visible()


def swap(page, name=THEIRS):
    """Presses the button of the explorer as a keyboard does; it keeps the focus."""
    button = page.get_by_role("button", name=name)
    button.press("Enter")
    frames(page)
    assert page.locator(".bw-own-model button").evaluate("b => b === document.activeElement")


def written(page, root) -> list[str]:
    """What an explorer says that its model writes."""
    here = f"{root} .bw-answer.is-attention .bw-token:not(.bw-missing) .bw-said"
    return page.locator(here).all_inner_texts()


def same_answer(page, explorer, trainer):
    """Waits until the trainer, which asks its model once more when it stands, says the same."""
    page.wait_for_function(
        """([explorer, trainer]) => {
             const here = ".bw-answer.is-attention .bw-token:not(.bw-missing) .bw-said";
             const said = [...document.querySelectorAll(`${explorer} ${here}`)];
             const tape = `${trainer} .bw-tape.is-decoder .bw-spoken`;
             const trained = document.querySelector(tape).innerText.split(",")[0].trim();
             return (said.map((one) => one.innerText).join(" ") || "nothing") === trained;
           }""",
        arg=[explorer, trainer],
        timeout=5000,
    )


def text_of(root) -> str:
    """What an explorer shows, without its line of the reader's own model and what is read out."""
    return root.evaluate(
        """(e) => {
             const copy = e.cloneNode(true);
             for (const one of copy.querySelectorAll(".bw-own-model, [aria-live]")) one.remove();
             return copy.textContent;
           }"""
    )


def translator(**choices):
    english, korean = translation.ENGLISH, translation.KOREAN
    model = small(len(english), len(korean), **choices)
    return TransformerExplorer(
        model, english, korean, text="the dog sleeps", examples=("a cat laughs",), max_source=12
    )


@pytest.mark.slow
def test_a_transformer_of_sentences_makes_room_for_one_of_strings(show):
    page = show(TransformerTrainer(string="camel"), translator())
    root = page.locator(".bw-transformer")
    before = text_of(root)
    train(page, score=0.9, steps=150)
    swap(page)
    assert page.get_by_label("Type a string").input_value() == "camel"
    same_answer(page, ".bw-transformer", ".bw-transformer-trainer")
    assert page.locator(".bw-answer.is-reference").inner_text().split()[-5:] == [*"lemac"]
    assert "writes them backwards" in page.locator(".bw-own-model").inner_text()
    page.get_by_label("Type a string").fill("dime")
    page.keyboard.press("Enter")
    assert page.locator(".bw-answer.is-reference").inner_text().split()[-4:] == [*"emid"]
    page.get_by_label("Type a string").fill("zoo")
    page.get_by_text("The model knows the letters a to p, so it cannot read “z”.").wait_for()
    swap(page, OURS)
    assert text_of(root) == before


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{"leak": True}, {"layers": 4, "pre_norm": False}])
def test_every_kind_of_transformer_is_taken(show, settings):
    page = show(TransformerTrainer(string="camel", **settings), translator())
    train(page, score=0.9, steps=100)
    swap(page)
    same_answer(page, ".bw-transformer", ".bw-transformer-trainer")
    layers = page.locator(".bw-transformer fieldset").nth(1).locator("label").count()
    assert layers == settings.get("layers", 1)


def scores(**others):
    models = {name: scoring(name, **others) for name in ("general", "location")}
    return AttentionDial(models, LETTERS, PHONEMES, word="day", references={"day": "D EY"})


@pytest.mark.slow
def test_the_dial_of_scores_takes_all_four(show):
    page = show(ScoreRace(width=16), scores())
    train(page, score=2, steps=400)
    swap(page, MANY)
    dial = page.locator(".bw-attention-dial")
    names = dial.locator(".bw-choice").all_inner_texts()
    assert names == ["dot", "scaled dot", "general", "additive"]
    said = {}
    for name in names:
        dial.get_by_label(name, exact=True).check()
        frames(page)
        said[name] = written(page, ".bw-attention-dial")
        assert dial.locator(".bw-answer.is-reference").inner_text().split()[-9:] == [*"elppaenip"]
        right = [*"elppaenip"] == said[name]
        note = dial.locator(".is-attention .bw-verdict").inner_text()
        assert (note == "all right") == right and "listed" not in note
    assert len({"".join(one) for one in said.values()}) > 1, "there are four models"
    swap(page, OURS)
    assert dial.locator(".bw-choice").all_inner_texts() == ["general", "location"]
    assert page.get_by_label("Type an English word").input_value() == "day"


@pytest.mark.slow
def test_the_dial_of_scores_takes_those_of_words_and_no_other_letters(show):
    dials = []
    for letters in (type(LETTERS)(LETTERS.symbols[4:-1]), LETTERS):
        models = {"general": scoring("general", source=len(letters))}
        known = {"day": "D EY"}
        dials.append(AttentionDial(models, letters, PHONEMES, word="day", references=known))
    page = show(ScoreRace("words", width=16, string="day", words=some_words()), *dials)
    press(page, "step")
    lines = page.locator(".bw-own-model")
    lines.nth(1).wait_for(state="visible")  # all four models have come
    frames(page)
    assert not lines.nth(0).is_visible(), "it lacks a letter"
    theirs = page.locator(".bw-attention-dial").nth(1)
    theirs.get_by_role("button", name=MANY).press("Enter")
    frames(page)
    assert theirs.locator(".bw-choice").count() == 4
    assert theirs.get_by_label("Type an English word").input_value() == "day"
    assert "and write their sounds" in lines.nth(1).inner_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    "task, string, aim",
    [
        ("look up", "3 camel", "find what stands at a place"),
        ("reverse", "camel", "write a string backwards"),
        ("sort", "camel", "sort letters"),
    ],
)
def test_the_stepper_shows_the_layer_that_was_trained(show, task, string, aim):
    sizes = {"d_model": 14, "heads": 1, "d_ff": 11, "d_k": 5, "d_v": 7}
    config = TransformerConfig(25, 25, **sizes, encoder_layers=1, decoder_layers=1)
    model = shaken(lambda: transformer(config, rngs=nnx.Rngs(0)), 3)
    trainer = SelfAttentionTrainer(task, scaled=False, d_k=1, string=string)
    page = show(trainer, SelfAttentionStepper(model, "3 camel", step=6))
    stepper = page.locator(".bw-self-attention-stepper")
    ours = stepper.locator("svg").get_attribute("aria-label")
    train(page, score=2, steps=100)
    swap(page)
    assert f"It has learned to {aim}." in page.locator(".bw-own-model").inner_text()
    assert stepper.locator(".bw-own").input_value() == (string if task == "look up" else "codel")
    stepper.locator(".bw-own").fill(string)
    frames(page)
    say = stepper.locator(".bw-say").first
    tape = page.locator(".bw-self-attention-trainer .bw-tape.is-decoder .bw-spoken")
    trained = " ".join(tape.inner_text().split(",")[0].split())
    assert f"the model writes {trained}." in say.inner_text()
    assert stepper.locator("svg").get_attribute("aria-label") != ours
    for _ in range(3):
        page.keyboard.press("Shift+Tab")  # out of the field
    stepper.locator(".bw-stage").focus()
    page.keyboard.press("Home")
    frames(page)
    assert " 1 number:" in say.inner_text()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    frames(page)
    assert "Nothing divides it in this model." in say.inner_text()
    swap(page, OURS)
    assert stepper.locator("svg").get_attribute("aria-label") == ours
    assert stepper.locator(".bw-own").input_value() == "3 camel"


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{"patch": 12}, {"patch": 6, "positions": "none"}])
def test_the_reader_of_digits_takes_the_one_that_was_trained(show, settings):
    data = page_data.digits(train=1000, held=150, side=28)
    sizes = {"d_model": 6, "heads": 3, "d_ff": 5, "layers": 2}
    ours = shaken(lambda: vit(ViTConfig(28, 7, **sizes), rngs=nnx.Rngs(0)), seed=7)
    ten = page_data.unpack_digits(data).held
    first = [int((ten.labels == label).argmax()) for label in range(10)]
    reader = DigitReader({7: ours}, ten.take(first), start=3)
    page = show(ViTTrainer(layers=1, data=data, **settings), reader)
    train(page, score=0.9, steps=100)
    swap(page)
    patch = settings["patch"]
    node = page.locator(".bw-digits")
    assert node.locator(".bw-choice").first.inner_text().startswith(f"{patch}×{patch}")
    for digit in range(10):
        page.locator(".bw-thumb").nth(digit).click()
        node.locator(".bw-digit").nth(digit).click()
        frames(page)
        page.wait_for_timeout(150)
        bars = page.locator(".bw-vit-trainer .bw-bars .bw-share").all_inner_texts()
        assert node.locator(".bw-bars .bw-share").all_inner_texts() == bars
        darkest = """cells => {
            const shares = cells.map(({ dataset }) => Number(dataset.share));
            return shares.indexOf(Math.max(...shares));
        }"""
        there = page.locator(".bw-own-digit .bw-patches i").evaluate_all(darkest)
        assert node.locator(".bw-patches i").evaluate_all(darkest) == there
    page.get_by_role("button", name="centre and scale", exact=True).click()
    swap(page, OURS)
    assert node.locator(".bw-choice").first.inner_text().startswith("7×7")


@pytest.mark.slow
@pytest.mark.parametrize("width", [2, 8])
def test_the_dial_of_widths_takes_an_autoencoder(show, width):
    test = digits.load(14).test
    models = [
        shaken(lambda D=D: autoencoder(AutoencoderConfig(14, 5, D), rngs=nnx.Rngs(0)), seed=D)
        for D in (2, 8, 13)
    ]
    plane = test.take(slice(11))
    errors = {2: 0.31, 8: 0.37, 13: 0.41}
    dial = WidthDial(models, test.take(slice(7)), errors=errors, plane=plane, width=13)
    data = page_data.digits(train=1000, held=200, side=14)
    page = show(AutoencoderTrainer(width=width, hidden=16, data=data), dial)
    node = page.locator(".bw-widths")
    columns = node.locator(".bw-column .bw-number")
    before = columns.all_inner_texts()
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1 && data.score !== ''")
    frames(page)
    swap(page)
    error = float(page.locator(".bw-big b").first.inner_text().rstrip("%"))
    told = node.locator(".bw-error").inner_text()
    assert f"{error:.0f}% over the test digits" in told or f"{error:.1f}% over the" in told
    after = columns.all_inner_texts()
    k = [2, 8, 13].index(width)
    assert [a == b for a, b in zip(after, before, strict=True)] == [n != k for n in range(3)]
    assert node.get_attribute("data-width") == str(width)
    assert node.locator(".bw-plane").is_visible() == (width == 2)
    assert node.locator(".bw-plane text").count() == (7 if width == 2 else 11)
    swap(page, OURS)
    assert columns.all_inner_texts() == before and node.get_attribute("data-width") == "13"
