"""encdec_lib/web/engine/engine.js against the Flax models, in Chromium, with the same rounded
weights.
"""

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from playwright.sync_api import Error

import encdec_lib.widgets
from encdec_lib.data import EOS, PAD, pad
from encdec_lib.data.pronunciations import LETTERS
from encdec_lib.evaluation.edits import edit_alignment
from encdec_lib.generate.sampling import greedy
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web import export_model, rounded
from tests.browser.engine_page import as_json, load
from tests.browser.flax_steps import at_temperature, bits, told
from tests.helpers.thinned import thinned
from tests.widgets.untrained import untrained
from tests.widgets.untrained_readers import EVERY_READER

pytestmark = pytest.mark.browser

PARTS = Path(encdec_lib.widgets.__file__).parent / "parts"
WORDS = ["a", "ox", "knight", "psychology", "aaaaaaaaaaaaaaaa"]
MODELS = {
    "fixed vector": (seq2seq, Seq2SeqConfig(30, 43, 7, 11)),
    "fixed vector, source reversed": (seq2seq, Seq2SeqConfig(30, 43, 7, 11, reverse_source=True)),
    "attention": (bahdanau, BahdanauConfig(30, 43, 5, 7, 11, 3)),
    "attention, wide": (bahdanau, BahdanauConfig(30, 43, 32, 48, 96, 40)),
}


@pytest.fixture(params=MODELS)
def built(request):
    return untrained(*MODELS[request.param])


def in_page(page, exported, sources, target_in, max_length=20, temperature=1):
    """Logits and weights step by step, and the greedy answer, as engine.js has them."""
    return page.evaluate(
        """({ exported, sources, targetIn, maxLength, temperature }) => {
             const text = atob(exported.data), bytes = new Uint8Array(text.length + 1);
             for (let i = 0; i < text.length; i++) bytes[i + 1] = text.charCodeAt(i);
             const data = new DataView(bytes.buffer, 1); // an odd offset, as kernels give
             const model = engine.loadModel({ ...exported, data });
             return sources.map((source) => {
               let state = model.start(model.encode(source), { temperature });
               const logits = [], weights = [], windowsTold = [];
               for (const token of targetIn) {
                 const step = model.step(state, token);
                 state = step.state;
                 logits.push([...step.logits]);
                 weights.push(step.weights && [...step.weights]);
                 windowsTold.push(step.window);
               }
               const answer = engine.greedy(model, source, maxLength, { temperature });
               return { ...answer, logits, weights, windowsTold, scores: model.scores ?? null,
                 looked: answer.weights.map((w) => w && [...w]) };
             });
           }""",
        {
            "exported": as_json(exported),
            "sources": sources,
            "targetIn": target_in,
            "maxLength": max_length,
            "temperature": temperature,
        },
    )


def compare(page, model, dtype="float16", temperature=1):
    """Holds the page's logits and weights to Flax's."""
    load(page, "engine")
    sources, target_in = [LETTERS.encode(word) for word in WORDS], [1, 42, 4, 17, 17, 30]
    exported, seen = export_model(model, dtype), rounded(model, dtype)
    answers = in_page(page, exported, sources, target_in, temperature=temperature)
    if temperature != 1:
        seen = at_temperature(seen, temperature)
    logits, looked = told(seen, sources, target_in)
    assert np.abs(logits[:, :, 4:]).max() > 0.5  # not all alike
    for b, (word, answer) in enumerate(zip(WORDS, answers, strict=True)):
        np.testing.assert_allclose(answer["logits"], logits[b], rtol=0, atol=1e-4)
        if looked is not None:
            weights = looked[b, :, : len(word)]
            np.testing.assert_allclose(answer["weights"], weights, rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "int8"])
def test_logits_and_weights_equal_flax(page, built, dtype):
    compare(page, built, dtype)


def test_greedy_search_never_writes_padding_or_a_beginning(page):
    model = untrained(*MODELS["attention"])
    bias = model.decoder.output.bias
    bias[...] = bias[...].at[:2].set(50.0)  # <pad> and <bos>, far above all others
    load(page, "engine")
    sources = [LETTERS.encode(word) for word in WORDS]
    answers = in_page(page, export_model(model), sources, [1])
    wanted = greedy(rounded(model), pad(sources), 20).tokens
    for answer, tokens in zip(answers, wanted, strict=True):
        assert not {0, 1} & set(answer["tokens"])
        assert answer["tokens"] == [t for t in tokens.tolist() if t > EOS]


#: Every way to read, every score and every window once, asked by either state.
READERS = [read for n, read in enumerate(EVERY_READER) if "," not in read or n % 3 == 0]


@pytest.mark.parametrize("reader", thinned(EVERY_READER, READERS))
def test_every_reader_equals_flax(page, reader):
    compare(page, EVERY_READER[reader](scale=0.6))


@pytest.mark.parametrize("temperature", thinned([0.3, 7], [0.3]))
@pytest.mark.parametrize(
    "reader",
    ["weighted", "scaled_dot, None, previous", "additive, predictive, current",
     "location, monotonic, current"],
)  # fmt: skip
def test_scores_are_divided_by_the_temperature(page, reader, temperature):
    compare(page, EVERY_READER[reader](), temperature=temperature)


