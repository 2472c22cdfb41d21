"""Checks of chapter 4: the fixed vector, from the loss of a beginner to another decoder."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.data.pronunciations import PHONEMES
from encdec_lib.data.vocabulary import BOS, EOS, PAD
from encdec_lib.encoding import Encoding
from encdec_lib.evaluation import metrics
from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.generate.sampling import greedy
from encdec_lib.layers.cells import gru_cell
from encdec_lib.layers.recurrent import GRU
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.train import losses

_WIDTHS = (5, 9, 7)  # E, D and V of the small models here: all different
_ROWS = np.array([[7, 5, 2, 0, 0], [4, 9, 8, 6, 2], [2, 0, 0, 0, 0]], np.int32)  # targets


@exercise("seq2seq-1")
def loss_of_a_beginner(loss: Any, perplexity: Any) -> Iterator[Property]:
    """Loss and perplexity of a model that gives every phoneme the same logit."""
    logits = jnp.zeros((1, 1, len(PHONEMES)))
    truth = float(losses.masked_cross_entropy(logits, jnp.array([[5]]), jnp.ones((1, 1), bool)))
    yield Property(
        "the loss in nats, within 1%",
        abs(float(loss) / truth - 1) < 0.01,
        "What probability does each of the V symbols get? The specials are symbols too, and "
        "nats mean the natural logarithm.",
    )
    yield Property(
        "the perplexity, within 1%",
        abs(float(perplexity) / np.exp(truth) - 1) < 0.01,
        "Perplexity is exp(loss). Among how many equally likely symbols does the model choose?",
    )


@exercise("seq2seq-2")
def shift(shift_right: Any) -> Iterator[Property]:
    """The decoder's input from its target."""
    got = np.asarray(shift_right(_ROWS.copy()))
    truth = np.asarray(losses.shift_right(jnp.asarray(_ROWS)))
    yield Property(
        f"the result has shape {truth.shape}",
        got.shape == truth.shape,
        f"It has shape {got.shape}. One token comes in on the left: what leaves on the right?",
    )
    if got.shape != truth.shape:
        return
    yield Property(
        "every row begins with <bos>",
        (got[:, 0] == BOS).all(),
        "Before the first prediction the decoder has seen nothing. Which symbol says so?",
    )
    real = _ROWS != PAD
    yield Property(
        "at position i stands the target of position i - 1",
        (got == truth)[real].all(),
        "Lay the two rows under each other, the input one place further right.",
    )
    yield Property(
        "nothing is read where there is nothing to predict",
        (got == truth)[~real].all(),
        "Where the target is <pad>, the input should be <pad> too. Does your <eos> stay behind?",
    )


@exercise("seq2seq-3")
def masked_loss(loss: Any) -> Iterator[Property]:
    """Cross-entropy over real tokens only."""
    rng = np.random.default_rng(4)
    logits = rng.normal(size=(*_ROWS.shape, 11)).astype(np.float32) * 3
    mask = _ROWS != PAD
    bets, rows = jnp.asarray(logits), jnp.asarray(_ROWS)
    truth = float(losses.masked_cross_entropy(bets, rows, jnp.asarray(mask)))
    full = np.ones_like(mask)
    without = float(losses.masked_cross_entropy(bets, rows, jnp.asarray(full)))
    everything = np.asarray(loss(logits, _ROWS, full))
    yield Property("the result is one number", everything.shape == (), "Which axes are left over?")
    if everything.shape != ():
        return
    yield Property(
        "right where nothing is masked",
        np.isclose(everything, without, rtol=1e-4),
        "Take the log-softmax over V, then pick the target's entry. Mind the sign.",
    )
    got = float(loss(logits, _ROWS, mask))
    scribbled = np.where(mask[..., None], logits, logits[::-1, ::-1] * 5)
    yield Property(
        "what stands under the mask does not matter",
        np.isclose(float(loss(scribbled, _ROWS, mask)), got, rtol=1e-4),
        "Do the masked positions still add something to the sum?",
    )
    yield Property(
        "right where some tokens are masked",
        np.isclose(got, truth, rtol=1e-4),
        "By what number do you divide: all positions, the rows, or the real tokens?",
    )
    large = float(loss(logits * 300, _ROWS, mask))
    yield Property(
        "finite for very large logits",
        np.isfinite(large),
        "exp(1000) overflows, and the log of a probability of 0 is not finite. Is there a function "
        "that takes the logarithm and the softmax in one?",
    )


@exercise("seq2seq-4")
def parameters(gru_parameters: Any, model_parameters: Any) -> Iterator[Property]:
    """Formulas for the number of parameters, compared with layers that were built."""
    for e, d in ((3, 5), (64, 152)):
        yield Property(
            f"a GRU with E = {e}, D = {d}",
            gru_parameters(e, d) == _count(GRU(e, d, rngs=nnx.Rngs(0))),
            "W_in, W_rec, b_in, b_rec: write down the four shapes. Each holds three gates.",
        )
    for sizes in ((7, 11, 3, 5), (30, 43, 64, 152)):
        yield Property(
            "the whole model with (source V, target V, E, D) = " + str(sizes),
            model_parameters(*sizes) == _count(seq2seq(Seq2SeqConfig(*sizes), rngs=nnx.Rngs(0))),
            "Two tables of embeddings, two GRUs, one output layer with its bias.",
        )


