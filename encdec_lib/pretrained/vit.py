r"""Real pretrained weights: a Vision Transformer from a file into
:mod:`~encdec_lib.models.vision_transformer`.

The model is ViT-B/16 of Dosovitskiy et al. (2021), trained by its authors on 14 million pictures
of ImageNet-21k and then on the 1000 classes of ImageNet; Hugging Face's hub has it as
``google/vit-base-patch16-224``. Online, four lines name what is in a picture::

    model = load_vit(fetch_vit())
    probabilities = classify(model, np.asarray(prepare(pictures)))
    names = classes()
    print([names[best] for best in probabilities.argmax(axis=1)])

Shape letters: B batch, (H, W, C) image, P side of a patch, M patches, T = M + 1, D width, F inner
width, V classes.
"""

import dataclasses
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from safetensors import SafetensorError, safe_open

from encdec_lib.models.vision_transformer import ViT, ViTConfig, vit
from encdec_lib.pretrained.hub import NAME as NAME
from encdec_lib.pretrained.hub import classes as classes
from encdec_lib.pretrained.hub import fetch_vit as fetch_vit
from encdec_lib.pretrained.positions import resized_positions
from encdec_lib.pretrained.preprocessing import prepare as prepare
from encdec_lib.pretrained.unreadable import why_unreadable
from encdec_lib.pretrained.vit_layout import check_shapes, config_from_shapes, file_layout


def load_vit(path: str | pathlib.Path, heads: int | None = None, side: int | None = None) -> ViT:
    """Reads a Vision Transformer from a safetensors file.

    The names and shapes of the arrays are those of ``ViTForImageClassification`` in Hugging
    Face's ``transformers``; all sizes follow from the shapes. A matrix is stored there as
    (out, in) and is transposed; the kernel of the patches (D, C, P, P) becomes (P²C, D). Numbers
    of 16 bits become float32. A pooler, which some files have, is left out: it is a layer on top
    of the class token which classification does not use.

    Args:
      path: the file, see :func:`~encdec_lib.pretrained.hub.fetch_vit`.
      heads: H, the one size which no shape shows. If None, heads are 64 wide, as in ViT-Ti, -S,
        -B and -L (ViT-H, with D = 1280, has 16).
      side: H = W of the images, if they are to be of another size than those that the model was
        trained with; the patches are as large as before, and the learned positions between are
        interpolated (:func:`~encdec_lib.pretrained.positions.resized_positions`), as
        ``interpolate_pos_encoding=True`` does in ``transformers``. Give the same to
        :func:`~encdec_lib.pretrained.preprocessing.prepare`.

    Returns:
      The model in evaluation mode, with class token, exact GELU and epsilon 1e-12.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it is no safetensors file, is cut short, belongs to another model, or has
        numbers that are not finite; the message names the file and the first array at fault. Or
        if the patches do not divide ``side``.

    Example:
      >>> load_vit("nowhere.safetensors")
      Traceback (most recent call last):
      FileNotFoundError: There is no file nowhere.safetensors. fetch_vit() downloads one; or mend...

    Reference:
      Dosovitskiy et al. (2021), An Image is Worth 16x16 Words, arXiv:2010.11929, Table 1.
    """
    path = pathlib.Path(path).expanduser()
    if not path.exists():
        raise FileNotFoundError(
            f"There is no file {path}. fetch_vit() downloads one; or mend the path."
        )
    if path.is_dir():
        raise ValueError(f"{path} is a folder. Give the file in it, such as model.safetensors.")
    try:
        with safe_open(path, framework="np") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}
            config = config_from_shapes(path, shapes, heads)
            layout = file_layout(config)
            check_shapes(path, shapes, {name: shape for name, (_, shape) in layout.items()})
            arrays = {
                own: jnp.asarray(_transposed(_as_float32(path, name, file.get_tensor(name))))
                for name, (own, _) in layout.items()
            }
    except SafetensorError as error:
        raise ValueError(
            f"{path} cannot be read as a safetensors file: {why_unreadable(path, error)}. Delete "
            f"it and download it again."
        ) from None
    if side is not None and side != config.side:
        config, arrays = _of_side(side, config, arrays)
    return _filled(config, arrays)


def _of_side(side: int, config: ViTConfig, arrays: dict[str, jax.Array]) -> tuple:
    """Sizes and arrays of the model that sees images of another size."""
    if side < config.patch or side % config.patch:
        raise ValueError(
            f"side must be a multiple of the file's patches, which are {config.patch} wide; got "
            f"{side}."
        )
    grid, name = side // config.patch, "encoder.positions"
    config = dataclasses.replace(config, side=side)
    return config, arrays | {name: jnp.asarray(resized_positions(arrays[name], grid, first=1))}


def _filled(config: ViTConfig, arrays: dict[str, jax.Array]) -> ViT:
    """The model with arrays by their path in it; no numbers are drawn first."""
    model = nnx.eval_shape(lambda: vit(config, rngs=nnx.Rngs(0)))
    state = nnx.state(model)
    leaves, structure = jax.tree_util.tree_flatten_with_path(nnx.to_pure_dict(state))
    paths = [".".join(str(key.key) for key in keys) for keys, _ in leaves]
    filled = jax.tree_util.tree_unflatten(structure, [arrays[path] for path in paths])
    nnx.replace_by_pure_dict(state, filled)
    nnx.update(model, state)
    return model


def _as_float32(path, name, array) -> np.ndarray:
    """The array as float32, all of it finite."""
    if not jnp.issubdtype(array.dtype, jnp.floating):
        raise ValueError(
            f"{path}: {name} must be of floating-point numbers; got {array.dtype}. Files with "
            f"quantised weights cannot be loaded: choose the model's plain file."
        )
    array = np.asarray(array, np.float32)
    if bad := int((~np.isfinite(array)).sum()):
        raise ValueError(
            f"{path}: {name} must be finite; {bad:,} of its {array.size:,} numbers are NaN or "
            f"infinite. The file is damaged, or its training failed: download it again."
        )
    return array


def _transposed(array: np.ndarray) -> np.ndarray:
    """A matrix from (out, in) to (in, out); the kernel of the patches (D, C, P, P) to (P²C, D)."""
    if array.ndim == 4:
        return array.transpose(2, 3, 1, 0).reshape(-1, len(array))
    return array.T if array.ndim == 2 else array
