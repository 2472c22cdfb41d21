"""The picture writer of chapter 16 in Chromium: captions, dials, pictures and single squares."""

import json

import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.data import BOS, EOS, pad
from encdec_lib.data.captions import WORDS
from encdec_lib.generate.sampling import greedy
from encdec_lib.web import rounded
from encdec_lib.widgets import PictureWriter
from encdec_lib.widgets.parts.paintings import every_caption
from tests.browser.engine_page import decoder_only_with_attention
from tests.browser.looking import CONTRAST
from tests.helpers.thinned import thinned
from tests.widgets.untrained_painters import codebook, painter

pytestmark = pytest.mark.browser

EXAMPLES = ["a three", "a one left of a seven", "a two above a five"]
CELLS = 25


@pytest.fixture(scope="module")
def model():
    """Untrained: any picture is right that equals Flax's."""
    return painter(seed=3)


def writer(model, **arguments):
    return PictureWriter(model, codebook(), **({"examples": EXAMPLES} | arguments))


def painted(page, **wanted):
    """What the widget says of itself, once a painting with the wanted text is done."""
    page.wait_for_function(
        """([cells, wanted]) => {
             const { done, text, tokens } = document.querySelector(".bw-writer").dataset;
             return Number(done) === cells && tokens && (!wanted.text || text === wanted.text);
           }""",
        arg=[CELLS, wanted],
    )
    data = page.locator(".bw-writer").evaluate("e => ({...e.dataset})")
    return np.array(json.loads(data["tokens"]))


def settle(page):
    page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
    )


def dial(page, label, value):
    page.get_by_label(label, exact=True).evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value
    )
    settle(page)


def prompts(texts):
    return pad([[*WORDS.encode(text.split()), EOS] for text in texts], 7)


def ink_of(page, n=0):
    """The pixels of one picture, 0 (white) to 255."""
    return np.array(
        page.locator(".bw-ink").nth(n).evaluate(
            """(canvas) => {
                 const { width, height } = canvas, context = canvas.getContext("2d");
                 const { data } = context.getImageData(0, 0, width, height);
                 return Array.from({ length: width * height }, (_, k) => 255 - data[4 * k]);
               }"""
        )
    )  # fmt: skip


def test_at_temperature_0_the_pictures_are_the_library_s_greedy_ones(show, model):
    page = show(writer(model, temperature=0))
    tokens = {}
    for text in EXAMPLES:
        page.get_by_role("button", name=text, exact=True).click()
        settle(page)
        tokens[text] = painted(page, text=text)
        assert (tokens[text] == tokens[text][0]).all()  # whatever the seed
    expected = greedy(rounded(model), prompts(EXAMPLES), max_length=CELLS).tokens
    np.testing.assert_array_equal([tokens[text][0] for text in EXAMPLES], expected)
    assert len(np.unique(expected)) > 3 and (expected[0] != expected[1]).any()
    image = codebook().decode(expected[2:])[0, :, :, 0].clip(0, 1)
    np.testing.assert_allclose(ink_of(page), 255 * image.ravel(), atol=0.51)


def test_a_seed_gives_the_same_pictures_and_another_gives_others(show, model):
    page = show(writer(model, seed=4))
    first = painted(page)
    assert len(np.unique(first, axis=0)) == 4, "side by side stand different pictures"
    page.get_by_role("button", name="another 4").click()
    settle(page)
    second = painted(page)
    assert page.get_by_label("Seed").input_value() == "5"
    assert not (second == first).all(axis=1).any()
    page.get_by_label("Seed").fill("4")
    page.get_by_label("Seed").press("Enter")
    settle(page)
    np.testing.assert_array_equal(painted(page), first)


def test_the_dials_narrow_the_choice(show, model):
    page = show(writer(model, text=EXAMPLES[1]))
    free = painted(page)
    dial(page, "Top-k", 0)
    assert page.locator("output").nth(1).inner_text() == "1 of 19"
    alone = painted(page)
    dial(page, "Top-k", 6)
    assert page.locator("output").nth(1).inner_text() == "all 19"
    np.testing.assert_array_equal(painted(page), free)
    dial(page, "Temperature", 0)
    assert page.locator("output").first.inner_text() == "0, always the likeliest"
    np.testing.assert_array_equal(painted(page), alone)
    assert (alone == alone[0]).all() and not (free == free[0]).all()
    dial(page, "Temperature", 2)
    assert page.get_by_label("Temperature").get_attribute("aria-valuetext") == "2.00"
    assert len(np.unique(painted(page))) > len(np.unique(alone))


