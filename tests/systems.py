"""Every encoder and decoder of the library in a small size, for the tests that hold for all.

A new one is added in one line: it is then held to both contracts of encdec_lib/encoding.py,
paired with everything it fits, trained, and searched.
"""

from dataclasses import replace
from functools import partial

import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.encoding import EncoderDecoder
from encdec_lib.layers.reading_decoder import ReadingDecoder
from encdec_lib.layers.scores import make_score
from encdec_lib.layers.stack import StackConfig
from encdec_lib.layers.windows import Window
from encdec_lib.models.attention_scores import Attention
from encdec_lib.models.bahdanau_attention import AttentionDecoder, BidirectionalEncoder
from encdec_lib.models.captioning import CNNEncoder
from encdec_lib.models.cnn_to_cnn import UNetDecoder, UNetEncoder
from encdec_lib.models.decoder_only import (
    DecoderOnlyConfig,
    PatchPrefix,
    PrefixDecoder,
    WordPrefix,
)
from encdec_lib.models.encoder_decoder import DenseDecoder, DenseEncoder
from encdec_lib.models.seq2seq import RNNDecoder, RNNEncoder
from encdec_lib.models.token_sized import Reading
from encdec_lib.models.transformer import TransformerDecoder, TransformerEncoder
from encdec_lib.models.vision_transformer import ViTConfig, ViTEncoder

E, HALF, D, A, V_TARGET, V_SOURCE = 3, 5, 7, 11, 13, 17
WIDTH = 2 * HALF  # of an encoder's vectors
SIDE, CHANNELS = 8, (3, WIDTH)  # of images; two scales, so that the grid has 4×4 cells
# The outputs are untied, so that `build` finds a matrix of their own to scale.
BLOCKS = StackConfig(WIDTH, 2, A, 1, d_k=D, d_v=E)
PATCHES = ViTConfig(SIDE, 2, d_model=WIDTH, heads=2, d_ff=A, layers=1)  # of 2×2 pixels: 4×4 of them
PREFIX = DecoderOnlyConfig(V_TARGET, 19, 66, 3, WIDTH, 2, A, 1)  # writes rows of three

ENCODERS = {
    "last state": lambda rngs: RNNEncoder(V_SOURCE, E, WIDTH, rngs=rngs),
    "a vector a token": lambda rngs: BidirectionalEncoder(V_SOURCE, E, HALF, rngs=rngs),
    "dense": lambda rngs: DenseEncoder(SIDE, D, WIDTH, rngs=rngs),
    "convolutions": lambda rngs: CNNEncoder(SIDE, 1, CHANNELS, WIDTH, rngs=rngs),
    "a vector a cell": lambda rngs: CNNEncoder(SIDE, 1, CHANNELS, WIDTH, grid=True, rngs=rngs),
    "u-net": lambda rngs: UNetEncoder(1, CHANNELS, rngs=rngs),
    "self-attention": lambda rngs: TransformerEncoder(V_SOURCE, BLOCKS, rngs=rngs),
    "patches": lambda rngs: ViTEncoder(PATCHES, rngs=rngs),
    "words as prefix": lambda rngs: WordPrefix(V_SOURCE, PREFIX.prefix_length, WIDTH, rngs=rngs),
    "patches as prefix": lambda rngs: PatchPrefix(2, 1, 16, WIDTH, rngs=rngs),
}


def scoring(rngs, name: str, window: str | None = None, query: str = "current"):
    """A decoder with this score, this window and this query."""
    score = make_score(name, WIDTH, WIDTH, A, max_source=19, rngs=rngs)
    local = window and Window(window, 2, WIDTH, A, rngs=rngs)
    reader = Attention(score, local)
    return ReadingDecoder(V_TARGET, E, WIDTH, WIDTH, reader, query=query, rngs=rngs)


def reading(rngs, read: str):
    """A decoder that reads in this way."""
    return ReadingDecoder(V_TARGET, E, WIDTH, WIDTH, Reading(read), rngs=rngs)


