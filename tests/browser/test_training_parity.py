"""encdec_lib/web/engine/models in training against JAX: from the same weights, on the same batch,
the same loss, the same gradient of every parameter, the same losses for twenty steps of Adam.
"""

import base64
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data import EOS, PAD, pad
from encdec_lib.encoding import Decoded
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.recurrent import LSTM, RNN
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.token_sized import READERS
from encdec_lib.models.transformer import TransformerDecoder
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.train.losses import ClassificationLoss, reconstruction_loss, translation_loss
from encdec_lib.web import export_model
from tests.browser.engine_page import as_json, load
from tests.widgets.untrained_images import shaken
from tests.widgets.untrained_readers import reading, scoring
from tests.widgets.untrained_transformers import (
    CHOICES,
    small,
    with_gru_decoder,
    with_gru_encoder,
)

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
RATE = 0.003
ADAM = {"learning_rate": RATE, "warmup": 0, "clip": 1, "b1": 0.9, "b2": 0.98, "eps": 1e-8}
STEPS = 20
V, W = 30, 43  # tokens of the source and of the target

rng = np.random.default_rng(0)
SOURCES = [rng.integers(4, V, n).tolist() for n in (3, 7, 1, 5, 2)]
TARGETS = [[*rng.integers(4, W, n).tolist(), EOS] for n in (2, 1, 6, 0, 4)]
PIXELS = rng.uniform(0, 1, (3, 6, 6, 2)).astype(np.float32)
LABELS = np.array([4, 0, 2])


class Recurrent(nnx.Module):
    """The fixed vector of chapter 4 with another unit, whose whole state is handed over."""

    def __init__(self, layer, *, rngs):
        sizes = 3, 5
        self.encoder, self.decoder = nnx.Module(), nnx.Module()
        self.encoder.embedding = Embedding(V, sizes[0], rngs=rngs)
        self.encoder.rnn = layer(*sizes, rngs=rngs)
        self.decoder.embedding = Embedding(W, sizes[0], rngs=rngs)
        self.decoder.rnn = layer(*sizes, rngs=rngs)
        self.decoder.output = nnx.Linear(sizes[1], W, rngs=rngs)

    def __call__(self, source, target_in):
        _, last = self.encoder.rnn(self.encoder.embedding(source), source != PAD)
        states, _ = self.decoder.rnn(self.decoder.embedding(target_in), target_in != PAD, last)
        return Decoded(self.decoder.output(states), None)


def fixed(**choices):
    config = Seq2SeqConfig(V, W, embed_dim=3, state_dim=5, **choices)
    return shaken(lambda: seq2seq(config, rngs=nnx.Rngs(0)))


def attending():
    return shaken(lambda: bahdanau(BahdanauConfig(V, W, 3, 5, 7, 11), rngs=nnx.Rngs(0)))


def classifier(**choices):
    sizes = {"side": 6, "patch": 3, "in_channels": 2, "num_classes": 5, "d_model": 14, "heads": 2}
    config = ViTConfig(**sizes, d_ff=17, layers=2, **choices)
    return shaken(lambda: vit(config, rngs=nnx.Rngs(0)))


def with_unit(layer):
    return shaken(lambda: Recurrent(layer, rngs=nnx.Rngs(0)))


TOKENS = {
    "fixed vector, source reversed": lambda: fixed(reverse_source=True),
    "attention": lambda: attending(),
    "general score": lambda: scoring("general"),
    "Transformer": lambda: small(),
    "LSTM": lambda: with_unit(LSTM),
}
MORE = {
    "fixed vector": lambda: fixed(),
    "tanh RNN": lambda: with_unit(RNN),
    **{
        f"{score} score, {query}": lambda score=score, query=query: scoring(score, query=query)
        for score in ("dot", "scaled_dot", "additive", "location")
        for query in ("current", "previous")
    },
    **{read: lambda read=read: reading(read) for read in READERS},
    "predictive window": lambda: scoring("general", "predictive"),
    "monotonic window": lambda: scoring("additive", "monotonic", "previous"),
    **{name: lambda name=name: small(**CHOICES[name]) for name in CHOICES if CHOICES[name]},
    "self-attention, read by a score": lambda: with_gru_decoder(score="additive"),
    "a Transformer's decoder over two GRUs": with_gru_encoder,
}  # fmt: skip
IMAGES = {
    "ViT": lambda: (classifier(), ClassificationLoss()),
    "autoencoder": lambda: (
        shaken(lambda: autoencoder(AutoencoderConfig(6, 11, 3), rngs=nnx.Rngs(0))),
        reconstruction_loss,
    ),
}
MORE_IMAGES = {
    "ViT, mean, gelu, no positions": lambda: (
        classifier(pool="mean", activation="gelu", positions=False, epsilon=1e-3),
        ClassificationLoss(),
    ),
}


def dotted(tree, path=()):
    """Parameters by the paths of export.py."""
    if not isinstance(tree, dict):
        name = ".".join(path)
        return {f"decoder.{name}" if path[0] == "head" else name: np.asarray(tree)}
    branches = [dotted(branch, (*path, str(key))) for key, branch in tree.items()]
    return {name: array for branch in branches for name, array in branch.items()}


