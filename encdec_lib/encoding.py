"""The contract of the course: an encoder returns an :class:`Encoding`, a decoder reads one.

Shape letters, as everywhere in the course: B batch, S source positions, T target
positions, M vectors in an encoding, D their width, V vocabulary, H heads. An image is
``(B, H, W, C)``: rows, columns, channels.
"""

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

#: Ids that every vocabulary of the course begins with; what fills a batch up is 0.
PAD, BOS, EOS, UNK = range(4)

#: Steps that a decoder makes room for where nobody says how many.
DEFAULT_LENGTH = 64


class Encoding(NamedTuple):
    """What an encoder hands to a decoder: M vectors of width D for each example.

    One vector for everything (chapters 1 and 4) is M = 1. One vector for every token
    (chapter 8) is M = S. One for every cell of a grid over an image is M = HW / P², row by
    row. The type is the same, so a decoder need not know who wrote it.

    ``skips`` is empty but for a U-Net (chapter 2), whose decoder is also handed the encoder's
    feature maps at every finer scale, from fine to coarse, each ``(B, H, W, C)``.
    """

    vectors: Float[Array, "B M D"]
    mask: Bool[Array, "B M"]  # True where the vector stands for something real
    skips: tuple[Float[Array, "B H W C"], ...] = ()


class Decoded(NamedTuple):
    """What a decoder returns for a whole target: its bets and, if it attends, where it looked.

    The bets are for every token, ``(B, T, V)``, or for every pixel, ``(B, H, W, V)``.
    """

    logits: Float[Array, "B *where V"]
    weights: Float[Array, "B H T M"] | None


class Attended(NamedTuple):
    """What one look at an encoding gives."""

    context: Float[Array, "B D"]
    weights: Float[Array, "B M"]


class DecoderState(NamedTuple):
    """What a decoder needs for its next step.

    ``carry`` changes from step to step and follows a hypothesis through beam search;
    ``memory`` is read only. Every array has the batch first.
    """

    carry: tuple[Array, ...]
    memory: tuple[Array, ...] = ()


@runtime_checkable
class Encoder(Protocol):
    """f: X → H. Reads a batch, returns one vector for all of an example, or many."""

    encoding_dim: int  # D, width of the vectors it writes

    def __call__(self, source: Array, mask: Any) -> Encoding:
        """Encodes tokens ``(B, S)`` with their mask, or images ``(B, H, W, C)`` with None."""
        ...


@runtime_checkable
class TokenDecoder(Protocol):
    """g: H → Y, where Y is written token by token.

    The two ways to use it must agree: ``step`` after ``step`` gives the logits that one call with
    the whole target gives (``tests/models/test_contracts.py`` holds every decoder to it).
    """

    encoding_dim: int  # D, width of the vectors it reads

    def __call__(self, target_in: Int[Array, "B T"], encoding: Encoding) -> Decoded:
        """Scores all target positions at once, each given the tokens before it."""
        ...

    def start(self, encoding: Encoding, length: int = DEFAULT_LENGTH) -> DecoderState:
        """The state before the first token, with room for ``length`` steps."""
        ...

    def step(
        self, state: DecoderState, token: Int[Array, " B"]
    ) -> tuple[DecoderState, Float[Array, "B V"], Float[Array, "B H M"] | None]:
        """Reads one token: the next state, the next token's logits, where it looked."""
        ...


@runtime_checkable
class ImageDecoder(Protocol):
    """g: H → Y, where Y is an image, written at once."""

    encoding_dim: int  # D, width of the vectors it reads

    def __call__(self, encoding: Encoding) -> Decoded:
        """Scores every pixel, logits ``(B, H, W, V)``."""
        ...


@runtime_checkable
class HasVocabulary(Protocol):
    """An encoder or decoder of tokens that says how many it knows.

    Ids are held to it before training and before an output is written. One of your own need not
    say: then nobody looks.
    """

    vocab_size: int  # V; ids lie in [0, V)


@runtime_checkable
class HasClasses(Protocol):
    """A classifier, or a decoder of images, that says how many classes it knows."""

    num_classes: int  # V; labels lie in [0, V)


@runtime_checkable
class HasLimit(Protocol):
    """A decoder that says how long its longest output is."""

    max_length: int | None  # tokens; None where any number will do


@runtime_checkable
class HasEncoder(Protocol):
    """A model with an encoder: an :class:`EncoderDecoder`, or a classifier of what it encodes."""

    encoder: Encoder


