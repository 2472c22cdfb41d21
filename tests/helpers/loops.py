"""The equations of the library's layers in NumPy and float64, one example at a time.

What the tests of layers, models and generation compare with. Nothing here is imported from
the library.
"""

import math

import numpy as np


def float64(tree):
    """A parameter, or an array, as float64."""
    return np.asarray(tree[...], np.float64)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def log_softmax(x):
    return x - np.log(np.exp(x).sum())


def rnn_step(rnn, x, state):
    """One step of one example: x (E,), state ((D,),)."""
    (h,) = state
    a = x @ float64(rnn.W_in) + h @ float64(rnn.W_rec) + float64(rnn.b_in)
    return (np.tanh(a) if rnn.cell.__name__ == "tanh_cell" else a,)


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


STEPS = {"RNN": rnn_step, "GRU": gru_step, "LSTM": lstm_step}


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


def convolution(x, kernel, bias):
    """Same size, zeros around: x (H, W, C), kernel (kh, kw, C, K) of odd sides."""
    height, width, _ = x.shape
    k_h, k_w, _, out = kernel.shape
    y = np.zeros((height, width, out)) + bias
    for i in range(height):
        for j in range(width):
            for a in range(k_h):
                for b in range(k_w):
                    row, column = i + a - k_h // 2, j + b - k_w // 2
                    if 0 <= row < height and 0 <= column < width:
                        y[i, j] += x[row, column] @ kernel[a, b]
    return y


def transposed_convolution(x, kernel, stride, padding=0):
    """x (H, W, C), kernel (kh, kw, C, K): every pixel stamps the kernel, then the rim is cut."""
    height, width, _ = x.shape
    k_h, k_w, _, out = kernel.shape
    y = np.zeros(((height - 1) * stride + k_h, (width - 1) * stride + k_w, out))
    for i in range(height):
        for j in range(width):
            for a in range(k_h):
                for b in range(k_w):
                    y[i * stride + a, j * stride + b] += x[i, j] @ kernel[a, b]
    return y[padding : len(y) - padding, padding : y.shape[1] - padding]


def batch_norm(norm, x, training=False):
    """x (B, H, W, C): over a batch in training, with what was kept in evaluation."""
    mean, variance = float64(norm.mean), float64(norm.var)
    if training:
        mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    return (x - mean) / np.sqrt(variance + norm.epsilon) * float64(norm.scale) + float64(norm.bias)


