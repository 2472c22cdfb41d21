"""Mirrors encdec_lib/models/self_attention.py."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.generate.sampling import greedy
from encdec_lib.models.self_attention import SelfAttentionConfig, self_attention
from tests.helpers import loops
from tests.systems import with_biases

S, E, D, FF, STATE, V_TARGET, V_SOURCE = 5, 7, 6, 11, 13, 17, 19
SOURCE = np.array([[4, 9, 18, 5, 3], [7, 6, 8, 0, 0]])
TARGET_IN = np.array([[1, 12, 4], [1, 5, 0]])
ORDER = np.array([3, 0, 4, 1, 2])
encode = nnx.jit(lambda model, source: model.encode(source))
call = nnx.jit(lambda model, source, target_in: model(source, target_in))


def built(**choices):
    config = SelfAttentionConfig(
        V_SOURCE, V_TARGET, d_model=D, d_ff=FF, embed_dim=E, state_dim=STATE, **choices
    )
    return with_biases(self_attention(config, rngs=nnx.Rngs(0)))


def norm(layer, x):
    """Layer normalisation of one vector."""
    x = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    return x * loops.float64(layer.scale) + loops.float64(layer.bias)


def look(attention, x):
    """Self-attention of the real tokens of one sentence, head by head and pair by pair."""
    asked, offered, carried = (
        [loops.linear(part, x_t) for x_t in x]
        for part in (attention.query, attention.key, attention.value)
    )
    out = []
    for q in asked:
        heads = []
        for n in range(attention.heads):
            part = slice(n * attention.d_k, (n + 1) * attention.d_k)
            e = np.array([q[part] @ k[part] / np.sqrt(attention.d_k) for k in offered])
            alpha = loops.softmax_over(e, np.ones(len(x), bool))
            heads.append(sum(a * v[part] for a, v in zip(alpha, carried, strict=True)))
        out.append(loops.linear(attention.output, np.concatenate(heads)))
    return out


def encode_by_loops(encoder, tokens):
    """The vectors of one sentence without padding."""
    x = [np.sqrt(D) * loops.float64(encoder.tokens.embedding.embedding)[token] for token in tokens]
    for block in encoder.blocks:
        looked = look(block.attention, [norm(block.residual_attention.norm, x_t) for x_t in x])
        x = [x_t + one for x_t, one in zip(x, looked, strict=True)]
        for t, x_t in enumerate(x):
            hidden = loops.linear(
                block.feed_forward.hidden, norm(block.residual_feed_forward.norm, x_t)
            )
            x[t] = x_t + loops.linear(block.feed_forward.output, np.maximum(hidden, 0))
    return np.array([norm(encoder.norm, x_t) for x_t in x])


@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (2, 3)])
def test_agrees_with_loops_over_words(layers, heads):
    model = built(layers=layers, heads=heads)
    decoder, rows = model.decoder, loops.float64(model.decoder.embedding.embedding)
    encoding = encode(model, jnp.asarray(SOURCE))
    decoded = call(model, jnp.asarray(SOURCE), jnp.asarray(TARGET_IN))
    for b in range(len(SOURCE)):
        h = encode_by_loops(model.encoder, SOURCE[b][SOURCE[b] != 0])
        np.testing.assert_allclose(encoding.vectors[b, : len(h)], h, rtol=1e-4, atol=1e-5)
        s = np.tanh(loops.linear(decoder.initial, h[0, D // 2 :]))
        for i, word in enumerate(w for w in TARGET_IN[b] if w):
            (s,) = loops.gru_step(decoder.rnn, rows[word], (s,))
            e = np.array([loops.score(decoder.reader.score, "general", s, h_j) for h_j in h])
            alpha = loops.softmax_over(e, np.ones(len(h), bool))
            together = np.tanh(loops.linear(decoder.combine, np.concatenate([alpha @ h, s])))
            logits = loops.linear(decoder.output, together)
            np.testing.assert_allclose(decoded.logits[b, i], logits, rtol=1e-4, atol=2e-5)
            np.testing.assert_allclose(decoded.weights[b, 0, i, : len(h)], alpha, atol=1e-5)
            np.testing.assert_array_equal(decoded.weights[b, 0, i, len(h) :], 0)


@pytest.mark.parametrize("positions", ["none", "sinusoidal", "learned", "rotary"])
def test_only_positions_tell_two_orders_apart(positions):
    # Learned positions begin small: the order must still move what stands in a vector.
    model = built(positions=positions, layers=2, max_length=S)
    one, other = encode(model, jnp.asarray(np.stack([SOURCE[0], SOURCE[0][ORDER]]))).vectors
    moved = np.abs(np.asarray(other - one[ORDER])).max()
    assert (moved < 1e-5) == (positions == "none")
    assert positions == "none" or moved > 1e-3


def test_words_that_change_places_leave_the_translation_as_it_is():
    model = built(layers=2)
    swapped = SOURCE[:1].copy()
    swapped[0, [1, 4]] = SOURCE[0, [4, 1]]  # the first word stays: it starts the decoder
    target_in = jnp.asarray(TARGET_IN[:1])
    one, other = (call(model, jnp.asarray(x), target_in) for x in (SOURCE[:1], swapped))
    np.testing.assert_allclose(one.logits, other.logits, atol=1e-5)
    np.testing.assert_allclose(
        one.weights[0, 0][:, [0, 4, 2, 3, 1]], other.weights[0, 0], atol=1e-6
    )


@pytest.mark.parametrize("score", ["general", "dot", "scaled_dot"])
def test_padding_and_company_in_the_batch_change_nothing(score):
    config = SelfAttentionConfig(
        V_SOURCE, V_TARGET, d_model=D, d_ff=FF, embed_dim=E, state_dim=D, score=score
    )
    model = with_biases(self_attention(config, rngs=nnx.Rngs(0)))
    together = call(model, jnp.asarray(SOURCE), jnp.asarray(TARGET_IN)).logits
    alone = call(model, jnp.asarray(SOURCE[1:, :3]), jnp.asarray(TARGET_IN[1:])).logits
    np.testing.assert_allclose(together[1, :2], alone[0, :2], atol=1e-5)


@pytest.mark.parametrize("length", [1, 3])
def test_searches_from_a_source_of_any_length(length):
    found = greedy(built(), SOURCE[:, :length], 4)
    assert found.tokens.shape[0] == len(SOURCE)
    assert np.isfinite(np.asarray(found.scores)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"d_model": 7}, "d_model must be even, .*; got 7"),
        ({"d_model": 0}, "d_model must be even, .*; got 0"),
        ({"layers": 0}, "layers must be at least 1; got 0"),
        ({"heads": 3}, "heads must divide d_model = 128, .*; got heads = 3"),
        ({"positions": "absolute"}, "positions must be one of .*; got 'absolute'"),
        ({"score": "cosine"}, "score must be one of .*; got 'cosine'"),
        ({"score": "dot", "state_dim": 5}, "state_dim=5 and encoding_dim=128"),
        ({"state_dim": 0}, "state_dim must be at least 1; got 0"),
    ],
)
def test_a_choice_that_does_not_exist_is_named_in_the_error(change, message):
    with pytest.raises(ValueError, match=message):
        self_attention(SelfAttentionConfig(7, 9, **change), rngs=nnx.Rngs(0))
