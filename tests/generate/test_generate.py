"""Mirrors encdec_lib/generate/sampling.py, encdec_lib/generate/beam.py and
encdec_lib/generate/common.py.
"""

import itertools
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.vocabulary import BOS, EOS, PAD
from encdec_lib.encoding import DecoderState, EncoderDecoder, Encoding
from encdec_lib.generate.beam import beam_search
from encdec_lib.generate.sampling import greedy
from encdec_lib.models.seq2seq import RNNDecoder, Seq2SeqConfig, seq2seq
from encdec_lib.runtime import batched
from encdec_lib.train.losses import shift_right
from tests.helpers import loops
from tests.helpers.thinned import thinned
from tests.systems import BELOW_ONE, PAIRS, V_SOURCE, build, sentences

B, S, L, K = 5, 4, 7, 3
SOURCE = sentences([3, 4, 1, 2, 4], V_SOURCE)
close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-5)
EVERY = list({decoder: encoder for encoder, decoder in PAIRS}.items())  # one pair a decoder
every_decoder = pytest.mark.parametrize(("decoder", "encoder"), thinned(EVERY, EVERY[::2]))
build = partial(build, sharpness=6.0, ends=2.0)


@nnx.jit
def teacher_forced(model, source, target_in):
    logits, weights = model(source, target_in)
    return jax.nn.log_softmax(logits), weights


def score(model, source, tokens):
    """Log-probability of whole sequences (N, L), and the weights, by teacher forcing."""
    tokens = jnp.asarray(tokens)
    log_p, weights = teacher_forced(model, jnp.asarray(source), shift_right(tokens))
    each = np.take_along_axis(np.asarray(log_p), np.asarray(tokens)[..., None], axis=-1)[..., 0]
    return np.where(tokens != PAD, each, 0).sum(axis=1), weights


class NextToken:
    """log P(next | prefix, row), each prefix scored from its start, apart from start and step."""

    def __init__(self, model, row):
        self.model, self.row, self.known = model, row, {}

    def __call__(self, prefix):
        if prefix not in self.known:
            target_in = np.zeros((1, L), np.int32)
            target_in[0, : len(prefix) + 1] = [BOS, *prefix]
            log_p, _ = teacher_forced(self.model, jnp.asarray(self.row[None]), target_in)
            log_p = np.asarray(log_p[0, len(prefix)], np.float64)
            log_p[[PAD, BOS]] = -np.inf
            self.known[prefix] = log_p
        return self.known[prefix]


class FirstToken(nnx.Module):
    """An encoder without weights: its one vector is the first id."""

    encoding_dim = 1

    def __call__(self, source, mask):
        return Encoding(source[:, :1, None].astype(float), mask[:, :1])


class Table(nnx.Module):
    """A decoder that reads its logits off a table, by source and the last two tokens.

    A bad token often leads to good ones, so beams matter more than in a fresh network. It
    "looks" at the token it just read, so that weights say which beginning they belong to.
    """

    encoding_dim = 1

    def __init__(self, seed, vocabulary=9):
        table = 2 * np.random.default_rng(seed).normal(size=(V_SOURCE, *[vocabulary] * 3))
        self.table = nnx.Param(jnp.asarray(table, jnp.float32))

    def __call__(self, target_in, encoding):
        raise NotImplementedError  # these tests only step

    def start(self, encoding, length=64):
        source = encoding.vectors[:, 0, 0].astype(int)
        return DecoderState((jnp.full_like(source, BOS),), (source,))

    def step(self, state, token):
        (before,), (source,) = state
        looked = jax.nn.one_hot(token, self.table.shape[-1])[:, None]
        logits = self.table[...][source, before, token]
        return DecoderState((token,), state.memory), logits, looked

    def by_hand(self, row):
        table = loops.float64(self.table)[row[0]]

        def next_token(prefix):
            before, token = (BOS, BOS, *prefix)[-2:]
            log_p = loops.log_softmax(table[before, token])
            log_p[[PAD, BOS]] = -np.inf
            return log_p

        return next_token


def tables(count):
    return [EncoderDecoder(FirstToken(), Table(seed)) for seed in range(count)]


