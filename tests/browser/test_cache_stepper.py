"""Chapter 16's cache in the page: what it holds, what is read of it, what is written."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data import BOS, EOS, pad
from encdec_lib.data.captions import WORDS
from encdec_lib.generate.sampling import greedy
from encdec_lib.layers.masks import prefix_mask
from encdec_lib.web import export_model, rounded
from encdec_lib.widgets import CacheStepper
from encdec_lib.widgets.parts import PARTS
from tests.browser.engine_page import add, as_json, load
from tests.browser.stepping import check_looks, press, sentence, told, walk, words
from tests.helpers.thinned import thinned
from tests.widgets.untrained_painters import codebook, painter

pytestmark = pytest.mark.browser

HERE = PARTS.parent / "cache_stepper"
CAPTION = "a one left of a seven"
CELLS = 25
RUN = """
([{ data, ...rest }, symbols, ink, names, places]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const model = engine.loadModel({ ...rest, data: bytes });
  const made = new writing.Writing(model, names, {
    vocabulary: tokens.vocabulary(symbols),
    codebook: new codebook.Codebook(new DataView(Uint8Array.from(ink).buffer), 2),
    ...{ columns: 5, temperature: 0, seed: 0 },
  });
  made.work(Infinity);
  const squares = [...Array(25).keys()].map((t) => made.square(t));
  return {
    codes: made.codes, stops: made.stops(), S: made.S,
    kept: places.map((place) => made.kept(place)),
    rows: [-1, 0, 1, 24].map((t) => made.rows(t)),
    squares: squares.map(({ words, own, ...rest }) =>
      ({ ...rest, words: [...words], own: [...own] })),
  };
}
"""


@pytest.fixture(scope="module")
def model():
    """Untrained: any picture is right that equals Flax's."""
    return painter(seed=3)


def prompt(text):
    return pad([[*WORDS.encode(text.split()), EOS]], 7)


@nnx.jit
def at_once(model, source, target_in):
    """Without a cache: logits, and of the top block its weights, keys and values."""
    encoding, decoder = model.encode(source), model.decoder
    logits, maps = decoder.with_attention(target_in, encoding)
    tokens = decoder._tokens(target_in, jnp.arange(CELLS))
    x = jnp.concatenate([encoding.vectors, tokens], axis=1)
    mask = prefix_mask(encoding.mask, CELLS, "full")
    *lower, top = decoder.blocks
    for block in lower:
        x, _ = block(x, mask)
    kept = top.attention.keys_values(top.residual_attention.sublayer_input(x))
    return logits, maps[-1], *kept


def as_before(page):
    page.wait_for_selector(".bw-cache-stepper[data-painted]")
    return page


def test_cache_looks_and_squares_are_the_librarys(page, model):
    load(page, "writing", folder=HERE)
    add(page, "engine")
    add(page, "tokens", "codebook", folder=PARTS)
    ink = np.rint(255 * codebook().patches.clip(0, 1)).astype(int).ravel().tolist()
    names, places = CAPTION.split(), [0, 3, 6, 7, 8, 30, 31]
    exported = as_json(export_model(model, "float32"))
    found = page.evaluate(RUN, [exported, list(WORDS.symbols), ink, names, places])
    tokens = np.array([BOS, *np.add(found["codes"], 4)])
    logits, top, keys, values = map(
        np.asarray, at_once(model, jnp.asarray(prompt(CAPTION)), jnp.asarray(tokens[None, :-1]))
    )
    assert (logits[0].argmax(axis=-1) == tokens[1:]).all() and len(set(tokens)) > 3
    top = top[0].mean(axis=0)[7:]  # (T, 7 + T)
    powers = np.exp(logits[0, :, 4:])
    shares = powers / powers.sum(axis=1, keepdims=True)
    for t, square in enumerate(found["squares"]):
        near = {"rtol": 1e-3, "atol": 1e-5}
        np.testing.assert_allclose(square["words"], top[t, :7], **near)
        np.testing.assert_allclose(square["own"], top[t, 7 : 8 + t], **near)
        assert square["share"] == pytest.approx(shares[t, found["codes"][t]], rel=1e-3)
    for place, row in zip(places, found["kept"], strict=True):
        for part, all_of in ((row["key"], keys), (row["value"], values)):
            flat = all_of[0, :, place].ravel()  # heads side by side
            np.testing.assert_allclose(part, flat[:12], rtol=1e-3, atol=1e-4)
    anew = [7, 8, 8 + 9, sum(7 + t for t in range(1, CELLS + 1))]
    assert [row["anew"] for row in found["rows"]] == anew
    assert [row["cached"] for row in found["rows"]] == [7, 8, 9, 7 + CELLS]
    assert found["stops"][:3] == [0, 1, 2] and found["stops"][-1] == CELLS - 1


@pytest.mark.slow
def test_each_step_says_what_is_added_read_and_written(show, model):
    page = as_before(show(CacheStepper(model, codebook(), temperature=0)))
    said = walk(page)
    assert "all 2 layers once" in said[0] and "3 tokens" in said[0] and "21 numbers" in said[0]
    assert "start sign" in said[1] and "all 4 rows" in said[1] and "square 1," in said[1]
    assert "Square 1, just written" in said[2] and "all 5 rows" in said[2]
    assert "28 rows was worked out once" in said[-1]
    anew = sum(3 + t for t in range(1, CELLS + 1))
    assert f"{anew} rows, {round(anew / 28)} times" in said[-1]
    assert words(page).split(" | ")[:3] == ["rows worked out so far", "28", "with the cache"]
    press(page, "Home")
    assert "read now" not in words(page) and " · new" not in words(page)
    press(page, "ArrowRight")
    seen = words(page).split(" | ")
    shares = [int(word.strip("%")) for word in seen if word.endswith("%")]
    assert "start · new" in seen and abs(sum(shares) - 100) <= 2
    rest = sentence(page).split("rows, ")[1].split("%")[0]
    assert abs(int(rest) - sum(shares[:3])) <= 2


@pytest.mark.slow
def test_the_second_caption_comes_after_the_first(show, model):
    page = as_before(show(CacheStepper(model, codebook(), step=9)))
    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (2, 1) and "all 8 rows" in sentence(page)
    first = greedy(rounded(model), np.asarray(prompt(CAPTION)), max_length=1).tokens[0, 0]
    assert first >= 4


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, model, width, theme):
    page = as_before(show(CacheStepper(model, codebook()), width=width, theme=theme))
    check_looks(page, width)
