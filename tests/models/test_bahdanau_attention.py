"""Mirrors encdec_lib/models/bahdanau_attention.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.bahdanau_attention import AttentionDecoder, BahdanauConfig, bahdanau
from encdec_lib.train.losses import masked_cross_entropy
from tests.helpers import loops
from tests.systems import with_biases

B, S, T, E, HALF, D, A, V_TARGET, V_SOURCE = 2, 5, 3, 7, 11, 13, 17, 19, 23  # different primes
SOURCE = np.array([[4, 9, 22, 5, 0], [7, 6, 0, 0, 0]])
TARGET_IN = np.array([[1, 12, 4], [1, 5, 0]])
TARGET = np.array([[12, 4, 2], [5, 2, 0]])


@pytest.fixture(scope="module")
def model():
    config = BahdanauConfig(V_SOURCE, V_TARGET, E, HALF, D, A)
    return with_biases(bahdanau(config, rngs=nnx.Rngs(0)))


@nnx.jit
def decode(model, source, target_in):
    return model(source, target_in)


def test_agrees_with_the_equations_written_as_loops(model):
    encoder, decoder = model.encoder, model.decoder
    source_rows = loops.float64(encoder.embedding.embedding)
    target_rows = loops.float64(decoder.embedding.embedding)
    decoded = decode(model, jnp.asarray(SOURCE), jnp.asarray(TARGET_IN))
    assert decoded.logits.shape == (B, T, V_TARGET)
    assert decoded.weights.shape == (B, 1, T, S)
    for b in range(B):
        real = SOURCE[b] != 0
        words = source_rows[SOURCE[b]]
        forward, backward = np.zeros((S, HALF)), np.zeros((S, HALF))
        state = (np.zeros(HALF),)
        for j in np.flatnonzero(real):
            state = loops.gru_step(encoder.rnn.forward, words[j], state)
            forward[j] = state[0]
        state = (np.zeros(HALF),)
        for j in np.flatnonzero(real)[::-1]:
            state = loops.gru_step(encoder.rnn.backward, words[j], state)
            backward[j] = state[0]
        h = np.concatenate([forward, backward], axis=1)
        s = np.tanh(loops.linear(decoder.initial, backward[0]))
        for i, word in enumerate(w for w in TARGET_IN[b] if w):
            y = target_rows[word]
            c, alpha = loops.attend(decoder.attention, s, h, real)
            (s,) = loops.gru_step(decoder.rnn, np.concatenate([y, c]), (s,))
            logits = loops.linear(decoder.output, np.concatenate([s, c, y]))
            np.testing.assert_allclose(decoded.logits[b, i], logits, rtol=1e-5, atol=1e-5)
            np.testing.assert_allclose(decoded.weights[b, 0, i], alpha, rtol=1e-5, atol=1e-6)


def torch_twin(torch, weights):
    """The same model in PyTorch: padded batch in, loss out; `weights` by their path here."""

    def parameter(path):
        return torch.from_numpy(np.array(weights[path])).requires_grad_()

    p = {path: parameter(path) for path in weights}

    def gru(name, x, h):
        a = x @ p[*name, "W_in"] + p[*name, "b_in"]
        q = h @ p[*name, "W_rec"] + p[*name, "b_rec"]
        (a_r, a_z, a_n), (q_r, q_z, q_n) = a.chunk(3, -1), q.chunk(3, -1)
        r, z = torch.sigmoid(a_r + q_r), torch.sigmoid(a_z + q_z)
        return (1 - z) * torch.tanh(a_n + r * q_n) + z * h

    def linear(name, x):
        return x @ p["decoder", name, "kernel"] + p["decoder", name, "bias"]

    def loss(source, target_in, target):
        mask = source != 0
        x = p["encoder", "embedding", "embedding"][source]
        halves = []
        for name, order in (("forward", range(S)), ("backward", reversed(range(S)))):
            h, kept = torch.zeros(B, HALF), [None] * S
            for j in order:
                h = torch.where(mask[:, j, None], gru(("encoder", "rnn", name), x[:, j], h), h)
                kept[j] = torch.where(mask[:, j, None], h, torch.zeros_like(h))
            halves.append(torch.stack(kept, dim=1))
        keys = torch.cat(halves, dim=-1)
        s = torch.tanh(linear("initial", halves[1][:, 0]))
        y = p["decoder", "embedding", "embedding"][target_in]
        steps = []
        for i in range(T):
            asked = s @ p["decoder", "attention", "W_query"]
            hidden = torch.tanh(asked[:, None] + keys @ p["decoder", "attention", "W_key"])
            scores = hidden @ p["decoder", "attention", "v"]
            alpha = scores.masked_fill(~mask, float("-inf")).softmax(-1)
            c = (alpha[..., None] * keys).sum(1)
            s = gru(("decoder", "rnn"), torch.cat([y[:, i], c], -1), s)
            steps.append(linear("output", torch.cat([s, c, y[:, i]], -1)))
        logits = torch.stack(steps, dim=1)
        nats = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=0
        )
        return nats, logits

    return p, loss


@pytest.mark.parity
def test_agrees_with_torch_in_values_and_gradients(model):
    torch = pytest.importorskip("torch")
    graph, params = nnx.split(model)

    @jax.jit
    def ours(params):
        def loss(params):
            logits = nnx.merge(graph, params)(jnp.asarray(SOURCE), jnp.asarray(TARGET_IN)).logits
            target = jnp.asarray(TARGET)
            return masked_cross_entropy(logits, target, target != 0), logits

        return jax.value_and_grad(loss, has_aux=True)(params)

    (loss, logits), grads = ours(params)
    weights = {tuple(path): np.asarray(w[...]) for path, w in nnx.to_flat_state(params)}
    torch_params, torch_loss = torch_twin(torch, weights)
    wanted, wanted_logits = torch_loss(*(torch.from_numpy(x) for x in (SOURCE, TARGET_IN, TARGET)))
    wanted.backward()
    np.testing.assert_allclose(loss, wanted.item(), rtol=1e-5)
    real = TARGET != 0
    np.testing.assert_allclose(
        logits[real], wanted_logits.detach().numpy()[real], rtol=1e-5, atol=1e-5
    )
    assert len(weights) == len(torch_params) > 10
    for path, grad in nnx.to_flat_state(grads):
        np.testing.assert_allclose(
            grad[...], torch_params[tuple(path)].grad.numpy(), rtol=1e-4, atol=1e-6, err_msg=path
        )


def test_an_odd_width_of_the_encoding_is_named_in_the_error():
    with pytest.raises(ValueError, match="encoding_dim must be even, .*; got 7"):
        AttentionDecoder(V_TARGET, E, 7, D, A, rngs=nnx.Rngs(0))


@pytest.mark.parametrize("name", ["embed_dim", "encoder_dim", "state_dim", "align_dim"])
def test_a_size_of_zero_is_named_in_the_error(name):
    with pytest.raises(ValueError, match="must be at least 1; got 0"):
        bahdanau(BahdanauConfig(V_SOURCE, V_TARGET, **{name: 0}), rngs=nnx.Rngs(0))
