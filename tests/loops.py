"""The equations of the library's layers in NumPy and float64, one example at a time.

What the tests of layers, models and generation compare with. Nothing here is imported from
the library.
"""

import numpy as np


def float64(tree):
    """A parameter, or an array, as float64."""
    return np.asarray(tree[...], np.float64)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def log_softmax(x):
    return x - np.log(np.exp(x).sum())


def gru_step(gru, x, state):
    """One step of one example: x (E,), state ((D,),)."""
    (h,) = state
    width = len(h)
    W, U, b, b_rec = (float64(p) for p in (gru.W_in, gru.W_rec, gru.b_in, gru.b_rec))
    third = [slice(k * width, (k + 1) * width) for k in range(3)]  # r, z, n
    r = sigmoid(x @ W[:, third[0]] + b[third[0]] + h @ U[:, third[0]] + b_rec[third[0]])
    z = sigmoid(x @ W[:, third[1]] + b[third[1]] + h @ U[:, third[1]] + b_rec[third[1]])
    n = np.tanh(x @ W[:, third[2]] + b[third[2]] + r * (h @ U[:, third[2]] + b_rec[third[2]]))
    return ((1 - z) * n + z * h,)


def lstm_step(lstm, x, state):
    """One step of one example: x (E,), state ((D,), (D,))."""
    h, c = state
    width = len(h)
    W, U, b = (float64(p) for p in (lstm.W_in, lstm.W_rec, lstm.b_in))
    quarter = [slice(k * width, (k + 1) * width) for k in range(4)]  # i, f, g, o
    i, f, g, o = (x @ W[:, q] + h @ U[:, q] + b[q] for q in quarter)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


STEPS = {"GRU": gru_step, "LSTM": lstm_step}


def run(layer, inputs, mask, state=None):
    """A recurrent layer over a padded batch: outputs (B, S, D) and the last state."""
    inputs, step = float64(inputs), STEPS[type(layer).__name__]
    batch, length, _ = inputs.shape
    outputs = np.zeros((batch, length, layer.state_dim))
    last = [np.zeros((batch, layer.state_dim)) for _ in range(layer.num_states)]
    for b in range(batch):
        now = tuple(
            np.zeros(layer.state_dim) if state is None else float64(s)[b] for s in (state or last)
        )
        for t in reversed(range(length)) if layer.reverse else range(length):
            if mask[b, t]:
                now = step(layer, inputs[b, t], now)
                outputs[b, t] = now[0]
        for array, value in zip(last, now, strict=True):
            array[b] = value
    return outputs, tuple(last)


def attend(attention, query, keys, real):
    """Additive attention for one example: query (Q,), keys (M, D), real (M,) of bool."""
    W, U, v = (float64(p) for p in (attention.W_query, attention.W_key, attention.v))
    score = {j: np.exp(np.tanh(query @ W + keys[j] @ U) @ v) for j in np.flatnonzero(real)}
    context, weights = np.zeros(keys.shape[1]), np.zeros(len(keys))
    for j in score:
        weights[j] = score[j] / sum(score.values())
        context += weights[j] * keys[j]
    return context, weights


def linear(layer, x):
    return x @ float64(layer.kernel) + float64(layer.bias)
