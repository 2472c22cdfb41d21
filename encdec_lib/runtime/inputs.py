"""What comes from outside, looked at once on the host, before anything is compiled.

Inside a compiled step no value can be looked at: an id beyond the table would read NaN there, and
one below 0 another token's vector, both without a word.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from encdec_lib.encoding import DEFAULT_LENGTH, HasLimit, HasVocabulary

_LARGEST_GREY = 1  # whole numbers beyond it are grey levels of 0 to 255


def is_traced(*arrays: Any) -> bool:
    """Whether one of them is a placeholder inside a JAX transformation, which has no values."""
    return any(isinstance(array, Tracer) for array in arrays)


def as_numbers(name: str, values: Any) -> np.ndarray:
    """Whatever was given as a NumPy array of numbers or flags.

    Args:
      name: of the argument.
      values: an array, or lists that are one.

    Returns:
      The array on the host.

    Raises:
      ValueError: if it is none, or holds something other than numbers.

    Example:
      >>> as_numbers("source", [[4, 5], [6]])
      Traceback (most recent call last):
      ValueError: source must be an array of numbers; got rows of different lengths. Fill them up.
    """
    try:
        array = np.asarray(values)
    except (ValueError, TypeError):
        raise ValueError(
            f"{name} must be an array of numbers; got rows of different lengths. Fill them up."
        ) from None
    if not (jnp.issubdtype(array.dtype, np.number) or array.dtype == np.bool_):
        found = {"O": type(values).__name__, "U": "text", "S": "text"}.get(array.dtype.kind)
        found = found or array.dtype
        raise ValueError(f"{name} must be an array of numbers; got {found}.")
    return array


def check_ids(name: str, ids: Any, size: int | None = None, advice: str = "") -> np.ndarray:
    """Asks for whole numbers in [0, V): ids of tokens, labels of classes.

    Args:
      name: of the argument.
      ids: an array of any shape, the examples along its first axis.
      size: V; where it is not known (None), only the dtype is looked at.
      advice: a sentence about what to do, for the error.

    Returns:
      The array on the host.

    Raises:
      ValueError: for the first number outside; the message says where it stands.

    Example:
      >>> check_ids("target", [[4, 8, 2]], size=8)
      Traceback (most recent call last):
      ValueError: target must hold ids in [0, 8); got 8 in example 0 at position 1.
    """
    array = as_numbers(name, ids)
    if not jnp.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{name} must hold whole numbers; got {array.dtype}.{_after(advice)}")
    if size is None or not array.size:
        return array
    if array.min() < 0 or array.max() >= size:
        place = np.unravel_index(int(np.argmax((array < 0) | (array >= size))), array.shape)
        raise ValueError(
            f"{name} must hold ids in [0, {size}); got {array[place]}{_where(place)}."
            f"{_after(advice)}"
        )
    return array


def check_images(name: str, images: Any) -> np.ndarray:
    """Asks for a batch of images with finite pixels.

    Args:
      name: of the argument.
      images: ``(N, H, W, C)``.

    Returns:
      The array on the host.

    Raises:
      ValueError: if it has another rank or no image, a pixel is NaN or infinite, or the pixels
        are bytes from 0 to 255.

    Example:
      >>> check_images("images", np.full((1, 2, 2, 1), 255, np.uint8))  # doctest: +ELLIPSIS
      Traceback (most recent call last):
      ValueError: images must hold floating-point numbers, as a rule from 0 to 1; got uint8 up to...
    """
    array = as_numbers(name, images)
    if array.ndim != 4 or 0 in array.shape:
        raise ValueError(
            f"{name} must hold at least one image, shape (N, H, W, C); got {array.shape}. A "
            f"single grey image H×W is image[None, :, :, None]."
        )
    if jnp.issubdtype(array.dtype, np.integer) and array.max() > _LARGEST_GREY:
        raise ValueError(
            f"{name} must hold floating-point numbers, as a rule from 0 to 1; got {array.dtype} "
            f"up to {array.max()}. Divide by 255."
        )
    return check_finite(name, array)


def check_finite(name: str, values: Any) -> np.ndarray:
    """Asks for numbers none of which is NaN or infinite.

    Args:
      name: of the argument.
      values: an array of any shape, the examples along its first axis.

    Returns:
      The array on the host.

    Raises:
      ValueError: for the first number that is not finite; the message says where it stands.

    Example:
      >>> check_finite("weights", [[0.5, float("nan")]])
      Traceback (most recent call last):
      ValueError: weights must be finite; got nan in example 0 at position 1.
    """
    array = as_numbers(name, values)
    if not np.isfinite(array).all():
        place = np.unravel_index(int(np.argmin(np.isfinite(array))), array.shape)
        raise ValueError(f"{name} must be finite; got {array[place]}{_where(place)}.")
    return array


def check_source(name: str, source: Any, encoder: Any) -> np.ndarray:
    """Asks for what an encoder reads: token ids it knows, or images.

    Args:
      name: of the argument.
      source: token ids ``(N, S)``, 0-padded, or images ``(N, H, W, C)``.
      encoder: where it says how many ids it knows
        (:class:`~encdec_lib.encoding.HasVocabulary`), ids are held to that.

    Returns:
      The array on the host.

    Raises:
      ValueError: if it is neither, or a number in it is out of range.
    """
    array = as_numbers(name, source)
    if array.ndim not in (2, 4) or 0 in array.shape:
        raise ValueError(
            f"{name} needs at least one example and one position, tokens (B, S) or images "
            f"(B, H, W, C); got {array.shape}."
        )
    size = vocabulary_of(encoder)
    if array.ndim == 2:
        if size is None:  # a reader's own, which may read anything
            return check_finite(name, array)
        return check_ids(name, array, size, "Does the model know this vocabulary?")
    if size is not None:
        raise ValueError(
            f"{name} must be token ids (B, S), as {type(encoder).__name__} reads tokens; got "
            f"images {array.shape}."
        )
    return check_images(name, array)


def vocabulary_of(part: Any) -> int | None:
    """How many ids an encoder or decoder knows, V; None where it does not say."""
    return part.vocab_size if isinstance(part, HasVocabulary) else None


def steps_for(decoder: Any, length: int | None) -> int:
    """How many steps a decoder makes room for.

    Args:
      decoder: one that may say how long its longest output is, as
        :class:`~encdec_lib.encoding.HasLimit` does.
      length: what was asked for; if None ``DEFAULT_LENGTH``, or fewer where the decoder has
        positions for fewer.

    Returns:
      The number of steps.

    Raises:
      ValueError: if more were asked for than the decoder has positions for.

    Example:
      >>> from types import SimpleNamespace
      >>> steps_for(SimpleNamespace(max_length=7), None), steps_for(object(), None)
      (7, 64)
    """
    most = decoder.max_length if isinstance(decoder, HasLimit) else None
    if length is None:
        return DEFAULT_LENGTH if most is None else min(DEFAULT_LENGTH, most)
    if most is not None and length > most:
        raise ValueError(
            f"max_length is {most}: there are no positions for a target of {length} tokens. Ask "
            f"for fewer, or build the model with a larger max_length."
        )
    return length


def check_room(done: Any, room: int) -> None:
    """Asks that a decoder with a cache has a place left for one more step.

    Inside a compiled function the number of steps done has no value to be looked at; there,
    whoever writes the loop makes room for as many as it takes, as :mod:`encdec_lib.generate` does.

    Args:
      done: steps taken so far, ``(B,)``, the same for every example.
      room: places in the cache.

    Raises:
      ValueError: if all places are taken.
    """
    if not is_traced(done) and int(np.max(done)) >= room:
        raise ValueError(
            f"state has room for {room} steps (length) and all are taken; got one more. Call "
            f"start(encoding, length) with a larger length."
        )


def _where(place: tuple) -> str:
    """Where a number stands, in words; nothing for one that stands alone."""
    names = {
        0: (),
        1: ("in example",),
        2: ("in example", "at position"),
        3: ("in example", "at row", "column"),
        4: ("in example", "at row", "column", "channel"),
    }.get(len(place))
    if names is None:
        return f" at {tuple(map(int, place))}"
    words = (f"{name} {int(number)}" for name, number in zip(names, place, strict=True))
    text = ", ".join(words).replace(", at", " at")
    return f" {text}" if text else ""


def _after(advice: str) -> str:
    return f" {advice}" if advice else ""
