"""Captions of digit scenes: "a three left of a seven, above a nine".

The caption follows from the layout by a rule, so an answer can be checked word by word:

- The digits are named in rising order; equal ones from top to bottom, then from left to right.
- The first digit named is the subject. Each other digit says where the *subject* is, seen from
  it: in the example the three is left of the seven, and the three is above the nine.
- The relation is the larger of the two distances between the middles: across (``left of``,
  ``right of``) or up and down (``above``, ``below``). Scenes in which the two differ by less
  than ``CLEAR`` pixels are not drawn: a reader could argue about them.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from encdec_lib.data import digits as handwriting
from encdec_lib.data.choosing import chosen_examples
from encdec_lib.data.digits import NAMES, Digits, check_digits
from encdec_lib.data.own_images import read as read
from encdec_lib.data.padding import pad
from encdec_lib.data.scenes import SIDE, Placed, draw
from encdec_lib.data.vocabulary import EOS, PAD, Vocabulary
from encdec_lib.runtime.checks import check_whole, is_whole

RELATIONS = {"left": "left of", "right": "right of", "above": "above", "below": "below"}
WORDS = Vocabulary(["a", *NAMES, "left", "right", "of", "above", "below", ","])
CLEAR = 2.0  # pixels by which one distance must exceed the other


@dataclass(frozen=True, eq=False)
class CaptionedScenes:
    """N scenes, each with its caption; the fields that training and evaluation share with text."""

    source: Float[np.ndarray, "N H W 1"]  # the images
    target: Int[np.ndarray, "N T"]  # ids of the caption, each row ending in <eos>, 0-padded
    layouts: list[list[Placed]]
    references: list[list[list[str]]]  # one caption a scene, as a list of one token list
    target_vocabulary: Vocabulary = WORDS

    def __len__(self) -> int:
        """N, the number of scenes."""
        return len(self.source)

    @property
    def counts(self) -> Int[np.ndarray, " N"]:
        """How many digits each scene holds."""
        return np.array([len(layout) for layout in self.layouts], np.int32)

    @property
    def target_lengths(self) -> Int[np.ndarray, " N"]:
        """Tokens in each caption, ``<eos>`` counted, padding not."""
        return (self.target != PAD).sum(axis=1)

    def take(self, indices: Any) -> "CaptionedScenes":
        """The scenes at ``indices`` (positions, a slice, or one flag a scene)."""
        chosen = chosen_examples(indices, len(self))
        return CaptionedScenes(
            self.source[chosen],
            self.target[chosen],
            [self.layouts[i] for i in chosen],
            [self.references[i] for i in chosen],
        )


class CaptionSplits(NamedTuple):
    """Three parts drawn from three sets of handwriting that share no image."""

    train: CaptionedScenes
    dev: CaptionedScenes
    test: CaptionedScenes


def relation(subject: Placed, other: Placed) -> str | None:
    """Where ``subject`` is, seen from ``other``; None if the distances are too much alike.

    Example:
      >>> relation(Placed(3, 0, 0, 4, 4), Placed(7, 1, 9, 5, 13))
      'left'
    """
    (row, column), (other_row, other_column) = subject.center, other.center
    down, across = row - other_row, column - other_column
    if abs(abs(down) - abs(across)) < CLEAR:
        return None
    if abs(across) > abs(down):
        return "left" if across < 0 else "right"
    return "above" if down < 0 else "below"


def caption(layout: list[Placed]) -> list[str] | None:
    """The one true caption of a layout, or None where a relation is not clear.

    Args:
      layout: the digits of a scene, in any order.

    Returns:
      The tokens, or None.

    Raises:
      ValueError: if there is no digit.

    Example:
      >>> places = [Placed(7, 1, 9, 5, 13), Placed(3, 0, 0, 4, 4), Placed(9, 20, 1, 24, 5)]
      >>> " ".join(caption(places))
      'a three left of a seven , above a nine'
    """
    if isinstance(layout, str) or not all(isinstance(p, Placed) for p in _listed(layout)):
        raise TypeError(f"layout must be a list of Placed; got {layout!r:.60}.")
    if not layout:
        raise ValueError("layout must hold at least one digit; got none. There is nothing to say.")
    subject, *others = sorted(layout, key=lambda p: (p.label, *p.center))
    tokens = ["a", NAMES[subject.label]]
    for k, other in enumerate(others):
        found = relation(subject, other)
        if found is None:
            return None
        tokens += [","] * (k > 0) + RELATIONS[found].split() + ["a", NAMES[other.label]]
    return tokens


def _listed(layout: Any) -> list:
    """The digits of a layout; what is no list is one thing that is none."""
    return list(layout) if isinstance(layout, list | tuple) else [layout]


def parse(tokens: list[str]) -> tuple[list[str], list[str]]:
    """The digits a caption names and the relations it states, in its order.

    Words that are neither are passed over, so that a faulty caption can be read too.

    Example:
      >>> parse("a three left of a seven , above a nine".split())
      (['three', 'seven', 'nine'], ['left', 'above'])
    """
    return [t for t in tokens if t in NAMES], [t for t in tokens if t in RELATIONS]


def write(
    digits: Digits,
    count: int,
    *,
    most: int = 3,
    fewest: int = 1,
    side: int = SIDE,
    noise: float = 0.1,
    seed: int = 0,
) -> CaptionedScenes:
    """Draws scenes whose relations are clear, and writes their captions.

    Args:
      digits: the handwriting.
      count: N, number of scenes.
      most: largest number of digits in a scene.
      fewest: smallest number; every number is equally frequent.
      side: H = W of the canvas in pixels.
      noise: standard deviation of the noise.
      seed: fixes the result.

    Returns:
      :class:`CaptionedScenes`; T is the length of the longest caption of ``most`` digits.

    Raises:
      ValueError: as :func:`encdec_lib.data.scenes.draw`.
    """
    check_digits("digits", digits)
    for name, number in (("count", count), ("most", most), ("fewest", fewest)):
        if not is_whole(number):
            raise ValueError(f"{name} must be a whole number; got {number!r}.")
    check_whole("side", side)
    check_whole("seed", seed, least=0)
    if count < 1 or not 1 <= fewest <= most:
        raise ValueError(
            f"count must be at least 1 scene, fewest at least 1 digit and at most `most`; got "
            f"count={count}, fewest={fewest}, most={most}. Without a digit there is nothing to say."
        )
    images, layouts, captions = [], [], []
    wanted = np.bincount(np.resize(np.arange(fewest, most + 1), count), minlength=most + 1)
    for number in range(fewest, most + 1):
        missing, batch = int(wanted[number]), 0
        while missing:
            scenes = draw(
                digits, 2 * missing + 8, most=number, fewest=number, side=side, overlap=0.0,
                margin=1, noise=noise, seed=[seed, number, batch],
            )  # fmt: skip
            said = [caption(layout) for layout in scenes.layouts]
            clear = [i for i, tokens in enumerate(said) if tokens is not None][:missing]
            images.append(scenes.images[clear])
            layouts += [scenes.layouts[i] for i in clear]
            captions += [said[i] for i in clear]
            missing, batch = missing - len(clear), batch + 1
    order = np.random.default_rng(seed).permutation(count)
    width = 2 + 5 * (most - 1) + max(most - 2, 0) + 1  # "a D", "left of a D", ",", <eos>
    rows = [[*WORDS.encode(tokens), EOS] for tokens in captions]
    return CaptionedScenes(
        np.concatenate(images)[order],
        pad(rows, width)[order],
        [layouts[i] for i in order],
        [[captions[i]] for i in order],
    )


def load(
    train: int = 12_000, test: int = 1_200, *, most: int = 3, noise: float = 0.1, seed: int = 0
) -> CaptionSplits:
    """Captioned scenes, each part drawn from its own handwriting.

    Args:
      train: scenes to learn from.
      test: scenes in each of the dev and test parts.
      most: largest number of digits in a scene.
      noise: standard deviation of the noise.
      seed: fixes the scenes. The split of the handwriting is always the same.

    Returns:
      ``CaptionSplits(train, dev, test)`` with 14×14 digits on a 32×32 canvas.
    """
    for name, number in (("train", train), ("test", test), ("most", most)):
        check_whole(name, number)
    check_whole("seed", seed, least=0)
    parts = handwriting.load(14)
    sizes = (train, test, test)
    return CaptionSplits(
        *(
            write(part, size, most=most, noise=noise, seed=3 * seed + k)
            for k, (part, size) in enumerate(zip(parts, sizes, strict=True))
        )
    )
