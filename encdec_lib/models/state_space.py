"""A recurrent network as a state-space system (chapter 3).

The letters are those of control theory, and of this chapter alone: the input is u, the **state**
is x, the output is y. In shapes: B batch, S steps, U input width, D state width, V output width.
"""

import dataclasses
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.layers.recurrence import recurrence
from encdec_lib.layers.recurrent import GRU, LSTM, RNN
from encdec_lib.runtime.checks import check_choices, check_sizes


@dataclasses.dataclass(frozen=True)
class StateSpaceConfig:
    """Sizes of the system.

    Raises:
      ValueError: if a size is below 1 or the activation is another.
    """

    input_dim: int  # U, numbers in an input u_t
    state_dim: int  # D, numbers in a state x_t
    output_dim: int  # V, numbers in an output y_t
    activation: str = "tanh"  # of the state: "tanh" or "linear"

    def __post_init__(self):
        check_sizes(self, "input_dim", "state_dim", "output_dim")
        check_choices(self, activation=tuple(RNN.cells))


class Trajectory(NamedTuple):
    """What a system went through: its state and its output at every step."""

    states: Float[Array, "B S D"]
    logits: Float[Array, "B S V"]  # the output before its softmax


class StateSpace(nnx.Module):
    r"""Input, state, output: two functions, five parameters, the same at every step.

    .. math::
        x_t &= f(x_{t-1}, u_t) = \tanh(x_{t-1} W_{xx} + u_t W_{ux} + b_x) \\
        y_t &= h(x_t) = \mathrm{softmax}(x_t W_{xy} + b_y)

    Vectors are rows. The usual column form writes :math:`W_{xu} u_t` and :math:`W_{yx} x_t`: its
    matrices are the transposes of ours, with the two letters of the index exchanged.

    Args:
      config: the sizes, and the activation of the state.
      rngs: ``params`` initialises the weights: orthogonal for ``W_xx``, so that all its
        eigenvalues have modulus 1; Glorot for ``W_ux`` and ``W_xy``; zeros for the biases.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> system = StateSpace(StateSpaceConfig(4, 3, 4), rngs=nnx.Rngs(0))
      >>> short, long = system(jnp.ones((1, 5, 4))), system(jnp.ones((1, 500, 4)))
      >>> short.logits.shape, long.logits.shape
      ((1, 5, 4), (1, 500, 4))

    Reference:
      Elman (1990), "Finding structure in time"; the output is a softmax.
    """

    def __init__(self, config: StateSpaceConfig, *, rngs: nnx.Rngs):
        inputs, width, outputs = config.input_dim, config.state_dim, config.output_dim
        orthogonal, glorot = jax.nn.initializers.orthogonal(), jax.nn.initializers.glorot_uniform()
        self.W_xx = nnx.Param(orthogonal(rngs.params(), (width, width)))
        self.W_ux = nnx.Param(glorot(rngs.params(), (inputs, width)))
        self.b_x = nnx.Param(jnp.zeros((width,)))
        self.W_xy = nnx.Param(glorot(rngs.params(), (width, outputs)))
        self.b_y = nnx.Param(jnp.zeros((outputs,)))
        self.config, self.cell = config, RNN.cells[config.activation]

    def transition(self, x: Float[Array, "B D"], u: Float[Array, "B U"]) -> Float[Array, "B D"]:
        """The function f: the next state from the state and an input."""
        a = u @ self.W_ux[...] + self.b_x[None]
        return self.cell(a, x @ self.W_xx[...], (x,))[0]

    def observe(self, x: Float[Array, "*batch D"]) -> Float[Array, "*batch V"]:
        """The function h, before its softmax: what can be seen of a state."""
        bias = self.b_y[...].reshape((1,) * (x.ndim - 1) + (-1,))
        return x @ self.W_xy[...] + bias

    def step(
        self, x: Float[Array, "B D"], u: Float[Array, "B U"]
    ) -> tuple[Float[Array, "B D"], Float[Array, "B V"]]:
        """One step: reads an input, returns the new state and the output's logits."""
        x = self.transition(x, u)
        return x, self.observe(x)

    def __call__(
        self, inputs: Float[Array, "B S U"], start: Float[Array, "B D"] | None = None
    ) -> Trajectory:
        """Runs the system along sequences of any length.

        Args:
          inputs: u_1 to u_S, ``(B, S, U)``.
          start: the state x_0, ``(B, D)``; zeros if None.

        Returns:
          States ``(B, S, D)`` and logits ``(B, S, V)`` after every input.

        Raises:
          ValueError: if inputs or start do not fit the sizes of the system.
        """
        config = self.config
        if inputs.ndim != 3 or inputs.shape[-1] != config.input_dim:
            raise ValueError(
                f"inputs must have shape (B, S, U) with U = {config.input_dim} (input_dim); "
                f"got {inputs.shape}."
            )
        batch, steps, _ = inputs.shape
        if start is None:
            start = jnp.zeros((batch, config.state_dim), self.W_xx.dtype)
        if start.shape != (batch, config.state_dim):
            raise ValueError(
                f"start must have shape (B, D) = {(batch, config.state_dim)}; got {start.shape}."
            )
        (states,), _ = recurrence(  # pyright: ignore[reportGeneralTypeIssues]  # partial hides custom_vjp's type
            self.cell,
            False,
            inputs.swapaxes(0, 1) @ self.W_ux[...] + self.b_x[None, None],
            self.W_xx[...],
            jnp.zeros_like(self.b_x[...]),
            (start,),
            jnp.ones((steps, batch), bool),
        )
        states = states.swapaxes(0, 1)
        return Trajectory(states, self.observe(states))


class ManyToOne(nnx.Module):
    r"""A recurrent layer reads a whole sequence, and one answer is made of its last state.

    .. math:: y = h_S W + b

    Args:
      layer: an RNN, a GRU or an LSTM.
      answers: V, how many numbers the answer has; its logits, if it is a choice.
      rngs: ``params`` initialises W.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> rngs = nnx.Rngs(0)
      >>> ManyToOne(RNN(2, 3, rngs=rngs), 5, rngs=rngs)(jnp.ones((1, 4, 2))).shape
      (1, 5)
    """

    def __init__(self, layer: RNN | GRU | LSTM, answers: int, *, rngs: nnx.Rngs):
        self.layer = layer
        self.output = nnx.Linear(layer.state_dim, answers, rngs=rngs)

    def __call__(
        self, inputs: Float[Array, "B S U"], mask: Bool[Array, "B S"] | None = None
    ) -> Float[Array, "B V"]:
        """Reads ``inputs``, real where ``mask`` is True, and answers."""
        return self.output(self.layer(inputs, mask)[1][0])


def next_symbol_loss(
    system: StateSpace, inputs: Float[Array, "B S U"], targets: Int[Array, "B S"]
) -> Float[Array, "B S"]:
    r"""How surprised the system is by each next symbol: :math:`-\log y_t[\text{target}_t]`.

    Args:
      system: whose outputs are symbols.
      inputs: the symbols so far, as vectors, ``(B, S, U)``.
      targets: the symbol that follows each of them, ``(B, S)``, below V.

    Returns:
      Nats, one number a step. Their sum is the loss of a word.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> system = StateSpace(StateSpaceConfig(4, 3, 4), rngs=nnx.Rngs(0))
      >>> inputs = jnp.eye(4)[jnp.array([[0, 1, 2, 2]])]
      >>> next_symbol_loss(system, inputs, jnp.array([[1, 2, 2, 3]])).shape
      (1, 4)
    """
    logits = system(inputs).logits
    return optax.losses.softmax_cross_entropy_with_integer_labels(logits, targets)
