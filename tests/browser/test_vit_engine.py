"""encdec_lib/web/engine/vit.js against the Flax models, in Chromium: logits, maps, rollout,
captions.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from playwright.sync_api import Error

from encdec_lib.analysis.rollout import attention_rollout
from encdec_lib.data import EOS, PAD
from encdec_lib.data.patches import cut
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.generate.sampling import greedy
from encdec_lib.models.bahdanau_attention import AttentionDecoder
from encdec_lib.models.transformer import TransformerDecoder
from encdec_lib.models.vision_transformer import ViTConfig, ViTEncoder, vit
from encdec_lib.models.vit_to_transformer import (
    GridCaptionConfig,
    ViTCaptionConfig,
    grid_captioner,
    vit_captioner,
)
from encdec_lib.web import export_model, rounded
from tests.browser.engine_page import as_json, load
from tests.helpers.thinned import thinned
from tests.widgets.untrained_images import shaken

pytestmark = pytest.mark.browser

TOLD = [1, 12, 4, 7, 7]  # the decoder's input, <bos> first
CLASSIFIERS = {
    "class token": ViTConfig(15, 5, 1, 7, d_model=12, heads=3, d_ff=17, layers=2),
    "mean, two channels, gelu, another epsilon": ViTConfig(
        14, 7, 2, 11, d_model=10, heads=2, d_ff=13, layers=3, pool="mean", activation="gelu",
        epsilon=1e-2,
    ),
    "one head, no positions": ViTConfig(
        9, 3, 3, 5, d_model=7, heads=1, d_ff=11, layers=1, positions=False
    ),
    "mean, no positions": ViTConfig(
        6, 2, 1, 3, d_model=10, heads=5, d_ff=3, layers=2, pool="mean", positions=False
    ),
    "as in the chapter": ViTConfig(),
}  # fmt: skip
READ = """({ exported, images, shape }) => {
  const bytes = Uint8Array.from(atob(exported.data), (c) => c.charCodeAt(0));
  const model = engine.loadModel({ ...exported, data: bytes.buffer });
  const [height, width, channels] = shape, settings = exported.settings.decoder;
  return images.map((data) => {
    const image = { data: Float32Array.from(data), height, width, channels };
    const encoding = model.encode(image), shown = {};
    for (const how of ["last", "rollout"]) {
      const { own, shares } = vit.looks(encoding, settings, how);
      shown[how] = { own, shares: [...shares] };
    }
    return {
      shown, patches: [...vit.cut(image, exported.settings.encoder.patch)],
      logits: [...model.classify(encoding)], rollout: [...vit.rollout(encoding.maps, 0.3)],
      maps: encoding.maps.map((map) => Array.from({ length: map.heads }, (_, n) =>
        transformer.headRows(map, n).map((row) => [...row]))),
    };
  });
}"""
WRITE = """({ exported, images, shape, told, maxLength }) => {
  const bytes = Uint8Array.from(atob(exported.data), (c) => c.charCodeAt(0));
  const model = engine.loadModel({ ...exported, data: bytes.buffer });
  const [height, width, channels] = shape;
  const plain = (layers) => layers.map((map) => Array.from({ length: map.heads }, (_, n) =>
    transformer.headRows(map, n).map((row) => [...row])));
  return images.map((data) => {
    const image = { data: Float32Array.from(data), height, width, channels };
    const encoding = model.encode(image), steps = [];
    let state = model.start(encoding);
    for (const token of told) {
      steps.push(model.step(state, token));
      state = steps[steps.length - 1].state;
    }
    const answer = engine.greedy(model, image, maxLength);
    return {
      logits: steps.map(({ logits }) => [...logits]),
      maps: plain(transformer.mapsOf(encoding, steps).cross),
      tokens: answer.tokens, finished: answer.finished, answered: plain(answer.maps.cross),
    };
  });
}"""


def pictures(side, channels, count=3):
    """Partly empty, like ink on black."""
    rng = np.random.default_rng(side)
    drawn = rng.uniform(0, 1, (count, side, side, channels))
    return (drawn * rng.integers(0, 2, (count, side, side, 1))).astype(np.float32)


def in_page(page, script, exported, images, **more):
    load(page, "engine", "transformer", "vit")
    state = as_json(exported)
    flat, shape = [image.ravel().tolist() for image in images], list(images.shape[1:])
    return page.evaluate(script, {"exported": state, "images": flat, "shape": shape, **more})


@nnx.jit
def classify_with_attention(model, images):
    logits, maps = model.with_attention(images)
    return logits, maps, attention_rollout(maps, 0.3), attention_rollout(maps)


@pytest.mark.parametrize(
    "name, dtype", [*((name, "float16") for name in CLASSIFIERS), ("class token", "int8")]
)
def test_logits_and_maps_of_a_classifier_equal_flax(page, name, dtype):
    config = CLASSIFIERS[name]
    model = shaken(lambda: vit(config, rngs=nnx.Rngs(0)))
    images = pictures(config.side, config.in_channels)
    logits, maps, rolled, halved = classify_with_attention(
        rounded(model, dtype), jnp.asarray(images)
    )
    assert np.std(logits, axis=1).min() > 0.1  # not all alike
    assert np.max(maps[-1]) > 1.2 / config.patches
    for b, answer in enumerate(in_page(page, READ, export_model(model, dtype), images)):
        patches = np.reshape(answer["patches"], (config.patches, -1))
        np.testing.assert_allclose(patches, cut(images, config.patch)[b], rtol=0, atol=1e-7)
        np.testing.assert_allclose(answer["logits"], logits[b], rtol=0, atol=1e-4)
        assert len(answer["maps"]) == config.layers
        for mine, theirs in zip(answer["maps"], maps, strict=True):
            np.testing.assert_allclose(mine, theirs[b], rtol=0, atol=1e-5)
        shown = np.reshape(answer["rollout"], rolled[b].shape)
        np.testing.assert_allclose(shown, rolled[b], rtol=0, atol=1e-5)
        for how, table in (("last", maps[-1][b].mean(axis=0)), ("rollout", halved[b])):
            got = answer["shown"][how]
            if config.pool == "class":
                assert got["own"] == pytest.approx(float(table[0, 0]), abs=1e-5)
                expected = table[0, 1:]
            else:
                assert got["own"] is None
                expected = table.mean(axis=0)
            assert len(got["shares"]) == config.patches
            np.testing.assert_allclose(got["shares"], expected, rtol=0, atol=1e-5)


SIDE, D, V = 12, 10, 13


def vit_to_transformer(**choices):
    sizes = {"patch": 4, "d_model": 14, "heads": 2, "d_ff": 17}
    return vit_captioner(ViTCaptionConfig(V, SIDE, **(sizes | choices)), rngs=nnx.Rngs(0))


def grid(**choices):
    sizes = GridCaptionConfig(V, SIDE, 1, (3, 5), **choices, embed_dim=5, encoding_dim=10,
                              state_dim=7, align_dim=11)  # fmt: skip
    return grid_captioner(sizes, rngs=nnx.Rngs(0))


def vit_to_gru():
    """ViTEncoder, with a class token, and the decoder of chapter 8."""
    rngs = nnx.Rngs(0)
    encoder = ViTEncoder(ViTConfig(SIDE, 6, d_model=D, heads=2, d_ff=7, layers=2),
                         class_token=True, rngs=rngs)  # fmt: skip
    return EncoderDecoder(encoder, AttentionDecoder(V, 3, D, 7, 5, rngs=rngs))


CAPTIONERS = {
    "ViT, Transformer": (vit_to_transformer, ("vit", "transformer"), 9),
    "ViT, Transformer, small patches": (
        lambda: vit_to_transformer(patch=3, decoder_layers=1, encoder_layers=1, d_model=6, heads=3),
        ("vit", "transformer"), 16,
    ),
    "ViT with a class token, GRU": (vit_to_gru, ("vit", "attention"), 5),
    "CNN grid with positions, GRU": (grid, ("cnn", "attention"), 36),
    "CNN grid, GRU": (lambda: grid(positions=False), ("cnn", "attention"), 36),
}  # fmt: skip


@nnx.jit
def writing(model, images, target_in):
    encoding = model.encoder(images)
    if isinstance(model.decoder, TransformerDecoder):
        logits, _, cross = model.decoder.with_attention(target_in, encoding)
        return logits, cross
    logits, cross = model.decoder(target_in, encoding)
    return logits, [cross]


@pytest.mark.parametrize("name", thinned(CAPTIONERS, list(CAPTIONERS)[::2]))
def test_logits_maps_and_captions_equal_flax(page, name):
    make, kinds, M = CAPTIONERS[name]
    model, images = shaken(make), pictures(SIDE, 1)
    if hasattr(model.decoder, "output") and model.decoder.output is not None:
        model.decoder.output.bias[...] = model.decoder.output.bias[...].at[:2].add(-99)
    exported, seen = export_model(model), rounded(model)
    assert (exported.encoder, exported.decoder) == kinds
    logits, maps = writing(seen, jnp.asarray(images), jnp.tile(jnp.array(TOLD)[None], (3, 1)))
    tokens, _, weights = greedy(seen, images, max_length=9)
    answers = in_page(page, WRITE, exported, images, told=TOLD, maxLength=9)
    for b, answer in enumerate(answers):
        np.testing.assert_allclose(answer["logits"], logits[b], rtol=0, atol=1e-4)
        assert len(answer["maps"]) == len(maps)
        for mine, theirs in zip(answer["maps"], maps, strict=True):
            assert np.shape(mine)[1:] == (len(TOLD), M)
            np.testing.assert_allclose(mine, theirs[b], rtol=0, atol=1e-5)
        said = answer["tokens"] + [EOS] * answer["finished"]
        wanted = tokens[b][tokens[b] != PAD].tolist()
        if PAD in tokens[b][: len(wanted)]:
            continue  # an untrained model that writes padding, as the page never does
        assert said == wanted
        expected = weights[b][:, : len(said)]
        np.testing.assert_allclose(answer["answered"][-1], expected, rtol=0, atol=1e-5)


def test_the_error_function_is_that_of_jax(page):
    load(page, "arithmetic")
    x = np.concatenate([np.linspace(-7, 7, 141), [0, 1e-9, -1e-9]])
    found = page.evaluate("xs => xs.map(arithmetic.erf)", x.tolist())
    np.testing.assert_allclose(found, jax.scipy.special.erf(jnp.asarray(x)), rtol=0, atol=2e-7)


def test_an_image_of_another_size_is_named(page):
    config = CLASSIFIERS["class token"]
    exported = export_model(shaken(lambda: vit(config, rngs=nnx.Rngs(0))))
    with pytest.raises(Error, match="reads images of 15×15×1 numbers; got 100 numbers for 10×10×1"):
        in_page(page, READ, exported, pictures(10, 1))


@pytest.mark.timing
@pytest.mark.parametrize("patch, limit", [(7, 50), (4, 150)])
def test_a_drawing_is_read_while_it_is_drawn(page, patch, limit):
    """Width 64, 3 layers: 16 patches within 50 ms, 49 within 150, on a busy machine too."""
    exported = export_model(shaken(lambda: vit(ViTConfig(patch=patch), rngs=nnx.Rngs(0))))
    load(page, "engine", "vit")
    fastest = page.evaluate(
        """([exported, data]) => {
             const bytes = Uint8Array.from(atob(exported.data), (c) => c.charCodeAt(0));
             const model = engine.loadModel({ ...exported, data: bytes.buffer });
             const image = { data: Float32Array.from(data), height: 28, width: 28, channels: 1 };
             const times = [];
             for (let k = 0; k < 40; k++) {
               const start = performance.now(), encoding = model.encode(image);
               model.classify(encoding);
               vit.looks(encoding, exported.settings.decoder, "rollout");
               times.push(performance.now() - start);
             }
             return Math.min(...times); // what it takes when nothing else runs
           }""",
        [
            as_json(exported),
            pictures(28, 1, 1).ravel().tolist(),
        ],
    )
    print(f"fastest {fastest:.1f} ms")
    assert fastest < limit
