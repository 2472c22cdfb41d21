"""Tidy scenes: one digit in the middle, or two in fixed places, for a model that paints.

Chapter 5's scenes put digits anywhere, so a caption leaves much open. Here it says everything but
the handwriting: one digit in the middle, two side by side, or two one above the other. The digits
are named in reading order, left before right and upper before lower: "a three left of a seven",
"a seven above a three". There is no noise, as noise cannot be foretold.
"""

import numpy as np

from encdec_lib.data.captions import RELATIONS, WORDS, CaptionedScenes, relation
from encdec_lib.data.digits import NAMES, Digits, check_digits
from encdec_lib.data.parallel import pad
from encdec_lib.data.scenes import INK, SIDE, Placed
from encdec_lib.data.vocabulary import EOS
from encdec_lib.runtime.checks import check_whole, is_whole

DIGIT = 14  # pixels along a digit's side
NEAR, MIDDLE, FAR = 2, (SIDE - DIGIT) // 2 + 1, SIDE - DIGIT - 2  # top or left edge: even numbers
PLACES = {  # top and left of each digit, in reading order
    "one": ((MIDDLE, MIDDLE),),
    "left": ((MIDDLE, NEAR), (MIDDLE, FAR)),
    "above": ((NEAR, MIDDLE), (FAR, MIDDLE)),
}
LONGEST = 7  # "a three left of a seven" and <eos>


def tidy_caption(layout: list[Placed]) -> list[str]:
    """The caption of a layout, its digits in reading order.

    Args:
      layout: the digits of a scene, in any order.

    Returns:
      The tokens; none where there is no digit, more than two, or no clear relation.

    Example:
      >>> " ".join(tidy_caption([Placed(3, 0, 20, 9, 28), Placed(7, 1, 2, 11, 9)]))
      'a seven left of a three'
    """
    if not 1 <= len(layout) <= 2:
        return []
    if len(layout) == 1:
        return ["a", NAMES[layout[0].label]]
    first, second = layout
    if relation(first, second) in ("right", "below"):
        first, second = second, first
    found = relation(first, second)
    if found is None:
        return []
    return ["a", NAMES[first.label], *RELATIONS[found].split(), "a", NAMES[second.label]]


def write(digits: Digits, count: int, *, seed: int = 0) -> CaptionedScenes:
    """Draws tidy scenes and writes their captions.

    Args:
      digits: the handwriting, 14×14.
      count: N, number of scenes: a fifth with one digit, two fifths with two side by side, two
        fifths with two one above the other.
      seed: fixes the result.

    Returns:
      :class:`~encdec_lib.data.captions.CaptionedScenes` of 32×32 pixels, captions of at most 7
      tokens.

    Raises:
      ValueError: if there is no scene or no digit, or the digits have another size.

    Example:
      >>> blot = Digits(np.ones((1, 14, 14), np.float32), np.array([7], np.int32))
      >>> scenes = write(blot, 4, seed=1)
      >>> scenes.source.shape, scenes.target.shape
      ((4, 32, 32, 1), (4, 7))
    """
    check_digits("digits", digits)
    check_whole("seed", seed, least=0)
    if not is_whole(count):
        raise ValueError(f"count must be a whole number; got {count!r}.")
    if count < 1 or len(digits) < 1:
        raise ValueError(
            f"count and digits must be at least 1 scene and 1 image; got {count} and {len(digits)}."
        )
    if digits.images.shape[1:] != (DIGIT, DIGIT):
        raise ValueError(
            f"digits must be {DIGIT}×{DIGIT} pixels; got {digits.images.shape[1:]}. Load them with "
            f"encdec_lib.data.digits.load({DIGIT})."
        )
    rng = np.random.default_rng(seed)
    images = np.zeros((count, SIDE, SIDE), np.float32)
    layouts = []
    kinds = rng.choice(list(PLACES), count, p=(0.2, 0.4, 0.4))
    for image, kind in zip(images, kinds, strict=True):
        layout = []
        for top, left in PLACES[str(kind)]:
            i = rng.integers(len(digits))
            image[top : top + DIGIT, left : left + DIGIT] = digits.images[i]
            layout.append(_placed(digits.images[i], digits.labels[i], top, left))
        layouts.append(layout)
    captions = [tidy_caption(layout) for layout in layouts]
    return CaptionedScenes(
        images[..., None],
        pad([[*WORDS.encode(tokens), EOS] for tokens in captions], LONGEST),
        layouts,
        [[tokens] for tokens in captions],
    )


def _placed(image, label, top, left) -> Placed:
    """Where the ink of a digit is, if its image stands at this place."""
    rows, columns = np.nonzero(image > INK)
    edges = rows.min() + top, columns.min() + left, rows.max() + 1 + top, columns.max() + 1 + left
    return Placed(int(label), *map(int, edges))
