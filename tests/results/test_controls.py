"""Mirrors results/controls.py, caption_controls.py, left_out.py, memories.py and recall.py."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib import generate, page
from encdec_lib.analysis.recurrent_memory import gradient_reach
from encdec_lib.layers.recurrent import RNN
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.page import result_files as stored
from results import caption_controls, controls, make, rates, recall
from results.left_out import PARTS, WithoutConfig, transformer_without
from results.long_runs import LOSS
from results.memories import MemoryCaptionConfig, memory_captioner
from results.runs import FIVE

SIZES = {"d_model": 6, "heads": 2, "d_ff": 10, "encoder_layers": 2, "decoder_layers": 1}


def without(part, **changes):
    config = WithoutConfig(7, 11, **(SIZES | {"without": part} | changes))
    return transformer_without(config, rngs=nnx.Rngs(0))


def whole():
    return transformer(TransformerConfig(7, 11, **SIZES), rngs=nnx.Rngs(0))


def count(model):
    return sum(x.size for x in jax.tree.leaves(nnx.state(model, nnx.Param)))


@pytest.fixture(scope="module")
def pair():
    return jnp.array([[4, 5, 6, 4, 3], [6, 5, 0, 0, 0]]), jnp.array([[1, 7, 8, 9], [1, 10, 7, 0]])


def by_hand(model, part, source):
    """The encoder of a model without a part, from the library's own pieces, part by part."""

    def norm(layer, x):
        if part == "layer norm":
            return x
        mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) / jnp.sqrt(var + 1e-5) * layer.scale[...][None, None] + layer.bias[...][
            None, None
        ]

    plain = whole()  # with the same seed, so with the same weights
    x, mask = plain.encoder.tokens(source), (source != 0)[:, None]
    way = 0 if part == "residual" else 1
    for block in plain.encoder.blocks:
        inside = norm(block.residual_attention.norm, x)
        x = way * x + block.attention(inside, inside, mask)[0]
        if part != "feed-forward":
            x = way * x + block.feed_forward(norm(block.residual_feed_forward.norm, x))
    return norm(plain.encoder.norm, x)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_gone_and_nothing_else(part, pair):
    source, _ = pair
    model = without(part)
    real = (source != 0)[..., None]
    found = model.encode(source).vectors
    np.testing.assert_allclose(
        jnp.where(real, found, 0), jnp.where(real, by_hand(model, part, source), 0), atol=2e-5
    )
    assert not np.allclose(found, whole().encode(source).vectors, atol=1e-3)


@pytest.mark.parametrize(
    "part",
    ["residual", *(pytest.param(p, marks=pytest.mark.slow) for p in PARTS if p != "residual")],
)
def test_both_ways_of_writing_agree(part, pair):
    source, target_in = pair
    model = without(part)
    logits, _ = model(source, target_in)
    state = model.decoder.start(model.encode(source), 4)
    for t in range(4):
        state, step, _ = model.decoder.step(state, target_in[:, t])
        np.testing.assert_allclose(step[0], logits[0, t], atol=2e-5)
    assert generate.greedy(model, source, 3).tokens.shape == (2, 3)


def test_weights_that_are_gone_are_not_counted():
    norms = 2 * 6  # scale and bias
    feed_forward = 6 * 10 + 10 + 10 * 6 + 6
    assert count(without("residual")) == count(whole())
    assert count(without("feed-forward")) == count(whole()) - 3 * (feed_forward + norms)
    assert count(without("layer norm")) == count(whole()) - (2 * 2 + 3 + 2) * norms


def test_other_parts_and_post_norm_are_refused():
    with pytest.raises(ValueError, match="without must be one of feed-forward, residual"):
        without("attention")
    with pytest.raises(ValueError, match="without needs pre_norm=True.*got False"):
        without("residual", pre_norm=False)


PICTURE = {"side": 8, "channels": (2, 3), "embed_dim": 3, "state_dim": 5, "align_dim": 7}


