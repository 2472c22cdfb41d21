"""Mirrors encdec_lib/train/parameters.py: weight decay on matrices, and parameters that stay."""

import dataclasses
import re

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from encdec_lib.models.cnn_to_cnn import unet
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.train import TrainConfig, Training
from encdec_lib.train.checkpoint import to_numpy
from encdec_lib.train.losses import ClassificationLoss
from encdec_lib.train.parameters import matrices, trainable
from tests.helpers.least_squares import QUICK, Line, PlainDescent, fit_line, points
from tests.systems import PAIRS, build

one_device = [jax.devices()[0]]


def by_path(model, kind=nnx.Param):
    """Copies of a model's arrays by their paths with dots."""
    flat = nnx.to_flat_state(nnx.state(model, kind))
    return {".".join(map(str, path)): to_numpy(x[...]).copy() for path, x in flat}


def masked(model):
    """The paths that weight decay shrinks, and those that it leaves; and all shapes."""
    params = nnx.state(model, nnx.Param)
    mask, arrays = flat(matrices(params)), flat(params)
    yes = {path for path, is_matrix in mask.items() if is_matrix}
    return yes, mask.keys() - yes, {path: array.shape for path, array in arrays.items()}


def flat(tree):
    leaves, _ = jax.tree_util.tree_flatten_with_path(nnx.to_pure_dict(tree))
    return {".".join(str(key.key) for key in keys): leaf for keys, leaf in leaves}


class Net(nnx.Module):
    """Matrices, and all that is none."""

    def __init__(self, seed=0):
        rngs = nnx.Rngs(seed)
        self.embedding = nnx.Embed(7, 5, rngs=rngs)
        self.positions = nnx.Param(jnp.ones((1, 2, 5)))
        self.many = nnx.LinearGeneral(5, (2, 3), rngs=rngs)  # its bias has two axes
        self.norm = nnx.LayerNorm(3, rngs=rngs)
        self.gain = nnx.Param(jnp.linspace(1, 2, 3))  # a vector, whatever its name
        self.drop = nnx.Dropout(0.1, rngs=rngs)
        self.statistics = nnx.BatchNorm(3, rngs=rngs)
        self.head = nnx.Linear(3, 1, rngs=rngs)

    def __call__(self, tokens):
        x = self.embedding(tokens) + self.positions[...]
        x = self.norm(self.many(x).sum(axis=(1, 2))) * self.gain[...][None]
        return self.head(self.statistics(self.drop(x)))[:, 0]


TOKENS = (
    np.random.default_rng(0).integers(0, 7, (11, 2)),
    np.random.default_rng(1).normal(size=11).astype(np.float32),
)
MATRICES = {"many.kernel", "head.kernel"}
OTHERS = {
    "embedding.embedding", "positions", "many.bias", "gain", "norm.scale", "norm.bias",
    "statistics.scale", "statistics.bias", "head.bias",
}  # fmt: skip


# Weight decay


def test_kernels_are_matrices_and_nothing_else():
    assert masked(Net())[:2] == (MATRICES, OTHERS)


@pytest.mark.parametrize(
    ("encoder", "decoder"),
    [p if n % 4 == 0 else pytest.param(*p, marks=pytest.mark.slow) for n, p in enumerate(PAIRS)],
)
def test_in_every_system_what_is_looked_up_or_added_is_no_matrix(encoder, decoder):
    yes, no, shapes = masked(build(encoder, decoder))
    assert yes and no
    kernel = re.compile(r"(kernel|W(_\w+)?|W_in|W_rec)$")
    assert all(kernel.search(path) and len(shapes[path]) >= 2 for path in yes), yes
    looked_up = re.compile(r"(embedding|positions|table|class_token)$")
    assert all(len(shapes[path]) < 2 or looked_up.search(path) for path in no), no


def test_in_the_large_models_too():
    sizes = TransformerConfig(7, 11, d_model=8, heads=2, d_ff=13, positions="learned")
    # Shapes alone: no number is drawn.
    text, picture, scenes = (
        masked(nnx.eval_shape(builder))
        for builder in (
            lambda: transformer(sizes, rngs=nnx.Rngs(0)),
            lambda: vit(rngs=nnx.Rngs(0)),
            lambda: unet(rngs=nnx.Rngs(0)),
        )
    )
    for yes, no, _ in (text, picture, scenes):
        assert all(path.endswith("kernel") for path in yes), yes
        assert not any(path.endswith("kernel") for path in no), no
    assert {"encoder.class_token", "encoder.positions"} <= picture[1]
    assert "encoder.embed.project.kernel" in picture[0]


def test_a_step_shrinks_matrices_by_rate_times_decay_and_nothing_else():
    """With a gradient of 0 only the decay moves anything."""

    def nothing(model, batch):
        return 0 * model(batch[0]).sum(), jnp.float32(len(batch[0]))

    for decay, shrunk in (("matrices", MATRICES), ("all", MATRICES | OTHERS)):
        config = TrainConfig(
            steps=3, batch_size=4, learning_rate=0.1, warmup_steps=0, schedule="constant",
            weight_decay=0.25, decay=decay,
        )  # fmt: skip
        model = Net()
        before = by_path(model)
        training = Training.begin(model, TOKENS, config, loss=nothing, devices=one_device)
        training.advance(3)
        training.update_model()
        after = by_path(model)
        for path, array in before.items():
            kept = (1 - 0.1 * 0.25) ** 3 if path in shrunk else 1.0
            np.testing.assert_allclose(after[path], kept * array, rtol=1e-5, err_msg=path)
            if path not in shrunk:
                np.testing.assert_array_equal(after[path], array, err_msg=path)


