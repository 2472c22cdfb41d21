"""Checkpoints: one safetensors file with every array by its path, and facts as JSON beside them."""

import json
import pathlib
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import safetensors
import safetensors.numpy
from flax import nnx

from encdec_lib.runtime.files import write_whole

_NOT_RANDOM = nnx.Not(nnx.RngState)
# Where the weights stand in a training's checkpoint, see `resuming.saved_arrays`.
_BEST, _LAST = ("['best']",), ("['params']", "['frozen']", "['rest']")
_FACTS = "encdec_lib"  # the entry of the file's metadata that makes it a checkpoint of ours


def is_key(leaf: Any) -> bool:
    """Whether an array is the key of a random stream."""
    return isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def to_numpy(leaf: Any) -> np.ndarray:
    """An array's numbers; those behind it, if it is a random key."""
    return np.asarray(jax.random.key_data(leaf) if is_key(leaf) else leaf)


def from_numpy(array: np.ndarray, like: Any) -> Any:
    """An array on the default device; a random key where ``like`` is one."""
    numbers = jnp.asarray(array)
    if is_key(like):
        return jax.random.wrap_key_data(numbers, impl=jax.random.key_impl(like))
    return numbers


def save(path: str | pathlib.Path, tree: Any, **meta: Any) -> None:
    """Writes the arrays of ``tree`` and some JSON-able facts.

    The file appears whole or not at all: it is written beside its place, then renamed. Other
    programs can read it as well; the facts stand in its metadata.

    Args:
      path: the file, usually ``something.safetensors``. Its folder is made if need be.
      tree: any pytree of arrays, for example ``nnx.to_pure_dict(nnx.state(model))``. A random
        key is kept as its numbers.
      **meta: what else to keep; :func:`load` returns it.

    Raises:
      ValueError: if an array has a dtype which such a file cannot hold.
    """
    arrays = _arrays_by_path(tree)
    try:
        content = safetensors.numpy.save(arrays, {_FACTS: json.dumps(meta)})
    except safetensors.SafetensorError as error:
        raise ValueError(f"tree has an array that a checkpoint cannot hold: {error}.") from None
    write_whole(path, content)


def facts(path: str | pathlib.Path) -> dict[str, Any]:
    """What stands beside the arrays of a file that :func:`save` wrote; no array is read.

    Args:
      path: the file.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if the file is no checkpoint.
    """
    return _read(path, arrays=False)[1]


def load(path: str | pathlib.Path, like: Any) -> tuple:
    """Reads a file that :func:`save` wrote.

    Args:
      path: the file.
      like: a pytree of arrays with the structure, shapes and dtypes that are wanted.

    Returns:
      A tree as ``like`` with the saved arrays (NumPy), and the facts saved beside it.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if the file is no checkpoint, or one of another model: the message names the
        first array that is missing, left over, or of another shape or dtype.
    """
    saved, meta = _read(path)
    return _in_the_form_of(like, saved, path), meta


def _in_the_form_of(like, saved: dict[str, np.ndarray], path) -> Any:
    """The saved arrays as a tree like the one that is wanted."""
    wanted = _arrays_by_path(like)
    for name in [*wanted, *saved]:
        if problem := _difference(name, saved, wanted):
            raise ValueError(
                f"{path} belongs to another model: {problem}. Build the model with the sizes and "
                f"dtypes it was saved with, or use another path."
            )
    leaves, structure = jax.tree_util.tree_flatten_with_path(like)
    arrays = [saved[jax.tree_util.keystr(name)] for name, _ in leaves]
    return jax.tree_util.tree_unflatten(structure, arrays)


def _arrays_by_path(tree) -> dict[str, np.ndarray]:
    """Every array of a tree by its path, row by row in memory as the file wants them."""
    leaves, _ = jax.tree_util.tree_flatten_with_path(tree)
    return {
        jax.tree_util.keystr(path): np.asarray(to_numpy(leaf), order="C") for path, leaf in leaves
    }


