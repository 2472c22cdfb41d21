"""Checks of chapter 14: patches, their cost, positions, and maps over an image."""

import itertools
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.analysis.rollout import attention_rollout
from encdec_lib.data.patches import cut
from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.models.vision_transformer import ViTConfig, vit


@exercise("vision-transformer-1")
def counts(patches: Any, numbers: Any, times: Any) -> Iterator[Property]:
    """Sizes of the paper's ViT-B/16, and what half the patch side costs."""
    squares = np.asarray(cut(np.zeros((1, 224, 224, 3), np.float32), 16))
    halved = np.asarray(cut(np.zeros((1, 224, 224, 3), np.float32), 8))
    yield Property(
        "the number of patches",
        patches == squares.shape[1],
        "How many squares fit along one side? There are two sides. The class token is no patch.",
    )
    yield Property(
        "the numbers in a patch",
        numbers == squares.shape[2],
        "A pixel of a colour picture is three numbers.",
    )
    yield Property(
        "how many times as many scores",
        times == (halved.shape[1] / squares.shape[1]) ** 2,
        "Half the side: how many patches instead of one? And every one of them asks every one.",
    )


@exercise("vision-transformer-2")
def cutting(my_cut: Any) -> Iterator[Property]:
    """Cutting, against two loops over the squares of an image."""
    rng = np.random.default_rng(2)
    for side, patch, channels in ((6, 3, 1), (6, 2, 5), (4, 4, 3)):
        images = rng.normal(size=(2, side, side, channels)).astype(np.float32)
        starts = list(itertools.product(range(0, side, patch), repeat=2))
        truth = np.stack(
            [images[:, y : y + patch, x : x + patch].reshape(2, -1) for y, x in starts], axis=1
        )
        yield from agrees(
            my_cut(images, patch),
            truth,
            f"{side}×{side}×{channels} in squares of {patch}",
            "Split both sides in two axes, (B, rows, P, columns, P, C). Which axes must stand "
            "beside each other before the last reshape?",
        )


@exercise("vision-transformer-3")
def parameters(my_count: Any) -> Iterator[Property]:
    """A formula for the number of parameters, compared with models that were built."""
    cases = {
        "the sizes of this page": ViTConfig(),
        "other sizes": ViTConfig(side=12, patch=3, d_model=10, heads=2, d_ff=7, layers=2),
        "colour, one layer, 3 classes": ViTConfig(
            side=8, patch=4, in_channels=3, num_classes=3, d_model=6, heads=3, d_ff=11, layers=1
        ),
    }
    for name, config in cases.items():
        model = nnx.eval_shape(lambda config=config: vit(config, rngs=nnx.Rngs(0)))
        truth = sum(x.size for x in jax.tree.leaves(nnx.state(model, nnx.Param)))
        yield Property(
            name,
            my_count(config) == truth,
            "Embedding, class token, positions, blocks, the last normalisation, classifier: all "
            "but the class token and the positions have biases. For whom is there a position?",
        )


@exercise("vision-transformer-4")
def convolution(my_embedding: Any) -> Iterator[Property]:
    """The embedding as a convolution, against the product with the patches."""
    rng = np.random.default_rng(4)
    for side, patch, channels, width in ((6, 3, 2, 5), (8, 2, 1, 3)):
        images = rng.normal(size=(2, side, side, channels)).astype(np.float32)
        kernel = rng.normal(size=(patch, patch, channels, width)).astype(np.float32)
        truth = np.asarray(cut(images, patch)) @ kernel.reshape(-1, width)
        yield from agrees(
            my_embedding(jnp.asarray(images), jnp.asarray(kernel)),
            truth,
            f"images of {side}×{side}, kernel of {patch}×{patch}",
            "How far does the kernel move between two places, so that each pixel is read once? "
            "The grid of vectors then becomes a sequence, row by row.",
            1e-3,
        )


