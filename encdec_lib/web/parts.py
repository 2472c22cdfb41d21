"""The encoders and decoders that the page's engine runs, each told by its class.

To teach it another one: write its equations in ``encdec_lib/web/engine``, enter it in ``ENCODERS``
or ``DECODERS`` of ``engine.js`` under a name, and here under its class.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flax import nnx

from encdec_lib.encoding import EncoderDecoder
from encdec_lib.layers.additive_attention import AdditiveAttention
from encdec_lib.layers.attention import MultiHeadAttention
from encdec_lib.layers.blocks import DecoderBlock, EncoderBlock
from encdec_lib.layers.convolution import ConvBlock, TransposedConv
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.patches import PatchEmbedding
from encdec_lib.layers.positions import Positions
from encdec_lib.layers.prefixes import WordPrefix
from encdec_lib.layers.reading_decoder import ReadingDecoder
from encdec_lib.layers.recurrent import GRU, Bidirectional
from encdec_lib.layers.stack import TokenEmbedding
from encdec_lib.models.attention_scores import Attention
from encdec_lib.models.bahdanau_attention import AttentionDecoder, BidirectionalEncoder
from encdec_lib.models.captioning import CNNEncoder
from encdec_lib.models.cnn_to_cnn import UNetDecoder, UNetEncoder
from encdec_lib.models.decoder_only import PrefixDecoder
from encdec_lib.models.encoder_decoder import DenseDecoder, DenseEncoder
from encdec_lib.models.seq2seq import RNNDecoder, RNNEncoder
from encdec_lib.models.token_sized import Reading
from encdec_lib.models.transformer import TransformerDecoder, TransformerEncoder
from encdec_lib.models.vision_transformer import ViT, ViTEncoder
from encdec_lib.web.made_of import LAYERS, SCORES, MadeOf, check, modules_in


class Part(NamedTuple):
    """An encoder or decoder that ``engine.js`` runs."""

    name: str  # its key in ENCODERS or DECODERS of engine.js
    made_of: MadeOf  # attribute to the class it may have there; None is allowed too
    settings: Callable[[Any], dict[str, Any]] = lambda part: {}  # what its weights do not say


def parts_of(model: Any) -> tuple[tuple[str, dict], tuple[str, dict]]:
    """The encoder and the decoder of a model, each by its name in ``engine.js`` and its settings.

    Args:
      model: an :class:`~encdec_lib.encoding.EncoderDecoder`, or a
        :class:`~encdec_lib.models.vision_transformer.ViT`, whose last layer counts as its decoder.

    Raises:
      ValueError: if the model, or anything in it, is of a class that the engine does not know, or
        the blocks of a stack are built in different ways.

    Example:
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> parts_of(seq2seq(Seq2SeqConfig(7, 9), rngs=nnx.Rngs(0)))
      (('rnn', {'reverse_source': False}), ('rnn', {}))
    """
    parts = {cls: part.made_of for cls, part in (ENCODERS | DECODERS).items()}
    decoders = tuple(cls for cls in DECODERS if cls is not ViT)
    whole: MadeOf = {"encoder": tuple(ENCODERS), "decoder": decoders}
    check("model", model, (EncoderDecoder, ViT), LAYERS | parts | {EncoderDecoder: whole})
    decoder = model if isinstance(model, ViT) else model.decoder
    read, write = ENCODERS[type(model.encoder)], DECODERS[type(decoder)]
    return (read.name, read.settings(model.encoder)), (write.name, write.settings(decoder))


def _reading_settings(decoder: ReadingDecoder) -> dict[str, Any]:
    """How a decoder of chapters 7 and 9 reads: two readers, and what they are made of."""
    reader: Any = decoder.reader
    if isinstance(reader, Reading):
        return {"query": decoder.query, "read": reader.read}
    name, window = SCORES[type(reader.score)], None
    if name == "dot" and reader.score.scale != 1:
        name = "scaled_dot"
    if reader.window is not None:
        window = {"kind": reader.window.kind, "half_width": int(reader.window.half_width)}
    return {"query": decoder.query, "read": "scores", "score": name, "window": window}


def _block_settings(part: Any) -> dict[str, Any]:
    """How the blocks of a Transformer are built, if they are alike."""
    attentions = [
        (inner, getattr(block, f"residual_{name}"))
        for block in part.blocks
        for name, inner in modules_in(block)
        if isinstance(inner, MultiHeadAttention)
    ]
    networks = [(block.feed_forward, block.residual_feed_forward.norm) for block in part.blocks]
    heads, scaled, pre_norm = _alike(
        "(heads, scaled, pre_norm)",
        ((attention.heads, attention.scaled, way.pre_norm) for attention, way in attentions),
    )
    activation, epsilon = _alike(
        "(activation, epsilon)", ((network.activation, norm.epsilon) for network, norm in networks)
    )
    settings = {"heads": int(heads), "scaled": bool(scaled), "pre_norm": bool(pre_norm)}
    usual = {"activation": "relu", "epsilon": 1e-5}  # what the page takes where it is not told
    chosen = {"activation": activation, "epsilon": float(epsilon)}
    return settings | {name: value for name, value in chosen.items() if value != usual[name]}


def _alike(names: str, choices: Iterable[tuple]) -> tuple:
    """The one choice that all blocks have made."""
    found = sorted(set(choices))
    if len(found) != 1:
        raise ValueError(
            f"model must have blocks that are alike; got {names} = {', '.join(map(str, found))}. "
            f"Export a model whose blocks differ in their weights alone."
        )
    return found[0]


def _transformer_settings(part: TransformerEncoder | TransformerDecoder) -> dict[str, Any]:
    """How a Transformer's encoder or decoder of tokens is built."""
    return _block_settings(part) | {"positions": part.tokens.positions.kind}


