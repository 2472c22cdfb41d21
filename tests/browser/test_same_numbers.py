"""The page and Python: the same first weights, the same batches, and so the same losses."""

import base64
import json

import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from encdec_lib.models.attention_scores import ScoresConfig, attention_scores
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.models.self_attention import SelfAttentionConfig, self_attention
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import ClassificationLoss, reconstruction_loss
from encdec_lib.web import export_model, page_data
from encdec_lib.web.export import _parameters
from encdec_lib.web.parts import parts_of
from encdec_lib.web.same_batches import RULES, batches, held_out
from encdec_lib.web.same_numbers import first_weights, key_of, normals, numbers, shuffled
from tests.browser.engine_page import ENGINE, add, load

pytestmark = pytest.mark.browser

B, STEPS = 7, 20
MODELS = {
    "fixed": (seq2seq, Seq2SeqConfig(11, 13, embed_dim=3, state_dim=5)),
    "fixed, wider": (seq2seq, Seq2SeqConfig(7, 17, embed_dim=11, state_dim=19)),
    "attention": (bahdanau, BahdanauConfig(11, 13, 3, encoder_dim=2, state_dim=5, align_dim=7)),
    "attention, wider": (bahdanau, BahdanauConfig(7, 17, 5, 11, 13, 19)),
    "Transformer": (
        transformer, TransformerConfig(11, 13, 6, 3, 5, encoder_layers=1, decoder_layers=2)
    ),
    "Transformer, other choices": (
        transformer,
        TransformerConfig(
            11, 13, 10, 2, 7, 2, 1, d_k=3, d_v=4, positions="learned", max_length=17,
            pre_norm=False, tied=False,
        ),
    ),
    "reading": (attention_scores, ScoresConfig(11, 13, 3, 2, 5, "general")),
    "reading, additive, a window": (
        attention_scores,
        ScoresConfig(11, 13, 5, 3, 7, "additive", window="predictive", align_dim=11),
    ),
    "reading by place": (
        attention_scores,
        ScoresConfig(11, 13, 3, 2, 4, "location", max_source=19),
    ),
    "self-attention": (self_attention, SelfAttentionConfig(11, 13, 6, 2, 7, 1, state_dim=5)),
    "ViT": (vit, ViTConfig(side=6, patch=3, d_model=10, heads=5, d_ff=7, layers=1)),
    "ViT, mean, no positions": (
        vit,
        ViTConfig(4, 2, 1, 3, d_model=6, heads=2, d_ff=5, layers=2, pool="mean", positions=False),
    ),
    "autoencoder": (autoencoder, AutoencoderConfig(side=5, hidden_dim=7, encoding_dim=3)),
    "autoencoder, wider": (autoencoder, AutoencoderConfig(side=3, hidden_dim=13, encoding_dim=11)),
}  # fmt: skip


def built(name):
    """A model without weights, which takes no time, and its sizes."""
    make, config = MODELS[name]
    return nnx.eval_shape(lambda: make(config, rngs=nnx.Rngs(5))), config


def model_config(model, config) -> dict:
    """The part "model" of a run's settings."""
    (encoder, reading), (decoder, writing) = parts_of(model)
    sizes = {k: v for k, v in vars(config).items() if isinstance(v, int | bool)}
    if "pool" in vars(config):
        sizes["pool"] = config.pool
    settings = {"encoder": reading, "decoder": writing}
    return {"encoder": encoder, "decoder": decoder, "settings": settings, "sizes": sizes}


def ulps(a, b):
    """By how many steps of float32 the numbers differ at most."""
    spacing = np.spacing(np.maximum(np.abs(a), np.abs(b)))
    return float(np.max(np.abs(a.astype(float) - b.astype(float)) / spacing, initial=0))


@pytest.fixture(scope="module")
def told(chromium):
    """A page with the engine's training in it."""
    page = chromium.new_page()
    training = "random", "shapes", "initial", "adam", "schedules", "run"
    load(page, *training, folder=ENGINE / "training")
    add(page, "tasks", folder=ENGINE / "tasks")
    yield page
    page.close()


