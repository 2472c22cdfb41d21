"""Checks of chapter 7, token-sized encodings."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.encoding import EncoderDecoder, Encoding
from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.layers.reading_decoder import ReadingDecoder
from encdec_lib.models.bahdanau_attention import BidirectionalEncoder
from encdec_lib.models.token_sized import READERS

WAYS = tuple(READERS)


@exercise("token-sized-1")
def bytes_of_memory(one_sentence: Any, one_batch: Any) -> Iterator[Property]:
    """Bytes of H for a sentence of 30 tokens and for a padded batch with it, measured."""
    encoder = BidirectionalEncoder(7, 3, 32, rngs=nnx.Rngs(1))
    alone = jnp.full((1, 30), 4)
    batch = jnp.pad(jnp.full((64, 10), 4), ((0, 0), (0, 20))).at[0].set(4)
    for answer, source, name in (
        (one_sentence, alone, "bytes of H for one sentence of 30 tokens"),
        (one_batch, batch, "bytes of H for a batch of 64, the longest of 30 tokens"),
    ):
        yield Property(
            name,
            answer == encoder(source, source != 0).vectors.nbytes,
            "Multiply the three sizes of the array H.vectors, and the bytes of one number. "
            "All rows of an array have the same length.",
        )


@exercise("token-sized-2")
def which_know_places(**needs_places: Any) -> Iterator[Property]:
    """Whether a reader's context changes when the vectors of a memory change places."""
    keys = jax.random.split(jax.random.key(2), 2)
    vectors, queries = jax.random.normal(keys[0], (1, 5, 6)), jax.random.normal(keys[1], (1, 3, 6))
    steps, mask = jnp.arange(3)[None], jnp.ones((1, 5), bool)
    turned = vectors[:, jnp.array([3, 0, 4, 1, 2])]
    yield Property(
        "every way to read has an answer, and no other",
        set(needs_places) == set(WAYS),
        f"Answer for {', '.join(WAYS)}.",
    )
    for name in (name for name in WAYS if name in needs_places):
        before, after = (READERS[name](queries, steps, h, mask).contexts for h in (vectors, turned))
        moved = not np.allclose(before, after, atol=1e-5)
        yield Property(
            f"{name!r} is answered rightly",
            isinstance(needs_places[name], bool | np.bool_) and needs_places[name] == moved,
            "Look at its formula. Does the number j stand in it other than as the name of a "
            "vector under a sum, a maximum or an arg max?",
        )


def _memory(seed: int):
    """Three memories of 7, 4 and 1 real vectors, all numbers of the second negative."""
    vectors = np.random.default_rng(seed).normal(size=(3, 7, 6)).astype(np.float32)
    vectors[1] = -np.abs(vectors[1]) - 0.1
    mask = np.arange(7)[None] < np.array([[7], [4], [1]])
    return np.where(mask[..., None], vectors, 0.0), mask


def _one_query(mask):
    return jnp.zeros((len(mask), 1, 6)), jnp.zeros((len(mask), 1), jnp.int32)


@exercise("token-sized-3")
def mean_of_the_real(my_mean: Any) -> Iterator[Property]:
    """The average of the real vectors, against one row after another."""
    vectors, mask = _memory(3)
    got = my_mean(jnp.asarray(vectors), jnp.asarray(mask))
    truth = np.stack([h[real].mean(axis=0) for h, real in zip(vectors, mask, strict=True)])
    yield from agrees(
        got,
        truth,
        "the mean of each memory",
        "The zeros of the padding add nothing to the sum. What do they change in a mean?",
        1e-5,
    )
    wider = [np.pad(x, ((0, 0), (0, 9)) + ((0, 0),) * (x.ndim - 2)) for x in (vectors, mask)]
    yield from agrees(
        my_mean(*map(jnp.asarray, wider)),
        truth,
        "the mean with nine more places of padding",
        "Divide by the number of real vectors, not by S.",
        1e-5,
    )


@exercise("token-sized-4")
def max_of_the_real(my_max: Any) -> Iterator[Property]:
    """The largest number at each place of the real vectors."""
    vectors, mask = _memory(4)
    got = np.asarray(my_max(jnp.asarray(vectors), jnp.asarray(mask)))
    truth = np.stack([h[real].max(axis=0) for h, real in zip(vectors, mask, strict=True)])
    yield from agrees(
        got, truth, "the maximum of each memory", "Hide the padding before you compare.", 1e-6
    )
    yield Property(
        "numbers that are all negative keep their sign",
        got.shape == truth.shape and bool((got[1] < 0).all()),
        "Padding is zeros, and 0 is larger than any negative number.",
    )
    library = READERS["max"](*_one_query(mask), jnp.asarray(vectors), jnp.asarray(mask))
    yield from agrees(
        got,
        library.contexts[:, 0],
        "the library's context",
        "Hide the padding before you compare.",
        1e-6,
    )


