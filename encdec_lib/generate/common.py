"""What every way of writing an output shares: batches, devices, the first state, the bets.

:mod:`encdec_lib.generate.sampling` and :mod:`encdec_lib.generate.beam` write with it.

Shape letters: B batch, S source positions, L generated positions, V vocabulary, H heads, M vectors
in the encoding.
"""

from functools import lru_cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.sharding import PartitionSpec as P
from jaxtyping import Array, Float, Int

from encdec_lib.data.vocabulary import BOS, PAD
from encdec_lib.encoding import DecoderState, EncoderDecoder
from encdec_lib.runtime.devices import BATCH_AXIS, batch_mesh, devices_for


class Generated(NamedTuple):
    """What a model wrote."""

    tokens: Int[np.ndarray, "B L"]  # ending in <eos> unless max_length came first, then <pad>
    scores: Float[np.ndarray, "B"]  # sum of log-probabilities of those tokens, nats
    weights: Float[np.ndarray, "B H L M"] | None  # where it looked, for a decoder that attends


def in_batches(
    model: EncoderDecoder, source, batch_size: int, search: tuple, *more: np.ndarray
) -> Generated:
    """Sorts by length, decodes in batches of one shape on all devices, restores the order.

    Args:
      model: an encoder-decoder.
      source: token ids ``(B, S)``, 0-padded, or images ``(B, H, W, C)``.
      batch_size: how many examples at a time.
      search: a function and its settings, L the first of them: it is called inside ``jax.jit`` as
        ``function(model, source, *more, *settings)``.
      more: arrays with a row for each example.

    Returns:
      :class:`Generated`, as NumPy arrays in the order of ``source``.

    Raises:
      ValueError: if ``source`` is empty or neither tokens nor images, or L or ``batch_size`` is
        below 1.
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


def log_probabilities(logits: Float[Array, "B V"]) -> Float[Array, "B V"]:
    """Of the next token; -inf for ``<pad>`` and ``<bos>``, which no output holds."""
    log_p = jax.nn.log_softmax(logits.astype(jnp.float32))
    return log_p.at[:, jnp.array([PAD, BOS])].set(-jnp.inf)


def first_state(model: EncoderDecoder, source: Array, max_length: int) -> DecoderState:
    """The state before the first token; a decoder with a cache makes room for every step."""
    room = (max_length,) if getattr(model.decoder, "caches", False) else ()
    return model.decoder.start(model.encode(source), *room)
