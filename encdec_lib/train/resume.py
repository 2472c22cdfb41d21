"""A training as a checkpoint holds it: everything that the next step needs."""

import jax
from flax import nnx

from encdec_lib.train import checkpoint as checkpoints


def as_saved(state):
    """Parameters, what else the model keeps, and the optimizer's state, as plain arrays."""
    params, rest, opt_state = state
    return nnx.to_pure_dict(params), nnx.to_pure_dict(rest), jax.tree.leaves(opt_state)


def restore(path, state, fingerprint: str):
    """Reads a checkpoint of a training.

    Args:
      path: the file.
      state: parameters, what else the model keeps, and the optimizer's state, to be filled.
      fingerprint: of the config that the run must have had.

    Returns:
      The filled state, and the facts saved beside it.

    Raises:
      FileNotFoundError, ValueError: as :func:`encdec_lib.train.checkpoint.load`, or if the config
        is another.
    """
    params, rest, opt_state = state
    like = as_saved(state)
    loaded, meta = checkpoints.load(path, like)
    if meta.get("config") != fingerprint:
        raise ValueError(
            f"{path} was written with another config. Saved: {meta.get('config')}; "
            f"now: {fingerprint}. Resume with the same, or use another path."
        )
    p, r, leaves = jax.tree.map(checkpoints.from_numpy, loaded, like)
    nnx.replace_by_pure_dict(params, p)
    nnx.replace_by_pure_dict(rest, r)
    opt_state = jax.tree.unflatten(jax.tree.structure(opt_state), leaves)
    return (params, rest, opt_state), meta
