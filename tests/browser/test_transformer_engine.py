"""encdec_lib/web/engine/models/transformer.js, run by engine.js, against the Flax models, in
Chromium: logits and every map.
"""

import jax.numpy as jnp
import numpy as np
import pytest
from playwright.sync_api import Error

from encdec_lib.data import EOS, PAD, pad
from encdec_lib.data.pronunciations import LETTERS
from encdec_lib.generate.sampling import greedy
from encdec_lib.layers.positions import rotate, sinusoidal
from encdec_lib.web import export_model, rounded
from tests.browser.engine_page import as_json, load, transformer_with_attention
from tests.helpers.thinned import thinned
from tests.widgets.untrained_transformers import (
    CHOICES,
    small,
    with_gru_decoder,
    with_gru_encoder,
)

pytestmark = pytest.mark.browser

WORDS = ["a", "ox", "knight", "psychologically"]
TOLD = [1, 42, 4, 17, 17, 30, 9]  # the decoder's input, <bos> first

RUN = """({ exported, sources, told, maxLength }) => {
  const text = atob(exported.data), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const model = engine.loadModel({ ...exported, data: bytes });
  const plain = ({ encoder, own, cross }) => Object.fromEntries(
    Object.entries({ encoder, own, cross }).map(([name, layers]) => [name,
      layers.map((map) => Array.from({ length: map.heads }, (_, n) =>
        transformer.headRows(map, n).map((row) => [...row])))]));
  return sources.map((source) => {
    const encoding = model.encode(source), steps = [];
    let state = model.start(encoding);
    for (const token of told) {
      steps.push(model.step(state, token));
      state = steps[steps.length - 1].state;
    }
    const answer = engine.greedy(model, source, maxLength);
    return {
      logits: steps.map(({ logits }) => [...logits]),
      weights: steps.map(({ weights }) => [...weights]),
      maps: plain(transformer.mapsOf(encoding, steps)),
      tokens: answer.tokens, finished: answer.finished, answered: plain(answer.maps),
      logProb: answer.logProbs.reduce((a, b) => a + b, 0),
    };
  });
}"""


def in_page(page, exported, words=WORDS, told=TOLD, max_length=11):
    """Logits and maps of a told answer, and the greedy answer, as transformer.js has them."""
    state = as_json(exported)
    sources = [LETTERS.encode(word) for word in words]
    arguments = {"exported": state, "sources": sources, "told": told, "maxLength": max_length}
    return page.evaluate(RUN, arguments)


def in_flax(model, words=WORDS, told=TOLD):
    """Logits (B, T, V) and maps, all target positions at once."""
    source = jnp.asarray(pad([LETTERS.encode(word) for word in words]))
    return transformer_with_attention(
        model, source, jnp.tile(jnp.array(told)[None], (len(words), 1))
    )


def compare(page, model, dtype="float16"):
    """Holds what the page works out step by step to what Flax works out at once."""
    load(page, "engine", "transformer")
    logits, maps = in_flax(rounded(model, dtype))
    assert np.abs(logits).max() > 0.5  # not all alike
    for b, answer in enumerate(in_page(page, export_model(model, dtype))):
        np.testing.assert_allclose(answer["logits"], logits[b], rtol=0, atol=1e-4)
        for name, layers in maps.items():
            assert len(answer["maps"][name]) == len(layers)
            for mine, theirs in zip(answer["maps"][name], layers, strict=True):
                rows = len(WORDS[b]) if name == "encoder" else len(TOLD)
                columns = len(TOLD) if name == "own" else len(WORDS[b])
                theirs = theirs[b, :, :rows, :columns]
                np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-5)
                np.testing.assert_allclose(np.sum(mine, axis=-1), 1, atol=1e-6)
        top = np.mean(answer["maps"]["cross"][-1], axis=0)
        np.testing.assert_allclose(answer["weights"], top, rtol=0, atol=1e-6)
    return maps


@pytest.mark.parametrize("choice", thinned(CHOICES, list(CHOICES)[1:4]))
def test_steps_with_a_cache_equal_all_positions_at_once(page, choice):
    maps = compare(page, small(**CHOICES[choice]))
    peaks = np.max(maps["own"][0][:, :, -1], axis=-1)
    assert (peaks > 1.2 / len(TOLD)).any()  # not all places alike


@pytest.mark.parametrize("choice", thinned(["as it comes", "learned, pre-norm"], ["as it comes"]))
def test_int8_equals_flax(page, choice):
    compare(page, small(**CHOICES[choice]), "int8")