def max_pool(x, size=2):
    """x (H, W, C)."""
    height, width, channels = x.shape
    y = np.zeros((height // size, width // size, channels))
    for i in range(height // size):
        for j in range(width // size):
            square = x[i * size : (i + 1) * size, j * size : (j + 1) * size]
            y[i, j] = square.max(axis=(0, 1))
    return y


def conv_block(block, x, training=False):
    """x (B, H, W, C): two convolutions, each with batch normalisation and ReLU."""
    for conv, norm in ((block.conv1, block.norm1), (block.conv2, block.norm2)):
        kernel, bias = float64(conv.kernel), float64(conv.bias)
        x = np.stack([convolution(image, kernel, bias) for image in x])
        x = np.maximum(batch_norm(norm, x, training), 0)
    return x


def softmax_over(scores, real):
    """Weights of the real positions, zeros elsewhere: scores (S,), real (S,) of bool."""
    weights, total = np.zeros(len(scores)), sum(np.exp(e) for e in scores[real])
    for j in np.flatnonzero(real):
        weights[j] = np.exp(scores[j]) / total
    return weights


def score(layer, kind, s, h):
    """One score: s (D,), h (M,); `kind` is a name in encdec_lib/layers/scores.py."""
    if kind == "dot":
        return sum(a * b for a, b in zip(s, h, strict=True))
    if kind == "scaled_dot":
        return sum(a * b for a, b in zip(s, h, strict=True)) / np.sqrt(len(s))
    if kind == "general":
        W = float64(layer.W)  # (M, D)
        return sum(s[d] * W[m, d] * h[m] for d in range(len(s)) for m in range(len(h)))
    W_s, W_h, v = (float64(p) for p in (layer.W_query, layer.W_key, layer.v))
    hidden = [np.tanh(s @ W_s[:, a] + h @ W_h[:, a]) for a in range(len(v))]
    return sum(v[a] * hidden[a] for a in range(len(v)))


def layer_norm(norm, x, epsilon=1e-5):
    """One vector: mean 0, variance 1, then a scale and a shift for each number."""
    x = (x - x.mean()) / np.sqrt(x.var() + epsilon)
    return x * float64(norm.scale) + float64(norm.bias)


def sinusoid(t, width, layout="interleaved", longest=10000):
    """The vector of position t, one number at a time."""
    vector = np.zeros(width)
    for m in range(width // 2):
        angle = t / longest ** (2 * m / width)
        at = (2 * m, 2 * m + 1) if layout == "interleaved" else (m, width // 2 + m)
        vector[at[0]], vector[at[1]] = np.sin(angle), np.cos(angle)
    return vector


def cell(row, column, width):
    """The vector of a cell of a grid: its row, then its column, each an even share of the width."""
    half = next(n for n in range(2, width + 4, 2) if 2 * n >= width)
    both = [sinusoid(place, half, longest=100) for place in (row, column)]
    return np.concatenate(both)[:width]


def rotated(x, t):
    """x (K,) at position t: a 2×2 matrix for each pair of numbers."""
    y = np.zeros(len(x))
    for m in range(len(x) // 2):
        angle = t / 10000 ** (2 * m / len(x))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        y[2 * m : 2 * m + 2] = turn @ x[2 * m : 2 * m + 2]
    return y


def dot_product(query, keys, values, seen, scale=None):
    """One query (K,) over keys (S, K) and values (S, V): the mixture (V,), the weights (S,)."""
    scale = 1 / np.sqrt(len(query)) if scale is None else scale
    scores = np.array([scale * sum(a * b for a, b in zip(query, k, strict=True)) for k in keys])
    weights = softmax_over(scores, seen)
    mixture = np.zeros(values.shape[1])
    for j in np.flatnonzero(seen):
        mixture += weights[j] * values[j]
    return mixture, weights


def multi_head(attention, x, z, seen):
    """One example: x (T, D) looks at z (S, D), seen (T, S): out (T, D), weights (H, T, S)."""
    heads, d_k, d_v = attention.heads, attention.d_k, attention.d_v
    queries, keys, values = (
        np.array([linear(layer, row) for row in rows])
        for layer, rows in ((attention.query, x), (attention.key, z), (attention.value, z))
    )
    out, weights = [], np.zeros((heads, len(x), len(z)))
    for t in range(len(x)):
        mixtures = []
        for n in range(heads):
            q, k = queries[t, n * d_k : (n + 1) * d_k], keys[:, n * d_k : (n + 1) * d_k]
            if attention.rotary:
                q, k = rotated(q, t), np.array([rotated(row, s) for s, row in enumerate(k)])
            v, scale = values[:, n * d_v : (n + 1) * d_v], None if attention.scaled else 1.0
            mixture, weights[n, t] = dot_product(q, k, v, seen[t], scale)
            mixtures.append(mixture)
        out.append(linear(attention.output, np.concatenate(mixtures)))
    return np.array(out), weights


def around(residual, layer, x, epsilon=1e-5):
    """A sub-layer with a way around it: x (T, D); `layer` maps (T, D) to (T, D)."""
    norm = residual.norm
    if residual.pre_norm:
        return x + layer(np.array([layer_norm(norm, row, epsilon) for row in x]))
    return np.array([layer_norm(norm, row, epsilon) for row in x + layer(x)])


def relu(x):
    return np.maximum(x, 0)


def gelu(x):
    """Each number times the probability that a normal one lies below it."""
    return np.array([v * (1 + math.erf(v / math.sqrt(2))) / 2 for v in x])


def feed_forward(network, x, activation=relu):
    """x (T, D), every position by itself."""
    return np.array([linear(network.output, activation(linear(network.hidden, r))) for r in x])


def cut(image, patch):
    """The patches of one image (H, W, C), row by row, each as one row of numbers."""
    height, width, channels = image.shape
    rows = []
    for top in range(0, height, patch):
        for left in range(0, width, patch):
            row = []
            for i in range(top, top + patch):
                for j in range(left, left + patch):
                    row += [image[i, j, c] for c in range(channels)]
            rows.append(row)
    return np.array(rows)
