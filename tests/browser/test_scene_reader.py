"""The scene reader of chapter 15 in Chromium: captions, the map of every word, the controls."""

import json
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

import encdec_lib.widgets
from encdec_lib.analysis.word_maps import weight_on
from encdec_lib.data import BOS, EOS, digits
from encdec_lib.data.captions import WORDS
from encdec_lib.data.scenes import Placed
from encdec_lib.generate.sampling import greedy
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.transformer import TransformerDecoder
from encdec_lib.models.vit_to_transformer import (
    GridCaptionConfig,
    ViTCaptionConfig,
    grid_captioner,
    vit_captioner,
)
from encdec_lib.web import rounded
from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import SceneReader
from tests.browser.looking import CONTRAST
from tests.helpers.thinned import thinned
from tests.widgets.untrained_images import shaken

pytestmark = pytest.mark.browser

START = [(3, 2, 3), (7, 1, 18), (9, 18, 4)]
NAMES = "ViT, Transformer", "CNN grid, GRU", "one vector"
LONGEST = 20


def quiet(model):
    """The model as it is, but it writes no specials other than <eos>."""
    specials = jnp.array([0, 1, 3])
    if getattr(model.decoder, "output", None) is not None:
        bias = model.decoder.output.bias
        bias[...] = bias[...].at[specials].set(-99)
        return model
    table, last = model.decoder.tokens.embedding.embedding, model.decoder.norm.bias
    table[...] = table[...].at[:, 0].set(0).at[specials, 0].set(-20)  # the output is tied to it
    last[...] = last[...].at[0].set(9)
    return model


@pytest.fixture(scope="module")
def models():
    """Untrained: any caption is right that equals Flax's."""
    transformer = ViTCaptionConfig(
        patch=8, d_model=6, heads=3, d_ff=7, encoder_layers=1, decoder_layers=2
    )
    grid = GridCaptionConfig(
        channels=(2, 3, 3), embed_dim=3, encoding_dim=6, state_dim=5, align_dim=7
    )
    vector = CaptionConfig(channels=(2, 3, 3), embed_dim=3, state_dim=5)
    made = (
        quiet(shaken(lambda: vit_captioner(transformer, rngs=nnx.Rngs(0)), seed=1)),
        quiet(shaken(lambda: grid_captioner(grid, rngs=nnx.Rngs(0)), seed=2)),
        quiet(shaken(lambda: captioner(vector, rngs=nnx.Rngs(0)), seed=3)),
    )
    return dict(zip(NAMES, made, strict=True))


@pytest.fixture(scope="module")
def test_digits():
    return digits.load(14).test


@nnx.jit
def looking(model, image, target_in):
    encoding = model.encoder(image)
    if isinstance(model.decoder, TransformerDecoder):
        return model.decoder.with_attention(target_in, encoding)[2]
    return [model.decoder(target_in, encoding)[1]]


def in_flax(model, reader, places):
    """The caption of these places, and the weights of each layer, (heads, T, M)."""
    reader.places, seen = places, rounded(model)
    image = jnp.asarray(reader.picture()[None])
    tokens = [int(t) for t in greedy(seen, image, LONGEST).tokens[0] if t]
    words = [t for t in tokens if t != EOS]
    assert min(words) > 3
    target_in = [BOS, *words, *[BOS] * LONGEST][:LONGEST]  # one shape; later ones are not seen
    maps = looking(seen, image, jnp.array([target_in]))
    return " ".join(WORDS.decode(words)), [np.asarray(m[0, :, : len(tokens)]) for m in maps]


