"""A training's checkpoint: what is in it, and whether a run may go on from it.

It may where config, data and their order are the same, so that the run equals one that never
stopped.
"""

import dataclasses
import hashlib
import json
import pathlib
from functools import cached_property
from typing import Any

import jax
import numpy as np
from flax import nnx

from encdec_lib.train import checkpoint
from encdec_lib.train.best import BestSoFar
from encdec_lib.train.config import ENDLESS, TrainConfig
from encdec_lib.train.history import History
from encdec_lib.train.processes import Processes

FREE = ("chunk_steps",)  # fields that change how often Python looks, and no number


def fingerprint(tree: Any) -> str:
    """A short hash over names, shapes, dtypes and every byte of the arrays of ``tree``.

    Numbers of 64 bits count as the 32 that JAX makes of them, so that arrays have the same one
    before and after they are on a device. It takes about a second for a gigabyte.

    Args:
      tree: any pytree of arrays.

    Returns:
      16 hexadecimal digits.

    Example:
      >>> import numpy as np
      >>> one = np.arange(7)
      >>> fingerprint(one) == fingerprint(one.astype(np.int32)) != fingerprint(one[::-1])
      True
    """
    digest = hashlib.blake2b(digest_size=8)
    for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]:
        array = checkpoint.to_numpy(leaf)
        array = np.ascontiguousarray(array, jax.dtypes.canonicalize_dtype(array.dtype))
        digest.update(f"{jax.tree_util.keystr(path)}{array.shape}{array.dtype}".encode())
        if array.size:
            digest.update(array.view(np.uint8).data)
    return digest.hexdigest()


def described(config: TrainConfig) -> dict[str, Any]:
    """A config as a checkpoint keeps it: its fields, and the name of its class."""
    fields = dataclasses.asdict(config) | {"class": type(config).__name__}
    return json.loads(json.dumps(fields))  # as it comes back from a file


def saved_arrays(state: tuple[Any, Any, Any], frozen: Any) -> dict[str, Any]:
    """The arrays of a training as a checkpoint has them.

    Args:
      state: parameters, what else the model keeps, and the optimizer's state.
      frozen: the parameters that stay.
    """
    params, rest, opt_state = state
    random, still = nnx.split_state(rest, nnx.RngState, ...)
    parts = {"params": params, "frozen": frozen, "rest": still, "random": random}
    arrays = {name: nnx.to_pure_dict(part) for name, part in parts.items()}
    # Called so that an error names a parameter first: arrays are in the order of their names.
    return arrays | {"updates": jax.tree.leaves(opt_state)}


def restored(arrays: dict[str, Any], state: tuple[Any, Any, Any], frozen: Any) -> tuple[Any, Any]:
    """A training's state and frozen parameters with other arrays, as :func:`saved_arrays` has them.

    Args:
      arrays: from a checkpoint.
      state, frozen: as for :func:`saved_arrays`; for their structure.
    """
    params, rest, opt_state = state
    random, still = nnx.split_state(rest, nnx.RngState, ...)
    parts = {"params": params, "frozen": frozen, "rest": still, "random": random}
    for name, part in parts.items():
        nnx.replace_by_pure_dict(part, arrays[name])
    opt_state = jax.tree.unflatten(jax.tree.structure(opt_state), arrays["updates"])
    return (params, nnx.merge_state(random, still), opt_state), frozen


def check_config(path: pathlib.Path, facts: dict[str, Any], config: TrainConfig) -> None:
    """Whether a checkpoint's run and this config are one run, or this one the longer of two.

    Another number of ``steps`` is allowed where the rate does not depend on it: under the schedules
    "constant" and "inverse_sqrt". The first steps of a longer run are then those of a shorter one,
    their examples included (:func:`~encdec_lib.train.batches.batch_order`).

    Args:
      path: the checkpoint, for messages.
      facts: what it says beside its arrays.
      config: of the run that is to go on.

    Raises:
      ValueError: if they are two; the message names the fields and says how to go on.
    """
    then, now = facts.get("config"), described(config)
    if not isinstance(then, dict):
        raise ValueError(
            f"{path} is no checkpoint that this version of the library can resume. Train again, "
            f"or use another path."
        )
    names = [name for name in (*now, *then) if then.get(name) != now.get(name)]
    differ = list(dict.fromkeys(name for name in names if name not in (*FREE, "steps")))
    if differ:
        was = ", ".join(f"{name} = {then.get(name)!r}" for name in differ)
        is_now = ", ".join(f"{name} = {now.get(name)!r}" for name in differ)
        raise ValueError(
            f"{path} was written with another config. Saved: {was}; now: {is_now}. Resume with the "
            f"same, or use another path."
        )
    done = len(facts["losses"])
    if config.steps < done:
        raise ValueError(
            f"{path} has {done} steps behind it, and the config's steps are only {config.steps}. "
            f"Raise steps, or use another path."
        )
    shorter = min(config.steps, then["steps"])
    same_rate = config.schedule in ENDLESS and config.warmup_steps <= shorter
    if config.steps != then["steps"] and not same_rate:
        raise ValueError(
            f"{path} was written with steps = {then['steps']}, and now they are {config.steps}: "
            f"the rate of learning of every step depends on them, unless schedule is 'constant' or "
            f"'inverse_sqrt' and the warm-up shorter. Resume with {then['steps']}, or take the "
            f"weights alone by load_model and start a new fit."
        )


