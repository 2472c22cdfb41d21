"""A scene on its way through a U-Net, block by block (chapter 2)."""

from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import traitlets

from encdec_lib.data.scenes import NUM_CLASSES
from encdec_lib.models.cnn_to_cnn import UNetDecoder, UNetEncoder
from encdec_lib.plots.images import CLASS_COLORS
from encdec_lib.widgets.host.inputs import grey_pictures, reals
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place

_HERE = Path(__file__).parent
_SHOWN = 3  # maps of a block


class UNetStepper(StepperWidget):
    r"""The maps of every block for one scene: down to the bottleneck, and up again.

    Three maps of each block are drawn, those that vary most over the scene; in the last step every
    pixel has the class that is most probable there. All of it is worked out in Python, by the
    blocks of the models themselves, when the figure is made.

    Args:
      models: from a name to a network built by :func:`~encdec_lib.models.cnn_to_cnn.unet` for one
        channel and 11 classes, one or two of them, such as one with skips and one without.
      scene: ``(S, S)`` or ``(S, S, 1)``, pixels from 0 to 1.
      step: where it begins, counted from 1.
      chosen: which network is shown first, counted from 0.

    Raises:
      TypeError: if ``models`` is no dictionary of such networks.
      ValueError: if there are none or too many, or the scene does not fit them.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
      >>> network = unet(UNetConfig(channels=(3, 5, 7)), rngs=nnx.Rngs(0))
      >>> figure = UNetStepper({"with skips": network}, np.zeros((8, 8)))
      >>> [block["side"] for block in figure.networks[0]["down"]]
      [8, 4, 2]
    """

    _esm = _HERE / "unet_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here a scene goes down through the blocks of a U-Net to its bottleneck and up again, and "
        "one sees what the maps of each block hold. It needs JavaScript, and no network."
    )

    networks = traitlets.List().tag(sync=True)
    scene = traitlets.Bytes().tag(sync=True)
    side = traitlets.Int().tag(sync=True)
    colors = traitlets.List().tag(sync=True)

    def __init__(self, models: Any, scene: Any, *, step: int = 1, chosen: int = 0):
        check_place(step, chosen)
        halves = _halves(models)
        image = reals("scene", scene)
        if image.ndim not in (2, 3) or image.shape[0] != image.shape[1]:
            raise ValueError(f"scene must be (S, S) or (S, S, 1); got {image.shape}.")
        side = len(image)
        image = grey_pictures("scene", image[None], side, 1)[0]
        super().__init__(
            step=step,
            chosen=chosen,
            networks=[_network(name, *parts, image) for name, parts in halves.items()],
            scene=_bytes(image),
            side=side,
            colors=list(CLASS_COLORS),
        )


def _halves(models: Any) -> dict[str, tuple[UNetEncoder, UNetDecoder]]:
    """Both halves of one or two U-Nets for grey scenes, by name; raises if they are no such."""
    if not isinstance(models, dict) or not all(isinstance(name, str) for name in models):
        raise TypeError(f"models must go from a name to a U-Net; got {type(models).__name__}.")
    if not 1 <= len(models) <= 2:
        raise ValueError(f"models must be one or two networks; got {len(models)}.")
    halves = {}
    for name, model in models.items():
        encoder, decoder = getattr(model, "encoder", None), getattr(model, "decoder", None)
        if not isinstance(encoder, UNetEncoder) or not isinstance(decoder, UNetDecoder):
            raise TypeError(
                f"models must be built by unet(...); {name!r} is a {type(model).__name__}."
            )
        if encoder.in_channels != 1 or decoder.num_classes != NUM_CLASSES:
            raise ValueError(
                f"models must read one channel and tell {NUM_CLASSES} classes apart; {name!r} has "
                f"{encoder.in_channels} and {decoder.num_classes}."
            )
        halves[name] = encoder, decoder
    return halves


def _network(
    name: str, encoder: UNetEncoder, decoder: UNetDecoder, image: np.ndarray
) -> dict[str, Any]:
    """What the figure shows of one network: maps down, maps up, and classes."""
    down = encoder.maps(jnp.asarray(image, jnp.float32)[None, :, :, None])
    up = _maps_up(decoder, down)
    return {
        "name": name,
        "skips": decoder.skips,
        "down": [_block(one) for one in down],
        "up": [_block(one) for one in up],
        "classes": _bytes(np.asarray(decoder.output(up[-1]))[0].argmax(-1) / 255),
    }


def _maps_up(decoder: UNetDecoder, down: list) -> list:
    """The map of each of the decoder's blocks, coarse to fine."""
    maps, x = [], down[-1]
    for up, block, skip in zip(decoder.ups, decoder.blocks, down[-2::-1], strict=True):
        x = up(x)
        x = block(jnp.concatenate([x, skip], axis=-1) if decoder.skips else x)
        maps.append(x)
    return maps


def _block(maps: Any) -> dict[str, Any]:
    """The maps that vary most, each brought to 0 … 1."""
    own = np.asarray(maps, np.float32)[0]  # (h, w, K)
    most = np.argsort(-own.std(axis=(0, 1)), kind="stable")[:_SHOWN]
    low, high = own.min(axis=(0, 1)), own.max(axis=(0, 1))
    scaled = (own - low) / np.maximum(high - low, 1e-6)
    return {
        "side": own.shape[0],
        "channels": own.shape[2],
        "maps": [_bytes(scaled[:, :, k]) for k in most],
    }


def _bytes(values: np.ndarray) -> bytes:
    """A byte a pixel, row by row."""
    return np.rint(255 * np.asarray(values)).astype(np.uint8).tobytes()
