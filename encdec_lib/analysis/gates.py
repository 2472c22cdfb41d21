"""What the gates of a recurrent layer do at every step.

Shape letters: B batch, S steps, E input width, D state width.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from encdec_lib.layers.recurrent import GRU, LSTM

#: The gates of each layer by name, in the order in which its matrices hold them. The third block
#: of a GRU and of an LSTM is the new content, which is no gate.
GATES = {"GRU": ("reset", "update", None), "LSTM": ("input", "forget", None, "output")}

HELD = ("state", "memory")  # the second is an LSTM's alone


def read_gates(
    layer: GRU | LSTM, inputs: Float[Array, "B S E"], mask: Bool[Array, "B S"] | None = None
) -> dict[str, Float[Array, "B S D"]]:
    r"""Runs a layer and keeps its gates, each between 0, shut, and 1, open.

    Args:
      layer: starts from a state of zeros.
      inputs: ``(B, S, E)``.
      mask: ``(B, S)``, True at real positions; a padded step keeps the state, and its gates mean
        nothing. Everything is real if None.

    Returns:
      By name, each ``(B, S, D)``: of a GRU ``"reset"`` and ``"update"``, of an LSTM ``"input"``,
      ``"forget"`` and ``"output"``; of both ``"state"``, and of an LSTM its second state as
      ``"memory"``. Gradients pass through.

    Raises:
      TypeError: if the layer has no gates.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> seen = read_gates(GRU(2, 3, rngs=nnx.Rngs(0)), jnp.zeros((1, 4, 2)))
      >>> seen["update"].shape, float(seen["update"][0, 0, 0])
      ((1, 4, 3), 0.5)
    """
    if not isinstance(layer, GRU | LSTM):
        raise TypeError(f"layer must have gates, a GRU or an LSTM; got {type(layer).__name__}.")
    real = jnp.ones(inputs.shape[:2], bool) if mask is None else mask
    names = GATES[type(layer).__name__]

    def step(state, now):
        u, there = now
        a = u @ layer.W_in[...] + layer.b_in[...][None]
        q = state[0] @ layer.W_rec[...] + layer._recurrent_bias()[None]
        after = layer.cell(a, q, state)
        kept = tuple(
            jnp.where(there[:, None], new, old) for new, old in zip(after, state, strict=True)
        )
        gates = jax.nn.sigmoid(jnp.stack(jnp.split(a + q, len(names), axis=-1)))
        return kept, (kept, gates)

    start = layer.zero_state(len(inputs))
    _, (states, gates) = jax.lax.scan(step, start, (inputs.swapaxes(0, 1), real.T))
    seen = {name: gates[:, k].swapaxes(0, 1) for k, name in enumerate(names) if name}
    held = {name: part.swapaxes(0, 1) for name, part in zip(HELD, states, strict=False)}
    return seen | held
