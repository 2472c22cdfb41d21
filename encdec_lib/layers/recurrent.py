"""Recurrent layers: the plain RNN, the GRU, the LSTM, and two of a kind from both ends.

They differ in their cell alone; the loop is that of :mod:`encdec_lib.layers.recurrence`.

Shape letters: B batch, S positions, E input width, D state width, G gates (1 for a plain RNN,
3 for a GRU, 4 for an LSTM).
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from encdec_lib.layers.cells import gru_cell, linear_cell, lstm_cell, tanh_cell
from encdec_lib.layers.recurrence import State, recurrence
from encdec_lib.runtime.checks import check_whole


class _Recurrent(nnx.Module):
    """What the layers share: the projections before the loop and the checks."""

    gates: int
    cell: Callable
    num_states: int

    def __init__(self, in_dim: int, state_dim: int, *, reverse: bool = False, rngs: nnx.Rngs):
        for name, size in (("in_dim", in_dim), ("state_dim", state_dim)):
            check_whole(name, size)
        orthogonal = jax.nn.initializers.orthogonal()
        w_rec = [orthogonal(rngs.params(), (state_dim, state_dim)) for _ in range(self.gates)]
        self.W_in = nnx.Param(
            jax.nn.initializers.glorot_uniform()(rngs.params(), (in_dim, self.gates * state_dim))
        )
        self.W_rec = nnx.Param(jnp.concatenate(w_rec, axis=1))
        self.b_in = nnx.Param(jnp.zeros((self.gates * state_dim,)))
        self.in_dim, self.state_dim, self.reverse = in_dim, state_dim, reverse

    def _recurrent_bias(self) -> Float[Array, " G"]:
        return jnp.zeros_like(self.b_in[...])

    def zero_state(self, batch: int) -> State:
        """The state before anything was read: zeros, each array ``(B, D)``."""
        return (jnp.zeros((batch, self.state_dim), self.W_rec.dtype),) * self.num_states

    def step(self, inputs: Float[Array, "B E"], state: State) -> State:
        """Reads one input. For generation, where the next input is not known yet."""
        q = state[0] @ self.W_rec[...] + self._recurrent_bias()[None]
        return self.cell(inputs @ self.W_in[...] + self.b_in[None], q, state)

    def __call__(
        self,
        inputs: Float[Array, "B S E"],
        mask: Bool[Array, "B S"] | None = None,
        state: State | None = None,
    ) -> tuple[Float[Array, "B S D"], State]:
        """Reads a batch of sequences.

        Args:
          inputs: ``(B, S, E)``.
          mask: ``(B, S)``, True at real positions; everything is real if None. A padded step
            keeps the state as it is and outputs zeros, so padding cannot change a result.
          state: what to start from, each array ``(B, D)``; zeros if None.

        Returns:
          The hidden state at every position, ``(B, S, D)``, and the state after the last real
          position (after the first, if ``reverse``).

        Raises:
          ValueError: if widths, mask or state do not fit.
        """
        if inputs.ndim != 3:
            raise ValueError(
                f"inputs must have width {self.in_dim} (in_dim), shape (B, S, E); got "
                f"{inputs.shape}."
            )
        batch, length, width = inputs.shape
        if width != self.in_dim:
            raise ValueError(
                f"inputs must have width {self.in_dim} (in_dim), shape (B, S, E); "
                f"got {inputs.shape}."
            )
        if mask is None:
            mask = jnp.ones((batch, length), bool)
        if mask.shape != (batch, length):
            raise ValueError(
                f"mask needs one flag per input, shape (B, S) = {(batch, length)}; "
                f"got {mask.shape}."
            )
        if state is None:
            state = self.zero_state(batch)
        for array in state:
            if array.shape != (batch, self.state_dim):
                raise ValueError(
                    f"state must have shape (B, D) = {(batch, self.state_dim)}; got {array.shape}."
                )
        projected = inputs.swapaxes(0, 1) @ self.W_in[...] + self.b_in[None, None]  # (S, B, GD)
        after, last = recurrence(  # pyright: ignore[reportGeneralTypeIssues]  # partial hides custom_vjp's type
            self.cell,
            self.reverse,
            projected,
            self.W_rec[...],
            self._recurrent_bias(),
            state,
            mask.T,
        )
        return jnp.where(mask[..., None], after[0].swapaxes(0, 1), 0), last


class RNN(_Recurrent):
    r"""Plain recurrent network over a padded batch: no gates.

    .. math:: h_t = \tanh(x_t W_{in} + h_{t-1} W_{rec} + b_{in})

    ``W_in`` is ``(E, D)``, ``W_rec`` ``(D, D)``, ``b_in`` ``(D,)``.

    Args:
      in_dim: E, width of the inputs.
      state_dim: D, width of the state.
      activation: ``"tanh"``, or ``"linear"`` for :math:`h_t` without the tanh.
      reverse: read from right to left.
      rngs: ``params`` initialises the weights: Glorot for inputs, orthogonal for the state.

    Raises:
      ValueError: if a size is below 1 or the activation is another.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> states, (last,) = RNN(2, 3, rngs=nnx.Rngs(0))(jnp.ones((1, 4, 2)))
      >>> states.shape, bool((states[0, 3] == last[0]).all())
      ((1, 4, 3), True)

    Reference:
      Elman (1990), "Finding structure in time".
    """

    gates, num_states = 1, 1
    cells = {"tanh": tanh_cell, "linear": linear_cell}

    def __init__(
        self,
        in_dim: int,
        state_dim: int,
        *,
        activation: str = "tanh",
        reverse: bool = False,
        rngs: nnx.Rngs,
    ):
        if activation not in self.cells:
            raise ValueError(f"activation must be 'tanh' or 'linear'; got {activation!r}.")
        super().__init__(in_dim, state_dim, reverse=reverse, rngs=rngs)
        self.cell = self.cells[activation]


class GRU(_Recurrent):
    r"""Gated recurrent unit over a padded batch.

    .. math::
        r_t &= \sigma(x_t W_r + h_{t-1} U_r + b_r) \\
        z_t &= \sigma(x_t W_z + h_{t-1} U_z + b_z) \\
        n_t &= \tanh(x_t W_n + b_n + r_t \odot (h_{t-1} U_n + b'_n)) \\
        h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}

    Cho et al. write :math:`U_n (r_t \odot h_{t-1})`, and Bahdanau et al. (2015) use :math:`z` where
    this has :math:`1 - z`. The form here is that of PyTorch, cuDNN and Flax: the reset gate acts
    after the product ("reset-after"), so that one product serves all three gates.

    ``W_in`` is ``(E, 3D)``, ``W_rec`` ``(D, 3D)``, ``b_in`` and ``b_rec`` ``(3D,)``; the thirds
    are r, z, n.

    Args:
      in_dim: E, width of the inputs.
      state_dim: D, width of the state.
      reverse: read from right to left.
      rngs: ``params`` initialises the weights: Glorot for inputs, orthogonal for the state.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> gru = GRU(2, 3, rngs=nnx.Rngs(0))
      >>> states, (last,) = gru(jnp.ones((1, 4, 2)), jnp.array([[True, True, False, False]]))
      >>> states.shape, bool((states[0, 1] == last[0]).all()), float(states[0, 3].sum())
      ((1, 4, 3), True, 0.0)

    Reference:
      Cho et al. (2014), arXiv:1406.1078, equations (5) to (8).
    """

    gates, num_states = 3, 1
    cell = staticmethod(gru_cell)

    def __init__(self, in_dim: int, state_dim: int, *, reverse: bool = False, rngs: nnx.Rngs):
        super().__init__(in_dim, state_dim, reverse=reverse, rngs=rngs)
        self.b_rec = nnx.Param(jnp.zeros((3 * state_dim,)))

    def _recurrent_bias(self):
        return self.b_rec[...]


class LSTM(_Recurrent):
    r"""Long short-term memory over a padded batch.

    .. math::
        i_t, f_t, o_t &= \sigma(x_t W_{i,f,o} + h_{t-1} U_{i,f,o} + b_{i,f,o}) \\
        g_t &= \tanh(x_t W_g + h_{t-1} U_g + b_g) \\
        c_t &= f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh(c_t)

    ``W_in`` is ``(E, 4D)``, ``W_rec`` ``(D, 4D)``, ``b_in`` ``(4D,)``; the quarters are
    i, f, g, o. The forget gate's bias starts at 1, so that a new network remembers.

    Args:
      in_dim: E, width of the inputs.
      state_dim: D, width of the state. The state is the pair (h, c).
      reverse: read from right to left.
      rngs: ``params`` initialises the weights.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> states, (h, c) = LSTM(2, 3, rngs=nnx.Rngs(0))(jnp.ones((1, 4, 2)))
      >>> states.shape, c.shape
      ((1, 4, 3), (1, 3))

    Reference:
      Hochreiter & Schmidhuber (1997); with the forget gate of Gers et al. (2000).
    """

    gates, num_states = 4, 2
    cell = staticmethod(lstm_cell)

    def __init__(self, in_dim: int, state_dim: int, *, reverse: bool = False, rngs: nnx.Rngs):
        super().__init__(in_dim, state_dim, reverse=reverse, rngs=rngs)
        self.b_in[...] = self.b_in[...].at[state_dim : 2 * state_dim].set(1.0)


class Bidirectional(nnx.Module):
    r"""Two layers of the same kind, one from each end: :math:`h_j = [\overrightarrow{h_j};
    \overleftarrow{h_j}]`.

    Each vector has read the whole sequence: the left half what stands before it, the right
    half what stands after it, and both the token itself.

    Args:
      layer: :class:`RNN`, :class:`GRU` or :class:`LSTM`.
      in_dim: E, width of the inputs.
      state_dim: D, width of one direction; the output has width 2D.
      rngs: ``params`` initialises both.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> both = Bidirectional(GRU, 2, 3, rngs=nnx.Rngs(0))
      >>> both(jnp.ones((1, 4, 2))).shape
      (1, 4, 6)

    Reference:
      Schuster & Paliwal (1997); Bahdanau et al. (2015), arXiv:1409.0473, section 3.2.
    """

    def __init__(self, layer: type[_Recurrent], in_dim: int, state_dim: int, *, rngs: nnx.Rngs):
        if not isinstance(layer, type) or not issubclass(layer, _Recurrent):
            raise TypeError(f"layer must be RNN, GRU or LSTM; got {layer!r:.60}.")
        self.forward = layer(in_dim, state_dim, rngs=rngs)
        self.backward = layer(in_dim, state_dim, reverse=True, rngs=rngs)

    def __call__(
        self, inputs: Float[Array, "B S E"], mask: Bool[Array, "B S"] | None = None
    ) -> Float[Array, "B S M"]:
        """Reads ``inputs`` from both ends; see :class:`GRU` for the arguments."""
        return jnp.concatenate(
            [self.forward(inputs, mask)[0], self.backward(inputs, mask)[0]], axis=-1
        )
