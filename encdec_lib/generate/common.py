"""What every way of writing an output shares: batches, the first state, the bets.

:mod:`encdec_lib.generate.sampling` and :mod:`encdec_lib.generate.beam` write with it.

Shape letters: B batch, S source positions, L generated positions, V vocabulary, H heads, M vectors
in the encoding.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from encdec_lib.data.vocabulary import BOS, PAD
from encdec_lib.encoding import EncoderDecoder, TokenDecoder
from encdec_lib.runtime.batched import run_batched
from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.flops import step_flops
from encdec_lib.runtime.inputs import check_source, steps_for

Arrays = np.ndarray | Array  # JAX's inside a jit, NumPy's outside


class Generated(NamedTuple):
    """What a model wrote."""

    tokens: Int[Arrays, "B L"]  # ending in <eos> unless max_length came first, then <pad>
    scores: Float[Arrays, " B"]  # sum of log-probabilities of those tokens, nats
    weights: Float[Arrays, "B H L M"] | None  # where it looked, for a decoder that attends


def write_in_batches(
    write: Callable,
    model: EncoderDecoder,
    source: Any,
    *rows: np.ndarray,
    max_length: int | None,
    batch_size: int,
    **settings: Any,
) -> Generated:
    """Writes an output for each source, in batches of similar length.

    Args:
      write: a module-level function, called as
        ``write(model, source, *rows, max_length=..., **settings)`` for each batch.
      model: an encoder-decoder.
      source: token ids ``(B, S)``, 0-padded, or images ``(B, H, W, C)``.
      *rows: arrays with a row for each example.
      max_length: L; if None ``DEFAULT_LENGTH``, or fewer where the model has positions for fewer.
      batch_size: how many examples at a time.
      **settings: of ``write``, hashable.

    Returns:
      :class:`Generated`, as NumPy arrays in the order of ``source``.

    Raises:
      ValueError: if ``source`` is empty or neither tokens that the model knows nor images, L or
        ``batch_size`` is below 1, L is more than the model has positions for, or the model does
        not write tokens.
    """
    decoder = token_decoder(model)
    source = check_source("source", source, model.encoder)
    if max_length is not None:
        check_whole("max_length", max_length)
    check_whole("batch_size", batch_size)
    return run_batched(
        write,
        model,
        source,
        *rows,
        batch_size=batch_size,
        flops=lambda state: step_flops(model, [source], 1, state) / 3,  # forwards alone
        lengths=(source != PAD).sum(axis=1) if source.ndim == 2 else None,
        max_length=steps_for(decoder, max_length),
        **settings,
    )


def token_decoder(model: EncoderDecoder) -> TokenDecoder:
    """The decoder of a model that writes token by token.

    Raises:
      ValueError: if the model has no decoder, or one that writes an image at once.
    """
    if not hasattr(model, "encoder") or not hasattr(model, "decoder"):
        raise ValueError(
            f"model must have an encoder and a decoder, as EncoderDecoder has; got "
            f"{type(model).__name__}. A classifier is used by encdec_lib.evaluation.classes."
        )
    if not isinstance(model.decoder, TokenDecoder):
        raise ValueError(
            f"model must write token by token, with start and step; got "
            f"{type(model.decoder).__name__}, which writes an image at once: call model(source), "
            f"or encdec_lib.evaluation.pixels.segment(model, source) for classes of pixels."
        )
    return model.decoder


def log_probabilities(logits: Float[Array, "B V"]) -> Float[Array, "B V"]:
    """Of the next token; -inf for ``<pad>`` and ``<bos>``, which no output holds."""
    log_p = jax.nn.log_softmax(logits.astype(jnp.float32))
    return log_p.at[:, jnp.array([PAD, BOS])].set(-jnp.inf)
