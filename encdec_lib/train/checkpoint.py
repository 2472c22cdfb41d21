"""Checkpoints: one ``.npz`` file with every array by its path. No pickle, any version."""

import json
import os
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

_META = "__meta__"


def is_key(leaf) -> bool:
    """Whether an array is the key of a random stream."""
    return isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def to_numpy(leaf) -> np.ndarray:
    """An array's numbers; those behind it, if it is a random key."""
    return np.asarray(jax.random.key_data(leaf) if is_key(leaf) else leaf)


def from_numpy(array: np.ndarray, like):
    """An array on the default device; a random key where ``like`` is one."""
    array = jnp.asarray(array)
    return (
        jax.random.wrap_key_data(array, impl=jax.random.key_impl(like)) if is_key(like) else array
    )


def _flat(tree) -> dict[str, np.ndarray]:
    leaves, _ = jax.tree_util.tree_flatten_with_path(tree)
    return {jax.tree_util.keystr(path): to_numpy(leaf) for path, leaf in leaves}


def save(path: str | pathlib.Path, tree, **meta) -> None:
    """Writes the arrays of ``tree`` and some JSON-able facts.

    The file appears whole or not at all: it is written beside its place, then renamed.

    Args:
      path: the file, usually ``something.npz``. Its folder is made if need be.
      tree: any pytree of arrays, for example ``nnx.to_pure_dict(nnx.state(model))``.
      **meta: what else to keep; :func:`load` returns it.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with open(part, "wb") as file:
        np.savez(file, **_flat(tree), **{_META: np.array(json.dumps(meta))})
    os.replace(part, path)


def load(path: str | pathlib.Path, like) -> tuple:
    """Reads a file that :func:`save` wrote.

    Args:
      path: the file.
      like: a pytree of arrays with the structure and shapes that are wanted.

    Returns:
      A tree as ``like`` with the saved arrays (NumPy), and the facts saved beside it.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if the file is no checkpoint, or one of another model: the message names the
        first array that is missing, left over, or of another shape.
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise FileNotFoundError(f"There is no checkpoint at {path}. Train first, or mend the path.")
    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            saved = {name: file[name] for name in file.files}
        meta = json.loads(str(saved.pop(_META)))
    except Exception as error:
        raise ValueError(
            f"{path} is not a checkpoint of this library, or is cut short ({error})."
        ) from None
    wanted = _flat(like)
    for name in [*wanted, *saved]:
        if name not in saved:
            problem = f"it lacks {name}"
        elif name not in wanted:
            problem = f"it holds {name}, which this model does not have"
        elif saved[name].shape != wanted[name].shape:
            problem = f"{name} has shape {saved[name].shape} there, {wanted[name].shape} here"
        else:
            continue
        raise ValueError(
            f"{path} belongs to another model: {problem}. Build the model with the sizes it was "
            f"saved with, or use another path."
        )
    leaves, structure = jax.tree_util.tree_flatten_with_path(like)
    arrays = [saved[jax.tree_util.keystr(name)] for name, _ in leaves]
    return jax.tree_util.tree_unflatten(structure, arrays), meta


def save_model(path: str | pathlib.Path, model: nnx.Module) -> None:
    """Writes a model's weights.

    Args:
      path: the file.
      model: any NNX module.

    Example:
      >>> import pathlib, tempfile
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> file = pathlib.Path(tempfile.mkdtemp(), "model.npz")
      >>> save_model(file, seq2seq(Seq2SeqConfig(7, 9), rngs=nnx.Rngs(0)))
      >>> load_model(file, seq2seq(Seq2SeqConfig(7, 11), rngs=nnx.Rngs(1)))  # doctest: +ELLIPSIS
      Traceback (most recent call last):
      ValueError: ...belongs to another model: ['decoder']['embedding']['embedding'] has shape...
    """
    save(path, nnx.to_pure_dict(nnx.state(model)))


def load_model(path: str | pathlib.Path, model: nnx.Module) -> nnx.Module:
    """Reads weights into ``model``, which must have the sizes they were saved with.

    Args:
      path: a file of :func:`save_model`.
      model: is changed in place.

    Returns:
      The same model.

    Raises:
      FileNotFoundError, ValueError: as :func:`load`.
    """
    state = nnx.state(model)
    arrays, _ = load(path, nnx.to_pure_dict(state))
    arrays = jax.tree.map(from_numpy, arrays, nnx.to_pure_dict(state))
    nnx.replace_by_pure_dict(state, arrays)
    nnx.update(model, state)
    return model
