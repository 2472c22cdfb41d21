"""encdec_lib/web/engine/{prefix,session,sampling}.js against the Flax models, in Chromium."""

import json

import jax.numpy as jnp
import numpy as np
import pytest
from playwright.sync_api import Error

from encdec_lib.data import BOS, PAD, pad
from encdec_lib.generate.sampling import greedy
from encdec_lib.web import export_model, rounded
from tests.browser.engine_page import as_json, decoder_only_with_attention, load
from tests.helpers.thinned import thinned
from tests.widgets.untrained_painters import PAINTERS, painter

pytestmark = pytest.mark.browser

CAPTIONS = [[4, 8, 20], [4, 6, 15, 17, 4, 12, 2], [9]]
TOLD = [BOS, 4, 22, 17, 17, 5, 9, 11, 4, 13, 21]  # the decoder's input

OPEN = """const text = atob(exported.data), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const model = engine.loadModel({ ...exported, data: bytes });
  const plain = ({ own, cross }) => ({ own: own.map(rows), cross: cross.map(rows) });
  const rows = ({ heads, columns, weights }) => Array.from({ length: heads }, (_, n) =>
    [...weights.subarray(n * columns, (n + 1) * columns)]);"""
STEPS = f"""({{ exported, sources, told }}) => {{
  {OPEN}
  return sources.map((source) => {{
    let state = model.start(model.encode(source));
    return told.map((token) => {{
      const step = model.step(state, token);
      state = step.state;
      return {{ logits: [...step.logits], weights: [...step.weights], maps: plain(step.maps) }};
    }});
  }});
}}"""
LANES = f"""({{ exported, sources, answers, again }}) => {{
  {OPEN}
  const session = model.open(answers.length);
  return sources.map((source) => {{
    session.read(model.encode(source));
    const logits = answers[0].map((_, t) => {{
      const told = [...session.step(answers.map((answer) => answer[t]))];
      if (again && t) session.again(t % answers.length, t - 1, answers[t % answers.length][t - 1]);
      return told;
    }});
    const [lane, t] = again ?? [0, 0], then = session.again(lane, t, answers[lane][t]);
    return {{ logits, then: [...then.logits], maps: plain(then.maps), done: session.done }};
  }});
}}"""


def run(page, script, model, **more):
    """The script's answer about this model, with the weights that a page has."""
    exported = export_model(model)
    state = as_json(exported)
    return page.evaluate(script, {"exported": state, "sources": CAPTIONS} | more)


def in_flax(model, told, captions=CAPTIONS):
    """Logits and maps of padded captions that were each answered by ``told`` (B, T)."""
    source = jnp.asarray(pad(captions))
    return decoder_only_with_attention(rounded(model), source, jnp.asarray(told))


@pytest.mark.parametrize("choice", thinned(PAINTERS, list(PAINTERS)[1:4]))
def test_steps_with_a_cache_equal_all_positions_at_once(page, choice):
    load(page, "engine")
    model, size = painter(**PAINTERS[choice]), max(map(len, CAPTIONS))
    exported = export_model(model)
    assert (exported.encoder, exported.decoder) == ("words", "prefix")
    logits, maps = in_flax(model, [TOLD] * len(CAPTIONS))
    assert np.abs(logits[..., 4:]).max() > 0.5  # not all alike
    for b, steps in enumerate(run(page, STEPS, model, told=TOLD)):
        words = len(CAPTIONS[b])
        for t, step in enumerate(steps):
            np.testing.assert_allclose(step["logits"], logits[b, t], rtol=0, atol=1e-4)
            assert len(step["maps"]["cross"]) == len(maps) == len(step["maps"]["own"])
            for layer, theirs in enumerate(maps):
                cross, own = (step["maps"][name][layer] for name in ("cross", "own"))
                row = theirs[b, :, t]
                np.testing.assert_allclose(cross, row[:, :words], rtol=0, atol=1e-5)
                np.testing.assert_allclose(own, row[:, size : size + t + 1], rtol=0, atol=1e-5)
                np.testing.assert_allclose(np.sum(cross, 1) + np.sum(own, 1), 1, atol=1e-6)
            top = np.mean(maps[-1][b, :, t, :words], axis=0)
            np.testing.assert_allclose(step["weights"], top, rtol=0, atol=1e-5)


