"""Checks of chapter 8, Bahdanau attention."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.data.own_text import part_of
from encdec_lib.exercises.checking import agrees, exercise, near
from encdec_lib.exercises.report import Property
from encdec_lib.layers.additive_attention import AdditiveAttention
from encdec_lib.layers.masks import masked_softmax as library_softmax
from encdec_lib.models.bahdanau_attention import AttentionDecoder, BahdanauConfig, bahdanau


@exercise("bahdanau-attention-1")
def by_hand(weight: Any, context: Any) -> Iterator[Property]:
    """Scores log 3, 0 and log 4, and three vectors of two numbers."""
    powers = np.exp([np.log(3), 0, np.log(4)])
    weights = powers / powers.sum()
    mixed = weights @ np.array([[4.0, 0.0], [8.0, 8.0], [0.0, 2.0]])
    yield near(
        weight,
        float(weights[0]),
        "the weight of the first letter",
        "Divide its exponential by the sum of all three.",
        factor=1.01,
    )
    yield near(
        context,
        float(mixed[1]),
        "the second number of the context",
        "Of each vector take the second number, times the vector's weight, and add the three up.",
        factor=1.01,
    )


@exercise("bahdanau-attention-2")
def predict_share(share: Any) -> Iterator[Property]:
    """A word of 4 letters in a row of 16, equal scores, no mask."""
    weights = jax.nn.softmax(jnp.zeros(16))
    yield near(
        share,
        float(weights[4:].sum()),
        "the share of the weight that falls on padding, between 0 and 1",
        "Equal scores give equal weights. Count the positions that are padding.",
        factor=1.01,
    )


@exercise("bahdanau-attention-3")
def count_projections(once_a_sentence: Any, once_a_step: Any) -> Iterator[Property]:
    """Products h_j U for S = 30 source and T = 20 target tokens, counted."""
    counted = {True: 0, False: 0}
    for cached in counted:
        for i in range(20):
            counted[cached] += sum(1 for _ in range(30) if i == 0 or not cached)
    for answer, cached, name in (
        (once_a_sentence, True, "products when they are kept"),
        (once_a_step, False, "products when they are worked out at every step"),
    ):
        yield Property(
            name,
            answer == counted[cached],
            "The product depends on j alone. Ask for which pairs (i, j) it is worked out.",
        )


@exercise("bahdanau-attention-4")
def what_weights_show(follows: Any) -> Iterator[Property]:
    """A step whose output does not change with its weights."""
    yield Property(
        "what follows from an output that stays",
        follows == "this step can do without its own look",
        "Only the weights of one step were replaced, and only its output was looked at.",
    )


@exercise("bahdanau-attention-5")
def softmax_with_mask(my_masked_softmax: Any) -> Iterator[Property]:
    """A softmax that hides padding, on rows the reader does not see."""
    rng = np.random.default_rng(3)
    scores = jnp.asarray(rng.normal(0, 3, (5, 7)), jnp.float32)
    mask = jnp.arange(7)[None] < jnp.array([[7], [4], [1], [6], [3]])
    got = my_masked_softmax(scores, mask)
    yield from agrees(
        got,
        library_softmax(scores, mask),
        "the weights of five rows",
        "A hidden position must not count in the sum below the line either.",
    )
    yield Property(
        "hidden positions have exactly 0",
        bool((np.asarray(got)[~np.asarray(mask)] == 0).all()),
        "A very small number is not 0. Set it.",
    )
    large = my_masked_softmax(scores * 1e4, mask)
    yield Property(
        "large scores give no NaN",
        bool(np.isfinite(large).all()),
        "The exponential of a large number is infinite. Softmax does not change when the same "
        "number is taken from all scores of a row.",
    )
    nothing = my_masked_softmax(scores, jnp.zeros_like(mask))
    yield Property(
        "a row with nothing to see gives zeros",
        bool((np.asarray(nothing) == 0).all()),
        "Where every position is hidden there is no weight to give; 0 / 0 is NaN.",
    )


@exercise("bahdanau-attention-6")
def attend(my_attend: Any) -> Iterator[Property]:
    """Score, weights and context for a batch, without a loop."""
    attention = AdditiveAttention(query_dim=5, key_dim=6, align_dim=7, rngs=nnx.Rngs(4))
    q, k = jax.random.split(jax.random.key(4))
    query, keys = jax.random.normal(q, (3, 5)), jax.random.normal(k, (3, 4, 6))
    mask = jnp.arange(4)[None] < jnp.array([[4], [2], [3]])
    context, weights = my_attend(
        query,
        keys,
        mask,
        attention.W_query[...],
        attention.W_key[...],
        attention.v[...],
    )
    right = attention(query, keys, mask)
    yield from agrees(
        weights,
        right.weights,
        "the weights, (B, S)",
        "The query needs an axis for the source positions before it can be added to the keys.",
    )
    yield from agrees(
        context,
        right.context,
        "the contexts, (B, D)",
        "Each vector is multiplied by its weight, then all are added up over the positions.",
    )


@exercise("bahdanau-attention-7")
def temperature(sharpen: Any) -> Iterator[Property]:
    """Weights at another temperature, from the weights alone."""
    scores = jnp.asarray(np.random.default_rng(5).normal(0, 2, (4, 6)), jnp.float32)
    weights = jax.nn.softmax(scores)
    for tau in (0.5, 1.0, 3.0):
        yield from agrees(
            sharpen(weights, tau),
            jax.nn.softmax(scores / tau),
            f"temperature {tau:g}",
            "A weight is proportional to the exponential of its score. What does dividing the "
            "score by τ do to the exponential?",
        )


@exercise("bahdanau-attention-8")
def dot_product(DotAttention: Any) -> Iterator[Property]:
    """Attention by dot product, put into a decoder."""
    attended = DotAttention()(jnp.ones((1, 6)), jnp.ones((1, 2, 6)), jnp.ones((1, 2), bool))
    returns_both = hasattr(attended, "context") and hasattr(attended, "weights")
    yield Property(
        "a call returns Attended(context, weights)",
        returns_both,
        "Replace the ... by your answer, then run the cell again.",
    )
    if not returns_both:
        return
    model = bahdanau(
        BahdanauConfig(9, 9, embed_dim=4, encoder_dim=3, state_dim=6, align_dim=5),
        rngs=nnx.Rngs(6),
    )
    source = jnp.array([[4, 5, 6, 7], [8, 4, 0, 0]])
    decoder = model.decoder
    assert isinstance(decoder, AttentionDecoder)
    decoder.attention = DotAttention()
    encoding = model.encode(source)
    state = decoder.start(encoding)
    (before,) = state.carry
    _, _, weights = decoder.step(state, jnp.array([1, 1]))
    vectors, right = np.asarray(encoding.vectors, np.float64), np.zeros((2, 4))
    for b, length in enumerate((4, 2)):
        e = [vectors[b, j] @ np.asarray(before[b], np.float64) for j in range(length)]
        right[b, :length] = np.exp(e) / np.exp(e).sum()
    yield from agrees(
        weights[:, 0],
        right,
        "the weights of one decoder step",
        "The score of position j is the dot product of the state and h_j.",
    )
    yield Property(
        "padding gets exactly 0",
        bool((np.asarray(weights)[1, 0, 2:] == 0).all()),
        "Use the mask that the decoder passes in.",
    )
    query, keys = jnp.ones((2, 6)), jnp.arange(48.0).reshape(2, 4, 6) / 48
    context, weights = DotAttention()(query, keys, source != 0)
    mixed = np.stack([np.asarray(weights)[b] @ np.asarray(keys)[b] for b in range(2)])
    yield from agrees(
        context,
        mixed,
        "the context",
        "The context is the sum of the vectors, each times its weight.",
    )


# A small language: the colour and the verb follow the noun, and the article goes.
_NOUNS = {"cat": "mako", "dog": "tiru", "bird": "sela", "horse": "vonda", "fish": "ipu"}
_COLORS = {"red": "ral", "blue": "bel", "white": "wen", "green": "gor"}
_VERBS = {"sleeps": "dosu", "sings": "kanu", "waits": "atu", "runs": "rinu", "eats": "mansu"}


@exercise("bahdanau-attention-9")
def own_sentences(learn: Any) -> Iterator[Property]:
    """A file of a hundred pairs, read, learned and used."""
    pairs = {
        f"The {color} {noun} {verb}.": f"{_NOUNS[noun]} {_COLORS[color]} {_VERBS[verb]} ."
        for color, noun, verb in itertools.product(_COLORS, _NOUNS, _VERBS)
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pairs.tsv")
        lines = (f"{source}\t{target}\tmade up" for source, target in pairs.items())
        path.write_text("\n".join(lines), encoding="utf-8")
        translate = learn(str(path))
    yield Property(
        "learn returns a function",
        callable(translate),
        "Return something that can be called with a text, such as a lambda.",
    )
    if not callable(translate):
        return
    held_out = [source for source in pairs if part_of(source) == "test"]
    said = [translate(source) for source in held_out]
    yield Property(
        "a text in, a text out",
        all(isinstance(answer, str) for answer in said),
        "The target's vocabulary makes a text of ids: decode_text.",
    )
    right = sum(answer == pairs[source] for source, answer in zip(held_out, said, strict=True))
    yield Property(
        f"at least half of {len(held_out)} sentences that training never had are right",
        2 * right >= len(held_out),
        f"{right} are. Look at the loss: does it come near 0? If not, train longer, or with a "
        f"higher learning rate; a hundred sentences are few.",
    )
    yield Property(
        "capitals do not matter",
        [translate(source.upper()) for source in held_out] == said,
        "parallel.read can read everything in lower case, and its vocabularies then do so too.",
    )
    yield Property(
        "an unknown word does not stop it",
        isinstance(translate("The purple cat sleeps."), str),
        "encode_texts gives <unk> for a word that is not in the vocabulary; encode raises.",
    )
