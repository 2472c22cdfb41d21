"""The doors of the figures of pictures."""

import numpy as np
from flax import nnx
from hypothesis import strategies as st

from encdec_lib.data import scenes
from encdec_lib.data.captions import WORDS
from encdec_lib.data.digits import Digits
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.widgets import (
    DigitReader,
    PictureWriter,
    SceneCaptioner,
    SceneReader,
    Segmenter,
    WidthDial,
)
from tests.doors import bad
from tests.doors.page_models import (
    BAD_DTYPE,
    BAD_MODELS,
    BAD_TEXTS,
    BAD_VOCABULARY,
    DIGITS,
    INK,
    exported,
)
from tests.widgets.untrained_painters import codebook

BAD_DIGITS = st.one_of(
    st.sampled_from([3, INK, "digits"]),
    st.sampled_from(
        [(INK[:0], 0), (INK * bad.NAN, 10), (255 * INK, 10), (INK[0], 10), (INK, 3)]
    ).map(lambda pair: Digits(pair[0], np.arange(pair[1]))),
)
CANVAS = {
    "digits": BAD_DIGITS,
    "start": st.sampled_from([None, 3, "a", [3], [(1, 2)], [(1, 2, 99)], [("a", 0, 0)]]),
    "handwritings": bad.wholes(),
    "noise": bad.numbers(0, 0.2, zero=True),
    "most": bad.wholes(),
    "seed": bad.wholes(0),
    "dtype": BAD_DTYPE,
}

PICTURE_FIGURES = {
    WidthDial: (
        lambda: {
            "models": [autoencoder(AutoencoderConfig(5, 3, d), rngs=nnx.Rngs(0)) for d in (1, 2)],
            "digits": DIGITS,
            "errors": {1: 0.5, 2: 0.25},
            "plane": DIGITS,
        },
        {
            "models": st.sampled_from([None, [], 3, "ab", [3, 3], {"a": 1}]),
            "digits": BAD_DIGITS,
            "errors": st.sampled_from([None, {}, 3, {1: 0.5}, {1: 2, 2: 0}, {1: "a", 2: bad.NAN}]),
            "plane": BAD_DIGITS,
            "width": bad.wholes(1, 2, none=True),
            "dtype": BAD_DTYPE,
        },
    ),
    DigitReader: (
        lambda: {"models": {5: exported("vit")}, "digits": DIGITS},
        {
            "models": st.sampled_from([None, {}, 3, [3], {"a": 3}, {5: 3}, {2.5: None}]),
            "digits": BAD_DIGITS,
            "patch": bad.wholes(5, 5, none=True),
            "look": bad.choices(),
            "start": bad.wholes(0, 9, none=True),
            "dtype": BAD_DTYPE,
        },
    ),
    SceneCaptioner: (
        lambda: {"model": exported("captioner"), "digits": DIGITS},
        CANVAS | {"model": BAD_MODELS},
    ),
    SceneReader: (
        lambda: {"models": {"a": exported("reader")}, "digits": DIGITS},
        CANVAS
        | {
            "models": st.sampled_from([None, {}, 3, [3], {"a": 3}]),
            "model": st.sampled_from([3, "b", ["a"]]),
            "word": bad.wholes(0),
            "head": bad.wholes(0, 2),
            "layer": bad.wholes(0, 1),
        },
    ),
    Segmenter: (
        lambda: {
            "with_skips_model": exported("u-net"),
            "without_skips_model": exported("hourglass"),
            "digits": DIGITS,
            "scenes": scenes.draw(DIGITS, 2, side=16, noise=0.0),
        },
        {
            "with_skips_model": BAD_MODELS,
            "without_skips_model": BAD_MODELS,
            "digits": BAD_DIGITS,
            "scenes": st.sampled_from([None, 3, [], DIGITS]),
            "scene": bad.wholes(0, 1, none=True),
            "noise": bad.numbers(0, 0.2, zero=True),
            "dtype": BAD_DTYPE,
        },
    ),
    PictureWriter: (
        lambda: {"model": exported("painter"), "codebook": codebook()},
        {
            "model": BAD_MODELS,
            "codebook": st.sampled_from([None, 3, INK]),
            "words": BAD_VOCABULARY.filter(lambda words: words is not WORDS),
            "examples": BAD_TEXTS,
            "text": st.sampled_from([3, "", "a cat", ["a two"]]),
            "temperature": bad.numbers(0, 2, zero=True),
            "top_k": bad.wholes(1, 19, none=True),
            "seed": bad.wholes(0),
            "pictures": bad.wholes(),
            "relations": st.sampled_from([None, 3, "left", ["over"], [3]]),
            "ends": bad.flags(),
            "dtype": BAD_DTYPE,
        },
    ),
}