@pytest.mark.parametrize("choice", ["as it comes", "causal, a sentence"])
def test_lanes_are_answers_of_their_own_and_can_be_looked_at_again(page, choice):
    load(page, "engine")
    rng, model = np.random.default_rng(0), painter(**PAINTERS[choice])
    answers = np.concatenate([np.full((5, 1), BOS), rng.integers(4, 23, (5, 12))], axis=1)
    lane, t = again = (2, 7)
    told, size = run(page, LANES, model, answers=answers.tolist(), again=again), 7
    captions = [caption for caption in CAPTIONS for _ in answers]
    logits, maps = in_flax(model, np.tile(answers, (len(CAPTIONS), 1)), captions)
    for b, (caption, said) in enumerate(zip(CAPTIONS, told, strict=True)):
        rows = slice(5 * b, 5 * b + 5)
        mine = np.reshape(said["logits"], (13, 5, 23)).swapaxes(0, 1)
        np.testing.assert_allclose(mine, logits[rows], rtol=0, atol=1e-4)
        assert said["done"] == 13
        np.testing.assert_array_equal(said["then"], mine[lane, t])  # to the last bit
        for layer, theirs in enumerate(maps):
            row = theirs[rows][lane, :, t]
            cross, own = (said["maps"][name][layer] for name in ("cross", "own"))
            np.testing.assert_allclose(cross, row[:, : len(caption)], rtol=0, atol=1e-5)
            np.testing.assert_allclose(own, row[:, size : size + t + 1], rtol=0, atol=1e-5)
    undisturbed = run(page, LANES, model, answers=answers.tolist(), again=None)
    assert [said["logits"] for said in undisturbed] == [said["logits"] for said in told]


def test_a_state_can_be_continued_twice(page):
    load(page, "engine")
    model = painter()
    script = f"""({{ exported }}) => {{
      {OPEN}
      const before = model.step(model.start(model.encode([4, 8, 20])), 1).state;
      const one = model.step(before, 7), after = model.step(one.state, 8);
      const other = model.step(model.step(before, 9).state, 8);
      const again = model.step(model.step(before, 7).state, 8);
      return [after, other, again].map(({{ logits }}) => [...logits]);
    }}"""
    after, other, again = run(page, script, model)
    assert after == again and after != other


@pytest.mark.parametrize("choice", ["as it comes", "a sentence, one head"])
def test_greedy_answers_equal_flax(page, choice):
    load(page, "engine", "sampling")
    model = painter(**PAINTERS[choice], seed=3)
    room = model.decoder.config.max_length
    tokens, scores, _ = greedy(rounded(model), pad(CAPTIONS), max_length=room)
    assert len(np.unique(tokens)) > 3  # a test that sees one token only compares little
    script = f"""({{ exported, sources, room }}) => {{
      {OPEN}
      return sources.map((source) => {{
        const answer = engine.greedy(model, source, room);
        const session = model.open(3).read(model.encode(source)), drawn = [];
        const random = sampling.randomOf(5);
        for (let tokens = [1, 1, 1]; drawn.length < room; drawn.push(tokens)) {{
          const logits = session.step(tokens);
          tokens = tokens.map((_, n) => sampling.drawToken(
            logits.subarray(n * model.vocab, (n + 1) * model.vocab), random,
            {{ temperature: n ? n * 1e-4 : 0, first: 4 }}));
        }}
        return {{ tokens: answer.tokens, drawn, finished: answer.finished,
          sure: answer.logProbs.reduce((a, b) => a + b, 0) }};
      }});
    }}"""
    for b, answer in enumerate(run(page, script, model, room=room)):
        said = tokens[b][tokens[b] != PAD].tolist()
        assert answer["tokens"] == said and len(said) == room and not answer["finished"]
        np.testing.assert_allclose(answer["sure"], scores[b], rtol=1e-4)
        drawn = np.array(answer["drawn"]).T
        assert drawn[0].tolist() == said  # at temperature 0, token for token
        assert drawn[1].tolist() == said  # and close to it
        assert drawn[2].tolist() == said


DRAWS = """({ logits, dials, count }) => dials.map((dial) => {
  const random = sampling.randomOf(17), drawn = logits.map(() => 0);
  const given = Float64Array.from(logits);
  for (let n = 0; n < count; n++) drawn[sampling.drawToken(given, random, dial)] += 1;
  return { drawn, shares: [...sampling.shares(given, dial)] };
})"""