def greedy_by_hand(next_token):
    tokens, total = (), 0.0
    while len(tokens) < L and EOS not in tokens:
        log_p = next_token(tokens)
        tokens += (int(np.argmax(log_p)),)
        total += log_p.max()
    return tokens, total


def beam_by_hand(next_token, width, penalty=0.0, monotonic=True, length=L, whole=True):
    """The monotonic rule: place k takes the best child of places 1 to k not yet taken.

    The usual rule: of all places. With `whole` one that ended wins over one cut short.
    """
    beam = [((), 0.0)] + [None] * (width - 1)
    for _ in range(length):
        if all(place is None or EOS in place[0] for place in beam):
            break
        children = []
        for number, place in enumerate(beam):
            if place is None:
                continue
            tokens, total = place
            if EOS in tokens:
                children.append((total, tokens, number))
                continue
            for token, log_p in enumerate(next_token(tokens)):
                if log_p > -np.inf:
                    children.append((total + log_p, (*tokens, token), number))
        beam = []
        for number in range(width):
            best = max((c for c in children if c[2] <= number or not monotonic), default=None)
            if best:
                children.remove(best)
            beam.append(best and (best[1], best[0]))
    places = [place for place in beam if place]
    ended = [place for place in places if EOS in place[0]]
    return max((whole and ended) or places, key=lambda place: place[1] / len(place[0]) ** penalty)


def padded(sequences):
    rows = np.zeros((len(sequences), L), np.int32)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = sequence
    return rows


@every_decoder
def test_greedy_is_the_loop_written_in_python(encoder, decoder):
    lengths = set()
    for seed in range(7):
        model = build(encoder, decoder, seed=seed)
        tokens, scores, _ = greedy(model, SOURCE, max_length=L)
        wanted = [greedy_by_hand(NextToken(model, row)) for row in SOURCE]
        np.testing.assert_array_equal(tokens, padded([w[0] for w in wanted]))
        close(scores, [w[1] for w in wanted])
        lengths |= set((tokens != PAD).sum(axis=1).tolist())
    assert len(lengths) > 2  # they end early and late, or the test would prove little


@every_decoder
@pytest.mark.parametrize(
    "width",
    [pytest.param(0, id="greedy"), pytest.param(K, id="beam", marks=pytest.mark.slow)],
)
def test_scores_and_weights_are_those_of_teacher_forcing(encoder, decoder, width):
    model = build(encoder, decoder)
    if width:
        tokens, scores, weights = beam_search(model, SOURCE, max_length=L, width=width)
    else:
        tokens, scores, weights = greedy(model, SOURCE, max_length=L)
    wanted_scores, wanted_weights = score(model, SOURCE, tokens)
    close(scores, wanted_scores)
    assert (weights is None) == (wanted_weights is None)
    if weights is not None:
        real = (tokens != PAD)[:, None, :, None]
        close(weights, np.where(real, wanted_weights, 0))
        if decoder not in BELOW_ONE:
            close(weights.sum(-1), np.broadcast_to(real[..., 0], weights.shape[:-1]))


@every_decoder
def test_a_beam_of_width_one_is_greedy(encoder, decoder):
    model = build(encoder, decoder)
    for one, other in zip(
        beam_search(model, SOURCE, max_length=L, width=1),
        greedy(model, SOURCE, max_length=L),
        strict=True,
    ):
        assert (one is None) == (other is None)
        if one is not None:
            assert one.shape == other.shape
            np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_beam_search_is_the_rule_written_in_python(penalty):
    usual = []
    for model in tables(20):
        tokens, scores, weights = beam_search(
            model, SOURCE, max_length=L, width=K, length_penalty=penalty
        )
        next_tokens = [model.decoder.by_hand(row) for row in SOURCE]
        wanted = [beam_by_hand(next_token, K, penalty) for next_token in next_tokens]
        np.testing.assert_array_equal(tokens, padded([w[0] for w in wanted]))
        close(scores, [w[1] for w in wanted])
        before = np.concatenate([np.full((B, 1), BOS), tokens[:, :-1]], axis=1)
        looked = np.where(tokens[..., None] != PAD, np.eye(weights.shape[-1])[before], 0)
        np.testing.assert_array_equal(weights[:, 0], looked)
        usual += [beam_by_hand(f, K, penalty, monotonic=False) for f in next_tokens]
        usual[-B:] = [u[0] != w[0] for u, w in zip(usual[-B:], wanted, strict=True)]
    assert np.mean(usual) > 0.02  # the usual rule would not pass


