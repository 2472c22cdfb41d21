"""The attention dial in Chromium: its numbers are Flax's, and everybody can use it."""

# ruff: noqa: F811  a fixture that is imported has the name of an argument
import base64

import numpy as np
import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.models.attention_scores import ScoresConfig, attention_scores
from encdec_lib.web import rounded
from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import AttentionDial
from encdec_lib.widgets.attention_dial.attention_dial import _HERE
from tests.browser.flax_steps import at_temperature, bits, said
from tests.browser.looking import CONTRAST, shares, type_word
from tests.helpers.thinned import thinned
from tests.widgets.untrained import untrained
from tests.widgets.untrained_readers import reading, scoring

pytestmark = pytest.mark.browser

LONGEST = 7  # phonemes
UNSCORED = ("last", "mean", "max", "position", "content")


@pytest.fixture(scope="module")
def models():
    """Untrained: any answer is right that equals Flax's."""
    return {read: reading(read) for read in (*UNSCORED, "weighted")} | {
        "additive": scoring("additive", query="previous", scale=0.6),
        "local-m": scoring("general", "monotonic", scale=0.5),
        "local-p": scoring("general", "predictive", scale=0.5),
    }


@pytest.fixture(scope="module")
def dial(models):
    right = PHONEMES.decode(said(rounded(models["additive"]), LETTERS.encode("day"), LONGEST)[0])
    return AttentionDial(
        models, LETTERS, PHONEMES, word="knight", examples=("day", "psychology"),
        references={"day": [right], "knight": "N AY T"}, choose="way to read",
        max_phonemes=LONGEST,
    )  # fmt: skip


