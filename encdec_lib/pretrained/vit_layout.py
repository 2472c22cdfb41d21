"""The file of a Vision Transformer: its arrays, their shapes, and where they go.

The names and shapes are those of ``ViTForImageClassification`` in Hugging Face's
``transformers``.

Shape letters: P side of a patch, D width, F inner width, V classes.
"""

import math
import pathlib
import re

from encdec_lib.models.vision_transformer import ViTConfig
from encdec_lib.pretrained.hub import NAME

HEAD_WIDTH = 64  # D / H of ViT-Ti, -S, -B and -L
OTHER_HEADS = {1280: 16}  # ViT-H, whose heads are 80 wide
EPSILON = 1e-12  # of layer normalisation, in this model's config.json
POOLER = "vit.pooler."  # a layer on top of the class token that classification does not use

Shapes = dict[str, tuple[int, ...]]  # by the array's name


def config_from_shapes(path: pathlib.Path, shapes: Shapes, heads: int | None) -> ViTConfig:
    """The model's sizes, from those of five arrays; :func:`check_shapes` looks at all of them.

    Args:
      path: the file, for messages.
      shapes: of the arrays in the file, by name.
      heads: H, or None for heads that are as wide as ViT's are.

    Raises:
      ValueError: if one of the five is missing or does not fit, or ``heads`` does not divide D.
    """

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
    grid = math.isqrt(max(positions[1] - 1, 0))  # patches a side
    if patch != other or grid < 1 or grid**2 != positions[1] - 1:
        raise ValueError(
            f"{path}: this model needs square patches and, for a square image, a square number of "
            f"positions and one for the class token; got patches of {patch}×{other} and "
            f"{positions[1]} positions. Models of other shapes cannot be loaded."
        )
    layers = {n[1] for name in shapes if (n := re.match(r"vit\.encoder\.layer\.(\d+)\.", name))}
    return ViTConfig(
        side=grid * patch, patch=patch, in_channels=channels, num_classes=num_classes,
        d_model=d_model, heads=_heads(path, d_model, heads), d_ff=d_ff, layers=len(layers),
        pool="class", activation="gelu", epsilon=EPSILON,
    )  # fmt: skip


def _heads(path, d_model: int, heads: int | None) -> int:
    """H as asked for, or as in the ViT of this width."""
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
    return heads


def file_layout(config: ViTConfig) -> dict[str, tuple[str, tuple[int, ...]]]:
    """For every array of the file: its path in the model, with dots, and its shape in the file."""
    width, inner, patch = config.d_model, config.d_ff, config.patch
    layout: dict[str, tuple[str, tuple[int, ...]]] = {
        "vit.embeddings.cls_token": ("encoder.class_token", (1, 1, width)),
        "vit.embeddings.position_embeddings": (
            "encoder.positions",
            (1, config.patches + 1, width),
        ),
    }

    def linear(name, path, *shape):
        layout[f"{name}.weight"] = f"{path}.kernel", shape
        layout[f"{name}.bias"] = f"{path}.bias", shape[:1]

    def norm(name, path):
        layout[f"{name}.weight"] = f"{path}.scale", (width,)
        layout[f"{name}.bias"] = f"{path}.bias", (width,)

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
    return layout


def check_shapes(path: pathlib.Path, shapes: Shapes, wanted: Shapes) -> None:
    """Compares the arrays of a file with those that are wanted.

    Args:
      path: the file, for messages.
      shapes: of the arrays in the file, by name.
      wanted: the shapes that :func:`file_layout` names.

    Raises:
      ValueError: for the first array that is missing, left over or of another shape. A pooler may
        be left over.
    """
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
    """The message for a file of another model, with a hint which."""
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
