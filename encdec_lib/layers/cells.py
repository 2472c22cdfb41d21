"""One step of a recurrent layer, once its products are there: tanh, GRU, LSTM.

Shape letters: B batch, D state width, G = columns of a layer's matrices (D, 3D or 4D).
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from encdec_lib.layers.recurrence import State


def tanh_cell(a: Float[Array, "B G"], q: Float[Array, "B G"], state: State) -> State:
    r"""One step of a plain RNN from its two projections: :math:`h' = \tanh(a + q)`."""
    return (jnp.tanh(a + q),)


def linear_cell(a: Float[Array, "B G"], q: Float[Array, "B G"], state: State) -> State:
    r"""One step of a linear system from its two projections: :math:`h' = a + q`."""
    return (a + q,)


def gru_cell(a: Float[Array, "B G"], q: Float[Array, "B G"], state: State) -> State:
    r"""One GRU step from its two projections.

    .. math::
        r &= \sigma(a_r + q_r), \quad z = \sigma(a_z + q_z), \quad n = \tanh(a_n + r \odot q_n) \\
        h' &= (1 - z) \odot n + z \odot h
    """
    (h,) = state
    a_r, a_z, a_n = jnp.split(a, 3, axis=-1)
    q_r, q_z, q_n = jnp.split(q, 3, axis=-1)
    r, z = jax.nn.sigmoid(a_r + q_r), jax.nn.sigmoid(a_z + q_z)
    n = jnp.tanh(a_n + r * q_n)
    return ((1 - z) * n + z * h,)


def lstm_cell(a: Float[Array, "B G"], q: Float[Array, "B G"], state: State) -> State:
    r"""One LSTM step from its two projections.

    .. math::
        i, f, o = \sigma(\cdot), \quad g = \tanh(\cdot), \qquad
        c' = f \odot c + i \odot g, \qquad h' = o \odot \tanh(c')
    """
    _, c = state
    i, f, g, o = jnp.split(a + q, 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c
