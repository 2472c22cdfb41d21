"""The widgets in Chromium: a page from disk, no kernel, no network, keyboard and pointer."""

import re

import jax.numpy as jnp
import numpy as np
import pytest
import traitlets

from encdec_lib.data import translation
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.generate.sampling import greedy
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web import rounded
from encdec_lib.widgets import AlignmentExplorer, BookWidget, LengthDial
from tests.browser.looking import CONTRAST, shares, type_word
from tests.browser.stopwatch import fastest_frame
from tests.helpers.thinned import thinned
from tests.widgets.untrained import untrained

pytestmark = pytest.mark.browser


def pair(source, target, attention=(5, 7, 11, 3), fixed=(5, 7), scale=0.6):
    """A model that attends and one that does not, for these vocabularies."""
    sizes = len(source), len(target)
    return (
        untrained(bahdanau, BahdanauConfig(*sizes, *attention), scale, seed=1),
        untrained(seq2seq, Seq2SeqConfig(*sizes, *fixed), scale, seed=2),
    )


@pytest.fixture(scope="module")
def pronouncers():
    return pair(LETTERS, PHONEMES)


@pytest.fixture(scope="module")
def full_size():
    """As wide as the models of the chapters."""
    return pair(LETTERS, PHONEMES, (64, 128, 128, 64), (64, 192), scale=0.1)


@pytest.fixture(scope="module")
def explorer(pronouncers):
    """Its models are untrained: any answer is right that equals Flax's."""
    return AlignmentExplorer(
        *pronouncers, LETTERS, PHONEMES, word="knight", max_phonemes=9,
        references={"knight": "N AY T", "day": ["D EY", "D AY"]},
    )  # fmt: skip


@pytest.fixture(scope="module")
def dial():
    english, korean = translation.ENGLISH, translation.KOREAN
    return LengthDial(
        *pair(english, korean),
        english,
        korean,
        sentences=translation.growing_sentence(50),
        curve={"lengths": [7, 20, 48], "fixed": [60, 30, 10], "attention": [99, 98, 97]},
        gloss=translation.GLOSS,
    )


# ---------------------------------------------------------------- alignment explorer


@pytest.mark.parametrize("word", ["knight", "x", "international"])
def test_the_page_shows_what_the_flax_model_says(show, explorer, pronouncers, word):
    page = show(explorer)
    type_word(page, word)
    source = jnp.array([LETTERS.encode(word)])
    tokens, _, weights = greedy(rounded(pronouncers[0]), source, max_length=9)
    phonemes = PHONEMES.decode(tokens[0])
    assert page.locator(".bw-phoneme b").all_inner_texts() == phonemes
    assert page.locator(".bw-letter").all_inner_texts() == list(word)
    expected = 100 * weights[0, 0, : len(phonemes)].ravel()
    np.testing.assert_allclose(shares(page, ".bw-cell"), expected, atol=0.51)

    one = PHONEMES.decode(greedy(rounded(pronouncers[1]), source, max_length=9).tokens[0])
    said = page.locator(".is-fixed .bw-token:not(.bw-missing) .bw-said").all_inner_texts()
    assert said == one


def test_pointing_at_a_phoneme_lights_its_letters_and_back(show, explorer):
    page = show(explorer)
    columns = page.locator(".bw-letter").count()
    row = shares(page, ".bw-cell")[columns : 2 * columns]
    page.locator(".bw-phoneme").nth(1).hover()
    assert shares(page, ".bw-letter") == row and max(row) > 0
    assert "reads" in page.locator(".bw-reading").inner_text()
    page.locator(".bw-letter").nth(2).hover()
    assert shares(page, ".bw-phoneme") == shares(page, ".bw-cell")[2::columns]
    page.mouse.move(0, 0)
    assert set(shares(page, ".bw-letter")) == {0}


def test_tapping_a_phoneme_keeps_it_lit(show, explorer):
    page = show(explorer, width=390)
    page.locator(".bw-phoneme").first.click()
    page.mouse.move(0, 0)
    assert max(shares(page, ".bw-letter")) > 0