def _read(path: str | pathlib.Path, arrays: bool = True) -> tuple[dict[str, np.ndarray], dict]:
    """The arrays and the facts of a checkpoint."""
    path = pathlib.Path(path).expanduser()
    if not path.exists():
        raise FileNotFoundError(f"There is no checkpoint at {path}. Train first, or mend the path.")
    with open(path, "rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
    if is_zip:
        raise ValueError(
            f"{path} is a zip archive, such as the checkpoints (.npz) that version 0.1 of this "
            f"library wrote. They are no longer read: train again, or use another path."
        )
    try:
        with safetensors.safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            saved = {name: file.get_tensor(name) for name in file.keys() if arrays}
    except safetensors.SafetensorError as error:
        raise ValueError(
            f"{path} is not a checkpoint of this library, or is cut short ({error}). Delete it "
            f"and train again, or use another path."
        ) from None
    if _FACTS not in metadata:
        raise ValueError(
            f"{path} is not a checkpoint of this library, but a safetensors file of another "
            f"program. Use another path."
        )
    return saved, json.loads(metadata[_FACTS])


def _difference(name: str, saved: dict, wanted: dict) -> str | None:
    """What makes an array of the file other than the one wanted; None if nothing does."""
    if name not in saved:
        return f"it lacks {name}"
    if name not in wanted:
        return f"it holds {name}, which this model does not have"
    there, here = saved[name], wanted[name]
    if there.shape != here.shape:
        return f"{name} has shape {there.shape} there, {here.shape} here"
    if there.dtype != here.dtype:
        return f"{name} is {there.dtype} there, {here.dtype} here"
    return None


def weights_of(model: nnx.Module) -> dict:
    """What a model computes with: all it keeps but its random streams, as nested dictionaries."""
    return nnx.to_pure_dict(nnx.state(model, _NOT_RANDOM))


def put_arrays(model: nnx.Module, arrays: dict) -> None:
    """Gives a model other weights, such as :func:`weights_of` takes out of one."""
    state = nnx.state(model, _NOT_RANDOM)
    nnx.replace_by_pure_dict(state, arrays)
    nnx.update(model, state)


def save_model(path: str | pathlib.Path, model: nnx.Module) -> None:
    """Writes a model's weights, and its running statistics if it keeps any.

    Random streams (of dropout) are no weights and are left out: a model that was trained with
    dropout can be loaded into the same model without it.

    Args:
      path: the file; ``~`` is the user's home.
      model: any NNX module.

    Raises:
      ValueError: as :func:`~encdec_lib.train.checkpoint.save`.

    Example:
      >>> import pathlib, tempfile
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> file = pathlib.Path(tempfile.mkdtemp(), "model.safetensors")
      >>> save_model(file, seq2seq(Seq2SeqConfig(7, 9), rngs=nnx.Rngs(0)))
      >>> load_model(file, seq2seq(Seq2SeqConfig(7, 11), rngs=nnx.Rngs(1)))  # doctest: +ELLIPSIS
      Traceback (most recent call last):
      ValueError: ...belongs to another model: ['decoder']['embedding']['embedding'] has shape...
    """
    save(path, weights_of(model))


def load_model(path: str | pathlib.Path, model: nnx.Module) -> nnx.Module:
    """Reads weights into ``model``, which must have the sizes they were saved with.

    Args:
      path: a file of :func:`save_model`, or a checkpoint that
        :func:`~encdec_lib.train.loop.fit` wrote: its best weights where it kept them
        (``best=``), else its last.
      model: is changed in place; its random streams stay its own.

    Returns:
      The same model.

    Raises:
      FileNotFoundError, ValueError: as :func:`~encdec_lib.train.checkpoint.load`.
    """
    saved, meta = _read(path)
    like = weights_of(model)
    if "losses" in meta:  # of a training
        parts = _BEST if any(name.startswith(_BEST) for name in saved) else _LAST
        saved = {
            name[name.index("]") + 1 :]: array
            for name, array in saved.items()
            if name.startswith(parts)
        }
    else:  # files from before random streams were left out have them
        known = _arrays_by_path(like)
        saved = {n: array for n, array in saved.items() if n in known or "['rngs']" not in n}
    arrays = _in_the_form_of(like, saved, path)
    put_arrays(model, jax.tree.map(from_numpy, arrays, like))
    return model