def test_wider_beams_never_score_lower():
    widths, gains, usual, endings = (1, 2, 3, 5), [], [], 0
    for model in tables(40):
        found = [beam_search(model, SOURCE, max_length=L, width=k) for k in widths]
        ended = np.array([(out.tokens == EOS).any(axis=1) for out in found])
        assert (np.diff(ended.astype(int), axis=0) >= 0).all()  # once ended, always ended
        alike = ended[1:] == ended[:-1]
        endings += (~alike).sum()
        gains.append(np.where(alike, np.diff([out.scores for out in found], axis=0), 0))
        for row in SOURCE[:2]:
            by_hand = model.decoder.by_hand(row)
            usual.append([beam_by_hand(by_hand, k, monotonic=False)[1] for k in widths])
    assert np.min(gains) >= -1e-5
    assert (np.array(gains) > 1e-3).mean(axis=(0, 2)).min() > 0.02  # each widening helps somewhere
    assert np.diff(usual).min() < -1e-3  # and the usual rule would not pass
    assert endings  # some widening ends what a narrower beam could not


def test_a_sequence_that_ended_wins_over_one_that_was_cut_short():
    """However good the score of the other: it is no whole output."""
    lower = 0
    for model in tables(20):
        found = beam_search(model, SOURCE, max_length=3, width=K)
        for row, tokens, total in zip(SOURCE, found.tokens, found.scores, strict=True):
            best, score = beam_by_hand(model.decoder.by_hand(row), K, length=3)
            assert tokens.tolist() == padded([best])[0, :3].tolist()
            close(total, score)
            if EOS in best:
                rival = beam_by_hand(model.decoder.by_hand(row), K, length=3, whole=False)[1]
                lower += rival > score + 1e-3
    assert lower  # where the best score of all belongs to one that was cut short


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_a_beam_as_wide_as_the_space_finds_the_best_of_all(penalty):
    vocabulary, length = 5, 3  # <eos>, <unk> and one symbol: 1 + 2 + 4 ended, 8 not ended
    ended = [
        (*start, EOS, *[PAD] * (length - 1 - n))
        for n in range(length)
        for start in itertools.product((3, 4), repeat=n)
    ]
    everything = np.array(ended + list(itertools.product((3, 4), repeat=length)))
    assert len(everything) == 15
    config = Seq2SeqConfig(V_SOURCE, vocabulary, embed_dim=3, state_dim=7)
    for seed in range(3):
        model = seq2seq(config, rngs=nnx.Rngs(seed))
        model.decoder.output.kernel[...] = 9 * model.decoder.output.kernel[...]
        found = beam_search(model, SOURCE, max_length=length, width=15, length_penalty=penalty)
        for row, tokens, total in zip(SOURCE, found.tokens, found.scores, strict=True):
            scores, _ = score(model, np.tile(row, (15, 1)), everything)
            lengths = (everything != PAD).sum(axis=1)
            whole = (everything == EOS).any(axis=1)  # one of these wins, whatever the others score
            best = np.argmax(np.where(whole, scores / lengths**penalty, -np.inf))
            np.testing.assert_array_equal(tokens, everything[best])
            close(total, scores[best])


def test_a_length_penalty_prefers_longer_outputs():
    lengths = {
        penalty: [
            (beam_search(model, SOURCE, L, K, penalty).tokens != PAD).sum(axis=1)
            for model in tables(20)
        ]
        for penalty in (0.0, 1.0)
    }
    change = np.array(lengths[1.0]) - lengths[0.0]
    assert change.min() >= 0 and change.max() > 0


def test_any_length_and_a_shorter_one_is_the_beginning_of_a_longer():
    model = build("a vector a token", "additive attention")
    long = greedy(model, SOURCE, max_length=41)
    for length in (1, L):
        short = greedy(model, SOURCE, max_length=length)
        assert short.tokens.shape == (B, length)
        assert short.weights.shape == (B, 1, length, S)
        np.testing.assert_array_equal(short.tokens, long.tokens[:, :length])
        close(short.weights, long.weights[:, :, :length])


