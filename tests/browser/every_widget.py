"""Each widget of the book, small and untrained, as a function that makes it."""

import dataclasses
import functools

import numpy as np
from flax import nnx

from encdec_lib import widgets
from encdec_lib.data import digits, scenes, translation
from encdec_lib.data.digits import Digits
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.layers.recurrent import GRU, LSTM
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.state_space import ManyToOne, StateSpace, StateSpaceConfig
from encdec_lib.models.vision_transformer import BASE, ViTConfig, vit
from encdec_lib.models.vit_to_transformer import GridCaptionConfig, grid_captioner
from encdec_lib.web import page_data
from tests.browser.few_words import some_words
from tests.widgets.untrained import untrained
from tests.widgets.untrained_images import shaken
from tests.widgets.untrained_painters import codebook, painter
from tests.widgets.untrained_readers import reading, scoring
from tests.widgets.untrained_transformers import small

PLACED = [(3, 2, 3), (7, 1, 18), (9, 18, 4)]


def _pair(source, target):
    sizes = len(source), len(target)
    return (
        untrained(bahdanau, BahdanauConfig(*sizes, 5, 7, 11, 3), 0.6, seed=1),
        untrained(seq2seq, Seq2SeqConfig(*sizes, 5, 7), 0.6, seed=2),
    )


def _alignment_explorer():
    models = _pair(LETTERS, PHONEMES)
    references = {"knight": "N AY T", "day": ["D EY", "D AY"]}
    return widgets.AlignmentExplorer(
        *models, LETTERS, PHONEMES, word="knight", max_phonemes=9, references=references
    )


def _attention_dial():
    models = {"mean": reading("mean"), "additive": scoring("additive", query="previous")}
    return widgets.AttentionDial(
        models, LETTERS, PHONEMES, word="knight", examples=("day", "psychology"),
        references={"day": "D EY", "knight": "N AY T"}, choose="way to read", max_phonemes=7,
    )  # fmt: skip


def _captioner_model():
    sizes = CaptionConfig(channels=(3, 5, 5), embed_dim=5, state_dim=7)
    return _quiet(shaken(lambda: captioner(sizes, rngs=nnx.Rngs(0)), seed=4))


def _quiet(model):
    """Writes no specials but <eos>."""
    bias = np.array(model.decoder.output.bias[...])
    bias[[0, 1, 3]] = -99
    model.decoder.output.bias[...] = np.asarray(bias)
    return model


def _scene_reader():
    grid = GridCaptionConfig(
        channels=(2, 3, 3), embed_dim=3, encoding_dim=6, state_dim=5, align_dim=7
    )
    models = {
        "CNN grid, GRU": _quiet(shaken(lambda: grid_captioner(grid, rngs=nnx.Rngs(0)), seed=2)),
        "one vector": _captioner_model(),
    }
    return widgets.SceneReader(models, digits.load(14).test, start=PLACED)


def _unet_stepper():
    sizes = UNetConfig(channels=(3, 5, 7))
    models = {
        "with skips": shaken(lambda: unet(sizes, rngs=nnx.Rngs(0)), seed=3),
        "without": shaken(
            lambda: unet(dataclasses.replace(sizes, skips=False), rngs=nnx.Rngs(0)), seed=5
        ),
    }
    return widgets.UNetStepper(models, digits.load(14).test.images[0][:12, :12])


def _look_stepper():
    grid = GridCaptionConfig(channels=(2, 3, 3), embed_dim=3, state_dim=5, align_dim=7)
    model = _quiet(shaken(lambda: grid_captioner(grid, rngs=nnx.Rngs(0)), seed=2))
    pictures = np.random.default_rng(3).uniform(size=(2, 32, 32))
    return widgets.LookStepper(model, pictures, step=3)


def _device_stepper():
    rng = np.random.default_rng(0)
    return widgets.DeviceStepper(*(rng.normal(size=n) for n in ((6, 2), 6, 2)), devices=(2, 3))


