"""How far back a recurrent layer remembers: by its gradient, and by what can be read from it.

Two questions that sound alike and are not. :func:`gradient_reach` asks whether the last loss
would *teach* the layer about a state n steps earlier. :func:`probe_symbols` asks whether the state
still *holds* the first symbol after n steps. Both take any layer of
:mod:`encdec_lib.layers.recurrent`.

Shape letters: B batch, S steps, E input width, D state width, V symbols, N examples.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int

from encdec_lib.layers.recurrent import GRU, LSTM, RNN
from encdec_lib.runtime.checks import is_number, is_whole


def spectral_radius(matrix: Any) -> float:
    r"""The largest modulus among the eigenvalues of a square matrix, :math:`\rho(W)`.

    The powers :math:`W^n` shrink to 0 where it is below 1, and grow without bound above 1.

    Args:
      matrix: ``(D, D)``.

    Returns:
      A number, 0 or larger.

    Raises:
      ValueError: if the matrix is not square.

    Example:
      >>> round(spectral_radius([[0.0, 2.0], [-2.0, 0.0]]), 6)  # a quarter turn, twice as long
      2.0
    """
    matrix = np.asarray(matrix, np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"matrix must be square, shape (D, D); got {matrix.shape}.")
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def set_spectral_radius(layer: RNN | GRU | LSTM, radius: float | int) -> RNN | GRU | LSTM:
    """Scales each D × D block of ``W_rec``, one a gate, to a spectral radius. In place.

    Args:
      layer: its other weights stay as they are.
      radius: the spectral radius that each block shall have.

    Returns:
      The same layer.

    Raises:
      ValueError: if ``radius`` is negative.

    Example:
      >>> from flax import nnx
      >>> layer = set_spectral_radius(RNN(2, 5, rngs=nnx.Rngs(0)), 1.3)
      >>> round(spectral_radius(layer.W_rec[...]), 4)
      1.3
    """
    if not is_number(radius) or radius < 0:
        raise ValueError(f"radius must be 0 or larger; got {radius}.")
    blocks = np.split(np.asarray(layer.W_rec[...], np.float64), layer.gates, axis=1)
    blocks = [radius / spectral_radius(block) * block for block in blocks]
    layer.W_rec[...] = jnp.asarray(np.concatenate(blocks, axis=1), layer.W_rec.dtype)
    return layer


def set_keep_bias(layer: GRU | LSTM, bias: float | int) -> GRU | LSTM:
    r"""Sets the bias of the gate that keeps the state. In place.

    That is z of our GRU, :math:`h' = (1 - z) \odot n + z \odot h`, and f of the LSTM. With
    weights near 0 the gate keeps a share :math:`\sigma(\text{bias})` of the state a step.

    Args:
      layer: a GRU or an LSTM; a plain RNN has no gate.
      bias: 0 keeps a half, 3 keeps 95%.

    Returns:
      The same layer.

    Raises:
      TypeError: if the layer has no such gate.

    Example:
      >>> from flax import nnx
      >>> set_keep_bias(GRU(2, 1, rngs=nnx.Rngs(0)), 3).b_in[...].tolist()  # r, z, n
      [0.0, 3.0, 0.0]
    """
    if not isinstance(layer, GRU | LSTM):
        raise TypeError(f"layer must have a gate, a GRU or an LSTM; got {type(layer).__name__}.")
    if not is_number(bias):
        raise ValueError(f"bias must be a finite number; got {bias!r}.")
    second = slice(layer.state_dim, 2 * layer.state_dim)  # r, z, n and i, f, g, o
    layer.b_in[...] = layer.b_in[...].at[second].set(bias)
    return layer


def gradient_reach(
    layer: RNN | GRU | LSTM, inputs: Float[Array, "B S E"], gradient: Float[Array, "B D"]
) -> Float[Array, "B N"]:
    r"""What is left of the last loss's gradient n steps back, for n from 0 to S.

    .. math::
        \frac{\lVert \partial L / \partial x_{S-n} \rVert}
              {\lVert \partial L / \partial x_S \rVert}, \qquad
        \frac{\partial L}{\partial x_{t-1}} =
        \frac{\partial L}{\partial x_t} \, \frac{\partial x_t}{\partial x_{t-1}}

    The state x is all that the layer hands on: of an LSTM the pair (h, c), side by side. The
    loss looks at the last h alone.

    Args:
      layer: starts from a state of zeros.
      inputs: ``(B, S, E)``, all real.
      gradient: of the loss with respect to the last h, ``(B, D)``; its length does not matter.

    Returns:
      ``(B, S + 1)``, from 1 at n = 0 to the state before the first input. Numbers below the
      smallest float32, about 1e-38, become 0.

    Raises:
      ValueError: if ``gradient`` does not fit, or is 0 for some example.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> layer = set_spectral_radius(RNN(2, 3, activation="linear", rngs=nnx.Rngs(0)), 0.5)
      >>> gradient_reach(layer, jnp.ones((1, 4, 2)), jnp.ones((1, 3))).round(4).tolist()
      [[1.0, 0.5, 0.25, 0.125, 0.0625]]

    Reference:
      Bengio et al. (1994); Pascanu et al. (2013), arXiv:1211.5063, equation (5).
    """
    wanted = (inputs.shape[0], layer.state_dim)
    if gradient.shape != wanted:
        raise ValueError(f"gradient must have shape (B, D) = {wanted}; got {gradient.shape}.")
    if not np.asarray(jnp.abs(gradient).max(axis=1) > 0).all():
        raise ValueError(
            "gradient must not be 0: there would be nothing to compare with; got zeros."
        )
    return _gradient_reach(layer, inputs, gradient)


@nnx.jit
def _gradient_reach(layer, inputs, gradient):
    steps = inputs.swapaxes(0, 1)
    first = layer.zero_state(inputs.shape[0])

    def forward(state, u):
        return layer.step(u, state), state

    def shorten(parts):
        """To length 1, and the length: neither its square nor a long product may underflow."""
        largest = jnp.max(jnp.abs(jnp.concatenate(parts, axis=1)), axis=1)
        unit = jnp.where(largest > 0, largest, 1)[:, None]
        parts = tuple(part / unit for part in parts)
        length = jnp.sqrt(sum((part**2).sum(axis=1) for part in parts))
        divisor = jnp.where(length > 0, length, 1)[:, None]
        return tuple(part / divisor for part in parts), length * unit[:, 0]

    def back(carry, step):
        parts, log = carry
        u, before = step
        _, pull = jax.vjp(lambda state: layer.step(u, state), before)
        parts, length = shorten(pull(parts)[0])
        log = log + jnp.log(length)
        return (parts, log), log

    _, before = jax.lax.scan(forward, first, steps)
    parts, _ = shorten((gradient, *(jnp.zeros_like(part) for part in first[1:])))
    start = (parts, jnp.zeros(inputs.shape[0]))
    _, logs = jax.lax.scan(back, start, (steps, before), reverse=True)
    return jnp.exp(jnp.concatenate([start[1][None], logs[::-1]])).T


def linear_probe(
    states: Float[Array, "N D"], labels: Int[Array, " N"], classes: int, ridge: float = 1e-4
) -> Float[Array, "D1 V"]:
    r"""The linear map from states to labels with the least squared error, in closed form.

    .. math:: P = (X^\top X + N \lambda I)^{-1} X^\top Y

    X holds the states with a 1 beside each, Y the labels as one-hot rows. The class of a state
    is the largest entry of ``[state, 1] @ P``.

    Args:
      states: ``(N, D)``, each column of about unit size: the ridge :math:`\lambda` is one number.
      labels: ``(N,)``, below ``classes``.
      classes: V.
      ridge: keeps the solution finite where columns hardly differ.

    Returns:
      P, ``(D + 1, V)``.

    Example:
      >>> import jax.numpy as jnp
      >>> states, labels = jnp.array([[-1.0], [-0.5], [0.5], [1.0]]), jnp.array([0, 0, 1, 1])
      >>> probe = linear_probe(states, labels, classes=2)
      >>> (jnp.array([[-0.7, 1.0], [0.7, 1.0]]) @ probe).argmax(axis=1).tolist()
      [0, 1]

    Reference:
      Alain & Bengio (2016), arXiv:1610.01644, on probes.
    """
    x = jnp.concatenate([states, jnp.ones_like(states[:, :1])], axis=1)
    y = jax.nn.one_hot(labels, classes)
    return jnp.linalg.solve(x.T @ x + len(x) * ridge * jnp.eye(x.shape[1]), x.T @ y)


def probe_symbols(
    layer: RNN | GRU | LSTM,
    symbols: Float[Array, "V E"],
    steps: int,
    examples: int = 2000,
    seed: int = 0,
) -> Float[Array, " N"]:
    """How often a linear probe finds the first symbol in the state, n steps after it.

    Draws sequences of random symbols. For every n one probe (:func:`linear_probe`) is fitted on
    half of the sequences, and tested on the other half.

    Args:
      layer: not changed; only the probes are fitted.
      symbols: the vector that stands for each symbol, ``(V, E)``.
      steps: the largest n.
      examples: in each half; at least a few times D.
      seed: of the sequences.

    Returns:
      ``(steps + 1,)``: the share of test sequences whose first symbol is read rightly, from
      n = 0, just after it was read. Guessing gives 1 / V.

    Raises:
      ValueError: if ``steps`` is negative or ``examples`` not larger than D.
    """
    if not is_whole(steps) or steps < 0:
        raise ValueError(f"steps must be 0 or larger; got {steps}.")
    if not is_whole(examples) or examples <= layer.state_dim:
        raise ValueError(
            f"examples must be larger than the state's width, {layer.state_dim}, or the probe "
            f"fits noise; got {examples}."
        )
    draw = np.random.default_rng(seed).integers(0, len(symbols), (2 * examples, steps + 1))
    return _read_back(layer, symbols, jnp.asarray(draw), examples)


@partial(nnx.jit, static_argnums=3)
def _read_back(layer, symbols, tokens, examples):
    states, _ = layer(symbols[tokens])
    mean, scale = states[:examples].mean(axis=0), states[:examples].std(axis=0)
    states = (states - mean[None]) / (scale + 1e-12)[None]
    first = tokens[:, 0]

    def share(at_n):  # (2N, D)
        probe = linear_probe(at_n[:examples], first[:examples], len(symbols))
        said = (at_n[examples:] @ probe[:-1] + probe[-1][None]).argmax(axis=1)
        return (said == first[examples:]).mean()

    return jax.lax.map(share, states.swapaxes(0, 1))
