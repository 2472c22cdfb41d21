"""Draw a digit and watch a Vision Transformer read it (chapter 14), in the page."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import traitlets

from encdec_lib.data.digits import Digits
from encdec_lib.models.vision_transformer import ViT
from encdec_lib.runtime.checks import is_whole
from encdec_lib.web.export import Exported
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import by_name, digit_images
from encdec_lib.widgets.host.page_model import page_model
from encdec_lib.widgets.parts import PARTS

_HERE = Path(__file__).parent
_MOST_DIGITS, _MOST_MODELS = 16, 4
LOOKS = ("last", "rollout", "none")


class DigitReader(BookWidget):
    """A sheet to draw a digit on; Vision Transformers name it as it is drawn.

    The drawing is what the models read, pixel by pixel: nothing is centred or scaled unless the
    reader presses the button for it, and the pen is as thick as the strokes of MNIST. Over it lies
    the grid of patches and, in green, how much the classifier looks at each: the row of the class
    token in the top layer or by :func:`~encdec_lib.analysis.rollout.attention_rollout`; with mean
    pooling the mean over all rows.

    Args:
      models: from the patch size P to a model built by
        :func:`~encdec_lib.models.vision_transformer.vit` with it; 1 to 4 of them, for images of one
        side and one channel and the ten digits.
      digits: 1 to 16 images of that side to begin with, best from the test part.
      patch: the P it starts with; the middle one if None.
      look: what is shown at first: ``"last"`` (top layer, mean of its heads), ``"rollout"`` or
        ``"none"``.
      start: which of ``digits`` lies on the sheet at first; None for an empty sheet.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.

    Raises:
      ValueError: if models and digits do not fit together; the message names the argument.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data import digits
      >>> from encdec_lib.models.vision_transformer import ViTConfig, vit
      >>> sizes = [ViTConfig(patch=P, d_model=6, heads=2, d_ff=7, layers=1) for P in (7, 14)]
      >>> models = {size.patch: vit(size, rngs=nnx.Rngs(0)) for size in sizes}
      >>> reader = DigitReader(models, digits.load().test.take(slice(10)))
      >>> reader.patches, reader.patch, reader.look
      ([7, 14], 14, 'last')
    """

    _esm = _HERE / "digit_reader.js"
    _css = (PARTS / "attention_maps.css", PARTS / "class_bars.css", _HERE / "digit_reader.css")
    static_fallback = (
        "Here you can draw a digit while a Vision Transformer reads it and shows which patches it "
        "looks at. It needs JavaScript, and no network."
    )

    patch = traitlets.Int().tag(sync=True)
    look = traitlets.Unicode().tag(sync=True)
    start = traitlets.Int().tag(sync=True)  # -1: nothing on the sheet
    side = traitlets.Int().tag(sync=True)
    patches = traitlets.List().tag(sync=True)
    models = traitlets.List().tag(sync=True)
    digits = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List().tag(sync=True)

    def __init__(
        self,
        models: Mapping[int, ViT | Exported],
        digits: Digits,
        *,
        patch: int | None = None,
        look: str = "last",
        start: int | None = 0,
        dtype: str = "float16",
    ):
        if not 1 <= len(by_name("models", models)) <= _MOST_MODELS:
            raise ValueError(f"models must be 1 to {_MOST_MODELS}; got {len(models)}.")
        if odd := [size for size in models if not is_whole(size)]:
            raise ValueError(f"models must have the sides of patches as keys; got {odd[0]!r}.")
        described = {size: _described(size, models[size], dtype) for size in sorted(models)}
        sides = {each["settings"]["encoder"]["side"] for each in described.values()}
        if len(sides) > 1:
            raise ValueError(f"models must read images of one side; got {sorted(sides)}.")
        side = sides.pop()
        if not 1 <= len(digit_images("digits", digits)) <= _MOST_DIGITS:
            raise ValueError(
                f"digits must be 1 to {_MOST_DIGITS}; got {len(digits)}. Take some: "
                f"digits.take(slice(10))."
            )
        if digits.images.shape[1:] != (side, side):
            raise ValueError(
                f"digits must be images of {side}×{side}, as the models were built for; got "
                f"{digits.images.shape[1:]}."
            )
        patches = list(described)
        patch = patches[len(patches) // 2] if patch is None else patch
        if not is_whole(patch) or patch not in patches:
            raise ValueError(f"patch must be one of {patches}; got {patch!r}.")
        if not isinstance(look, str) or look not in LOOKS:
            raise ValueError(f"look must be one of {', '.join(LOOKS)}; got {look!r}.")
        if start is not None and (not is_whole(start) or not 0 <= start < len(digits)):
            raise ValueError(
                f"start must be None or one of the {len(digits)} digits, 0 to {len(digits) - 1}; "
                f"got {start}."
            )
        super().__init__(
            patch=patch,
            look=look,
            start=-1 if start is None else start,
            side=side,
            patches=patches,
            models=list(described.values()),
            digits=np.rint(255 * digits.images).astype(np.uint8).tobytes(),
            labels=digits.labels.tolist(),
        )


def _described(patch: int, model, dtype: str) -> dict:
    """One model as state, if it has this patch size and reads grey digits."""
    name = f"models[{patch}]"
    described = page_model(name, model, "vit", dtype=dtype, advice="Build it with vit(config).")
    settings = described["settings"]["encoder"]
    if settings["patch"] != patch:
        raise ValueError(
            f"{name} must have patches of {patch}×{patch}; got {settings['patch']}. The keys of "
            f"models are the patch sizes."
        )
    classes = described["manifest"]["decoder.head.kernel"]["shape"][1]
    if (settings["channels"], classes) != (1, 10):
        raise ValueError(
            f"{name} must read 1 channel and bet on 10 classes; got {settings['channels']} and "
            f"{classes}."
        )
    return described