@exercise("vision-transformer-5")
def resized(my_resize: Any) -> Iterator[Property]:
    """Positions of a larger image, against a straight line between neighbours."""
    rng = np.random.default_rng(5)
    positions = rng.normal(size=(1, 1 + 9, 4)).astype(np.float32)
    got = np.asarray(my_resize(jnp.asarray(positions), 6))
    fits = got.shape == (1, 1 + 36, 4)
    yield Property(
        "6 × 6 patches have 1 + 36 positions",
        fits,
        f"It has shape {got.shape}. The class token needs one too.",
    )
    if not fits:
        return
    yield Property(
        "the class token keeps its vector",
        np.allclose(got[:, 0], positions[:, 0], atol=1e-5),
        "It stands in no place of the picture. Take it off before you resize.",
    )
    grid = positions[0, 1:].reshape(3, 3, 4)
    truth = _between(_between(grid, 6).swapaxes(0, 1), 6).swapaxes(0, 1)
    yield Property(
        "the others lie between their neighbours",
        np.allclose(got[0, 1:].reshape(6, 6, 4), truth, atol=1e-4),
        "Lay them out as a grid of 3 × 3 vectors, and resize the first two axes, not the third. "
        "Which method of jax.image.resize draws straight lines?",
    )
    same = np.asarray(my_resize(jnp.asarray(positions), 3))
    yield from agrees(same, positions, "the same size", "Nothing should move then.")


@exercise("vision-transformer-6")
def rollout(my_rollout: Any) -> Iterator[Property]:
    """Rollout, against the library and against what must hold of it."""
    rng = np.random.default_rng(6)
    scores = rng.normal(size=(3, 2, 5, 7, 7)).astype(np.float32)  # three layers, five heads
    maps = [jax.nn.softmax(jnp.asarray(layer), axis=-1) for layer in scores]
    got = np.asarray(my_rollout(maps))
    yield from agrees(
        got,
        np.asarray(attention_rollout(maps)),
        "three layers",
        "Average over the heads. Half of every row stays where it is. And which layer's matrix "
        "stands on the right, next to the input?",
    )
    yield Property(
        "rows add up to 1",
        np.allclose(got.sum(axis=-1), 1, atol=1e-4),
        "The way around and attention share out one weight.",
    )
    one = np.asarray(my_rollout(maps[:1]))
    truth = 0.5 * np.eye(7) + 0.5 * np.asarray(maps[0]).mean(axis=1)
    yield from agrees(one, truth, "one layer", "With one layer there is nothing to multiply.")


@exercise("vision-transformer-7")
def occlusion(my_occlusion: Any) -> Iterator[Property]:
    """What each patch is worth, against a loop that covers one patch after another."""
    for seed, patch in ((0, 2), (1, 3)):
        rng = np.random.default_rng(seed)
        inner, outer = rng.normal(size=(36, 5)), 3 * rng.normal(size=(5, 4))
        image = rng.uniform(size=(6, 6, 1)).astype(np.float32)

        def probabilities(images, inner=inner, outer=outer):
            grown = np.exp(np.tanh(np.asarray(images).reshape(len(images), -1) @ inner) @ outer)
            return grown / grown.sum(axis=1, keepdims=True)

        whole = np.asarray(probabilities(image[None]))[0]
        truth = []
        for y, x in itertools.product(range(0, 6, patch), repeat=2):
            covered = image.copy()
            covered[y : y + patch, x : x + patch] = 0
            truth.append(whole.max() - np.asarray(probabilities(covered[None]))[0][whole.argmax()])
        yield from agrees(
            my_occlusion(probabilities, image, patch),
            np.array(truth),
            f"squares of {patch}",
            "Follow the class that the whole image is given, even where a covered one is given "
            "another. A patch that helps has a number above 0. Row by row, as everywhere.",
            1e-3,
        )


def _between(values, count: int):
    """``count`` rows on straight lines between those of ``values``; nothing beyond the ends."""
    old = len(values)
    places = np.clip((np.arange(count) + 0.5) * old / count - 0.5, 0, old - 1)
    low = np.minimum(places.astype(int), old - 2)
    share = (places - low)[:, None, None]
    return (1 - share) * values[low] + share * values[low + 1]
