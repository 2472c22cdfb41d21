"""The stepper of chapter 10 in Chromium: its numbers are the library's."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.transformer import TransformerConfig, attention_maps, transformer
from encdec_lib.web import export_model
from encdec_lib.widgets import SelfAttentionStepper
from encdec_lib.widgets.parts import PARTS
from tests.browser.engine_page import add, as_json, load
from tests.browser.stepping import check_looks, frame, press, sentence, told, walk, words
from tests.helpers.thinned import thinned
from tests.widgets.untrained_images import shaken

pytestmark = pytest.mark.browser

HERE = PARTS.parent / "self_attention_stepper"
IDS = [22, 6, 4, 16, 8, 15]  # 3 camel


def model(**choices):
    sizes = {"d_model": 14, "heads": 1, "d_ff": 11, "d_k": 5, "d_v": 7}
    config = TransformerConfig(25, 25, **sizes, encoder_layers=1, decoder_layers=1, **choices)
    return shaken(lambda: transformer(config, rngs=nnx.Rngs(0)), 3)


@pytest.fixture(scope="module")
def shaken_model():
    return model()


@pytest.mark.parametrize("choices", [{}, {"pre_norm": False, "scaled": False, "positions": "none"}])
def test_every_number_is_the_librarys(page, choices):
    whole = model(**choices)
    exported = export_model(whole, "float32")
    load(page, "one_row", folder=HERE)
    add(page, "parameters")
    row = page.evaluate(
        """([{ manifest, data, settings }, ids]) => {
             const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
             const P = parameters.readParameters(manifest, bytes);
             const made = one_row.rowOf(P, settings.encoder, ids, 2);
             const list = (one) => [...one];
             return { ...made, query: list(made.query), keys: made.keys.map(list),
                      values: made.values.map(list), weights: list(made.weights) };
           }""",
        [as_json(exported), IDS],
    )
    block = whole.encoder.blocks[0]
    x = whole.encoder.tokens(jnp.array([IDS]))
    x = block.residual_attention.norm(x) if choices.get("pre_norm", True) else x
    keys, values = block.attention.keys_values(x)
    near = {"rtol": 1e-4, "atol": 1e-5}
    np.testing.assert_allclose(row["query"], block.attention.queries(x)[0, 0, 2], **near)
    np.testing.assert_allclose(row["keys"], keys[0, 0], **near)
    np.testing.assert_allclose(row["values"], values[0, 0], **near)
    maps = attention_maps(whole, jnp.array([IDS]), jnp.array([[1]]))
    weights = np.asarray(maps.encoder[0][0, 0, 2])
    np.testing.assert_allclose(row["weights"], weights, **near)
    np.testing.assert_allclose(row["mixture"], weights @ np.asarray(values[0, 0]), **near)
    by = 1 if choices else np.sqrt(5)
    np.testing.assert_allclose(row["scores"], np.array(row["products"]) / by, rtol=1e-6)


def test_six_steps_by_keyboard_and_their_numbers_agree(show, shaken_model):
    page = show(SelfAttentionStepper(shaken_model))
    said = walk(page)
    assert len(said) == 6 and len(set(said)) == 6
    assert said[0].startswith("3 asks") and "5 numbers" in said[0]
    shares = [int(word.strip("%")) for word in words(page).split(" | ") if word.endswith("%")]
    assert len(shares) == 6 and abs(sum(shares) - 100) <= 3
    assert f"{max(shares)}%" in said[3] and f"{max(shares)}%" in said[5]


def test_the_first_letter_asks_after_the_last_step(show, shaken_model):
    page = show(SelfAttentionStepper(shaken_model, step=6))
    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (1, 1) and sentence(page).startswith("c asks")


def test_another_string_is_computed_at_once(show, shaken_model):
    page = show(SelfAttentionStepper(shaken_model, step=4))
    before = words(page)
    page.get_by_label("Your string").fill("2 hood")
    frame(page)
    assert words(page) != before and "h" in words(page)
    page.get_by_label("Your string").fill("9 hood")
    assert "from 1 to 4" in page.locator(".bw-message").inner_text()


@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1000, "light")], [(390, "dark")]))
def test_nothing_jumps_is_cut_off_or_pale(show, shaken_model, width, theme):
    page = show(SelfAttentionStepper(shaken_model, "5 panel"), width=width, theme=theme)
    check_looks(page, width)
    press(page, "Home")
