"""Examples that a page carries so that its reader can train: words and their sounds, and digits.

Both come from the library's own data in the library's own order, so the same call gives the same
bytes. ``encdec_lib/web/engine/tasks`` reads them.
"""

import json
import string
import struct
from typing import NamedTuple

import numpy as np

from encdec_lib.data import digits as digit_images
from encdec_lib.data import pronunciations
from encdec_lib.data.digits import Digits
from encdec_lib.data.parallel import ParallelText
from encdec_lib.runtime.checks import check_whole

GREYS = 16  # levels of a pixel
CODE = string.ascii_uppercase + string.ascii_lowercase  # one letter a phoneme


def words(train: int = 8000, held: int = 1000, shortest: int = 3, longest: int = 8) -> bytes:
    """Words to learn and words to ask for, with their sounds: the data of the task ``"words"``.

    The first so many of the dictionary's training words and of its dev words, in the order of
    their hash: a fair sample. A word to learn has its first pronunciation, one to ask for has all.
    Those to learn stand in the order of the alphabet, which packs better.

    Args:
      train: how many to learn from.
      held: how many to ask for; none of them is learned.
      shortest: letters of the shortest word.
      longest: letters of the longest.

    Returns:
      JSON in UTF-8 with ``phonemes``, a list, and ``train`` and ``held``, a line a word, its
      letters and then its pronunciations, one letter a phoneme.

    Raises:
      ValueError: if a number is below 1, or the dictionary has fewer words.

    Example:
      >>> packed = json.loads(words(train=2, held=1))
      >>> packed["phonemes"][:3], packed["train"].count(" ")
      (['AA', 'AE', 'AH'], 2)
    """
    check_whole("shortest", shortest)
    splits = pronunciations.load(longest)
    packed = {
        "phonemes": list(pronunciations.PHONEMES.symbols[4:]),
        "train": "\n".join(sorted(_lines("train", splits.train, train, shortest, 1))),
        "held": "\n".join(_lines("held", splits.dev, held, shortest, None)),
    }
    return json.dumps(packed, separators=(",", ":")).encode()


def _lines(name: str, part: ParallelText, count: int, shortest: int, most: int | None) -> list[str]:
    """The first so many words that are long enough, each with at most so many pronunciations."""
    check_whole(name, count)
    entries = zip(map("".join, part.source_tokens), part.references, strict=True)
    found = [(word, sounds) for word, sounds in entries if len(word) >= shortest]
    if len(found) < count:
        raise ValueError(
            f"{name} must be at most {len(found)}, as there are no more words of these lengths; "
            f"got {count}."
        )
    return [" ".join([word, *map(_spelled, sounds[:most])]) for word, sounds in found[:count]]


def _spelled(sounds: list[str]) -> str:
    return "".join(CODE[number - 4] for number in pronunciations.PHONEMES.encode(sounds))


def digits(train: int = 2000, held: int = 300, side: int = 28) -> bytes:
    """Digits to learn and digits to ask for: the data of the task ``"digits"``.

    The first so many of the training and of the dev images, in the order of their hash, each pixel
    rounded to one of 16 grey levels.

    Args:
      train: how many to learn from.
      held: how many to ask for.
      side: H = W, 28 or 14.

    Returns:
      ``side``, ``train``, ``held`` and 0 in four bytes each, little-endian; a byte a label; then
      the pixels, two to a byte, the first in the high half.

    Raises:
      ValueError: if a number is below 1, there are fewer images, or ``side`` is another.

    Example:
      >>> len(digits(train=3, held=2, side=14))  # 16 + 5 + 5 · 14² / 2
      511
    """
    if side == 7:
        raise ValueError("side must be even, 28 or 14, as two pixels share a byte; got 7.")
    splits = digit_images.load(side)
    parts = [_first("train", splits.train, train), _first("held", splits.dev, held)]
    labels = np.concatenate([part.labels for part in parts]).astype(np.uint8)
    pixels = np.concatenate([part.images.reshape(-1) for part in parts])
    levels = np.rint(pixels * (GREYS - 1)).astype(np.uint8)
    packed = levels[::2] << 4 | levels[1::2]
    return struct.pack("<4I", side, train, held, 0) + labels.tobytes() + packed.tobytes()


class Unpacked(NamedTuple):
    """What :func:`digits` packed."""

    train: Digits
    held: Digits


def unpack_digits(data: bytes) -> Unpacked:
    """The images of :func:`digits` again, each pixel one of 16 grey levels.

    Args:
      data: what :func:`digits` gave.

    Returns:
      :class:`Unpacked`: those to learn and those to ask for, float32 from 0 to 1.

    Raises:
      ValueError: if these are no such bytes.

    Example:
      >>> train, held = unpack_digits(digits(train=3, held=2, side=14))
      >>> train, held
      (Digits(3 images of 14×14), Digits(2 images of 14×14))
    """
    if not isinstance(data, bytes) or len(data) < 16:
        raise ValueError(f"data must be bytes, as page_data.digits gives them; got {data!r:.40}.")
    side, train, held, _ = struct.unpack_from("<4I", data)
    count = train + held
    if len(data) != 16 + count + (count * side * side + 1) // 2:
        raise ValueError(
            f"data must be whole, as page_data.digits gives them; got {len(data)} bytes, which do "
            f"not fit {count} images of side {side}."
        )
    labels = np.frombuffer(data, np.uint8, count, offset=16).astype(np.int32)
    packed = np.frombuffer(data, np.uint8, offset=16 + count)
    levels = np.stack([packed >> 4, packed & 15], axis=1).reshape(-1)[: count * side * side]
    images = levels.reshape(count, side, side).astype(np.float32) / np.float32(GREYS - 1)
    every = Digits(images, labels)
    return Unpacked(every.take(slice(train)), every.take(slice(train, None)))


def _first(name: str, part: Digits, count: int) -> Digits:
    check_whole(name, count)
    if len(part) < count:
        raise ValueError(
            f"{name} must be at most {len(part)}, as there are no more images; got {count}."
        )
    return part.take(slice(count))
