"""Mirrors encdec_lib/pretrained/vit.py."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from safetensors.numpy import load_file, save_file

from encdec_lib.models.vision_transformer import ViT
from encdec_lib.pretrained.positions import resized_positions
from encdec_lib.pretrained.vit import load_vit
from tests.helpers import loops
from tests.helpers.vit_files import LAYERS, PLACES, SIDE, C, D, F, H, P, T, V, weights, written

IMAGES = np.random.default_rng(1).normal(size=(3, SIDE, SIDE, C)).astype(np.float32)


@pytest.fixture
def path(tmp_path):
    return written(tmp_path)


@nnx.jit
def look(model, images):
    return model.with_attention(images)


# The equations


def by_loops(w, image):
    """Logits (V,) and maps (LAYERS, H, T, T) of one image, from the arrays of the file."""
    w = {name: np.asarray(array, np.float64) for name, array in w.items()}

    def linear(name, x):
        return w[f"{name}.weight"] @ x + w[f"{name}.bias"]

    def norm(name, x):
        x = (x - x.mean()) / np.sqrt(x.var() + 1e-12)
        return x * w[f"{name}.weight"] + w[f"{name}.bias"]

    def gelu(x):
        return np.array([0.5 * a * (1 + math.erf(a / math.sqrt(2))) for a in x])

    kernel, x = w["vit.embeddings.patch_embeddings.projection.weight"], []
    for i in range(PLACES):
        for j in range(PLACES):
            y = w["vit.embeddings.patch_embeddings.projection.bias"].copy()
            for a in range(P):
                for b in range(P):
                    y += kernel[:, :, a, b] @ image[i * P + a, j * P + b]
            x.append(y)
    x = np.array([w["vit.embeddings.cls_token"][0, 0], *x])
    x += w["vit.embeddings.position_embeddings"][0]
    maps = []
    for n in range(LAYERS):
        layer, k = f"vit.encoder.layer.{n}", D // H
        z = [norm(f"{layer}.layernorm_before", row) for row in x]
        q, keys, v = (
            np.array([linear(f"{layer}.attention.attention.{part}", row) for row in z])
            for part in ("query", "key", "value")
        )
        seen, joined = np.ones(T, bool), np.zeros((T, D))
        maps.append(np.zeros((H, T, T)))
        for t in range(T):
            for h in range(H):
                own = slice(h * k, (h + 1) * k)
                joined[t, own], maps[-1][h, t] = loops.dot_product(
                    q[t, own], keys[:, own], v[:, own], seen
                )
        x = x + [linear(f"{layer}.attention.output.dense", row) for row in joined]
        z = [norm(f"{layer}.layernorm_after", row) for row in x]
        inner = [gelu(linear(f"{layer}.intermediate.dense", row)) for row in z]
        x = x + [linear(f"{layer}.output.dense", row) for row in inner]
    return linear("classifier", norm("vit.layernorm", x[0])), np.array(maps)


def test_logits_and_maps_are_those_of_the_equations_with_the_files_arrays(path):
    model = load_vit(path, heads=H)
    logits, maps = look(model, IMAGES)
    for b in range(len(IMAGES)):
        wanted, wanted_maps = by_loops(load_file(path), IMAGES[b])
        np.testing.assert_allclose(logits[b], wanted, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose([m[b] for m in maps], wanted_maps, atol=1e-5)


def at_another_side(w, places):
    """The file's arrays for images with another number of patches a side."""
    name = "vit.embeddings.position_embeddings"
    return w | {name: resized_positions(w[name], places, first=1)}


@pytest.mark.parametrize("places", [1, 3, 5])
def test_images_of_another_size_are_read_with_positions_in_between(path, places):
    """As a file of that size whose positions are the interpolated ones."""
    model = load_vit(path, heads=H, side=places * P)
    assert model.config.side == places * P and model.encoder.side == places * P
    save_file(at_another_side(weights(), places), path)
    wanted = load_vit(path, heads=H)
    images = np.random.default_rng(2).normal(size=(2, places * P, places * P, C))
    logits, maps = look(model, images.astype(np.float32))
    wanted, wanted_maps = look(wanted, images.astype(np.float32))
    np.testing.assert_array_equal(logits, wanted)
    np.testing.assert_array_equal(maps, wanted_maps)
    assert maps[0].shape == (2, H, places**2 + 1, places**2 + 1)


