"""Checks of chapter 16: images as tokens, one sequence, and how it is drawn from."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.data.image_tokens import FIRST
from encdec_lib.data.vocabulary import BOS
from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.layers.blocks import DecoderBlock, EncoderBlock
from encdec_lib.models.decoder_only import DecoderOnlyConfig, PrefixDecoder, text_to_image


@exercise("decoder-only-1")
def lloyd(my_step: Any) -> Iterator[Property]:
    """One step of k-means, against loops."""
    rng = np.random.default_rng(1)
    x, centres = rng.normal(size=(40, 3)), rng.normal(size=(5, 3))
    centres[4] = 50.0  # far from everything: it gets no point
    sums, counts = np.zeros_like(centres), np.zeros(5)
    for point in x:
        near = min(range(5), key=lambda k: float(((point - centres[k]) ** 2).sum()))
        sums[near] += point
        counts[near] += 1
    right = centres.copy()
    for k in range(5):
        if counts[k]:
            right[k] = sums[k] / counts[k]
    got = np.asarray(my_step(x.copy(), centres.copy()), float)
    fits = got.shape == right.shape
    yield Property(f"the centres have shape {right.shape}", fits, f"They have {got.shape}.")
    if not fits:
        return
    yield Property(
        "no centre is nan",
        np.isfinite(got).all(),
        "What is the mean of no patches? One of the centres here is nearest to none.",
    )
    yield Property(
        "a centre that no patch is nearest to stays where it was",
        np.allclose(got[4], right[4]),
        "Look at the last centre, which lies far away.",
    )
    yield Property(
        "every other centre is the mean of its patches",
        np.allclose(got[:4], right[:4]),
        "Squared distances (N, K) first, then which centre is the nearest for each patch.",
    )


@exercise("decoder-only-2")
def sizes(tokens: Any, bits: Any, pairs: Any) -> Iterator[Property]:
    """Tokens, bits and scores of DALL·E's images."""
    side, patch, codes, words = 256, 8, 8192, 256
    count = sum(1 for _top in range(0, side, patch) for _left in range(0, side, patch))
    yield Property("tokens of an image", tokens == count, "How many patches are in a row?")
    yield Property(
        "bits of an image",
        abs(float(bits) - count * np.log2(codes)) < 1e-6 * count,
        "One of K things takes log₂ K bits.",
    )
    yield Property(
        "pairs in the whole square of scores of one head",
        pairs == (words + count) ** 2,
        "Prefix and target are one sequence. How many rows and columns has its square?",
    )


@exercise("decoder-only-3")
def mask(my_mask: Any) -> Iterator[Property]:
    """The mask of a full prefix, against loops."""
    real = np.array([[True, True, True], [True, False, False]])
    length, size = 4, 3
    right = np.zeros((2, size + length, size + length), bool)
    for b in range(2):
        for row in range(size + length):
            for column in range(size + length):
                if column < size:
                    right[b, row, column] = real[b, column]
                else:
                    right[b, row, column] = row >= column
    got = np.asarray(my_mask(jnp.asarray(real), length))
    fits = got.shape == right.shape
    yield Property(f"the mask has shape {right.shape}", fits, f"It has shape {got.shape}.")
    if not fits:
        return
    got = got.astype(bool)
    S = size
    yield Property(
        "the prefix sees all of the prefix that is real",
        (got[:, :S, :S] == right[:, :S, :S]).all(),
        "Nothing in the prefix is hidden from the prefix but padding.",
    )
    yield Property(
        "the prefix sees nothing of the target",
        not got[:, :S, S:].any(),
        "What would the words know, if they could look at the picture that is to be written?",
    )
    yield Property(
        "the target sees the real prefix",
        (got[:, S:, :S] == right[:, S:, :S]).all(),
        "Every target position may look at every real word.",
    )
    yield Property(
        "the target sees itself and its past",
        (got[:, S:, S:] == right[:, S:, S:]).all(),
        "There the look-ahead mask is as it always was.",
    )


