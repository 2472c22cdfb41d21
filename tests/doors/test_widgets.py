"""What the figures a reader can move refuse when they are built."""

import functools

import numpy as np
import pytest
from flax import nnx
from hypothesis import given
from hypothesis import strategies as st

from encdec_lib.data import scenes, translation
from encdec_lib.data.captions import WORDS
from encdec_lib.data.digits import Digits
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.layers.recurrent import GRU, RNN
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.token_sized import TokenSizedConfig, token_sized
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.models.vit_to_transformer import ViTCaptionConfig, vit_captioner
from encdec_lib.web import export_model, rounded
from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import (
    AlignmentExplorer,
    AlignmentTrainer,
    AttentionDial,
    DigitReader,
    FixedTrainer,
    ForgettingDial,
    HeadsDial,
    HeadsTrainer,
    LengthDial,
    LengthRace,
    MemoryRace,
    PatchDial,
    PictureWriter,
    SceneCaptioner,
    SceneReader,
    ScoreRace,
    Segmenter,
    SelfAttentionStepper,
    SelfAttentionTrainer,
    Seq2SeqStepper,
    Seq2SeqTrainer,
    TransformerExplorer,
    TransformerTrainer,
    WidthDial,
)
from tests.doors import bad
from tests.doors.judging import few, refused
from tests.widgets.untrained import untrained
from tests.widgets.untrained_images import shaken
from tests.widgets.untrained_painters import codebook, painter

RNG = np.random.default_rng(0)
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


BAD_DIGITS = st.one_of(
    st.sampled_from([3, INK, "digits"]),
    st.sampled_from(
        [(INK[:0], 0), (INK * bad.NAN, 10), (255 * INK, 10), (INK[0], 10), (INK, 3)]
    ).map(lambda pair: Digits(pair[0], np.arange(pair[1]))),
)
BAD_MODELS = st.sampled_from([None, "model", 3, nnx.Linear(2, 3, rngs=nnx.Rngs(0))])
BAD_TEXT = st.sampled_from([None, 3, ["a"]])
BAD_TEXTS = st.sampled_from([None, 3, "word", [3], [None]])
BAD_VOCABULARY = st.sampled_from([None, "abc", 3, WORDS])
BAD_REFERENCES = st.sampled_from(
    [3, "cat", ["cat"], {"cat": 3}, {"cat": []}, {3: "K"}, {"cat": "?"}, {"": "K"}, {"cat": [[3]]}]
)
BAD_DTYPE = st.sampled_from(["float8", None, 3, "int4"])
WORDS_DOORS = {
    "source_vocabulary": BAD_VOCABULARY,
    "target_vocabulary": BAD_VOCABULARY,
    "references": BAD_REFERENCES,
    "reference_name": BAD_TEXT,
    "examples": BAD_TEXTS,
}
PRONOUNCED = {"source_vocabulary": LETTERS, "target_vocabulary": PHONEMES}
SPELT = st.sampled_from([None, 3, "", "Ω", "a b c", "a" * 99])

