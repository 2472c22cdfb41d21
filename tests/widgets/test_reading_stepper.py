"""Mirrors encdec_lib/widgets/reading_stepper. What it does is in tests/browser."""

import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.data.vocabulary import BOS
from encdec_lib.models.token_sized import READERS
from encdec_lib.widgets import ReadingStepper
from tests.widgets.untrained_readers import reading, scoring

WORD = "knight"


@pytest.mark.parametrize("read", ["last", "max", "weighted"])
def test_the_contexts_are_what_the_decoder_itself_reads(read):
    """Step by step with the library's reader, from the state that the decoder has."""
    model = reading(read, len(LETTERS), len(PHONEMES), seed=5)
    trace = ReadingStepper({read: model}, LETTERS, PHONEMES, word=WORD).traces[0]
    encoding = model.encode(jnp.array([LETTERS.encode(WORD)]))
    decoder, state, token = model.decoder, model.decoder.start(encoding), BOS
    half = encoding.vectors.shape[-1] // 2
    drawn = np.r_[:4, half : half + 4]
    np.testing.assert_allclose(trace["vectors"], encoding.vectors[0][:, drawn], atol=1e-4)
    for i, said in enumerate(trace["tokens"]):
        (carry,) = decoder.rnn.step(decoder.embedding(jnp.array([token])), state.carry[:1])
        found = READERS[read](carry[None], jnp.array([[i]]), encoding.vectors, encoding.mask)
        np.testing.assert_allclose(trace["contexts"][i], found.contexts[0, 0][drawn], atol=2e-4)
        np.testing.assert_allclose(trace["weights"][i], found.weights[0, 0], atol=2e-4)
        state, _, _ = decoder.step(state, jnp.array([token]))
        if said == "end":
            break
        token = PHONEMES.symbols.index(said)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"models": {}}, "models must be 1 to 6; got 0"),
        ({"models": {"dot": scoring("dot", source=len(LETTERS), target=len(PHONEMES))}},
         r"models\['dot'\] must be built by token_sized"),
        ({"word": "a"}, "word must have at least 2 letters; got 'a'"),
        ({"word": "congratulations"}, "word"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(arguments, message):
    own = {
        "models": {"mean": reading("mean", len(LETTERS), len(PHONEMES))},
        "word": "day",
    } | arguments
    with pytest.raises(ValueError, match=message):
        ReadingStepper(own["models"], LETTERS, PHONEMES, word=own["word"])
