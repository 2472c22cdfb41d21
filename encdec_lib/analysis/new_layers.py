"""How far back the last loss reaches in recurrent layers that have learned nothing yet.

Shape letters: B batch, S steps, E input width, D state width, V symbols.
"""

from collections.abc import Callable, Iterable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float

from encdec_lib.analysis.recurrent_memory import gradient_reach, set_spectral_radius
from encdec_lib.layers.recurrent import GRU, LSTM, RNN
from encdec_lib.runtime.checks import check_whole

_SYMBOLS = 27  # that the last state bets on


@nnx.jit
def last_gradient(
    layer: RNN | GRU | LSTM, inputs: Float[Array, "B S E"], W_xy: Float[Array, "D V"]
) -> Float[Array, "B D"]:
    r"""The gradient of a loss at the last step, with respect to the last state.

    The last state bets on V symbols, :math:`y = \mathrm{softmax}(h_S W_{xy})`, and then comes the
    symbol that it expected least: :math:`g = (y - \text{target})\, W_{xy}^\top`.

    Args:
      layer: starts from a state of zeros.
      inputs: ``(B, S, E)``.
      W_xy: ``(D, V)``.

    Returns:
      ``(B, D)``.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> last_gradient(RNN(2, 3, rngs=nnx.Rngs(0)), jnp.ones((1, 4, 2)), jnp.eye(3)).shape
      (1, 3)
    """
    logits = layer(inputs)[1][0] @ W_xy
    target = jax.nn.one_hot(logits.argmin(axis=1), logits.shape[1])
    return (jax.nn.softmax(logits) - target) @ W_xy.T


def random_task(
    width: int, steps: int, seed: int, size: float = 1.0
) -> tuple[Float[Array, "B S E"], Float[Array, "D V"]]:
    """Eight sequences of random vectors, and the matrix of a bet on 27 symbols.

    Args:
      width: of the vectors, and of the state that bets.
      steps: of each sequence.
      seed: of both.
      size: the standard deviation of the inputs.

    Returns:
      Inputs ``(8, steps, width)`` and W_xy ``(width, 27)``.

    Raises:
      ValueError: if a size is below 1.
    """
    for name, value in (("width", width), ("steps", steps)):
        check_whole(name, value)
    rng = np.random.default_rng(seed)
    inputs = size * rng.normal(size=(8, steps, width))
    W_xy = rng.normal(size=(width, _SYMBOLS)) / 8
    return jnp.asarray(inputs, jnp.float32), jnp.asarray(W_xy, jnp.float32)


def reach_of_new(
    build: Callable[[nnx.Rngs], RNN | GRU | LSTM],
    seeds: Iterable[int],
    *,
    steps: int = 100,
    radius: float = 1.0,
    size: float = 1.0,
) -> Float[np.ndarray, "seeds N"]:
    """Shares of the last loss's gradient n steps back, in new layers that read random vectors.

    Args:
      build: makes a layer from ``nnx.Rngs``, as wide as its inputs.
      seeds: one layer and one set of sequences for each.
      steps: of the sequences.
      radius: the spectral radius that each recurrent matrix gets.
      size: the standard deviation of the inputs.

    Returns:
      ``(seeds, steps + 1)``, the middle of eight sequences; from 1 at n = 0.

    Example:
      >>> from flax import nnx
      >>> linear = lambda rngs: RNN(3, 3, activation="linear", rngs=rngs)
      >>> reach_of_new(linear, [0], steps=3, radius=0.5).round(4).tolist()
      [[1.0, 0.5, 0.25, 0.125]]
    """

    def one(seed: int) -> Any:
        layer = set_spectral_radius(build(nnx.Rngs(seed)), radius)
        inputs, W_xy = random_task(layer.in_dim, steps, seed, size)
        gradient = last_gradient(layer, inputs, W_xy)
        return np.median(gradient_reach(layer, inputs, gradient), axis=0)

    return np.array([one(seed) for seed in seeds])


def share_of_far_steps(layer: RNN, steps: int, near: int, seed: int = 0) -> float:
    r"""How much of a weight's gradient comes from steps that are not among the last ones.

    .. math:: \lVert G - G_{near} \rVert / \lVert G \rVert

    G is the gradient of the recurrent matrix over all steps, :math:`G_{near}` the same when the
    chain rule goes back over the last ``near`` steps alone.

    Args:
      layer: as wide as its inputs.
      steps: of the sequences, which are those of :func:`random_task`.
      near: how many of them count as near.
      seed: of the sequences.

    Returns:
      A share; 0 if nothing comes from far.

    Raises:
      ValueError: if ``near`` is not below ``steps``.
    """
    check_whole("near", near, least=1, most=steps - 1)
    inputs, W_xy = random_task(layer.in_dim, steps, seed)
    pull = last_gradient(layer, inputs, W_xy)

    def gradient(cut: int) -> np.ndarray:
        def loss(layer):
            state = jax.lax.stop_gradient(layer(inputs[:, :cut])[1]) if cut else None
            return jnp.vdot(pull, layer(inputs[:, cut:], state=state)[1][0])

        return np.asarray(nnx.grad(loss)(layer)["W_rec"][...])

    whole, last = gradient(0), gradient(steps - near)
    return float(np.linalg.norm(whole - last) / np.linalg.norm(whole))
