"""Writing an output one token at a time: greedy search, sampling, beam search, inside one jit.

Written once over a decoder's ``start(encoding)`` and ``step(state, token)``, so every decoder
of the course generates with this file. Loops end as soon as every sequence has.

Shape letters: B batch, S source positions, L generated positions, K beam width, V vocabulary,
H heads, M vectors in the encoding.
"""

from functools import lru_cache, partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.sharding import PartitionSpec as P
from jaxtyping import Float, Int

from encdec_lib.data.vocabulary import BOS, EOS, PAD
from encdec_lib.devices import BATCH_AXIS, batch_mesh, devices_for
from encdec_lib.encoding import DecoderState, EncoderDecoder


class Generated(NamedTuple):
    """What a model wrote."""

    tokens: Int[np.ndarray, "B L"]  # ending in <eos> unless max_length came first, then <pad>
    scores: Float[np.ndarray, "B"]  # sum of log-probabilities of those tokens, nats
    weights: Float[np.ndarray, "B H L M"] | None  # where it looked, for a decoder that attends


def greedy(model: EncoderDecoder, source, max_length: int = 64, batch_size: int = 256) -> Generated:
    r"""Takes the most probable token at every step.

    .. math:: \hat y_i = \arg\max_y P(y \mid \hat y_{<i}, H)

    Args:
      model: an encoder-decoder.
      source: token ids ``(B, S)``, 0-padded, or images ``(B, H, W, C)``.
      max_length: L, where to stop a sequence that does not end by itself.
      batch_size: how many examples at a time; the shape is compiled once.

    Returns:
      :class:`Generated`, as NumPy arrays in the order of ``source``.

    Raises:
      ValueError: if ``source`` is empty or neither tokens nor images, or ``max_length`` or
        ``batch_size`` is below 1.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(7, 9), rngs=nnx.Rngs(0))
      >>> greedy(model, np.array([[4, 5, 0]]), max_length=3).tokens.shape
      (1, 3)
    """
    return _in_batches(model, source, batch_size, (_greedy, max_length))


