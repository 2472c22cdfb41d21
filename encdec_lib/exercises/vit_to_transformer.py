"""Checks of chapter 15, from patches to words."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from encdec_lib.analysis.word_maps import weight_on
from encdec_lib.data.scenes import Placed
from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property


@exercise("vit-to-transformer-1")
def sizes(memory: Any, weights: Any) -> Iterator[Property]:
    """How much is kept of a photograph and how many weights a caption has, against counting."""
    patches = len(range(0, 224, 16)) ** 2
    yield Property(
        "the numbers in the memory",
        memory == patches * 768,
        "How many patches lie side by side in a row, and how many rows are there? Each patch has a "
        "vector.",
    )
    yield Property(
        "the weights of cross-attention",
        weights == sum(patches for _ in range(20) for _ in range(6) for _ in range(8)),
        "Each word has a map of its own in every block and every head. The width of a head does "
        "not occur.",
    )


@exercise("vit-to-transformer-2")
def cross_attention(my_cross: Any) -> Iterator[Property]:
    """One head of cross-attention, against loops in float64."""
    rng = np.random.default_rng(2)
    T, M, D, K = 3, 5, 7, 2
    words, patches = rng.normal(size=(T, D)), rng.normal(size=(M, D))
    W_Q, W_K, W_V = (rng.normal(size=(D, K)) for _ in range(3))
    weights, context = np.zeros((T, M)), np.zeros((T, K))
    for t in range(T):
        scores = [sum((words[t] @ W_Q) * (patches[j] @ W_K)) / np.sqrt(K) for j in range(M)]
        weights[t] = np.exp(scores) / np.exp(scores).sum()
        for j in range(M):
            context[t] += weights[t, j] * (patches[j] @ W_V)
    got = my_cross(*(np.float32(x) for x in (words, patches, W_Q, W_K, W_V)))
    pair = isinstance(got, tuple) and len(got) == 2
    yield Property("two arrays come back", pair, "Return the weights, then the mixtures.")
    if not pair:
        return
    yield from agrees(
        got[0],
        weights,
        "the weights, (T, M)",
        "Who asks, and who is asked? Divide before the softmax; a row adds up to 1.",
    )
    yield from agrees(
        got[1], context, "the mixtures, (T, K)", "What is carried is neither the key nor H itself."
    )


@exercise("vit-to-transformer-3")
def on_the_picture(my_map: Any) -> Iterator[Property]:
    """A row of weights as a picture, against loops; and its share on a digit."""
    rng = np.random.default_rng(3)
    for cells, side in ((2, 6), (4, 12), (8, 32)):
        weights = rng.random(cells * cells)
        weights /= weights.sum()
        cell = side // cells
        truth = np.zeros((side, side))
        for row in range(side):
            for column in range(side):
                truth[row, column] = weights[cells * (row // cell) + column // cell] / cell**2
        got = np.asarray(my_map(weights, side))
        yield from agrees(
            got,
            truth,
            f"the map of {cells}×{cells} cells on {side}×{side} pixels",
            "Cells are numbered row by row. All pixels of a cell share its weight, so the whole "
            "map adds up to 1.",
            tolerance=1e-6,
        )
        if got.shape != truth.shape:
            return
    box = Placed(7, 3, 5, 20, 18)
    yield Property(
        "the share on a digit's rectangle",
        abs(got[3:20, 5:18].sum() - weight_on(weights, [box], 32)[0]) < 1e-5,
        "Compare with the loop of caption_maps.weight_on.",
    )


@exercise("vit-to-transformer-4")
def prefix(my_mask: Any) -> Iterator[Property]:
    """The mask of a prefix language model, against loops."""
    for patches, given, written, real in ((4, 2, 3, 2), (3, 3, 2, 1), (2, 2, 2, 0)):
        size = patches + given
        truth = np.zeros((size + written, size + written), bool)
        for row in range(size + written):
            for column in range(size + written):
                padding = patches + real <= column < size
                ahead = column > row and column >= size
                truth[row, column] = not padding and not ahead
                if row < size and column >= size:
                    truth[row, column] = False
        got = np.asarray(my_mask(patches, given, written, real))
        case = f"{patches} patches, {real} of {given} given words, {written} written ones"
        fits = got.shape == truth.shape
        yield Property(
            f"{case}: shape {truth.shape}", fits, "A row and a column for each, in this order."
        )
        if not fits:
            return
        for name, rows, columns, hint in (
            ("the prefix sees all of itself", slice(size), slice(patches + real), "Both ways."),
            ("the prefix sees nothing of what is written", slice(size), slice(size, None), "Why?"),
            (
                "padding is seen by nobody",
                slice(None),
                slice(patches + real, size),
                "Whole columns are hidden, whoever looks.",
            ),
            (
                "what is written sees the prefix and its own past",
                slice(size, None),
                slice(None),
                "A lower triangle, with its diagonal, to the right of the prefix.",
            ),
        ):
            same = (got[rows, columns].astype(bool) == truth[rows, columns]).all()
            yield Property(f"{case}: {name}", same, hint)


@exercise("vit-to-transformer-5")
def one_softmax(my_share: Any, my_mixture: Any) -> Iterator[Property]:
    """One softmax over patches and words, taken apart into two."""
    rng = np.random.default_rng(5)
    for patches, words in ((5, 3), (2, 7)):
        on_patches, on_words = rng.normal(0, 2, patches), rng.normal(0, 2, words)
        values = rng.normal(size=(patches + words, 4))
        scores = np.concatenate([on_patches, on_words])
        weights = np.exp(scores) / np.exp(scores).sum()
        share = weights[:patches].sum()
        got = float(my_share(on_patches, on_words))
        yield Property(
            f"the share of {patches} patches beside {words} words",
            abs(got - share) < 1e-5,
            "What does the softmax divide by, and which part of that comes from the patches?",
        )
        yield from agrees(
            my_mixture(share, values[:patches].mean(0), values[patches:].mean(0)),
            share * values[:patches].mean(0) + (1 - share) * values[patches:].mean(0),
            f"the mixture of two contexts, {patches} and {words}",
            "The two shares add up to 1.",
        )


@exercise("vit-to-transformer-6")
def hide(my_mask: Any) -> Iterator[Property]:
    """Hides the places that a word looks at most."""
    rng = np.random.default_rng(6)
    weights = rng.dirichlet(np.ones(9) / 2, size=4)
    for k in (1, 3):
        truth = np.ones((4, 9), bool)
        for b, row in enumerate(weights):
            for _ in range(k):
                left = [row[j] if truth[b, j] else -1.0 for j in range(9)]
                truth[b, int(np.argmax(left))] = False
        got = np.asarray(my_mask(weights, k))
        fits = got.shape == truth.shape
        yield Property(
            f"k = {k}: one flag a cell, (4, 9)", fits, f"It has shape {got.shape}; keep the batch."
        )
        if not fits:
            return
        yield Property(
            f"k = {k}: so many hidden in each picture",
            (~got.astype(bool)).sum(axis=1).tolist() == [k] * 4,
            "False where nobody may look, True elsewhere.",
        )
        yield Property(
            f"k = {k}: those with the largest weights",
            (got.astype(bool) == truth).all(),
            "Each picture has its own order of cells. argsort along which axis?",
        )
