"""What fit refuses: data that a model cannot learn from, arguments that have no effect."""

import functools

import numpy as np
import pytest
from flax import nnx
from hypothesis import given
from hypothesis import strategies as st

from encdec_lib.data.parallel import from_tokens
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.train.batches import batch_order
from encdec_lib.train.config import TrainConfig
from encdec_lib.train.loop import fit
from encdec_lib.train.losses import (
    ClassificationLoss,
    SegmentationLoss,
    cross_entropy,
    masked_cross_entropy,
    reconstruction_loss,
    translation_loss,
)
from encdec_lib.train.progress import measured
from encdec_lib.train.training import Training
from tests.doors import bad
from tests.doors.judging import few, refused

V_SOURCE, V_TARGET, N = 8, 11, 5
RNGS = nnx.Rngs(0)
MODEL = seq2seq(Seq2SeqConfig(V_SOURCE, V_TARGET, 3, 5), rngs=RNGS)
SOURCE = np.array([[4, 5, 7]] * N)
TARGET = np.array([[9, 10, 4, 2]] * N)
ONE = TrainConfig(steps=1, batch_size=N)
quiet = functools.partial(fit, progress=False)
SEGMENTER = unet(UNetConfig(num_classes=7, channels=(2, 3)), rngs=RNGS)
CLASSIFIER = vit(ViTConfig(4, 2, d_model=6, heads=2, d_ff=5, layers=1, num_classes=7), rngs=RNGS)
PAINTER = autoencoder(AutoencoderConfig(4, 5, 2), rngs=RNGS)
PICTURES = np.random.default_rng(0).random((N, 4, 4, 1), np.float32)
LABELS = np.array([0, 1, 2, 3, 6])


@few
@given(bad.ids(V_SOURCE, (N, 3)))
def test_source_ids(source):
    refused(quiet, MODEL, (source, TARGET), ONE, also=("source",))


@few
@given(bad.ids(V_TARGET, (N, 4)))
def test_target_ids(target):
    refused(quiet, MODEL, (SOURCE, target), ONE, also=("target",))


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        (8, 4, r"source must hold ids in \[0, 8\); got 8 in example 2 at position 1"),
        (-1, 4, r"source must hold ids in \[0, 8\); got -1 in example 2 at position 1"),
        (4, 11, r"target must hold ids in \[0, 11\); got 11 in example 2 at position 1"),
        (4, -100, r"target must hold ids in \[0, 11\); got -100 in example 2 at position 1.*<eos>"),
    ],
)
def test_an_id_outside_the_vocabulary_is_named_with_its_place(source, target, message):
    data = SOURCE.copy(), TARGET.copy()
    data[0][2, 1], data[1][2, 1] = source, target
    with pytest.raises(ValueError, match=message):
        quiet(MODEL, data, ONE)
    with pytest.raises(ValueError, match=message):  # the same loss, named
        quiet(MODEL, data, ONE, loss=functools.partial(translation_loss, label_smoothing=0.1))


def test_a_target_padded_on_the_left_is_named():
    target = np.array([[9, 10, 4, 2]] * (N - 1) + [[0, 0, 9, 2]])
    message = r"on the right; got 0 before 9 in example 4"
    with pytest.raises(ValueError, match=message):
        quiet(MODEL, (SOURCE, target), ONE)


class Own(nnx.Module):
    """A reader's own half of a model, which says nothing about what it knows."""

    def __init__(self, part):
        self.part, self.encoding_dim = part, part.encoding_dim

    def __call__(self, *args):
        return self.part(*args)

    def start(self, encoding, length=64):
        return self.part.start(encoding, length)

    def step(self, state, token):
        return self.part.step(state, token)


def test_a_model_of_ones_own_that_does_not_say_its_vocabulary_is_trained():
    model = nnx.clone(MODEL)
    model.encoder, model.decoder = Own(model.encoder), Own(model.decoder)
    history = quiet(model, (SOURCE, TARGET), ONE)
    assert np.isfinite(history.losses).all()


@few
@given(
    st.sampled_from(
        [None, 3, "data", SOURCE, (SOURCE,), (SOURCE, TARGET, TARGET), [], (SOURCE[:2], TARGET),
         ([[4, 5]], [[5, 2]]), {"source": SOURCE, "target": TARGET}, (SOURCE, LABELS)]
    )
)  # fmt: skip
def test_what_is_no_pair(data):
    refused(quiet, MODEL, data, ONE, also=("target",))


@few
@given(bad.images((N, 4, 4, 1)))
def test_pixels_of_scenes(images):
    truth = np.zeros((N, 4, 4), int)
    loss = SegmentationLoss(num_classes=7)
    refused(quiet, SEGMENTER, (images, truth), ONE, loss=loss, also=("images", "source"))


@few
@given(bad.ids(7, (N, 4, 4)))
def test_classes_of_pixels(labels):
    loss = SegmentationLoss(num_classes=9)  # more than the model knows
    refused(quiet, SEGMENTER, (PICTURES, labels), ONE, loss=loss, also=("labels",))


@few
@given(bad.images((N, 4, 4, 1)))
def test_pixels_of_digits(images):
    loss = ClassificationLoss()
    refused(quiet, CLASSIFIER, (images, LABELS), ONE, loss=loss, also=("images", "source"))


