"""Mirrors encdec_lib/pretrained/vit.py."""

import json
import math
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from safetensors.numpy import load_file, save_file

from encdec_lib import pretrained
from encdec_lib.models.vision_transformer import ViT
from encdec_lib.pretrained.vit import classes, fetch_vit, load_vit, prepare
from tests.helpers import loops
from tests.helpers.vit_files import LAYERS, PLACES, SIDE, C, D, F, H, P, T, V, weights, written

IMAGES = np.random.default_rng(1).normal(size=(3, SIDE, SIDE, C)).astype(np.float32)


@pytest.fixture
def path(tmp_path):
    return written(tmp_path)


@nnx.jit
def look(model, images):
    return model.looking(images)


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


@pytest.mark.parity
def test_logits_are_those_of_transformers(tmp_path):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
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
        wanted = theirs(torch.from_numpy(IMAGES).permute(0, 3, 1, 2), output_attentions=True)
    logits, maps = look(load_vit(path, heads=H), IMAGES)
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


# The hub


def test_the_hubs_files_go_to_one_place_and_come_once(tmp_path, monkeypatch):
    asked = []

    def download(address, path):
        asked.append((address, path))
        return path

    monkeypatch.setattr(pretrained, "download", download)
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.setenv("ENCDEC_CACHE", str(tmp_path / "cache"))
    name = "google--vit-base-patch16-224"
    assert fetch_vit() == tmp_path / "cache" / "pretrained" / name / "model.safetensors"
    address = "https://huggingface.co/google/vit-base-patch16-224/resolve/main/model.safetensors"
    assert asked.pop()[0] == address
    assert fetch_vit("a/b.c", tmp_path) == tmp_path / "a--b.c" / "model.safetensors"
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example/")
    fetch_vit("a/b", tmp_path)
    assert asked.pop()[0] == "https://mirror.example/a/b/resolve/main/model.safetensors"
    monkeypatch.setenv("ENCDEC_CACHE", "off")
    with pytest.raises(ValueError, match="ENCDEC_CACHE is off.*give folder="):
        fetch_vit()


def test_a_model_from_a_server_is_a_model(path, monkeypatch):
    """The hub's address as a folder on this machine."""
    hub = path.parent / "hub"
    (hub / "a/b/resolve/main").mkdir(parents=True)
    path.rename(hub / "a/b/resolve/main/model.safetensors")
    (hub / "a/b/resolve/main/config.json").write_text('{"id2label": {"1": "b", "0": "a"}}')
    monkeypatch.setenv("HF_ENDPOINT", hub.as_uri())
    there = fetch_vit("a/b", path.parent / "kept")
    assert look(load_vit(there, heads=H), IMAGES)[0].shape == (3, V)
    assert classes("a/b", path.parent / "kept") == ["a", "b"]
    with pytest.raises(ConnectionError, match="a/c/resolve/main/model.safetensors"):
        fetch_vit("a/c", path.parent / "kept")


@pytest.mark.parametrize("name", ["vit", "", "a/../b", "../b", "a/b/c", "https://huggingface.co/a"])
def test_a_name_that_is_none_is_named_in_the_error(name, tmp_path):
    with pytest.raises(ValueError, match=f"name must be owner/model.*got '{re.escape(name)}'"):
        fetch_vit(name, tmp_path)


@pytest.mark.parametrize(
    "content", ["", "[]", "<html>", "{}", '{"id2label": {"1": "b"}}', '{"id2label": 3}']
)
def test_a_config_without_classes_is_named_in_the_error(content, tmp_path):
    (tmp_path / "a--b").mkdir()
    (tmp_path / "a--b" / "config.json").write_text(content)
    with pytest.raises(ValueError, match="config.json has no names of classes.*Delete it"):
        classes("a/b", tmp_path)


def test_classes_come_in_the_order_of_the_logits(tmp_path):
    table = {str(i): f"class {i}" for i in np.random.default_rng(0).permutation(1000)}
    (tmp_path / "a--b").mkdir()
    (tmp_path / "a--b" / "config.json").write_text(json.dumps({"id2label": table}))
    assert classes("a/b", tmp_path) == [f"class {i}" for i in range(1000)]


# Pictures


@pytest.mark.parametrize("shape", [(41, 53), (5, 7), (23, 23), (90, 11)], ids=str)
def test_prepare_resizes_as_pillow_does(shape):
    Image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (2, *shape, 3)).astype(np.uint8)
    mine = np.asarray(prepare(pixels, 23))
    assert mine.shape == (2, 23, 23, 3) and mine.dtype == np.float32
    for b in range(2):
        # Colour by colour in float32: the same weights, but for rounding.
        for c in range(3):
            grey = Image.fromarray(pixels[b, ..., c].astype(np.float32))
            wanted = np.asarray(grey.resize((23, 23), Image.Resampling.BILINEAR))
            np.testing.assert_allclose(mine[b, ..., c], wanted / 127.5 - 1, atol=1e-5)
        # In bytes Pillow rounds after rows and after columns: less than 1 of 255 in all.
        wanted = Image.fromarray(pixels[b]).resize((23, 23), Image.Resampling.BILINEAR)
        error = np.abs(mine[b] - (np.asarray(wanted) / 127.5 - 1))
        assert error.max() < 1.2 / 127.5


def test_prepare_takes_bytes_numbers_and_grey_alike():
    pixels = np.random.default_rng(0).integers(0, 256, (2, 11, 13, 1)).astype(np.uint8)
    x = prepare(pixels)
    assert x.shape == (2, 224, 224, 3)
    numbers = pixels.astype(np.float32) / 255
    np.testing.assert_allclose(prepare(numbers), x, atol=1e-6)
    np.testing.assert_allclose(prepare(jnp.asarray(numbers).repeat(3, axis=3)), x, atol=1e-6)
    assert x.min() >= -1 and x.max() <= 1


def test_prepare_names_what_does_not_fit(as_reader):
    with pytest.raises(ValueError, match=r"images must be \(B, H, W, C\).*got \(5, 5, 3\)"):
        prepare(np.zeros((5, 5, 3), np.float32))
    for shape in ((1, 5, 5, 4), (0, 5, 5, 3)):
        with pytest.raises(ValueError, match="images must be"):
            prepare(np.zeros(shape, np.float32))
    for bad in (1.1, -0.1, np.nan):
        with pytest.raises(ValueError, match="images must have numbers from 0 to 1, or be uint8"):
            prepare(np.full((1, 5, 5, 3), bad, np.float32))
    with pytest.raises(ValueError, match="side must be at least 1; got 0"):
        prepare(np.zeros((1, 5, 5, 3), np.float32), 0)