def test_arrow_keys_walk_through_the_grid(show, explorer):
    page = show(explorer)
    focused = "document.activeElement.getAttribute('aria-label')"
    page.locator(".bw-example").last.focus()
    page.keyboard.press("Tab")
    first = page.evaluate(focused)
    assert first.startswith("phoneme ") and max(shares(page, ".bw-letter")) > 0
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) != first
    page.keyboard.press("ArrowRight")
    assert re.fullmatch(r"\w+ reads k: \d+%", page.evaluate(focused))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")  # there is nothing above the letters
    assert page.evaluate(focused).startswith("letter k")
    page.keyboard.press("End")
    assert page.evaluate(focused).startswith("letter t")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    assert page.evaluate(focused) == first
    assert page.locator("[role=grid] [tabindex='0']").count() == 1


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("", "Type a word to begin"),
        ("   ", "Type a word to begin"),
        ("r2d2", "they cannot read “2”"),
        ("학교", "they cannot read “학”"),
        ("naïve", "they cannot read “ï”"),
        ("don't", "only know the letters a to z, so"),
        ("two words", "one word at a time"),
        ("x" * 200, "This word has 200 letters"),
        ("<b>x</b>", "they cannot read “<”"),
        ("__proto__", "they cannot read “_”"),
    ],
)
def test_bad_input_gets_one_sentence_and_keeps_the_picture(show, explorer, typed, sentence):
    page = show(explorer)
    before = page.locator(".bw-phoneme b").all_inner_texts()
    type_word(page, typed)
    message = page.locator(".bw-message")
    assert sentence in message.inner_text() and message.inner_text().count(".") == 1
    assert message.get_attribute("role") == "status"
    assert page.locator(".bw-result.is-stale").count() == 1
    assert page.locator(".bw-word").get_attribute("aria-invalid") == "true"
    assert page.locator(".bw-phoneme b").all_inner_texts() == before
    type_word(page, "KNIGHT ")  # capitals and a space at the end do no harm
    assert message.inner_text() == "" and page.locator(".is-stale").count() == 0


def test_words_named_like_object_properties_are_words(show, explorer):
    page = show(explorer)
    type_word(page, "constructor")
    assert page.locator(".bw-letter").all_inner_texts() == list("constructor")
    assert page.locator(".is-reference").count() == 0


def test_mistakes_are_marked_in_words_too(show, explorer):
    page = show(explorer)
    assert page.locator(".is-reference .bw-tokens").inner_text().split() == ["N", "AY", "T"]
    assert re.search(r"\d of 3 right", page.locator(".is-attention .bw-verdict").inner_text())
    faults = page.locator(".is-attention .bw-tokens .bw-spoken").all_text_contents()
    assert any(re.match(r"\[(wrong, should be \w+|extra|left out)", f) for f in faults)
    type_word(page, "zebra")  # the page has no reference for it
    assert page.locator(".is-reference").count() == 0
    assert page.locator(".is-attention .bw-verdict").inner_text() in (
        "", "stopped after 9 phonemes",
    )  # fmt: skip


def test_an_example_is_one_click(show, explorer):
    page = show(explorer)
    page.get_by_role("button", name="enough").click()
    assert page.locator(".bw-word").input_value() == "enough"
    assert page.locator(".bw-letter").all_inner_texts() == list("enough")


def test_an_answer_is_announced_after_typing(show, explorer):
    page = show(explorer)
    type_word(page, "day")
    page.wait_for_function(
        "document.querySelector('[aria-live=polite]').textContent.startsWith('day. With attention')"
    )


@pytest.mark.timing
def test_the_first_answer_comes_within_a_second(show, full_size):
    page = show(AlignmentExplorer(*full_size, LETTERS, PHONEMES, word="internationally"))
    assert page.locator(".bw-cell").count() >= 15
    load = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert page.evaluate("performance.now()") - load < 1000  # milliseconds


# ---------------------------------------------------------------- length dial


def test_the_slider_answers_to_the_keyboard(show, dial):
    page = show(dial)
    slider = page.get_by_role("slider", name="Source length")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_selector(".bw-dial[data-length='4']")
    assert page.locator(".is-source .bw-tokens").inner_text().split() == dial.sentences[0]["source"]
    assert slider.get_attribute("aria-valuetext") == "4 tokens"
    point = page.locator(".bw-point.is-fixed")
    before = point.get_attribute("transform")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".bw-dial[data-length='7']")  # there is none of 5 or 6
    assert page.locator(".bw-new").all_inner_texts() == ["in", "the", "market"]
    assert point.get_attribute("transform") != before
    assert "At 7 tokens: with attention 99.0" in page.locator("svg").get_attribute("aria-label")


def test_both_models_translate_and_are_marked(show, dial):
    page = show(dial)
    page.locator(".bw-slider").fill("48")
    page.wait_for_selector(".bw-dial[data-length='48']")
    wanted = len(dial.sentences[-1]["references"][0])
    for kind in ("attention", "fixed"):
        row = page.locator(f".bw-answer.is-{kind}")
        right = int(
            re.match(rf"(\d+) of {wanted} right", row.locator(".bw-verdict").inner_text())[1]
        )
        assert row.locator(".bw-right").count() == right
        assert row.locator(".bw-right, .bw-wrong, .bw-missing").count() == wanted
        assert row.locator(".bw-token > .bw-spoken").count() >= wanted - right
    assert page.locator(".is-reference .bw-gloss").first.is_visible()
    page.get_by_label("meaning under each word").uncheck()
    assert page.locator(".is-reference .bw-gloss").first.is_hidden()