def frames(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def choose(page, name, word=None, power=None):
    """Presses a button, types a word, moves the slider to 10**power."""
    page.get_by_label(name, exact=True).check()
    if power is not None:
        page.locator(".bw-slider").fill(str(power))
    if word is not None:
        type_word(page, word)
    frames(page)


def numbers(page, selector):
    return [float(text) for text in page.locator(selector).all_inner_texts()[1:]]


def holds(page, model, word):
    """Compares what stands in the page with a Flax model; returns the weights."""
    tokens, weights = said(model, LETTERS.encode(word), LONGEST)
    names = PHONEMES.decode(tokens) + ["end"] * (len(weights) > len(tokens))
    assert page.locator(".bw-phoneme b").all_inner_texts() == names
    assert page.locator(".bw-letter").all_inner_texts() == list(word)
    np.testing.assert_allclose(shares(page, ".bw-cell"), 100 * weights.ravel(), atol=0.51)
    np.testing.assert_allclose(numbers(page, ".bw-end"), bits(weights), atol=0.0051)
    mean = float(page.locator(".bw-spread b").inner_text().split()[0])
    assert abs(mean - bits(weights).mean()) < 0.0051
    return weights


@pytest.mark.parametrize("word", thinned(["knight", "x"], ["knight"]))
def test_the_page_shows_what_the_flax_models_say(show, dial, models, word):
    page = show(dial)
    for name, model in models.items():
        choose(page, name, word)
        holds(page, rounded(model), word)


@pytest.mark.parametrize("power, shown", [(-0.7, "0.2"), (0.45, "2.8")])
def test_the_scores_are_divided_by_the_temperature(show, dial, models, power, shown):
    page = show(dial)
    for name in ("weighted", "additive", "local-p"):
        choose(page, name, "psychology", power)
        assert page.locator(".bw-degrees").inner_text() == shown
        holds(page, at_temperature(rounded(models[name]), 10**power), "psychology")


def test_what_the_temperature_changed_is_marked_in_words_too(show, dial, models):
    page = show(dial)
    for name in ("weighted", "additive", "local-p"):
        choose(page, name, "psychology", 1)
        usual, hot = (
            PHONEMES.decode(said(model, LETTERS.encode("psychology"), LONGEST)[0])
            for model in (rounded(models[name]), at_temperature(rounded(models[name]), 10))
        )
        rows = page.locator(".bw-answer")
        assert rows.nth(1).locator(".bw-tokens").inner_text().split() == usual
        kept = rows.nth(0).locator(".bw-token:not(.bw-missing) .bw-said").all_inner_texts()
        assert kept == hot
        faults = rows.nth(0).locator(".bw-spoken").all_text_contents()
        assert bool([f for f in faults if f != "]"]) == (usual != hot)
        assert rows.nth(1).locator(".bw-verdict").inner_text() == (
            "the same" if usual == hot else f"{faults.count(']')} changed"
        )
        marks = page.locator(".bw-mark").count()
        assert marks == rows.nth(0).locator(".bw-wrong, .bw-extra").count()
    page.get_by_role("button", name="Back to 1").click()
    assert page.locator(".bw-mark").count() == 0
    assert page.locator(".bw-verdict").nth(1).inner_text() == "as above"


@pytest.mark.parametrize("name", ["local-m", "local-p"])
def test_the_borders_of_a_window_are_drawn(show, dial, models, name):
    page = show(dial)
    choose(page, name, "psychology")
    weights = holds(page, rounded(models[name]), "psychology")
    rows = page.locator("[role=row]").all()[1:]
    for row, weight in zip(rows, weights, strict=True):
        inside = np.flatnonzero(weight > 0)
        kinds = row.locator(".bw-cell").evaluate_all("es => es.map((e) => e.className)")
        assert [k for k, kind in enumerate(kinds) if "is-outside" not in kind] == list(inside)
        assert "is-first" in kinds[inside[0]] and "is-last" in kinds[inside[-1]]
        assert sum("is-centre" in kind for kind in kinds) == 1
        label = row.locator(".bw-cell").last.get_attribute("aria-label")
        assert label.endswith("outside the window") == ("is-outside" in kinds[-1])
    note = page.locator(".bw-sums").inner_text()
    assert "Thick lines are the borders" in note
    least, most = 100 * weights.sum(axis=1).min(), 100 * weights.sum(axis=1).max()
    wanted = "add up to 100%." if name == "local-m" else f"here {least:.0f}% to {most:.0f}%."
    assert note.endswith(wanted)


def test_without_scores_the_slider_is_off_and_says_why(show, dial):
    page = show(dial)
    slider, why = page.locator(".bw-slider"), page.locator(".bw-why")
    reasons = set()
    for name in UNSCORED:
        choose(page, name)
        assert slider.is_disabled() and page.get_by_role("button", name="Back to 1").is_disabled()
        assert why.inner_text().startswith(f"A temperature changes nothing in “{name}”: it ")
        assert slider.get_attribute("aria-describedby") == why.get_attribute("id")
        reasons.add(why.inner_text().split(": ")[1])
    assert len(reasons) == len(UNSCORED)
    choose(page, "weighted")
    assert slider.is_enabled() and "divided by the temperature" in why.inner_text()


def test_a_temperature_is_kept_while_a_model_without_scores_is_looked_at(show, dial, models):
    page = show(dial)
    choose(page, "weighted", "knight", 0.5)
    choose(page, "mean")
    holds(page, rounded(models["mean"]), "knight")
    assert page.locator(".bw-verdict").nth(1).inner_text() == "as above"
    choose(page, "weighted")
    holds(page, at_temperature(rounded(models["weighted"]), 10**0.5), "knight")


def test_the_keyboard_does_it_all(show, dial):
    page = show(dial)
    announced = "document.querySelector('[aria-live]').textContent"
    page.get_by_label("mean", exact=True).focus()
    for _ in range(4):  # mean, max, position, content, weighted
        page.keyboard.press("ArrowRight")
    page.wait_for_selector(".bw-attention-dial[data-chosen='weighted']")
    assert page.evaluate(announced).startswith("knight, weighted: ")
    page.keyboard.press("Tab")
    slider = page.get_by_role("slider", name="Temperature")
    if not slider.evaluate("e => e === document.activeElement"):  # the button stands before it
        page.keyboard.press("Tab")
    for key, shown in (("Home", "0.1"), ("End", "10"), ("ArrowLeft", "8.9")):
        page.keyboard.press(key)
        page.wait_for_selector(f".bw-attention-dial[data-temperature='{shown}']")
        assert slider.get_attribute("aria-valuetext") == f"temperature {shown}"
    assert "Against temperature 1: " in page.evaluate(announced)
    page.get_by_role("button", name="Back to 1").focus()
    page.keyboard.press("Enter")
    assert page.locator(".bw-degrees").inner_text() == "1"
    page.locator(".bw-phoneme").first.focus()
    page.keyboard.press("ArrowRight")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert " reads k: " in label
    page.get_by_label("Type an English word").fill("day")
    page.keyboard.press("Enter")
    assert page.evaluate(announced).startswith("day, weighted: ")


def test_a_double_click_resets_the_slider(show, dial):
    page = show(dial)
    choose(page, "weighted", power=0.8)
    box = page.locator(".bw-slider").bounding_box()
    page.mouse.dblclick(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2)
    frames(page)
    assert page.locator(".bw-degrees").inner_text() == "1"


def test_whether_it_is_listed_is_said(show, dial):
    page = show(dial)
    page.get_by_role("button", name="day").click()
    choose(page, "additive")
    verdict, listed = page.locator(".bw-verdict").first, page.locator(".is-reference .bw-tokens")
    assert verdict.inner_text().startswith("as listed")
    choose(page, "additive", "knight")
    assert verdict.inner_text().startswith("not as listed: ")
    assert listed.inner_text().split() == ["N", "AY", "T"]
    choose(page, "additive", "constructor")
    assert listed.inner_text() == "not among the words of this page"
    assert verdict.inner_text() in ("", f"cut off at {LONGEST}")


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("", "Type a word to begin, for example day"),
        ("r2d2", "they cannot read “2”"),
        ("naïve", "they cannot read “ï”"),
        ("two words", "one word at a time"),
        ("x" * 23, "This word has 23 letters"),
    ],
)
def test_bad_input_gets_one_sentence_and_moves_nothing(show, dial, typed, sentence):
    page = show(dial, width=390 if typed == "naïve" else 1000)
    before = page.locator(".bw-phoneme b").all_inner_texts()
    top = page.locator(".bw-heat").bounding_box()["y"]
    type_word(page, typed)
    message = page.locator(".bw-message")
    assert sentence in message.inner_text() and message.inner_text().count(".") == 1
    assert message.get_attribute("role") == "status"
    assert page.locator(".bw-result.is-stale").count() == 1
    assert page.locator(".bw-phoneme b").all_inner_texts() == before
    assert page.locator(".bw-heat").bounding_box()["y"] == top
    type_word(page, "KNIGHT ")
    assert message.inner_text() == "" and page.locator(".is-stale").count() == 0