def test_tokens_are_drawn_as_often_as_the_model_says(page):
    load(page, "sampling")
    logits, count = np.random.default_rng(0).normal(0, 2, 13), 20_000
    dials = [
        {"temperature": temperature, "topK": top_k, "first": first}
        for temperature in (0.3, 1, 1.7)
        for top_k in (3, 13, 1000)
        for first in (0, 4)
    ]
    told = page.evaluate(DRAWS, {"logits": logits.tolist(), "dials": dials, "count": count})
    for dial, answer in zip(dials, told, strict=True):
        allowed = np.arange(13) >= dial["first"]
        least = np.sort(logits[allowed])[::-1][: dial["topK"]][-1]
        allowed &= logits >= least
        expected = np.where(allowed, np.exp(logits / dial["temperature"]), 0)
        expected /= expected.sum()
        np.testing.assert_allclose(answer["shares"], expected, atol=1e-12)
        drawn = np.array(answer["drawn"])
        assert drawn[~allowed].sum() == 0 and drawn.sum() == count
        spread = np.sqrt(count * expected * (1 - expected)) + 1
        assert (np.abs(drawn - count * expected) < 4.5 * spread).all(), dial


def test_top_k_draws_among_k_and_temperature_0_the_first(page):
    load(page, "sampling")
    logits = np.random.default_rng(1).normal(0, 0.1, 31)
    order = np.argsort(-logits)
    dials = [{"temperature": 1, "topK": k} for k in (1, 2, 7)] + [{"temperature": 0}]
    told = page.evaluate(DRAWS, {"logits": logits.tolist(), "dials": dials, "count": 2000})
    for k, answer in zip((1, 2, 7, 1), told, strict=True):
        assert set(np.flatnonzero(answer["drawn"])) == set(order[:k])


def test_the_random_numbers_of_a_page(page):
    """Even, the same for a seed, and others for another seed or stream."""
    load(page, "sampling")
    seeds = [[0, 0], [0, 1], [1, 0], [1, 1], [2**31 - 1, 5]]
    rows = np.array(
        page.evaluate(
            """(seeds) => [...seeds, seeds[0]].map(([seed, stream]) => {
                 const random = sampling.randomOf(seed, stream);
                 return Array.from({ length: 5003 }, random);
               })""",
            seeds,
        )
    )
    assert (rows > 0).all() and (rows < 1).all()
    np.testing.assert_array_equal(rows[0], rows[-1])
    assert np.abs(np.corrcoef(rows[:-1]) - np.eye(5)).max() < 0.06
    assert np.abs(np.corrcoef(rows[0, 1:], rows[0, :-1])[0, 1]) < 0.06
    counts = np.stack([np.histogram(row, 10, (0, 1))[0] for row in rows])
    assert np.abs(counts - 500.3).max() < 4.5 * np.sqrt(500)


def test_what_does_not_fit_is_named(page):
    load(page, "engine")
    model = painter(columns=1, max_length=5)
    with pytest.raises(Error, match="this model knows 5 places; place 6 was asked for"):
        run(page, STEPS, model, told=TOLD)
    with pytest.raises(Error, match="this model knows 7 places; place 8 was asked for"):
        run(page, STEPS, model, told=[1], sources=[[4] * 8])
    script = f"""({{ exported }}) => {{
      {OPEN}
      const said = [];
      const tell = (work) => {{ try {{ work(); }} catch (e) {{ said.push(e.message); }} }};
      tell(() => model.start({{ M: 2, vectors: new Float32Array(24) }}));
      tell(() => model.start({{ M: 8, vectors: new Float32Array(8 * 21) }}));
      tell(() => model.open(2).read(model.encode([4])).again(0, 0, 1));
      return said;
    }}"""
    assert run(page, script, model) == [
        "this decoder reads at most 7 vectors of width 21, not 2 of width 12",
        "this decoder reads at most 7 vectors of width 21, not 8 of width 21",
        "place 1 is not read yet; 0 are",
    ]


@pytest.mark.timing
def test_a_picture_of_256_tokens_takes_little_time(page, record_property):
    """The size of chapter 16, four pictures at once."""
    load(page, "engine")
    model = painter(132, words=21, max_length=256, columns=16, d_model=96, heads=4, d_ff=384,
                    layers=4)  # fmt: skip
    script = f"""({{ exported }}) => {{
      {OPEN}
      const session = model.open(4), times = [];
      for (let n = 0; n < 2; n++) {{
        const before = performance.now();
        session.read(model.encode([4, 6, 15, 17, 4, 12, 2]));
        for (let t = 0; t < 256; t++) session.step([4 + t % 9, 5, 6, 7]);
        times.push(performance.now() - before);
      }}
      return times;
    }}"""
    times = run(page, script, model)
    record_property("milliseconds", json.dumps(times))
    assert len(export_model(model).data) < 1.1e6
    assert min(times) < 6000, "four pictures within seconds, even on a busy machine"