@pytest.mark.timing
def test_fifty_tokens_twice_stay_within_a_tenth_of_a_second(show, full_size):
    sentences = [(list("a" * length), ["AH"] * length) for length in range(44, 51)]
    curve = {"lengths": [4], "fixed": [1], "attention": [1]}
    page = show(
        LengthDial(*full_size, LETTERS, PHONEMES, sentences=sentences, curve=curve, max_tokens=50)
    )
    assert fastest_frame(page, [48, 46, 44, 50, 49]) < 100  # milliseconds


# ---------------------------------------------------------------- both


@pytest.mark.parametrize("name", ["explorer", "dial"])
@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_a_phone_shows_it_all_without_scrolling_sideways(show, request, name, theme):
    page = show(request.getfixturevalue(name), width=390, theme=theme)
    if name == "explorer":
        type_word(page, "internationalize")
    else:
        page.locator(".bw-slider").fill("48")
        page.wait_for_selector(".bw-dial[data-length='48']")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = page.eval_on_selector_all(
        ".bw-root input, .bw-root button", "es => es.map((e) => e.getBoundingClientRect().right)"
    )
    assert max(boxes) <= 390


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_text_stands_out_in_light_and_dark(show, explorer, dial, theme):
    page = show(explorer, dial, theme=theme)
    type_word(page, "r2")
    for selector in (
        ".bw-letter", ".bw-phoneme b", ".bw-phoneme small", ".bw-cell span", ".bw-reading",
        ".bw-hint", ".bw-message", ".bw-word", ".bw-example", ".bw-who", ".bw-verdict",
        ".bw-wrong .bw-said", ".bw-gloss", ".bw-length", ".bw-right",
    ):  # fmt: skip
        for element in page.locator(selector).all()[:20]:
            ratio = element.evaluate(CONTRAST)
            assert ratio >= 4.5, f"{selector}: {ratio:.2f} in {theme}"


def test_every_control_has_a_name_and_a_visible_focus(show, explorer, dial):
    page = show(explorer, dial)
    controls = page.locator(".bw-root input, .bw-root button, .bw-root summary")
    for control in filter(lambda control: control.is_visible(), controls.all()):
        assert control.evaluate("e => (e.labels?.[0]?.innerText ?? e.innerText).trim()")
        control.focus()
        page.keyboard.press("Shift")  # the last input was the keyboard: focus is visible
        edged = "[e, e.closest('label') ?? e].map((one) => getComputedStyle(one).outlineStyle)"
        assert "solid" in control.evaluate(f"e => {edged}")


def test_widgets_of_a_kind_share_module_and_style_but_no_state(show, explorer):
    page = show(explorer, explorer)
    assert page.evaluate("Object.keys(window.bookWidgetModules).length") == 1
    assert page.locator("style[data-book-widget]").count() == 1
    ids = page.eval_on_selector_all(".bw-root [id]", "es => es.map((e) => e.id)")
    assert len(ids) == len(set(ids))
    page.get_by_label("Type an English word").nth(1).fill("day")
    page.wait_for_selector(".bw-explorer[data-word='day']")
    assert page.locator(".bw-explorer[data-word='knight']").count() == 1


class Probe(BookWidget):
    """Shows what the page's model does with events and bytes."""

    _esm = """export default {
  render({ model, el }) {
    const heard = [];
    const listen = (_, value) => heard.push(value);
    model.on("change:a change:b", listen);
    model.on("change", () => heard.push("any"));
    model.set("a", 1);
    model.set({ a: 1, b: 2 });
    model.off("change:a", listen);
    model.set("a", 3);
    model.save_changes();
    el.textContent = heard.join() + " " + model.get("a") + " " + model.get("data").getUint8(1) +
      " " + model.get("nested").list[0].byteLength + " " + model.get("label");
  },
};"""
    a = traitlets.Int().tag(sync=True)
    b = traitlets.Int().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)
    nested = traitlets.Dict().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)


def test_the_page_has_the_model_of_a_live_kernel(show):
    page = show(Probe(data=b"\x00\xff", nested={"list": [b"abc"]}, label="</script><b>x</b>"))
    assert page.locator(".bw-root").inner_text() == "1,any,2,any,any 3 255 3 </script><b>x</b>"


class Broken(BookWidget):
    _esm = "export default {\n  render() { throw new Error('no luck'); },\n};"


def test_a_widget_that_fails_says_so(page, problems, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><html><body>{Broken().static_html()}</body></html>")
    page.goto(path.as_uri())
    page.wait_for_selector("[data-mounted=failed]")
    assert "could not start" in page.locator(".bw-fallback").inner_text()
    assert "no luck" in problems[0]
    problems.clear()


def test_without_javascript_a_sentence_stands_there(chromium, explorer, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><html><body>{explorer.static_html()}</body></html>")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert "It needs JavaScript, and no network." in page.locator("body").inner_text()
    context.close()