class EncoderDecoder(nnx.Module):
    r"""An encoder f: X → H and a decoder g: H → Y, checked to fit when they meet.

    .. math:: P(Y \mid X) = P(Y \mid H), \qquad H = f(X)

    It begins in evaluation mode; :func:`~encdec_lib.train.loop.fit` switches to training mode and
    back.

    Args:
      encoder: an :class:`~encdec_lib.encoding.Encoder`.
      decoder: a :class:`~encdec_lib.encoding.TokenDecoder` or an
        :class:`~encdec_lib.encoding.ImageDecoder`; one that has ``start`` and
        ``step`` writes tokens.

    Raises:
      ValueError: if the decoder reads another width than the encoder writes.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import RNNDecoder, RNNEncoder
      >>> rngs = nnx.Rngs(0)
      >>> encoder, decoder = RNNEncoder(7, 4, 5, rngs=rngs), RNNDecoder(9, 4, 6, rngs=rngs)
      >>> EncoderDecoder(encoder, decoder)  # doctest: +ELLIPSIS
      Traceback (most recent call last):
      ValueError: The encoder writes vectors of width 5, but the decoder reads width 6. Build...
    """

    def __init__(self, encoder: Encoder, decoder: TokenDecoder | ImageDecoder):
        for name, part in (("encoder", encoder), ("decoder", decoder)):
            if not hasattr(part, "encoding_dim"):
                raise TypeError(
                    f"{name} must say the width of an encoding's vectors, encoding_dim; got "
                    f"{type(part).__name__}, which does not."
                )
        if encoder.encoding_dim != decoder.encoding_dim:
            raise ValueError(
                f"The encoder writes vectors of width {encoder.encoding_dim}, but the decoder "
                f"reads width {decoder.encoding_dim}. Build both with the same width."
            )
        self.encoder = encoder
        self.decoder = decoder
        self.eval()

    def encode(self, source: Array, mask: Bool[Array, "B S"] | None = None) -> Encoding:
        """Computes H = f(X).

        Args:
          source: token ids ``(B, S)`` padded with 0, or images ``(B, H, W, C)``.
          mask: of tokens: True where ``source`` holds a real one; ``source != <pad>`` if None.
            Images have none.

        Returns:
          The encoding, M vectors an example.

        Raises:
          ValueError: if the batch is empty, ``source`` is neither tokens nor images, or
            ``mask`` has another shape than ``source``.
        """
        source = _array("source", source)
        if source.ndim not in (2, 4) or 0 in source.shape:
            raise ValueError(
                f"source needs at least one example and one position, tokens (B, S) or images "
                f"(B, H, W, C); got {source.shape}. Check what the batch was made from."
            )
        if source.ndim == 4:
            with _tokens_called("source"):
                return self.encoder(source, None)
        if mask is None:
            mask = source != PAD
        mask = _array("mask", mask)
        if mask.shape != source.shape[:2]:
            raise ValueError(
                f"mask needs one flag per source token, shape (B, S) = {source.shape[:2]}; "
                f"got {mask.shape}. Leave it out to use source != <pad>."
            )
        with _tokens_called("source"):
            return self.encoder(source, mask)

    def __call__(
        self,
        source: Array,
        target_in: Int[Array, "B T"] | None = None,
        mask: Bool[Array, "B S"] | None = None,
    ) -> Decoded:
        """Scores every target position at once, given the tokens before it (teacher forcing).

        Args:
          source: token ids ``(B, S)`` or images ``(B, H, W, C)``.
          target_in: the target shifted right, ``(B, T)``: ``<bos>`` first (see
            :func:`encdec_lib.train.losses.shift_right`). None for a decoder that writes an image.
          mask: as for :meth:`encode`.

        Returns:
          Logits ``(B, T, V)`` or ``(B, H, W, V)`` and, from a decoder that attends, weights
          ``(B, H, T, M)``.

        Raises:
          ValueError: if a decoder of tokens gets no ``target_in``, a decoder of images gets
            one, or source and target have different batch sizes.
        """
        if not isinstance(self.decoder, TokenDecoder):
            if target_in is not None:
                raise ValueError(
                    f"target_in must be left out: this decoder has no start and step, so it writes "
                    f"an image at once; got an array of shape {jnp.shape(target_in)}."
                )
            return self.decoder(self.encode(source, mask))
        if target_in is None:
            raise ValueError(
                "target_in is needed by a decoder that writes tokens, shape (B, T); got None. "
                "Pass shift_right(target), or let encdec_lib.generate write by itself."
            )
        source, target_in = _array("source", source), _array("target_in", target_in)
        if target_in.ndim != 2:
            raise ValueError(f"target_in must be token ids (B, T); got {target_in.shape}.")
        if target_in.shape[0] != source.shape[0]:
            raise ValueError(
                f"source has {source.shape[0]} examples but target_in has {target_in.shape[0]}. "
                f"Pass the same examples in both."
            )
        encoding = self.encode(source, mask)
        with _tokens_called("target_in"):
            return self.decoder(target_in, encoding)


@contextlib.contextmanager
def _tokens_called(name: str) -> Iterator[None]:
    """An embedding speaks of its tokens; whoever called the model knows them by another name."""
    try:
        yield
    except ValueError as error:
        if not str(error).startswith("tokens must"):
            raise
        raise ValueError(f"{name}{str(error).removeprefix('tokens')}") from None


def _array(name: str, values: Any) -> Array:
    """An array of numbers, or an error that names the argument."""
    if isinstance(values, jax.Array):  # a tracer is one
        return values
    try:
        return jnp.asarray(np.asarray(values))
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be an array of numbers, with rows of one length; got {values!r:.60}."
        ) from None
