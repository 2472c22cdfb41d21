"""The numbers of results/rollouts.py, against loops over images and patches."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from scipy.stats import spearmanr

from encdec_lib.data import digits
from encdec_lib.models.vision_transformer import ViTConfig, vit
from results import rollouts


def test_covered_patches_are_empty_and_the_others_untouched():
    images = np.random.default_rng(0).uniform(0.1, 1, (3, 28, 28, 1)).astype(np.float32)
    order = np.array([[5, 0, 7], [2, 15, 1], [8, 9, 10]])
    covered = rollouts.covering(images, order, 2)
    for n, row in enumerate(order):
        for place in range(16):
            y, x = 7 * (place // 4), 7 * (place % 4)
            patch = covered[n, y : y + 7, x : x + 7]
            gone = place in row[:2]
            expected = 0 if gone else images[n, y : y + 7, x : x + 7]
            np.testing.assert_array_equal(patch, np.broadcast_to(expected, patch.shape))


def test_another_digits_patches_take_the_places():
    images, others = np.random.default_rng(2).uniform(size=(2, 3, 28, 28, 1)).astype(np.float32)
    covered = rollouts.covering(images, np.array([[5, 0], [2, 15], [8, 9]]), 1, others)
    for n, place in enumerate((5, 2, 8)):
        expected = images[n].copy()
        y, x = 7 * (place // 4), 7 * (place % 4)
        expected[y : y + 7, x : x + 7] = others[n, y : y + 7, x : x + 7]
        np.testing.assert_array_equal(covered[n], expected)


def test_agreement_is_the_mean_of_spearmans_correlations():
    one, other = np.random.default_rng(1).integers(0, 5, (2, 7, 11)).astype(float)  # with ties
    expected = np.mean([spearmanr(a, b).statistic for a, b in zip(one, other, strict=True)])
    assert rollouts.agreement(one, other) == pytest.approx(expected)
    assert rollouts.agreement(one, -one) == pytest.approx(-1)


def test_the_tables_against_one_image_after_the_other():
    model = vit(ViTConfig(d_model=8, heads=2, d_ff=8, layers=2), rngs=nnx.Rngs(0))
    part = digits.load(28).test.take(range(5))
    tables = rollouts.test(model, part)
    images = part.images[..., None]
    found = {
        (cover, kind): []
        for cover in ("white", "another digit")
        for kind in ("top layer", "rollout", "ink")
    }
    right = 0
    for n in range(5):
        image = images[n : n + 1]
        p = np.asarray(nnx.softmax(model(jnp.asarray(image))))[0]
        right += p.argmax() == part.labels[n]
        layers = [np.asarray(w)[0].mean(0) for w in model.with_attention(jnp.asarray(image))[1]]
        half = [0.5 * np.eye(17) + 0.5 * w for w in layers]
        for cover, other in (("white", 0 * image), ("another digit", images[n - 1 : n or None])):
            falls, ink = [], []
            for place in range(16):
                rows, columns = (slice(7 * k, 7 * k + 7) for k in divmod(place, 4))
                less = image.copy()
                less[:, rows, columns] = other[:, rows, columns]
                q = np.asarray(nnx.softmax(model(jnp.asarray(less))))[0]
                falls.append(np.log(p.max()) - np.log(q[p.argmax()]))
                ink.append(image[0, rows, columns].sum())
            values = {
                "top layer": layers[1][0, 1:],
                "rollout": (half[1] @ half[0])[0, 1:],
                "ink": ink,
            }
            for kind, row in values.items():
                found[cover, kind].append(float(spearmanr(row, falls).statistic))
    assert tables["test"] == pytest.approx(100 * right / 5)
    for (cover, kind), one in found.items():
        agreed = tables[cover]["agreement"][kind]
        assert agreed == pytest.approx(np.mean(one), abs=0.02), (cover, kind)
