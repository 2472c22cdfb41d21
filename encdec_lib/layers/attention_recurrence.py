r"""The loop of a decoder with additive attention, with a gradient of its own.

``jax.grad`` of the plain loop gives the same numbers (a test holds them together) but keeps
the (B, S, A) hidden layer of every target step, and adds up every weight's gradient step by
step. Here the backward pass recomputes the hidden layer, and whatever is a sum over steps
of products becomes one large product after the loop.

Shape letters: T target positions, B batch, S source positions, E embedding width, D decoder
state width, M width of an encoder vector, A alignment width.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from encdec_lib.layers.additive_attention import AdditiveAttention
from encdec_lib.layers.cells import gru_cell
from encdec_lib.layers.masks import masked_softmax
from encdec_lib.layers.recurrence import longest
from encdec_lib.layers.recurrent import GRU


def attention_recurrence(
    embedded: Float[Array, "T B E"],
    target_mask: Bool[Array, "T B"],
    state: Float[Array, "B D"],
    vectors: Float[Array, "B S M"],
    projected: Float[Array, "B S A"],
    mask: Bool[Array, "B S"],
    attention: AdditiveAttention,
    rnn: GRU,
) -> tuple[Float[Array, "T B D"], Float[Array, "T B M"], Float[Array, "T B S"]]:
    r"""Runs :math:`c_i = \mathrm{attend}(s_{i-1}, H)`, :math:`s_i = f(s_{i-1}, y_{i-1}, c_i)`.

    Args:
      embedded: the shifted target's embeddings; time comes first.
      target_mask: True at real target positions: the loop ends after the last of them.
      state: :math:`s_0`.
      vectors: the encoding, :math:`h_j`.
      projected: ``attention.project_keys(vectors)``.
      mask: True at real source positions.
      attention: its weights.
      rnn: a GRU of input width E + M.

    Returns:
      States, contexts and attention weights of every step; zeros after the last one.
    """
    embed_dim = embedded.shape[-1]
    w_in = rnn.W_in[...]
    inputs = embedded @ w_in[:embed_dim] + rnn.b_in[None, None]  # (T, B, 3D), all steps at once
    w_state = jnp.concatenate([attention.W_query[...], rnn.W_rec[...]], axis=1)
    b_state = jnp.concatenate([jnp.zeros_like(attention.v[...]), rnn.b_rec[...]])
    return _loop(
        inputs,
        w_in[embed_dim:],
        w_state,
        b_state,
        attention.v[...],
        state,
        vectors,
        projected,
        mask,
        longest(target_mask),
    )


@jax.custom_vjp
def _loop(inputs, w_context, w_state, b_state, v, state, vectors, projected, mask, steps):
    return _run(inputs, w_context, w_state, b_state, v, state, vectors, projected, mask, steps)[:3]


def _run(inputs, w_context, w_state, b_state, v, state, vectors, projected, mask, steps):
    """The loop; also keeps what the state asked and what entered the gates."""
    length, align = inputs.shape[0], v.shape[0]
    (batch, _), width = state.shape, vectors.shape[-1]
    shapes = state.shape, (batch, width), mask.shape, (batch, len(b_state)), inputs.shape[1:]
    empty = tuple(jnp.zeros((length, *shape), inputs.dtype) for shape in shapes)

    def body(t, carry):
        state, kept = carry
        asked = state @ w_state + b_state[None]  # the query's part, then the gates'
        hidden = jnp.tanh(asked[:, None, :align] + projected)
        alpha = masked_softmax(hidden @ v, mask)
        context = jnp.einsum("BS,BSM->BM", alpha, vectors)
        entered = inputs[t] + context @ w_context
        (state,) = gru_cell(entered, asked[:, align:], (state,))
        new = state, context, alpha, asked, entered
        return state, tuple(k.at[t].set(n) for k, n in zip(kept, new, strict=True))

    return jax.lax.fori_loop(0, steps, body, (state, empty))[1]


def _forward(inputs, w_context, w_state, b_state, v, state, vectors, projected, mask, steps):
    kept = _run(inputs, w_context, w_state, b_state, v, state, vectors, projected, mask, steps)
    return kept[:3], (w_context, w_state, v, state, vectors, projected, steps, kept)


def _backward(saved, cotangents):
    w_context, w_state, v, first, vectors, projected, steps, kept = saved
    states, contexts, weights, asked, entered = kept
    d_states, d_contexts, d_weights = cotangents
    align = v.shape[0]
    before = jnp.concatenate([first[None], states[:-1]])  # (T, B, D)

    def body(i, carry):
        d_state, d_projected, d_v, d_asked, d_inputs, d_read = carry
        t = steps - 1 - i
        _, pull = jax.vjp(gru_cell, entered[t], asked[t, :, align:], (before[t],))
        d_a, d_q, (d_state,) = pull((d_state + d_states[t],))
        d_context = d_a @ w_context.T + d_contexts[t]
        # through the softmax
        alpha = weights[t]
        d_alpha = jnp.einsum("BM,BSM->BS", d_context, vectors) + d_weights[t]
        d_score = alpha * (d_alpha - (alpha * d_alpha).sum(-1, keepdims=True))
        # through the scoring network, recomputed
        hidden = jnp.tanh(asked[t][:, None, :align] + projected)  # (B, S, A)
        d_v = d_v + jnp.einsum("BS,BSA->A", d_score, hidden)
        d_hidden = d_score[..., None] * (v[None, None] * (1 - hidden**2))
        d_projected = d_projected + d_hidden
        d_asked_t = jnp.concatenate([d_hidden.sum(1), d_q], axis=-1)
        d_state = d_state + d_asked_t @ w_state.T
        return (
            d_state,
            d_projected,
            d_v,
            d_asked.at[t].set(d_asked_t),
            d_inputs.at[t].set(d_a),
            d_read.at[t].set(d_context),
        )

    carry = (
        jnp.zeros_like(first),
        jnp.zeros_like(projected),
        jnp.zeros_like(v),
        jnp.zeros_like(asked),
        jnp.zeros_like(entered),
        jnp.zeros_like(contexts),
    )
    d_first, d_projected, d_v, d_asked, d_inputs, d_read = jax.lax.fori_loop(0, steps, body, carry)
    d_w_context = jnp.einsum("TBM,TBG->MG", contexts, d_inputs)
    d_w_state = jnp.einsum("TBD,TBG->DG", before, d_asked)
    d_vectors = jnp.einsum("TBS,TBM->BSM", weights, d_read)
    return (
        d_inputs,
        d_w_context,
        d_w_state,
        d_asked.sum((0, 1)),
        d_v,
        d_first,
        d_vectors,
        d_projected,
        None,
        None,
    )


_loop.defvjp(_forward, _backward)
