"""Mirrors encdec_lib/evaluation/classes.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.digits import shifted
from encdec_lib.evaluation.classes import accuracy, classify
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import ClassificationLoss
from tests.helpers import loops

N, H, W, C, V = 7, 5, 11, 2, 3


class Flat(nnx.Module):
    """One linear layer over all pixels."""

    def __init__(self, *, rngs):
        self.layer = nnx.Linear(H * W * C, V, rngs=rngs)

    def __call__(self, images):
        return self.layer(images.reshape(len(images), -1))


def pictures(seed=0):
    return np.random.default_rng(seed).random((N, H, W, C), np.float32)


LABELS = np.array([0, 2, 1, 1, 0, 2, 2], np.int32)


# The loss


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_the_loss_is_the_loop_over_images_and_classes(smoothing):
    model = Flat(rngs=nnx.Rngs(0))
    batch = jnp.asarray(pictures()), jnp.asarray(LABELS)
    total, count = ClassificationLoss(smoothing)(model, batch)
    wanted = 0.0
    for image, label in zip(pictures(), LABELS, strict=True):
        log_p = loops.log_softmax(loops.linear(model.layer, image.astype(np.float64).ravel()))
        for v in range(V):
            wanted -= ((1 - smoothing) * (v == label) + smoothing / V) * log_p[v]
    np.testing.assert_allclose([total, count], [wanted, N], rtol=1e-5)


def test_the_loss_of_bfloat16_logits_is_taken_in_float32():
    logits = jnp.asarray(30 * np.random.default_rng(0).normal(size=(N, V)), jnp.bfloat16)
    total, _ = ClassificationLoss()(lambda _: logits, (jnp.asarray(pictures()), LABELS))
    exact, _ = ClassificationLoss()(
        lambda _: logits.astype(jnp.float32), (jnp.asarray(pictures()), LABELS)
    )
    assert total.dtype == jnp.float32 and total == exact


def test_fit_learns_labels_by_heart():
    model, data = Flat(rngs=nnx.Rngs(0)), (pictures(), LABELS)
    config = TrainConfig(steps=60, batch_size=N, learning_rate=0.1, warmup_steps=2)
    history = fit(model, data, config, loss=ClassificationLoss(), progress=False)
    assert history.losses[-1] < 0.1 < history.losses[0]
    assert accuracy(model, *data) == 1
    wrong = (LABELS + (np.arange(N) < 3)) % V  # three labels are others
    assert accuracy(model, pictures(), wrong) == pytest.approx(4 / 7)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (pictures()[..., 0], LABELS, r"\(N, H, W, C\), labels \(N,\).*got \(7, 5, 11\) and \(7,\)"),
        (pictures(), LABELS[:, None], r"got \(7, 5, 11, 2\) and \(7, 1\) of int32"),
        (pictures(), LABELS.astype(float), r"whole numbers.*\(7,\) of float64"),
        (
            pictures() * np.inf,
            LABELS,
            "images must be finite; got .* in example 0 at row 0",
        ),
        (pictures(), LABELS - 1, "labels must count from 0; got -1"),
    ],
)
def test_data_that_do_not_fit_are_named_before_training(images, labels, message):
    config = TrainConfig(steps=1, batch_size=N)
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=message):
        fit(Flat(rngs=nnx.Rngs(0)), (images, labels), config, loss=ClassificationLoss())


@pytest.mark.parametrize("smoothing", [-0.1, 1.0])
def test_smoothing_out_of_range_is_named(smoothing):
    with pytest.raises(ValueError, match=rf"label_smoothing must lie in \[0, 1\); got {smoothing}"):
        ClassificationLoss(smoothing)


# More examples from few


def moved(image, down, right):
    """One pixel after another; what was outside is 0."""
    out = np.zeros_like(image)
    for i in range(H):
        for j in range(W):
            if 0 <= i - down < H and 0 <= j - right < W:
                out[i, j] = image[i - down, j - right]
    return out


def test_every_copy_is_the_image_moved_by_some_pixels():
    images, copies, most = pictures() + 1, 13, 2
    more, labels = shifted(images, LABELS, copies, most, seed=3)
    assert more.shape == (copies * N, H, W, C) and more.dtype == np.float32
    np.testing.assert_array_equal(labels, np.tile(LABELS, copies))
    np.testing.assert_array_equal(more[:N], images)
    moves = [(i, j) for i in range(-most, most + 1) for j in range(-most, most + 1)]
    seen = []
    for k, copy in enumerate(more[N:]):
        same = [m for m in moves if np.array_equal(moved(images[k % N], *m), copy)]
        assert len(same) == 1
        seen += same
    assert len(set(seen)) > 20  # of 25: each way, and as far as may be
    columns = [tuple(seen[k::N]) for k in range(N)]
    assert len(set(columns)) == N  # every image goes its own way


def test_moves_follow_the_seed_and_may_be_none():
    images = pictures()
    one, same, other = (shifted(images, LABELS, 3, seed=seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    np.testing.assert_array_equal(shifted(images, LABELS, 2, 0)[0], np.concatenate([images] * 2))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"copies": 0}, "copies must be at least 1; got 0"),
        ({"copies": 2, "most": -1}, "most must be at least 0 .*; got -1"),
        ({"copies": 2, "most": 5}, "less than the sides 5×11; got 5"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        shifted(pictures(), LABELS, **settings)


# Answers


def test_probabilities_do_not_depend_on_the_batch():
    model = Flat(rngs=nnx.Rngs(0))
    wanted = jax.nn.softmax(model(jnp.asarray(pictures())))
    for batch_size in (1, 3, 7, 250):
        p = classify(model, pictures(), batch_size)
        assert p.shape == (N, V)
        np.testing.assert_allclose(p, wanted, rtol=1e-5, atol=1e-6)


def test_no_image_is_named():
    model = Flat(rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"images must hold at least one.*got \(0, 5, 11, 2\)"):
        classify(model, pictures()[:0])


def test_too_few_labels_are_named(as_reader):
    with pytest.raises(ValueError, match=r"one for each of 7 images; got \(1,\)"):
        accuracy(Flat(rngs=nnx.Rngs(0)), pictures(), LABELS[:1])
