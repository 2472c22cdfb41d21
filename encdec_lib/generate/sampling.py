"""Writing an output one token at a time: greedy search, sampling, beam search, inside one jit.

Written once over a decoder's ``start(encoding)`` and ``step(state, token)``, so every decoder
of the course generates with this file. Loops end as soon as every sequence has.
:func:`~encdec_lib.generate.beam.beam_search` has a file of its own.

Shape letters: B batch, S source positions, L generated positions, V vocabulary, H heads,
M vectors in the encoding.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from encdec_lib.data.vocabulary import BOS, EOS, PAD
from encdec_lib.encoding import DecoderState, EncoderDecoder
from encdec_lib.generate.common import (
    Generated,
    log_probabilities,
    token_decoder,
    write_in_batches,
)
from encdec_lib.runtime.checks import check_whole, is_number, is_whole
from encdec_lib.runtime.inputs import check_source

COLDEST = 1e-30  # temperature; divided by less, a log-probability may pass what float32 can hold


def greedy(
    model: EncoderDecoder, source: Any, max_length: int | None = None, batch_size: int = 256
) -> Generated:
    r"""Takes the most probable token at every step.

    .. math:: \hat y_i = \arg\max_y P(y \mid \hat y_{<i}, H)

    Args:
      model: an encoder-decoder.
      source: token ids ``(B, S)``, 0-padded, or images ``(B, H, W, C)``.
      max_length: L, where to stop a sequence that does not end by itself; if None 64, or fewer
        where the model has positions for fewer.
      batch_size: how many examples at a time; the shape is compiled once.

    Returns:
      :class:`~encdec_lib.generate.common.Generated`, as NumPy arrays in the order of ``source``.

    Raises:
      ValueError: if ``source`` is empty, holds an id that the model does not know or is neither
        tokens nor images, ``max_length`` or ``batch_size`` is out of range, or the model does not
        write tokens.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(7, 9), rngs=nnx.Rngs(0))
      >>> greedy(model, np.array([[4, 5, 0]]), max_length=3).tokens.shape
      (1, 3)
    """
    return write_in_batches(_greedy, model, source, max_length=max_length, batch_size=batch_size)


def sample(
    model: EncoderDecoder,
    source: Any,
    max_length: int | None = None,
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
      max_length: L, where to stop; as for :func:`greedy`.
      temperature: :math:`\tau`, above 0. Below 1 the probable becomes more probable; towards 0
        this is greedy search.
      top_k: draw only among the k most probable tokens; among all if None.
      seed: the same seed gives the same outputs.
      batch_size: how many examples at a time.

    Returns:
      :class:`~encdec_lib.generate.common.Generated`; ``scores`` are log-probabilities under the
      model itself, whatever ``temperature`` and ``top_k``.

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
    if not is_number(temperature) or temperature <= 0:
        raise ValueError(f"temperature must be above 0; got {temperature!r}. For 0 use greedy.")
    if temperature < COLDEST:
        raise ValueError(
            f"temperature must be at least {COLDEST}, as scores are float32; got {temperature}. "
            f"Use greedy."
        )
    if top_k is not None and (not is_whole(top_k) or top_k < 1):
        raise ValueError(f"top_k must be at least 1, or None for all; got {top_k!r}.")
    check_whole("seed", seed, least=0)
    token_decoder(model)
    source = check_source("source", source, model.encoder)
    count = len(source)
    keys = np.asarray(jax.random.key_data(jax.random.split(jax.random.key(seed), count)))
    temperatures = np.full(count, temperature, np.float32)  # an array: a new one compiles nothing
    return write_in_batches(
        _sample,
        model,
        source,
        keys,
        temperatures,
        max_length=max_length,
        batch_size=batch_size,
        top_k=top_k,
    )


def _greedy(model, source, *, max_length):
    return _one_by_one(model, source, max_length, lambda i, log_p: jnp.argmax(log_p, axis=-1))


def _sample(model, source, keys, temperatures, *, max_length, top_k):
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
    decoder = token_decoder(model)
    carry, memory = decoder.start(model.encode(source), max_length)
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
        log_p = log_probabilities(logits)
        chosen = choose(i, log_p)
        bet = jnp.take_along_axis(log_p, chosen[:, None], axis=1)[:, 0]
        score = score + jnp.where(ended, 0, bet)
        token = jnp.where(ended, PAD, chosen)
        if looked is not None and weights is not None:
            looked = looked.at[i].set(jnp.where(ended[:, None, None], 0, weights))
        tokens = tokens.at[i].set(token)
        return i + 1, token, ended | (token == EOS), state.carry, score, tokens, looked

    tokens = jnp.zeros((max_length, batch), token.dtype)
    start = (0, token, jnp.zeros(batch, bool), carry, jnp.zeros(batch), tokens, looked)
    *_, score, tokens, looked = jax.lax.while_loop(going, body, start)
    if looked is not None:
        looked = jnp.moveaxis(looked, 0, 2)  # (B, H, L, M)
    return Generated(tokens.T, score, looked)
