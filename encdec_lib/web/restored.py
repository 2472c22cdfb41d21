"""A model of Flax again, out of the bytes that a page carries."""

from typing import Any

import numpy as np
from flax import nnx

from encdec_lib.web.export import Exported
from encdec_lib.web.parts import parts_of


def restored(exported: Exported, model: nnx.Module) -> Any:
    r"""Gives a model the weights that the page computes with.

    A matrix of whole numbers Q with a scale for each column becomes
    :math:`W_{io} = \mathrm{scale}_o\, Q_{io}`. Exported once more, it gives the same bytes.

    Args:
      exported: what :func:`~encdec_lib.web.export.export_model` gave for such a model, of any
        ``dtype``. Batch normalisation, which an export folds in, cannot be taken out again.
      model: of the same kind and sizes. Its weights are replaced.

    Returns:
      ``model``.

    Raises:
      ValueError: if the two are not of one kind, or do not have the same parameters in the same
        shapes; the message names the first that differs.

    Example:
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> from encdec_lib.web import export_model
      >>> small = export_model(seq2seq(Seq2SeqConfig(7, 9), rngs=nnx.Rngs(0)), "int8")
      >>> again = restored(small, seq2seq(Seq2SeqConfig(7, 9), rngs=nnx.Rngs(1)))
      >>> export_model(again, "int8").data == small.data
      True
    """
    (encoder, _), (decoder, _) = parts_of(model)
    if (encoder, decoder) != (exported.encoder, exported.decoder):
        raise ValueError(
            f"model must have the encoder {exported.encoder!r} and the decoder "
            f"{exported.decoder!r}, as what was exported; got {encoder!r} and {decoder!r}."
        )
    state = nnx.state(model, nnx.Param)
    pure = nnx.to_pure_dict(state)
    places = dict(_leaves(pure))
    shapes = {path: tree[key].shape for path, (tree, key) in places.items()}
    held = {path: tuple(entry["shape"]) for path, entry in exported.manifest.items()}
    for path in sorted(held.keys() | shapes.keys()):
        if held.get(path) != shapes.get(path):
            raise ValueError(
                f"model must have the parameters of what was exported; {path} has the shape "
                f"{held.get(path)} there and {shapes.get(path)} here. Build it with the same sizes."
            )
    for path, (tree, key) in places.items():
        tree[key] = weights_at(exported, path)
    nnx.replace_by_pure_dict(state, pure)
    nnx.update(model, state)
    return model


def weights_at(exported: Exported, path: str) -> np.ndarray:
    """One parameter as float32.

    Args:
      exported: a model.
      path: of the parameter, a key of its manifest.
    """
    entry = exported.manifest[path]
    shape = entry["shape"]

    def read(start: int, dtype: str, count: int) -> np.ndarray:
        little = np.dtype(dtype).newbyteorder("<")
        return np.frombuffer(exported.data, little, count, start).astype(np.float32)

    numbers = read(entry["offset"], entry["dtype"], int(np.prod(shape))).reshape(shape)
    return numbers * read(entry["scale"], "float32", shape[-1]) if "scale" in entry else numbers


def _leaves(tree: dict, path: tuple[str, ...] = ()):
    """Each parameter's path, with the dictionary that holds it and its key there."""
    for key, branch in tree.items():
        here = (*path, str(key))
        if isinstance(branch, dict):
            yield from _leaves(branch, here)
        else:
            yield ".".join(here), (tree, key)
