"""The Transformer's explorer in Chromium: its maps are Flax's, and everybody can use it."""

import base64
import re

import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.data import BOS, EOS, PAD, pad, translation
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.web import rounded
from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import TransformerExplorer
from encdec_lib.widgets.transformer_explorer.transformer_explorer import _HERE
from tests.browser.engine_page import transformer_with_attention
from tests.browser.looking import CONTRAST, shares, type_word
from tests.helpers.thinned import thinned
from tests.widgets.untrained_transformers import small, with_gru_decoder

pytestmark = pytest.mark.browser

LONGEST = 9  # phonemes
NAMES = {
    "encoder": "in the encoder", "decoder": "in the decoder, masked",
    "cross": "from decoder to encoder",
}  # fmt: skip


@pytest.fixture(scope="module")
def model():
    """Untrained: any answer is right that equals Flax's."""
    return small(d_model=24, seed=5)


@pytest.fixture(scope="module")
def explorer(model):
    return TransformerExplorer(
        model, LETTERS, PHONEMES, text="knight", examples=("day", "psychology"),
        references={"knight": "N AY T"}, max_target=LONGEST,
    )  # fmt: skip


@pytest.fixture(scope="module")
def translator():
    english, korean = translation.ENGLISH, translation.KOREAN
    text = "the small cat sees a red ball in the garden"
    return TransformerExplorer(
        small(len(english), len(korean)), english, korean, text=text, examples=("the dog sleeps",),
        references={text: translation.translate(text.split())}, gloss=translation.GLOSS,
        max_target=15, max_source=12,
    )  # fmt: skip


def flax(model, page, word):
    """What the page says, told to Flax: all maps, and the names of what Flax says itself."""
    said = page.locator(".is-attention .bw-token:not(.bw-missing) .bw-said").all_inner_texts()
    source, told = pad([LETTERS.encode(word)], 6), pad([[BOS, *PHONEMES.encode(said)]], LONGEST + 1)
    logits, maps = transformer_with_attention(
        rounded(model), jnp.asarray(source), jnp.asarray(told)
    )
    best = np.asarray(logits[0]).copy()
    best[:, [PAD, BOS]] = -np.inf
    best = best.argmax(axis=-1)[: min(len(said) + 1, LONGEST)]
    names = [PHONEMES.symbols[token] if token != EOS else "end" for token in best]
    assert [name for name in names if name != "end"] == said
    S, T = len(word), len(names)
    return names, {
        "encoder": [layer[0, :, :S, :S] for layer in maps["encoder"]],
        "decoder": [layer[0, :, :T, :T] for layer in maps["own"]],
        "cross": [layer[0, :, :T, :S] for layer in maps["cross"]],
    }


def pick(page, attention=None, layer=None, head=None):
    """Presses radio buttons."""
    if attention is not None:
        page.get_by_label(NAMES[attention], exact=True).check()
    if layer is not None:
        page.get_by_label("1 (bottom)" if layer == 1 else str(layer), exact=True).check()
    if head is not None:
        page.get_by_label(f"head {head}" if head else "mean", exact=True).check()


def drawn(page):
    """The small pictures: how dense each dot is, as parts of 1, heads first and the mean last."""
    return page.evaluate(
        """[...document.querySelectorAll("canvas")].map((canvas) => {
             const { width, height } = canvas;
             const dots = canvas.getContext("2d").getImageData(0, 0, width, height).data;
             return Array.from({ length: height }, (_, t) =>
               Array.from({ length: width }, (_, s) => dots[4 * (t * width + s) + 3] / 255));
           })"""
    )


def holds(page, weights, head, rows, columns):
    """Compares the pictures and the numbers in the page with one layer of Flax."""
    weights = np.asarray(weights)
    every = [*weights, weights.mean(axis=0)] if len(weights) > 1 else weights
    np.testing.assert_allclose(drawn(page), every, atol=0.003)
    one = weights[head - 1] if head else weights.mean(axis=0)
    np.testing.assert_allclose(shares(page, ".bw-cell"), 100 * one.ravel(), atol=0.51)
    assert page.locator(".bw-phoneme b").all_inner_texts() == rows
    assert page.locator(".bw-letter").all_inner_texts() == columns