@pytest.mark.parametrize("score", thinned(["general", "additive"], ["additive"]))
def test_its_encoder_feeds_the_decoder_of_chapter_9(page, score):
    maps = compare(page, with_gru_decoder(score=score, positions="sinusoidal"))
    assert [len(maps[name]) for name in ("encoder", "own", "cross")] == [2, 0, 1]


def test_its_decoder_reads_the_encoder_of_chapter_8(page):
    maps = compare(page, with_gru_encoder())
    assert [len(maps[name]) for name in ("encoder", "own", "cross")] == [0, 2, 2]


@pytest.mark.parametrize("choice", ["as it comes", "post-norm, learned, untied, own d_k and d_v"])
def test_greedy_answers_and_their_maps_equal_flax(page, choice):
    load(page, "engine", "transformer")
    model = small(**CHOICES[choice])
    seen, answers = rounded(model), in_page(page, export_model(model))
    source = pad([LETTERS.encode(word) for word in WORDS])
    tokens, scores, weights = greedy(seen, source, max_length=11)
    for b, (word, answer) in enumerate(zip(WORDS, answers, strict=True)):
        said = answer["tokens"] + [EOS] * answer["finished"]
        assert tokens[b][tokens[b] != PAD].tolist() == said
        np.testing.assert_allclose(answer["logProb"], scores[b], rtol=1e-4)
        expected = weights[b, :, : len(said), : len(word)]
        np.testing.assert_allclose(answer["answered"]["cross"][-1], expected, rtol=0, atol=1e-5)
        own = np.array(answer["answered"]["own"])
        assert own.shape[-2:] == (len(said), len(said))
        assert np.abs(np.triu(own, 1)).max() == 0  # nobody looks ahead


def test_a_state_can_be_continued_twice(page):
    """A step leaves the cache it was given as it was, as a search over several answers needs."""
    load(page, "engine", "transformer")
    exported = export_model(small())
    state = as_json(exported)
    one, other = page.evaluate(
        """(exported) => {
             const bytes = Uint8Array.from(atob(exported.data), (c) => c.charCodeAt(0));
             const model = engine.loadModel({ ...exported, data: bytes });
             const before = model.step(model.start(model.encode([4, 5, 6])), 1).state;
             const one = model.step(before, 7).logits;
             model.step(before, 9);
             return [[...one], [...model.step(before, 7).logits]];
           }""",
        state,
    )
    assert one == other


def test_positions_are_worked_out_in_the_page(page):
    load(page, "positions")
    rows = page.evaluate("[0, 1, 7, 63].map((place) => [...positions.sinusoidal(place, 10)])")
    expected = sinusoidal(jnp.array([0, 1, 7, 63]), 10)
    np.testing.assert_allclose(rows, expected, rtol=0, atol=2e-5)
    assert "encoder.tokens.positions.table" not in export_model(small()).manifest
    x = np.random.default_rng(0).normal(size=(1, 3, 5, 4)).astype(np.float32)
    turned = page.evaluate(
        "x => [...positions.rotate(Float32Array.from(x), 5, 3, 2)]",
        x.transpose(0, 2, 1, 3).ravel().tolist(),
    )
    expected = np.asarray(rotate(jnp.asarray(x), jnp.arange(2, 7))).transpose(0, 2, 1, 3)
    np.testing.assert_allclose(turned, expected.ravel(), rtol=0, atol=1e-5)


def test_a_source_or_answer_longer_than_its_learned_places_is_refused(page):
    load(page, "engine", "transformer")
    exported = export_model(small(positions="learned", max_length=5))
    with pytest.raises(Error, match="this model knows 5 places; place 6 was asked for"):
        in_page(page, exported, ["knight"], [1])
    with pytest.raises(Error, match="this model knows 5 places; place 6 was asked for"):
        in_page(page, exported, ["ox"], TOLD)


def test_what_does_not_fit_is_named(page):
    load(page, "engine", "transformer")
    exported, narrow = export_model(small()), export_model(small(d_model=6))
    settings = exported.settings | {"encoder": exported.settings["encoder"] | {"positions": "x"}}
    with pytest.raises(Error, match="positions sinusoidal, learned, rotary, none, not x"):
        in_page(page, exported._replace(settings=settings))
    message = page.evaluate(
        """(exported) => {
             const bytes = Uint8Array.from(atob(exported.data), (c) => c.charCodeAt(0));
             const model = engine.loadModel({ ...exported, data: bytes });
             const encoding = { M: 2, vectors: new Float32Array(24) };
             try { model.start(encoding); } catch (e) { return e.message }
           }""",
        as_json(narrow),
    )
    assert message == "this decoder reads vectors of width 6, not 12"
