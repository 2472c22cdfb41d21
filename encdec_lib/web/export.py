"""A trained model as bytes that a page can carry, and the same model as the page will see it."""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from flax import nnx

DTYPES = ("float16", "int8")
_GRU = ("W_in", "W_rec", "b_in", "b_rec")
_OUTPUT = ("decoder.output.kernel", "decoder.output.bias")
_EMBEDDINGS = ("encoder.embedding.embedding", "decoder.embedding.embedding")

#: The parameters of every kind of model that ``engine.js`` runs.
KINDS = {
    "seq2seq": frozenset(
        [*_EMBEDDINGS, *_OUTPUT]
        + [f"{part}.rnn.{name}" for part in ("encoder", "decoder") for name in _GRU]
    ),
    "bahdanau": frozenset(
        [*_EMBEDDINGS, *_OUTPUT, "decoder.initial.kernel", "decoder.initial.bias"]
        + [f"decoder.attention.{name}" for name in ("W_query", "W_key", "v")]
        + [
            f"{rnn}.{name}"
            for rnn in ("encoder.rnn.forward", "encoder.rnn.backward", "decoder.rnn")
            for name in _GRU
        ]
    ),
}


class Exported(NamedTuple):
    """A model for the page. ``_asdict()`` is what ``loadModel`` of ``engine.js`` takes."""

    kind: str  # "seq2seq" or "bahdanau"
    manifest: dict[str, dict[str, Any]]  # path -> offset in bytes, shape, dtype
    data: bytes  # all parameters, one after another, little-endian
    settings: dict[str, Any]  # what the weights do not say, such as the reading direction


def export_model(model: nnx.Module, dtype: str = "float16") -> Exported:
    """Packs the parameters of a trained model for ``engine.js``.

    ``float16`` keeps 11 significant bits, enough to leave the answers of the models of this
    book as they are. ``int8`` halves the bytes again: each matrix W becomes whole numbers Q
    with one scale a column, ``W[i, o] ≈ scale[o] Q[i, o]``; vectors stay float16.

    Args:
      model: built by :func:`encdec_lib.models.seq2seq.seq2seq` or
        :func:`encdec_lib.models.bahdanau_attention.bahdanau`, of any size.
      dtype: ``"float16"`` or ``"int8"``.

    Returns:
      The :class:`Exported` model. ``len(exported.data)`` is what it adds to the page, times
      4/3 before compression.

    Raises:
      TypeError: if ``model`` is not a Flax NNX module.
      ValueError: if ``dtype`` is another, the engine does not know the model's parameters, or
        a parameter is not finite or too large for float16.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(7, 9, embed_dim=2, state_dim=4), rngs=nnx.Rngs(0))
      >>> exported = export_model(model)
      >>> exported.kind, exported.manifest["decoder.output.kernel"]["shape"], len(exported.data)
      ('seq2seq', [4, 9], 540)
    """
    parameters = _parameters(model)
    kind = _kind(parameters)
    manifest, pieces, offset = {}, [], 0

    def append(array):  # starts at a multiple of 4, where a Float32Array may look at it
        nonlocal offset
        start, raw = offset, array.tobytes()
        pieces.append(raw + b"\0" * (-len(raw) % 4))
        offset += len(pieces[-1])
        return start

    for path in sorted(parameters):
        array, scale = _pack(path, parameters[path], dtype)
        entry = {"offset": append(array), "shape": list(array.shape), "dtype": array.dtype.name}
        if scale is not None:
            entry["scale"] = append(scale)
        manifest[path] = entry
    settings = {"reverse_source": bool(getattr(model.encoder.rnn, "reverse", False))}
    return Exported(kind, manifest, b"".join(pieces), settings)


def rounded(model: nnx.Module, dtype: str = "float16") -> nnx.Module:
    """The model as the page sees it: a copy whose weights went through :func:`export_model`.

    Args:
      model: as for :func:`export_model`; it is left as it was.
      dtype: as for :func:`export_model`.

    Returns:
      A Flax model of the same class, with float32 weights that ``dtype`` can hold.

    Raises:
      TypeError, ValueError: as :func:`export_model`.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(7, 9, embed_dim=2, state_dim=4), rngs=nnx.Rngs(0))
      >>> bool((rounded(model).decoder.output.bias[...] == model.decoder.output.bias[...]).all())
      True
    """
    _kind(_parameters(model))
    graph, params, rest = nnx.split(model, nnx.Param, ...)

    def walk(tree, path):
        if isinstance(tree, dict):
            return {key: walk(branch, (*path, str(key))) for key, branch in tree.items()}
        array, scale = _pack(".".join(path), np.asarray(tree), dtype)
        return jnp.asarray(array.astype(np.float32) * (1 if scale is None else scale))

    pure = walk(nnx.to_pure_dict(params), ())
    nnx.replace_by_pure_dict(params, pure)
    return nnx.merge(graph, params, rest)


def _parameters(model) -> dict[str, np.ndarray]:
    """Path ``"decoder.rnn.W_in"`` to array, for every parameter of the model."""
    if not isinstance(model, nnx.Module):
        raise TypeError(
            f"model must be a Flax NNX module, as seq2seq(...) and bahdanau(...) build it; "
            f"got {type(model).__name__}."
        )
    flat = {}

    def walk(tree, path):
        for key, branch in tree.items():
            if isinstance(branch, dict):
                walk(branch, (*path, str(key)))
            else:
                flat[".".join((*path, str(key)))] = np.asarray(branch)

    walk(nnx.to_pure_dict(nnx.state(model, nnx.Param)), ())
    return flat


def _kind(parameters) -> str:
    """Which of the engine's models has exactly these parameters."""
    for kind, paths in KINDS.items():
        if paths == set(parameters):
            return kind
    nearest = min(KINDS, key=lambda kind: len(KINDS[kind] ^ set(parameters)))
    missing, unknown = KINDS[nearest] - set(parameters), set(parameters) - KINDS[nearest]
    differs = [f"lacks {sorted(missing)[0]}"] if missing else []
    differs += [f"has {sorted(unknown)[0]} besides"] if unknown else []
    raise ValueError(
        f"model must have the parameters of one of {', '.join(KINDS)} (GRU layers); the nearest "
        f"is {nearest}, but this one {' and '.join(differs)}. Teach encdec_lib/web/engine.js the "
        f"new model, or export one it knows."
    )


def _pack(path, array, dtype) -> tuple[np.ndarray, np.ndarray | None]:
    """One parameter in its small type and, for int8, the scale of each column."""
    if dtype not in DTYPES:
        raise ValueError(f"dtype must be one of {', '.join(DTYPES)}; got {dtype!r}.")
    array = array.astype(np.float32)
    if not np.isfinite(array).all():
        raise ValueError(
            f"model must have finite weights; {path} holds {array[~np.isfinite(array)][0]}. "
            f"Did training diverge?"
        )
    limit = float(np.finfo(np.float16).max)
    if np.abs(array).max() > limit:
        raise ValueError(
            f"model must have weights up to {limit:.0f}, the largest float16; {path} holds "
            f"{np.abs(array).max():.4g}. Did training diverge?"
        )
    if dtype == "float16" or array.ndim < 2:
        return array.astype("<f2"), None
    scale = np.maximum(np.abs(array).max(axis=0), 1e-12).astype("<f4") / np.float32(127)
    return np.rint(array / scale).astype(np.int8), scale.astype("<f4")
