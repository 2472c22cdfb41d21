"""A model's parameters by their paths: which are matrices, and which are to stay as they are."""

from collections.abc import Callable, Iterable
from typing import Any

import jax
from flax import nnx
from jaxtyping import Array

#: What ``fit(freeze=...)`` takes: the beginning of a path, several, or ``(path, array) -> bool``.
Freeze = str | Iterable[str] | Callable[[str, Array], bool]

# Last names of parameters with two or more axes that are no matrices: they are looked up or added.
NO_MATRICES = frozenset(
    "bias scale embedding table positions class_token "  # of this library and of flax
    "pos_embed pos_embedding position_embedding cls_token".split()  # of others
)


def matrices(params: Any) -> Any:
    """Which parameters are matrices, and so which weight decay shrinks.

    Those with two or more axes that take a vector to another one: kernels of linear layers,
    convolutions and recurrent ones. Biases, scales of norms, embeddings, positions and class tokens
    are none; they are told by their last name.

    Args:
      params: a pytree of arrays with names, such as ``nnx.state(model, nnx.Param)``.

    Returns:
      The same tree with True and False, as a mask for optax.

    Example:
      >>> from flax import nnx
      >>> layer = nnx.Linear(5, 3, rngs=nnx.Rngs(0))
      >>> mask = nnx.to_pure_dict(matrices(nnx.state(layer, nnx.Param)))
      >>> mask["kernel"], mask["bias"]
      (True, False)

    Reference:
      Loshchilov & Hutter (2019), Decoupled Weight Decay Regularization, arXiv:1711.05101, is about
      the decay; that norms and biases are left out is custom since He et al. (2018),
      arXiv:1812.01187, section 3.1.
    """

    def is_matrix(keys, array) -> bool:
        return array.ndim >= 2 and _path(keys).rpartition(".")[2] not in NO_MATRICES

    return jax.tree_util.tree_map_with_path(is_matrix, params)


def trainable(model: nnx.Module, freeze: Freeze | None) -> tuple[Any, list[str]]:
    """The parameters that training moves.

    Args:
      model: any NNX module.
      freeze: what is to stay, see :func:`~encdec_lib.train.loop.fit`; None: nothing.

    Returns:
      A filter of ``nnx`` for those that move, and the paths of those that stay.

    Raises:
      ValueError: if ``freeze`` meets no parameter, or every one.

    Example:
      >>> from flax import nnx
      >>> trainable(nnx.Linear(5, 3, rngs=nnx.Rngs(0)), "bias")[1]
      ['bias']
    """
    if freeze is None:
        return nnx.Param, []
    flat = nnx.to_flat_state(nnx.state(model, nnx.Param))
    arrays = {".".join(map(str, path)): variable[...] for path, variable in flat}
    if callable(freeze):
        frozen = {path for path, array in arrays.items() if freeze(path, array)}
        if not frozen:
            raise ValueError(
                f"freeze must be true of some parameter; it is of none of {_listed(arrays)}."
            )
    else:
        frozen = set()
        for prefix in [freeze] if isinstance(freeze, str) else freeze:
            frozen |= _below(prefix, arrays)
    if len(frozen) == len(arrays):
        raise ValueError(
            f"freeze must leave something to train; got all {len(arrays)} parameters of the model."
        )
    moves = nnx.All(nnx.Param, lambda path, _: ".".join(map(str, path)) not in frozen)
    return moves, sorted(frozen)


def _path(keys) -> str:
    """A leaf's path with dots; a variable's own attribute below its name is left out."""
    names = [getattr(key, "key", getattr(key, "idx", None)) for key in keys]
    return ".".join(str(name) for name in names if name is not None)


def _below(prefix: str, arrays: dict) -> set[str]:
    """The paths that begin with a prefix, whole names counted."""
    if not isinstance(prefix, str):
        raise ValueError(
            f"freeze must be a path, several, or a function of (path, array); got {prefix!r}."
        )
    found = {path for path in arrays if f"{path}.".startswith(f"{prefix}.")}
    if prefix and found:
        return found
    known, names = prefix.split("."), set()
    while known and not names:  # the names below the longest beginning that there is
        known.pop()
        start = "".join(f"{name}." for name in known)
        names = {
            start + path.removeprefix(start).split(".")[0]
            for path in arrays
            if path.startswith(start)
        }
    raise ValueError(
        f"freeze names {prefix!r}, and no parameter's path begins so; there are "
        f"{_listed(names) or 'none'}."
    )


def _listed(names: Iterable[str]) -> str:
    """The names, or the first of many."""
    names = sorted(names)
    rest = len(names) - 12
    return ", ".join(names[:12]) + (f" and {rest} more" if rest > 0 else "")