@pytest.mark.parametrize("read", ["last", "mean", "max", "position", "content"])
def test_without_scores_a_temperature_changes_nothing(page, read):
    load(page, "engine")
    exported, sources = export_model(EVERY_READER[read]()), [LETTERS.encode("knight")]
    cold, hot = (in_page(page, exported, sources, [1, 42, 4], temperature=t) for t in (0.1, 10))
    assert cold == hot and not cold[0]["scores"]


@pytest.mark.parametrize("kind", ["monotonic", "predictive"])
def test_windows_lie_where_flax_has_them(page, kind):
    load(page, "engine")
    model = EVERY_READER[f"general, {kind}, previous"](scale=0.6)
    source, target_in = LETTERS.encode("psychology"), [1, 42, 4, 17]
    (answer,) = in_page(page, export_model(model), [source], target_in)
    seen, mask = rounded(model).decoder, jnp.ones((1, len(source)), bool)
    state = seen.start(rounded(model).encode(jnp.asarray([source])))
    for token, window in zip(target_in, answer["windowsTold"], strict=True):
        place = state.carry[0][:, None], state.carry[1][:, None], mask
        np.testing.assert_allclose(
            window["centre"], seen.reader.window.centres(*place)[0, 0], rtol=0, atol=1e-5
        )
        inside = np.flatnonzero(seen.reader.window(*place)[0][0, 0])
        assert [window["first"], window["last"]] == [inside[0], inside[-1]]
        state, *_ = seen.step(state, jnp.array([token]))


def test_entropy_is_in_bits_of_rows_that_add_up_to_one(page):
    load(page, "engine")
    exported = export_model(EVERY_READER["additive, predictive, current"]())
    (answer,) = in_page(page, exported, [LETTERS.encode("psychology")], [1], max_length=7)
    looked = np.array(answer["looked"])
    assert looked.sum(axis=1).max() < 0.95 and len(looked) >= 2
    np.testing.assert_allclose(answer["entropies"], bits(looked), rtol=1e-5)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"read": "first"}, "the readers last, mean, max, position, content, weighted, not first"),
        ({"read": "scores", "score": "cosine"}, "additive, location, not cosine"),
    ],
)
def test_an_unknown_reader_is_named(page, settings, message):
    load(page, "engine")
    exported = export_model(EVERY_READER["mean"]())
    settings = {"encoder": {}, "decoder": {"query": "current"} | settings}
    with pytest.raises(Error, match=message):
        in_page(page, exported._replace(settings=settings), [[4]], [1])


def test_a_source_longer_than_its_places_is_refused(page):
    load(page, "engine")
    exported = export_model(EVERY_READER["location, None, current"]())
    with pytest.raises(Error, match="this model knows 19 places; the source has 23"):
        in_page(page, exported, [[4] * 23], [1])


def test_greedy_answers_equal_flax(page, built):
    load(page, "engine")
    sources = [LETTERS.encode(word) for word in WORDS]
    answers = in_page(page, export_model(built), sources, [1], max_length=12)
    tokens, scores, weights = greedy(rounded(built), pad(sources), max_length=12)
    for b, (word, answer) in enumerate(zip(WORDS, answers, strict=True)):
        said = answer["tokens"] + [EOS] * answer["finished"]
        assert tokens[b][tokens[b] != PAD].tolist() == said
        np.testing.assert_allclose(sum(answer["logProbs"]), scores[b], rtol=1e-4)
        if weights is not None:
            expected = weights[b, 0, : len(said), : len(word)]
            np.testing.assert_allclose(answer["looked"], expected, rtol=0, atol=1e-5)


def test_every_float16_is_read_as_numpy_reads_it(page):
    load(page, "parameters")
    read = page.evaluate(
        "Array.from({ length: 65536 }, (_, bits) => String(parameters.fromFloat16(bits)))"
    )
    expected = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float64)
    np.testing.assert_array_equal(np.array([float(x) for x in read]), expected)


def test_an_unknown_kind_is_named(page):
    load(page, "engine")
    message = page.evaluate(
        "(() => { try { engine.loadModel({ encoder: 'rnn', decoder: 'lstm' }) } "
        "catch (e) { return e.message } })()"
    )
    kinds = "rnn, attention, reading, transformer, prefix, classes, dense, unet"
    assert message == f"this page runs the decoders {kinds}, not lstm"


def test_tokens_are_compared_as_in_python(page):
    load(page, "compare", folder=PARTS)
    rng = np.random.default_rng(0)
    names = {"right": "same", "wrong": "wrong", "extra": "extra", "missing": "missing"}
    for _ in range(20):
        answer, reference = ("".join(rng.choice(list("abc"), n)) for n in rng.integers(0, 7, 2))
        pairs = page.evaluate("([a, r]) => compare.compare([...a], [...r])", [answer, reference])
        expected = edit_alignment(answer, reference)
        assert [(names[p["kind"]], p["answer"], p["reference"]) for p in pairs] == [
            tuple(step) for step in expected
        ]


def test_the_nearest_reference_counts(page):
    load(page, "compare", folder=PARTS)
    pairs = page.evaluate("compare.compareNearest(['b'], [['a', 'c'], ['b'], ['c']])")
    assert pairs == [{"kind": "right", "answer": "b", "reference": "b"}]
