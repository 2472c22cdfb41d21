"""Mirrors encdec_lib/evaluation/text.py."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.parallel import from_tokens
from encdec_lib.data.vocabulary import EOS, Vocabulary
from encdec_lib.evaluation.text import teacher_forced_scores
from encdec_lib.models.attention_scores import ScoresConfig, attention_scores
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.train.losses import shift_right

LETTERS, SOUNDS = Vocabulary("abcde"), Vocabulary("xyz")
PART = from_tokens(
    [list("ab"), list("cdeab"), list("e")],
    [[list("xyz")], [list("y")], [list("zz"), list("x")]],
    LETTERS,
    SOUNDS,
)


@pytest.mark.parametrize("window", [pytest.param(None, marks=pytest.mark.slow), "predictive"])
def test_perplexity_and_entropy_agree_with_loops(window):
    config = ScoresConfig(
        len(LETTERS), len(SOUNDS), 3, 5, 10, "general", window, half_width=2, align_dim=7
    )
    model = attention_scores(config, rngs=nnx.Rngs(0))
    nats, bits = [], []
    for source, target in zip(PART.source, PART.target, strict=True):
        logits, weights = (
            np.asarray(x, np.float64)
            for x in model(jnp.asarray(source)[None], shift_right(jnp.asarray(target)[None]))
        )
        for i, token in enumerate(target):
            if token:
                nats.append(np.log(np.exp(logits[0, i]).sum()) - logits[0, i, token])
                share = weights[0, 0, i] / weights[0, 0, i].sum()
                bits.append(-sum(p * np.log2(p) for p in share if p > 0))
    assert [row[row != 0][-1] for row in PART.target] == [EOS] * 3
    for batch_size in (2, 5):
        told = teacher_forced_scores(model, PART, batch_size)
        np.testing.assert_allclose(told["perplexity"], np.exp(np.mean(nats)), rtol=1e-5)
        np.testing.assert_allclose(told["entropy"], np.mean(bits), rtol=1e-4)


def test_a_decoder_that_does_not_look_has_no_entropy():
    model = seq2seq(Seq2SeqConfig(len(LETTERS), len(SOUNDS), 3, 5), rngs=nnx.Rngs(0))
    assert set(teacher_forced_scores(model, PART)) == {"perplexity"}
