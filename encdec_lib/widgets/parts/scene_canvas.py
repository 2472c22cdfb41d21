"""A canvas with real digits on it, for the widgets in which a captioner reads what is placed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from jaxtyping import Float

from encdec_lib.data.digits import NAMES, Digits
from encdec_lib.data.scenes import INK
from encdec_lib.runtime.checks import check_whole, is_number, is_whole
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import digit_images, listed

_LARGEST_GRAIN = 0.5  # a pixel's noise that the byte 127 stands for
#: The style of ``scene_stage.js``, for a subclass to put before its own.
SCENE_CSS = Path(__file__).parent / "scene_stage.css"


class SceneCanvas(BookWidget):
    """What the canvas holds: images to place, where they lie, and the noise of the page.

    Args:
      side: H = W of the canvas, in pixels.
      digits: images to place, with at least one of each digit 0 to 9.
      start: what lies on the canvas at first: for each digit its label and the row and column of
        the upper left corner of its ink.
      handwritings: how many images of each digit to carry, the first ones of ``digits``.
      noise: standard deviation of the noise, which is the same for every scene of the page.
      most: number of digits up to which the model was trained.
      seed: of the noise.
      traits: those of the subclass.

    Raises:
      ValueError: if a digit is missing or ``start`` is not on the canvas; the message names the
        argument.
    """

    side = traitlets.Int().tag(sync=True)
    digit_side = traitlets.Int().tag(sync=True)
    digits = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    places = traitlets.List().tag(sync=True)  # [position in digits, top, left] of each
    grain = traitlets.Bytes().tag(sync=True)
    largest_grain = traitlets.Float(_LARGEST_GRAIN).tag(sync=True)
    most = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        side: int,
        digits: Digits,
        start: Sequence[tuple[int, int, int]],
        handwritings: int,
        noise: float | int,
        most: int,
        seed: int,
        **traits: Any,
    ):
        for name, number in (("handwritings", handwritings), ("most", most)):
            check_whole(name, number)
        if not is_number(noise) or not 0 <= noise <= 0.2:
            raise ValueError(f"noise must lie in [0, 0.2]; got {noise}.")
        check_whole("seed", seed, least=0)
        digit_images("digits", digits)
        if digits.images.shape[1] > side:
            raise ValueError(
                f"digits must be images of at most {side}×{side} pixels, as the canvas; got "
                f"{digits.images.shape[1:]}. Load them with digits.load(14)."
            )
        chosen = [np.flatnonzero(digits.labels == label)[:handwritings] for label in range(10)]
        for label, found in enumerate(chosen):
            if not len(found):
                raise ValueError(f"digits must hold every digit; there is no {NAMES[label]}.")
        first = np.cumsum([0, *map(len, chosen)]).tolist()
        few = digits.take(np.concatenate(chosen))
        grain = np.random.default_rng(seed).normal(0, noise / _LARGEST_GRAIN, side * side)
        super().__init__(
            side=side,
            digit_side=digits.images.shape[1],
            digits=np.rint(255 * few.images).astype(np.uint8).tobytes(),
            labels=few.labels.tolist(),
            places=[],
            grain=np.rint(127 * grain.clip(-1, 1)).astype(np.int8).tobytes(),
            most=most,
            **traits,
        )
        for place in listed("start", start):
            if len(listed("start", place)) != 3 or not all(map(is_whole, place)):
                raise ValueError(
                    f"start must hold triples of whole numbers (label, top, left); got "
                    f"{place!r:.60}."
                )
        self.places = [self._place(first, *place) for place in start]

    def picture(self) -> Float[np.ndarray, "H W 1"]:
        """What the model sees: the digits where they lie now, and the noise."""
        image = np.zeros((self.side, self.side), np.float32)
        for k, top, left in self.places:
            ink = self._ink(k)
            window = image[top : top + ink.shape[0], left : left + ink.shape[1]]
            np.copyto(window, np.where(ink > INK, ink, np.maximum(window, ink)))
        grain = np.frombuffer(self.grain, np.int8).reshape(image.shape) / np.float32(127)
        return (image + self.largest_grain * grain).clip(0, 1).astype(np.float32)[..., None]

    def _ink(self, k: int) -> np.ndarray:
        """The rectangle of ink of one of the digits."""
        size = self.digit_side**2
        pixels = np.frombuffer(self.digits, np.uint8)[k * size : (k + 1) * size]
        image = pixels.reshape(self.digit_side, -1).astype(np.float32) / 255
        rows, columns = np.nonzero(image > INK)
        return image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]

    def _place(self, first: list[int], label: int, top: int, left: int) -> list[int]:
        """One entry of ``start``, checked."""
        if label not in range(10):
            raise ValueError(f"start must name digits from 0 to 9; got {label}.")
        height, width = self._ink(first[label]).shape
        if not (0 <= top <= self.side - height and 0 <= left <= self.side - width):
            raise ValueError(
                f"start must keep every digit on the canvas of {self.side}×{self.side}; got "
                f"{(label, top, left)}, whose ink is {height} rows by {width} columns."
            )
        return [first[label], int(top), int(left)]
