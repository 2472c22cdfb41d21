"""Mirrors encdec_lib/widgets/attention_stepper. What it does is in tests/browser."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.data.vocabulary import BOS
from encdec_lib.generate import greedy
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.widgets import AttentionStepper
from tests.widgets.untrained import untrained

SIZES = (len(LETTERS), len(PHONEMES))
WORD = "knight"


def attending_model(seed=3, scale=0.5):
    return untrained(bahdanau, BahdanauConfig(*SIZES, 5, 7, 11, 13), scale, seed=seed)


def test_scores_weights_and_context_are_those_of_the_formula():
    """Loops over letters and numbers, from the state that the decoder has."""
    model = attending_model()
    trace = AttentionStepper(model, LETTERS, PHONEMES, word=WORD).trace
    encoding = model.encode(jnp.array([LETTERS.encode(WORD)]))
    h, drawn = np.asarray(encoding.vectors[0], np.float64), [0, 1, 2, 3, 7, 8, 9, 10]
    np.testing.assert_allclose(trace["vectors"], h[:, drawn], atol=1e-4)
    assert trace["width"] == 14
    layer, state, token = model.decoder.attention, model.decoder.start(encoding), BOS
    W, U, v = (np.asarray(w[...], np.float64) for w in (layer.W_query, layer.W_key, layer.v))
    for one in trace["steps"]:
        s = np.asarray(state.carry[0][0], np.float64)
        scores = []
        for h_j in h:
            hidden = [sum(s * W[:, a]) + sum(h_j * U[:, a]) for a in range(13)]
            scores.append(sum(v_a * math.tanh(x) for v_a, x in zip(v, hidden, strict=True)))
        powers = [math.exp(score) for score in scores]
        weights = [power / sum(powers) for power in powers]
        context = [sum(a * h_j[n] for a, h_j in zip(weights, h, strict=True)) for n in drawn]
        np.testing.assert_allclose(one["scores"], scores, atol=2e-4)
        np.testing.assert_allclose(one["weights"], weights, atol=2e-4)
        np.testing.assert_allclose(one["context"], context, atol=2e-4)
        np.testing.assert_allclose(one["state"], s[:8], atol=1e-4)
        state, _, _ = model.decoder.step(state, jnp.array([token]))
        np.testing.assert_allclose(one["after"], state.carry[0][0, :8], atol=1e-4)
        token = PHONEMES.symbols.index(one["bets"][0][0])


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_it_writes_what_greedy_search_writes(seed):
    model = attending_model(seed)
    trace = AttentionStepper(model, LETTERS, PHONEMES, word=WORD).trace
    said = greedy(model, np.array([LETTERS.encode(WORD)]), max_length=7)
    sounds = [step["bets"][0][0] for step in trace["steps"]]
    assert sounds == PHONEMES.decode(said.tokens[0])[:7]
    assert trace["ended"] == (len(PHONEMES.decode(said.tokens[0])) < 7)
    for step in trace["steps"]:
        shares = [share for _, share in step["bets"]]
        assert shares == sorted(shares, reverse=True) and len(shares) == 3 and sum(shares) <= 1.001


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"word": "a"}, "word must have at least 2 letters; got 'a'"),
        ({"word": "psychology"}, "word must have 1 to 7 letters"),
        ({"word": "año"}, "ñ"),
        ({"step": 0}, "step must be at least 1; got 0"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        AttentionStepper(attending_model(), LETTERS, PHONEMES, **arguments)


def test_other_models_are_refused():
    with pytest.raises(ValueError, match="model must be a model built by bahdanau"):
        AttentionStepper(
            untrained(seq2seq, Seq2SeqConfig(*SIZES, 3, 5)), LETTERS, PHONEMES, word=WORD
        )


def test_a_model_that_writes_nothing_is_named():
    model = attending_model()
    model.decoder.output.bias[...] = model.decoder.output.bias[...].at[2].set(99)
    with pytest.raises(ValueError, match="model must write at least one sound for 'knight'"):
        AttentionStepper(model, LETTERS, PHONEMES, word=WORD)
