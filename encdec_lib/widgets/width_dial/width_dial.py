"""The width dial of chapter 1: encoders and decoders with H of every width, in the page."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import traitlets

from encdec_lib.data.digits import Digits
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.models.encoder_decoder import DenseDecoder, DenseEncoder
from encdec_lib.runtime.checks import is_number, is_whole
from encdec_lib.web.export import export_model, rounded
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import by_name, digit_images, listed

_HERE = Path(__file__).parent
_MOST_DIGITS, _MOST_POINTS = 16, 400  # on the row of buttons, and on the plane


class WidthDial(BookWidget):
    """A slider for the width of H: what each autoencoder makes of a digit.

    The page encodes and paints with all models at once, a digit of the test set or one that the
    reader draws. For the model of width 2, if there is one, H is a point of a plane that the
    reader may move.

    The error of an image is the root of the mean squared difference over its pixels, as a share
    of the distance from black to white.

    Args:
      models: 2 to 10 models built by :func:`~encdec_lib.models.encoder_decoder.autoencoder`, all
        of one side, each of another width.
      digits: 1 to 16 images of that side, to choose from.
      errors: from a width to the error over the test digits, 0 to 1, for every model.
      plane: digits whose places are shown in the plane of width 2, at most 400; needed if there
        is a model of that width.
      width: where the slider starts; the middle one if None.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.

    Raises:
      ValueError: if models, digits and errors do not fit together; the message names the
        argument.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data import digits
      >>> from encdec_lib.models.encoder_decoder import AutoencoderConfig, autoencoder
      >>> sizes = [AutoencoderConfig(7, 5, width) for width in (1, 4, 8)]
      >>> models = [autoencoder(size, rngs=nnx.Rngs(0)) for size in sizes]
      >>> test = digits.load(7).test.take(slice(3))
      >>> dial = WidthDial(models, test, errors={1: 0.3, 4: 0.2, 8: 0.1})
      >>> dial.widths, dial.width
      ([1, 4, 8], 4)
    """

    _esm = _HERE / "width_dial.js"
    _css = _HERE / "width_dial.css"
    static_fallback = (
        "Here a slider changes the width of H, and the decoder paints a digit again from it. "
        "It needs JavaScript, and no network."
    )

    width = traitlets.Int().tag(sync=True)
    side = traitlets.Int().tag(sync=True)
    widths = traitlets.List().tag(sync=True)
    models = traitlets.List().tag(sync=True)
    errors = traitlets.List().tag(sync=True)
    scales = traitlets.List().tag(sync=True)
    images = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    plane = traitlets.Dict(allow_none=True).tag(sync=True)

    def __init__(
        self,
        models: Sequence[EncoderDecoder],
        digits: Digits,
        *,
        errors: Mapping[int, float | int],
        plane: Digits | None = None,
        width: int | None = None,
        dtype: str = "float16",
    ):
        side, by_width = _by_width(models)
        widths = list(by_width)
        if not 1 <= len(digit_images("digits", digits)) <= _MOST_DIGITS:
            raise ValueError(f"digits must be 1 to {_MOST_DIGITS}; got {len(digits)}.")
        for name, some in {"digits": digits, "plane": plane}.items():
            if some is not None and digit_images(name, some).images.shape[1:] != (side, side):
                raise ValueError(
                    f"{name} must be images of {side}×{side}, as the models were built for; got "
                    f"{some.images.shape[1:]}. Load them with digits.load({side})."
                )
        if set(by_name("errors", errors)) != set(widths):
            raise ValueError(
                f"errors must have one number for each of the widths {widths}; got {list(errors)}."
            )
        if not all(is_number(value) and 0 <= value <= 1 for value in errors.values()):
            raise ValueError(f"errors must lie between 0 and 1; got {list(errors.values())}.")
        if width is None:
            width = widths[len(widths) // 2]
        if not is_whole(width) or width not in widths:
            raise ValueError(f"width must be one of {widths}; got {width!r}.")
        small = {w: rounded(model, dtype) for w, model in by_width.items()}
        super().__init__(
            width=width,
            side=side,
            widths=widths,
            models=[export_model(model, dtype)._asdict() for model in by_width.values()],
            errors=[float(errors[w]) for w in widths],
            scales=[float(np.abs(_encoded(model, digits)).max()) for model in small.values()],
            images=np.rint(255 * digits.images).astype(np.uint8).tobytes(),
            labels=digits.labels.tolist(),
            plane=_plane(small[2], plane) if 2 in small else None,
        )


def _by_width(models) -> tuple[int, dict[int, EncoderDecoder]]:
    """The side of the images, and the models by the width of H, narrow first."""
    if not 2 <= len(listed("models", models)) <= 10:
        raise ValueError(f"models must be 2 to 10, one a width; got {len(models)}.")
    for model in models:
        parts = getattr(model, "encoder", None), getattr(model, "decoder", None)
        if not isinstance(parts[0], DenseEncoder) or not isinstance(parts[1], DenseDecoder):
            raise ValueError(
                f"models must be built by autoencoder(...); got one of {type(parts[0]).__name__} "
                f"and {type(parts[1]).__name__}."
            )
    sides = {part.side for model in models for part in (model.encoder, model.decoder)}
    if len(sides) > 1:
        raise ValueError(f"models must read and paint images of one side; got {sorted(sides)}.")
    widths = [model.encoder.encoding_dim for model in models]
    if len(set(widths)) < len(widths):
        raise ValueError(f"models must differ in the width of H; got {widths}.")
    return sides.pop(), dict(sorted(zip(widths, models, strict=True)))


def _encoded(model: EncoderDecoder, digits: Digits) -> np.ndarray:
    """H of every digit, ``(N, D)``."""
    return np.asarray(model.encode(jnp.asarray(digits.images)[..., None]).vectors[:, 0])


def _plane(model: EncoderDecoder, digits: Digits | None) -> dict:
    """Where the encoder of width 2 puts the digits, and the range of both numbers."""
    if digits is None or not 2 <= len(digits) <= _MOST_POINTS:
        count = 0 if digits is None else len(digits)
        raise ValueError(
            f"plane must hold 2 to {_MOST_POINTS} digits, as there is a model of width 2; "
            f"got {count}."
        )
    places = _encoded(model, digits)
    margin = 0.06 * np.maximum(np.ptp(places, axis=0), 1e-3)
    low, high = places.min(axis=0) - margin, places.max(axis=0) + margin
    return {
        "x": [float(low[0]), float(high[0])],
        "y": [float(low[1]), float(high[1])],
        "points": [
            [round(float(x), 3), round(float(y), 3), int(label)]
            for (x, y), label in zip(places, digits.labels, strict=True)
        ],
    }