def settled(page):
    """What the widget says of itself, after the page has caught up."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    data = page.locator(".bw-reader").evaluate("e => ({...e.dataset})")
    return data | {name: json.loads(data[name] or "null") for name in ("places", "weights")}


def choose(page, name):
    page.get_by_role("radio", name=name, exact=name in ("1 (bottom)", "2")).check()
    return settled(page)


def words_of(page):
    return page.get_by_role("radiogroup", name="Words of the caption").get_by_role("radio")


@pytest.mark.parametrize("name", NAMES[:2])
def test_captions_and_the_maps_of_all_words_equal_flax(show, models, test_digits, name):
    reader = SceneReader(models, test_digits, start=START, model=name)
    page = show(reader)
    for key in ("", "Shift+ArrowDown"):
        if key:
            page.locator(".bw-placed").first.press(key)
        data = settled(page)
        said, maps = in_flax(models[name], reader, data["places"])
        assert (data["said"], data["model"]) == (said, name)
        words = words_of(page)
        assert words.count() == maps[0].shape[1]
        for t in (0, words.count() - 1):
            words.nth(t).focus()
            data = settled(page)
            top = maps[-1][:, t]
            assert data["word"] == str(t) and np.ptp(top) > 0.01
            np.testing.assert_allclose(data["weights"], top.mean(axis=0), rtol=0, atol=1e-5)
            cells = "es => es.map((e) => Number(e.dataset.share))"
            lies = page.eval_on_selector_all(".bw-patches i", cells)
            np.testing.assert_allclose(lies, data["weights"], atol=1e-7)
    if name != NAMES[0]:
        assert page.get_by_role("radiogroup", name="Heads").is_hidden()
        return
    for layer in ("1 (bottom)", "2"):
        choose(page, layer)
        for head in (1, 3):
            data = choose(page, f"head {head}")
            expected = maps[int(layer[0]) - 1][head - 1, t]
            np.testing.assert_allclose(data["weights"], expected, rtol=0, atol=1e-5)
            assert f"head {head}:" in page.locator(".bw-reading").inner_text()


def test_a_word_is_pointed_at_tapped_or_reached_by_arrow_keys(show, models, test_digits):
    page = show(SceneReader(models, test_digits, start=START, word=1))
    words = words_of(page)
    first = settled(page)
    assert first["word"] == "1" and words.nth(1).get_attribute("aria-checked") == "true"
    assert (
        page.locator(".bw-reading")
        .inner_text()
        .startswith(words.nth(1).locator(".bw-said").inner_text() + " (")
    )
    words.nth(0).hover()
    assert settled(page)["word"] == "0"
    page.mouse.move(0, 0)
    assert settled(page)["word"] == "1"
    words.nth(2).click()
    page.mouse.move(0, 0)
    assert settled(page)["word"] == "2"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert settled(page)["word"] == "0"
    page.keyboard.press("ArrowLeft")
    assert settled(page)["word"] == "0"
    page.keyboard.press("End")
    assert settled(page)["word"] == str(words.count() - 1)
    assert words.and_(page.locator("[tabindex='0']")).count() == 1


def test_a_model_with_one_vector_has_no_map(show, models, test_digits):
    reader = SceneReader(models, test_digits, start=START, model="one vector")
    page = show(reader)
    data = settled(page)
    assert data["said"] == in_flax_caption(models["one vector"], reader, data["places"])
    assert data["weights"] is None and page.locator(".bw-patches").is_hidden()
    assert "no word has a map" in page.locator(".bw-reading").inner_text()
    choose(page, "ViT")
    assert page.locator(".bw-patches").is_visible()


def in_flax_caption(model, reader, places):
    reader.places = places
    tokens = greedy(rounded(model), reader.picture()[None], LONGEST).tokens[0]
    return " ".join(WORDS.decode(tokens))


def test_the_true_caption_and_the_score_of_every_model_stand_beside(show, models, test_digits):
    page = show(SceneReader(models, test_digits, start=START))
    truth = page.locator(".is-reference .bw-tokens")
    assert truth.inner_text() == "a three left of a seven, above a nine"
    page.wait_for_function("document.querySelector('.bw-choice').innerText.includes('right')")
    notes = page.locator(".bw-choices").first.locator(".bw-choice").all_inner_texts()
    assert [note.split(":")[0] for note in notes] == list(NAMES)
    verdict = page.locator(".is-attention .bw-verdict").inner_text()
    assert verdict.startswith(notes[0].split(": ")[1]) and "of 10 right" in verdict


def test_digits_come_and_go(show, models, test_digits):
    page = show(SceneReader(models, test_digits))
    assert "choose a digit" in page.locator(".bw-empty").inner_text()
    assert page.locator(".bw-patches").is_hidden()
    page.get_by_role("button", name="place a five").click()
    data = settled(page)
    assert len(data["places"]) == 1 and data["weights"] is not None
    reading = page.locator(".bw-reading").inner_text()
    assert "On the five " in reading and "elsewhere" in reading
    page.get_by_role("button", name="place a five").click()
    settled(page)
    assert "the other five" in page.locator(".bw-reading").inner_text()
    page.get_by_role("button", name="clear").click()
    assert settled(page)["said"] == "" and page.locator(".bw-patches").is_hidden()


def test_shares_on_digits_are_those_of_the_figures(page):
    source = bundle(Path(encdec_lib.widgets.__file__).parent / "parts" / "patch_map.js")
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(64))
    corners = rng.integers(0, 22, (20, 2))
    boxes = [Placed(1, int(t), int(c), int(t) + 9, int(c) + 7) for t, c in corners]
    page.goto("about:blank")
    found = page.evaluate(
        """async ([source, shares, boxes]) => {
             const blob = new Blob([source], { type: "text/javascript" });
             const { sharesOn, largest } = await import(URL.createObjectURL(blob));
             return [sharesOn(shares, boxes, 32), largest([0.1, 0.5, 0.15, 0.25], 2)];
           }""",
        [source, weights.tolist(), [box._asdict() for box in boxes]],
    )
    np.testing.assert_allclose(found[0], weight_on(weights, boxes, 32), atol=1e-9)
    assert found[1] == "row 1, column 2 (50%) and row 2, column 2 (25%)"


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_and_its_text_stands_out(show, models, test_digits, theme):
    for wide in (390, 1280):
        page = show(SceneReader(models, test_digits, start=START), width=wide, theme=theme)
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= wide
        for selector in ("legend", "p:not(.bw-spoken)", "[role=radio]", "label", ".bw-bar button"):
            for element in page.locator(f".bw-root {selector}").all():
                if element.is_visible() and element.is_enabled():
                    assert element.evaluate(CONTRAST) >= 4.5, f"{selector} in {theme}"


def test_every_control_has_a_name_and_a_visible_focus(show, models, test_digits):
    page = show(SceneReader(models, test_digits, start=START))
    for control in page.locator(".bw-root :is(input, button, [tabindex='0'])").all():
        if not control.is_enabled():
            continue
        assert control.evaluate(
            "e => (e.labels?.[0]?.innerText || e.ariaLabel || e.innerText).trim()"
        )
        control.focus()
        page.keyboard.press("Shift")  # the last input was the keyboard: focus is visible
        outline = "e => getComputedStyle(e.closest('label') ?? e).outlineStyle"
        assert control.evaluate(outline) == "solid"