def _prefix_settings(part: PrefixDecoder) -> dict[str, Any]:
    """Who looks at whom in the prefix of a decoder-only stack, and how its blocks are built."""
    choices = {"prefix": part.config.prefix, "prefix_length": int(part.config.prefix_length)}
    return _block_settings(part) | choices


def _vit_settings(part: ViTEncoder) -> dict[str, Any]:
    """How a Vision Transformer cuts its images, and how its blocks are built."""
    sizes = {"side": int(part.side), "patch": int(part.embed.patch)}
    return _block_settings(part) | sizes | {"channels": int(part.in_channels)}


_RNN = {"embedding": Embedding, "rnn": GRU}
_TOKENS = {"tokens": TokenEmbedding, "norm": nnx.LayerNorm}
_STACK = {"blocks": EncoderBlock, "norm": nnx.LayerNorm, "dropout": nnx.Dropout}
_DENSE = {"hidden": nnx.Linear, "output": nnx.Linear}
_OUTPUT = {"output": nnx.Linear}

#: The encoders of ``engine.js``.
ENCODERS: dict[type, Part] = {
    RNNEncoder: Part("rnn", _RNN, lambda part: {"reverse_source": bool(part.rnn.reverse)}),
    BidirectionalEncoder: Part("birnn", {"embedding": Embedding, "rnn": Bidirectional}),
    TransformerEncoder: Part(
        "transformer", _TOKENS | {"blocks": EncoderBlock}, _transformer_settings
    ),
    WordPrefix: Part("words", {"embedding": Embedding, "positions": Positions}),
    DenseEncoder: Part("dense", _DENSE, lambda part: {"side": int(part.side)}),
    UNetEncoder: Part("unet", {"blocks": ConvBlock}),
    CNNEncoder: Part(
        "cnn",
        {"convolutions": UNetEncoder, "project": nnx.Linear},
        lambda part: {"side": int(part.side), "grid": bool(part.grid)},
    ),
    ViTEncoder: Part("vit", _STACK | {"embed": PatchEmbedding}, _vit_settings),
}
#: The decoders of ``engine.js``; a classifier's is its last layer.
DECODERS: dict[type, Part] = {
    RNNDecoder: Part("rnn", _RNN | _OUTPUT),
    AttentionDecoder: Part(
        "attention", _RNN | _OUTPUT | {"initial": nnx.Linear, "attention": AdditiveAttention}
    ),
    ReadingDecoder: Part(
        "reading",
        _RNN
        | _OUTPUT
        | {"initial": nnx.Linear, "combine": nnx.Linear, "reader": (Reading, Attention)},
        _reading_settings,
    ),
    TransformerDecoder: Part(
        "transformer", _TOKENS | _OUTPUT | {"blocks": DecoderBlock}, _transformer_settings
    ),
    PrefixDecoder: Part(
        "prefix",
        _STACK | _OUTPUT | {"embedding": Embedding, "rows": Positions, "columns": Positions},
        _prefix_settings,
    ),
    DenseDecoder: Part("dense", _DENSE, lambda part: {"side": int(part.side)}),
    UNetDecoder: Part(
        "unet",
        _OUTPUT | {"ups": TransposedConv, "blocks": ConvBlock},
        lambda part: {"skips": bool(part.skips)},
    ),
    ViT: Part(
        "classes",
        {"encoder": ViTEncoder, "head": nnx.Linear},
        lambda part: {"pool": part.config.pool},
    ),
}
