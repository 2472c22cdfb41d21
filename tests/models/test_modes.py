"""Every builder hands its model over in evaluation mode; training switches, and back."""

import functools

import numpy as np
import pytest
from flax import nnx

from encdec_lib.encoding import EncoderDecoder
from encdec_lib.layers.stack import StackConfig
from encdec_lib.models.attention_scores import ScoresConfig, attention_scores
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.decoder_only import DecoderOnlyConfig, prefix_captioner, text_to_image
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.models.patch_tagger import patch_tagger
from encdec_lib.models.self_attention import SelfAttentionConfig, self_attention
from encdec_lib.models.seq2seq import RNNDecoder, Seq2SeqConfig, seq2seq
from encdec_lib.models.token_sized import TokenSizedConfig, token_sized
from encdec_lib.models.transformer import (
    TransformerConfig,
    TransformerEncoder,
    transformer,
)
from encdec_lib.models.vision_transformer import (
    CNNClassifierConfig,
    ViTConfig,
    ViTEncoder,
    cnn_classifier,
    vit,
)
from encdec_lib.models.vit_to_transformer import (
    GridCaptionConfig,
    ViTCaptionConfig,
    grid_captioner,
    vit_captioner,
)
from encdec_lib.train.config import TrainConfig
from encdec_lib.train.loop import fit

WORDS = {"source_vocab": 7, "target_vocab": 9}
BLOCKS = {"d_model": 6, "heads": 2, "d_ff": 5, "dropout": 0.5}
IMAGES = {"side": 4, "channels": (2, 3)}
PATCHES = {"side": 4, "patch": 2}
PREFIX = DecoderOnlyConfig(9, 4, 5, **BLOCKS, layers=1)
VIT = ViTConfig(**PATCHES, **BLOCKS, layers=1)


def assembled(*, rngs):
    """Two halves that nobody has built together."""
    encoder = TransformerEncoder(7, StackConfig(**BLOCKS, layers=1), rngs=rngs)
    return EncoderDecoder(encoder, RNNDecoder(9, 3, 6, rngs=rngs))


BUILDERS = {
    "autoencoder": functools.partial(autoencoder, AutoencoderConfig(4, 3, 2)),
    "unet": functools.partial(unet, UNetConfig(channels=(2, 3))),
    "seq2seq": functools.partial(seq2seq, Seq2SeqConfig(**WORDS)),
    "captioner": functools.partial(captioner, CaptionConfig(**IMAGES)),
    "token_sized": functools.partial(token_sized, TokenSizedConfig(**WORDS)),
    "bahdanau": functools.partial(bahdanau, BahdanauConfig(**WORDS)),
    "attention_scores": functools.partial(attention_scores, ScoresConfig(**WORDS)),
    "self_attention": functools.partial(self_attention, SelfAttentionConfig(**WORDS)),
    "transformer": functools.partial(transformer, TransformerConfig(**WORDS, **BLOCKS)),
    "vit": functools.partial(vit, VIT),
    "cnn_classifier": functools.partial(cnn_classifier, CNNClassifierConfig(**IMAGES)),
    "patch_tagger": lambda rngs: patch_tagger(ViTEncoder(VIT, rngs=rngs), rngs=rngs),
    "grid_captioner": functools.partial(grid_captioner, GridCaptionConfig(**IMAGES)),
    "vit_captioner": functools.partial(vit_captioner, ViTCaptionConfig(**PATCHES, **BLOCKS)),
    "text_to_image": functools.partial(text_to_image, PREFIX, 7),
    "prefix_captioner": functools.partial(prefix_captioner, PREFIX, 2),
    "assembled": assembled,
}
#: Those with nothing in them that has two modes.
ALIKE = {
    "autoencoder", "seq2seq", "token_sized", "bahdanau", "attention_scores", "self_attention",
}  # fmt: skip


def modes(model):
    """What dropout and normalisation in a model are set to: True in evaluation."""
    names = ("deterministic", "use_running_average")
    return [
        getattr(module, name)
        for _, module in nnx.iter_graph(model)
        for name in names
        if isinstance(module, nnx.Dropout | nnx.BatchNorm) and hasattr(module, name)
    ]


@pytest.mark.parametrize("name", BUILDERS)
def test_it_comes_in_evaluation_mode(name):
    model = nnx.eval_shape(lambda: BUILDERS[name](rngs=nnx.Rngs(0)))
    assert bool(modes(model)) == (name not in ALIKE)
    assert all(modes(model))


def test_training_switches_it_back():
    model = assembled(rngs=nnx.Rngs(0))
    data, seen = np.full((2, 3), 4), []

    def loss(model, batch):
        seen.extend(modes(model))
        vectors = model.encode(batch).vectors
        return (vectors**2).sum(), np.float32(1)

    fit(model, data, TrainConfig(steps=1, batch_size=2), loss=loss, progress=False)
    assert seen and not any(seen) and all(modes(model))