@exercise("token-sized-5")
def place_to_read(place: Any) -> Iterator[Property]:
    """Which vector the position reader takes, for each step and each length."""
    lengths, steps = np.array([6, 1, 3]), np.arange(9)
    got = np.asarray(place(steps, lengths))
    truth = np.array([[min(i, length - 1) for i in steps] for length in lengths])
    yield from agrees(
        got,
        truth,
        "the places, (B, T)",
        "Counted from 0, the last real place of a row is its length minus 1. "
        "One of the two arrays needs another axis.",
    )
    yield Property(
        "no place is padding",
        got.shape == truth.shape and bool((got < lengths[:, None]).all() and (got >= 0).all()),
        "Beyond the end, stay at the last real vector.",
    )


@exercise("token-sized-6")
def weighted_reader(my_weighted: Any) -> Iterator[Property]:
    """Contexts and weights for all steps of a batch, against the library and a loop."""
    vectors, mask = _memory(6)
    queries = np.random.default_rng(7).normal(size=(3, 5, 6)).astype(np.float32)
    contexts, weights = my_weighted(*map(jnp.asarray, (queries, vectors, mask)))
    right = np.zeros((3, 5, 7))
    for b, i in np.ndindex(3, 5):
        real = np.flatnonzero(mask[b])
        powers = np.exp([queries[b, i].astype(float) @ vectors[b, j] for j in real])
        right[b, i, real] = powers / powers.sum()
    yield from agrees(
        weights,
        right,
        "the weights, (B, T, S)",
        "A weight is the exponential of its score, divided by the sum over the real places.",
        1e-5,
    )
    yield Property(
        "padding gets exactly 0",
        bool((np.asarray(weights)[np.broadcast_to(~mask[:, None], right.shape)] == 0).all()),
        "exp(0) is 1, so a score of 0 hides nothing. Hide the padding before softmax.",
    )
    yield from agrees(
        contexts,
        np.einsum("bts,bsm->btm", right, vectors),
        "the contexts, (B, T, D)",
        "Each vector times its weight, added up over the places.",
        1e-5,
    )


@exercise("token-sized-7")
def top_two(reader_class: Any) -> Iterator[Property]:
    """A reader that averages the two best vectors, alone and inside a decoder."""
    vectors, mask = _memory(8)
    queries = np.random.default_rng(9).normal(size=(3, 5, 6)).astype(np.float32)
    reader = reader_class()
    encoding = Encoding(jnp.asarray(vectors), jnp.asarray(mask))
    steps = jnp.broadcast_to(jnp.arange(5)[None], (3, 5))
    contexts, weights = reader(jnp.asarray(queries), steps, reader.prepare(encoding))
    right = np.zeros((3, 5, 7))
    for b, i in np.ndindex(3, 5):
        real = np.flatnonzero(mask[b])
        best = real[np.argsort([-float(queries[b, i] @ vectors[b, j]) for j in real])[:2]]
        right[b, i, best] = 1 / len(best)
    yield from agrees(
        weights,
        right,
        "the weights, (B, T, S)",
        "Two places of a row have one half each. A memory with a single real vector has "
        "nothing else to read: its weight is 1.",
        1e-5,
    )
    yield from agrees(
        contexts,
        np.einsum("bts,bsm->btm", right, vectors),
        "the contexts, (B, T, D)",
        "Mix the vectors with the weights.",
        1e-5,
    )
    rngs = nnx.Rngs(7)
    decoder = ReadingDecoder(9, 4, 6, 6, reader_class(), rngs=rngs)
    model = EncoderDecoder(BidirectionalEncoder(11, 4, 3, rngs=rngs), decoder)
    source = jnp.array([[4, 5, 6, 7, 8], [9, 10, 4, 0, 0]])
    target_in = jnp.array([[1, 4, 5, 6], [1, 7, 8, 4]])
    logits = model(source, target_in).logits
    state, one_by_one = decoder.start(model.encode(source)), []
    for token in target_in.T:
        state, step_logits, _ = decoder.step(state, token)
        one_by_one.append(step_logits)
    yield from agrees(
        jnp.stack(one_by_one, axis=1),
        logits,
        "what the decoder writes step by step, against all steps at once",
        "A step must depend on its own query alone, and on the memory.",
        1e-4,
    )