@pytest.mark.parametrize("batch_size", [1, 2, 3, 64])
def test_batches_and_devices_do_not_matter_and_order_is_restored(monkeypatch, batch_size):
    model = build("a vector a token", "additive attention")
    whole = greedy(model, SOURCE, max_length=L)
    monkeypatch.setattr(batched, "devices_for", lambda flops: jax.local_devices())
    assert jax.local_device_count() == 2  # 1, 3 and 5 examples do not divide
    parts = greedy(model, SOURCE, max_length=L, batch_size=batch_size)
    np.testing.assert_array_equal(parts.tokens, whole.tokens)
    close(parts.scores, whole.scores)
    close(parts.weights, whole.weights)


def test_the_order_of_the_examples_does_not_matter():
    model, order = build("last state", "rnn"), np.array([4, 2, 0, 3, 1])
    whole, turned = (greedy(model, x, max_length=L) for x in (SOURCE, SOURCE[order]))
    np.testing.assert_array_equal(turned.tokens, whole.tokens[order])
    close(turned.scores, whole.scores[order])


def test_padding_and_bos_are_never_written_but_count_in_the_scores():
    model = build("last state", "rnn")
    bias = model.decoder.output.bias
    bias[...] = bias[...].at[jnp.array([PAD, BOS])].set(20.0)
    for out in (greedy(model, SOURCE, L), beam_search(model, SOURCE, L, width=K)):
        ends = np.argmax(out.tokens == EOS, axis=1)
        for row, end in zip(out.tokens, ends, strict=True):
            stop = end + 1 if EOS in row else L
            assert not np.isin(row[:stop], [PAD, BOS]).any()
            assert (row[stop:] == PAD).all()
        close(out.scores, score(model, SOURCE, out.tokens)[0])
        assert (out.scores < -10).all()  # nearly all probability is on <pad> and <bos>


@pytest.mark.parametrize("write", [greedy, partial(beam_search, width=2)], ids=["greedy", "beam"])
def test_the_loop_ends_when_every_sequence_has(write, monkeypatch):
    walked, step = [], RNNDecoder.step

    def counting(self, state, token):
        jax.debug.callback(lambda: walked.append(1))
        return step(self, state, token)

    monkeypatch.setattr(RNNDecoder, "step", counting)
    model = seq2seq(Seq2SeqConfig(V_SOURCE, 3, embed_dim=3, state_dim=5), rngs=nnx.Rngs(0))
    out = write(model, SOURCE, max_length=31)  # three symbols: nothing to write but <eos>
    jax.effects_barrier()
    np.testing.assert_array_equal(out.tokens, np.eye(31, dtype=int)[:1].repeat(B, 0) * EOS)
    assert len(walked) == 1


def test_a_model_of_the_same_sizes_is_not_compiled_again():
    greedy(build("last state", "rnn", seed=0), SOURCE, max_length=L)
    before = batched._compiled.cache_info().misses
    greedy(build("last state", "rnn", seed=1), SOURCE, max_length=L)
    assert batched._compiled.cache_info().misses == before


@pytest.mark.parametrize(
    ("source", "settings", "message"),
    [
        (SOURCE[:0], {}, r"source needs at least one example.*got \(0, 4\)"),
        (SOURCE[:, :0], {}, r"source needs at least one example and one position.*got \(5, 0\)"),
        (SOURCE[0], {}, r"tokens \(B, S\) or images \(B, H, W, C\); got \(4,\)"),
        (SOURCE, {"max_length": 0}, "max_length must be at least 1; got 0"),
        (SOURCE, {"batch_size": 0}, "batch_size must be at least 1; got 0"),
        (SOURCE, {"width": 0}, "width must be at least 1; got 0. 1 is greedy search"),
    ],
)
def test_bad_inputs_are_named_in_the_error(source, settings, message):
    model = build("last state", "rnn")
    for write in (beam_search,) if "width" in settings else (greedy, beam_search):
        with pytest.raises(ValueError, match=message):
            write(model, source, **settings)