DECODERS = {
    "rnn": lambda rngs: RNNDecoder(V_TARGET, E, WIDTH, rngs=rngs),
    "additive attention": lambda rngs: AttentionDecoder(V_TARGET, E, WIDTH, D, A, rngs=rngs),
    "reads the maximum": partial(reading, read="max"),
    "reads the likest": partial(reading, read="content"),
    "additive score": partial(scoring, name="additive"),
    "previous state": partial(scoring, name="dot", query="previous"),
    "local-p": partial(scoring, name="general", window="predictive"),
    "transformer": lambda rngs: TransformerDecoder(
        V_TARGET, replace(BLOCKS, layers=2), tied=False, rngs=rngs
    ),
    "prefix": lambda rngs: PrefixDecoder(PREFIX, rngs=rngs),
}
PAINTERS = {  # decoders that write an image at once
    "dense": lambda rngs: DenseDecoder(SIDE, D, WIDTH, rngs=rngs),
    "u-net": lambda rngs: UNetDecoder(V_TARGET, CHANNELS, rngs=rngs),
    "u-net without skips": lambda rngs: UNetDecoder(V_TARGET, CHANNELS, skips=False, rngs=rngs),
}
# Encoders with one vector for each cell of an image
GRIDS = {"a vector a cell", "u-net", "patches", "patches as prefix"}
READ_IMAGES = {"dense", "convolutions"} | GRIDS
MANY_VECTORS = {"a vector a token", "self-attention", "words as prefix"} | GRIDS  # M > 1
ONE_VECTOR = {"rnn", "dense"}  # decoders that read M = 1 alone
# One decoder with other readers: what they share is tried with every encoder in one of them.
VARIANTS = {"reads the maximum", "reads the likest", "previous state", "local-p"}
# Weights over the source that do not add up to 1: the bell of local-p lowers them and leaves it
# at that; where the source is a prefix, the target's own past has a share.
BELOW_ONE = {"local-p", "prefix"}
# A Transformer's halves fit everything, and each pair takes ten seconds to compile: one partner
# of each sort.
PARTNERS = {
    "self-attention": {"additive attention", "transformer"},
    "patches": {"transformer"},
    "words as prefix": {"prefix"},
    "patches as prefix": {"prefix"},
    "transformer": {
        "last state",
        "a vector a token",
        "a vector a cell",
        "self-attention",
        "patches",
    },
    "prefix": {"words as prefix", "patches as prefix"},
}


def fits(encoder: str, decoder: str) -> bool:
    """Whether the decoder can read what the encoder writes, and the tests try it."""
    if decoder not in PARTNERS.get(encoder, {decoder}):
        return False
    if encoder not in PARTNERS.get(decoder, {encoder}):
        return False
    if decoder in ONE_VECTOR:
        return encoder not in MANY_VECTORS
    if decoder in VARIANTS:
        return encoder == "a vector a token"
    return {"u-net": encoder == "u-net", "u-net without skips": encoder in GRIDS}.get(decoder, True)


WRITERS = [(e, d) for e in ENCODERS for d in DECODERS if fits(e, d)]  # of tokens
PAINTING = [(e, d) for e in ENCODERS for d in PAINTERS if fits(e, d)]
PAIRS = [(e, d) for e, d in WRITERS if e not in READ_IMAGES]  # from tokens to tokens


def build(
    encoder: str, decoder: str, seed: int = 0, sharpness: float = 1.0, ends: float = 0.0
) -> EncoderDecoder:
    """A fresh pair; biases and logits are scaled up so that its bets are not all alike.

    ``ends`` is added to the logit of <eos>: outputs of a fresh model hardly ever end. A
    Transformer has no bias there: its logit of <eos> is stretched, and so ends some outputs.
    """
    rngs = nnx.Rngs(seed)
    model = EncoderDecoder(ENCODERS[encoder](rngs), (DECODERS | PAINTERS)[decoder](rngs))
    model.eval()
    state = nnx.state(model, nnx.Param)
    rng = np.random.default_rng(seed)
    biased = ("decoder", "output", "bias") in dict(nnx.to_flat_state(state))
    for path, param in nnx.to_flat_state(state):
        name = "/".join(map(str, path))
        value = np.asarray(param[...])
        if path[-1].startswith("b"):
            value = 0.3 * rng.normal(size=value.shape)
        if name == "decoder/output/kernel":
            value = sharpness * value
            if decoder in DECODERS and not biased:
                value[:, 2] *= 1 + ends
        if name == "decoder/output/bias" and decoder in DECODERS:
            value[2] += ends
        param[...] = jnp.asarray(value, jnp.float32)
    nnx.update(model, state)
    return model


def with_biases(model: nnx.Module) -> nnx.Module:
    """The same model with random biases: fresh ones are zeros, and zeros hide mistakes."""
    rng = np.random.default_rng(0)
    state = nnx.state(model)
    for path, param in nnx.to_flat_state(state):
        if path[-1].startswith("b"):
            param[...] = jnp.asarray(rng.normal(size=param.shape), jnp.float32)
    nnx.update(model, state)
    return model


def sentences(lengths, vocabulary: int, seed: int = 0, end: int | None = None, width=None):
    """Random ids from 4 on, one row a length, 0-padded; `end` closes each row."""
    rng = np.random.default_rng(seed)
    rows = np.zeros((len(lengths), width or max(lengths)), np.int32)
    for row, length in zip(rows, lengths, strict=True):
        row[:length] = rng.integers(4, vocabulary, length)
        if end is not None:
            row[length - 1] = end
    return rows


def pictures(count: int, seed: int = 0):
    """Random images (count, SIDE, SIDE, 1)."""
    return np.random.default_rng(seed).random((count, SIDE, SIDE, 1), np.float32)