@exercise("decoder-only-4")
def encode(my_encode: Any) -> Iterator[Property]:
    """Images to tokens, against a loop over patches."""
    rng = np.random.default_rng(4)
    images = rng.uniform(size=(2, 6, 6, 1)).astype(np.float32)
    patches = rng.uniform(size=(7, 4)).astype(np.float32)
    right = np.zeros((2, 9), int)
    for n in range(2):
        for row in range(3):
            for column in range(3):
                square = images[n, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
                errors = [float(((square.ravel() - code) ** 2).sum()) for code in patches]
                right[n, 3 * row + column] = FIRST + errors.index(min(errors))
    got = np.asarray(my_encode(images, patches, 2))
    fits = got.shape == right.shape
    yield Property(f"the tokens have shape {right.shape}", fits, f"They have shape {got.shape}.")
    if not fits:
        return
    yield Property(
        "no token is one of the special ones",
        got.min() >= FIRST,
        "Tokens 0 to 3 are <pad>, <bos>, <eos> and <unk>. Which token is code 0?",
    )
    yield Property(
        "each token is the nearest code's",
        (got == right).all(),
        "Cut first. Then a squared distance between every patch and every code, (N, M, K).",
    )


@exercise("decoder-only-5")
def nucleus(my_probabilities: Any) -> Iterator[Property]:
    """Sampling from the nucleus, against a loop."""
    logits = np.log(np.array([[0.5, 0.2, 0.15, 0.1, 0.05], [0.05, 0.9, 0.03, 0.01, 0.01]]) * 3.0)
    for p in (0.3, 0.6, 0.8, 0.95):
        right = np.zeros_like(logits)
        for n, row in enumerate(logits):
            mass = np.exp(row) / np.exp(row).sum()
            kept, total = [], 0.0
            for token in sorted(range(5), key=lambda v: -mass[v]):
                kept.append(token)
                total += mass[token]
                if total >= p:
                    break
            right[n, kept] = mass[kept] / total
        yield from agrees(
            my_probabilities(jnp.asarray(logits, jnp.float32), p),
            right,
            f"p = {p:g}",
            "Sort by probability and add up. The token that takes the sum past p is still kept; "
            "what is kept must add up to 1.",
        )


@exercise("decoder-only-6")
def read_by_writing(my_log_p: Any) -> Iterator[Property]:
    """The log-probability of one picture under several captions, token by token."""
    config = DecoderOnlyConfig(9, prefix_length=3, max_length=4, columns=2, d_model=8, heads=2)
    model = text_to_image(config, 7, rngs=nnx.Rngs(6))
    decoder = model.decoder
    assert isinstance(decoder, PrefixDecoder)
    decoder.output.kernel[...] = decoder.output.kernel[...] * 3
    captions = np.array([[4, 5, 2], [6, 2, 0], [5, 4, 2]])
    tokens = np.array([5, 4, 8, 6])
    state = decoder.start(model.encode(jnp.asarray(captions)), 4)
    before, right = jnp.full(3, BOS), np.zeros(3)
    for token in tokens:
        state, logits, _ = decoder.step(state, before)
        right += np.asarray(jax.nn.log_softmax(logits))[:, token]
        before = jnp.full(3, token)
    got = np.asarray(my_log_p(model, jnp.asarray(captions), jnp.asarray(tokens)))
    yield from agrees(
        got,
        right,
        "the log-probabilities, (N,)",
        "Give every caption the same picture, shifted right. Pick the log-probability of each "
        "token that was written, and add them up.",
        1e-3,
    )
    if got.shape == right.shape:
        yield Property(
            "the best caption is the same",
            got.argmax() == right.argmax(),
            "The larger the sum, the better the caption explains the picture.",
        )


@exercise("decoder-only-7")
def weights(separate: Any, together: Any) -> Iterator[Property]:
    """Weights of the blocks of two stacks and of one, against the library's blocks."""
    for d, d_ff, layers in ((6, 10, 1), (8, 24, 3)):
        one = _count(EncoderBlock(d, 2, d_ff, rngs=nnx.Rngs(0)))
        other = _count(DecoderBlock(d, 2, d_ff, rngs=nnx.Rngs(0)))
        yield Property(
            f"encoder and decoder, {layers} blocks each, d_model = {d}, d_ff = {d_ff}",
            separate(d, d_ff, layers) == layers * (one + other),
            "A decoder block has an attention and a normalisation more. Every matrix has a bias.",
        )
        yield Property(
            f"one stack of {layers} blocks, d_model = {d}, d_ff = {d_ff}",
            together(d, d_ff, layers) == layers * one,
            "A block of the one stack is built like a block of an encoder; only its mask differs.",
        )


def _count(module: nnx.Module) -> int:
    return sum(x.size for x in jax.tree.leaves(nnx.state(module, nnx.Param)))
