"""Mirrors encdec_lib/evaluation/pixels.py, and the losses over pixels of
encdec_lib/train/losses.py.
"""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.encoding import Decoded
from encdec_lib.evaluation.pixels import (
    boundary,
    boundary_accuracy,
    intersection_over_union,
    mean_iou,
    segment,
    segmentation_scores,
)
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.train.losses import SegmentationLoss, reconstruction_loss

N, H, W, V = 3, 5, 7, 11


def maps(seed=0, shape=(N, H, W)):
    return np.random.default_rng(seed).integers(0, V, shape)


def test_iou_is_the_loop_over_classes():
    labels, truth = maps(0, (N, 40, 40)), maps(1, (N, 40, 40))
    got = intersection_over_union(labels, truth)
    for v in range(V):
        a, b = labels == v, truth == v
        assert got[v] == pytest.approx((a & b).sum() / (a | b).sum())
    assert mean_iou(labels, truth) == pytest.approx(got[1:].mean())


def test_iou_of_the_truth_is_one_and_an_absent_class_does_not_count():
    truth = np.array([[[0, 3], [3, 7]]])
    got = intersection_over_union(truth, truth)
    assert (got[[0, 3, 7]] == 1).all() and np.isnan(got).sum() == V - 3
    assert mean_iou(truth, truth) == 1
    assert mean_iou(np.array([[[0, 3], [3, 0]]]), truth) == 0.5  # 3 is right, 7 is missed


def test_boundary_pixels_have_a_neighbour_of_another_class():
    truth = np.kron(maps(2, (N, 3, 4)), np.ones((1, 3, 3), int))
    for width in (1, 2):
        got = boundary(truth, width)
        for n, i, j in np.ndindex(truth.shape):
            rows = slice(max(i - width, 0), i + width + 1)
            columns = slice(max(j - width, 0), j + width + 1)
            assert got[n, i, j] == (truth[n, rows, columns] != truth[n, i, j]).any()


def test_boundary_accuracy_looks_at_boundaries_alone():
    truth = np.zeros((1, 6, 6), int)
    truth[:, :, 3:] = 4
    labels = truth.copy()
    labels[:, :, [0, 5]] = 9  # wrong, and far from the boundary
    assert boundary_accuracy(labels, truth) == 1
    labels[:, :3, 2] = 9
    assert boundary_accuracy(labels, truth) == 0.75


@pytest.mark.parametrize(
    ("labels", "truth", "message"),
    [
        (np.zeros((1, 2, 2), int), np.zeros((1, 2, 3), int), r"must agree; got \(1, 2, 2\)"),
        (
            np.full((1, 2, 2), V),
            np.zeros((1, 2, 2), int),
            r"labels must lie in \[0, 11\).*11 to 11",
        ),
        (np.zeros((1, 2, 2), int), np.full((1, 2, 2), -1), r"truth must lie in \[0, 11\).*-1"),
    ],
)
def test_maps_that_do_not_fit_are_named(as_reader, labels, truth, message):
    with pytest.raises(ValueError, match=message):
        intersection_over_union(labels, truth)


def test_segment_is_the_argmax_whatever_the_batch():
    model = unet(UNetConfig(channels=(3, 5)), rngs=nnx.Rngs(0))
    images = np.random.default_rng(0).random((7, 8, 8, 1), np.float32)
    wanted = np.asarray(model(jnp.asarray(images)).logits.argmax(-1))
    for batch_size in (1, 3, 256):
        np.testing.assert_array_equal(segment(model, images, batch_size), wanted)
    np.testing.assert_array_equal(segment(model, np.resize(images, (70, 8, 8, 1)), 64)[:7], wanted)


@pytest.mark.parametrize("shape", [(8, 8), (0, 8, 8, 1), (2, 8, 8)])
def test_segment_names_the_wrong_rank(shape):
    model = unet(UNetConfig(channels=(3, 5)), rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"shape \(N, H, W, C\); got .*image\[None, :, :, None\]"):
        segment(model, np.zeros(shape, np.float32))


