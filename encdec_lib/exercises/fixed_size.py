"""Checks of chapter 6, what a fixed size costs."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.data import grammar, translation
from encdec_lib.data.vocabulary import PAD
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.evaluation import metrics
from encdec_lib.exercises.checking import agrees, chosen, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.layers.recurrent import GRU
from encdec_lib.models.seq2seq import RNNDecoder, RNNEncoder

RANGES = ("under 30", "30 to 60", "60 to 90", "over 90")


def _range(score: float) -> str:
    """The option of ``RANGES`` that a BLEU score belongs to."""
    return RANGES[np.searchsorted([30, 60, 90], score)]


@exercise("fixed-size-1")
def predict_bleu(last_quarter_missing: Any, another_sentence: Any) -> Iterator[Property]:
    """Two predictions about BLEU, each measured on 200 sentences of 36 to 44 tokens."""
    part = translation.generate(200, 36, 44, seed=1)
    references = [accepted[0] for accepted in part.references]
    shortened = [tokens[: math.ceil(0.75 * len(tokens))] for tokens in references]
    exchanged = references[1:] + references[:1]
    yield chosen(
        last_quarter_missing,
        RANGES,
        _range(metrics.bleu(shortened, part.references)),
        "the BLEU of translations that are right but stop after three quarters",
        "Every n-gram that is there is right. So only the brevity penalty acts; work it out.",
    )
    yield chosen(
        another_sentence,
        RANGES,
        _range(metrics.bleu(exchanged, part.references)),
        "the BLEU of fluent translations of another sentence",
        "Particles agree by chance, words now and then, runs of four words almost never. "
        "BLEU multiplies the four shares.",
    )


def _korean_clauses(tokens: int) -> int:
    """Number of Korean clauses whose English has so many tokens, counted without a formula."""
    found = set()
    actors, nouns = list(grammar.ACTORS), list(grammar.NOUNS)
    for verb, adjective_1, adjective_2, place in itertools.product((0, 1), (0, 1), (0, 1), (0, 1)):
        length = 3 + adjective_1 + 3 * place + verb * (2 + adjective_2)
        if length != tokens or (adjective_2 and not verb):
            continue
        subjects = itertools.product(list(grammar.ADJECTIVES) if adjective_1 else [None], actors)
        objects = [None]
        if verb:
            adjectives = list(grammar.ADJECTIVES) if adjective_2 else [None]
            objects = list(itertools.product(adjectives, nouns))
        verbs = grammar.WITH_OBJECT if verb else grammar.WITHOUT_OBJECT
        places = list(grammar.PLACES) if place else [None]
        found.update(
            choice
            for choice in itertools.product(subjects, verbs, objects, places)
            if choice[2] is None or choice[2][1] != choice[0][1]
        )
    return len(found)


@exercise("fixed-size-2")
def bits(korean_bits: Any) -> Iterator[Property]:
    """Bits that H must carry for one clause; articles leave no trace in Korean."""
    for tokens, shape in ((3, "the cat sleeps"), (4, "the big cat sleeps"), (5, "the cat sees …")):
        truth = math.log2(_korean_clauses(tokens))
        yield Property(
            f"{tokens} tokens, as in “{shape}”",
            abs(float(korean_bits(tokens)) - truth) < 1e-3,
            "Multiply the choices: who, which verb, perhaps which adjective, which object. "
            "Then take the logarithm to base 2.",
        )
    yield Property(
        "6 tokens, where clauses have three shapes",
        abs(float(korean_bits(6)) - math.log2(_korean_clauses(6))) < 1e-3,
        "Add the numbers of clauses of all shapes before you take the logarithm: an adjective "
        "may stand with the subject or with the object, or the clause has a place.",
    )
    rough = (
        math.log2(12 * 12 * 8 * 23 * 12),
        math.log2(12 * 12 * 8 * 23 * 12) + math.log2(8),
    )
    got = [float(korean_bits(tokens)) for tokens in (7, 10)]
    yield Property(
        "7 and 10 tokens",
        abs(got[0] - math.log2(2 ** rough[0] + 12 * 12 * 4 * 8)) < 1e-3
        and abs(got[1] - rough[1]) < 1e-3,
        "Only verbs with an object can have an adjective before it; every place is one of 8.",
    )


@exercise("fixed-size-3")
def bleu_1(bleu1: Any) -> Iterator[Property]:
    """BLEU with single tokens, against sacrebleu."""
    from sacrebleu.metrics.bleu import BLEU

    scorer = BLEU(max_ngram_order=1, tokenize="none", force=True)

    def truth(hypotheses, references):
        lines = [" ".join(tokens) for tokens in hypotheses]
        return scorer.corpus_score(lines, [[" ".join(tokens) for tokens in references]]).score

    def agree(hypotheses, references):
        got = float(bleu1(hypotheses, references))
        return abs(got - truth(hypotheses, references)) < 1e-3

    reference = "the cat sees the red ball".split()
    yield Property(
        "a perfect output has 100", agree([reference], [reference]), "BLEU is in percent."
    )
    yield Property(
        "a word counts as often as it stands in the reference, no more",
        agree(["the the the the the the".split()], [reference]),
        "Clip: the smaller of how often a word is in the output and in the reference.",
    )
    yield Property(
        "an output that is too short is punished",
        agree([["the", "cat"]], [reference]),
        "The brevity penalty is exp(1 - r/c) where c < r.",
    )
    yield Property(
        "an output that is too long is not punished twice",
        agree([reference + ["and", "and"]], [reference]),
        "The penalty is never above 1; extra words already lower the precision.",
    )
    rng = np.random.default_rng(0)
    corpora = [
        [[str(k) for k in rng.integers(0, 9, rng.integers(3, 20))] for _ in range(30)]
        for _ in range(2)
    ]
    yield Property(
        "counts and lengths are added up over the corpus",
        agree(*corpora),
        "BLEU is no mean of sentence scores: add up matches and lengths, then divide.",
    )


@exercise("fixed-size-4")
def reverse(reverse_source: Any) -> Iterator[Property]:
    """Reversing the rows of a padded batch equals a model that reads from the end."""
    batch = np.array([[4, 5, 6, 7, 0, 0], [8, 9, 4, 0, 0, 0], [5, 6, 7, 8, 9, 4]])
    got = np.asarray(reverse_source(batch))
    yield Property("the shape stays", got.shape == batch.shape, f"It became {got.shape}.")
    yield Property(
        "padding stays on the right",
        got.shape == batch.shape and np.array_equal(got == PAD, batch == PAD),
        "Turn only the real tokens of a row; its zeros stay behind them.",
    )
    forward = RNNEncoder(10, 3, 5, rngs=nnx.Rngs(0))
    backward = RNNEncoder(10, 3, 5, reverse_source=True, rngs=nnx.Rngs(0))
    truth = backward(jnp.asarray(batch), jnp.asarray(batch != PAD)).vectors
    vectors = forward(jnp.asarray(got), jnp.asarray(got != PAD)).vectors
    yield from agrees(
        vectors, truth, "the encoding", "The first token of a sentence must be read last.", 1e-5
    )
    yield Property(
        "reversing twice gives the batch back",
        np.array_equal(np.asarray(reverse_source(got)), batch),
        "Each row by its own length.",
    )


@exercise("fixed-size-5")
def influence_by_position(influence: Any) -> Iterator[Property]:
    """Frobenius norms of dH/dx_j, against known ones and against small differences."""
    rng = np.random.default_rng(2)
    matrices = jnp.asarray(rng.normal(size=(5, 3, 4)), jnp.float32)  # (S, E, D)
    inputs = jnp.asarray(rng.normal(size=(5, 3)), jnp.float32)
    yield from agrees(
        influence(lambda x: jnp.einsum("se,sed->d", x, matrices), inputs),
        jnp.sqrt((matrices**2).sum(axis=(1, 2))),
        "the influence on a weighted sum",
        "The Jacobian of x_j A_j is A_j; its norm is the root of the sum of all squares.",
    )
    gru = GRU(3, 4, rngs=nnx.Rngs(1))

    @jax.jit
    def encode(x):
        state = gru.zero_state(1)
        for row in x:
            state = gru.step(row[None], state)
        return state[0][0]  # (D,)

    yield from agrees(
        influence(encode, inputs),
        _by_differences(encode, inputs),
        "the influence on a GRU's last state",
        "Differentiate with respect to the inputs, once for every number of the state.",
        5e-3,
    )
    read = jnp.array([[0.0], [0.0], [1.0], [1.0], [1.0]])
    yield Property(
        "an input that is not read has none",
        np.asarray(influence(lambda x: encode(x * read), inputs))[:2].max() == 0,
        "One number a position, in the order of the positions.",
    )


def _by_differences(encode, inputs, step: float = 1e-2):
    """||dH/dx_j|| from central differences, one input number after another."""
    squares = np.zeros(len(inputs))
    for j, e in np.ndindex(*inputs.shape):
        up, down = encode(inputs.at[j, e].add(step)), encode(inputs.at[j, e].add(-step))
        squares[j] += float((((up - down) / (2 * step)) ** 2).sum())
    return np.sqrt(squares)


@exercise("fixed-size-6")
def mean_encoder(encoder_class: Any) -> Iterator[Property]:
    """An encoder whose one vector is the mean of all states."""
    vocab, embed, width = 11, 3, 6
    encoder = encoder_class(vocab, embed, width, rngs=nnx.Rngs(3))
    plain = RNNEncoder(vocab, embed, width, rngs=nnx.Rngs(3))
    source = jnp.array([[4, 5, 6, 0, 0], [7, 8, 9, 10, 4]])
    mask = source != PAD
    encoding = encoder(source, mask)
    vectors, flags = encoding.vectors, encoding.mask
    yield Property(
        "one vector a sentence, M = 1",
        vectors.shape == (2, 1, width) and flags.shape == (2, 1),
        f"vectors should be (B, 1, D) = (2, 1, {width}) and the mask (2, 1); they are "
        f"{vectors.shape} and {flags.shape}.",
    )
    graph, parameters, rest = nnx.split(encoder, nnx.Param, ...)
    encoder = nnx.merge(graph, jax.tree.map(lambda x: x + 0.1, parameters), rest)
    vectors = encoder(source, mask).vectors
    states, _ = encoder.rnn(encoder.embedding(source), mask)
    yield from agrees(
        vectors[:, 0],
        jnp.stack([states[0, :3].mean(axis=0), states[1].mean(axis=0)]),
        "H",
        "Add up the states of the real tokens and divide by their number, not by S.",
        1e-5,
    )
    wide = jnp.pad(source, ((0, 0), (0, 35)))
    yield from agrees(
        encoder(wide, wide != PAD).vectors,
        vectors,
        "H of the same batch with more padding",
        "Padding must not change a result: divide by the number of real tokens.",
        1e-5,
    )
    long = jnp.asarray(np.random.default_rng(0).integers(4, vocab, (2, 40)))
    fresh = encoder_class(vocab, embed, width, rngs=nnx.Rngs(3))
    share = [_first_to_last(e, long) for e in (fresh, plain)]
    yield Property(
        "compared with the last token, the first of 40 counts for more than in the plain encoder",
        share[0] > 10 * share[1],
        "Every state must enter H directly, the first one too.",
    )
    decoder = RNNDecoder(vocab, embed, width, rngs=nnx.Rngs(5))
    logits = EncoderDecoder(fresh, decoder)(source, source).logits
    yield Property(
        "the decoder of chapter 4 can read it",
        logits.shape == (2, 5, vocab),
        "Set encoding_dim to D, and return an Encoding.",
    )


def _first_to_last(encoder, source) -> float:
    """How far H moves when the first token is exchanged, against the last one."""

    def moved(position):
        other = source.at[0, position].set(4 + (source[0, position] - 3) % 7)
        vectors = [encoder(x, x != PAD).vectors for x in (source, other)]
        return float(jnp.linalg.norm(vectors[0] - vectors[1]))

    return moved(0) / moved(source.shape[1] - 1)
