"""Mirrors encdec_lib/models/attention_scores.py and layers/reading_decoder.py."""

from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.reading_decoder import ReadingDecoder
from encdec_lib.models.attention_scores import ScoresConfig, attention_scores
from encdec_lib.models.token_sized import Reading
from tests.helpers import loops
from tests.systems import with_biases

B, S, T, E, HALF, A, V_TARGET, V_SOURCE, WINDOW = 2, 5, 3, 7, 11, 13, 17, 19, 2
D = 2 * HALF
SOURCE = np.array([[4, 9, 18, 5, 3], [7, 6, 8, 0, 0]])
TARGET_IN = np.array([[1, 12, 4], [1, 5, 0]])
CASES = [
    ("dot", None, "current"),
    ("scaled_dot", None, "current"),
    ("general", None, "current"),
    ("additive", None, "current"),
    ("general", None, "previous"),
    ("dot", "monotonic", "current"),
    ("general", "predictive", "current"),
]


def built(score, window, query):
    config = ScoresConfig(V_SOURCE, V_TARGET, E, HALF, D, score, window, query, A, WINDOW)
    return with_biases(attention_scores(config, rngs=nnx.Rngs(0)))


def window_by_loops(window, s, i, length):
    """What the softmax sees of the source, and the bell."""
    if window is None:
        return np.ones(length, bool), np.ones(length)
    if window.kind == "monotonic":
        centre, bell = min(i, length - 1), np.ones(length)
    else:
        hidden = np.tanh(s @ loops.float64(window.W_position))
        centre = (length - 1) * loops.sigmoid(hidden @ loops.float64(window.v_position))
        bell = np.exp(-0.5 * ((np.arange(length) - centre) / (WINDOW / 2)) ** 2)
    return np.abs(np.arange(length) - centre) <= WINDOW, bell


@pytest.mark.parametrize(("score", "window", "query"), CASES)
def test_agrees_with_luongs_recipe_written_as_loops(score, window, query):
    model = built(score, window, query)
    decoder, reader = model.decoder, model.decoder.reader
    vectors = loops.float64(model.encode(jnp.asarray(SOURCE)).vectors)
    rows = loops.float64(decoder.embedding.embedding)
    decoded = nnx.jit(lambda model, s, t: model(s, t))(
        model, jnp.asarray(SOURCE), jnp.asarray(TARGET_IN)
    )
    for b in range(B):
        h = vectors[b, : (SOURCE[b] != 0).sum()]
        s = np.tanh(loops.linear(decoder.initial, vectors[b, 0, HALF:]))
        for i, word in enumerate(w for w in TARGET_IN[b] if w):
            before = s
            (s,) = loops.gru_step(decoder.rnn, rows[word], (s,))
            asking = s if query == "current" else before
            e = np.array([loops.score(reader.score, score, asking, h_j) for h_j in h])
            seen, bell = window_by_loops(reader.window, asking, i, len(h))
            alpha = loops.softmax_over(e, seen) * bell
            c = sum(alpha[j] * h[j] for j in range(len(h)))
            together = np.tanh(loops.linear(decoder.combine, np.concatenate([c, s])))
            logits = loops.linear(decoder.output, together)
            np.testing.assert_allclose(decoded.logits[b, i], logits, rtol=1e-4, atol=2e-5)
            np.testing.assert_allclose(
                decoded.weights[b, 0, i, : len(h)], alpha, rtol=1e-4, atol=1e-6
            )
            np.testing.assert_array_equal(decoded.weights[b, 0, i, len(h) :], 0)


@pytest.mark.parity
@pytest.mark.parametrize("score", ["dot", "general", "additive"])
def test_agrees_with_torch_in_values_and_gradients(score):
    torch = pytest.importorskip("torch")
    from benchmarks.torch_models import Luong
    from benchmarks.torch_weights import copy_luong

    # One vocabulary for both sides, and sources without padding: nn.GRU knows no mask.
    config = ScoresConfig(V_SOURCE, V_SOURCE, E, HALF, D, score, align_dim=A)
    ours = attention_scores(config, rngs=nnx.Rngs(3))
    theirs = Luong(V_SOURCE, E, HALF, score, A)
    copy_luong(ours, theirs)
    rng = np.random.default_rng(0)
    source, target_in = rng.integers(4, V_SOURCE, (B, S)), rng.integers(4, V_SOURCE, (B, T))
    pull = rng.normal(size=(B, T, V_SOURCE)).astype(np.float32)

    def pulled(model):
        logits = model(jnp.asarray(source), jnp.asarray(target_in)).logits
        return (logits * pull).sum(), logits

    grads, logits = nnx.jit(nnx.grad(pulled, has_aux=True))(ours)
    wanted = theirs(torch.from_numpy(source), torch.from_numpy(target_in))
    np.testing.assert_allclose(logits, wanted.detach().numpy(), rtol=1e-5, atol=1e-5)
    (wanted * torch.from_numpy(pull)).sum().backward()
    decoder, close = grads["decoder"], partial(np.testing.assert_allclose, rtol=1e-4, atol=1e-4)
    for name in ("initial", "combine", "output"):
        close(decoder[name]["kernel"][...].T, getattr(theirs, name).weight.grad.numpy())
    close(decoder["rnn"]["W_rec"][...].T, theirs.decoder.weight_hh_l0.grad.numpy())
    forward = grads["encoder"]["rnn"]["forward"]
    close(forward["W_in"][...].T, theirs.encoder.weight_ih_l0.grad.numpy())
    if score == "general":
        close(decoder["reader"]["score"]["W"][...].T, theirs.W.weight.grad.numpy())
    if score == "additive":
        close(decoder["reader"]["score"]["v"][...], theirs.v.weight.grad.numpy()[0])


def test_the_query_costs_no_parameters():
    def shapes(query):
        state = nnx.state(built("general", None, query), nnx.Param)
        return {path: p[...].shape for path, p in nnx.to_flat_state(state)}

    assert shapes("current") == shapes("previous")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": "cosine"}, "score must be one of"),
        ({"window": "soft"}, "window must be one of None, monotonic, predictive; got 'soft'"),
        ({"query": "next"}, "query must be one of current, previous; got 'next'"),
        ({"state_dim": 5}, "state_dim=5 and encoding_dim=128"),
        ({"embed_dim": 0}, "embed_dim must be at least 1; got 0"),
    ],
)
def test_a_choice_that_does_not_exist_is_named_in_the_error(change, message):
    with pytest.raises(ValueError, match=message):
        attention_scores(ScoresConfig(7, 9, **change), rngs=nnx.Rngs(0))


@pytest.mark.parametrize(
    ("width", "state_dim", "message"),
    [(7, 5, "encoding_dim must be even, .*; got 7"), (6, 0, "state_dim must be at least 1; got 0")],
)
def test_a_width_that_does_not_fit_is_named_in_the_error(width, state_dim, message):
    with pytest.raises(ValueError, match=message):
        ReadingDecoder(V_TARGET, E, width, state_dim, Reading("mean"), rngs=nnx.Rngs(0))