def packed(model):
    """What export_model gives; of a model that it does not know, with the weights alone."""
    if not isinstance(model, Recurrent):
        return as_json(export_model(model, "float32"))
    manifest, data = {}, b""
    for path, array in dotted(nnx.to_pure_dict(nnx.state(model, nnx.Param))).items():
        manifest[path] = {"offset": len(data), "shape": list(array.shape), "dtype": "float32"}
        data += array.astype("<f4").tobytes()
    return {
        "encoder": "rnn", "decoder": "rnn", "settings": {}, "manifest": manifest,
        "data": base64.b64encode(data).decode(),
    }  # fmt: skip


def in_jax(model, batch, loss):
    """The losses of twenty steps, and every gradient before the first; Adam in NumPy."""
    graph, params, rest = nnx.split(model, nnx.Param, ...)

    @jax.jit
    @jax.value_and_grad
    def step(params):
        total, count = loss(nnx.merge(graph, params, rest), batch)
        return total / count

    leaves, tree = jax.tree.flatten(params)
    places, first = [np.asarray(leaf, np.float64) for leaf in leaves], None
    m, v = ([np.zeros_like(x) for x in places] for _ in range(2))
    losses, b1, b2 = [], ADAM["b1"], ADAM["b2"]
    for n in range(1, STEPS + 1):
        value, grads = step(jax.tree.unflatten(tree, [jnp.float32(x) for x in places]))
        losses.append(float(value))
        first = grads if first is None else first
        norm = np.sqrt(sum(np.sum(np.float64(g) ** 2) for g in jax.tree.leaves(grads)))
        shrink = min(1, ADAM["clip"] / norm)
        for x, a, b, g in zip(places, m, v, jax.tree.leaves(grads), strict=True):
            a += (1 - b1) * (shrink * np.float64(g) - a)
            b += (1 - b2) * ((shrink * np.float64(g)) ** 2 - b)
            x -= RATE * a / (1 - b1**n) / (np.sqrt(b / (1 - b2**n)) + ADAM["eps"])
    return losses, dotted(nnx.to_pure_dict(first))


def compare(page, model, batch, mine, loss, exported=None):
    load(page, "parity_run", folder=HERE)
    exported = exported or packed(model)
    losses, gradients = in_jax(model, batch, loss)
    assert losses[-1] < 0.97 * losses[0]
    for product in ("simd", "js"):
        found = page.evaluate(
            "given => parity_run.trained(...given)", [exported, mine, product, STEPS, ADAM]
        )
        assert found["product"] == product
        np.testing.assert_allclose(found["losses"][0], losses[0], rtol=1e-5)
        assert found["gradients"].keys() == gradients.keys()
        everywhere = max(np.abs(wanted).max() for wanted in gradients.values())
        for path, wanted in gradients.items():
            # The bias of keys moves all scores of a query alike: its gradient is rounding alone.
            largest = max(np.abs(wanted).max(), 0.01 * everywhere)
            np.testing.assert_allclose(
                np.reshape(found["gradients"][path], wanted.shape), wanted,
                rtol=1e-5, atol=1e-5 * largest, err_msg=f"{product}: {path}",
            )  # fmt: skip
        np.testing.assert_allclose(found["losses"], losses, rtol=1e-4)


def _slow(names):
    return [pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", [*TOKENS, *_slow(MORE)])
def test_a_model_of_tokens_learns_as_in_jax(page, name):
    model = (TOKENS | MORE)[name]()
    batch = jnp.asarray(pad(SOURCES)), jnp.asarray(pad(TARGETS))
    compare(page, model, batch, {"source": SOURCES, "target": TARGETS}, translation_loss)


class Leaky(TransformerDecoder):
    """A decoder without the look-ahead mask, as chapter 12 breaks it."""

    def with_attention(self, target_in, encoding):
        y, real = self.tokens(target_in), encoding.mask[:, None]
        everything = jnp.ones((1, target_in.shape[1], target_in.shape[1]), bool)
        for block in self.blocks:
            memory = block.cross_attention.keys_values(encoding.vectors)
            y, own, cross = block(y, everything, memory, real)
        return self._logits(y), [own], [cross]


def test_a_decoder_that_sees_the_answer_learns_as_in_jax_and_writes_as_any_other(page):
    model = small()
    honest, leaky = packed(model), packed(model)
    leaky["settings"]["decoder"]["causal"] = False
    model.decoder.__class__ = Leaky
    batch = jnp.asarray(pad(SOURCES)), jnp.asarray(pad(TARGETS))
    compare(page, model, batch, {"source": SOURCES, "target": TARGETS}, translation_loss, leaky)
    written = [
        page.evaluate("given => parity_run.answered(...given)", [one, SOURCES, 7, {}])
        for one in (honest, leaky)
    ]
    assert written[0] == written[1] and any(answer["tokens"] for answer in written[0])


@pytest.mark.parametrize("name", [*IMAGES, *_slow(MORE_IMAGES)])
def test_a_model_of_images_learns_as_in_jax(page, name):
    model, loss = (IMAGES | MORE_IMAGES)[name]()
    images = jnp.asarray(PIXELS if loss is not reconstruction_loss else PIXELS[..., :1])
    batch = images if loss is reconstruction_loss else (images, jnp.asarray(LABELS))
    mine = {"pixels": images.ravel().tolist(), "labels": LABELS.tolist(), "count": len(images)}
    compare(page, model, batch, mine, loss)
