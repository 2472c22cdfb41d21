"""encdec_lib/web/engine/models when they answer: many sources at once say what each says alone."""

from pathlib import Path

import numpy as np
import pytest

from encdec_lib.models.token_sized import READERS
from encdec_lib.web import export_model
from tests.browser.engine_page import as_json, load
from tests.browser.test_training_parity import (
    IMAGES,
    PIXELS,
    SOURCES,
    TOKENS,
    attending,
    fixed,
    packed,
)
from tests.helpers.thinned import thinned
from tests.widgets.untrained_readers import reading, scoring
from tests.widgets.untrained_transformers import CHOICES, small

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
TOLD = [1, 42, 4, 17, 17, 30]
EVERY = {
    "fixed vector": lambda: fixed(reverse_source=True),
    "attention": attending,
    "previous state asks": lambda: scoring("general", query="previous"),
    "predictive": lambda: scoring("additive", "predictive"),
    "monotonic": lambda: scoring("general", "monotonic", "previous"),
    **{read: lambda read=read: reading(read) for read in READERS},
    "location": lambda: scoring("location", scale=0.8),
    "Transformer": lambda: small(encoder_layers=2),
    "rotary": lambda: small(**CHOICES["rotary, unscaled"]),
    "post-norm, untied": lambda: small(**CHOICES["post-norm, learned, untied, own d_k and d_v"]),
}


