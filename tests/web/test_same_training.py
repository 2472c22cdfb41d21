"""Mirrors encdec_lib/web/same_training.py; the page's own losses are in tests/browser."""

import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web.same_training import fitted_losses

TASK = {"name": "copy", "symbols": 3, "longest": 5}


def model():
    return seq2seq(Seq2SeqConfig(7, 7, embed_dim=2, state_dim=3), rngs=nnx.Rngs(0))


def config(**training):
    return {
        "task": TASK,
        "weights": {"seed": 1},
        "training": {"batch": 5, "learning_rate": 0.02, "warmup": 7} | training,
    }


@pytest.mark.slow
def test_a_training_begins_alike_however_short_it_is():
    """A warm-up that is longer than the training is not shortened."""
    few, more = (fitted_losses(model(), config(), steps) for steps in (3, 11))
    assert few.shape == (3,) and more.shape == (11,)
    np.testing.assert_allclose(few, more[:3], rtol=1e-5)
    assert np.ptp(more) > 0


def test_the_settings_count():
    first = fitted_losses(model(), config(forcing=1), 5)  # as fit has it
    for other in (
        config(seed=2),
        config(clip=None, learning_rate=0.1),
        config(batch=6),
        config(warmup=2, schedule="inverse_sqrt"),
    ):
        assert not np.allclose(first, fitted_losses(model(), other, 5))
    kept = config() | {"weights": {"seed": 1, "keep_bias": 3}}
    assert not np.allclose(first, fitted_losses(model(), kept, 5))


def test_what_cannot_be_followed():
    with pytest.raises(ValueError, match="draw its weights from a seed; got"):
        fitted_losses(model(), config() | {"weights": {"manifest": {}, "data": b""}})
    with pytest.raises(ValueError, match="must be one of constant, inverse_sqrt; got 'cos"):
        fitted_losses(model(), config(schedule="cosine"))
    with pytest.raises(ValueError, match="forcing 1, or none, as fit tells .* token; got 0.5"):
        fitted_losses(model(), config(forcing=0.5))
    with pytest.raises(ValueError, match="keep_bias must be a finite number"):
        fitted_losses(model(), config() | {"weights": {"seed": 1, "keep_bias": np.nan}})
