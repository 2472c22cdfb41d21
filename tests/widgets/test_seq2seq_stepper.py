"""Mirrors encdec_lib/widgets/seq2seq_stepper; what it looks like is in tests/browser."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.parallel import pad
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.data.vocabulary import BOS, EOS
from encdec_lib.generate import greedy
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.train.losses import shift_right
from encdec_lib.widgets import Seq2SeqStepper
from tests.widgets.untrained import untrained

WORDS = {"day": "D EY", "charged": "CH AA R JH D", "ox": ["AA", "K", "S"]}


def model_of(reverse=False):
    config = Seq2SeqConfig(len(LETTERS), len(PHONEMES), 5, 11, reverse_source=reverse)
    return untrained(seq2seq, config, 0.9, seed=3)


@pytest.mark.parametrize("reverse", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_every_state_and_bet_is_the_librarys(reverse):
    model = model_of(reverse)
    stepper = Seq2SeqStepper(model, LETTERS, PHONEMES, WORDS)
    step = nnx.jit(
        lambda model, token, h: model.encoder.rnn.step(model.encoder.embedding(token), h)
    )
    for word in stepper.words[1:]:
        ids = LETTERS.encode(word["letters"])
        h, states = jnp.zeros((1, 11)), []
        for letter in ids[::-1] if reverse else ids:
            (h,) = step(model, jnp.array([letter]), (h,))
            states.append(h[0, :8])
        np.testing.assert_allclose(word["read"], states, atol=1e-4)

        source = jnp.asarray(pad([ids], length=8))
        own, forced = word["written"]
        said = greedy(model, source, max_length=len(word["sounds"]) + 4).tokens[0]
        written = [EOS if s["said"] is None else PHONEMES.encode([s["said"]])[0] for s in own]
        np.testing.assert_array_equal(written, said[: len(written)])
        assert [s["input"] for s in own[1:]] == [s["said"] for s in own[:-1]]

        target = jnp.asarray([[*PHONEMES.encode(word["sounds"]), EOS]])
        shares = np.array(jax.nn.softmax(model(source, shift_right(target)).logits[0]))
        shares[:, : BOS + 1] = 0
        assert len(forced) == len(word["sounds"]) + 1
        np.testing.assert_allclose([s["share"] for s in forced], shares.max(axis=1), atol=1e-4)
        best = [None if i == EOS else PHONEMES.symbols[i] for i in shares.argmax(axis=1)]
        assert [s["said"] for s in forced] == best
        assert [s["input"] for s in forced] == [None, *word["sounds"]]


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"words": {}}, "words must be 1 to 4; got 0|words must"),
        ({"words": dict.fromkeys(("ab", "cd", "ef", "gh", "ij"), "D")}, "1 to 4; got 5"),
        ({"words": {"a": "EY"}}, "2 to 8 letters each; got 'a'"),
        ({"words": {"abcdefghi": "EY"}}, "2 to 8 letters each"),
        ({"words": {"día": "D EY"}}, "í"),
        ({"words": {"day": "D QQ"}}, "QQ"),
        ({"word": "night"}, "word must be one of day, charged, ox; got 'night'"),
    ],
)
def test_settings_that_cannot_be(wrong, message):
    with pytest.raises(ValueError, match=message):
        Seq2SeqStepper(model_of(), LETTERS, PHONEMES, **({"words": WORDS} | wrong))


def test_another_model_is_refused():
    with pytest.raises(ValueError, match="source_vocabulary must have the 29 symbols"):
        config = Seq2SeqConfig(29, len(PHONEMES), 3, 5)
        model = seq2seq(config, rngs=nnx.Rngs(0))
        Seq2SeqStepper(model, LETTERS, PHONEMES, WORDS)