def test_without_decay_the_optimizer_is_what_it_was():
    params = nnx.state(Net(), nnx.Param)
    plain = optax.adamw(QUICK.rate(), b2=0.98, weight_decay=0.0).init(params)
    ours = dataclasses.replace(QUICK, clip_norm=None).optimizer().init(params)
    assert jax.tree.structure(ours) == jax.tree.structure(plain)


# Parameters that stay


def squares(model, batch):
    tokens, y = batch
    return ((model(tokens) - y) ** 2).sum(), jnp.float32(len(y))


@pytest.mark.parametrize("devices", [pytest.param(1, marks=pytest.mark.slow), 2])
@pytest.mark.parametrize(
    ("freeze", "frozen"),
    [
        ("embedding", {"embedding.embedding"}),
        ("head.kernel", {"head.kernel"}),
        (("norm", "many.bias"), {"norm.scale", "norm.bias", "many.bias"}),
        (lambda path, array: array.ndim < 2, {
            "gain", "norm.scale", "norm.bias", "statistics.scale", "statistics.bias", "head.bias",
        }),
    ],
    ids=["one", "a leaf", "several", "a function"],
)  # fmt: skip
def test_what_is_frozen_does_not_move_and_the_rest_does(freeze, frozen, devices):
    config = dataclasses.replace(QUICK, weight_decay=0.5, decay="all")
    model = Net()
    before, statistics = by_path(model), by_path(model, nnx.BatchStat)
    training = Training.begin(
        model, TOKENS, config, loss=squares, freeze=freeze, devices=jax.devices()[:devices]
    )
    while training.step < config.steps:
        training.advance(config.steps)
    training.update_model()
    after = by_path(model)
    assert before.keys() == after.keys()
    for path in before:
        if path in frozen:
            np.testing.assert_array_equal(after[path], before[path], err_msg=path)
        else:
            assert (after[path] != before[path]).any(), path
    assert (by_path(model, nnx.BatchStat)["statistics.mean"] != statistics["statistics.mean"]).any()
    moving = sum(array.size for path, array in before.items() if path not in frozen)
    states = sum(leaf.size for leaf in jax.tree.leaves(training.state[2]) if leaf.ndim)
    assert states == 2 * moving  # Adam's two means of each parameter that moves


def test_the_gradient_of_the_rest_is_as_if_nothing_were_frozen():
    """One step of a model with a frozen layer, and of one without, but for that layer."""
    config = PlainDescent(**dataclasses.asdict(QUICK) | {"steps": 1})
    free, held = Net(), Net()
    for model, freeze in ((free, None), (held, "embedding")):
        training = Training.begin(
            model, TOKENS, config, loss=squares, freeze=freeze, devices=one_device
        )
        training.advance(1)
        training.update_model()
    free, held = by_path(free), by_path(held)
    assert (free.pop("embedding.embedding") != held.pop("embedding.embedding")).any()
    for path in free:
        np.testing.assert_allclose(held[path], free[path], rtol=1e-5, atol=1e-7, err_msg=path)


def test_a_pretrained_encoder_stays_as_it_is():
    model = vit(ViTConfig(side=8, patch=4, d_model=6, heads=2, layers=1), rngs=nnx.Rngs(0))
    before = by_path(model)
    images = np.random.default_rng(0).uniform(size=(11, 8, 8, 1)).astype(np.float32)
    data = images, np.arange(11) % 10
    fit_line(model, data, QUICK, loss=ClassificationLoss(), freeze="encoder")
    after = by_path(model)
    moved = {path for path in before if (before[path] != after[path]).any()}
    assert moved == {"head.kernel", "head.bias"}


@pytest.mark.parametrize(
    ("freeze", "message"),
    [
        ("encodr", "freeze names 'encodr', and no .* begins so; there are b, w."),
        ("", "freeze names '', and no parameter's path begins so; there are b, w."),
        (["w", "b.c"], "freeze names 'b.c'.* there are b, w."),
        (lambda path, array: False, "freeze must be true of some parameter; .* none of b, w."),
        (["w", "b"], "freeze must leave something to train; got all 2 parameters"),
        (lambda path, array: True, "freeze must leave something to train; got all 2 parameters"),
    ],
)
def test_a_freeze_that_cannot_be_is_named_in_the_error(freeze, message):
    model = Line()
    with pytest.raises(ValueError, match=message):
        fit_line(model, points(), QUICK, freeze=freeze)


def test_the_error_lists_what_is_below_the_part_that_was_right():
    with pytest.raises(ValueError, match="there are many.bias, many.kernel."):
        trainable(Net(), "many.kernels")
    with pytest.raises(ValueError, match="there are embedding.embedding."):
        trainable(Net(), "embedding.embed")


def test_a_resumed_run_keeps_what_was_frozen(tmp_path):
    """All is in the file: the model that goes on may have begun with other numbers."""
    whole, model, resumed = Line(), Line(), Line(seed=1)
    wanted = fit_line(whole, points(), QUICK, freeze="w", devices=one_device)
    file = tmp_path / "run"
    half = Training.begin(model, points(), QUICK, loss=fit_line.keywords["loss"], freeze="w",
                          devices=one_device)  # fmt: skip
    half.advance(5)
    half.save(file)
    run = dict(checkpoint=file, resume=True, devices=one_device)
    with pytest.raises(ValueError, match="another freeze=. Saved: .'w'.; now: none"):
        fit_line(Line(), points(), QUICK, **run)
    history = fit_line(resumed, points(), QUICK, freeze="w", **run)
    np.testing.assert_array_equal(history.losses, wanted.losses)
    np.testing.assert_array_equal(resumed.w[...], whole.w[...])
    np.testing.assert_array_equal(resumed.b[...], whole.b[...])