DOORS = {
    AlignmentExplorer: (
        lambda: (
            PRONOUNCED
            | {"attention_model": exported("attention"), "fixed_model": exported("fixed")}
        ),
        WORDS_DOORS
        | {
            "attention_model": BAD_MODELS,
            "fixed_model": BAD_MODELS.filter(lambda model: model is not None),  # None: without it
            "examples": BAD_TEXTS.filter(lambda texts: texts is not None),  # None: the usual ones
            "word": SPELT,
            "max_letters": bad.wholes(),
            "max_phonemes": bad.wholes(),
        },
    ),
    AttentionDial: (
        lambda: PRONOUNCED | {"models": {"mean": exported("reading")}},
        WORDS_DOORS
        | {
            "models": st.sampled_from([None, {}, [3], {"": 3}, {3: 3}, {"a": None}]),
            "word": SPELT,
            "choose": st.sampled_from([None, 3, "", "mean"]),
            "chosen": st.sampled_from([3, "max", ["mean"]]),
            "temperature": bad.numbers(0.1, 10),
            "max_letters": bad.wholes(),
            "max_phonemes": bad.wholes(),
        },
    ),
    TransformerExplorer: (
        lambda: PRONOUNCED | {"model": exported("transformer"), "text": "cat"},
        WORDS_DOORS
        | {
            "model": BAD_MODELS,
            "text": SPELT,
            "gloss": st.sampled_from([3, "a", ["a"]]),
            "attention": st.sampled_from([None, 3, "other", ["cross"]]),
            "layer": bad.wholes(1, 1, none=True),
            "head": bad.wholes(0, 2),
            "max_source": bad.wholes(),
            "max_target": bad.wholes(),
        },
    ),
    LengthDial: (
        lambda: {
            "attention_model": exported("translator"),
            "fixed_model": exported("one vector"),
            "source_vocabulary": translation.ENGLISH,
            "target_vocabulary": translation.KOREAN,
            "sentences": translation.growing_sentence(9),
            "curve": {"lengths": [4, 9], "fixed": [60, 30], "attention": [99, 99]},
        },
        {
            "attention_model": BAD_MODELS,
            "fixed_model": BAD_MODELS,
            "source_vocabulary": BAD_VOCABULARY,
            "target_vocabulary": BAD_VOCABULARY,
            "sentences": st.sampled_from([None, [], 3, "ab", [3], ["ab"], [(["z"], ["z"])]]),
            "curve": st.sampled_from(
                [
                    None,
                    {},
                    3,
                    {"lengths": [4]},
                    {"lengths": [4], "fixed": ["a"], "attention": [1]},
                    {"lengths": [4, 3], "fixed": [1, 2], "attention": [1, 2]},
                    {"lengths": [4], "fixed": [bad.NAN], "attention": [1]},
                    {"lengths": 4, "fixed": 3, "attention": 3},
                ]
            ),
            "length": bad.wholes(4, 9, none=True),
            "quality": BAD_TEXT,
            "gloss": st.sampled_from([3, "a", ["a"]]),
            "max_tokens": bad.wholes(none=True),
        },
    ),  # fmt: skip
    HeadsDial: (
        dict,
        {
            "sentence": st.sampled_from([None, 3, "", "  ", ["a"]]),
            "length": bad.wholes(),
            "heads": bad.wholes(),
            "d_k": bad.wholes(),
            "mask": bad.choices(),
            "padded": bad.wholes(0),
            "scaled": bad.flags(),
            "temperature": bad.numbers(0.1, 10),
            "positions": bad.choices(),
            "examples": BAD_TEXTS,
        },
    ),
    HeadsTrainer: (
        dict,
        {
            "task": bad.choices(),
            "heads": bad.wholes(),
            "longest": bad.wholes(4, 16),
            "d_k": bad.wholes(0),
            "positions": bad.choices(),
            "leak": bad.flags(),
            "string": st.sampled_from([3, "", "xyz", "a", ["a"]]),
            "words": st.sampled_from([3, "day D EY", ["day"]]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    AlignmentTrainer: (
        lambda: {"words": b"[]"},
        {
            "words": st.sampled_from([None, 3, "day D EY", ["day"], b""]),
            "word": st.sampled_from([None, 3, "", "a", "Day", "d y", "days" * 3, ["a"]]),
            "width": bad.choices(),
            "seed": bad.wholes(0, 9999),
        },
    ),
    FixedTrainer: (
        dict,
        {
            "string": st.sampled_from([None, 3, "", "a", "xyz", "codelikeapoemcodelike", ["a"]]),
            "width": bad.choices(),
            "longest": bad.wholes(4, 16),
            "steps": bad.choices(),
            "seed": bad.wholes(0, 9999),
        },
    ),
    ScoreRace: (
        dict,
        {
            "task": bad.choices(),
            "width": bad.choices(),
            "temperature": st.sampled_from([None, 0, -1, 3, True, "1", bad.NAN]),
            "axis": bad.choices(),
            "string": st.sampled_from([3, "", "a", "xyz", "codelikeapoemcodelike", ["a"]]),
            "words": st.sampled_from([3, "day D EY", ["day"], b""]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    LengthRace: (
        dict,
        {
            "string": st.sampled_from([None, 3, "", "a", "xyz", "codelikeapoemcodelike", ["a"]]),
            "longest": bad.wholes(4, 16),
            "seed": bad.wholes(0, 9999),
        },
    ),
    MemoryRace: (
        dict,
        {
            "length": st.sampled_from([None, 0, 7, 2.5, True, "5", [5]]),
            "bias": st.sampled_from([None, -1, 2, 0.5, True, "3", [3]]),
            "first": st.sampled_from([None, 3, "", "z", "ab", ["a"]]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    Seq2SeqStepper: (
        lambda: {
            "model": seq2seq(Seq2SeqConfig(30, 43, embed_dim=3, state_dim=5), rngs=nnx.Rngs(0)),
            "source_vocabulary": LETTERS,
            "target_vocabulary": PHONEMES,
            "words": {"day": "D EY"},
        },
        {
            "words": st.sampled_from(
                [None, 3, {}, {"day": 3}, {"d4y": "D"}, {"day": "QQ"}, ["day"]]
            ),
            "word": st.sampled_from([3, "", "night", ["day"]]),
            "step": bad.wholes(),
            "chosen": bad.wholes(0),
        },
    ),
    Seq2SeqTrainer: (
        lambda: {"words": b"{}"},
        {
            "words": st.sampled_from([None, 3, "day D EY", b"", ["day"]]),
            "word": st.sampled_from([None, 3, "", "be", "abcdefghi", "d4y", ["day"]]),
            "width": st.sampled_from([None, 0, 48, 16.5, True, "16", [16]]),
            "reverse": bad.flags(),
            "seed": bad.wholes(0, 9999),
        },
    ),
    SelfAttentionTrainer: (
        dict,
        {
            "task": bad.choices(),
            "positions": bad.choices(),
            "d_k": bad.wholes(),
            "scaled": bad.flags(),
            "string": st.sampled_from([3, "", "camel", "9 camel", "4 pop", ["a"]]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    TransformerTrainer: (
        dict,
        {
            "leak": bad.flags(),
            "layers": bad.wholes(),
            "pre_norm": bad.flags(),
            "warmup": bad.flags(),
            "string": st.sampled_from([None, 3, "", "a", "xyz", "codelike", ["a"]]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    SelfAttentionStepper: (
        lambda: {"model": exported("look up")},
        {
            "model": st.sampled_from([None, 3, "a"]),
            "string": st.sampled_from([None, 3, "", "camel", "9 camel", "4 pop", ["a"]]),
            "step": bad.wholes(),
            "chosen": bad.wholes(0),
        },
    ),
    PatchDial: (
        lambda: {"image": np.zeros((6, 6)), "configs": {"a": ViTConfig(6, 3)}},
        {
            "image": st.sampled_from(
                [
                    None,
                    "a",
                    np.zeros((6, 5)),
                    np.zeros((0, 0)),
                    np.full((6, 6), 2.0),
                    np.full((6, 6), bad.NAN),
                    np.zeros((6, 6, 1)),
                    [[1], [1, 2]],
                ]
            ),
            "configs": st.sampled_from([None, {}, [3], {"a": 3}, dict.fromkeys("abcd", 3)]),
        },
    ),  # fmt: skip
    ForgettingDial: (
        lambda: {
            "layers": {"RNN": RNN(2, 3, rngs=nnx.Rngs(0)), "GRU": GRU(2, 3, rngs=nnx.Rngs(0))},
            "inputs": np.ones((4, 2)),
            "other": np.ones(2),
            "gradient": np.ones(3),
        },
        {
            "layers": st.sampled_from([None, {}, [3, 3], {"a": 3, "b": 3}, {"a": RNN}]),
            "inputs": bad.arrays((4, 2)),
            "other": bad.arrays((2,)),
            "gradient": bad.arrays((3,)),
            "radius": bad.numbers(0, 1.6, zero=True),
            "chosen": st.sampled_from([3, "LSTM", ["GRU"]]),
        },
    ),
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
        },
    ),
    SceneCaptioner: (
        lambda: {"model": exported("captioner"), "digits": DIGITS},
        {
            "model": BAD_MODELS,
            "digits": BAD_DIGITS,
            "start": st.sampled_from([None, 3, "a", [3], [(1, 2)], [(1, 2, 99)], [("a", 0, 0)]]),
            "handwritings": bad.wholes(),
            "noise": bad.numbers(0, 0.2, zero=True),
            "most": bad.wholes(),
            "seed": bad.wholes(0),
        },
    ),
    SceneReader: (
        lambda: {"models": {"a": exported("reader")}, "digits": DIGITS},
        {
            "models": st.sampled_from([None, {}, 3, [3], {"a": 3}]),
            "digits": BAD_DIGITS,
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
        },
    ),
}
ARGUMENTS = [(widget, name) for widget, (_, doors) in DOORS.items() for name in doors]


@pytest.fixture(scope="module")
def good():
    """The good arguments of every figure, made once."""
    made = {}

    def of(widget):
        if widget not in made:
            made[widget] = DOORS[widget][0]()
        return made[widget]

    return of


@pytest.mark.parametrize(
    ("widget", "name"), ARGUMENTS, ids=[f"{w.__name__}-{n}" for w, n in ARGUMENTS]
)
def test_arguments(widget, name, good):
    @few
    @given(DOORS[widget][1][name])
    def tried(value):
        refused(widget, **(good(widget) | {name: value}))

    tried()


@pytest.mark.parametrize("widget", DOORS, ids=lambda widget: widget.__name__)
def test_good_arguments_are_good(widget, good):
    widget(**good(widget))


@few
@given(BAD_MODELS, BAD_DTYPE)
def test_what_a_page_cannot_carry(model, dtype):
    refused(export_model, model)
    refused(rounded, model)
    small = seq2seq(Seq2SeqConfig(7, 9, 3, 5), rngs=nnx.Rngs(0))
    refused(export_model, small, dtype)
    refused(rounded, small, dtype)


def test_weights_that_no_page_can_hold():
    for value in (bad.NAN, bad.INF, 1e30):
        model = seq2seq(Seq2SeqConfig(7, 9, 3, 5), rngs=nnx.Rngs(0))
        model.decoder.output.bias[...] = model.decoder.output.bias[...].at[0].set(value)
        refused(export_model, model)


@few
@given(st.data())
def test_modules_that_are_not_there(tmp_path_factory, data):
    path = data.draw(bad.missing(tmp_path_factory.getbasetemp()))
    refused(bundle, path)