@exercise("seq2seq-5")
def chain_rule(log_probability: Any) -> Iterator[Property]:
    """log P(Y|X) of given outputs under a model."""
    model = seq2seq(Seq2SeqConfig(8, 10, *_WIDTHS[:2]), rngs=nnx.Rngs(5))
    source = jnp.array([[4, 7, 5, 0], [6, 6, 4, 5], [5, 0, 0, 0]])
    target = jnp.asarray(_ROWS)
    got = np.asarray(log_probability(model, source, target))
    yield from agrees(
        got,
        _step_by_step(model, source, target),
        "log P(Y|X)",
        "Compare one row with a sum you do by hand: one term a real token, <eos> included, each "
        "given the tokens before it.",
    )
    if got.shape != (3,):
        return
    longer = jnp.pad(target, ((0, 0), (0, 3)))
    yield Property(
        "more padding changes nothing",
        np.allclose(log_probability(model, source, longer), got, atol=1e-4),
        "Padding is no token: no term of the sum belongs to it.",
    )
    written = greedy(model, source, max_length=6)
    again = log_probability(model, source, jnp.asarray(written.tokens))
    yield Property(
        "agrees with the score that greedy search gives its own output",
        np.allclose(again, written.scores, atol=1e-4),
        "`Generated.scores` holds the sum of the chosen tokens' log-probabilities.",
    )


@exercise("seq2seq-6")
def distance(edit_distance: Any) -> Iterator[Property]:
    """Fewest edits between two sequences, against the library on random ones."""
    rng = np.random.default_rng(6)

    def right(pairs):
        return all(edit_distance(a, b) == metrics.edit_distance(a, b) for a, b in pairs)

    def word(length):
        return rng.choice(["K", "AE", "T"], length).tolist()

    yield Property(
        "equal sequences are at distance 0",
        right([(["K", "AE", "T", "S"],) * 2, ([], [])]),
        "What does it cost to go on where both have the same token?",
    )
    yield Property(
        "an empty output needs every token of the other put in",
        right([([], word(4)), (word(3), [])]),
        "The first row and the first column of the table are known at once.",
    )
    yield Property(
        "one wrong, one extra, one missing token",
        right([(list("abc"), list("axc")), (list("abbc"), list("abc")), (list("ac"), list("abc"))]),
        "Three moves lead to a cell of the table: from the left, from above, from both at once.",
    )
    yield Property(
        "30 random pairs of different lengths",
        right([(word(rng.integers(1, 9)), word(rng.integers(1, 9))) for _ in range(30)]),
        "Is the cheapest of the three moves taken, and is the last one free where tokens agree?",
    )


@exercise("seq2seq-7")
def context_at_every_step(decoder_class: Any) -> Iterator[Property]:
    """A decoder that reads H at every step, against the same equations step by step."""
    e, d, v = _WIDTHS
    decoder = decoder_class(v, e, d, rngs=nnx.Rngs(7))
    inputs = getattr(getattr(decoder, "rnn", None), "W_in", None)
    yield Property(
        f"the GRU's input has width E + D = {e + d}",
        inputs is not None and inputs.shape == (e + d, 3 * d),
        "Keep `self.rnn`, a GRU. Its input is now the embedding and H side by side.",
    )
    vectors = jax.random.normal(jax.random.key(8), (3, 1, d))
    encoding = Encoding(vectors, jnp.ones((3, 1), bool))
    target_in = jnp.array([[1, 4, 5, 6], [1, 6, 4, 0], [1, 0, 0, 0]])
    real = np.asarray(target_in != PAD)
    decoded = decoder(target_in, encoding)
    if decoded is ... or decoded is None:
        yield Property("__call__ returns an answer", False, "Return Decoded(logits, None).")
        return
    logits = np.asarray(decoded.logits)
    yield Property(
        f"logits have shape {(3, 4, v)}", logits.shape == (3, 4, v), f"They have {logits.shape}."
    )
    if logits.shape != (3, 4, v):
        return
    truth = _context_by_hand(decoder, vectors[:, 0], target_in)
    yield Property(
        "every step reads [embedding; H]",
        np.allclose(logits[real], truth[real], atol=1e-4),
        "H has one position, the embeddings have T. Which of the two stands first, on which axis, "
        "and from which state does the GRU start?",
    )
    state, stepped = decoder.start(encoding), []
    for i in range(target_in.shape[1]):
        state, scores, _ = decoder.step(state, target_in[:, i])
        stepped.append(np.asarray(scores))
    yield Property(
        "step by step it gives the same as all at once",
        np.allclose(np.stack(stepped, 1)[real], logits[real], atol=1e-4),
        "`step` has no encoding: it must find H in the state that `start` returned.",
    )


def _count(module: nnx.Module) -> int:
    return sum(x.size for x in jax.tree.leaves(nnx.state(module, nnx.Param)))


def _step_by_step(model, source, target) -> np.ndarray:
    """log P(Y|X) with ``start`` and ``step``, up to ``<eos>``."""
    state = model.decoder.start(model.encode(source))
    token, total = jnp.full(len(target), BOS), np.zeros(len(target))
    going = np.ones(len(target), bool)
    for i in range(target.shape[1]):
        state, logits, _ = model.decoder.step(state, token)
        token = target[:, i]
        log_p = np.asarray(jax.nn.log_softmax(logits))[np.arange(len(target)), token]
        total += np.where(going, log_p, 0)
        going &= np.asarray(token) != EOS
    return total


def _context_by_hand(decoder, context, target_in) -> np.ndarray:
    """The equations with the decoder's own weights, one position after another."""
    rnn, state, scores = decoder.rnn, (context,), []
    for i in range(target_in.shape[1]):
        joined = jnp.concatenate([decoder.embedding(target_in[:, i]), context], axis=-1)
        a = joined @ rnn.W_in[...] + rnn.b_in[...][None]
        state = gru_cell(a, state[0] @ rnn.W_rec[...] + rnn.b_rec[...][None], state)
        scores.append(np.asarray(decoder.output(state[0])))
    return np.stack(scores, 1)
