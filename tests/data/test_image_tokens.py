"""Mirrors encdec_lib/data/image_tokens.py."""

import numpy as np
import pytest

from encdec_lib.data.image_tokens import Codebook, learn_codebook, reconstruction_error
from encdec_lib.data.vocabulary import BOS, EOS, PAD, UNK
from tests.helpers import loops

N, SIDE, P, C, K = 11, 6, 2, 3, 7
M = (SIDE // P) ** 2
SPECIALS = (PAD, BOS, EOS, UNK)


def pictures(seed=0, count=N):
    return np.random.default_rng(seed).random((count, SIDE, SIDE, C), np.float32)


@pytest.fixture(scope="module")
def book():
    return learn_codebook(pictures(), K, P)


def patches(images):
    """Every patch of every image, (N, M, P²C)."""
    return np.array([loops.cut(image, P) for image in images.astype(np.float64)])


def distances(book, images):
    """Squared distance of every patch to every code, (N, M, K)."""
    codes = book.patches.astype(np.float64)
    return np.array(
        [[[((x - c) ** 2).sum() for c in codes] for x in rows] for rows in patches(images)]
    )


def error(centres, rows):
    """Mean squared distance to the nearest centre."""
    return np.mean([min(((row - c) ** 2).sum() for c in centres) for row in rows])


def lloyd(rows, seed, steps=20):
    """K-means in a few lines, from K patches drawn at random."""
    centres = rows[np.random.default_rng(seed).choice(len(rows), K, replace=False)]
    for _ in range(steps):
        nearest = ((rows[:, None] - centres[None]) ** 2).sum(-1).argmin(1)
        centres = np.array(
            [
                rows[nearest == k].mean(0) if (nearest == k).any() else c
                for k, c in enumerate(centres)
            ]
        )
    return centres


def test_every_patch_goes_to_the_nearest_code(book):
    images = pictures(1, 5)  # others than it has learned from
    tokens = book.encode(images)
    assert tokens.shape == (5, M) and tokens.dtype == np.int32
    np.testing.assert_array_equal(tokens - len(SPECIALS), distances(book, images).argmin(-1))


def test_a_picture_is_put_together_from_its_codes(book):
    tokens = np.random.default_rng(0).integers(len(SPECIALS), book.vocab, (2, M))
    images = book.decode(tokens)
    assert images.shape == (2, SIDE, SIDE, C)
    for rows, row in zip(patches(images), tokens, strict=True):
        np.testing.assert_array_equal(rows, book.patches[row - len(SPECIALS)])


def test_tokens_leave_the_special_ones_free(book):
    assert (book.vocab, book.columns) == (K + len(SPECIALS), SIDE // P)
    tokens = book.encode(pictures())
    assert not np.isin(tokens, SPECIALS).any()
    assert set(np.unique(tokens)) == set(range(len(SPECIALS), book.vocab))  # each has its use
    for special in SPECIALS:
        first = np.full((1, M), len(SPECIALS))
        np.testing.assert_array_equal(book.decode(np.full((1, M), special)), book.decode(first))


def test_the_error_is_that_of_a_pixel_after_there_and_back(book):
    images = pictures(2, 5)
    wanted = np.sqrt(distances(book, images).min(-1).mean() / (P * P * C))
    assert reconstruction_error(book, images) == pytest.approx(wanted, rel=1e-5)
    again = book.decode(book.encode(images))
    assert reconstruction_error(book, again) == 0
    np.testing.assert_array_equal(book.encode(again), book.encode(images))


def test_more_codes_leave_a_smaller_error_and_enough_of_them_none():
    errors = [
        reconstruction_error(learn_codebook(pictures(), k, P), pictures()) for k in (1, 7, 41)
    ]
    assert errors[0] > 1.1 * errors[1] > 1.21 * errors[2]
    assert reconstruction_error(learn_codebook(pictures(), N * M, P), pictures()) < 1e-6
    one = learn_codebook(pictures(), 1, P).patches[0]
    np.testing.assert_allclose(one, patches(pictures()).mean(axis=(0, 1)), rtol=1e-5)


def test_codes_are_as_good_as_those_of_a_plain_k_means():
    rows = patches(pictures()).reshape(N * M, -1)
    books = [learn_codebook(pictures(), K, P, seed=seed) for seed in range(4)]
    mine = [error(book.patches.astype(np.float64), rows) for book in books]
    others = [error(lloyd(rows, seed), rows) for seed in range(8)]
    assert np.mean(mine) < 1.02 * np.mean(others)  # after one step instead of 20: 1.08


def test_where_patches_are_of_few_sorts_the_codes_are_their_means():
    rng = np.random.default_rng(0)
    sorts, which = 10 * rng.random((3, P * P)), rng.integers(0, 3, (N, SIDE // P, SIDE // P))
    squares = sorts[which] + 0.1 * rng.normal(size=(*which.shape, P * P))
    squares = squares.reshape(N, SIDE // P, SIDE // P, P, P)
    images = np.zeros((N, SIDE, SIDE, 1), np.float32)
    for n, i, j in np.ndindex(which.shape):
        images[n, P * i : P * i + P, P * j : P * j + P, 0] = squares[n, i, j]
    found = learn_codebook(images, 3, P).patches
    means = np.array([squares[which == k].reshape(-1, P * P).mean(0) for k in range(3)])
    np.testing.assert_allclose(found, means[np.argsort(means.sum(1))], rtol=1e-4)


def test_codes_stand_in_order_of_brightness(book):
    assert (np.diff(book.patches.sum(axis=1)) > 0).all()


def test_the_seed_fixes_the_codes():
    one, same, other = (learn_codebook(pictures(), K, P, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.patches, same.patches)
    assert np.abs(one.patches - other.patches).max() > 1e-3
    few, again = (learn_codebook(pictures(), K, P, sample=23, seed=1) for _ in range(2))
    np.testing.assert_array_equal(few.patches, again.patches)
    assert np.abs(few.patches - one.patches).max() > 1e-3  # it has seen 23 of 99


def test_a_sample_holds_each_patch_once_at_most():
    # As many codes as the sample has patches: they are the sample.
    codes = learn_codebook(pictures(), 23, P, sample=23).patches
    rows = patches(pictures()).reshape(N * M, -1)
    near = np.abs(codes[:, None] - rows[None]).max(-1)
    assert (near.min(axis=1) < 1e-6).all() and len(set(near.argmin(axis=1))) == 23


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_pictures_of_one_colour_have_one_code(value):
    images = np.full((2, SIDE, SIDE, 1), value, np.float32)
    book = learn_codebook(images, 1, P)
    np.testing.assert_array_equal(book.decode(book.encode(images)), images)
    with pytest.raises(ValueError, match="between 1 and the 1 different patches .*; got 2"):
        learn_codebook(images, 2, P)


def test_a_centre_that_loses_its_last_patch_says_nothing_and_the_rest_work():
    # Warnings are errors here. Black, white and a little noise: k-means++ picks odd ones.
    images = (np.random.default_rng(0).random((97, SIDE, SIDE, 1)) < 0.05).astype(np.float32)
    for seed in range(3):
        book = learn_codebook(images, 5, P, seed=seed)
        assert np.isfinite(book.patches).all() and len(book.patches) == 5
        assert reconstruction_error(book, images) < images.std()


@pytest.mark.parametrize(
    ("images", "settings", "message"),
    [
        (pictures(), {"codes": 0}, "codes must lie between 1 and the 99 different .*; got 0"),
        (pictures(), {"codes": 100}, "codes must lie between 1 and the 99 different .*; got 100"),
        (pictures(), {"patch": 4}, "patch must divide both sides .* 6×6 pixels; got 4"),
        (pictures()[:, :4], {}, r"images must be square; got \(11, 4, 6, 3\)"),
        (pictures()[..., 0], {}, r"shape \(N, H, W, C\); got \(11, 6, 6\)"),
    ],
)
def test_what_cannot_be_learned_from_is_named(as_reader, images, settings, message):
    with pytest.raises(ValueError, match=message):
        learn_codebook(images, **({"codes": K, "patch": P} | settings))


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (np.full((2, M + 1), 5), r"tokens must be \(N, 9\), one for each patch; got \(2, 10\)"),
        (np.full(M, 5), r"tokens must be \(N, 9\).*; got \(9,\)"),
        (np.full((2, M), K + 4), "tokens must be below 11; got 11"),
    ],
)
def test_tokens_that_do_not_fit_are_named(as_reader, book, tokens, message):
    with pytest.raises(ValueError, match=message):
        book.decode(tokens)


def test_a_picture_of_another_side_is_named(book):
    with pytest.raises(ValueError, match=r"images must be \(N, 6, 6, C\).*got \(1, 8, 8, 3\)"):
        book.encode(np.zeros((1, 8, 8, 3), np.float32))


def test_a_codebook_can_be_written_by_hand():
    book = Codebook(np.array([[0, 0, 0, 0], [1, 1, 1, 1]], np.float32), patch=2, side=4)
    image = np.zeros((1, 4, 4, 1), np.float32)
    image[0, :2, 2:] = 0.9
    np.testing.assert_array_equal(book.encode(image), [[4, 5, 4, 4]])
