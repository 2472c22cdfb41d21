"""What the Flax models say, one step after another; next to nothing is compiled for each."""

import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.data import BOS, EOS, PAD, pad
from encdec_lib.layers.scores import DotScore
from encdec_lib.models.attention_scores import Attention
from encdec_lib.models.token_sized import Reading

_encode = nnx.jit(lambda encoder, source: encoder(source, source != PAD))  # once for a structure


class Divided(nnx.Module):
    """A score divided by a temperature."""

    def __init__(self, score, temperature):
        self.score, self.temperature = score, temperature

    def keys(self, vectors):
        return self.score.keys(vectors)

    def __call__(self, queries, keys):
        return self.score(queries, keys) / self.temperature


def at_temperature(model, temperature):
    """A copy of the model whose scores are divided before the softmax."""
    model = nnx.clone(model)
    reader = model.decoder.reader
    if isinstance(reader, Reading):  # "weighted" is a dot product
        assert reader.read == "weighted"
        width = model.decoder.encoding_dim
        model.decoder.reader = Attention(Divided(DotScore(width, width), temperature))
    else:
        reader.score = Divided(reader.score, temperature)
    return model


def told(model, sources, target_in):
    """Logits (B, T, V) and weights (B, T, S), or None, with the same tokens for every source."""
    source = jnp.asarray(pad(sources))
    state = model.decoder.start(_encode(model.encoder, source))
    logits, weights = [], []
    for token in target_in:
        state, one, looked = model.decoder.step(state, jnp.full(len(sources), token))
        logits.append(one)
        weights.append(looked if looked is None else looked[:, 0])
    return np.stack(logits, axis=1), None if weights[0] is None else np.stack(weights, axis=1)


def said(model, source, max_length):
    """The greedy answer without <eos>, and the weights of every step, with that of <eos>."""
    state = model.decoder.start(_encode(model.encoder, jnp.asarray([source])))
    token, tokens, weights = BOS, [], []
    while len(tokens) < max_length:
        state, logits, looked = model.decoder.step(state, jnp.array([token]))
        token = int(logits[0].argmax())
        weights.append(np.asarray(looked[0, 0]))
        if token == EOS:
            break
        tokens.append(token)
    return tokens, np.stack(weights)


def bits(weights):
    """The entropy of each row, in bits, after it is made to add up to 1."""
    share = np.asarray(weights, np.float64) / np.sum(weights, axis=-1, keepdims=True)
    return -np.sum(share * np.log2(np.where(share > 0, share, 1)), axis=-1)
