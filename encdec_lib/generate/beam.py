"""Beam search: several beginnings of an output are kept, the best whole one wins.

Shape letters: B batch, S source positions, L generated positions, K beam width, V vocabulary,
H heads, M vectors in the encoding.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from encdec_lib.data.vocabulary import BOS, EOS, PAD
from encdec_lib.encoding import DecoderState, EncoderDecoder
from encdec_lib.generate.common import (
    Generated,
    log_probabilities,
    token_decoder,
    write_in_batches,
)
from encdec_lib.runtime.checks import is_number, is_whole


def beam_search(
    model: EncoderDecoder,
    source: Any,
    max_length: int | None = None,
    width: int = 4,
    length_penalty: float = 0.0,
    batch_size: int = 128,
) -> Generated:
    r"""Keeps the ``width`` best beginnings and returns the best whole sequence.

    Whole means ended by ``<eos>``: a sequence that ``max_length`` cut short is returned only where
    none in the beam has ended, however good its score.

    Plain beam search can return a worse sequence with a wider beam, because a newcomer may
    push out the beginning of the best one. This is the monotonic form: place k of the beam is
    filled with the best continuation of places 1 to k that is not taken yet. So the first
    places of a wide beam are the narrow beam, place 1 is greedy search, and a wider beam never
    scores lower, unless it ends a sequence that the narrow one could not end.

    .. math:: \mathrm{score}(y) = \frac{1}{|y|^{\lambda}} \sum_i \log P(y_i \mid y_{<i}, H)

    Args:
      model: an encoder-decoder.
      source: token ids ``(B, S)``, 0-padded, or images ``(B, H, W, C)``.
      max_length: L, where to stop; if None 64, or fewer where the model has positions for fewer.
      width: K, at least 1.
      length_penalty: lambda; 0 compares sums, 1 means per token. Used to pick the winner, so it
        changes nothing where ``width`` is 1.
      batch_size: how many examples at a time.

    Returns:
      :class:`~encdec_lib.generate.common.Generated`; ``scores`` are plain sums, whatever the
      penalty.

    Raises:
      ValueError: as :func:`~encdec_lib.generate.sampling.greedy`, or if ``width`` is below 1 or
        ``length_penalty`` is no finite number.

    Reference:
      Lemons et al. (2022), Beam Search: Faster and Monotonic, arXiv:2204.02929.
    """
    if not is_whole(width) or width < 1:
        raise ValueError(f"width must be at least 1; got {width!r}. 1 is greedy search.")
    if not is_number(length_penalty):
        raise ValueError(f"length_penalty must be a finite number; got {length_penalty!r}.")
    return write_in_batches(
        _beam,
        model,
        source,
        max_length=max_length,
        batch_size=batch_size,
        width=width,
        length_penalty=float(length_penalty),
    )


def _choose(candidates):
    """Fills place k with the best child of places 0 to k that is not taken yet.

    Args:
      candidates: scores ``(B, K, V)`` of every child of every place; -inf where there is none.

    Returns:
      Scores, parents and tokens of the new places, each ``(B, K)``.
    """
    batch, width, vocab = candidates.shape
    place = jnp.arange(width)[None, :, None]  # (1, K, 1)
    rows = jnp.arange(batch)
    chosen = []
    for k in range(width):
        allowed = jnp.where(place <= k, candidates, -jnp.inf).reshape(batch, -1)
        best = jnp.argmax(allowed, axis=-1)
        chosen.append((allowed[rows, best], best // vocab, best % vocab))
        candidates = candidates.at[rows, best // vocab, best % vocab].set(-jnp.inf)
    return tuple(jnp.stack(x, axis=1) for x in zip(*chosen, strict=True))


def _beam(model, source, *, max_length, width, length_penalty):
    decoder = token_decoder(model)
    batch = source.shape[0]
    spread = partial(jax.tree.map, lambda x: jnp.repeat(x, width, axis=0))  # (B, …) -> (BK, …)
    carry, memory = spread(decoder.start(model.encode(source), max_length))
    token = jnp.full((batch, width), BOS)
    weights = jax.eval_shape(decoder.step, DecoderState(carry, memory), token.ravel())[2]
    looked = None if weights is None else jnp.zeros((max_length, *weights.shape), weights.dtype)

    def going(loop):
        i, _, ended, *_ = loop
        return (i < max_length) & ~ended.all()

    def body(loop):
        i, token, ended, carry, score, tokens, parents, looked = loop
        state, logits, weights = decoder.step(DecoderState(carry, memory), token.ravel())
        log_p = log_probabilities(logits).reshape(batch, width, -1)
        # A sequence that has ended has one child: itself, one <pad> longer.
        only_pad = jnp.where(jnp.arange(log_p.shape[-1]) == PAD, 0.0, -jnp.inf)
        log_p = jnp.where(ended[..., None], only_pad[None, None], log_p)
        score, parent, token = _choose(score[..., None] + log_p)
        dead = score == -jnp.inf  # a place that no sequence has come to yet
        ended = jnp.take_along_axis(ended, parent, axis=1) | (token == EOS) | dead
        flat = (jnp.arange(batch)[:, None] * width + parent).ravel()
        if looked is not None:
            looked = looked.at[i].set(weights)
        carry = jax.tree.map(lambda x: x[flat], state.carry)
        tokens, parents = tokens.at[i].set(token), parents.at[i].set(parent)
        return i + 1, token, ended, carry, score, tokens, parents, looked

    start = (
        0,
        token,
        jnp.zeros((batch, width), bool),
        carry,
        jnp.full((batch, width), -jnp.inf).at[:, 0].set(0.0),
        jnp.zeros((max_length, batch, width), token.dtype),
        jnp.zeros((max_length, batch, width), token.dtype),
        looked,
    )
    steps, _, ended, _, score, tokens, parents, looked = jax.lax.while_loop(going, body, start)
    used = jnp.arange(max_length) < steps
    # The winner, then back along its parents.
    lengths = _lengths(tokens, parents, used)
    ranked = score / jnp.maximum(lengths, 1) ** length_penalty
    whole = ended & (score > -jnp.inf)
    ranked = jnp.where(whole | ~whole.any(axis=1, keepdims=True), ranked, -jnp.inf)
    winner = jnp.argmax(ranked, axis=1)
    best, looked = _trace_back(winner, tokens, parents, used, looked)
    return Generated(best, score[jnp.arange(batch), winner], looked)


def _trace_back(winner, tokens, parents, used, looked):
    """The winners' tokens ``(B, L)`` and weights ``(B, H, L, M)``, from the last step to the first.

    Args:
      winner: the place that each example's sequence ends in, ``(B,)``.
      tokens, parents: of every step and place, ``(L, B, K)``.
      used: which steps were taken, ``(L,)``.
      looked: weights of every step, ``(L, BK, H, M)``, or None.
    """
    _, batch, width = tokens.shape
    rows = jnp.arange(batch)

    def back(place, step):
        token_i, parent_i, used_i, looked_i = step
        token = jnp.where(used_i, token_i[rows, place], PAD)
        parent = jnp.where(used_i, parent_i[rows, place], place)
        if looked_i is not None:  # weights were stored by the place that looked
            heads = looked_i.reshape(batch, width, *looked_i.shape[1:])[rows, parent]
            looked_i = jnp.where((token == PAD)[:, None, None], 0, heads)
        return parent, (token, looked_i)

    _, (best, looked) = jax.lax.scan(back, winner, (tokens, parents, used, looked), reverse=True)
    return best.T, None if looked is None else jnp.moveaxis(looked, 0, 2)


def _lengths(tokens, parents, used):
    """Tokens, ``<eos>`` counted, of the sequence that ends in each place: ``(B, K)``."""
    width = tokens.shape[-1]
    ends = jnp.broadcast_to(jnp.arange(width), tokens.shape[1:])

    def back(carry, step):
        place, length = carry
        token_i, parent_i, used_i = step
        token = jnp.take_along_axis(token_i, place, axis=1)
        length = length + (used_i & (token != PAD))
        place = jnp.where(used_i, jnp.take_along_axis(parent_i, place, axis=1), place)
        return (place, length), None

    (_, lengths), _ = jax.lax.scan(
        back, (ends, jnp.zeros_like(ends)), (tokens, parents, used), reverse=True
    )
    return lengths
