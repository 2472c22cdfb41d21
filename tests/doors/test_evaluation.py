"""What metrics refuse, and what they say at the edges: empty, one token, all alike."""

import functools
import math

import numpy as np
import pytest
from flax import nnx
from hypothesis import given
from hypothesis import strategies as st

from encdec_lib import evaluation
from encdec_lib.evaluation import captions, classes, edits, metrics, pixels
from encdec_lib.evaluation.scenes import find_digits, read_scenes
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.vision_transformer import ViTConfig, vit
from tests.doors import bad
from tests.doors.judging import few, refused
from tests.doors.test_generation import MODEL, TEXT, learned

METRICS = [
    metrics.exact_match,
    metrics.phoneme_error_rate,
    metrics.word_error_rate,
    metrics.bleu,
]
OF_CAPTIONS = [
    captions.digits_right,
    captions.relations_right,
    captions.scores,
    captions.by_number,
    captions.faults,
    captions.confusions,
]
RNGS = nnx.Rngs(0)
CLASSIFIER = vit(ViTConfig(4, 2, d_model=6, heads=2, d_ff=5, layers=1, num_classes=7), rngs=RNGS)
SEGMENTER = unet(UNetConfig(num_classes=7, channels=(2, 3)), rngs=RNGS)
PICTURES = np.random.default_rng(0).random((3, 4, 4, 1), np.float32)
MAPS = np.arange(48).reshape(3, 4, 4) % 7


def name(function):
    return function.__name__


@pytest.mark.parametrize("metric", METRICS, ids=name)
def test_texts(metric):
    @few
    @given(bad.token_lists())
    def tried(texts):
        refused(metric, texts, [[["a"]]])
        refused(metric, [["a"]], texts)

    tried()


@pytest.mark.parametrize("metric", METRICS, ids=name)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_a_text_is_right_beside_itself_however_short(metric, count):
    text = list("abcde"[:count])
    for many in (1, 2):
        score = metric([text] * many, [[text]] * many)
        assert score == (0 if "error" in name(metric) else 100)


@pytest.mark.parametrize("metric", METRICS, ids=name)
def test_an_empty_output_is_wrong(metric):
    assert metric([[]], [[["a", "b"]]]) == (100 if "error" in name(metric) else 0)


def test_an_empty_output_is_right_where_nothing_was_to_be_said():
    assert metrics.exact_match([[]], [[[]]]) == 100
    assert metrics.word_error_rate([[]], [[[]]]) == 0
    refused(metrics.bleu, [[]], [[[]]])
    refused(metrics.phoneme_error_rate, [[]], [[[]]])


def test_outputs_that_are_all_alike_are_scored():
    outputs, references = [["a", "a"]] * 3, [[["a", "a"]], [["b", "b"]], [["a", "b"]]]
    assert metrics.exact_match(outputs, references) == pytest.approx(100 / 3)
    assert metrics.phoneme_error_rate(outputs, references) == 50
    # 3 of 6 tokens, 1 of 3 pairs, and no longer runs anywhere: (1/2 · 1/3)^(1/2)
    assert metrics.bleu(outputs, references) == pytest.approx(100 * math.sqrt(1 / 6))


def test_the_effective_order_changes_nothing_where_all_orders_exist():
    import sacrebleu

    outputs, references = ["a b c d".split(), ["a"]], [["a b c x".split()], ["a".split()]]
    plain = sacrebleu.corpus_bleu(
        [" ".join(o) for o in outputs], [[" ".join(r[0]) for r in references]],
        tokenize="none", force=True,
    )  # fmt: skip
    assert metrics.bleu(outputs, references) == plain.score


@pytest.mark.parametrize("measure", OF_CAPTIONS, ids=name)
def test_captions(measure):
    @few
    @given(bad.token_lists())
    def tried(texts):
        refused(measure, texts, [["a", "two"]])
        refused(measure, [["a", "two"]], texts)

    tried()


@pytest.mark.parametrize("measure", [captions.digits_right, captions.relations_right], ids=name)
def test_captions_at_the_edges(measure):
    caption = "a two above a six".split()
    assert measure([caption], [caption]) == 100
    assert measure([[]], [caption]) == 0
    assert math.isnan(measure([[]], [["a"]]))  # nothing to be right about, as documented


@few
@given(st.sampled_from([None, 3, ["a", 3], [None]]))
def test_edits(tokens):
    if not isinstance(tokens, list):
        refused(edits.edit_distance, tokens, "ab")
        refused(edits.edit_alignment, "ab", tokens)


