"""Every field of every config has a range."""

import dataclasses
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encdec_lib.layers.stack import StackConfig
from encdec_lib.models.attention_scores import ScoresConfig
from encdec_lib.models.bahdanau_attention import BahdanauConfig
from encdec_lib.models.captioning import CaptionConfig
from encdec_lib.models.cnn_to_cnn import UNetConfig
from encdec_lib.models.decoder_only import DecoderOnlyConfig
from encdec_lib.models.encoder_decoder import AutoencoderConfig
from encdec_lib.models.self_attention import SelfAttentionConfig
from encdec_lib.models.seq2seq import Seq2SeqConfig
from encdec_lib.models.state_space import StateSpaceConfig
from encdec_lib.models.token_sized import TokenSizedConfig
from encdec_lib.models.transformer import TransformerConfig
from encdec_lib.models.vision_transformer import CNNClassifierConfig, ViTConfig
from encdec_lib.models.vit_to_transformer import GridCaptionConfig, ViTCaptionConfig
from encdec_lib.train.config import TrainConfig
from encdec_lib.train.losses import ClassificationLoss, SegmentationLoss
from tests.doors import bad
from tests.doors.judging import few, refused

NEEDED = {  # what has no default
    StackConfig: {},
    ScoresConfig: {"source_vocab": 7, "target_vocab": 9},
    BahdanauConfig: {"source_vocab": 7, "target_vocab": 9},
    CaptionConfig: {},
    UNetConfig: {},
    DecoderOnlyConfig: {"vocab": 9, "prefix_length": 3, "max_length": 5},
    AutoencoderConfig: {},
    SelfAttentionConfig: {"source_vocab": 7, "target_vocab": 9},
    Seq2SeqConfig: {"source_vocab": 7, "target_vocab": 9},
    StateSpaceConfig: {"input_dim": 2, "state_dim": 3, "output_dim": 5},
    TokenSizedConfig: {"source_vocab": 7, "target_vocab": 9},
    TransformerConfig: {"source_vocab": 7, "target_vocab": 9},
    ViTConfig: {},
    CNNClassifierConfig: {},
    GridCaptionConfig: {},
    ViTCaptionConfig: {},
    TrainConfig: {},
    ClassificationLoss: {},
    SegmentationLoss: {},
}
FROM_ZERO = {"warmup_steps", "seed", "weight_decay"}
SHARES = {"dropout", "label_smoothing"}
WIDTHS = st.sampled_from([(), (3,), (3, 0), (3, -1), (3, 2.5), "33", None, 5, (3, "5")])


def bad_values(name: str, kind: object):
    """What is wrong for a field of this name and type."""
    kinds = typing.get_args(kind) or (kind,)
    none = type(None) in kinds
    if name == "channels":
        return WIDTHS
    if name in SHARES:
        return bad.shares()
    if bool in kinds:
        return bad.flags()
    if str in kinds:
        return bad.choices(none)
    if float in kinds:
        return bad.numbers(none=none, zero=name in FROM_ZERO)
    return bad.wholes(0 if name in FROM_ZERO else 1, none=none)


FIELDS = [
    (config, field.name, bad_values(field.name, typing.get_type_hints(config)[field.name]))
    for config in NEEDED
    for field in dataclasses.fields(config)
]


@pytest.mark.parametrize(
    ("config", "name", "values"), FIELDS, ids=[f"{c.__name__}-{n}" for c, n, _ in FIELDS]
)
def test_a_field_out_of_its_range_is_named(config, name, values):
    @few
    @given(values)
    def tried(value):
        message = refused(config, **(NEEDED[config] | {name: value}))
        assert name in message

    tried()


@pytest.mark.parametrize("config", NEEDED, ids=lambda config: config.__name__)
def test_a_config_as_it_comes_is_good(config):
    config(**NEEDED[config])


@pytest.mark.parametrize(
    ("config", "changes"),
    [
        (TrainConfig, {"clip_norm": None, "warmup_steps": 0, "weight_decay": 0, "steps": 1}),
        (TransformerConfig, {"source_vocab": 1, "target_vocab": 1, "heads": 1, "max_length": 1}),
        (ViTConfig, {"side": 7, "num_classes": 1, "layers": 1}),
        (UNetConfig, {"num_classes": 1, "channels": (1, 1)}),
        (SegmentationLoss, {"num_classes": 1}),
    ],
)
def test_the_ends_of_the_ranges_are_good(config, changes):
    config(**(NEEDED[config] | changes))
