"""A trained model as bytes that a page can carry, and the same model as the page will see it.

``engine.js`` knows some encoders and some decoders, which :mod:`encdec_lib.web.parts` tells by
their classes; any encoder it knows runs with any decoder it knows. Batch normalisation is folded
into the convolution before it, as evaluation mode allows.
"""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.layers.convolution import ConvBlock
from encdec_lib.web.parts import parts_of

DTYPES = ("float16", "int8", "float32")


class Exported(NamedTuple):
    """A model for the page. ``_asdict()`` is what ``loadModel`` of ``engine.js`` takes."""

    encoder: str  # its name in engine.js
    decoder: str  # its name in engine.js
    manifest: dict[str, dict[str, Any]]  # path -> offset in bytes, shape, dtype
    data: bytes  # all parameters, one after another, little-endian
    settings: dict[str, dict[str, Any]]  # of "encoder" and "decoder": what the weights do not say


def export_model(model: nnx.Module, dtype: str = "float16") -> Exported:
    """Packs the parameters of a trained model for ``engine.js``.

    ``float16`` keeps 11 significant bits, enough to leave the answers of the models of this
    book as they are. ``int8`` halves the bytes again: each matrix W becomes whole numbers Q
    with one scale a column, ``W[i, o] ≈ scale[o] Q[i, o]``, and each convolution has one scale
    an output channel; vectors stay float16. ``float32`` keeps every bit, so that the page trains
    from the same numbers. Batch normalisation is folded in, see
    :func:`~encdec_lib.web.export.folded`.

    Args:
      model: an :class:`~encdec_lib.encoding.EncoderDecoder` of any size whose encoder is one
        of ``ENCODERS`` and whose decoder is one of ``DECODERS`` of :mod:`encdec_lib.web.parts`;
        or a :class:`~encdec_lib.models.vision_transformer.ViT`, whose last layer then counts as
        its decoder.
      dtype: ``"float16"``, ``"int8"`` or ``"float32"``.

    Returns:
      The :class:`Exported` model. ``len(exported.data)`` is what it adds to the page, times
      4/3 before compression.

    Raises:
      TypeError: if ``model`` is not a Flax NNX module.
      ValueError: if ``dtype`` is another, the engine does not know the class of the model or of
        something in it, or a parameter is not finite or too large for float16.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(7, 9, embed_dim=2, state_dim=4), rngs=nnx.Rngs(0))
      >>> exported = export_model(model)
      >>> exported.encoder, exported.decoder, len(exported.data)
      ('rnn', 'rnn', 540)
      >>> exported.manifest["decoder.output.kernel"]["shape"]
      [4, 9]
    """
    (encoder, reads), (decoder, writes) = parts_of(_checked(model))
    parameters = _parameters(model)
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
    settings = {"encoder": reads, "decoder": writes}
    return Exported(encoder, decoder, manifest, b"".join(pieces), settings)


def rounded(model: nnx.Module, dtype: str = "float16") -> Any:
    """The model as the page sees it: a copy whose weights went through :func:`export_model`.

    Args:
      model: as for :func:`export_model`; it is left as it was.
      dtype: as for :func:`export_model`.

    Returns:
      A Flax model of the same class, folded, with float32 weights that ``dtype`` can hold.

    Raises:
      TypeError, ValueError: as :func:`export_model`.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> model = seq2seq(Seq2SeqConfig(7, 9, embed_dim=2, state_dim=4), rngs=nnx.Rngs(0))
      >>> bool((rounded(model).decoder.output.bias[...] == model.decoder.output.bias[...]).all())
      True
    """
    parts_of(_checked(model))
    norms = _norms(model)
    graph, params, rest = nnx.split(folded(model), nnx.Param, ...)

    def walk(tree, path):
        if isinstance(tree, dict):
            return {key: walk(branch, (*path, str(key))) for key, branch in tree.items()}
        if path[:-1] in norms:
            return tree
        array, scale = _pack(".".join(path), np.asarray(tree), dtype)
        return jnp.asarray(array.astype(np.float32) * np.float32(1 if scale is None else scale))

    pure = walk(nnx.to_pure_dict(params), ())
    nnx.replace_by_pure_dict(params, pure)
    return nnx.merge(graph, params, rest)


