"""The forgetting dial of chapter 3: how far back five recurrent layers reach."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from encdec_lib.analysis.recurrent_memory import spectral_radius
from encdec_lib.layers.recurrent import GRU, LSTM, RNN
from encdec_lib.runtime.checks import is_number
from encdec_lib.runtime.inputs import as_numbers
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import by_name
from encdec_lib.widgets.parts import PARTS

_HERE = Path(__file__).parent
_LONGEST = 400  # steps: the page works through all of them at every move of the slider


class ForgettingDial(BookWidget):
    """A slider for the spectral radius of the recurrent matrices, and what it does to memory.

    For the chosen layer, worked out in the page from the layer's own weights: the gradient of
    the last loss n steps back, as :func:`~encdec_lib.analysis.recurrent_memory.gradient_reach` has
    it; and the distance between the states of two sequences that differ in their first symbol
    alone, n steps after it. Every D × D block of ``W_rec``, one a gate, gets the slider's spectral
    radius.

    Args:
      layers: from a name to a layer, 2 to 6 of them, all with inputs of one width and states of
        one width.
      inputs: one sequence of input vectors, ``(S, E)``, from 2 to 400 steps.
      other: what the second sequence has in place of the first input, ``(E,)``.
      gradient: of the last loss with respect to the last h, ``(D,)``.
      radius: where the slider starts, 0 to 1.6.
      chosen: the name of the layer that is drawn strong at first; the first one if None.

    Raises:
      ValueError: if layers, inputs and gradient do not fit together; the message names the
        argument.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> layers = {"tanh RNN": RNN(3, 4, rngs=nnx.Rngs(0)), "GRU": GRU(3, 4, rngs=nnx.Rngs(0))}
      >>> dial = ForgettingDial(layers, np.ones((9, 3)), -np.ones(3), np.ones(4), chosen="GRU")
      >>> dial.chosen, dial.sizes
      ('GRU', {'steps': 9, 'inputs': 3, 'states': 4})
    """

    _esm = _HERE / "forgetting_dial.js"
    _css = (PARTS / "charts.css", _HERE / "forgetting_dial.css")
    static_fallback = (
        "Here a slider changes the spectral radius of a recurrent matrix, and curves show how far "
        "back the gradient and the state reach. It needs JavaScript, and no network."
    )

    radius = traitlets.Float().tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)
    sizes = traitlets.Dict().tag(sync=True)
    layers = traitlets.List().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        layers: Mapping[str, RNN | GRU | LSTM],
        inputs: Any,
        other: Any,
        gradient: Any,
        *,
        radius: float | int = 1.0,
        chosen: str | None = None,
    ):
        if not 2 <= len(by_name("layers", layers)) <= 6:
            raise ValueError(f"layers must be 2 to 6, to tell them apart; got {len(layers)}.")
        if not is_number(radius) or not 0 <= radius <= 1.6:
            raise ValueError(f"radius must lie between 0 and 1.6; got {radius}.")
        if chosen is None:
            chosen = next(iter(layers))
        if not isinstance(chosen, str) or chosen not in layers:
            raise ValueError(f"chosen must be one of {', '.join(layers)}; got {chosen!r}.")
        first = next(iter(layers.values()))
        if not isinstance(first, RNN | GRU | LSTM):
            raise ValueError(
                f"layers must hold RNNs, GRUs or LSTMs; got {type(first).__name__} first."
            )
        steps = len(np.atleast_1d(as_numbers("inputs", inputs)))
        if not 2 <= steps <= _LONGEST:
            raise ValueError(f"inputs must have 2 to {_LONGEST} steps; got {steps}.")
        pack = _Pack()
        pack.add("inputs", inputs, (steps, first.in_dim))
        pack.add("other", other, (first.in_dim,))
        pack.add("gradient", gradient, (first.state_dim,))
        described = [_describe(name, layer, first, pack) for name, layer in layers.items()]
        super().__init__(
            radius=float(radius),
            chosen=chosen,
            sizes={"steps": steps, "inputs": first.in_dim, "states": first.state_dim},
            layers=described,
            data=pack.data,
        )


class _Pack:
    """Arrays as float32, one after another; the page reads them in this order."""

    def __init__(self):
        self.data = b""

    def add(self, name: str, array, shape: tuple[int, ...]) -> None:
        array = as_numbers(name, array).astype(np.float32)
        if array.shape != shape:
            raise ValueError(f"{name} must have shape {shape}; got {array.shape}.")
        if not np.isfinite(array).all():
            raise ValueError(
                f"{name} must hold finite numbers; got {array[~np.isfinite(array)][0]}."
            )
        self.data += array.astype("<f4").tobytes()


def _describe(name: str, layer, first, pack: _Pack) -> dict:
    """What the page must know of a layer besides its weights, which go into the pack."""
    argument = f"layers[{name!r}]"
    if not isinstance(layer, RNN | GRU | LSTM) or layer.reverse:
        raise ValueError(
            f"{argument} must be an RNN, a GRU or an LSTM that reads forwards; got "
            f"{type(layer).__name__}."
        )
    if (layer.in_dim, layer.state_dim) != (first.in_dim, first.state_dim):
        raise ValueError(
            f"{argument} must have inputs of width {first.in_dim} and states of width "
            f"{first.state_dim}, as the first layer; got {layer.in_dim} and {layer.state_dim}."
        )
    width = layer.gates * layer.state_dim
    blocks = np.split(np.asarray(layer.W_rec[...], np.float64), layer.gates, axis=1)
    radii = [spectral_radius(block) for block in blocks]
    if not all(math.isfinite(radius) and radius > 1e-3 for radius in radii):
        raise ValueError(f"{argument} has a block of W_rec with spectral radius {min(radii):.3g}.")
    one = np.concatenate([b / r for b, r in zip(blocks, radii, strict=True)], axis=1)
    pack.add(f"{argument}.W_in", layer.W_in[...], (layer.in_dim, width))
    pack.add(f"{argument}.W_rec", one, (layer.state_dim, width))
    pack.add(f"{argument}.b_in", layer.b_in[...], (width,))
    if isinstance(layer, GRU):
        pack.add(f"{argument}.b_rec", layer.b_rec[...], (width,))
    linear = isinstance(layer, RNN) and layer.cell is RNN.cells["linear"]
    return {"name": name, "kind": "linear" if linear else type(layer).__name__.lower()}
