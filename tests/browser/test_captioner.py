"""The captioner of chapter 5 in Chromium: placing, moving, and the captions in the page."""

import json
from pathlib import Path

import numpy as np
import pytest
from flax import nnx

import encdec_lib.widgets
from encdec_lib.data import digits
from encdec_lib.data.captions import WORDS, caption
from encdec_lib.data.scenes import Placed
from encdec_lib.generate.sampling import greedy
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.web import rounded
from encdec_lib.widgets import SceneCaptioner
from tests.widgets.untrained_images import shaken

pytestmark = pytest.mark.browser

START = [(3, 2, 3), (7, 1, 18), (9, 18, 4)]


@pytest.fixture(scope="module")
def model():
    """Untrained: any caption is right that equals Flax's. It writes no specials but <eos>."""
    sizes = CaptionConfig(channels=(3, 5, 5), embed_dim=5, state_dim=7)
    model = shaken(lambda: captioner(sizes, rngs=nnx.Rngs(0)), seed=4)
    bias = np.array(model.decoder.output.bias[...])
    bias[[0, 1, 3]] = -99
    model.decoder.output.bias[...] = np.asarray(bias)
    return model


@pytest.fixture(scope="module")
def test_digits():
    return digits.load(14).test


def captioned(page):
    """The places and the model's caption, after the page has caught up."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    data = page.locator(".bw-captioner").evaluate("e => ({...e.dataset})")
    return json.loads(data["places"]), data["said"]


def flax_caption(model, widget, places, longest=40):
    """What the Flax model with the page's weights says of these places."""
    widget.places = places
    tokens = greedy(rounded(model, "int8"), widget.picture()[None], longest).tokens[0]
    return " ".join(WORDS.decode(tokens))


def test_the_page_says_what_the_flax_model_says(show, model, test_digits):  # noqa: F811
    widget = SceneCaptioner(model, test_digits, start=START)
    page = show(widget)
    captions = set()
    for key in ("", "ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown", "ArrowLeft", "Delete"):
        if key:
            page.locator(".bw-placed").first.press(key)
        places, said = captioned(page)
        assert said == flax_caption(model, widget, places)
        captions.add(said)
    assert len(places) == 2
    assert len(captions) > 1, "a test that sees one caption only compares little"


def test_the_true_caption_stands_beside_it(show, model, test_digits):  # noqa: F811
    page = show(SceneCaptioner(model, test_digits, start=START))
    truth = page.locator(".is-reference .bw-tokens")
    assert truth.inner_text() == "a three left of a seven, above a nine"
    seven = page.get_by_role("button", name="seven, rows")
    for _ in range(5):
        seven.press("Shift+ArrowDown")
    for _ in range(5):
        seven.press("Shift+ArrowLeft")
    captioned(page)
    assert truth.inner_text() == "a three above a seven, above a nine"


def test_mistakes_are_marked_against_the_true_caption(show, model, test_digits):  # noqa: F811
    page = show(SceneCaptioner(model, test_digits, start=START))
    _, said = captioned(page)
    tokens = page.locator(".is-source .bw-token:not(.bw-missing) .bw-said").all_inner_texts()
    assert " ".join(tokens) == said
    right = page.locator(".is-source .bw-right").count()
    assert page.locator(".is-source .bw-verdict").inner_text().startswith(f"{right} of 10 right")


def test_a_layout_that_could_be_argued_about_has_no_true_caption(show, model, test_digits):  # noqa: F811
    page = show(SceneCaptioner(model, test_digits, start=START[:2]))
    seven, reference = page.get_by_role("button", name="seven, rows"), page.locator(".is-reference")
    told = []
    for _ in range(20):
        seven.press("ArrowDown")
        captioned(page)
        told.append(reference.inner_text().splitlines()[-1])
        if told[-1].startswith("No caption"):
            assert (
                page.locator(".is-source").locator(".bw-wrong, .bw-extra, .bw-missing").count() == 0
            )
    assert told[0] == "a three left of a seven" and told[-1] == "a three above a seven"
    assert 2 <= sum(text.startswith("No caption") for text in told) <= 4


