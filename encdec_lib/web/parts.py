"""The encoders and decoders that the page's engine runs, each by the parameters it must have."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flax import nnx

from encdec_lib.layers.attention import MultiHeadAttention
from encdec_lib.layers.blocks import DecoderBlock, EncoderBlock, FeedForward
from encdec_lib.layers.reading_decoder import ReadingDecoder
from encdec_lib.layers.scores import AdditiveScore, DotScore, GeneralScore, LocationScore
from encdec_lib.models.attention_scores import Attention
from encdec_lib.models.token_sized import Reading


class Kind(NamedTuple):
    """An encoder or decoder that ``engine.js`` runs."""

    #: The paths of its parameters; ``*`` stands for the numbers 0, 1, 2, ... A kind with parts to
    #: choose from has one set for each choice that needs other parameters.
    variants: tuple[frozenset[str], ...]
    settings: Callable[[nnx.Module], dict[str, Any]]  # what the weights do not say


def _kind(*paths: str, either=((),), settings=lambda part: {}) -> Kind:
    return Kind(tuple(frozenset((*paths, *more)) for more in either), settings)


def _linear(*names: str) -> list[str]:
    return [f"{name}.{part}" for name in names for part in ("kernel", "bias")]


def _gru(name: str) -> list[str]:
    return [f"{name}.{part}" for part in ("W_in", "W_rec", "b_in", "b_rec")]


def _block(*attentions: str) -> list[str]:
    """The parameters of every block of a Transformer with these attentions."""
    linear = [f"{name}.{part}" for name in attentions for part in _PARTS]
    arounds = [
        f"residual_{name}.norm.{part}"
        for name in (*attentions, "feed_forward")
        for part in ("scale", "bias")
    ]
    network = ["feed_forward.hidden", "feed_forward.output"]
    return [f"blocks.*.{path}" for path in (*_linear(*linear, *network), *arounds)]


def _reading_settings(decoder: ReadingDecoder) -> dict[str, Any]:
    """How a decoder of chapters 7 and 9 reads: two readers, and what they are made of."""
    reader = decoder.reader
    if type(reader) is Reading:
        return {"query": decoder.query, "read": reader.read}
    score = getattr(reader, "score", None)
    if type(reader) is not Attention or type(score) not in _SCORES:
        raise ValueError(
            f"model must read by Reading(...) or by Attention(...) with one of the scores "
            f"{', '.join(kind.__name__ for kind in _SCORES)}; got {type(reader).__name__} with "
            f"{type(score).__name__}. Teach encdec_lib/web/engine/reading.js "
            f"the new one, or export one it knows."
        )
    name, window = _SCORES[type(score)], None
    if reader.window is not None:
        window = {"kind": reader.window.kind, "half_width": int(reader.window.half_width)}
    if name == "dot" and score.scale != 1:
        name = "scaled_dot"
    return {"query": decoder.query, "read": "scores", "score": name, "window": window}


def _block_settings(part: nnx.Module) -> dict[str, Any]:
    """How the blocks of a Transformer look, if they are the library's and alike."""
    found, inner = set(), set()
    for block in part.blocks:
        kinds = [type(block), type(block.feed_forward), type(block.residual_feed_forward.norm)]
        for name in _ATTENTIONS:
            if hasattr(block, name):
                attention, around = getattr(block, name), getattr(block, f"residual_{name}")
                kinds += [type(attention), type(around.norm)]
                found.add((attention.heads, attention.scaled, around.pre_norm))
        inner.add((block.feed_forward.activation, block.residual_feed_forward.norm.epsilon))
        if unknown := [kind.__name__ for kind in kinds if kind not in _BLOCKS]:
            raise ValueError(
                f"model must have blocks made of {', '.join(kind.__name__ for kind in _BLOCKS)}; "
                f"got {unknown[0]}. Teach "
                f"encdec_lib/web/engine/transformer.js the new one, or export one it knows."
            )
    if len(found) != 1:
        raise ValueError(
            f"model must have blocks that are alike; got (heads, scaled, pre_norm) = "
            f"{', '.join(map(str, sorted(found)))}."
        )
    if len(inner) != 1:
        raise ValueError(
            f"model must have blocks that are alike; got (activation, epsilon) = "
            f"{', '.join(map(str, sorted(inner)))}."
        )
    (heads, scaled, pre_norm), (activation, epsilon) = found.pop(), inner.pop()
    settings = {"heads": int(heads), "scaled": bool(scaled), "pre_norm": bool(pre_norm)}
    usual = {"activation": "relu", "epsilon": 1e-5}  # what the page takes where it is not told
    chosen = {"activation": activation, "epsilon": float(epsilon)}
    return settings | {name: value for name, value in chosen.items() if value != usual[name]}


