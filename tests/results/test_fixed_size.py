"""Mirrors results/fixed_size.py and results/verses.py, at tiny sizes."""

import math
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data import random_strings, translation
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from results import fixed_size, verses
from results.long_runs import LOSS
from tests.helpers.verses import some, write_package


@pytest.fixture(scope="module")
def strings():
    return random_strings.load(train=20, per_length=5, lengths=(2, 5), symbols=7).test


@pytest.fixture(scope="module")
def one_vector():
    return seq2seq(Seq2SeqConfig(11, 11, embed_dim=3, state_dim=5), rngs=nnx.Rngs(0))


def test_bits_are_what_there_is_less_what_the_decoder_lacks(strings, one_vector):
    """In loops: a row's log-probabilities, one step of the decoder after the other."""
    held = fixed_size.bits_held(one_vector, strings)
    expected = {2: [], 5: []}
    for source in strings.source:
        n = int((source != 0).sum())
        state = one_vector.decoder.start(one_vector.encode(jnp.asarray(source[None, :n])))
        token, bits = 1, n * math.log2(7)
        for symbol in source[:n]:
            state, logits, _ = one_vector.decoder.step(state, jnp.array([token]))
            z = np.asarray(logits[0], np.float64)
            bits += (z[symbol] - np.log(np.exp(z).sum())) / math.log(2)
            token = symbol
        expected[n].append(bits)
    assert held == {str(n): pytest.approx(np.mean(b), abs=1e-4) for n, b in expected.items()}


def test_symbols_right_are_counted_by_place(strings, one_vector, monkeypatch):
    written = strings.source.copy()
    short = np.flatnonzero(strings.source_lengths == 2)
    long = np.flatnonzero(strings.source_lengths == 5)
    written[short[0], 1] = 4 + (written[short[0], 1] - 3) % 7  # one symbol of ten wrong
    written[long, 0] = 4 + (written[long, 0] - 3) % 7
    monkeypatch.setattr(fixed_size.generate, "greedy", lambda *_: SimpleNamespace(tokens=written))
    monkeypatch.setattr(fixed_size, "PROBED_STRINGS", ())
    tables = fixed_size.test_strings(one_vector, strings)
    assert tables["symbols"] == {"2": pytest.approx(1.8), "5": 4}
    assert tables["exact"] == {"2": pytest.approx(80), "5": 0}
    assert tables["bits"] == fixed_size.bits_held(one_vector, strings)


@pytest.mark.slow
def test_a_probe_reads_the_last_symbol_of_an_untrained_state_and_not_the_first(one_vector):
    data = random_strings.load(train=600, per_length=100, lengths=(13,), symbols=3)
    wide = seq2seq(Seq2SeqConfig(7, 7, embed_dim=8, state_dim=31), rngs=nnx.Rngs(0))
    read = fixed_size.probe(wide, data.train.source, data.test.source)
    assert read["place"] == [1, 2, 4, 5, 6, 8, 9, 10, 12, 13]
    assert read["right"][-1] > 90 and read["right"][0] < 70
    assert all(20 < share < 50 for share in read["most frequent"])


@pytest.mark.slow
def test_sentences_are_watched_and_tested(monkeypatch):
    monkeypatch.setattr(fixed_size, "PROBED_LENGTHS", ())
    part = translation.load(train=5, test_per_bucket=3, max_length=12).test
    sizes = len(part.source_vocabulary), len(part.target_vocabulary)
    for model, probed in (
        (seq2seq(Seq2SeqConfig(*sizes, 3, 5), rngs=nnx.Rngs(0)), True),
        (bahdanau(BahdanauConfig(*sizes, 3, 4, 5, 2), rngs=nnx.Rngs(0)), False),
    ):
        watched = fixed_size.watch_sentences(model, part)
        assert watched.keys() == {LOSS, "BLEU 4–10", "BLEU 11–15"}
        assert watched[LOSS] == pytest.approx(math.log(sizes[1]), rel=0.1)  # untrained
        tables = fixed_size.test_sentences(model, part)
        assert tables["bleu"].keys() == tables["exact"].keys() == {"4–10", "11–15"}
        assert ("probe" in tables) == probed


def test_arms_have_equal_parameters():
    def count(arm, vocab):
        plan = fixed_size.LongRun("", *arm, fixed_size.CONSTANT)
        words = SimpleNamespace(source_vocabulary=range(vocab), target_vocabulary=range(vocab))
        shapes = nnx.eval_shape(lambda: nnx.state(plan.build(words, 0), nnx.Param))
        return sum(math.prod(x.shape) for x in jax.tree.leaves(shapes))

    arms = fixed_size._room_arms()
    for d in fixed_size.BESIDE:
        one, other = (count(arms[f"{name} d = {d}"], 20) for name in
                      ("fixed vector,", "attention beside"))  # fmt: skip
        assert abs(other / one - 1) < 0.05
    sizes = [count(arm, 2000) for arm in verses.ARMS.values()]
    assert max(sizes) / min(sizes) < 1.02


@pytest.mark.slow
def test_verses_are_scored_as_words(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    for package, side in zip(verses.early_modern_english.PACKAGES, some(), strict=True):
        write_package(tmp_path, package, side)
    data = verses.load(0, vocabulary_size=60)
    model, sizes = verses.ARMS["attention"]
    tiny = dict.fromkeys(sizes, 3) | {"encoder_dim": 2}
    model = verses.LongRun("", model, tiny, verses.CONSTANT).build(data.train, 0)
    assert verses.watch(model, data.dev)[LOSS] == pytest.approx(math.log(60), rel=0.1)
    right = [accepted[0] for accepted in data.test.references]
    monkeypatch.setattr(verses.evaluation, "decode", lambda *_, **__: right)
    tables = verses.test(model, data.test)
    for search in ("greedy", "beam 5"):
        assert tables[search]["all bleu"] == tables[search]["all chrf"] == 100
        assert tables[search]["forms"]["share"] == 100 and tables[search]["forms"]["left"] == 0
    asked = tables["greedy"]["forms"]["asked"]
    assert asked == 3 * len(data.test)  # cometh, unto, thee
    assert tables["source as it is"]["forms"]["right"] == 0
    assert tables["source as it is"]["all bleu"] < 100
    assert all(" cometh unto thee " in example["source"] for example in tables["examples"])