def sample(
    model: EncoderDecoder,
    source,
    max_length: int = 64,
    temperature: int | float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
    batch_size: int = 256,
) -> Generated:
    r"""Draws every token at random, as probable as the model says.

    .. math:: P_\tau(y_i = v) \propto P(y_i = v \mid y_{<i}, H)^{1/\tau}

    Every example has its own stream of random numbers, so what is drawn for it does not depend on
    the batch it is in.

    Args:
      model: an encoder-decoder.
      source: token ids ``(B, S)``, 0-padded, or images ``(B, H, W, C)``.
      max_length: L, where to stop.
      temperature: :math:`\tau`, above 0. Below 1 the probable becomes more probable; towards 0
        this is greedy search.
      top_k: draw only among the k most probable tokens; among all if None.
      seed: the same seed gives the same outputs.
      batch_size: how many examples at a time.

    Returns:
      :class:`Generated`; ``scores`` are log-probabilities under the model itself, whatever
      ``temperature`` and ``top_k``.

    Raises:
      ValueError: as :func:`greedy`, or if ``temperature`` is not above 0 or ``top_k`` is below 1.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(7, 9), rngs=nnx.Rngs(0))
      >>> source = np.array([[4, 5, 0]])
      >>> once, again = (sample(model, source, max_length=5, seed=3) for _ in range(2))
      >>> bool((once.tokens == again.tokens).all())
      True
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; got {temperature}. For 0 use greedy.")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, or None for all; got {top_k}.")
    count = len(source)
    keys = np.asarray(jax.random.key_data(jax.random.split(jax.random.key(seed), count)))
    temperatures = np.full(count, temperature, np.float32)  # an array: a new one compiles nothing
    search = (_sample, max_length, top_k)
    return _in_batches(model, source, batch_size, search, keys, temperatures)


def beam_search(
    model: EncoderDecoder,
    source,
    max_length: int = 64,
    width: int = 4,
    length_penalty: float = 0.0,
    batch_size: int = 128,
) -> Generated:
    r"""Keeps the ``width`` best beginnings and returns the best whole sequence.

    Plain beam search can return a worse sequence with a wider beam, because a newcomer may
    push out the beginning of the best one. This is the monotonic form: place k of the beam is
    filled with the best continuation of places 1 to k that is not taken yet. So the first
    places of a wide beam are the narrow beam, place 1 is greedy search, and a wider beam never
    scores lower.

    .. math:: \mathrm{score}(y) = \frac{1}{|y|^{\lambda}} \sum_i \log P(y_i \mid y_{<i}, H)

    Args:
      model: an encoder-decoder.
      source: token ids ``(B, S)``, 0-padded, or images ``(B, H, W, C)``.
      max_length: L, where to stop.
      width: K, at least 1.
      length_penalty: lambda; 0 compares sums, 1 means per token. Used to pick the winner.
      batch_size: how many examples at a time.

    Returns:
      :class:`Generated`; ``scores`` are plain sums, whatever the penalty.

    Raises:
      ValueError: as :func:`greedy`, or if ``width`` is below 1.

    Reference:
      Lemons et al. (2022), Beam Search: Faster and Monotonic, arXiv:2204.02929.
    """
    if width < 1:
        raise ValueError(f"width must be at least 1; got {width}. 1 is greedy search.")
    return _in_batches(model, source, batch_size, (_beam, max_length, width, float(length_penalty)))


def _in_batches(model, source, batch_size, search, *more) -> Generated:
    """Sorts by length, decodes in batches of one shape on all devices, restores the order.

    ``more`` are arrays with a row for each example, which the search takes after the source.
    """
    source = np.asarray(source)
    if source.ndim not in (2, 4) or 0 in source.shape:
        raise ValueError(
            f"source needs at least one example and one position, tokens (B, S) or images "
            f"(B, H, W, C); got {source.shape}."
        )
    if search[1] < 1:
        raise ValueError(f"max_length must be at least 1; got {search[1]}.")
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1; got {batch_size}.")
    graph, state = nnx.split(model)
    size = min(batch_size, len(source))
    weights = sum(x.size for x in jax.tree.leaves(state))
    mesh = batch_mesh(devices_for(2 * weights * size * source.shape[1]))
    size = -(-size // mesh.size) * mesh.size
    run = _compiled(search, graph, mesh)
    if size == len(source) and mesh.size == 1:  # nothing to sort or to fill up
        return Generated(*(x if x is None else np.asarray(x) for x in run(state, source, *more)))
    # Neighbours in length share a batch, and go to different devices.
    lengths = (source != PAD).sum(axis=1) if source.ndim == 2 else np.zeros(len(source))
    order = np.argsort(lengths, kind="stable")
    spread = np.arange(size).reshape(-1, mesh.size).T.ravel()
    parts = []
    for start in range(0, len(source), size):
        rows = order[start : start + size]
        filled = np.resize(rows, size)[spread]
        result = run(state, *(x[filled] for x in (source, *more)))
        back = np.argsort(spread)[: len(rows)]
        parts.append([np.asarray(x)[back] for x in result if x is not None])
    back = np.argsort(order)
    joined = [np.concatenate(column)[back] for column in zip(*parts, strict=True)]
    return Generated(*joined, *[None] * (3 - len(joined)))


@lru_cache(maxsize=32)
def _compiled(search, graph, mesh):
    function, *settings = search

    def run(state, examples):
        model = nnx.merge(graph, state)
        return function(model, *examples, *settings)

    split = jax.shard_map(
        run, mesh=mesh, in_specs=(P(), P(BATCH_AXIS)), out_specs=P(BATCH_AXIS), check_vma=False
    )
    return jax.jit(lambda state, *examples: split(state, examples))


def _log_probabilities(logits):
    """Of the next token; -inf for ``<pad>`` and ``<bos>``, which no output holds."""
    log_p = jax.nn.log_softmax(logits.astype(jnp.float32))
    return log_p.at[:, jnp.array([PAD, BOS])].set(-jnp.inf)


def _start(model, source, max_length):
    """The state before the first token; a decoder with a cache makes room for every step."""
    room = (max_length,) if getattr(model.decoder, "caches", False) else ()
    return model.decoder.start(model.encode(source), *room)


def _greedy(model, source, max_length):
    return _one_by_one(model, source, max_length, lambda i, log_p: jnp.argmax(log_p, axis=-1))


def _sample(model, source, keys, temperatures, max_length, top_k):
    keys = jax.random.wrap_key_data(keys)

    def choose(i, log_p):
        if top_k is not None:
            least = jax.lax.top_k(log_p, min(top_k, log_p.shape[-1]))[0][:, -1:]
            log_p = jnp.where(log_p < least, -jnp.inf, log_p)
        noise = jax.vmap(lambda key: jax.random.gumbel(jax.random.fold_in(key, i), log_p.shape[1:]))
        return jnp.argmax(log_p / temperatures[:, None] + noise(keys), axis=-1)

    return _one_by_one(model, source, max_length, choose)


def _one_by_one(model, source, max_length, choose):
    """Writes what ``choose(step, log-probabilities (B, V))`` picks, until all have ended."""
    decoder = model.decoder
    carry, memory = _start(model, source, max_length)
    batch = source.shape[0]
    token = jnp.full((batch,), BOS)
    weights = jax.eval_shape(decoder.step, DecoderState(carry, memory), token)[2]
    looked = None if weights is None else jnp.zeros((max_length, *weights.shape), weights.dtype)

    def going(loop):
        i, _, ended, *_ = loop
        return (i < max_length) & ~ended.all()

    def body(loop):
        i, token, ended, carry, score, tokens, looked = loop
        state, logits, weights = decoder.step(DecoderState(carry, memory), token)
        log_p = _log_probabilities(logits)
        chosen = choose(i, log_p)
        bet = jnp.take_along_axis(log_p, chosen[:, None], axis=1)[:, 0]
        score = score + jnp.where(ended, 0, bet)
        token = jnp.where(ended, PAD, chosen)
        if looked is not None:
            looked = looked.at[i].set(jnp.where(ended[:, None, None], 0, weights))
        tokens = tokens.at[i].set(token)
        return i + 1, token, ended | (token == EOS), state.carry, score, tokens, looked

    tokens = jnp.zeros((max_length, batch), token.dtype)
    start = (0, token, jnp.zeros(batch, bool), carry, jnp.zeros(batch), tokens, looked)
    *_, score, tokens, looked = jax.lax.while_loop(going, body, start)
    if looked is not None:
        looked = jnp.moveaxis(looked, 0, 2)  # (B, H, L, M)
    return Generated(tokens.T, score, looked)


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


def _beam(model, source, max_length, width, length_penalty):
    decoder = model.decoder
    batch = source.shape[0]
    spread = partial(jax.tree.map, lambda x: jnp.repeat(x, width, axis=0))  # (B, …) -> (BK, …)
    carry, memory = spread(_start(model, source, max_length))
    token = jnp.full((batch, width), BOS)
    weights = jax.eval_shape(decoder.step, DecoderState(carry, memory), token.ravel())[2]
    looked = None if weights is None else jnp.zeros((max_length, *weights.shape), weights.dtype)

    def going(loop):
        i, _, ended, *_ = loop
        return (i < max_length) & ~ended.all()

    def body(loop):
        i, token, ended, carry, score, tokens, parents, looked = loop
        state, logits, weights = decoder.step(DecoderState(carry, memory), token.ravel())
        log_p = _log_probabilities(logits).reshape(batch, width, -1)
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
    steps, *_, score, tokens, parents, looked = jax.lax.while_loop(going, body, start)

    rows = jnp.arange(batch)
    used = jnp.arange(max_length) < steps
    # The winner, then back along its parents.
    lengths = _lengths(tokens, parents, used)
    winner = jnp.argmax(score / jnp.maximum(lengths, 1) ** length_penalty, axis=1)

    def back(place, step):
        token_i, parent_i, used_i, looked_i = step
        token = jnp.where(used_i, token_i[rows, place], PAD)
        parent = jnp.where(used_i, parent_i[rows, place], place)
        if looked_i is not None:  # weights were stored by the place that looked
            heads = looked_i.reshape(batch, width, *looked_i.shape[1:])[rows, parent]
            looked_i = jnp.where((token == PAD)[:, None, None], 0, heads)
        return parent, (token, looked_i)

    _, (best, looked) = jax.lax.scan(back, winner, (tokens, parents, used, looked), reverse=True)
    if looked is not None:
        looked = jnp.moveaxis(looked, 0, 2)
    return Generated(best.T, score[rows, winner], looked)


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
