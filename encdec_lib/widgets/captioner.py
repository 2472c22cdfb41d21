"""Place digits, read the caption (chapter 5): a captioner that runs in the page."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import traitlets
from jaxtyping import Float

from encdec_lib.data.captions import WORDS
from encdec_lib.data.digits import NAMES, Digits
from encdec_lib.data.scenes import INK
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.web.export import Exported
from encdec_lib.widgets.book_widget import BookWidget
from encdec_lib.widgets.page_model import page_model

_HERE = Path(__file__).parent
_LARGEST_GRAIN = 0.5  # a pixel's noise that the byte 127 stands for


class SceneCaptioner(BookWidget):
    """Real digits on a canvas, and the caption that the model writes for them.

    The reader places digits, drags them or moves them by arrow keys; encoder and decoder run in
    the page after every move. The true caption of the layout stands beside the model's, by the
    rule of :mod:`encdec_lib.data.captions`, and the differences are marked.

    Args:
      model: built by :func:`~encdec_lib.models.captioning.captioner`.
      digits: images to place, best from the test part, with at least one of each digit 0 to 9.
      start: what lies on the canvas at first: for each digit its label and the row and column of
        the upper left corner of its ink.
      handwritings: how many images of each digit to carry, the first ones of ``digits``; a second
        click on a digit gives the next.
      noise: standard deviation of the noise, which is the same for every scene of the page.
      most: number of digits up to which the model was trained.
      seed: of the noise.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.

    Raises:
      ValueError: if the model is of another kind, a digit is missing, or ``start`` is not on the
        canvas; the message names the argument.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data import digits
      >>> from encdec_lib.models.captioning import CaptionConfig, captioner
      >>> model = captioner(CaptionConfig(channels=(2, 3, 3), state_dim=5), rngs=nnx.Rngs(0))
      >>> widget = SceneCaptioner(model, digits.load(14).test, start=[(7, 3, 4)])
      >>> widget.places, widget.picture().shape
      ([[14, 3, 4]], (32, 32, 1))
    """

    _esm = _HERE / "captioner.js"
    _css = _HERE / "captioner.css"
    static_fallback = (
        "Here you can place digits on a canvas and read the caption that the model writes. "
        "It needs JavaScript, and no network."
    )

    model = traitlets.Dict().tag(sync=True)
    symbols = traitlets.List().tag(sync=True)
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
        model: EncoderDecoder | Exported,
        digits: Digits,
        *,
        start: Sequence[tuple[int, int, int]] = (),
        handwritings: int = 2,
        noise: float | int = 0.1,
        most: int = 3,
        seed: int = 0,
        dtype: str = "int8",
    ):
        exported = page_model("model", model, "captioner", None, WORDS, dtype)
        for name, number in (("handwritings", handwritings), ("most", most)):
            if number < 1:
                raise ValueError(f"{name} must be at least 1; got {number}.")
        if not 0 <= noise <= 0.2:
            raise ValueError(f"noise must lie in [0, 0.2]; got {noise}.")
        side = exported["settings"]["encoder"]["side"]
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
            model=exported,
            symbols=list(WORDS.symbols),
            side=side,
            digit_side=digits.images.shape[1],
            digits=np.rint(255 * few.images).astype(np.uint8).tobytes(),
            labels=few.labels.tolist(),
            places=[],
            grain=np.rint(127 * grain.clip(-1, 1)).astype(np.int8).tobytes(),
            most=most,
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