def _transformer_settings(part: nnx.Module) -> dict[str, Any]:
    """How a Transformer's encoder or decoder of tokens looks."""
    return _block_settings(part) | {"positions": part.tokens.positions.kind}


def _prefix_settings(part: nnx.Module) -> dict[str, Any]:
    """How a decoder-only stack looks at its prefix, and how its blocks look."""
    choices = {"prefix": part.config.prefix, "prefix_length": int(part.config.prefix_length)}
    return _block_settings(part) | choices


def _vit_settings(part: nnx.Module) -> dict[str, Any]:
    """How a Vision Transformer cuts its images, and how its blocks look."""
    sizes = {"side": int(part.side), "patch": int(part.embed.patch)}
    return _block_settings(part) | sizes | {"channels": int(part.in_channels)}


_PARTS = ("query", "key", "value", "output")  # of an attention
_BLOCKS = (EncoderBlock, DecoderBlock, FeedForward, MultiHeadAttention, nnx.LayerNorm)
_ATTENTIONS = ("attention", "self_attention", "cross_attention")
_EMBEDDING = "embedding.embedding"
_SCORES = {
    DotScore: "dot",
    GeneralScore: "general",
    AdditiveScore: "additive",
    LocationScore: "location",
}
_SCORE_PATHS = (
    [],  # a dot product, and the readers of chapter 7
    ["reader.score.W"],  # general and location
    [f"reader.score.{name}" for name in ("W_query", "W_key", "v")],  # additive
)
_LAST_NORM = ([], ["norm.scale", "norm.bias"])  # with pre-norm
_POSITIONS = ([], ["tokens.positions.table"])  # learned ones; the others are worked out anew
_WINDOW_PATHS = ([], [f"reader.window.{name}" for name in ("W_position", "v_position")])

#: The encoders of ``engine.js``.
ENCODERS = {
    "rnn": _kind(
        _EMBEDDING, *_gru("rnn"), settings=lambda part: {"reverse_source": bool(part.rnn.reverse)}
    ),
    "birnn": _kind(_EMBEDDING, *_gru("rnn.forward"), *_gru("rnn.backward")),
    "transformer": _kind(
        f"tokens.{_EMBEDDING}",
        *_block("attention"),
        either=[[*table, *norm] for table in _POSITIONS for norm in _LAST_NORM],
        settings=_transformer_settings,
    ),
    "words": _kind(_EMBEDDING, "positions.table"),
    "dense": _kind(*_linear("hidden", "output"), settings=lambda part: {"side": int(part.side)}),
    "unet": _kind(*_linear("blocks.*.conv1", "blocks.*.conv2")),
    "cnn": _kind(
        *_linear("convolutions.blocks.*.conv1", "convolutions.blocks.*.conv2", "project"),
        either=([], ["positions"]),
        settings=lambda part: {"side": int(part.side), "grid": bool(part.grid)},
    ),
    "vit": _kind(
        *_linear("embed.project"),
        *_block("attention"),
        *_LAST_NORM[1],
        either=[
            [*token, *places] for token in ([], ["class_token"]) for places in ([], ["positions"])
        ],
        settings=_vit_settings,
    ),
}
#: The decoders of ``engine.js``.
DECODERS = {
    "rnn": _kind(_EMBEDDING, *_gru("rnn"), *_linear("output")),
    "attention": _kind(
        _EMBEDDING,
        *_gru("rnn"),
        *_linear("initial", "output"),
        *(f"attention.{name}" for name in ("W_query", "W_key", "v")),
    ),
    "reading": _kind(
        _EMBEDDING,
        *_gru("rnn"),
        *_linear("initial", "combine", "output"),
        either=[[*score, *window] for score in _SCORE_PATHS for window in _WINDOW_PATHS],
        settings=_reading_settings,
    ),
    "transformer": _kind(
        f"tokens.{_EMBEDDING}",
        *_block("self_attention", "cross_attention"),
        either=[
            [*table, *norm, *output]
            for table in _POSITIONS
            for norm in _LAST_NORM
            for output in ([], ["output.kernel"])  # tied and untied
        ],
        settings=_transformer_settings,
    ),
    "prefix": _kind(
        _EMBEDDING,
        "rows.table",
        *_block("attention"),
        *_LAST_NORM[1],
        *_linear("output"),
        either=([], ["columns.table"]),  # a sentence, or a grid
        settings=_prefix_settings,
    ),
    "dense": _kind(*_linear("hidden", "output"), settings=lambda part: {"side": int(part.side)}),
    "unet": _kind(
        *_linear("ups.*", "blocks.*.conv1", "blocks.*.conv2", "output"),
        settings=lambda part: {"skips": bool(part.skips)},
    ),
    "classes": _kind(*_linear("head"), settings=lambda part: {"pool": part.config.pool}),
}
