"""Mirrors encdec_lib/widgets/caption_stepper. What it does is in tests/browser."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.data.captions import WORDS
from encdec_lib.data.vocabulary import BOS, EOS
from encdec_lib.generate import greedy
from encdec_lib.widgets import CaptionStepper
from tests.browser.every_widget import _captioner_model
from tests.widgets.untrained_readers import reading


def scenes(count=2):
    return np.random.default_rng(3).uniform(size=(count, 32, 32)).astype(np.float32)


def test_words_states_and_guesses_are_the_models():
    model, pictures = _captioner_model(), scenes()
    shown = CaptionStepper(model, pictures)
    written = greedy(model, pictures[..., None], max_length=9).tokens
    for trace, image, tokens in zip(shown.traces, pictures, written, strict=True):
        encoding = model.encode(jnp.asarray(image[None, ..., None]))
        H = np.asarray(encoding.vectors[0, 0])
        np.testing.assert_allclose(trace["vector"], H[:8], atol=1e-4)
        state, token = model.decoder.start(encoding), BOS
        for step, said in zip(trace["steps"], tokens, strict=False):
            state, logits, _ = model.decoder.step(state, jnp.array([token]))
            token, s = int(said), np.asarray(state.carry[0][0])
            word, share = step["bets"][0]
            assert word == ("end" if token == EOS else WORDS.symbols[token])
            assert share == pytest.approx(float(jax.nn.softmax(logits[0])[token]), abs=1e-4)
            assert step["cosine"] == pytest.approx(
                sum(s * H) / (sum(s * s) * sum(H * H)) ** 0.5, abs=2e-4
            )
            shares = [share for _, share in step["bets"]]
            assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"pictures": scenes(5)}, "pictures must be 1 to 4; got 5"),
        ({"pictures": np.zeros((1, 3, 4))}, r"pictures must be \(N, 32, 32\).*got \(1, 3, 4\)"),
        ({"pictures": np.full((1, 32, 32), np.nan)}, "pictures must be finite"),
        ({"model": reading("mean")}, "model must be built by captioner"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    own = {"model": _captioner_model(), "pictures": scenes()} | arguments
    with pytest.raises(ValueError, match=message):
        CaptionStepper(own["model"], own["pictures"])
