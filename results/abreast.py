"""Models of one shape, trained in one compiled step: what results/side_by_side.py is made of."""

import dataclasses
import time
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax.sharding import PartitionSpec as P

from encdec_lib.data.parallel import ParallelText
from encdec_lib.runtime.devices import batch_mesh
from encdec_lib.train import TrainConfig
from encdec_lib.train.batches import batch_order
from encdec_lib.train.checkpoint import weights_of
from encdec_lib.train.losses import translation_loss
from encdec_lib.train.parameters import trainable
from encdec_lib.train.step import run_chunk

CHUNK = 100  # steps in one call


def times_factor() -> optax.GradientTransformation:
    """Multiplies every update with its own state: a learning rate of each member's own."""

    def update(updates, factor, params=None):
        return jax.tree.map(lambda u: factor * u, updates), factor

    return optax.GradientTransformation(lambda params: jnp.ones(()), update)


class Abreast:
    """Models of one shape on the device, and a compiled chunk of steps for all of them.

    Args:
      models: of the members, with the weights to begin with.
      examples: all members' sources and targets, ``(members, N, T)`` each.
      orders: which examples each step takes, ``(members, steps, B)``.
      configs: how each is trained; they may differ in the rate and the seed.
    """

    def __init__(
        self,
        models: list[nnx.Module],
        examples: Any,
        orders: np.ndarray,
        configs: list[TrainConfig],
    ):
        first = configs[0]
        if any(_but_rate(config) != _but_rate(first) for config in configs):
            raise ValueError("configs must agree in all but learning_rate and seed.")
        if first.weight_decay:
            raise ValueError("weight_decay must be 0: one optimizer scales the updates of all.")
        optimizer = optax.chain(first.optimizer(), times_factor())
        parts = [_parts(model) for model in models]
        params, frozen, rest = (
            jax.tree.map(lambda *leaves: jnp.stack(leaves), *(part[k] for part in parts))
            for k in (1, 2, 3)
        )
        opt_state = jax.vmap(optimizer.init)(params)
        rates = jnp.array([config.learning_rate / first.learning_rate for config in configs])
        self.models, self.frozen, self.examples, self.orders = models, frozen, examples, orders
        self.state = (params, rest, (*opt_state[:-1], rates))
        self.step, self.seconds = 0, 0.0
        loss = partial(translation_loss, label_smoothing=first.label_smoothing)
        chunk = partial(run_chunk, parts[0][0], optimizer, loss)
        many = jax.vmap(chunk, in_axes=(0, 0, 0, 0, 0, 0, None))
        mesh = batch_mesh(jax.local_devices()[:1])
        split = jax.shard_map(many, mesh=mesh, in_specs=P(), out_specs=P(), check_vma=False)
        self._run = jax.jit(split, donate_argnums=(0, 1, 2))

    def advance(self, upto: int) -> None:
        """Trains all members up to step ``upto``.

        Raises:
          FloatingPointError: if a loss is no longer finite; it says whose.
        """
        started = time.perf_counter()
        while self.step < upto:
            steps = min(CHUNK, upto - self.step)
            batches = np.zeros((len(self.models), CHUNK, self.orders.shape[2]), np.int32)
            batches[:, :steps] = self.orders[:, self.step : self.step + steps]
            *state, losses = self._run(
                *self.state, self.frozen, self.examples, batches, np.int32(steps)
            )
            self.state = tuple(state)
            self.step += steps
            lost = ~np.isfinite(np.asarray(losses)[:, :steps]).all(axis=1)
            if lost.any():
                raise FloatingPointError(f"no finite loss: members {np.flatnonzero(lost)}")
        self.seconds += time.perf_counter() - started

    def weights(self) -> list[dict]:
        """Each member's parameters as they are now, as NumPy arrays."""
        params, rest, _ = self.state
        found = []
        for k, model in enumerate(self.models):
            nnx.update(model, *(jax.tree.map(lambda x, k=k: x[k], part) for part in (params, rest)))
            found.append(jax.tree.map(np.asarray, weights_of(model)))
        return found


def stacked_examples(parts: list[ParallelText]) -> tuple[jax.Array, jax.Array]:
    """Sources and targets of all members, ``(members, N, T)`` each, filled up with padding.

    Members that have fewer examples, or shorter ones, never see what fills them up: no order names
    the rows, and a model ignores the tokens.
    """
    return tuple(
        jnp.stack(
            [
                np.pad(x, [(0, most - n) for n, most in zip(x.shape, shape, strict=True)])
                for x in arrays
            ]
        )
        for arrays in ([p.source for p in parts], [p.target for p in parts])
        for shape in [np.max([x.shape for x in arrays], axis=0)]
    )


def order_of(train: ParallelText, config: TrainConfig) -> np.ndarray:
    """As :func:`encdec_lib.train.fit` draws it."""
    lengths = (train.source != 0).sum(axis=1) + (train.target != 0).sum(axis=1)
    return batch_order(
        len(train.source),
        config.batch_size,
        config.steps,
        config.seed,
        lengths if config.group_by_length else None,
    )


def _parts(model: nnx.Module) -> tuple[Any, Any, Any, Any]:
    """Structure, parameters that move, those that stay, and what else there is, when training."""
    moving, _ = trainable(model, None)
    model.train()
    parts = nnx.split(model, moving, nnx.Param, ...)
    model.eval()
    return parts


def _but_rate(config: TrainConfig) -> TrainConfig:
    return dataclasses.replace(config, learning_rate=1.0, seed=0)
