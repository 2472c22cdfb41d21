"""One step of training on several devices, with its numbers (chapter 17)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from encdec_lib.runtime.checks import check_whole, is_number
from encdec_lib.widgets.host.inputs import listed, reals
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget

_HERE = Path(__file__).parent
_MOST_WEIGHTS, _MOST_EXAMPLES, _MOST_DEVICES = 3, 16, 8


class DeviceStepper(StepperWidget):
    r"""A batch dealt out, a gradient a device, their sum, and the same step everywhere.

    The model is linear, with the squared error as its loss. Device k has the examples
    :math:`B_k` and works out

    .. math:: g_k = \sum_{i \in B_k} 2\, (w \cdot x_i - y_i)\, x_i, \qquad
        w' = w - \eta \frac{1}{N} \sum_k g_k

    in float32, in the reader's page; the mean gradient is compared there with that of one device.

    Args:
      x: ``(N, K)``, up to 16 examples of 1 to 3 numbers.
      y: ``(N,)``, what the model should say.
      w: ``(K,)``, its weights.
      rate: η, the learning rate, above 0.
      devices: how many there are, 1 to 4 choices from 2 to 8; each must divide N.
      step: where it begins, counted from 1.
      chosen: which of ``devices`` at first, counted from 0.

    Raises:
      TypeError: if ``devices`` is no list.
      ValueError: if shapes do not fit, or a number of devices does not divide the batch.

    Example:
      >>> import numpy as np
      >>> dealt = DeviceStepper(np.ones((6, 2)), np.zeros(6), np.ones(2), devices=(2, 3))
      >>> dealt.devices, dealt.w
      ([2, 3], [1.0, 1.0])
    """

    _esm = _HERE / "device_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here a batch is dealt out to several devices, step by step: each works out a gradient, "
        "they are added, and all devices make the same step. It needs JavaScript, and no network."
    )

    x = traitlets.List().tag(sync=True)
    y = traitlets.List().tag(sync=True)
    w = traitlets.List().tag(sync=True)
    rate = traitlets.Float().tag(sync=True)
    devices = traitlets.List().tag(sync=True)

    def __init__(
        self,
        x: Any,
        y: Any,
        w: Any,
        *,
        rate: int | float = 0.1,
        devices: Sequence[int] = (2, 4, 8),
        step: int = 1,
        chosen: int = 0,
    ):
        x, y, w = (reals(name, array) for name, array in (("x", x), ("y", y), ("w", w)))
        sizes = x.ndim == 2 and 1 <= len(x) <= _MOST_EXAMPLES and 1 <= x.shape[1] <= _MOST_WEIGHTS
        if not sizes:
            raise ValueError(f"x must be (N, K), N from 1 to 16 and K from 1 to 3; got {x.shape}.")
        if y.shape != x.shape[:1] or w.shape != x.shape[1:]:
            raise ValueError(
                f"y must be ({len(x)},) and w ({x.shape[1]},), as x is {x.shape}; got {y.shape} "
                f"and {w.shape}."
            )
        if not is_number(rate) or not 0 < rate < np.inf:
            raise ValueError(f"rate must be a number above 0; got {rate!r}.")
        if not 1 <= len(listed("devices", devices)) <= 4:
            raise ValueError(f"devices must be 1 to 4 choices; got {len(devices)}.")
        for count in devices:
            check_whole("devices", count, least=2, most=_MOST_DEVICES)
            if len(x) % count:
                raise ValueError(f"devices must divide the {len(x)} examples; got {count}.")
        if len(set(devices)) < len(devices):
            raise ValueError(f"devices must be different numbers; got {devices!r:.60}.")
        super().__init__(
            step=step,
            chosen=chosen,
            x=x.tolist(),
            y=y.tolist(),
            w=w.tolist(),
            rate=float(rate),
            devices=[int(count) for count in devices],
        )