@pytest.mark.parametrize("width", thinned([390, 1000], [390]))
def test_nothing_moves_while_the_dial_turns(show, dial, width):
    page = show(dial, width=width)
    places = "es => es.map((e) => Math.round(e.getBoundingClientRect().top + scrollY))"
    seen = set()
    for name in ("weighted", "content", "local-p", "additive"):
        choose(page, name)
        for power in () if name == "content" else (-1, 0, 1):
            choose(page, name, power=power)
        seen.add(tuple(page.eval_on_selector_all(".bw-slider, .bw-answers, .bw-heat", places)))
    assert len(seen) == 1


MOUNTED = """async ([source, state, weights]) => {
  const read = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  state.models.forEach((one, k) => { one.model.data = new DataView(read(weights[k])); });
  const heard = {}, model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; heard[`change:${name}`]?.forEach((f) => f()); },
    on: (names, f) => names.split(" ").forEach((name) => (heard[name] ??= []).push(f)),
    off: (names, f) => names.split(" ").forEach((name) => {
      heard[name] = heard[name].filter((g) => g !== f);
    }),
    save_changes() {},
  };
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  window.leave = widget.render({ model, el: document.body });
  Object.assign(window, { shared: model, heard });
}"""


def test_a_state_is_restored_and_followed(page, models):
    dial = AttentionDial(
        models, LETTERS, PHONEMES, word="ox", chosen="additive", temperature=10**0.5,
        max_phonemes=LONGEST,
    )  # fmt: skip
    state = dial.static_state()
    weights = [base64.b64encode(one["model"].pop("data")).decode() for one in state["models"]]
    page.goto("about:blank")
    page.evaluate(MOUNTED, [bundle(_HERE / "attention_dial.js"), state, weights])
    holds(page, at_temperature(rounded(models["additive"]), 10**0.5), "ox")
    page.evaluate("shared.set('word', 'day'); shared.set('chosen', 'mean')")
    frames(page)
    assert page.get_by_label("Type an English word").input_value() == "day"
    holds(page, rounded(models["mean"]), "day")
    assert page.evaluate("leave(), Object.values(heard).flat().length") == 0


@pytest.mark.timing
def test_a_move_takes_a_few_milliseconds(show):
    """The size of the chapters' models, the longest word; the least of several moves."""
    config = ScoresConfig(30, 43, 32, 32, 64, score="additive")
    model = untrained(attention_scores, config, scale=0.2)
    page = show(AttentionDial({"additive": model}, LETTERS, PHONEMES, word="internationalize"))
    moves, words = page.evaluate(
        """() => {
             const slider = document.querySelector(".bw-slider");
             const field = document.querySelector(".bw-word");
             const timed = (control, values) => Math.min(...values.map((value) => {
               control.value = value;
               control.dispatchEvent(new Event("input"));
               const before = performance.now();
               control.dispatchEvent(new Event("change")); // draws at once
               return performance.now() - before;
             }));
             return [timed(slider, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]),
               timed(field, ["international", "internationals", "nationalization"])];
           }"""
    )
    assert moves < 30 and words < 50  # milliseconds, on a machine that does other work


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_a_phone_shows_it_all_and_text_stands_out(show, dial, theme):
    page = show(dial, width=390, theme=theme)
    choose(page, "weighted", "internationalize", 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture = page.locator(".bw-picture")
    assert picture.evaluate("e => e.scrollWidth <= e.clientWidth")
    boxes = page.eval_on_selector_all(
        ".bw-root input, .bw-root button", "es => es.map((e) => e.getBoundingClientRect().right)"
    )
    assert max(boxes) <= 390
    for selector in (
        ".bw-letter", ".bw-phoneme b", ".bw-end", ".bw-reading", ".bw-hint", ".bw-spread",
        ".bw-example", ".bw-who", ".bw-verdict", ".bw-said", ".bw-choice span", ".bw-degrees",
        ".bw-scale span", ".bw-mark",
    ):  # fmt: skip
        for element in page.locator(selector).all()[:3]:
            ratio = element.evaluate(CONTRAST)
            assert ratio >= 4.5, f"{selector}: {ratio:.2f} in {theme}"


def test_every_control_has_a_name(show, dial):
    page = show(dial)
    for control in page.locator(".bw-root input, .bw-root button").all():
        assert control.evaluate("e => (e.labels?.[0]?.innerText ?? e.innerText).trim()")
    assert page.get_by_role("group", name="Way to read").count() == 1
    assert page.get_by_role("radio").count() == 9
