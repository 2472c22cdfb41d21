"""Draw and segment (chapter 2): two U-Nets name every pixel of what the reader draws."""

from pathlib import Path

import numpy as np
import traitlets

from encdec_lib.data.digits import Digits
from encdec_lib.data.scenes import NUM_CLASSES, Scenes
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.plots.images import CLASS_COLORS
from encdec_lib.runtime.checks import is_number, is_whole
from encdec_lib.web.export import Exported
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import digit_images
from encdec_lib.widgets.host.page_model import page_model

_HERE = Path(__file__).parent
_MOST_SCENES, _MOST_NOISE = 12, 0.4


class Segmenter(BookWidget):
    """A canvas to draw digits on or to place them on; two networks segment it meanwhile.

    Both run in the page: one with skip connections, one without. Beside the canvas stands the
    class that each gives to every pixel, and below the distribution of the pixel that is pointed
    at, which is what the 1×1 convolution of the last layer gives.

    Args:
      with_skips_model: built by :func:`~encdec_lib.models.cnn_to_cnn.unet` with skips, for one
        channel and 11 classes.
      without_skips_model: the same without skips.
      digits: images to place, best from the test part, at most as large as the canvas; the
        first of each digit is taken.
      scenes: 1 to 12 scenes to begin with, best from the test part, drawn with ``noise=0``, as
        the page adds noise itself. Their side is that of the canvas.
      scene: which scene stands on the canvas at first; None for an empty canvas.
      noise: standard deviation of the noise at first, 0 to 0.4, in units of full ink.
      dtype: of the weights in the page, ``"int8"`` or ``"float16"``, which takes twice the bytes.

    Raises:
      ValueError: if models, digits and scenes do not fit together; the message names the
        argument.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data import digits, scenes
      >>> from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
      >>> test = digits.load(7).test
      >>> few = scenes.draw(test, 2, most=2, side=16, noise=0.0)
      >>> models = [
      ...     unet(UNetConfig(channels=(2, 3), skips=skips), rngs=nnx.Rngs(0))
      ...     for skips in (True, False)
      ... ]
      >>> segmenter = Segmenter(*models, test, few)
      >>> segmenter.side, len(segmenter.scenes), len(segmenter.digits)
      (16, 512, 490)
    """

    _esm = _HERE / "segmenter.js"
    _css = _HERE / "segmenter.css"
    static_fallback = (
        "Here you can draw digits while two networks say of every pixel which digit it belongs "
        "to. It needs JavaScript, and no network."
    )

    scene = traitlets.Int().tag(sync=True)
    noise = traitlets.Float().tag(sync=True)
    side = traitlets.Int().tag(sync=True)
    digit_side = traitlets.Int().tag(sync=True)
    with_skips = traitlets.Dict().tag(sync=True)
    without_skips = traitlets.Dict().tag(sync=True)
    digits = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    scenes = traitlets.Bytes().tag(sync=True)
    colors = traitlets.List().tag(sync=True)

    def __init__(
        self,
        with_skips_model: EncoderDecoder | Exported,
        without_skips_model: EncoderDecoder | Exported,
        digits: Digits,
        scenes: Scenes,
        *,
        scene: int | None = 0,
        noise: float | int = 0.1,
        dtype: str = "int8",
    ):
        if not isinstance(scenes, Scenes):
            raise TypeError(f"scenes must be Scenes; got {type(scenes).__name__}.")
        if len(digit_images("digits", digits)) < 1:
            raise ValueError("digits must hold at least one image to place; got none.")
        if not 1 <= len(scenes) <= _MOST_SCENES:
            raise ValueError(
                f"scenes must be 1 to {_MOST_SCENES}, so that the page stays small; got "
                f"{len(scenes)}. Take some: scenes.take(slice(5))."
            )
        empty = float(np.mean(scenes.images == 0))
        if empty < 0.5:
            raise ValueError(
                f"scenes must be drawn with noise=0, as the page adds noise itself; in these only "
                f"{empty:.0%} of the pixels are quite empty. Draw some: "
                f"scenes.draw(digits, 5, noise=0.0)."
            )
        side, digit_side = scenes.images.shape[1], digits.images.shape[1]
        if digits.images.shape[1:] != (digit_side, digit_side) or digit_side > side:
            raise ValueError(
                f"digits must be square images of at most {side}×{side}, the size of the scenes; "
                f"got {digits.images.shape[1:]}. Load them with digits.load(14)."
            )
        models = {
            "with_skips": _model("with_skips_model", with_skips_model, True, scenes, dtype),
            "without_skips": _model(
                "without_skips_model", without_skips_model, False, scenes, dtype
            ),
        }
        if scene is not None and (not is_whole(scene) or not 0 <= scene < len(scenes)):
            raise ValueError(
                f"scene must be None or one of the {len(scenes)} scenes, 0 to {len(scenes) - 1}; "
                f"got {scene}."
            )
        if not is_number(noise) or not 0 <= noise <= _MOST_NOISE:
            raise ValueError(f"noise must lie between 0 and {_MOST_NOISE}; got {noise}.")
        _, first = np.unique(digits.labels, return_index=True)
        palette = digits.take(first)
        super().__init__(
            scene=-1 if scene is None else scene,
            noise=float(noise),
            side=side,
            digit_side=digit_side,
            digits=_bytes(palette.images),
            labels=palette.labels.tolist(),
            scenes=_bytes(scenes.images),
            colors=list(CLASS_COLORS),
            **models,
        )


def _model(name: str, model, skips: bool, scenes: Scenes, dtype: str) -> dict:
    """One U-Net as state, if it has the skips it should and reads these scenes."""
    state = page_model(name, model, "unet", dtype=dtype)
    if state["settings"]["decoder"]["skips"] != skips:
        raise ValueError(
            f"{name} must be a U-Net {'with' if skips else 'without'} skips; got one "
            f"{'without' if skips else 'with'}. Are the two models in each other's place?"
        )
    shape = {path: entry["shape"] for path, entry in state["manifest"].items()}
    channels = shape["encoder.blocks.0.conv1.kernel"][2]
    classes = shape["decoder.output.bias"][0]
    if (channels, classes) != (1, NUM_CLASSES):
        raise ValueError(
            f"{name} must read 1 channel and write {NUM_CLASSES} classes; got {channels} and "
            f"{classes}."
        )
    factor = 2 ** (sum(path.endswith("conv1.kernel") for path in shape if "encoder" in path) - 1)
    side = scenes.images.shape[1]
    if scenes.images.shape[1:] != (side, side, 1) or side % factor:
        raise ValueError(
            f"scenes must be square, of one channel and with a side divisible by {factor} for "
            f"{name}; got {scenes.images.shape[1:]}."
        )
    return state


def _bytes(images) -> bytes:
    """One byte a pixel, images one after another."""
    return np.rint(255 * np.clip(images, 0, 1)).astype(np.uint8).tobytes()
