"""Mirrors encdec_lib/models/vision_transformer.py."""

import copy
import dataclasses
from functools import lru_cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.evaluation.classes import accuracy
from encdec_lib.models.vision_transformer import BASE, ViTConfig, ViTEncoder, vit
from encdec_lib.runtime.flops import step_flops
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import ClassificationLoss
from tests.helpers import loops
from tests.systems import with_biases

B, SIDE, P, C, V = 3, 6, 2, 5, 7  # 9 patches
H, D, F, LAYERS = 2, 22, 13, 2  # D: twice a prime
M, EPSILON = 9, 0.03  # large enough to be seen
CASES = {
    "class token, gelu": {"activation": "gelu", "epsilon": EPSILON},
    "mean, relu": {"pool": "mean"},
    "class token, no positions": {"positions": False},
}
every_case = pytest.mark.parametrize("case", CASES)
close = partial(np.testing.assert_allclose, rtol=1e-4, atol=3e-5)


def normal(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


IMAGES = normal(B, SIDE, SIDE, C, seed=1)


def configured(**choices):
    sizes = ViTConfig(SIDE, P, C, V, D, H, F, LAYERS)
    return dataclasses.replace(sizes, **choices)


def made(config):
    """Random biases; positions, class token and scales of the norms as large as can be seen."""
    model = with_biases(vit(config, rngs=nnx.Rngs(0)))
    encoder = model.encoder
    for seed, param in enumerate((encoder.positions, encoder.class_token)):
        if param is not None:
            param[...] = normal(*param.shape, seed=seed)
    norms = [encoder.norm]
    for block in encoder.blocks:
        norms += [block.residual_attention.norm, block.residual_feed_forward.norm]
    for seed, norm in enumerate(norms):
        norm.scale[...] = 1 + 0.3 * normal(D, seed=seed)
    return model


@lru_cache
def built(case):
    return made(configured(**CASES[case]))


@nnx.jit
def look(model, images):
    return *model.with_attention(images), model.encoder(images)


# The equations


def by_loops(model, image, activation, epsilon):
    """Vectors, logits and maps of one image."""
    encoder, maps = model.encoder, []
    x = np.array([loops.linear(encoder.embed.project, row) for row in loops.cut(image, P)])
    if encoder.class_token is not None:
        x = np.array([loops.float64(encoder.class_token)[0, 0], *x])
    if encoder.positions is not None:
        x = x + loops.float64(encoder.positions)[0]
    for block in encoder.blocks:

        def attend(x, block=block):
            looked, weights = loops.multi_head(block.attention, x, x, np.ones((len(x),) * 2, bool))
            maps.append(weights)
            return looked

        network = partial(loops.feed_forward, block.feed_forward, activation=activation)
        x = loops.around(block.residual_attention, attend, x, epsilon)
        x = loops.around(block.residual_feed_forward, network, x, epsilon)
    vectors = np.array([loops.layer_norm(encoder.norm, row, epsilon) for row in x])
    read = vectors[0] if encoder.class_token is not None else sum(vectors) / len(vectors)
    return vectors, loops.linear(model.head, read), maps


@every_case
def test_agrees_with_the_equations_written_as_loops(case):
    model, choices = built(case), CASES[case]
    tokens = M + (choices.get("pool", "class") == "class")
    logits, maps, encoding = look(model, IMAGES)
    assert logits.shape == (B, V) and len(maps) == LAYERS
    assert all(layer.shape == (B, H, tokens, tokens) for layer in maps)
    assert encoding.vectors.shape == (B, tokens, D) and encoding.mask.all()
    assert encoding.mask.shape == (B, tokens) and encoding.skips == ()
    activation = getattr(loops, choices.get("activation", "relu"))
    for b, image in enumerate(loops.float64(IMAGES)):
        wanted = by_loops(model, image, activation, choices.get("epsilon", 1e-5))
        close(encoding.vectors[b], wanted[0])
        close(logits[b], wanted[1])
        for layer, weights in zip(maps, wanted[2], strict=True):
            close(layer[b], weights)


def test_what_comes_out_is_the_bets_alone():
    model = built("mean, relu")
    close(nnx.jit(lambda model, images: model(images))(model, IMAGES), look(model, IMAGES)[0])


def test_the_other_images_of_a_batch_do_not_matter():
    model = built("class token, gelu")
    close(look(model, IMAGES)[0][1:2], look(model, IMAGES[1:2])[0])


@every_case
def test_without_positions_the_patches_are_a_heap(case):
    order = np.array([4, 2, 8, 0, 6, 1, 3, 7, 5])
    squares = np.asarray(IMAGES).reshape(B, 3, P, 3, P, C).swapaxes(2, 3).reshape(B, M, P, P, C)
    moved = squares[:, order].reshape(B, 3, 3, P, P, C).swapaxes(2, 3).reshape(IMAGES.shape)
    change = np.abs(look(built(case), jnp.asarray(moved))[0] - look(built(case), IMAGES)[0])
    assert change.max() < 1e-4 if "no positions" in case else change.max() > 0.01


@pytest.mark.slow
def test_a_task_of_places_is_learned_with_positions_and_not_without():
    """Which of the four quarters is bright: a heap of patches cannot tell."""
    images = np.kron(np.eye(4).reshape(4, 2, 2), np.ones((1, 2, 2))).astype(np.float32)[..., None]
    data = np.tile(images, (2, 1, 1, 1)), np.tile(np.arange(4, dtype=np.int32), 2)
    config = TrainConfig(steps=40, batch_size=8, learning_rate=0.02, warmup_steps=2)
    for positions in (True, False):
        sizes = ViTConfig(4, 2, 1, 4, D, H, F, 1, pool="mean", positions=positions)
        model = vit(sizes, rngs=nnx.Rngs(0))
        history = fit(model, data, config, loss=ClassificationLoss(), progress=False)
        if positions:
            assert history.losses[-1] < 0.1 and accuracy(model, *data) == 1
        else:  # nothing is better than the same bet on each
            assert history.losses.min() > np.log(4) - 1e-4


def test_every_parameter_gets_a_gradient():
    for case in ("class token, gelu", "mean, relu"):
        graph, params, rest = nnx.split(built(case), nnx.Param, ...)

        def total(params, graph=graph, rest=rest):
            return (nnx.merge(graph, params, rest)(IMAGES) * normal(B, V)).sum()

        for path, gradient in nnx.to_flat_state(jax.jit(jax.grad(total))(params)):
            # The same number is added to all scores of a query: softmax does not see it.
            if path[-2:] != ("key", "bias"):
                assert np.abs(gradient[...]).max() > 1e-4, path


# Numbers


@pytest.mark.slow
def test_bfloat16_is_float32_but_for_rounding():
    exact = built("class token, gelu")
    rounded = made(configured(**CASES["class token, gelu"], dtype="bfloat16"))
    assert {p.dtype for p in jax.tree.leaves(nnx.state(rounded, nnx.Param))} == {
        jnp.dtype("float32")
    }
    logits, wanted = look(rounded, IMAGES)[0], np.asarray(look(exact, IMAGES)[0])
    assert logits.dtype == jnp.bfloat16
    error = np.abs(np.asarray(logits, np.float32) - wanted)
    # 8 bits, about 20 roundings on the way: sqrt(20) · 2^-9 = 0.009 of the logits' size.
    assert 0 < np.sqrt((error**2).mean()) < 0.03 * wanted.std()


@pytest.mark.slow
def test_dropout_acts_in_training_alone():
    model = made(configured(**CASES["mean, relu"], dropout=0.3))
    nnx.update(model, nnx.state(built("mean, relu"), nnx.Param))
    plain = look(built("mean, relu"), IMAGES)[0]
    np.testing.assert_array_equal(look(model, IMAGES)[0], plain)  # built in evaluation mode
    model.train()
    one, two = (look(model, IMAGES)[0] for _ in range(2))
    assert np.abs(one - two).max(axis=1).min() > 0.01
    model.eval()
    np.testing.assert_array_equal(look(model, IMAGES)[0], plain)


@pytest.mark.slow
def test_what_the_choices_cost():
    def count(config):
        model = nnx.eval_shape(lambda: vit(config, rngs=nnx.Rngs(0)))
        return sum(p.size for p in jax.tree.leaves(nnx.state(model, nnx.Param)))

    block = 4 * (D * D + D) + D * F + F + F * D + D + 4 * D
    rest = P * P * C * D + D + 2 * D + D * V + V
    assert count(configured(pool="mean", positions=False)) == LAYERS * block + rest
    assert count(configured(pool="mean")) == LAYERS * block + rest + M * D
    assert count(configured()) == LAYERS * block + rest + (M + 1) * D + D
    assert count(BASE) == 86_567_656  # ViT-B/16 with the 1000 classes of ImageNet
    assert BASE.patches == 196 and configured().patches == M


def test_class_token_and_positions_begin_small():
    encoder = ViTEncoder(configured(side=38), class_token=True, rngs=nnx.Rngs(0))
    places, first = np.asarray(encoder.positions[...]), np.asarray(encoder.class_token[...])
    np.testing.assert_allclose(places.std(), 0.02, rtol=0.05)  # of 362·22 numbers
    assert abs(places.mean()) < 0.001 and 0.01 < first.std() < 0.03


@pytest.mark.parametrize("first", [False, True], ids=["no class token", "class token"])
def test_positions_may_start_from_row_and_column(first):
    config = configured(start="sinusoidal")
    table = ViTEncoder(config, class_token=first, rngs=nnx.Rngs(0)).positions[0]
    wanted = [loops.cell(row, column, D) for row in range(3) for column in range(3)]
    assert table.shape == (M + first, D)
    np.testing.assert_allclose(table[int(first) :], wanted, atol=1e-6)


# Parity


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True:UserWarning")
def test_agrees_with_torch_in_values_and_gradients():
    torch = pytest.importorskip("torch")
    from benchmarks.torch_weights import (
        copy_encoder_block,
        copy_layer_norm,
        copy_linear,
        tensor,
    )

    class Twin(torch.nn.Module):
        """Patches by a convolution, layers of PyTorch's own."""

        def __init__(self):
            super().__init__()
            self.patches = torch.nn.Conv2d(C, D, P, stride=P)
            self.first = torch.nn.Parameter(torch.zeros(1, 1, D))
            self.places = torch.nn.Parameter(torch.zeros(1, M + 1, D))
            layer = torch.nn.TransformerEncoderLayer(
                D, H, F, 0.0, "gelu", EPSILON, batch_first=True, norm_first=True
            )
            last = torch.nn.LayerNorm(D, eps=EPSILON)
            self.stack = torch.nn.TransformerEncoder(layer, LAYERS, last)
            self.head = torch.nn.Linear(D, V)

        def forward(self, images):
            x = self.patches(images.permute(0, 3, 1, 2)).flatten(2).transpose(1, 2)
            x = torch.cat([self.first.expand(len(x), 1, D), x], dim=1) + self.places
            return self.head(self.stack(x)[:, 0])

    @torch.no_grad()
    def copy_weights(ours, theirs):
        encoder = ours.encoder
        kernel = torch.from_numpy(np.array(encoder.embed.as_convolution()))
        theirs.patches.weight.copy_(kernel.permute(3, 2, 0, 1))
        theirs.patches.bias.copy_(tensor(encoder.embed.project.bias))
        theirs.first.copy_(tensor(encoder.class_token))
        theirs.places.copy_(tensor(encoder.positions))
        for block, layer in zip(encoder.blocks, theirs.stack.layers, strict=True):
            copy_encoder_block(block, layer)
        copy_layer_norm(encoder.norm, theirs.stack.norm)
        copy_linear(ours.head, theirs.head)

    ours, theirs, pull = built("class token, gelu"), Twin(), normal(B, V, seed=3)
    copy_weights(ours, theirs)
    graph, params, rest = nnx.split(ours, nnx.Param, ...)

    def pulled(params, images):
        logits = nnx.merge(graph, params, rest)(images)
        return (logits * pull).sum(), logits

    grad = jax.jit(jax.grad(pulled, (0, 1), has_aux=True))
    (grads, to_images), logits = grad(params, IMAGES)
    images = torch.from_numpy(np.array(IMAGES)).requires_grad_()
    wanted = theirs(images)
    (wanted * torch.from_numpy(np.array(pull))).sum().backward()
    np.testing.assert_allclose(logits, wanted.detach().numpy(), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(to_images, images.grad.numpy(), rtol=1e-5, atol=1e-5)
    twin = copy.deepcopy(theirs)
    copy_weights(nnx.merge(graph, grads, rest), twin)  # our gradients, laid out as theirs
    for (name, mine), parameter in zip(twin.named_parameters(), theirs.parameters(), strict=True):
        other = parameter.grad.numpy()
        atol = 1e-5 * max(1, np.abs(other).max())  # sums over all positions
        np.testing.assert_allclose(mine.detach().numpy(), other, rtol=1e-5, atol=atol, err_msg=name)


# Errors


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"side": 0}, "side must be at least 1; got 0"),
        ({"patch": 0}, "patch must be at least 1; got 0"),
        ({"patch": 4}, "patch must divide side = 6, .*; got patch = 4"),
        ({"in_channels": 0}, "in_channels must be at least 1; got 0"),
        ({"num_classes": 0}, "num_classes must be at least 1; got 0"),
        ({"d_model": 0}, "d_model must be at least 1; got 0"),
        ({"layers": 0}, "layers must be at least 1; got 0"),
        ({"d_ff": 0}, "d_ff must be at least 1; got 0"),
        ({"heads": 3}, "heads must divide d_model = 22, .*; got heads = 3"),
        ({"pool": "max"}, "pool must be one of class, mean; got 'max'"),
        ({"start": "zeros"}, "start must be one of random, sinusoidal; got 'zeros'"),
        ({"activation": "tanh"}, "activation must be one of relu, gelu; got 'tanh'"),
        ({"dtype": "float16"}, "dtype must be one of float32, bfloat16; got 'float16'"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\); got 1.0"),
    ],
)
def test_what_does_not_fit_is_named_in_the_error(change, message):
    with pytest.raises(ValueError, match=message):
        vit(configured(**change), rngs=nnx.Rngs(0))


@pytest.mark.parametrize("shape", [(B, 8, 8, C), (B, SIDE, SIDE, 1), (B, 4, 9, C), (SIDE, SIDE, C)])
def test_images_of_another_size_are_named(as_reader, shape):
    message = r"source must be images \(B, 6, 6, 5\), as learned positions belong to one size; got "
    with pytest.raises(ValueError, match=message + r"\(" + ", ".join(map(str, shape)) + r"\)"):
        built("mean, relu")(jnp.zeros(shape))


@pytest.mark.slow
def test_a_training_step_costs_what_its_patches_cost():
    """So that `fit` sees how large a job is: each weight meets every vector of the sequence."""
    model = vit(ViTConfig(side=21, patch=7, d_model=10, heads=2, d_ff=11), rngs=nnx.Rngs(0))
    count = sum(x.size for x in jax.tree.leaves(nnx.state(model, nnx.Param)))
    arrays = [np.zeros((4, 21, 21, 1), np.float32), np.zeros(4, np.int32)]
    assert step_flops(model, arrays, batch_size=13) == 6 * count * 10 * 13
