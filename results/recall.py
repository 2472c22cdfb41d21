"""Chapter 3's control: does a gate's bias help by its gradient, or by what the state still holds?

A larger bias on the gate that keeps the state does two things at once. The gradient reaches
further back, and a new layer's state still holds what it read first. Each is had without the other
here:

- ``identity``: the linear RNN :math:`x_t = x_{t-1} + u_t W`, whose matrix from state to state is 1
  and stays so. Its gradient is exactly 1 at every distance; its state is a sum that does not say
  what came first.
- ``cut``: a gated layer with the bias, whose gradient is cut off some steps before the end. Its
  state holds the first symbol as before; no gradient from there arrives.

The task is the page's: read 21 random symbols, then say which came first.
"""

import dataclasses
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.analysis.recurrent_memory import (
    gradient_reach,
    probe_symbols,
    set_keep_bias,
)
from encdec_lib.data.parallel import Splits
from encdec_lib.layers.recurrent import GRU, LSTM, RNN
from encdec_lib.runtime.checks import check_choices, check_numbers, check_sizes
from encdec_lib.train.losses import summed_cross_entropy

SYMBOLS, DISTANCE, WIDTH = 10, 20, 16  # symbols, steps after the first, width of a symbol's vector
KINDS = ("identity", "linear", "gru", "lstm")
CUT = 10  # steps before the end


@dataclasses.dataclass(frozen=True)
class RecallConfig:
    """Which layer, how wide, its bias, and how far back its gradient goes."""

    kind: str = "lstm"  # one of KINDS
    state_dim: int = 32  # D
    keep_bias: float | None = None  # of the gate that keeps the state; None: as it is
    cut: int | None = None  # no gradient goes further back than so many steps

    def __post_init__(self):
        check_choices(self, kind=KINDS)
        check_sizes(self, "state_dim", "cut")
        if self.keep_bias is not None:
            check_numbers(self, "keep_bias")
            if self.kind not in ("gru", "lstm"):
                raise ValueError(f"keep_bias needs a gate; got kind={self.kind!r}, which has none.")


class Recaller(nnx.Module):
    """Reads the whole sequence, answers once."""

    def __init__(self, config: RecallConfig, *, rngs: nnx.Rngs):
        sizes = WIDTH, config.state_dim
        if config.kind in ("identity", "linear"):
            self.layer = RNN(*sizes, activation="linear", rngs=rngs)
        else:
            self.layer = {"gru": GRU, "lstm": LSTM}[config.kind](*sizes, rngs=rngs)
        if config.kind == "identity":  # no parameter, so that no step of training changes it
            self.layer.W_rec = nnx.Variable(jnp.eye(config.state_dim))
        if config.keep_bias is not None:
            set_keep_bias(self.layer, config.keep_bias)
        self.output = nnx.Linear(config.state_dim, SYMBOLS, rngs=rngs)
        self.cut = config.cut

    def __call__(self, tokens):
        inputs, state = jnp.asarray(symbol_vectors())[tokens], None
        if self.cut is not None:
            _, state = self.layer(inputs[:, : -self.cut])
            state, inputs = jax.lax.stop_gradient(state), inputs[:, -self.cut :]
        _, (last, *_) = self.layer(inputs, state=state)
        return self.output(last)


def recaller(config: RecallConfig, *, rngs: nnx.Rngs) -> Recaller:
    """Builds the model."""
    return Recaller(config, rngs=rngs)


@lru_cache(maxsize=1)
def symbol_vectors() -> np.ndarray:
    """A random vector a symbol, (V, E), of about unit size and the same for every seed."""
    return np.random.default_rng(0).normal(size=(SYMBOLS, WIDTH)).astype(np.float32)


def load(seed: int) -> Splits:
    """New sequences for every seed; dev and test have sequences of their own."""
    rng = np.random.default_rng(seed)
    sizes = (20_000, 2000, 2000)
    return Splits(*((rng.integers(0, SYMBOLS, (size, DISTANCE + 1)),) for size in sizes))


def loss(model, batch):
    """Cross-entropy of the first symbol, nats."""
    tokens = jnp.asarray(batch[0])
    real = jnp.ones((len(tokens), 1), bool)
    return summed_cross_entropy(model(tokens)[:, None], tokens[:, :1], real)


def test(model, part) -> dict:
    """First symbols said rightly, read by a probe, and the gradient left so many steps back."""
    (tokens,) = part
    right = nnx.jit(lambda model, tokens: model(tokens).argmax(axis=1))(model, tokens)
    vectors = jnp.asarray(symbol_vectors())
    read = 100 * np.asarray(probe_symbols(model.layer, vectors, 2 * DISTANCE, seed=7))
    return {
        "right": 100 * float((np.asarray(right) == tokens[:, 0]).mean()),
        "nats": float(loss(model, part)[0]) / len(tokens),
        "probe": {str(n): round(float(read[n]), 1) for n in (0, 5, 10, DISTANCE, 2 * DISTANCE)},
        "gradient": _reach(model.layer, tokens[:64]),
    }


def _reach(layer, tokens) -> float:
    """Median over sequences of the share of the gradient that is left at the first symbol."""
    inputs = jnp.asarray(symbol_vectors()[tokens])
    pull = np.random.default_rng(0).normal(size=(len(tokens), layer.state_dim))
    left = gradient_reach(layer, inputs, jnp.asarray(pull, jnp.float32))
    return float(np.median(np.asarray(left)[:, DISTANCE]))


def watch(model, part) -> dict[str, float]:
    """The loss of the dev part, nats; under the name that every grid chooses by."""
    return {"dev loss": float(loss(model, part)[0]) / len(part[0])}