@few
@given(
    bad.ids(7, (1, 2)),
    st.sampled_from([np.zeros((1, 2)), np.zeros((1, 3, 7)), None, "logits", [[1.0], [1.0, 2.0]]]),
    bad.arrays((1, 2), bool),
)
def test_logits_targets_and_mask(targets, logits, mask):
    good = np.zeros((1, 2, 7)), np.full((1, 2), 4), np.ones((1, 2), bool)
    refused(metrics.token_accuracy, good[0], targets, good[2])
    refused(metrics.token_accuracy, logits, good[1], good[2])
    refused(metrics.token_accuracy, good[0], good[1], mask)


@few
@given(bad.images((3, 4, 4, 1)), bad.wholes())
def test_images_of_a_classifier_and_a_segmenter(images, size):
    labels = np.arange(3)
    refused(classes.classify, CLASSIFIER, images, also=("source",))
    refused(classes.accuracy, CLASSIFIER, images, labels, also=("source",))
    refused(pixels.segment, SEGMENTER, images, also=("source",))
    refused(classes.classify, CLASSIFIER, PICTURES, size)
    refused(pixels.segment, SEGMENTER, PICTURES, size)


@few
@given(bad.ids(7, (3,)))
def test_labels_of_a_classifier(labels):
    refused(classes.accuracy, CLASSIFIER, PICTURES, labels)


@pytest.mark.parametrize(
    ("function", "model", "rest"),
    [
        (classes.classify, SEGMENTER, (PICTURES,)),
        (classes.classify, MODEL, (PICTURES,)),
        (classes.classify, None, (PICTURES,)),
        (pixels.segment, CLASSIFIER, (PICTURES,)),
        (pixels.segment, MODEL, (PICTURES,)),
        (pixels.segment, None, (PICTURES,)),
        (read_scenes, None, (PICTURES,)),
    ],
)
def test_another_model_is_named(function, model, rest):
    refused(function, model, *rest)


@few
@given(bad.ids(7, (3, 4, 4)), bad.wholes())
def test_maps_of_classes(maps, width):
    for function in (pixels.intersection_over_union, pixels.mean_iou):
        refused(function, maps, MAPS, 7)
        refused(function, MAPS, maps, 7)
        refused(function, MAPS, MAPS, width)
    refused(pixels.boundary, MAPS, width)


@few
@given(bad.ids(7, (3, 4, 4)))
def test_maps_of_boundaries(maps):
    if isinstance(maps, np.ndarray) and maps.shape == (3, 4, 4) and maps.dtype.kind == "i":
        return  # boundaries know no number of classes
    refused(pixels.boundary, maps)
    refused(pixels.boundary_accuracy, maps, MAPS)


def test_maps_at_the_edges():
    alone = np.zeros((1, 2, 2), int)
    assert pixels.intersection_over_union(alone, alone, 1).tolist() == [1.0]
    refused(pixels.mean_iou, alone, alone, 2)  # no class beside the background: no mean
    refused(pixels.boundary_accuracy, alone, alone)
    assert not pixels.boundary(alone).any()


@few
@given(bad.wholes(), st.sampled_from([bad.NAN, "long", None]))
def test_dials_of_decoding(width, penalty):
    refused(evaluation.decode, MODEL, TEXT, width)
    refused(evaluation.decode, MODEL, TEXT, 2, penalty)
    refused(evaluation.teacher_forced_scores, learned(4), TEXT, width)


@few
@given(st.sampled_from([None, [], "text", TEXT.source, (TEXT.source, TEXT.target)]))
def test_what_is_no_text(part):
    for function in (
        evaluation.decode,
        evaluation.pronunciation_scores,
        evaluation.quality_by_length,
        evaluation.teacher_forced_scores,
    ):
        refused(function, MODEL, part)


def test_a_model_of_another_vocabulary_is_named():
    refused(evaluation.decode, MODEL, TEXT)  # writes 9 tokens, TEXT knows 7
    none = TEXT.take([])
    for function in (evaluation.decode, evaluation.teacher_forced_scores):
        refused(function, learned(4), none, also=("source", "target"))


@few
@given(st.sampled_from([(4,), (4, 4), (9, 4), None, 5, ("a", "b"), (4, bad.NAN)]))
def test_edges_of_buckets(edges):
    by = functools.partial(metrics.by_length, metrics.exact_match)
    refused(by, [["a"]], [[["a"]]], [4], edges, also=("edges",))


@few
@given(st.sampled_from([None, "image", np.zeros((4, 4)), np.full((4, 4, 1), bad.NAN), 3]))
def test_digits_of_a_picture(image):
    refused(find_digits, image)