def _same_maps(mine, theirs):
    assert mine.keys() == theirs.keys()
    for name, layers in theirs.items():
        for one, other in zip(mine[name], layers, strict=True):
            weights, expected = one.pop("weights"), other.pop("weights")
            assert one == other
            np.testing.assert_allclose(weights, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", thinned(EVERY, list(EVERY)[::2]))
def test_a_batch_says_what_each_source_says_alone(page, name):
    load(page, "parity_run", "answers_run", folder=HERE)
    given = [packed(EVERY[name]()), SOURCES, 7, {"maps": True}]
    together = page.evaluate("given => parity_run.answered(...given)", given)
    alone = page.evaluate("given => answers_run.alone(...given)", given)
    assert len({tuple(answer["tokens"]) for answer in together}) > 1  # not all alike
    for mine, theirs in zip(together, alone, strict=True):
        assert (mine["tokens"], mine["finished"]) == (theirs["tokens"], theirs["finished"])
        assert len(mine["weights"]) == len(theirs["weights"])
        for row, expected in zip(mine["weights"], theirs["weights"], strict=True):
            np.testing.assert_allclose(row, expected, rtol=0, atol=1e-5)
        maps = mine["maps"]
        if name != "fixed vector" and not maps["own"]:  # one layer of one head
            assert len(maps["cross"]) == 1
        _same_maps(maps, theirs["maps"])


def test_scores_are_divided_by_the_temperature(page):
    load(page, "parity_run", "answers_run", folder=HERE)
    given = [packed(scoring("general")), SOURCES, 5, {"temperature": 3}]
    together = page.evaluate("given => parity_run.answered(...given)", given)
    alone = page.evaluate("given => answers_run.alone(...given)", given)
    for mine, theirs in zip(together, alone, strict=True):
        assert mine["tokens"] == theirs["tokens"]
        np.testing.assert_allclose(mine["weights"], theirs["weights"], rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["LSTM", "Transformer", "attention"])
def test_steps_say_what_all_positions_at_once_say(page, name):
    load(page, "answers_run", folder=HERE)
    given = [packed((TOKENS | EVERY)[name]()), SOURCES, TOLD]
    found = page.evaluate("given => answers_run.bothWays(...given)", given)
    assert np.std(found["once"]) > 0.1
    np.testing.assert_allclose(found["stepped"], found["once"], rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", IMAGES)
def test_what_is_said_of_images_is_what_the_inference_says(page, name):
    load(page, "parity_run", folder=HERE)
    model, _ = IMAGES[name]()
    exported = as_json(export_model(model, "float32"))
    pixels = PIXELS if name == "ViT" else PIXELS[..., :1]
    images = {"pixels": pixels.ravel().tolist(), "count": len(pixels)}
    mine = page.evaluate("given => parity_run.looked(...given)", [exported, images])
    load(page, "engine")
    theirs = page.evaluate(
        """([exported, pixels, channels]) => {
             const data = Uint8Array.from(atob(exported.data), (c) => c.charCodeAt(0));
             const model = engine.loadModel({ ...exported, data });
             return pixels.map((image) => {
               const encoding = model.encode(
                 { data: Float32Array.from(image), height: 6, width: 6, channels });
               const logits = model.classify?.(encoding) ?? model.paint(encoding).data;
               return { logits: [...logits], maps: (encoding.maps ?? []).map((map) =>
                 ({ ...map, weights: [...map.weights] })) };
             });
           }""",
        [exported, [image.ravel().tolist() for image in pixels], pixels.shape[-1]],
    )
    for one, other in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(one["logits"], other["logits"], rtol=0, atol=1e-5)
        _same_maps({"encoder": one["maps"]}, {"encoder": other["maps"]})
        if name == "ViT":
            assert one["label"] == int(np.argmax(other["logits"]))


def test_a_source_too_long_for_the_first_memory_is_read_in_a_larger_one(page):
    load(page, "answers_run", folder=HERE)
    source = [4 + k % 26 for k in range(701)]  # its maps alone are 6 MB
    found = page.evaluate(
        "given => answers_run.encodedBothWays(...given)", [packed(small()), source, 64]
    )
    np.testing.assert_allclose(found["mine"], found["theirs"], rtol=0, atol=1e-5)
    assert len(found["mine"]) == 701 * 12


def refused(page, model, call, *given):
    return page.evaluate("given => parity_run.refused(...given)", [packed(model), call, *given])


def test_what_does_not_fit_is_one_sentence(page):
    load(page, "parity_run", folder=HERE)
    model = fixed()
    said = refused(page, model, "answer", [[4], []], 3)
    assert said == "EngineError: A batch needs at least one source, each of at least one token."
    said = refused(page, model, "loss", {"source": [[4]], "target": [[2], [2]]})
    assert "a target for each source; got 1 sources and 2 targets" in said
    said = refused(page, model, "loss", {"source": [[30]], "target": [[2]]})
    assert "Every source token must be an id from 0 to 29, as the model was built; got 30" in said
    said = refused(page, model, "loss", {"source": [[4]], "target": [[43, 2]]})
    assert "Every target token must be an id from 0 to 42" in said
    long = {"source": [[4] * 3000] * 100, "target": [[2]] * 100}
    said = refused(page, model, "loss", long)
    assert "needs more than the 16 MB set aside for it: choose a smaller batch" in said
    wide = packed(attending()) | {"decoder": "rnn"}
    said = page.evaluate("given => parity_run.refused(...given)", [wide, "answer", [[4]], 3])
    assert "starts from a vector of width 7; the encoder writes one of 10. Give both" in said
    for settings, message in (
        ({"heads": 3, "dropout": 0.1}, "drops nothing out; got dropout = 0.1. Choose dropout = 0"),
        ({"heads": 3, "activation": "silu"}, "The activation must be relu or gelu; got silu"),
        ({"heads": 3, "positions": "x"}, "positions sinusoidal, learned, rotary, none, not x"),
    ):
        other = packed(small()) | {"settings": {"encoder": settings, "decoder": {"heads": 3}}}
        said = page.evaluate("given => parity_run.refused(...given)", [other, "answer", [[4]], 3])
        assert message in said
    other = packed(fixed()) | {"encoder": "unet"}
    said = page.evaluate("given => parity_run.refused(...given)", [other, "answer", [[4]], 3])
    assert "got unet with rnn. Choose two that go together." in said
