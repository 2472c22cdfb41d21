"""A slider for the side of a patch: how many there are, and what they cost (chapter 14)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from encdec_lib.models.vision_transformer import ViTConfig
from encdec_lib.runtime.inputs import as_numbers
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import by_name
from encdec_lib.widgets.parts import PARTS

_HERE = Path(__file__).parent
_MOST_COLUMNS = 28  # of patches that the page draws
SIZES = ("side", "in_channels", "d_model", "d_ff", "layers")


class PatchDial(BookWidget):
    r"""An image under a grid of patches, and the arithmetic of the ViT that reads it.

    .. math:: T_i = HW / P^2, \qquad
        \underbrace{T_i P^2 C d}_{\text{embedding}} +
        N \big(\underbrace{2 (T_i + 1)^2 d}_{\text{scores, mixtures}} +
        \underbrace{(T_i + 1) (4 d^2 + 2 d\, d_{ff})}_{\text{all other matrices}}\big)

    The slider offers every P that divides the side and makes at most 28 × 28 patches.

    Args:
      image: ``(S, S)``, 0 to 1, ink 1; only to be looked at.
      configs: from a name to a model's sizes, 1 to 3 of them; ``patch`` is where the slider
        starts.

    Raises:
      ValueError: if the image is not square with values from 0 to 1, or there are no sizes.

    Example:
      >>> import numpy as np
      >>> dial = PatchDial(np.zeros((28, 28)), {"this page": ViTConfig()})
      >>> dial.names, dial.configs[0]["patches"]
      (['this page'], [28, 14, 7, 4, 2, 1])

    Reference:
      Dosovitskiy et al. (2021), arXiv:2010.11929, section 3.1.
    """

    _esm = _HERE / "patch_dial.js"
    _css = (PARTS / "attention_maps.css", _HERE / "patch_dial.css")
    static_fallback = (
        "Here a slider changes the side of a patch, and shows how many patches there are and what "
        "they cost. It needs JavaScript, and no network."
    )

    image = traitlets.Bytes().tag(sync=True)
    side = traitlets.Int().tag(sync=True)
    names = traitlets.List().tag(sync=True)
    configs = traitlets.List().tag(sync=True)

    def __init__(self, image: Any, configs: Mapping[str, ViTConfig]):
        image = as_numbers("image", image).astype(np.float32)
        if image.ndim != 2 or image.shape[0] != image.shape[1] or not image.size:
            raise ValueError(f"image must be square, (S, S); got {image.shape}.")
        if not (image.min() >= 0 and image.max() <= 1):  # NaN fails both
            raise ValueError(
                f"image must have values from 0 to 1; got {image.min():.3g} to {image.max():.3g}."
            )
        if not 1 <= len(by_name("configs", configs)) <= 3:
            raise ValueError(f"configs must be 1 to 3 models' sizes; got {len(configs)}.")
        super().__init__(
            image=np.rint(255 * image).astype(np.uint8).tobytes(),
            side=image.shape[0],
            names=list(configs),
            configs=[_described(config) for config in configs.values()],
        )


def _described(config: ViTConfig) -> dict:
    """The sizes that matter to the cost, and the sides of patches there may be, large first."""
    if not isinstance(config, ViTConfig):
        raise TypeError(f"configs must hold ViTConfigs; got {type(config).__name__}.")
    side = config.side
    patches = [P for P in range(side, 0, -1) if side % P == 0 and side // P <= _MOST_COLUMNS]
    if config.patch not in patches:
        raise ValueError(
            f"patch must be one of {patches} for a side of {side}; got {config.patch}."
        )
    sizes = {name: getattr(config, name) for name in SIZES}
    return sizes | {"patches": patches, "patch": config.patch}
