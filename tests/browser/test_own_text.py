"""A reader's own data in the page: texts are cut up, and answered, as in Python."""

import random

import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.data import Vocabulary
from encdec_lib.generate.sampling import greedy
from encdec_lib.web import rounded
from encdec_lib.widgets import AlignmentExplorer, TransformerExplorer
from encdec_lib.widgets.parts import PARTS
from tests.browser.engine_page import load
from tests.browser.looking import shares
from tests.helpers.thinned import thinned
from tests.widgets.own_text import TEXTS, attending, transforming, vocabulary

pytestmark = pytest.mark.browser

HARD = [
    "", " ", "The  LOWEST\u00a0low\tis…", "zebra-striped 'zebra' l’été don't--",
    "İstanbul ΟΔΟΣ ΟΔΟΣ.", "e\u0301 \u1112\u1161\u11ab caf\u00e9", "👩\u200d🚀 नमस्ते می\u200cخواهم",
    "a\u0000b▁c\ufeff", "<b>&amp;</b> 3.14 x_y",
]  # fmt: skip


def made(count: int) -> list[str]:
    rng = random.Random(7)
    letters = sorted(set("".join(TEXTS))) + list(" \u0301'’-ßÅ")
    return ["".join(rng.choices(letters, k=rng.randrange(40))) for _ in range(count)]


@pytest.mark.parametrize("unit", ["words", "characters", "subwords"])
@pytest.mark.parametrize("lowercase", [True, False])
def test_the_page_cuts_texts_as_python_does(page, unit, lowercase):
    load(page, "reading", folder=PARTS)
    words = vocabulary(unit, lowercase)
    texts = [*TEXTS, *HARD, *made(200)]
    tokens, cleaned, joined = page.evaluate(
        """([rule, texts]) => {
             const { clean, tokens, join } = window.reading.readingOf(rule);
             return [texts.map(tokens), texts.map(clean), texts.map((text) => join(tokens(text)))];
           }""",
        [words.rule, texts],
    )
    assert cleaned == [words.clean(text) for text in texts]
    assert tokens == words.tokens_of_each(texts)
    assert joined == [words.join(row) for row in tokens]


def type_text(page, text):
    page.get_by_label("Type a text").fill(text)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


@pytest.mark.parametrize(
    "unit", ["words", pytest.param("characters", marks=pytest.mark.slow), "subwords"]
)
def test_the_alignment_explorer_answers_as_flax_does(show, unit):
    source, target = vocabulary(unit), vocabulary("subwords")
    model = attending(source, target)
    page = show(AlignmentExplorer(model, None, source, target, word="It RAINS.", max_phonemes=9))
    for text in ("It RAINS.", "the cafe\u0301 is low"):
        type_text(page, text)
        said = greedy(rounded(model), jnp.asarray(source.encode_texts(text)), max_length=9)
        tokens = target.decode(said.tokens[0])
        assert page.locator(".bw-letter").all_inner_texts() == source.tokens(text)
        assert page.locator(".bw-phoneme b").all_inner_texts() == tokens
        expected = 100 * said.weights[0, 0, : len(tokens)].ravel()
        np.testing.assert_allclose(shares(page, ".bw-cell"), expected, atol=0.51)
        answer = page.locator(".is-attention .bw-tokens").inner_text()
        assert answer == target.join(tokens)
    assert page.locator(".is-fixed").count() == 0
    noun = unit.removesuffix("s")
    assert page.locator(".bw-letter").first.get_attribute("aria-label").startswith(f"{noun} ")


