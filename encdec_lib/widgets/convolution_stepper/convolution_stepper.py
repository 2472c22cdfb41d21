"""Convolution, pooling and the way back up, with small whole numbers (chapter 2)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import traitlets
from flax import nnx

from encdec_lib.layers.convolution import max_pool, transposed_convolution
from encdec_lib.runtime.checks import is_whole
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget

_HERE = Path(__file__).parent
_MOST = 9  # of a number, so that it can be multiplied by heart
_STROKE = ((0, 6, 1, 0), (0, 8, 2, 0), (0, 9, 1, 1), (1, 7, 0, 0))
_EDGE = ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1))


class ConvolutionStepper(StepperWidget):
    """A convolution of 3×3, pooling and a transposed convolution, a number at a time.

    The picture has 4×4 pixels. The convolution's output is what is pooled, and what is left goes
    back up with the same kernel and stride 2. All numbers are worked out with the library's layers
    when the figure is made.

    Args:
      image: four rows of four whole numbers, -9 to 9.
      kernel: three rows of three.
      step: where it begins, counted from 1.
      chosen: what is shown first: 0 the convolution, 1 pooling, 2 the transposed convolution.

    Raises:
      TypeError: if ``image`` or ``kernel`` are no rows.
      ValueError: if they are no such numbers.

    Example:
      >>> figure = ConvolutionStepper()
      >>> figure.convolved[1], figure.pooled
      ([23, 4, -22, -4], [[23, -3], [24, -1]])
    """

    _esm = _HERE / "convolution_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here a kernel of 3×3 weights moves over a small picture, product by product, and then the "
        "picture is pooled and made larger again. It needs JavaScript, and no network."
    )

    image = traitlets.List().tag(sync=True)
    kernel = traitlets.List().tag(sync=True)
    convolved = traitlets.List().tag(sync=True)
    pooled = traitlets.List().tag(sync=True)
    stamped = traitlets.List().tag(sync=True)  # after each of the four stamps

    def __init__(
        self,
        image: Sequence[Sequence[int]] = _STROKE,
        kernel: Sequence[Sequence[int]] = _EDGE,
        *,
        step: int = 1,
        chosen: int = 0,
    ):
        x = _square("image", image, 4)
        W = _square("kernel", kernel, 3)
        layer = nnx.Conv(1, 1, (3, 3), use_bias=False, rngs=nnx.Rngs(0))
        kernel_4d = jnp.asarray(W[:, :, None, None])
        layer.kernel[...] = kernel_4d
        convolved = np.asarray(layer(jnp.asarray(x[None, :, :, None])))
        pooled = np.asarray(max_pool(jnp.asarray(convolved)))
        first = [pooled * (np.arange(4) <= n).reshape(1, 2, 2, 1) for n in range(4)]
        stamped = transposed_convolution(jnp.asarray(np.concatenate(first)), kernel_4d)
        super().__init__(
            step=step,
            chosen=chosen,
            image=_whole(x),
            kernel=_whole(W),
            convolved=_whole(convolved[0, :, :, 0]),
            pooled=_whole(pooled[0, :, :, 0]),
            stamped=[_whole(stamp) for stamp in np.asarray(stamped)[..., 0]],
        )


def _square(name: str, rows: Any, side: int) -> np.ndarray:
    """Numbers of a square, checked, as float32."""
    try:
        listed = [list(row) for row in rows]
    except TypeError:
        raise TypeError(
            f"{name} must be {side} rows of {side} numbers; got {rows!r:.60}."
        ) from None
    if len(listed) != side or any(len(row) != side for row in listed):
        sizes = f"rows of {', '.join(str(len(row)) for row in listed)}" if listed else "none"
        raise ValueError(f"{name} must be {side} rows of {side} numbers; got {sizes}.")
    for value in (value for row in listed for value in row):
        if not is_whole(value) or abs(value) > _MOST:
            raise ValueError(
                f"{name} must have whole numbers from -{_MOST} to {_MOST}; got {value!r:.20}."
            )
    return np.array(listed, np.float32)


def _whole(values: np.ndarray) -> list[list[int]]:
    return np.rint(values).astype(int).tolist()