def given(page, code, **values):
    """What a function of the page says of these values; bytes become ArrayBuffers."""
    plain = {
        name: {"$b64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in values.items()
    }
    revive = """(values) => Object.fromEntries(Object.entries(values).map(([name, value]) =>
      [name, value?.$b64 ? Uint8Array.from(atob(value.$b64), (c) => c.charCodeAt(0)) : value]))"""
    return page.evaluate(f"(values) => ({code})(({revive})(values))", plain)


def test_streams_of_numbers_are_the_same(told):
    keys = [key_of(), key_of(0), key_of(4_294_967_295, "decoder.blocks.1.v"), key_of("é", -3)]
    said = given(
        told,
        """() => {
             const keys = [random.keyOf(), random.keyOf(0),
               random.keyOf(4294967295, "decoder.blocks.1.v"), random.keyOf("é", -3)];
             const places = [0, 1, 2, 3, 4, 1000003];
             return { keys, shuffled: random.shuffled(keys[1], 101),
               numbers: keys.map((key) => places.map((n) => random.numberAt(key, n))),
               normals: places.map((n) => random.normalAt(keys[2], n)) };
           }""",
    )
    assert said["keys"] == keys and len(set(keys)) == 4
    own = [[*numbers(key, 5), *numbers(key, 1, start=1_000_003)] for key in keys]
    assert said["numbers"] == own
    expected = [*normals(keys[2], 5), *normals(keys[2], 1, start=1_000_003)]
    np.testing.assert_allclose(said["normals"], expected, rtol=1e-14)
    assert said["shuffled"] == shuffled(keys[1], 101).tolist()


@pytest.mark.parametrize("name", MODELS)
def test_first_weights_are_the_same(told, name):
    model, config = built(name)
    own = _parameters(first_weights(model, seed=3))
    said = given(
        told,
        """({ config }) => Object.entries(initial.firstWeights(shapes.shapesOf(config), 3)).map(
             ([path, { shape, data }]) => [path, shape, [...data]])""",
        config=model_config(model, config),
    )
    assert [path for path, *_ in said] == sorted(own)
    for path, shape, data in said:
        assert shape == list(own[path].shape), path
        assert ulps(np.asarray(data, np.float32), own[path].reshape(-1)) <= 1, path


TASKS = {
    **{name: {"name": name, "symbols": 7, "longest": 5} for name in RULES},
    "copy, longer": {"name": "copy", "symbols": 3, "shortest": 4, "longest": 23},
    "add, longer": {"name": "add", "shortest": 19, "longest": 23},
    "sort, no symbol twice": {"name": "sort", "symbols": 7, "longest": 5, "distinct": True},
    "look up, no symbol twice": {"name": "look up", "symbols": 5, "longest": 5, "distinct": True},
    "words": {"name": "words"},
    "digits": {"name": "digits"},
    "digits, cut out": {"name": "digits", "crop": 11},
}


@pytest.fixture(scope="module")
def packed():
    return {"words": page_data.words(23, 5), "digits": page_data.digits(17, 3, side=14)}


def rows_of(array):
    return [[int(x) for x in row if x] for row in array]


@pytest.mark.parametrize("name", TASKS)
def test_batches_are_the_same(told, packed, name):
    task, data = TASKS[name], packed.get(TASKS[name]["name"])
    (source, target), order = batches(task, B, 5, seed=11, data=data)
    said = given(
        told,
        """({ task, data, B }) => {
             const made = tasks.createTask(task, { [task.name]: data });
             return [4, 0, 1, 2, 3].map((n) => [n, made.batch(11, n, B)]).map(([n, batch]) =>
               [n, batch.source ?? [...batch.pixels], batch.target ?? [...batch.labels]]);
           }""",
        task=task, data=data, B=B,
    )  # fmt: skip
    for n, read, write in said:
        if "digits" in name:
            images = np.asarray(read, np.float32).reshape(source[order[n]].shape)
            np.testing.assert_array_equal(images, source[order[n]])
            assert write == target[order[n]].tolist()
        else:
            assert read == rows_of(source[order[n]]) and write == rows_of(target[order[n]])


@pytest.mark.parametrize("name", RULES)
def test_held_out_examples_are_the_same_and_no_batch(told, name):
    task = {"name": name, "symbols": 13, "shortest": 4, "longest": 9}
    said = given(told, "({ task }) => tasks.createTask(task).held(11)", task=task)
    assert [(row["source"], row["target"]) for row in said] == held_out(task, 11)
    assert [row["references"] for row in said] == [[row["target"][:-1]] for row in said]
    learned = batches(task, 11, 1, seed=0).data[0]
    assert [row["source"] for row in said] != rows_of(learned)


def test_words_to_ask_for_are_others_and_have_all_pronunciations(told, packed):
    said = given(
        told,
        """({ words }) => { const task = tasks.createTask({ name: "words" }, { words });
             return { ...task, held: task.held(100) }; }""",
        words=packed["words"],
    )
    lines = [line.split(" ") for line in json.loads(packed["words"])["held"].split("\n")]
    assert said["words"] == [word for word, *_ in lines] and len(said["held"]) == 5
    assert [len(row["references"]) for row in said["held"]] == [len(line) - 1 for line in lines]
    assert [row["length"] for row in said["held"]] == [len(word) for word, *_ in lines]
    learned = {line.split(" ")[0] for line in json.loads(packed["words"])["train"].split("\n")}
    assert not learned & set(said["words"])
    assert (said["source_vocab"], said["target_vocab"]) == (30, 43)


TRAINED = {
    "fixed": {"name": "copy", "symbols": 7, "longest": 5},
    "attention": {"name": "reverse", "symbols": 7, "longest": 5},
    "Transformer": {"name": "sort", "symbols": 7, "shortest": 2, "longest": 7},
    "autoencoder": {"name": "digits", "crop": 5},
    "ViT": {"name": "digits", "crop": 6},
}
LOSSES = {"ViT": ClassificationLoss(), "autoencoder": reconstruction_loss}


@pytest.mark.parametrize("name", TRAINED)
def test_fit_and_the_page_have_the_same_losses(told, packed, name):
    model, config = built(name)
    task, data = TRAINED[name], packed.get(TRAINED[name]["name"])
    settings = {
        "model": model_config(model, config),
        "weights": {"seed": 3},
        "task": task,
        "training": {"batch": B, "learning_rate": 0.03, "warmup": 5, "seed": 2,
                     "schedule": "cosine", "steps": STEPS},
    }  # fmt: skip
    said = given(
        told,
        """({ settings, digits, steps }) => {
             const made = run.createRun(settings, { digits });
             return Array.from({ length: steps }, () => made.step());
           }""",
        settings=settings, digits=data, steps=STEPS,
    )  # fmt: skip
    examples, order = batches(task, B, STEPS, seed=2, data=data)
    if name == "autoencoder":
        examples = examples[0]
    training = TrainConfig(steps=STEPS, batch_size=B, learning_rate=0.03, warmup_steps=5)
    history = fit(
        first_weights(model, 3), examples, training, loss=LOSSES.get(name), order=order,
        progress=False,
    )  # fmt: skip
    np.testing.assert_allclose(said, history.losses, rtol=1e-4, atol=1e-4)
    assert np.ptp(said) > 0.05  # it has learned something


@pytest.mark.parametrize("schedule", ["constant", "inverse_sqrt", "linear", "cosine"])
@pytest.mark.parametrize("warmup", [0, 7, 40])
def test_rates_are_those_of_the_library(told, schedule, warmup):
    config = TrainConfig(steps=31, learning_rate=0.02, warmup_steps=warmup, schedule=schedule)
    said = given(
        told,
        "({ training }) => Array.from({ length: 34 }, (_, n) => schedules.rateAt(training, n))",
        training={"learning_rate": 0.02, "warmup": warmup, "schedule": schedule, "steps": 31},
    )
    own = [float(config.rate()(n)) for n in range(34)]
    np.testing.assert_allclose(said, own, rtol=2e-5, atol=1e-8)


@pytest.mark.parametrize("clip", [1.0, 0.1, None])
def test_adam_is_that_of_the_library(told, clip):
    random = np.random.default_rng(1)
    start = random.normal(size=13).astype(np.float32)
    grads = (random.normal(size=(STEPS, 13)) * random.uniform(0.01, 1, (STEPS, 1))).astype("f4")
    training = {"learning_rate": 0.05, "warmup": 3, "clip": clip}
    said = given(
        told,
        """({ start, grads, training }) => {
             const zeros = () => new Float32Array(start.length), n = start.length;
             const flat = { data: Float32Array.from(start), m: zeros(), v: zeros(), n };
             return grads.map((grad, step) => {
               flat.grad = Float32Array.from(grad);
               const norm = adam.adam(flat, step, training);
               return [norm, ...flat.data, ...flat.grad];
             });
           }""",
        start=start.tolist(), grads=grads.tolist(), training=training,
    )  # fmt: skip
    config = TrainConfig(steps=10_000, learning_rate=0.05, warmup_steps=3, clip_norm=clip,
                         schedule="constant")  # fmt: skip
    optimizer, params = config.optimizer(), jnp.asarray(start)
    state = optimizer.init(params)
    for grad, (norm, *values) in zip(grads, said, strict=True):
        updates, state = optimizer.update(jnp.asarray(grad), state, params)
        params = optax.apply_updates(params, updates)
        np.testing.assert_allclose(values[:13], params, rtol=2e-5, atol=2e-6)
        assert values[13:] == [0] * 13
        np.testing.assert_allclose(norm, np.linalg.norm(grad), rtol=1e-6)


def test_weights_of_a_flax_model_are_taken_as_they_are_and_given_back(told):
    model, config = built("Transformer")
    exported = export_model(first_weights(model, 1), "float32")
    settings = {
        "model": model_config(model, config),
        "weights": exported._asdict() | {"data": None},
        "task": TRAINED["Transformer"],
        "training": {"batch": B, "learning_rate": 0.01},
    }
    manifest, data = given(
        told,
        """({ settings, data }) => {
             const made = run.createRun({ ...settings, weights: { ...settings.weights, data } });
             const { manifest, data: bytes } = made.weights();
             return [manifest, [...new Uint8Array(bytes)]];
           }""",
        settings=settings, data=exported.data,
    )  # fmt: skip
    assert manifest == exported.manifest and bytes(data) == exported.data