def test_the_side_of_the_file_is_the_file_as_it_is(path):
    usual, asked = load_vit(path, heads=H), load_vit(path, heads=H, side=SIDE)
    for one, other in zip(*map(jax.tree.leaves, map(nnx.state, (usual, asked))), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("side", [0, -3, 1, SIDE + 1])
def test_a_side_that_patches_do_not_cover_is_named_in_the_error(path, side):
    with pytest.raises(ValueError, match=f"side must be a multiple.*are {P} wide; got {side}"):
        load_vit(path, heads=H, side=side)


@pytest.mark.parity
@pytest.mark.parametrize("places", [PLACES, 1, 3, 5])
def test_logits_are_those_of_transformers(tmp_path, places):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    side = places * P
    images = np.random.default_rng(1).normal(size=(3, side, side, C)).astype(np.float32)
    config = transformers.ViTConfig(
        hidden_size=D,
        num_hidden_layers=LAYERS,
        num_attention_heads=H,
        intermediate_size=F,
        image_size=SIDE,
        patch_size=P,
        num_channels=C,
        num_labels=V,
        hidden_act="gelu",
        layer_norm_eps=1e-12,
        attn_implementation="eager",  # the one that returns weights
    )
    theirs = transformers.ViTForImageClassification(config).eval()
    generator = torch.Generator().manual_seed(0)
    for parameter in theirs.parameters():  # biases and scales as well
        torch.nn.init.normal_(parameter, std=0.4, generator=generator)
    theirs.save_pretrained(tmp_path)
    path = tmp_path / "model.safetensors"
    assert set(load_file(path)) == set(weights())  # the names of the hub's file
    with torch.no_grad():
        wanted = theirs(
            torch.from_numpy(images).permute(0, 3, 1, 2),
            output_attentions=True,
            interpolate_pos_encoding=True,
        )
    logits, maps = look(load_vit(path, heads=H, side=side), images)
    np.testing.assert_allclose(logits, wanted.logits, rtol=1e-4, atol=1e-4)
    for mine, other in zip(maps, wanted.attentions, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)


@pytest.mark.parity
def test_logits_are_those_of_torch_with_the_files_arrays(path):
    torch = pytest.importorskip("torch")
    w = {name: torch.from_numpy(array) for name, array in load_file(path).items()}

    def part(name):
        return {"weight": w[f"{name}.weight"], "bias": w[f"{name}.bias"]}

    conv = torch.nn.Conv2d(C, D, P, P)
    conv.load_state_dict(part("vit.embeddings.patch_embeddings.projection"))
    x = conv(torch.from_numpy(IMAGES).permute(0, 3, 1, 2)).flatten(2).mT
    x = torch.cat([w["vit.embeddings.cls_token"].expand(len(x), 1, D), x], dim=1)
    x = x + w["vit.embeddings.position_embeddings"]
    for n in range(LAYERS):
        block = torch.nn.TransformerEncoderLayer(
            D, H, F, 0.0, "gelu", 1e-12, batch_first=True, norm_first=True
        )
        layer, state = f"vit.encoder.layer.{n}", {}
        for theirs, name in (
            ("self_attn.out_proj", "attention.output.dense"),
            ("linear1", "intermediate.dense"),
            ("linear2", "output.dense"),
            ("norm1", "layernorm_before"),
            ("norm2", "layernorm_after"),
        ):
            state |= {f"{theirs}.{kind}": a for kind, a in part(f"{layer}.{name}").items()}
        looking = [part(f"{layer}.attention.attention.{p}") for p in ("query", "key", "value")]
        for kind in ("weight", "bias"):
            state[f"self_attn.in_proj_{kind}"] = torch.cat([p[kind] for p in looking])
        block.load_state_dict(state)
        x = block(x)
    norm, head = torch.nn.LayerNorm(D, 1e-12), torch.nn.Linear(D, V)
    norm.load_state_dict(part("vit.layernorm"))
    head.load_state_dict(part("classifier"))
    logits, _ = look(load_vit(path, heads=H), IMAGES)
    np.testing.assert_allclose(logits, head(norm(x)[:, 0]).detach(), rtol=1e-4, atol=1e-4)


# What the file says


def test_the_sizes_are_those_of_the_file(path):
    model = load_vit(str(path), heads=H)
    assert isinstance(model, ViT)
    config = model.config
    assert (config.side, config.patch, config.in_channels) == (SIDE, P, C)
    assert (config.d_model, config.d_ff, config.heads) == (D, F, H)
    assert (config.layers, config.num_classes) == (LAYERS, V)
    assert (config.pool, config.activation, config.epsilon) == ("class", "gelu", 1e-12)
    leaves = jax.tree.leaves(nnx.state(model))
    assert {leaf.dtype for leaf in leaves} == {jnp.dtype("float32")}
    assert all(isinstance(leaf, jax.Array) for leaf in leaves)
    assert sum(leaf.size for leaf in leaves) == sum(a.size for a in weights().values())


@pytest.mark.parametrize(("width", "heads"), [(128, 2), (192, 3), (1280, 16)])
def test_heads_are_64_wide_but_in_the_largest(tmp_path, width, heads):
    save_file(weights(d=width, layers=1, f=1), tmp_path / "file")
    assert load_vit(tmp_path / "file").config.heads == heads


@pytest.mark.parametrize("dtype", [np.float16, jnp.bfloat16, np.float64])
def test_other_floating_point_numbers_become_float32(path, dtype):
    rounded = {name: array.astype(dtype) for name, array in weights().items()}
    save_file(rounded, path)
    model = load_vit(path, heads=H)
    assert {x.dtype for x in jax.tree.leaves(nnx.state(model))} == {jnp.dtype("float32")}
    key = "vit.encoder.layer.1.attention.attention.key.weight"
    mine = np.asarray(model.encoder.blocks[1].attention.key.kernel[...])
    np.testing.assert_array_equal(mine.T, rounded[key].astype(np.float32))


def test_a_pooler_is_left_out(path):
    pooler = {"vit.pooler.dense.weight": np.ones((D, D)), "vit.pooler.dense.bias": np.ones(D)}
    before, _ = look(load_vit(path, heads=H), IMAGES)
    save_file(weights() | pooler, path)
    after, _ = look(load_vit(path, heads=H), IMAGES)
    np.testing.assert_array_equal(before, after)


def test_it_can_be_trained(path):
    save_file(weights(layers=1), path)
    model = load_vit(path, heads=H)
    grads = nnx.jit(nnx.grad(lambda m, x: (m(x) ** 2).sum()))(model, IMAGES)
    sizes = [np.abs(np.asarray(g)).max() for g in jax.tree.leaves(grads)]
    assert np.isfinite(sizes).all() and min(sizes) >= 0 and len(sizes) == len(weights(layers=1))
    assert sum(size > 1e-3 for size in sizes) >= len(sizes) - 1  # the keys' bias changes nothing
