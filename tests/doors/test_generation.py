"""What writing an output refuses, and how long an output may be."""

import jax
import numpy as np
import pytest
from flax import nnx
from hypothesis import given
from hypothesis import strategies as st

from encdec_lib import evaluation
from encdec_lib.data.parallel import from_tokens
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.encoding import DEFAULT_LENGTH
from encdec_lib.evaluation.pixels import segment
from encdec_lib.generate import common
from encdec_lib.generate.beam import beam_search
from encdec_lib.generate.sampling import greedy, sample
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.decoder_only import DecoderOnlyConfig, text_to_image
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.train.config import TrainConfig
from encdec_lib.train.loop import fit
from tests.doors import bad
from tests.doors.judging import few, refused

V_SOURCE, V_TARGET = 7, 9
MODEL = seq2seq(Seq2SeqConfig(V_SOURCE, V_TARGET, 3, 5), rngs=nnx.Rngs(0))
SOURCE = np.array([[4, 5, 0], [6, 0, 0]])
WRITERS = {"greedy": greedy, "sample": sample, "beam": beam_search}
every_writer = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
SMALL = {"d_model": 4, "heads": 2, "d_ff": 5, "encoder_layers": 1, "decoder_layers": 1}
PREFIX = {"d_model": 4, "heads": 2, "d_ff": 5, "layers": 1}
LETTERS = Vocabulary("abc")
TEXT = from_tokens(
    [["a"], ["a", "b"]], [[["b"]], [["b", "a", "c"]]], LETTERS, LETTERS
)  # targets of four tokens with <eos>


def learned(max_length):
    """A Transformer of learned positions, as many as the training has."""
    config = TransformerConfig(7, 7, **SMALL, positions="learned", max_length=max_length)
    return transformer(config, rngs=nnx.Rngs(0))


@every_writer
def test_source_ids(write):
    @few
    @given(bad.ids(V_SOURCE, (2, 3)))
    def tried(source):
        refused(write, MODEL, source)

    tried()


@every_writer
@pytest.mark.parametrize("name", ["max_length", "batch_size"])
def test_lengths_and_sizes(write, name):
    @few
    @given(bad.wholes(none=name == "max_length"))
    def tried(value):
        refused(write, MODEL, SOURCE, **{name: value})

    tried()


@few
@given(bad.numbers(), bad.wholes(none=True), bad.wholes(0))
def test_dials_of_sampling(temperature, top_k, seed):
    refused(sample, MODEL, SOURCE, temperature=temperature)
    refused(sample, MODEL, SOURCE, top_k=top_k)
    refused(sample, MODEL, SOURCE, seed=seed)


def test_a_temperature_below_float32_is_refused():
    refused(sample, MODEL, SOURCE, temperature=1e-40)


@few
@given(bad.wholes(), st.sampled_from([bad.NAN, bad.INF, "long", None]))
def test_dials_of_a_beam(width, penalty):
    refused(beam_search, MODEL, SOURCE, width=width)
    refused(beam_search, MODEL, SOURCE, length_penalty=penalty)


@every_writer
def test_images_of_a_captioner(write):
    model = captioner(CaptionConfig(9, 4, channels=(2, 3), embed_dim=3, state_dim=5), rngs=RNGS)

    @few
    @given(bad.images((2, 4, 4, 1)))
    def tried(images):
        refused(write, model, images)

    tried()


RNGS = nnx.Rngs(0)
OTHERS = {
    "a painter": unet(UNetConfig(channels=(2, 3)), rngs=RNGS),
    "a classifier": vit(ViTConfig(4, 2, d_model=6, heads=2, d_ff=5, layers=1), rngs=RNGS),
    "a layer": nnx.Linear(2, 3, rngs=RNGS),
    "nothing": None,
    "a config": Seq2SeqConfig(7, 9),
}


@every_writer
@pytest.mark.parametrize("model", OTHERS.values(), ids=OTHERS)
def test_a_model_that_does_not_write_tokens_is_told_what_to_use(write, model):
    refused(write, model, np.zeros((1, 4, 4, 1), np.float32))
    refused(evaluation.decode, model, TEXT)
    refused(evaluation.teacher_forced_scores, model, TEXT)


