r"""The loop under every recurrent layer: it honours lengths and is fast to train.

One function, ``recurrence``, runs any cell whose new state depends on the old one
through a single matrix product. It differs from ``jax.grad`` of a ``lax.scan`` in speed only:

- The products with the inputs are done for all steps at once, before the loop.
- The loop stops after the longest real sequence of the batch, not after the padding.
- The backward pass keeps one array a step, recomputes the gates from it, and adds up the
  gradient of the recurrent matrix in one large product after the loop, not in one a step.

Shape letters: B batch, S positions, D state width, G gates (1 for a plain RNN, 3 for a GRU, 4
for an LSTM).
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool

State = tuple[Array, ...]  # (h,) or (h, c), each (B, D); h comes first
Cell = Callable[[Array, Array, State], State]  # (a, q, state) -> state, elementwise


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def recurrence(
    cell: Cell,
    reverse: bool,
    inputs: Array,
    w_rec: Array,
    b_rec: Array,
    state: State,
    mask: Array,
) -> tuple[State, State]:
    r"""Runs ``cell`` along the sequence.

    .. math:: q_t = h_{t-1} W_{rec} + b_{rec}, \qquad (h_t, \ldots) = \mathrm{cell}(a_t, q_t, \cdot)

    Args:
      cell: elementwise function ``(a_t (B, GD), q_t (B, GD), state) -> state``.
      reverse: walk from the last position to the first.
      inputs: the a_t, projected inputs with their bias, ``(S, B, GD)``: time comes first.
      w_rec: ``(D, GD)``.
      b_rec: ``(GD,)``.
      state: the state before the first step, each array ``(B, D)``.
      mask: ``(S, B)``; where False the state is kept as it was.

    Returns:
      The states after every step, each ``(S, B, D)``, and the state at the end. Positions
      beyond the longest sequence of the batch hold zeros.
    """
    return _run(cell, reverse, inputs, w_rec, b_rec, state, mask)[:2]


def longest(mask: Bool[Array, "S B"]) -> Array:
    """The number of positions up to the last real one of any sequence in the batch."""
    positions = jnp.arange(1, mask.shape[0] + 1)
    return jnp.max(jnp.where(mask.any(axis=1), positions, 0))


def _run(cell, reverse, inputs, w_rec, b_rec, state, mask):
    """The loop; returns the states, the last one, and every q_t for the backward pass."""
    steps = longest(mask)
    empty = tuple(jnp.zeros((inputs.shape[0], *s.shape), s.dtype) for s in state)

    def body(i, carry):
        state, after, asked = carry
        t = steps - 1 - i if reverse else i
        q = state[0] @ w_rec + b_rec[None]
        new = cell(inputs[t], q, state)
        new = tuple(jnp.where(mask[t][:, None], n, s) for n, s in zip(new, state, strict=True))
        after = tuple(a.at[t].set(n) for a, n in zip(after, new, strict=True))
        return new, after, asked.at[t].set(q)

    last, after, asked = jax.lax.fori_loop(0, steps, body, (state, empty, jnp.zeros_like(inputs)))
    return after, last, asked


def _run_forward(cell, reverse, inputs, w_rec, b_rec, state, mask):
    after, last, asked = _run(cell, reverse, inputs, w_rec, b_rec, state, mask)
    return (after, last), (inputs, w_rec, state, after, asked, mask)


def _states_before(after, first, steps, reverse):
    """The state that each step started from: the neighbour's, and ``first`` at the start."""
    if reverse:
        return jnp.concatenate([after[1:], first[None]]).at[steps - 1].set(first)
    return jnp.concatenate([first[None], after[:-1]])


def _run_backward(cell, reverse, saved, cotangents):
    inputs, w_rec, first, after, asked, mask = saved
    d_after, d_last = cotangents
    steps = longest(mask)
    before = tuple(_states_before(a, f, steps, reverse) for a, f in zip(after, first, strict=True))

    def body(i, carry):
        d_state, d_q, d_inputs = carry
        t = i if reverse else steps - 1 - i
        real = mask[t][:, None]
        d_new = tuple(d + step[t] for d, step in zip(d_state, d_after, strict=True))
        _, pull = jax.vjp(cell, inputs[t], asked[t], tuple(b[t] for b in before))
        d_a, d_qt, d_old = pull(tuple(jnp.where(real, d, 0) for d in d_new))
        d_old = tuple(o + jnp.where(real, 0, d) for o, d in zip(d_old, d_new, strict=True))
        d_old = (d_old[0] + d_qt @ w_rec.T, *d_old[1:])
        return d_old, d_q.at[t].set(d_qt), d_inputs.at[t].set(d_a)

    zeros = jnp.zeros_like(inputs)
    d_first, d_q, d_inputs = jax.lax.fori_loop(0, steps, body, (d_last, zeros, zeros))
    d_w = jnp.einsum("SBD,SBG->DG", before[0], d_q)
    return d_inputs, d_w, d_q.sum((0, 1)), d_first, None


recurrence.defvjp(_run_forward, _run_backward)
