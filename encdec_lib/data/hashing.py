"""The hash by which data sets put an example into a part: of its text, and of nothing else."""

import hashlib


def text_hash(text: str) -> int:
    """A number from 0 to 2⁶⁴ - 1 that depends on the text alone: BLAKE2b, 8 bytes.

    It is the same on every machine and in every run, unlike Python's ``hash``.

    Args:
      text: any; one that looks the same but is composed in another way is another text.

    Returns:
      The bytes read as one number, the first byte the highest.

    Example:
      >>> text_hash("attention") % 1000
      324
    """
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def part_at(number: int, dev: float | int, test: float | int) -> str:
    """The part that a hash puts an example into: ``"train"``, ``"dev"`` or ``"test"``.

    The rule: the number modulo 1,000; below ``1000 · test`` is test, the next ``1000 · dev`` are
    dev.

    Args:
      number: of :func:`text_hash`.
      dev: share of the dev part.
      test: share of the test part.

    Example:
      >>> [part_at(number, 0.2, 0.1) for number in (99, 100, 299, 300, 1000)]
      ['test', 'dev', 'dev', 'train', 'test']
    """
    place, first = number % 1000, round(1000 * test)
    return "test" if place < first else "dev" if place < first + round(1000 * dev) else "train"


def check_shares(dev: float | int, test: float | int) -> None:
    """One sentence where dev and test leave nothing for training.

    Raises:
      ValueError: if a share is negative or both together are 1 or more.
    """
    if not (dev >= 0 and test >= 0 and dev + test < 1):
        raise ValueError(
            f"dev and test must be shares from 0 on that leave some for training; got {dev} and "
            f"{test}."
        )