def test_the_right_function_is_named():
    pictures = np.zeros((1, 4, 4, 1), np.float32)
    with pytest.raises(ValueError, match=r"got UNetDecoder.*evaluation\.pixels\.segment"):
        greedy(OTHERS["a painter"], pictures)
    with pytest.raises(ValueError, match=r"got ViT\..*evaluation\.classes"):
        greedy(OTHERS["a classifier"], pictures)
    assert segment(OTHERS["a painter"], pictures).shape == (1, 4, 4)


def test_tokens_are_no_images_and_images_no_tokens():
    refused(greedy, MODEL, np.zeros((2, 4, 4, 1), np.float32))
    model = captioner(CaptionConfig(9, 4, channels=(2, 3), embed_dim=3, state_dim=5), rngs=RNGS)
    refused(greedy, model, SOURCE)


@pytest.mark.parametrize(
    ("write", "places"), [(greedy, 4), (sample, 5), (beam_search, 13)], ids=WRITERS
)
def test_a_length_nobody_asked_for_is_cut_to_the_models_places(write, places):
    assert write(learned(places), np.array([[4, 5]])).tokens.shape == (1, places)
    message = f"max_length is {places}: there are no positions for a target of {places + 1} tokens"
    with pytest.raises(ValueError, match=message):
        write(learned(places), np.array([[4, 5]]), max_length=places + 1)


def test_without_a_limit_the_default_is_64():
    assert greedy(MODEL, SOURCE).tokens.shape == (2, DEFAULT_LENGTH) == (2, 64)
    assert greedy(learned(100), np.array([[4, 5]])).tokens.shape == (1, 64)


def test_the_longest_prefix_and_image_are_written():
    config = DecoderOnlyConfig(9, 3, 6, columns=3, d_model=4, heads=2, d_ff=5, layers=1)
    model = text_to_image(config, 7, rngs=nnx.Rngs(0))
    assert greedy(model, SOURCE).tokens.shape == (2, 6)
    refused(greedy, model, SOURCE, max_length=7)
    refused(greedy, model, np.array([[4, 5, 6, 4]]), also=("prefix_length",))
    assert model.decoder.start(model.encode(SOURCE)).carry[1].shape[2] == 3 + 6


def test_what_fit_can_train_evaluation_can_decode():
    model = learned(4)  # exactly the width of the targets
    fit(model, TEXT, TrainConfig(steps=1, batch_size=2), progress=False)
    assert len(evaluation.decode(model, TEXT)) == 2


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda: learned(4), id="transformer"),
        pytest.param(
            lambda: text_to_image(DecoderOnlyConfig(7, 3, 4, **PREFIX), 7, rngs=RNGS),
            id="prefix",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_cache_that_is_full_is_an_error_outside_jit(build):
    model = build()
    state = model.decoder.start(model.encode(np.array([[4, 5]])), 1)
    state, logits, _ = model.decoder.step(state, np.array([1]))
    assert np.isfinite(logits).all()
    refused(model.decoder.step, state, np.array([5]))


def noted(asked):
    """In the place of run_batched: notes the work of an example."""
    return lambda write, model, *_, flops, **__: asked.append(flops(nnx.state(model, nnx.Param)))


@pytest.mark.parametrize("side", [4, 8])
def test_images_are_never_taken_for_tokens_when_devices_are_chosen(monkeypatch, side):
    """A convolution meets a quarter of the pixels; the rest of the model, the one vector."""
    asked = []
    monkeypatch.setattr(common, "run_batched", noted(asked))
    model = captioner(CaptionConfig(9, side, channels=(2, 3), embed_dim=3, state_dim=5), rngs=RNGS)
    greedy(model, np.zeros((1, side, side, 1), np.float32))
    sizes = {True: 0, False: 0}
    for leaf in jax.tree.leaves(nnx.state(model, nnx.Param)):
        sizes[leaf.ndim == 4] += leaf.size
    assert asked == [2 * (sizes[True] * side * side / 4 + sizes[False])]


@pytest.mark.parametrize("width", [3, 5])
def test_the_work_for_tokens_is_that_for_each_of_them(monkeypatch, width):
    asked = []
    monkeypatch.setattr(common, "run_batched", noted(asked))
    greedy(MODEL, np.full((2, width), 4))
    count = sum(leaf.size for leaf in jax.tree.leaves(nnx.state(MODEL, nnx.Param)))
    assert asked == [pytest.approx(2 * count * width)]