def folded(model: nnx.Module) -> nnx.Module:
    r"""A copy whose batch normalisations do nothing: the convolutions do their work.

    In evaluation mode the statistics are constants, so the two are one convolution:

    .. math:: \gamma\, \frac{(x * W + b) - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta = x * (W s) +
        (b - \mu)\, s + \beta, \qquad s = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}}

    Args:
      model: any module; every :class:`~encdec_lib.layers.convolution.ConvBlock` in it is folded.

    Returns:
      A copy which computes the same in evaluation mode, up to rounding.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> block = ConvBlock(1, 3, rngs=nnx.Rngs(0))
      >>> block.norm1.bias[...] = jnp.array([2.0, 0.0, -1.0])
      >>> folded(block).conv1.bias[...].tolist()
      [2.0, 0.0, -1.0]
    """
    model = nnx.clone(model)
    for _, block in nnx.iter_graph(model):
        if isinstance(block, ConvBlock):
            pairs: Any = ((block.conv1, block.norm1), (block.conv2, block.norm2))
            for conv, norm in pairs:
                scale = norm.scale[...] / jnp.sqrt(norm.var[...] + norm.epsilon)
                conv.kernel[...] = conv.kernel[...] * scale[None, None, None]
                conv.bias[...] = (conv.bias[...] - norm.mean[...]) * scale + norm.bias[...]
                norm.mean[...] = jnp.zeros_like(scale)
                norm.var[...] = jnp.full_like(scale, 1 - norm.epsilon)
                norm.scale[...] = jnp.ones_like(scale)
                norm.bias[...] = jnp.zeros_like(scale)
    return model


def check_dtype(dtype: Any) -> None:
    """Asks for one of the types that weights have in a page.

    Args:
      dtype: what was given.

    Raises:
      ValueError: if it is something else.

    Example:
      >>> check_dtype("float64")
      Traceback (most recent call last):
      ValueError: dtype must be one of float16, int8, float32; got 'float64'.
    """
    if dtype not in DTYPES:
        raise ValueError(f"dtype must be one of {', '.join(DTYPES)}; got {dtype!r:.60}.")


def _checked(model) -> nnx.Module:
    if not isinstance(model, nnx.Module):
        raise TypeError(
            f"model must be a Flax NNX module, as seq2seq(...), bahdanau(...) and unet(...) build "
            f"it; got {type(model).__name__}."
        )
    return model


def _norms(model) -> set[tuple[str, ...]]:
    """The paths of the batch normalisations that :func:`folded` empties."""
    return {
        (*map(str, path), name)
        for path, block in nnx.iter_graph(model)
        if isinstance(block, ConvBlock)
        for name in ("norm1", "norm2")
    }


def _parameters(model) -> dict[str, np.ndarray]:
    """Path ``"decoder.rnn.W_in"`` to array, for every parameter of the folded model."""
    flat, norms = {}, _norms(model)

    def walk(tree, path):
        for key, branch in tree.items():
            here = (*path, str(key))
            if isinstance(branch, dict):
                walk(branch, here)
            elif here[:-1] not in norms:
                flat[".".join(here)] = np.asarray(branch)

    walk(nnx.to_pure_dict(nnx.state(folded(model), nnx.Param)), ())
    # A classifier has no decoder; its last layer takes that place.
    return {
        f"decoder.{path}" if path.startswith("head.") else path: array
        for path, array in flat.items()
    }


def _pack(path, array, dtype) -> tuple[np.ndarray, np.ndarray | None]:
    """One parameter in its small type and, for int8, the scale of each column."""
    check_dtype(dtype)
    array = array.astype(np.float32)
    if not np.isfinite(array).all():
        raise ValueError(
            f"model must have finite weights; {path} holds {array[~np.isfinite(array)][0]}. "
            f"Did training diverge?"
        )
    if dtype == "float32":
        return array.astype("<f4"), None
    limit = float(np.finfo(np.float16).max)
    if np.abs(array).max() > limit:
        raise ValueError(
            f"model must have weights up to {limit:.0f}, the largest float16; {path} holds "
            f"{np.abs(array).max():.4g}. Did training diverge?"
        )
    if dtype == "float16" or array.ndim < 2:
        return array.astype("<f2"), None
    largest = np.abs(array).max(axis=tuple(range(array.ndim - 1)))
    scale = np.maximum(largest, 1e-12).astype("<f4") / np.float32(127)
    return np.rint(array / scale).astype(np.int8), scale.astype("<f4")
