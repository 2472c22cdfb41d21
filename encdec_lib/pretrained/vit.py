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

import json
import math
import os
import pathlib
import re

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, UInt8
from safetensors import SafetensorError, safe_open

from encdec_lib.models.vision_transformer import ViT, ViTConfig, vit
from encdec_lib.pretrained.download import download
from encdec_lib.runtime.compile_cache import cache_directory

NAME = "google/vit-base-patch16-224"
HUB = "https://huggingface.co"
MEAN, STD = 0.5, 0.5  # of every channel, in this model's preprocessor_config.json
HEAD_WIDTH = 64  # D / H of ViT-Ti, -S, -B and -L
OTHER_HEADS = {1280: 16}  # ViT-H, whose heads are 80 wide
EPSILON = 1e-12  # of layer normalisation, in this model's config.json
POOLER = "vit.pooler."

Pictures = Float[np.ndarray, "B H W C"] | UInt8[np.ndarray, "B H W C"] | Float[Array, "B H W C"]


def load_vit(path: str | pathlib.Path, heads: int | None = None) -> ViT:
    """Reads a Vision Transformer from a safetensors file.

    The names and shapes of the arrays are those of ``ViTForImageClassification`` in Hugging
    Face's ``transformers``; all sizes follow from the shapes. A matrix is stored there as
    (out, in) and is turned; the kernel of the patches (D, C, P, P) becomes (P²C, D). Numbers of
    16 bits become float32. A pooler, which some files have, is left out: it is a layer on top of
    the class token which classification does not use.

    Args:
      path: the file, see :func:`fetch_vit`.
      heads: H, the one size which no shape shows. If None, heads are 64 wide, as in ViT-Ti, -S,
        -B and -L (ViT-H, with D = 1280, has 16).

    Returns:
      The model in evaluation mode, with class token, exact GELU and epsilon 1e-12.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it is no safetensors file, is cut short, belongs to another model, or has
        numbers that are not finite; the message names the file and the first array at fault.

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
            config = _sizes(path, shapes, heads)
            wanted = _layout(config)
            _compare(path, shapes, {name: shape for name, (_, shape) in wanted.items()})
            arrays = {
                place: jnp.asarray(_turned(_numbers(path, name, file.get_tensor(name))))
                for name, (place, _) in wanted.items()
            }
    except SafetensorError as error:
        raise ValueError(
            f"{path} cannot be read as a safetensors file: {_what_it_is(path, error)}. Delete it "
            f"and download it again."
        ) from None
    model = nnx.eval_shape(lambda: vit(config, rngs=nnx.Rngs(0)))  # no numbers are drawn
    state = nnx.state(model)
    leaves, structure = jax.tree_util.tree_flatten_with_path(nnx.to_pure_dict(state))
    places = [".".join(str(key.key) for key in keys) for keys, _ in leaves]
    filled = jax.tree_util.tree_unflatten(structure, [arrays[place] for place in places])
    nnx.replace_by_pure_dict(state, filled)
    nnx.update(model, state)
    return model


def fetch_vit(name: str = NAME, folder: str | pathlib.Path | None = None) -> pathlib.Path:
    """Downloads a model's ``model.safetensors`` from Hugging Face's hub (346 MB), once.

    Args:
      name: ``owner/model`` on the hub.
      folder: where files are kept; the book's folder in the user's cache if None.

    Returns:
      The file's path, for :func:`load_vit`. A file that is there is not downloaded again.

    Raises:
      ConnectionError: if it cannot be had; the message has the address, and the place for a file
        that was fetched by other means.
      ValueError: if ``name`` is not ``owner/model``, or nothing is to be kept (``ENCDEC_CACHE``
        is ``off``) and no folder is given.
    """
    return _fetched(name, "model.safetensors", folder)


def classes(name: str = NAME, folder: str | pathlib.Path | None = None) -> list[str]:
    """The names of a model's classes, in the order of its logits, from its ``config.json``.

    Args:
      name: ``owner/model`` on the hub.
      folder: as for :func:`fetch_vit`.

    Returns:
      V names; the file is downloaded if it is not there.

    Raises:
      ConnectionError: as :func:`fetch_vit`.
      ValueError: as :func:`fetch_vit`; or if the file has no such names.
    """
    path = _fetched(name, "config.json", folder)
    try:
        table = json.loads(path.read_text(encoding="utf-8"))["id2label"]
        return [str(table[str(i)]) for i in range(len(table))]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} has no names of classes (id2label, with a name for each number from 0): "
            f"{type(error).__name__} {error}. Delete it, and it is downloaded again."
        ) from None


def prepare(images: Pictures, side: int = 224) -> Float[Array, "B S S 3"]:
    r"""Pictures as the model was trained to see them: one size, three colours, from -1 to 1.

    .. math:: x = (\mathrm{resize}(y) - 0.5) / 0.5

    A picture is stretched to a square, nothing is cut off. Where it gets smaller, a pixel is a
    weighted mean of all those it covers (a triangle as wide as two new pixels).

    Args:
      images: ``(B, H, W, C)`` of any size, C = 3, or 1 for grey: numbers from 0 to 1, or whole
        ones from 0 to 255 (uint8).
      side: of the result.

    Returns:
      ``(B, side, side, 3)``, float32.

    Raises:
      ValueError: for another number of axes or channels, or numbers beyond 0 and 1.

    Example:
      >>> import numpy as np
      >>> x = prepare(np.full((2, 28, 28, 1), 255, np.uint8))
      >>> x.shape, float(x.min()), float(x.max())
      ((2, 224, 224, 3), 1.0, 1.0)
    """
    if images.ndim != 4 or images.shape[3] not in (1, 3) or 0 in images.shape:
        raise ValueError(
            f"images must be (B, H, W, C) with C = 3, or 1 for grey; got {images.shape}. A single "
            f"one is image[None]; an alpha channel is cut off by images[..., :3]."
        )
    if side < 1:
        raise ValueError(f"side must be at least 1; got {side}.")
    whole = images.dtype == np.uint8
    if not whole and not (images.min() >= 0 and images.max() <= 1):  # NaN fails both
        raise ValueError(
            f"images must have numbers from 0 to 1, or be uint8 from 0 to 255; got "
            f"{images.min():.3g} to {images.max():.3g} of {images.dtype}."
        )
    x = jnp.asarray(images, jnp.float32) / (255 if whole else 1)
    x = jax.image.resize(x, (len(x), side, side, x.shape[3]), "linear", antialias=True)
    return jnp.broadcast_to((x - MEAN) / STD, (len(x), side, side, 3))


def _fetched(name, file, folder):
    if not re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name):
        raise ValueError(f"name must be owner/model, such as {NAME}; got {name!r}.")
    if folder is None:
        programs = cache_directory()
        if programs is None:
            raise ValueError(
                "ENCDEC_CACHE is off, so there is no place to keep a file: give folder=."
            )
        folder = programs.parent / "pretrained"
    hub = os.environ.get("HF_ENDPOINT", HUB).rstrip("/")  # of a mirror, as the hub's own client
    path = pathlib.Path(folder) / name.replace("/", "--") / file
    return download(f"{hub}/{name}/resolve/main/{file}", path)


def _sizes(path, shapes, heads) -> ViTConfig:
    """What the shapes say. They are compared with each other afterwards."""

    def shape(name, axes):
        if name not in shapes:
            raise ValueError(_another_model(path, f"it lacks {name}", shapes))
        if len(shapes[name]) != axes:
            raise ValueError(
                _another_model(path, f"{name} has {shapes[name]}, not {axes} axes", shapes)
            )
        return shapes[name]

    d_model, channels, patch, other = shape("vit.embeddings.patch_embeddings.projection.weight", 4)
    positions = shape("vit.embeddings.position_embeddings", 3)
    d_ff, _ = shape("vit.encoder.layer.0.intermediate.dense.weight", 2)
    num_classes, _ = shape("classifier.weight", 2)
    places = math.isqrt(max(positions[1] - 1, 0))
    if patch != other or places < 1 or places**2 != positions[1] - 1:
        raise ValueError(
            f"{path}: this model needs square patches and, for a square image, a square number of "
            f"positions and one for the class token; got patches of {patch}×{other} and "
            f"{positions[1]} positions. Models of other shapes cannot be loaded."
        )
    if heads is None:
        heads = OTHER_HEADS.get(d_model, d_model // HEAD_WIDTH)
        if heads * HEAD_WIDTH != d_model and d_model not in OTHER_HEADS:
            raise ValueError(
                f"{path}: vectors are {d_model} wide, and heads that are {HEAD_WIDTH} wide do not "
                f"divide them. Give heads=, from num_attention_heads in the model's config.json."
            )
    if heads < 1 or d_model % heads:
        raise ValueError(
            f"heads must divide the width of {path}, {d_model}; got heads = {heads}. It is "
            f"num_attention_heads in the model's config.json."
        )
    layers = {n[1] for name in shapes if (n := re.match(r"vit\.encoder\.layer\.(\d+)\.", name))}
    return ViTConfig(
        side=places * patch, patch=patch, in_channels=channels, num_classes=num_classes,
        d_model=d_model, heads=heads, d_ff=d_ff, layers=len(layers), pool="class",
        activation="gelu", epsilon=EPSILON,
    )  # fmt: skip


def _layout(config: ViTConfig) -> dict[str, tuple[str, tuple[int, ...]]]:
    """For every array of the file: its place in our model, and its shape in the file."""
    width, inner, patch = config.d_model, config.d_ff, config.patch
    wanted = {
        "vit.embeddings.cls_token": ("encoder.class_token", (1, 1, width)),
        "vit.embeddings.position_embeddings": (
            "encoder.positions",
            (1, config.patches + 1, width),
        ),
    }

    def linear(name, place, *shape):
        wanted[f"{name}.weight"] = f"{place}.kernel", shape
        wanted[f"{name}.bias"] = f"{place}.bias", shape[:1]

    def norm(name, place):
        wanted[f"{name}.weight"] = f"{place}.scale", (width,)
        wanted[f"{name}.bias"] = f"{place}.bias", (width,)

    patches = (width, config.in_channels, patch, patch)
    linear("vit.embeddings.patch_embeddings.projection", "encoder.embed.project", *patches)
    for n in range(config.layers):
        layer, block = f"vit.encoder.layer.{n}", f"encoder.blocks.{n}"
        norm(f"{layer}.layernorm_before", f"{block}.residual_attention.norm")
        for part in ("query", "key", "value"):
            linear(f"{layer}.attention.attention.{part}", f"{block}.attention.{part}", width, width)
        linear(f"{layer}.attention.output.dense", f"{block}.attention.output", width, width)
        norm(f"{layer}.layernorm_after", f"{block}.residual_feed_forward.norm")
        linear(f"{layer}.intermediate.dense", f"{block}.feed_forward.hidden", inner, width)
        linear(f"{layer}.output.dense", f"{block}.feed_forward.output", width, inner)
    norm("vit.layernorm", "encoder.norm")
    linear("classifier", "head", config.num_classes, width)
    return wanted


def _compare(path, shapes, wanted) -> None:
    """Raises ValueError for the first array that is missing, left over or of another shape."""
    for name in [*wanted, *shapes]:
        if name not in shapes:
            problem = f"it lacks {name}"
        elif name not in wanted:
            if name.startswith(POOLER):
                continue
            problem = f"it holds {name}, which this model does not have"
        elif shapes[name] != wanted[name]:
            problem = f"{name} has shape {shapes[name]}; the other arrays need {wanted[name]}"
        else:
            continue
        raise ValueError(_another_model(path, problem, shapes))


def _another_model(path, problem, shapes) -> str:
    hint = ""
    if not any(name.startswith("vit.") for name in shapes):
        first = ", ".join(sorted(shapes)[:2]) or "none"
        hint = f" Its {len(shapes)} arrays are named {first}, ..."
    elif "classifier.weight" not in shapes:
        hint = " It is an encoder without a classifier."
    return (
        f"{path} is no Vision Transformer for classification: {problem}.{hint} Choose a model that "
        f"ViTForImageClassification reads, such as {NAME}."
    )


def _numbers(path, name, array) -> np.ndarray:
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


def _turned(array: np.ndarray) -> np.ndarray:
    """From (out, in) to (in, out); the kernel of the patches (D, C, P, P) to (P²C, D)."""
    if array.ndim == 4:
        return array.transpose(2, 3, 1, 0).reshape(-1, len(array))
    return array.T if array.ndim == 2 else array


def _what_it_is(path, error) -> str:
    """What is wrong with a file that ``safetensors`` refuses; its own words are terse."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        start = file.read(32)
    header = int.from_bytes(start[:8], "little")
    if not start:
        return "it is empty"
    if start.lstrip().startswith(b"<"):
        return "it is a web page; the download button of that page gives the file"
    if start.startswith(b"version https://git-lfs"):
        return "it is a note of Git LFS that stands for the file; `git lfs pull` gives the file"
    if start.startswith(b"PK"):
        return "it is a zip archive, perhaps of PyTorch (.bin, .pt); take model.safetensors"
    if start[8:9] == b"{" and size < 8 + header:
        return f"it is cut short in its header, after {size:,} of {8 + header:,} bytes"
    if start[8:9] == b"{" and (total := _promised(path, header)) and size != total:
        return f"its header promises {total:,} bytes, and there are {size:,}"
    return f"{error}"


def _promised(path, header: int) -> int | None:
    """The bytes of a whole file with this header."""
    with open(path, "rb") as file:
        file.seek(8)
        try:
            table = json.loads(file.read(header))
            ends = [row["data_offsets"][1] for name, row in table.items() if name[0] != "_"]
            return 8 + header + max(ends)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None