@few
@given(bad.ids(7, (N,)))
def test_classes_of_digits(labels):
    loss = ClassificationLoss()
    refused(quiet, CLASSIFIER, (PICTURES, labels), ONE, loss=loss, also=("labels",))


@few
@given(st.one_of(bad.images((N, 4, 4, 1)), st.just(PICTURES + 1), st.just(-PICTURES)))
def test_pixels_to_paint(images):
    refused(quiet, PAINTER, images, ONE, loss=reconstruction_loss, also=("source",))


@pytest.mark.parametrize("model", [SEGMENTER, PAINTER], ids=["u-net", "autoencoder"])
def test_a_painter_needs_a_loss_of_images(model):
    refused(quiet, model, (PICTURES, TARGET), ONE)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"eval_every": 1}, "eval_every has no effect without evaluate; got 1"),
        ({"checkpoint_every": 1}, "checkpoint_every has no effect without checkpoint; got 1"),
        ({"resume": True}, "resume needs checkpoint.*got resume=True alone"),
    ],
)
def test_an_argument_without_effect_is_an_error(settings, message):
    assert message.split(".*")[0] in refused(quiet, MODEL, (SOURCE, TARGET), ONE, **settings)
    with pytest.raises(ValueError, match=message):
        quiet(MODEL, (SOURCE, TARGET), ONE, **settings)


def test_label_smoothing_beside_a_loss_of_ones_own_is_an_error():
    config = TrainConfig(steps=1, batch_size=N, label_smoothing=0.1)
    data = PICTURES, LABELS
    message = refused(quiet, CLASSIFIER, data, config, loss=ClassificationLoss(), also=("loss",))
    assert "label_smoothing is of fit's own loss; got 0.1" in message


@few
@given(bad.wholes(none=True))
def test_steps_between_evaluations(steps):
    refused(quiet, MODEL, (SOURCE, TARGET), ONE, evaluate=lambda model: {}, eval_every=steps)
    refused(quiet, MODEL, (SOURCE, TARGET), ONE, checkpoint="x", checkpoint_every=steps)


@few
@given(
    st.sampled_from(
        [{"loss": 1.0}, {"step": 1}, {"seconds": 0.5}, None, 0.5, [1], {"a": "b"}, {"a": [1, 2]}]
    )
)
def test_what_an_evaluation_returns(found):
    refused(measured, found, also=("evaluate",))


def test_what_was_learned_is_not_lost_with_a_bad_evaluation():
    model = nnx.clone(MODEL)
    before = np.asarray(model.decoder.output.bias[...])
    with pytest.raises(ValueError, match="evaluate must not use the names.*got 'loss'.*dev_loss"):
        quiet(model, (SOURCE, TARGET), ONE, evaluate=lambda model: {"loss": 1.0})
    assert not np.array_equal(before, model.decoder.output.bias[...])


@few
@given(bad.ids(N, (1, N)))
def test_the_order_of_examples(order):
    begin = functools.partial(Training.begin, MODEL, (SOURCE, TARGET), ONE)
    refused(begin, order=order)


@few
@given(bad.wholes(), bad.wholes())
def test_the_numbers_of_an_order(count, other):
    refused(batch_order, count, 2, 3, 0)
    refused(batch_order, 4, other, 3, 0)
    refused(batch_order, 4, 2, other, 0)


@few
@given(bad.ids(V_TARGET, (N, 4)))
def test_targets_of_a_cross_entropy(targets):
    logits = np.zeros((N, 4, V_TARGET), np.float32)
    refused(cross_entropy, logits, targets)


def test_targets_under_the_mask_may_be_anything():
    logits = np.zeros((1, 2, V_TARGET), np.float32)
    mask = np.array([[True, False]])
    loss = masked_cross_entropy(logits, np.array([[3, -100]]), mask)
    np.testing.assert_allclose(loss, np.log(V_TARGET), rtol=1e-6)
    with pytest.raises(ValueError, match=r"targets must hold ids in \[0, 11\); got -100"):
        masked_cross_entropy(logits, np.array([[-100, 3]]), mask)


def test_the_smallest_data_are_good():
    one = TrainConfig(steps=1, batch_size=1)
    data = np.array([[4]]), np.array([[2]])  # one example, one token, an empty output
    assert np.isfinite(quiet(nnx.clone(MODEL), data, one).losses).all()
    letters = Vocabulary("a")
    text = from_tokens([["a"], []], [[["a"]], [[]]], letters, letters)  # an empty source
    model = seq2seq(Seq2SeqConfig(len(letters), len(letters), 3, 5), rngs=nnx.Rngs(0))
    two = TrainConfig(steps=1, batch_size=2)
    assert np.isfinite(quiet(model, text, two).losses).all()


def test_a_target_longer_than_the_models_positions_is_named():
    sizes = {"d_model": 4, "heads": 2, "d_ff": 5, "encoder_layers": 1, "decoder_layers": 1}
    config = TransformerConfig(V_SOURCE, V_TARGET, **sizes, positions="learned", max_length=4)
    model = transformer(config, rngs=nnx.Rngs(0))  # test_generation.py trains one of just 4
    longer = np.pad(TARGET, ((0, 0), (0, 1)))
    refused(quiet, model, (SOURCE, longer), ONE, also=("max_length",))


@few
@given(st.sampled_from(["cpu", [0], ["cpu"], [None]]))
def test_devices(devices):
    refused(quiet, MODEL, (SOURCE, TARGET), ONE, devices=devices)