def test_an_unknown_word_is_named_and_read_as_unk(show):
    words = vocabulary("words")
    page = show(
        AlignmentExplorer(
            attending(words, words), None, words, words, word="it rain", examples=["Told: it!"],
            references={"IT rain": "it is Zürich"}, max_letters=12,
        )
    )  # fmt: skip
    message = page.locator(".bw-message")
    assert message.inner_text() == ""
    assert page.locator(".is-reference .bw-tokens").inner_text().split() == ["it", "is", "zürich"]
    type_text(page, "the <b>zebra</b> is")
    assert message.inner_text().startswith("The training texts did not have “<”, “b”, “>”, “zebra”")
    type_text(page, "The zebra is")
    assert message.inner_text() == (
        "The training texts did not have “zebra”; the model reads <unk> there."
    )
    assert page.locator(".is-stale").count() == 0
    assert page.locator(".bw-word").get_attribute("aria-invalid") == "false"
    for text, sentence in (("  ", "Type a text to begin"), ("it " * 13, "This is 13 words long")):
        type_text(page, text)
        assert sentence in message.inner_text() and page.locator(".is-stale").count() == 1
    page.get_by_role("button", name="told: it!").click()
    assert page.locator(".bw-letter").all_inner_texts() == ["told", ":", "it", "!"]


@pytest.mark.parametrize("unit", [pytest.param("words", marks=pytest.mark.slow), "subwords"])
def test_the_transformer_explorer_answers_as_flax_does(show, unit):
    source, target = vocabulary(unit), vocabulary("characters")
    model = transforming(source, target)
    page = show(TransformerExplorer(model, source, target, text="It rain", max_target=9))
    for text in ("It rain", "LOWER zebra"):
        type_text(page, text)
        said = greedy(rounded(model), jnp.asarray(source.encode_texts(text)), max_length=9)
        answer = page.locator(".is-attention .bw-tokens").inner_text()
        assert answer.strip() == target.decode_text(said.tokens[0])
        assert page.locator(".bw-letter").all_inner_texts() == source.tokens(text)


@pytest.mark.parametrize("width", thinned([390, 1000], [390]))
def test_long_words_fit(show, width):
    words = vocabulary("words")
    text = "the lowest doesn't rain, café told low lower"
    page = show(
        AlignmentExplorer(attending(words, words), None, words, words, word=text), width=width
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = page.eval_on_selector_all(
        ".bw-letter",
        """cells => cells.map((cell) => {
             const [inner, outer] =
               [cell.firstElementChild, cell].map((e) => e.getBoundingClientRect());
             return inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
           })""",
    )
    assert len(boxes) == 9 and all(boxes)


def test_a_typed_word_in_letters_apart_is_read(show):
    letters = Vocabulary("abcdeé")
    model = attending(letters, letters)
    page = show(AlignmentExplorer(model, None, letters, letters, word="bé", examples=()))
    page.get_by_label("Type an English word").fill("be\u0301e\u0301")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.locator(".bw-letter").all_inner_texts() == ["b", "é", "é"]
    assert page.locator(".bw-message").inner_text() == ""


def test_a_model_is_loaded_when_its_reader_asks(show):
    words = vocabulary("subwords")
    model = attending(words, words)
    page = show(
        AlignmentExplorer(
            model, None, words, words, word="it rains", max_phonemes=9, dtype="int8",
            ask="Load the model",
        )
    )  # fmt: skip
    assert page.locator("input, .bw-cell").count() == 0
    page.get_by_role("button", name="Load the model").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Type a text").wait_for()
    assert page.get_by_role("button", name="Load the model").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    said = greedy(rounded(model, "int8"), jnp.asarray(words.encode_texts("it rains")), max_length=9)
    expected = words.join(words.decode(said.tokens[0]))
    assert page.locator(".is-attention .bw-tokens").inner_text() == expected


def test_what_cannot_be_loaded_is_said_and_may_be_asked_for_again(show):
    words = vocabulary("subwords")
    model = attending(words, words)
    explorer = AlignmentExplorer(model, None, words, words, word="low", ask="Load the model")
    empty = {"$lazy": {"src": "data:text/javascript,"}}  # a file in which nothing stands
    explorer.attention = explorer.attention | {"data": empty}
    ask = show(explorer).get_by_role("button", name="Load the model")
    ask.click()
    ask.page.get_by_text("It could not be loaded").wait_for()
    assert ask.is_enabled()
    assert "type a text" in explorer.static_html() and "phoneme" not in explorer.static_fallback