def test_the_rule_in_the_page_is_the_rule_of_the_data(page):
    source = (Path(encdec_lib.widgets.__file__).parent / "parts" / "scene_rule.js").read_text(
        "utf-8"
    )
    rng = np.random.default_rng(5)
    layouts = []
    for _ in range(1500):
        count = rng.integers(1, 5)
        tops, lefts = rng.integers(0, 20, (2, count))
        sizes = rng.integers(3, 12, (2, count))
        labels = rng.integers(0, 4, count)  # equal ones are frequent
        layouts.append(
            [
                Placed(*map(int, row))
                for row in zip(labels, tops, lefts, tops + sizes[0], lefts + sizes[1], strict=True)
            ]
        )
    expected = [caption(layout) for layout in layouts]
    page.goto("about:blank")
    found = page.evaluate(
        """async ([source, layouts]) => {
             const blob = new Blob([source], { type: "text/javascript" });
             const { trueCaption } = await import(URL.createObjectURL(blob));
             return layouts.map(trueCaption);
           }""",
        [source, [[place._asdict() for place in layout] for layout in layouts]],
    )
    assert found == expected
    assert 100 < sum(tokens is None for tokens in expected) < 1400


def test_digits_come_from_the_palette_and_go_again(show, model, test_digits, problems):  # noqa: F811
    widget = SceneCaptioner(model, test_digits)
    page = show(widget)
    assert "choose a digit" in page.locator(".bw-empty").inner_text()
    assert captioned(page) == ([], "")
    five = page.get_by_role("button", name="place a five")
    five.click()
    five.click()
    page.get_by_role("button", name="place a zero").press("Enter")
    places, said = captioned(page)
    assert [widget.labels[k] for k, _, _ in places] == [5, 5, 0]
    assert places[0][0] != places[1][0], "the second click gives another handwriting"
    assert said == flax_caption(model, widget, places)
    assert page.locator(".is-reference .bw-tokens").inner_text().startswith("a zero ")
    page.get_by_role("button", name="remove the zero").click()
    assert len(captioned(page)[0]) == 2
    page.get_by_role("button", name="clear").click()
    assert captioned(page) == ([], "")
    assert page.get_by_role("button", name="remove", exact=True).is_disabled()


def test_a_digit_is_dragged_and_stays_on_the_canvas(show, model, test_digits):  # noqa: F811
    page = show(SceneCaptioner(model, test_digits, start=START))
    box = page.locator(".bw-scene").bounding_box()
    three = page.get_by_role("button", name="three, rows")
    held = three.bounding_box()
    x, y = held["x"] + held["width"] / 2, held["y"] + held["height"] / 2
    pixel = box["width"] / 32
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5 * pixel, y + 3 * pixel, steps=4)
    page.mouse.up()
    assert captioned(page)[0][0][1:] == [5, 8]
    page.mouse.down()
    page.mouse.move(0, 0, steps=4)
    page.mouse.up()
    assert captioned(page)[0][0][1:] == [0, 0]
    page.mouse.move(x, y)
    assert captioned(page)[0][0][1:] == [0, 0], "let go is let go"


def test_another_scene_is_one_that_the_rule_can_caption(show, model, test_digits):  # noqa: F811
    widget = SceneCaptioner(model, test_digits)
    page = show(widget)
    for _ in range(5):
        page.get_by_role("button", name="another scene").click()
        places, said = captioned(page)
        assert 1 <= len(places) <= 3 and said == flax_caption(model, widget, places)
        assert page.locator(".is-reference .bw-tokens").inner_text().startswith("a ")


def test_what_no_training_scene_had_is_said(show, model, test_digits):  # noqa: F811
    page = show(SceneCaptioner(model, test_digits, start=[(1, 0, 0), (1, 0, 1)]))
    hint = page.locator(".bw-said .bw-hint").last
    assert "touch" in hint.inner_text()
    for digit in ("two", "three"):
        page.get_by_role("button", name=f"place a {digit}").click()
    captioned(page)
    assert "up to three digits" in hint.inner_text()


def test_it_fits_on_a_phone_and_reads_in_the_dark(show, model, test_digits):  # noqa: F811
    page = show(SceneCaptioner(model, test_digits, start=START), width=390, theme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".bw-scene").bounding_box()["width"] > 250
    style = "getComputedStyle(document.querySelector('.bw-tokens')).color"
    assert page.evaluate(style) == "rgb(230, 228, 223)"  # --ink of book/_static/tokens.css


def test_two_on_a_page_do_not_meet(show, model, test_digits):  # noqa: F811
    page = show(SceneCaptioner(model, test_digits, start=START), SceneCaptioner(model, test_digits))
    first, second = page.locator(".bw-captioner").all()
    second.get_by_role("button", name="place a two").click()
    captioned_at = [json.loads(e.evaluate("e => e.dataset.places")) for e in (first, second)]
    page.wait_for_function(
        "JSON.parse(document.querySelectorAll('.bw-captioner')[1].dataset.places).length === 1"
    )
    assert len(captioned_at[0]) == 3