def _digit_reader():
    def model(patch):
        config = ViTConfig(14, patch, d_model=6, heads=3, d_ff=5, layers=2)
        return shaken(lambda: vit(config, rngs=nnx.Rngs(0)), seed=patch)

    return widgets.DigitReader({2: model(2), 7: model(7)}, digits.load(14).test.take(slice(10)))


def _forgetting_dial():
    rng = np.random.default_rng(0)
    given = (rng.normal(size=size).astype(np.float32) for size in ((30, 11), 11, 13))
    layers = {"LSTM": LSTM(11, 13, rngs=nnx.Rngs(2)), "GRU": GRU(11, 13, rngs=nnx.Rngs(3))}
    return widgets.ForgettingDial(layers, *given, chosen="GRU")


def _backprop_stepper():
    systems = {
        name: StateSpace(StateSpaceConfig(4, 3, 4), rngs=nnx.Rngs(seed))
        for seed, name in enumerate(("one", "another"))
    }
    return widgets.BackpropStepper(systems, back=True, step=3)


def _gate_stepper():
    rngs = nnx.Rngs(0)
    models = {
        kind.__name__: ManyToOne(kind(len(LETTERS), 5, rngs=rngs), 3, rngs=rngs)
        for kind in (LSTM, GRU)
    }
    words = {"day": "a", "knight": "i"}
    return widgets.GateStepper(models, LETTERS, words, answers=("a", "e", "i"), step=3)


def _length_dial():
    english, korean = translation.ENGLISH, translation.KOREAN
    return widgets.LengthDial(
        *_pair(english, korean), english, korean, sentences=translation.growing_sentence(50),
        curve={"lengths": [7, 20, 48], "fixed": [60, 30, 10], "attention": [99, 98, 97]},
        gloss=translation.GLOSS,
    )  # fmt: skip


def _patch_dial():
    image = np.random.default_rng(0).uniform(size=(28, 28))
    return widgets.PatchDial(image, {"this page": ViTConfig(), "ViT-B": BASE})


def _picture_writer():
    examples = ["a three", "a one left of a seven", "a two above a five"]
    return widgets.PictureWriter(painter(seed=3), codebook(), examples=examples)


def _few_digits(side):
    return page_data.digits(train=64, held=30, side=side)


def _segmenter():
    test = digits.load(14).test
    networks = [
        shaken(lambda s=s: unet(UNetConfig(channels=(3, 5, 7), skips=s), rngs=nnx.Rngs(0)), seed=5)
        for s in (True, False)
    ]
    return widgets.Segmenter(
        *networks, test, scenes.draw(test, 3, most=3, noise=0.0, seed=7), noise=0
    )


def _beam_stepper():
    model = _pair(LETTERS, PHONEMES)[1]
    return widgets.BeamStepper(model, LETTERS, PHONEMES, "day", widths=(1, 3), longest=5, step=4)


def _seq2seq_stepper():
    model = _pair(LETTERS, PHONEMES)[1]
    words = {"knight": "N AY T", "day": ["D", "EY"]}
    return widgets.Seq2SeqStepper(model, LETTERS, PHONEMES, words, step=8)


def _looking_up():
    return small(25, 25, heads=1, encoder_layers=1, decoder_layers=1)


def _transformer_explorer():
    return widgets.TransformerExplorer(
        small(d_model=24, seed=5), LETTERS, PHONEMES, text="knight", examples=("day",),
        references={"knight": "N AY T"}, max_target=9,
    )  # fmt: skip


def _width_dial():
    rng = np.random.default_rng(0)
    models = [
        untrained(autoencoder, AutoencoderConfig(7, 11, width), 0.7, seed=width)
        for width in (1, 2, 5)
    ]
    images = rng.uniform(size=(3, 7, 7)).astype(np.float32)
    some = rng.uniform(size=(13, 7, 7)).astype(np.float32)
    return widgets.WidthDial(
        models, Digits(images, np.array([4, 7, 9])), errors={1: 0.3, 2: 0.2, 5: 0.1},
        plane=Digits(some, np.arange(13) % 10), width=2,
    )  # fmt: skip


def _attending():
    return _pair(LETTERS, PHONEMES)[0]


