"""Mirrors encdec_lib/models/seq2seq.py."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from tests.helpers import loops

B, S, T, E, D, V_TARGET, V_SOURCE = 2, 5, 3, 7, 11, 13, 17  # all different primes
SOURCE = np.array([[4, 9, 16, 5, 0], [7, 6, 0, 0, 0]])
TARGET_IN = np.array([[1, 12, 4], [1, 5, 0]])


@pytest.mark.parametrize("reverse", [False, True], ids=["forward", "reverse"])
def test_agrees_with_the_equations_written_as_loops(reverse):
    config = Seq2SeqConfig(V_SOURCE, V_TARGET, E, D, reverse_source=reverse)
    model = seq2seq(config, rngs=nnx.Rngs(0))
    encoder, decoder = model.encoder, model.decoder
    source_rows = loops.float64(encoder.embedding.embedding)
    target_rows = loops.float64(decoder.embedding.embedding)
    decoded = nnx.jit(lambda m, *a: m(*a))(model, jnp.asarray(SOURCE), jnp.asarray(TARGET_IN))
    assert decoded.logits.shape == (B, T, V_TARGET)
    assert decoded.weights is None
    for b in range(B):
        words = [w for w in SOURCE[b] if w]
        state = (np.zeros(D),)
        for word in reversed(words) if reverse else words:
            state = loops.gru_step(encoder.rnn, source_rows[word], state)
        for i, word in enumerate(w for w in TARGET_IN[b] if w):
            state = loops.gru_step(decoder.rnn, target_rows[word], state)
            logits = loops.linear(decoder.output, state[0])
            np.testing.assert_allclose(decoded.logits[b, i], logits, rtol=1e-5, atol=1e-6)


def test_the_encoding_is_one_vector_whatever_the_length():
    model = seq2seq(Seq2SeqConfig(V_SOURCE, V_TARGET, E, D), rngs=nnx.Rngs(0))
    for source in (SOURCE, SOURCE[:, :1]):
        vectors, mask, _ = nnx.jit(lambda m, x: m.encode(x))(model, jnp.asarray(source))
        assert vectors.shape == (B, 1, D)
        assert mask.shape == (B, 1) and mask.all()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"source_vocab": 0}, "source_vocab"),
        ({"target_vocab": 0}, "target_vocab"),
        ({"embed_dim": 0}, "embed_dim"),
        ({"state_dim": 0}, "state_dim"),
    ],
)
def test_a_size_of_zero_is_named_in_the_error(change, name):
    sizes = {"source_vocab": V_SOURCE, "target_vocab": V_TARGET, **change}
    with pytest.raises(ValueError, match=f"{name} must be at least 1; got 0"):
        seq2seq(Seq2SeqConfig(**sizes), rngs=nnx.Rngs(0))