def test_every_map_is_what_flax_says(show, explorer, model):
    page = show(explorer)
    for word in ("knight", "x"):
        type_word(page, word)
        names, maps = flax(model, page, word)
        for attention, layers in maps.items():
            rows = list(word) if attention == "encoder" else names
            columns = ["start", *names[:-1]] if attention == "decoder" else list(word)
            pick(page, attention)
            choices = page.get_by_role("radio", name=re.compile(r"^\d( \(bottom\))?$"))
            assert choices.count() == len(layers)
            for layer, head in ((1, 3), (len(layers), 0)):
                pick(page, layer=layer, head=head)
                holds(page, layers[layer - 1], head, rows, columns)
                said = page.locator(".bw-sums").inner_text()
                assert said == "The weights of every row add up to 100%."


def test_what_the_mask_hides_is_striped_and_said(show, explorer, model):
    page = show(explorer)
    pick(page, "decoder")
    rows = page.locator(".bw-heat [role=row]").all()[1:]
    for i, row in enumerate(rows):
        kinds = row.locator(".bw-cell").evaluate_all("es => es.map((e) => e.className)")
        assert ["is-hidden" in kind for kind in kinds] == [j > i for j in range(len(rows))]
        labels = row.locator(".bw-cell").evaluate_all("es => es.map((e) => e.ariaLabel)")
        assert all(label.endswith("hidden, it comes later") for label in labels[i + 1 :])
        assert all(re.search(r"looks at .*: \d+%$", label) for label in labels[: i + 1])
    assert rows[0].locator(".bw-cell").last.inner_text() == ""
    assert page.locator(".bw-frame.is-masked").count() == 4
    assert "hidden by the mask" in page.locator(".bw-about").inner_text()
    rows[0].locator(".bw-phoneme").hover()
    assert "looks at start 100%. The model is" in page.locator(".bw-reading").inner_text()
    pick(page, "cross")
    assert page.locator(".is-hidden").count() == page.locator(".bw-frame.is-masked").count() == 0


def test_a_row_is_read_out_and_marked_in_every_picture(show, explorer, model):
    page = show(explorer)
    names, maps = flax(model, page, "knight")
    row = np.asarray(maps["cross"][1][0, 1])
    page.locator(".bw-phoneme").nth(1).hover()
    said = page.locator(".bw-reading").inner_text()
    best = int(row.argmax())
    assert said.startswith(f"Head 1: writing {names[1]}") and "The model is" in said
    assert f"looks at {'knight'[best]} {100 * row[best]:.0f}%" in said
    numbers = [int(n) for n in re.findall(r"(\d+)%", said.split(". The")[0])]
    assert abs(sum(numbers) - 100) <= 2  # each is rounded
    assert shares(page, ".bw-letter") == shares(page, ".bw-cell")[6:12]
    tops = page.locator(".bw-marker").evaluate_all("es => es.map((e) => e.hidden || e.style.top)")
    assert len(tops) == 4 and len(set(tops)) == 1
    assert float(tops[0].rstrip("%")) == pytest.approx(100 / len(names), abs=0.01)
    page.mouse.move(0, 0)
    assert page.locator(".bw-reading").inner_text().startswith("Point at a row")
    box = page.locator(".bw-frame").nth(2).bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 1.5 * box["height"] / len(names))
    assert page.locator(".bw-reading").inner_text().startswith(f"Head 3: writing {names[1]}")
    page.locator(".bw-letter").nth(2).hover()
    assert "i is looked at by" in page.locator(".bw-reading").inner_text()


def test_a_chosen_row_stays_while_heads_change(show, explorer):
    page = show(explorer, width=390)
    page.locator(".bw-phoneme").nth(1).click()
    page.mouse.move(0, 0)
    said = page.locator(".bw-reading").inner_text()
    assert said.startswith("Head 1: writing")
    pick(page, head=2)
    other = page.locator(".bw-reading").inner_text()
    assert other.startswith("Head 2: writing") and other != said
    pick(page, "encoder")
    assert page.locator(".bw-reading").inner_text().startswith("Point at a row")


