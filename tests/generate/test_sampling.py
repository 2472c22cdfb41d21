"""Sampling: encdec_lib/generate/sampling.py's ``sample``."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.vocabulary import BOS, EOS, PAD
from encdec_lib.generate.sampling import greedy, sample
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.train.losses import shift_right
from tests.systems import build, sentences

V_SOURCE, V_TARGET, L = 17, 13, 7
SOURCE = sentences([3, 4, 1, 2, 4], V_SOURCE)


@pytest.fixture(scope="module", params=["gru", "transformer"])
def model(request):
    if request.param == "gru":
        return build("last state", "rnn", sharpness=6.0, ends=2.0)
    config = TransformerConfig(V_SOURCE, V_TARGET, d_model=6, heads=2, d_ff=5)
    return transformer(config, rngs=nnx.Rngs(0))


def first_bets(model, row, temperature, top_k):
    """The distribution of the first token, in float64."""
    logits = model(jnp.asarray(row[None]), jnp.array([[BOS]])).logits[0, 0]
    log_p = np.asarray(jax.nn.log_softmax(logits), np.float64)
    log_p[[PAD, BOS]] = -np.inf
    if top_k is not None:
        log_p[np.argsort(log_p)[:-top_k]] = -np.inf
    p = np.exp(log_p / temperature)
    return p / p.sum()


@pytest.mark.parametrize(
    ("temperature", "top_k"), [(1.0, None), (0.5, None), (2.0, 3)], ids=["plain", "cold", "top 3"]
)
def test_tokens_come_as_often_as_the_model_says(model, temperature, top_k):
    count, row = 5_000, SOURCE[1]
    source = np.tile(row, (count, 1))
    drawn = sample(model, source, 1, temperature, top_k, batch_size=count).tokens[:, 0]
    share = np.bincount(drawn, minlength=V_TARGET) / count
    p = first_bets(model, row, temperature, top_k)
    assert (share[p == 0] == 0).all()
    # four standard deviations of a share
    assert (np.abs(share - p) <= 4 * np.sqrt(p * (1 - p) / count) + 1e-9).all()


def test_every_step_draws_anew(model):
    """The same noise at every step would write the same token twice when all are as likely."""
    source = np.tile(SOURCE[1], (1_000, 1))
    first, second = sample(model, source, 2, temperature=1e6, batch_size=1_000).tokens.T
    going = first != EOS
    share = (first == second)[going].mean()
    assert 0.02 < share < 0.2  # about one in V_TARGET - 2 = 11


@pytest.mark.slow
def test_scores_are_those_of_teacher_forcing(model):
    drawn = sample(model, SOURCE, L, temperature=2.0)
    logits = model(jnp.asarray(SOURCE), shift_right(jnp.asarray(drawn.tokens))).logits
    log_p = np.asarray(jax.nn.log_softmax(logits))
    each = np.take_along_axis(log_p, drawn.tokens[..., None], axis=-1)[..., 0]
    expected = np.where(drawn.tokens != PAD, each, 0).sum(axis=1)
    np.testing.assert_allclose(drawn.scores, expected, rtol=1e-4, atol=1e-5)


def test_what_is_drawn_depends_on_the_seed_and_not_on_the_batch(model):
    together = sample(model, SOURCE, L, seed=3).tokens
    apart = sample(model, SOURCE, L, seed=3, batch_size=2).tokens
    np.testing.assert_array_equal(together, apart)
    assert (sample(model, SOURCE, L, seed=4).tokens != together).any()


def test_a_low_temperature_or_one_choice_is_greedy_search(model):
    best = greedy(model, SOURCE, L).tokens
    np.testing.assert_array_equal(sample(model, SOURCE, L, temperature=1e-4).tokens, best)
    np.testing.assert_array_equal(sample(model, SOURCE, L, top_k=1).tokens, best)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0}, "temperature must be above 0; got 0. For 0 use greedy"),
        ({"temperature": float("nan")}, "temperature must be above 0; got nan"),
        ({"top_k": 0}, "top_k must be at least 1, or None for all; got 0"),
    ],
)
def test_bad_settings_are_named_in_the_error(model, settings, message):
    with pytest.raises(ValueError, match=message):
        sample(model, SOURCE, L, **settings)