# ---------------------------------------------------------------- losses over pixels


class Fixed:
    """A model that gives the same logits to everything."""

    def __init__(self, logits):
        self.logits = logits

    def __call__(self, images):
        return Decoded(self.logits, None)


def test_the_segmentation_loss_is_the_loop():
    rng, labels = np.random.default_rng(0), maps().astype(np.int32)
    logits = rng.normal(size=(N, H, W, V)).astype(np.float32)
    total, count = SegmentationLoss(V, ink_weight=3)(
        Fixed(jnp.asarray(logits)), (jnp.zeros((N, H, W, 1)), jnp.asarray(labels))
    )
    wanted = weights = 0.0
    for place in np.ndindex(labels.shape):
        weight = 3 if labels[place] else 1
        p = np.exp(logits[place].astype(float))
        wanted -= weight * np.log(p[labels[place]] / p.sum())
        weights += weight
    np.testing.assert_allclose([total, count], [wanted, weights], rtol=1e-5)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.full((2, 4, 4), 11), r"\[0, 11\) \(num_classes\); got int64 from 11 to 11"),
        (np.full((2, 4, 4), -1), "from -1 to -1. Background is 0, digit d is d"),
        (np.zeros((2, 4, 4)), "whole numbers.*got float64"),
        (np.zeros((2, 4, 4, 1), int), r"one label a pixel.*got \(2, 4, 4, 1\) and \(2, 4, 4, 1\)"),
    ],
)
def test_labels_out_of_range_are_named_before_training(labels, message):
    from encdec_lib.train import TrainConfig, fit

    model = unet(UNetConfig(channels=(3, 5)), rngs=nnx.Rngs(0))
    data = np.zeros((2, 4, 4, 1), np.float32), labels
    with pytest.raises(ValueError, match=message):
        fit(model, data, TrainConfig(steps=1, batch_size=2), loss=SegmentationLoss())


def test_the_reconstruction_loss_is_the_loop_and_finite():
    rng = np.random.default_rng(0)
    images = rng.random((N, H, W, 1)).astype(np.float32)
    logits = rng.normal(size=images.shape).astype(np.float32)
    total, count = reconstruction_loss(Fixed(jnp.asarray(logits)), jnp.asarray(images))
    p = 1 / (1 + np.exp(-logits.astype(float)))
    wanted = -(images * np.log(p) + (1 - images) * np.log(1 - p)).sum()
    np.testing.assert_allclose([total, count], [wanted, N], rtol=1e-5)
    huge = reconstruction_loss(Fixed(jnp.full(images.shape, 1e4)), jnp.asarray(images))[0]
    assert np.isfinite(huge)


def test_scores_are_those_of_loops():
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 11, (13, 17, 17))
    labels = np.where(rng.uniform(size=truth.shape) < 0.6, truth, rng.integers(0, 11, truth.shape))
    both = either = found = named = right = 0
    for t, y in zip(truth.ravel(), labels.ravel(), strict=True):
        both += t > 0 and y > 0
        either += t > 0 or y > 0
        named += t > 0 and y == t
        right += t == y
    found = both
    scores = segmentation_scores(labels, truth)
    assert scores["ink IoU"] == pytest.approx(100 * both / either)
    assert scores["named"] == pytest.approx(100 * named / found)
    assert scores["pixels"] == pytest.approx(100 * right / truth.size)
    assert scores["mean IoU"] == pytest.approx(100 * mean_iou(labels, truth))
    assert scores["boundary"] == pytest.approx(100 * boundary_accuracy(labels, truth))
    assert scores["mean IoU"] == pytest.approx(np.mean(scores["IoU by class"][1:]))


def test_names_of_too_little_ink_are_no_share():
    truth = np.ones((1, 31, 31), int)
    truth[0, 0, 0] = 0
    assert segmentation_scores(truth, truth)["named"] is None