def test_arrow_keys_choose_a_head_and_walk_through_the_grid(show, explorer):
    page = show(explorer)
    focused = "document.activeElement.getAttribute('aria-label')"
    page.get_by_label("head 1", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".bw-transformer[data-head='2']")
    assert "layer 2, head 2" in page.locator("[role=grid]").get_attribute("aria-label")
    page.keyboard.press("Tab")
    assert page.evaluate(focused).endswith(", looks")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert re.search(r"looks at k: \d+%$", page.evaluate(focused))
    assert "k gets" in page.locator(".bw-reading").inner_text()
    for _ in range(3):
        page.keyboard.press("ArrowUp")  # there is nothing above the letters
    assert page.evaluate(focused) == "k, looked at"
    page.keyboard.press("End")
    assert page.evaluate(focused) == "t, looked at"
    assert page.locator("[role=grid] [tabindex='0']").count() == 1


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("", "Type a word to begin, for example day."),
        ("r2d2", "The model knows the letters a to z, so it cannot read “2”."),
        ("two words", "Type one word at a time, without spaces."),
        ("x" * 40, "This is 40 letters long; the model reads up to 16 letters."),
        ("<b>x", "The model knows the letters a to z, so it cannot read “<”."),
    ],
)
def test_bad_input_gets_one_sentence_and_keeps_the_picture(show, explorer, typed, sentence):
    page = show(explorer)
    before = page.locator(".bw-phoneme b").all_inner_texts()
    type_word(page, typed)
    message = page.locator(".bw-message")
    assert message.inner_text() == sentence and message.get_attribute("role") == "status"
    assert page.locator(".bw-result.is-stale").count() == 1
    assert page.locator(".bw-word").get_attribute("aria-invalid") == "true"
    assert page.locator(".bw-phoneme b").all_inner_texts() == before
    pick(page, "encoder")  # the last answer can still be looked at
    assert page.locator(".bw-phoneme b").all_inner_texts() == list("knight")
    type_word(page, "DAY ")
    assert message.inner_text() == "" and page.locator(".is-stale").count() == 0


def test_sentences_are_words(show, translator):
    page = show(translator)
    assert page.locator(".bw-letter").all_inner_texts() == translator.text.split()
    field, message = page.get_by_label("Type an English sentence"), page.locator(".bw-message")
    for typed, said in (
        ("the zebra", "does not know the word “zebra”; the words it knows are listed below."),
        ("the " * 13, "This is 13 words long; the model reads up to 12 words."),
        (" ", "Type a sentence to begin, for example the dog sleeps."),
    ):
        field.fill(typed)
        page.wait_for_function(
            "s => document.querySelector('.bw-message').innerText.includes(s)", arg=said
        )
    field.fill("The  dog sleeps")
    page.wait_for_selector(".bw-transformer[data-text='the dog sleeps']")
    assert message.inner_text() == "" and page.locator(".is-reference").count() == 0
    assert page.locator(".bw-letter").all_inner_texts() == ["the", "dog", "sleeps"]
    assert "garden" in page.locator(".bw-legend p").text_content()


def test_mistakes_are_marked_and_the_answer_is_announced(show, explorer):
    page = show(explorer)
    assert page.locator(".is-reference .bw-tokens").inner_text().split() == ["N", "AY", "T"]
    assert re.search(r"of 3 right", page.locator(".is-attention .bw-verdict").inner_text())
    page.get_by_role("button", name="psychology").click()
    assert page.locator(".bw-word").input_value() == "psychology"
    page.wait_for_function(
        "document.querySelector('[aria-live=polite]').textContent.startsWith('psychology: ')"
    )


def test_a_recurrent_decoder_has_two_attentions(show):
    model = with_gru_decoder()
    page = show(TransformerExplorer(model, LETTERS, PHONEMES, text="day", max_target=7))
    assert page.get_by_label(NAMES["decoder"], exact=True).is_hidden()
    assert page.locator("canvas").count() == 1
    pick(page, "encoder", head=2)
    assert page.locator("canvas").count() == 3
    assert page.locator(".bw-phoneme b").all_inner_texts() == ["d", "a", "y"]


@pytest.mark.timing
def test_a_redraw_takes_less_than_a_tenth_of_a_second(show):
    """d = 64, 2 + 2 layers, 4 heads, 12 letters; the least of several, on a busy machine."""
    model = small(d_model=64, heads=4, d_ff=256, encoder_layers=2)
    page = show(TransformerExplorer(model, LETTERS, PHONEMES, text="x", max_target=16))
    words, heads = page.evaluate(
        """() => {
             const field = document.querySelector(".bw-word");
             const least = (works) => Math.min(...[...works, ...works, ...works].map((work) => {
               const before = performance.now();
               work();
               document.body.getBoundingClientRect(); // the layout too
               return performance.now() - before;
             }));
             return [
               least(["psychologist", "philosophers", "embarrassing", "dictionaries"].map(
                 (word) => () => {
                   field.value = word;
                   field.dispatchEvent(new Event("change")); // draws at once
                 })),
               least([2, 3, 4, 0, 1].map((head) => () =>
                 document.querySelector(`[name$=-head][value="${head}"]`).click())),
             ];
           }"""
    )
    assert page.locator(".bw-cell").count() == 12 * page.locator(".bw-phoneme").count()
    print(f"a word {words:.1f} ms, a head {heads:.1f} ms")
    assert words < 100 and heads < 100  # milliseconds