def test_the_page_draws_as_often_as_the_model_says(show, model):
    """The first square of many pictures against the model's first step."""
    page = show(writer(model, text=EXAMPLES[0], pictures=6))
    counts, rounds = np.zeros(23), 20
    for _ in range(rounds):
        counts += np.bincount(painted(page)[:, 0], minlength=23)
        page.get_by_role("button", name="another 6").click()
        settle(page)
    logits, _ = decoder_only_with_attention(
        rounded(model), jnp.asarray(prompts(EXAMPLES[:1])), jnp.array([[BOS]])
    )
    p = np.exp(np.asarray(logits)[0, 0, 4:])
    p, total = np.concatenate([np.zeros(4), p / p.sum()]), 6 * rounds
    assert counts.sum() == total
    assert (np.abs(counts - total * p) < 4.5 * np.sqrt(total * p * (1 - p)) + 1).all()


def test_a_square_tells_what_was_expected_and_where_the_model_looked(show, model):
    page = show(writer(model, text=EXAMPLES[1], top_k=8, temperature=0.7))
    tokens = painted(page)
    logits, maps = decoder_only_with_attention(
        rounded(model),
        jnp.asarray(prompts([EXAMPLES[1]] * 4)),
        jnp.asarray(np.concatenate([np.full((4, 1), BOS), tokens[:, :-1]], axis=1)),
    )
    logits, maps = np.asarray(logits), np.stack(maps)  # (layers, B, H, T, 7 + T)
    canvas = page.locator(".bw-ink").nth(2)
    box = canvas.bounding_box()
    for row, column in ((3, 1), (0, 0), (0, 1), (4, 4)):
        x, y = (box["width"] * (k + 0.5) / 5 for k in (column, row))
        canvas.hover(position={"x": x, "y": y})
        settle(page)
        t = 5 * row + column
        p = np.exp(logits[2, t, 4:] - logits[2, t, 4:].max())
        p /= p.sum()
        title = page.locator(".bw-square").inner_text()
        assert title == f"Picture 3, row {row + 1}, column {column + 1}."
        order = np.argsort(-p)
        hot = np.where(p >= p[order[7]], p ** (1 / 0.7), 0)
        hot /= hot.sum()
        shown = page.locator(".bw-codes .bw-share").all_inner_texts()
        listed = list(order[:6])
        if tokens[2, t] - 4 not in listed:
            listed[-1] = tokens[2, t] - 4
        assert len(shown) == 6
        for text, code in zip(shown, listed, strict=True):
            for said, share in zip(text.split(" → "), (p[code], hot[code]), strict=True):
                assert abs(float(said.removeprefix("under ").rstrip("%")) - 100 * share) <= 0.51
        assert page.locator(".is-painted").count() == 1
        looked = json.loads(page.locator(".bw-writer").get_attribute("data-looked"))
        expected = maps[:, 2, :, t].mean(axis=(0, 1))[: 7 + t + 1]
        np.testing.assert_allclose(looked, expected, atol=1e-5)
        words = page.locator(".bw-word b").all_inner_texts()
        assert words[:8] == [*EXAMPLES[1].split(), "end", "start"]
        assert len(words) == 8 + (t > 0)
    page.get_by_label("Layer").select_option("2 (top)")
    settle(page)
    page.locator(".bw-ink").nth(2).hover(position={"x": x, "y": y})
    settle(page)
    looked = json.loads(page.locator(".bw-writer").get_attribute("data-looked"))
    np.testing.assert_allclose(looked, maps[1, 2, :, 24].mean(axis=0)[: 7 + 25], atol=1e-5)


def test_squares_are_reached_by_keyboard_and_kept_by_a_click(show, model):
    page = show(writer(model))
    painted(page)
    square = page.locator(".bw-writer")
    canvas = page.get_by_role("application", name="Picture 2 of 4: a three")
    canvas.press("ArrowDown")
    settle(page)
    assert square.get_attribute("data-square") == "1,12"  # it begins in the middle
    for key in ("ArrowDown", "ArrowRight", "Shift+ArrowUp"):
        canvas.press(key)
    settle(page)
    assert square.get_attribute("data-square") == "1,3"
    page.wait_for_function(
        "document.querySelector('.bw-spoken[aria-live]').textContent.includes('row 1, column 4')"
    )
    spoken = page.locator(".bw-spoken[aria-live]").inner_text()
    assert "Expected: code" in spoken and "Looked at" in spoken and "% ink" in spoken
    page.get_by_role("button", name="another 4").click()
    settle(page)
    painted(page)
    assert page.locator(".bw-square").inner_text() == "Picture 2, row 1, column 4."
    canvas.press("Escape")
    settle(page)
    assert page.locator(".bw-square").inner_text().startswith("Point at a square, tap it")
    page.locator(".bw-ink").first.click(position={"x": 3, "y": 3})
    page.mouse.move(0, 0)
    settle(page)
    assert square.get_attribute("data-square") == "0,0", "a click keeps it"
    assert page.locator(".bw-frame:visible").count() == 1


