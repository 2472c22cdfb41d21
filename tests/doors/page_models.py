"""Small models as pages carry them, and what no page can carry."""

import functools

import numpy as np
from flax import nnx
from hypothesis import strategies as st

from encdec_lib.data import translation
from encdec_lib.data.captions import WORDS
from encdec_lib.data.digits import Digits
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.token_sized import TokenSizedConfig, token_sized
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.models.vit_to_transformer import (
    GridCaptionConfig,
    ViTCaptionConfig,
    grid_captioner,
    vit_captioner,
)
from encdec_lib.web import export_model
from tests.widgets.untrained import untrained
from tests.widgets.untrained_images import shaken
from tests.widgets.untrained_painters import painter

INK = np.tile(np.linspace(0.4, 1, 25, dtype=np.float32).reshape(1, 5, 5), (10, 1, 1))
DIGITS = Digits(INK, np.arange(10))
SMALL = {"d_model": 6, "heads": 2, "d_ff": 5}


@functools.cache
def exported(name):
    """A small model as a page carries it: it is packed once for all tests."""
    sizes = len(LETTERS), len(PHONEMES)
    words = len(translation.ENGLISH), len(translation.KOREAN)
    layers = {"encoder_layers": 1, "decoder_layers": 1}
    makers = {
        "attention": lambda: untrained(bahdanau, BahdanauConfig(*sizes, 3, 5, 7, 2)),
        "fixed": lambda: untrained(seq2seq, Seq2SeqConfig(*sizes, 3, 5)),
        "translator": lambda: untrained(bahdanau, BahdanauConfig(*words, 3, 5, 7, 2)),
        "one vector": lambda: untrained(seq2seq, Seq2SeqConfig(*words, 3, 5)),
        "reading": lambda: untrained(token_sized, TokenSizedConfig(*sizes, 3, 5, "mean")),
        "transformer": lambda: shaken(
            lambda: transformer(TransformerConfig(*sizes, **SMALL, **layers), rngs=nnx.Rngs(0))
        ),
        "captioner": lambda: untrained(
            captioner, CaptionConfig(len(WORDS), 16, 1, (2, 3), embed_dim=3, state_dim=5)
        ),
        "grid captioner": lambda: shaken(
            lambda: grid_captioner(
                GridCaptionConfig(len(WORDS), 16, 1, (2, 3), True, 3, 6, 7, 2),
                rngs=nnx.Rngs(0),
            )
        ),
        "reader": lambda: shaken(
            lambda: vit_captioner(
                ViTCaptionConfig(len(WORDS), 16, 4, **SMALL, **layers), rngs=nnx.Rngs(0)
            )
        ),
        "vit": lambda: shaken(lambda: vit(ViTConfig(5, 5, layers=1, **SMALL), rngs=nnx.Rngs(0))),
        "u-net": lambda: shaken(lambda: unet(UNetConfig(channels=(2, 3)), rngs=nnx.Rngs(0))),
        "hourglass": lambda: shaken(
            lambda: unet(UNetConfig(channels=(2, 3), skips=False), rngs=nnx.Rngs(0))
        ),
        "look up": lambda: shaken(
            lambda: transformer(TransformerConfig(25, 25, 6, 1, 5, **layers), rngs=nnx.Rngs(0))
        ),
        "painter": painter,
    }
    return export_model(makers[name]())


BAD_MODELS = st.sampled_from([None, "model", 3, nnx.Linear(2, 3, rngs=nnx.Rngs(0))])
BAD_TEXTS = st.sampled_from([None, 3, "word", [3], [None]])
BAD_DTYPE = st.sampled_from(["float8", None, 3, "int4", ["int8"]])
BAD_VOCABULARY = st.sampled_from([None, "abc", 3, WORDS])