@pytest.mark.slow
@pytest.mark.parametrize(
    "memory, vectors, width", [("flattened", 1, 12), ("flattened", 3, 4), ("pooled", 1, 12)]
)
def test_memories_have_their_number_of_vectors(memory, vectors, width):
    config = MemoryCaptionConfig(memory=memory, vectors=vectors, encoding_dim=width, **PICTURE)
    model = memory_captioner(config, rngs=nnx.Rngs(0))
    images = jnp.asarray(np.random.default_rng(0).random((2, 8, 8, 1)), jnp.float32)
    assert model.encode(images).vectors.shape == (2, vectors, width)
    assert model(images, jnp.array([[1, 4], [1, 5]])).logits.shape == (2, 2, 21)


@pytest.mark.slow
def test_eight_vectors_are_one_vector_cut_up():
    """The same matrix: what differs is how the decoder may read it."""
    one, many = (
        memory_captioner(
            MemoryCaptionConfig(vectors=m, encoding_dim=24 // m, **PICTURE), rngs=nnx.Rngs(0)
        ).encoder
        for m in (1, 6)
    )
    images = jnp.ones((2, 8, 8, 1))
    np.testing.assert_array_equal(one(images).vectors.ravel(), many(images).vectors.ravel())
    assert count(one) == count(many)


def test_a_pooled_vector_has_one_matrix_for_all_cells_and_knows_where_they_are():
    config = MemoryCaptionConfig(memory="pooled", encoding_dim=12, **PICTURE)
    encoder = memory_captioner(config, rngs=nnx.Rngs(0)).encoder
    assert encoder.cells.project.kernel.shape == (3, 12)
    image = np.zeros((1, 8, 8, 1), np.float32)
    image[0, 1:3, 1:3] = 1
    moved = np.roll(image, (4, 4), axis=(1, 2))  # by whole cells, away from the border
    vectors = encoder(jnp.asarray(np.concatenate([image, moved]))).vectors
    assert float(jnp.abs(vectors[0] - vectors[1]).max()) > 1e-3
    with pytest.raises(ValueError, match="vectors must be 1 when they are pooled; got 2"):
        MemoryCaptionConfig(memory="pooled", vectors=2, encoding_dim=12, **PICTURE)


def test_one_arm_of_the_norms_is_the_base_of_the_ablations():
    base, arm = controls.PARTS[0], controls.NORMS[0]
    assert arm.label == "pre-norm, warm-up"
    assert {**arm.key(0), "label": ""} == {**base.key(0), "label": ""}
    keys = [{**run.key(0), "label": ""} for run in (*controls.NORMS, *controls.PARTS[1:])]
    assert all(a != b for n, a in enumerate(keys) for b in keys[:n])


def test_a_grid_takes_half_the_steps():
    plain = controls.CONTROLS["ablations_rates"]().runs[0]
    assert plain.train.steps == controls.SMALL_STEPS.steps // 2
    assert plain.train.warmup_steps == controls.SMALL_STEPS.warmup_steps
    assert controls.CONTROLS["captions_controls_rates"]().runs[0].train.steps == 2000


def test_the_grid_gets_what_the_vit_had_and_nothing_else():
    grid, vit, more = (
        caption_controls.at(arm, 3e-3) for arm in (*caption_controls.ARMS, *caption_controls.SCENES)
    )
    old = caption_controls._VIT
    assert (vit.train, vit.before, vit.data) == (old.train, old.before, old.data)
    assert (grid.train, grid.before, grid.data) == (vit.train, vit.before, vit.data)
    assert (more.train, more.before, more.data) == (vit.train, None, vit.data)
    short = caption_controls.tried(caption_controls.ARMS[0], 3e-3)
    assert (short.train.steps, short.before.steps) == (2000, 1666)


def recaller(kind, **more):
    return recall.recaller(recall.RecallConfig(kind, **more), rngs=nnx.Rngs(0))


def test_the_identity_has_a_gradient_of_1_and_a_state_without_order():
    layer = recaller("identity", state_dim=5).layer
    inputs = jnp.asarray(np.random.default_rng(0).normal(size=(2, 13, recall.WIDTH)), jnp.float32)
    np.testing.assert_allclose(gradient_reach(layer, inputs, jnp.ones((2, 5))), 1, rtol=1e-5)
    _, (last,) = layer(inputs)
    _, (backwards,) = layer(inputs[:, ::-1])
    np.testing.assert_allclose(last, backwards, atol=1e-4)
    assert "W_rec" not in nnx.state(layer, nnx.Param)  # so training leaves it alone


def test_a_cut_changes_the_gradient_and_not_what_is_said():
    plain, cut = recaller("lstm", keep_bias=3.0), recaller("lstm", keep_bias=3.0, cut=recall.CUT)
    tokens = recall.load(0).dev[0][:5]
    np.testing.assert_allclose(plain(tokens), cut(tokens), atol=1e-5)

    inputs = jnp.asarray(recall.symbol_vectors())[tokens]
    _, state = plain.layer(inputs[:, : -recall.CUT])  # a constant: no gradient goes through it

    def from_there(model):
        logits = model.output(model.layer(inputs[:, -recall.CUT :], state=state)[1][0])
        return -nnx.log_softmax(logits)[jnp.arange(5), tokens[:, 0]].sum()

    def of_W_rec(loss, model):
        return np.asarray(nnx.jit(nnx.grad(loss))(model)["layer"]["W_rec"][...])

    by_hand = of_W_rec(from_there, plain)
    whole, short = (of_W_rec(lambda m: recall.loss(m, (tokens,))[0], m) for m in (plain, cut))
    np.testing.assert_allclose(short, by_hand, atol=1e-4)
    assert np.abs(whole - short).max() > 1e-2


def test_what_is_told_of_a_recaller():
    model = recaller("linear", state_dim=11)
    tables = recall.test(model, (recall.load(0).test[0][:200],))
    logits = model(recall.load(0).test[0][:200])
    picked = nnx.log_softmax(logits)[np.arange(200), recall.load(0).test[0][:200, 0]]
    assert tables["nats"] == pytest.approx(-float(picked.mean()), rel=1e-4)
    assert tables["gradient"] == pytest.approx(1, rel=1e-3)  # orthogonal before training
    assert tables["probe"]["0"] == 100 and 0 <= tables["right"] <= 40
    assert isinstance(model.layer, RNN)


def test_a_bias_without_a_gate_is_refused():
    with pytest.raises(ValueError, match="keep_bias needs a gate; got kind='linear'"):
        recall.RecallConfig("linear", keep_bias=3.0)
    with pytest.raises(ValueError, match="kind must be one of"):
        recall.RecallConfig("rnn")


@pytest.fixture
def results(tmp_path, monkeypatch):
    """An empty folder of results."""
    monkeypatch.setattr(stored.resources, "files", lambda _: tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [name for name in controls.CONTROLS if "_rates" not in name])
def test_arms_get_the_best_rate_of_one_grid_and_five_seeds(name, results):
    grid = controls.CONTROLS[f"{name}_rates"]()
    arms = list(dict.fromkeys(run.label.rpartition(", rate ")[0] for run in grid.runs))
    tried = [run.train.learning_rate for run in grid.runs]
    assert all(run.seeds == (rates.SEED,) for run in grid.runs)
    assert len(set(tried)) * len(arms) == len(tried)  # the same rates for all
    with pytest.raises(LookupError, match=f"Run: make results ONLY={name}_rates"):
        controls.CONTROLS[name]()
    best = dict(zip(arms, tried, strict=False))  # another for each arm
    rows = [
        run.key(rates.SEED) | {
            "seed": rates.SEED,
            "tests": [{"dev": {LOSS: abs(math.log(run.train.learning_rate / best[arm]))}}],
        }
        for run in grid.runs for arm in [run.label.rpartition(", rate ")[0]]
    ]  # fmt: skip
    page.save_results(f"{name}_rates", {"runs": rows}, command="by hand", seeds=[rates.SEED])
    made = controls.CONTROLS[name]()
    assert [run.label for run in made.runs] == arms
    assert {run.label: run.train.learning_rate for run in made.runs} == best
    assert all(run.seeds == ((0, 1, 2) if name == "captions_scenes" else FIVE) for run in made.runs)
    assert made.watch is not None


@pytest.mark.parametrize("name", controls.CONTROLS)
def test_stored_controls_are_those_that_would_be_made_now(name):
    try:
        rows = page.results(name)["runs"]
    except FileNotFoundError:
        pytest.skip(f"{name} has not been made yet")
    runs = make.experiment_of(name).runs
    stray = [
        (row["label"], row["seed"])
        for row in rows
        if not any(all(row.get(k) == v for k, v in run.key(row["seed"]).items()) for run in runs)
    ]
    assert not stray