HOST = """async ([source, css, state]) => {
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  const widget = (await import(
    URL.createObjectURL(new Blob([source], { type: "text/javascript" })))).default;
  const data = Uint8Array.from(atob(state.model.data), (c) => c.charCodeAt(0));
  state.model = { ...state.model, data };
  window.heard = {};
  const list = (names) => names.split(" ").map((name) => (heard[name] ??= []));
  window.shared = {
    get: (name) => state[name],
    set(name, now) {
      const changed = state[name] !== now;
      state[name] = now;
      if (changed) for (const f of heard["change:" + name] ?? []) f();
    },
    save_changes() {},
    on: (names, f) => list(names).forEach((fs) => fs.push(f)),
    off: (names, f) => list(names).forEach((fs) => fs.splice(fs.indexOf(f), 1)),
  };
  const el = document.body.appendChild(document.createElement("div"));
  window.leave = widget.render({ model: shared, el });
}"""


def test_it_follows_a_live_kernel_and_leaves_nothing_behind(page, explorer):
    page.goto("about:blank")
    state = explorer.static_state()
    state["model"] = state["model"] | {"data": base64.b64encode(state["model"]["data"]).decode()}
    page.evaluate(HOST, [bundle(_HERE / "transformer_explorer.js"), explorer._css, state])
    page.evaluate(
        "shared.set('text', 'day'), shared.set('attention', 'decoder'), shared.set('layer', 1), "
        "shared.set('head', 0)"
    )
    page.wait_for_selector("[data-text=day][data-attention=decoder][data-layer='1'][data-head='0']")
    pick(page, "cross", layer=2, head=3)
    names = ("attention", "layer", "head")
    got = page.evaluate("names => names.map((name) => shared.get(name))", names)
    assert got == ["cross", 2, 3]
    assert page.evaluate("leave(), Object.values(heard).flat().length") == 0


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_a_phone_shows_it_all_and_text_stands_out(show, explorer, translator, theme):
    page = show(explorer, translator, width=390, theme=theme)
    page.get_by_label("Type an English word").fill("internationalize")
    page.wait_for_selector("[data-text=internationalize]")
    page.get_by_label(NAMES["decoder"], exact=True).first.check()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = page.eval_on_selector_all(
        ".bw-root input, .bw-root button, .bw-frame",
        "es => es.map((e) => e.getBoundingClientRect().right)",
    )
    assert max(boxes) <= 390
    page.locator(".bw-phoneme").nth(1).click()
    for selector in (
        ".bw-letter", ".bw-phoneme b", ".bw-cell span", ".bw-reading", ".bw-hint", ".bw-example",
        ".bw-who", ".bw-verdict", ".bw-said", ".bw-choice span", ".bw-caption span", ".bw-gloss",
        ".bw-word",
    ):  # fmt: skip
        for element in page.locator(selector).all()[:9]:
            ratio = element.evaluate(CONTRAST)
            assert ratio >= 4.5, f"{selector}: {ratio:.2f} in {theme}"


def test_every_control_has_a_name_and_a_visible_focus(show, explorer):
    page = show(explorer)
    for control in page.locator(".bw-root input, .bw-root button, .bw-root summary").all():
        assert control.evaluate("e => (e.labels?.[0]?.innerText ?? e.innerText).trim()")
        if not control.is_visible():
            continue
        control.focus()
        page.keyboard.press("Shift")  # the last input was the keyboard: focus is visible
        assert control.evaluate(
            """e => [e, e.closest("label")].some((owner) =>
                 owner && getComputedStyle(owner).outlineStyle === "solid")"""
        )
    assert page.get_by_role("radiogroup", name="Heads of attention from decoder to encoder").count()
    assert page.get_by_role("group", name="Attention", exact=True).count() == 1


def test_pictures_are_painted_anew_when_the_light_changes(show, explorer):
    page = show(explorer)
    dot = "[...document.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1).data]"
    painted = "[...document.querySelectorAll('canvas')].length"
    before = page.evaluate(dot)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"before => String({dot}) !== String(before)", arg=before)
    assert page.evaluate(painted) == 4
