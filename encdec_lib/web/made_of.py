"""What the layers that the page's engine knows are made of, and the check that a model is.

The names of parameters do not say what is computed from them: the mean of a GRU's states needs the
parameters of chapter 4's encoder. So every module of a model must be of a class that the engine
knows at that place. A subclass is another class: it may compute something else.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from flax import nnx

from encdec_lib.layers.attention import MultiHeadAttention
from encdec_lib.layers.blocks import DecoderBlock, EncoderBlock
from encdec_lib.layers.convolution import ConvBlock
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.patches import PatchEmbedding
from encdec_lib.layers.positions import Positions
from encdec_lib.layers.recurrent import GRU, Bidirectional
from encdec_lib.layers.scores import AdditiveScore, DotScore, GeneralScore, LocationScore
from encdec_lib.layers.stack import TokenEmbedding
from encdec_lib.layers.sublayers import FeedForward, Residual
from encdec_lib.layers.windows import Window
from encdec_lib.models.attention_scores import Attention

#: Of a class, for each attribute that holds a module, or a list of them, what class it may have.
MadeOf: TypeAlias = Mapping[str, type | tuple[type, ...]]

#: Scores of chapter 9, each with its name in ``layers/scores.js``.
SCORES = {
    DotScore: "dot",
    GeneralScore: "general",
    AdditiveScore: "additive",
    LocationScore: "location",
}

#: What several parts share. A class that is not here has no module in it.
LAYERS: dict[type, MadeOf] = {
    Bidirectional: {"forward": GRU, "backward": GRU},
    Attention: {"score": tuple(SCORES), "window": Window},
    PatchEmbedding: {"project": nnx.Linear},
    TokenEmbedding: {"embedding": Embedding, "positions": Positions, "dropout": nnx.Dropout},
    EncoderBlock: {
        "attention": MultiHeadAttention,
        "residual_attention": Residual,
        "feed_forward": FeedForward,
        "residual_feed_forward": Residual,
    },
    DecoderBlock: {
        "self_attention": MultiHeadAttention,
        "residual_self_attention": Residual,
        "cross_attention": MultiHeadAttention,
        "residual_cross_attention": Residual,
        "feed_forward": FeedForward,
        "residual_feed_forward": Residual,
    },
    MultiHeadAttention: {
        "query": nnx.Linear,
        "key": nnx.Linear,
        "value": nnx.Linear,
        "output": nnx.Linear,
    },
    FeedForward: {"hidden": nnx.Linear, "output": nnx.Linear},
    Residual: {"norm": nnx.LayerNorm, "dropout": nnx.Dropout},
    ConvBlock: {
        "conv1": nnx.Conv,
        "norm1": nnx.BatchNorm,
        "conv2": nnx.Conv,
        "norm2": nnx.BatchNorm,
    },
}


def check(
    place: str,
    module: nnx.Module,
    known: type | Sequence[type],
    made_of: Mapping[type, MadeOf],
) -> None:
    """Raises ValueError where ``module``, or something in it, is of a class not known there.

    Args:
      place: the name of ``module`` in the message, such as ``"model.encoder"``.
      module: what is checked.
      known: the classes that it may have.
      made_of: what those classes, and the ones in them, are made of.
    """
    known = known if isinstance(known, Sequence) else (known,)
    if type(module) not in known:
        names = ", ".join(cls.__name__ for cls in known) or "no module at all"
        raise ValueError(
            f"The page's engine knows {names} at {place}; got {type(module).__name__} of "
            f"{type(module).__module__}, and another class, or a subclass, may compute something "
            f"else. Export a model made of what the page knows, or teach encdec_lib/web/engine the "
            f"new class and register it in encdec_lib/web/parts.py."
        )
    for name, inner in modules_in(module):
        there = made_of.get(type(module), {}).get(name.split(".")[0], ())
        check(f"{place}.{name}", inner, there, made_of)


def modules_in(module: nnx.Module) -> Iterator[tuple[str, nnx.Module]]:
    """The modules right inside a module, each with its name; those of a list as ``name.0``, ..."""
    for name, value in vars(module).items():
        if isinstance(value, nnx.Module):
            yield name, value
        elif isinstance(value, Sequence):
            for k, inner in enumerate(value):
                if isinstance(inner, nnx.Module):
                    yield f"{name}.{k}", inner