def test_a_caption_is_put_together_and_what_was_never_trained_is_said(show, model):
    page = show(writer(model, pictures=1))
    first, relation, second = (
        page.get_by_label(name, exact=True)
        for name in ("first digit", "where it is", "second digit")
    )
    assert not second.is_visible()
    told, warned = [], []
    for select, value in (
        (relation, "above"), (first, "nine"), (second, "two"), (relation, "below"),
        (second, "nine"), (relation, "alone"), (first, "zero"), (relation, "right of"),
        (relation, "left of"),
    ):  # fmt: skip
        select.select_option(value)
        settle(page)
        told.append(page.locator(".bw-writer").get_attribute("data-text"))
        warned.append(page.get_by_text("No caption of the training says it like this").is_visible())
    assert told == [
        "a three above a seven", "a nine above a seven", "a nine above a two", "a nine below a two",
        "a nine below a nine", "a nine", "a zero", "a zero right of a nine",
        "a zero left of a nine",
    ]  # fmt: skip
    assert warned == ["below" in text or "right" in text for text in told]
    assert set(told) <= every_caption()
    painted(page, text=told[-1])


def test_the_caption_it_starts_with_is_shown(show, model):
    for text, chosen in (
        ("a nine right of a nine", ["nine", "right of", "nine"]),
        ("a zero", ["zero", "alone"]),
        ("a three below a two", ["three", "below", "two"]),
    ):
        page = show(writer(model, text=text, pictures=1))
        selects = page.locator(".bw-caption select:visible")
        assert selects.evaluate_all("es => es.map(e => e.value)") == chosen


def test_a_model_of_single_digits_offers_no_relation(show):
    page = show(writer(painter(prefix_length=3, seed=3), examples=["a three"]))
    painted(page)
    assert page.locator(".bw-caption select").count() == 1
    page.get_by_label("first digit").select_option("eight")
    settle(page)
    assert page.locator(".bw-writer").get_attribute("data-text") == "a eight"


@pytest.mark.slow
def test_a_new_dial_value_cancels_the_painting_and_nothing_blocks(show):
    """At the size of chapter 16: no frame is held up for long, and the last choice wins."""
    big = painter(68, max_length=256, columns=16, d_model=96, heads=4, d_ff=256, layers=3)
    page = show(PictureWriter(big, codebook(64, columns=16), examples=EXAMPLES))
    steps = page.evaluate(
        """async () => {
             const el = document.querySelector(".bw-writer");
             const slider = el.querySelector(".bw-slider"), seen = [];
             const frame = () => new Promise(requestAnimationFrame);
             for (const value of [0.3, 0.6, 0.9, 0.5]) {
               slider.value = value;
               slider.dispatchEvent(new Event("input"));
               for (let n = 0; n < 3; n++) await frame();
               seen.push(Number(el.dataset.done));
             }
             return seen;
           }"""
    )
    assert max(steps) < 256, f"the page never waits for a whole painting: {steps}"
    page.wait_for_function("document.querySelector('.bw-writer').dataset.done === '256'")
    assert page.locator("output").first.inner_text() == "0.50"
    tokens = page.locator(".bw-writer").get_attribute("data-tokens")
    dial(page, "Temperature", 0.5)
    page.wait_for_function("document.querySelector('.bw-writer').dataset.done === '256'")
    assert page.locator(".bw-writer").get_attribute("data-tokens") == tokens


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_on_a_phone_and_can_be_read(show, model, theme):
    page = show(writer(model, text=EXAMPLES[1], top_k=5), width=390, theme=theme)
    painted(page)
    page.locator(".bw-ink").first.click(position={"x": 60, "y": 60})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".bw-ink").first.bounding_box()["width"] > 140
    fullest = "color-mix(in srgb, var(--bw-attention) 45%, var(--bw-page))"  # behind a whole share
    page.locator(".bw-word").evaluate_all(
        "(es, c) => es.forEach(e => e.style.background = c)", fullest
    )
    for selector in (".bw-word b", ".bw-word span", ".bw-share", ".bw-mark", ".bw-hint", "output",
                     ".bw-example", "select", ".bw-square"):  # fmt: skip
        for element in page.locator(f".bw-writer {selector}:visible").all():
            assert element.evaluate(CONTRAST) >= 4.5, (selector, element.inner_text())


def test_two_on_a_page_do_not_meet(show, model):
    page = show(writer(model, text=EXAMPLES[0]), writer(model, text=EXAMPLES[1], pictures=1))
    one, other = page.locator(".bw-writer").all()
    other.get_by_role("button", name="a two above a five").click()
    page.wait_for_function(
        "document.querySelectorAll('.bw-writer')[1].dataset.text === 'a two above a five'"
    )
    assert one.get_attribute("data-text") == "a three"
    assert other.locator(".bw-ink").count() == 1