def check_facts(path: pathlib.Path, facts: dict[str, Any], now: dict[str, Any]) -> None:
    """Whether what else belongs to a run is the same: what is frozen, and what is best.

    Args:
      path: the checkpoint, for messages.
      facts: what it says beside its arrays.
      now: the same of the run that is to go on.

    Raises:
      ValueError: for the first that differs.
    """
    for name, argument in (("frozen", "freeze"), ("best", "best")):
        then, here = facts.get(name), now[name]
        if name == "best":  # how far it has come is no part of the rule
            then, here = (x and (x["number"], x["highest"]) for x in (then, here))
        if then != here:
            raise ValueError(
                f"{path} was written with another {argument}=. Saved: {then or 'none'}; now: "
                f"{here or 'none'}. Resume with the same, or use another path."
            )


def check_examples(path: pathlib.Path, facts: dict[str, Any], data: str, order: str) -> None:
    """Whether the data, and their order so far, are those of the checkpoint.

    Args:
      path: the checkpoint, for messages.
      facts: what it says beside its arrays.
      data: the fingerprint of the examples now.
      order: the fingerprint of the batches of the steps that are done.

    Raises:
      ValueError: if one of them is another.
    """
    if facts["data"] != data:
        raise ValueError(
            f"{path} was written in a training on other data. Give fit the same examples in the "
            f"same order, or take the weights alone by load_model and start a new fit."
        )
    if facts["order"] != order:
        raise ValueError(
            f"{path} was written after other batches of these data. Give the same order, or use "
            f"another path."
        )


class Resumable:
    """What a :class:`~encdec_lib.train.training.Training` is made of, to a file and back."""

    model: nnx.Module
    config: TrainConfig
    processes: Processes
    history: History
    state: tuple[Any, Any, Any]  # parameters that move, what else is kept, the optimizer's state
    frozen: Any  # parameters that stay
    frozen_paths: list[str]
    examples: Any  # all of the data
    order: np.ndarray  # which of them every step takes, (steps, B)
    best: BestSoFar | None

    @property
    def step(self) -> int:
        """Steps done so far."""
        return len(self.history.losses)

    def save(self, path: str | pathlib.Path) -> None:
        """Writes everything that the next step needs; process 0 does, and the others wait."""
        if self.processes.first:
            tree = saved_arrays(self.processes.own(self.state), self.processes.own(self.frozen))
            if self.best is not None and self.best.weights is not None:
                tree["best"] = self.best.weights
            checkpoint.save(
                path,
                tree,
                config=described(self.config),
                **self._facts(),
                data=self._data_fingerprint,
                order=self._order_fingerprint(self.step),
                losses=[float(x) for x in self.history.losses],
                seconds=self.history.seconds,
                evaluations=self.history.evaluations,
            )
        self.processes.wait("checkpoint")  # it is there for all now

    def restore(self, path: str | pathlib.Path) -> None:
        """Reads what ``save`` wrote, if it belongs to this run.

        Raises:
          FileNotFoundError, ValueError: as :func:`~encdec_lib.train.checkpoint.load`; or if the
            file is of another config, other data, or another order of them.
        """
        path = pathlib.Path(path).expanduser()
        facts = checkpoint.facts(path)
        check_config(path, facts, self.config)
        check_facts(path, facts, self._facts())
        like = saved_arrays(self.state, self.frozen)
        if facts["best"] and facts["best"]["step"] is not None:
            like["best"] = checkpoint.weights_of(self.model)
        loaded, _ = checkpoint.load(path, like)
        done = len(facts["losses"])
        check_examples(path, facts, self._data_fingerprint, self._order_fingerprint(done))
        loaded = jax.tree.map(checkpoint.from_numpy, loaded, like)
        self.state, self.frozen = restored(loaded, self.state, self.frozen)
        nnx.update(self.model, self.frozen)
        if self.best is not None:
            self.best.restore(facts["best"], loaded.get("best"))
            self.history.best_step = self.best.step
        self.history.losses = np.array(facts["losses"], np.float32)
        self.history.seconds = [tuple(pair) for pair in facts["seconds"]]
        self.history.evaluations = facts["evaluations"]

    def _facts(self) -> dict[str, Any]:
        """What a checkpoint says of its run, beside config and data."""
        return {"frozen": self.frozen_paths, "best": self.best and self.best.facts()}

    @cached_property
    def _data_fingerprint(self) -> str:
        """Of the examples, whether they are on their devices yet or not."""
        own = self.processes.own
        return fingerprint(
            jax.tree.map(lambda x: x if isinstance(x, np.ndarray) else own(x), self.examples)
        )

    def _order_fingerprint(self, steps: int) -> str:
        """Of the batches of the first steps; how one is dealt out to devices does not count."""
        return fingerprint(np.sort(self.order[:steps], axis=1))