_MAKERS = {
    "AlignmentExplorer": _alignment_explorer,
    "AlignmentTrainer": lambda: widgets.AlignmentTrainer(some_words(), word="day", width=32),
    "AttentionDial": _attention_dial,
    "AttentionStepper": lambda: widgets.AttentionStepper(
        _attending(), LETTERS, PHONEMES, word="knight", step=6
    ),
    "AutoencoderTrainer": lambda: widgets.AutoencoderTrainer(width=2, data=_few_digits(14)),
    "BackpropStepper": _backprop_stepper,
    "BeamStepper": _beam_stepper,
    "BleuStepper": lambda: widgets.BleuStepper(
        ["a dog sees a ball", "a horse runs in the park"],
        ["a dog sees the big ball", "the horse runs in the park"],
        step=8,
    ),
    "CacheStepper": lambda: widgets.CacheStepper(painter(seed=3), codebook(), step=4),
    "CaptionStepper": lambda: widgets.CaptionStepper(_captioner_model(), np.eye(32)[None]),
    "SceneCaptioner": lambda: widgets.SceneCaptioner(
        _captioner_model(), digits.load(14).test, start=PLACED
    ),
    "ConvolutionStepper": widgets.ConvolutionStepper,
    "UNetStepper": _unet_stepper,
    "DeviceStepper": _device_stepper,
    "DigitReader": _digit_reader,
    "FixedTrainer": lambda: widgets.FixedTrainer("code", width=16, longest=5),
    "ForgettingDial": _forgetting_dial,
    "GateStepper": _gate_stepper,
    "HeadsDial": lambda: widgets.HeadsDial("The cat sees the dog", length=6, heads=2, d_k=8),
    "HeadsTrainer": lambda: widgets.HeadsTrainer("reverse", heads=2, longest=5),
    "LayerCostDial": widgets.LayerCostDial,
    "LengthDial": _length_dial,
    "LengthRace": lambda: widgets.LengthRace("code", longest=5),
    "LookStepper": _look_stepper,
    "MemoryRace": lambda: widgets.MemoryRace(length=5),
    "MergeStepper": lambda: widgets.MergeStepper(
        ["sing"] * 3 + ["reading"] * 2 + ["ring"], new="reign", merges=3, step=2
    ),
    "PatchDial": _patch_dial,
    "PathStepper": lambda: widgets.PathStepper("Keys on the red door shine".split(), d=3),
    "PictureWriter": _picture_writer,
    "PositionDial": lambda: widgets.PositionDial(place=40, distance=-3, width=16),
    "ReadingStepper": lambda: widgets.ReadingStepper(
        {"mean": reading("mean"), "own": reading("weighted")}, LETTERS, PHONEMES, word="day"
    ),
    "RoundingDial": widgets.RoundingDial,
    "SceneReader": _scene_reader,
    "ScoreRace": lambda: widgets.ScoreRace("words", width=16, words=some_words()),
    "Segmenter": _segmenter,
    "Seq2SeqStepper": _seq2seq_stepper,
    "Seq2SeqTrainer": lambda: widgets.Seq2SeqTrainer(
        b'{"phonemes":["D","EY"],"train":"day AB","held":"day AB"}', word="day", width=16
    ),
    "SelfAttentionStepper": lambda: widgets.SelfAttentionStepper(_looking_up(), step=6),
    "SelfAttentionTrainer": lambda: widgets.SelfAttentionTrainer("sort"),
    "TransformerExplorer": _transformer_explorer,
    "ViTTrainer": lambda: widgets.ViTTrainer(patch=12, layers=1, data=_few_digits(28)),
    "TransformerTrainer": lambda: widgets.TransformerTrainer(leak=True),
    "WidthDial": _width_dial,
    "WordArcs": lambda: widgets.WordArcs(_attending(), LETTERS, PHONEMES, ["phone", "day"]),
}

#: Made once: a test reads a widget's page and leaves the widget as it is.
EVERY_WIDGET = {name: functools.cache(make) for name, make in _MAKERS.items()}
