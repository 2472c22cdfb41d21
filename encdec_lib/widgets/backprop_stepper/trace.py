"""What a small recurrent network does with a word, forwards and back, with every number kept."""

from typing import Any

import numpy as np

from encdec_lib.models.state_space import StateSpace


def trace(system: StateSpace, read: np.ndarray, follow: np.ndarray) -> dict[str, Any]:
    r"""States and bets of every step, and the last loss's gradient on its way back.

    With :math:`g_t = \partial \mathcal{L}_S / \partial x_t` and :math:`a_t` the same before the
    tanh,

    .. math::
        a_t = g_t \odot (1 - x_t \odot x_t), \qquad g_{t-1} = a_t W_{xx}^\top

    Args:
      system: with a tanh.
      read: the symbols that it reads, ``(S,)``.
      follow: the symbol that follows each, ``(S,)``.

    Returns:
      ``states``, ``bets`` and ``back``: for each t from S down to 1 a dict with ``state`` (the
      gradient at the state), ``before`` (the same before the tanh; None at t = 1, where nothing
      goes on), and the lengths of both as shares of the first one's, ``left`` and ``passed``.
    """
    weights = [getattr(system, name)[...] for name in ("W_xx", "W_ux", "b_x", "W_xy", "b_y")]
    W_xx, W_ux, b_x, W_xy, b_y = (np.asarray(weight, np.float64) for weight in weights)
    x, states, bets = np.zeros(len(b_x)), [], []
    for u in read:
        x = np.tanh(x @ W_xx + W_ux[u] + b_x)
        z = x @ W_xy + b_y
        states.append(x)
        bets.append(np.exp(z - z.max()) / np.exp(z - z.max()).sum())
    g = (bets[-1] - np.eye(len(b_y))[follow[-1]]) @ W_xy.T
    whole, back = np.linalg.norm(g), []
    for t in reversed(range(len(read))):
        a = g * (1 - states[t] ** 2)
        one = {"state": _plain(g / whole), "left": _plain(np.linalg.norm(g) / whole)}
        passed = {"before": _plain(a / whole), "passed": _plain(np.linalg.norm(a) / whole)}
        back.append(one | (passed if t else {"before": None, "passed": None}))
        g = a @ W_xx.T
    return {"states": _plain(states), "bets": _plain(bets), "back": back}


def _plain(values: Any) -> Any:
    return np.round(np.asarray(values), 5).tolist()
