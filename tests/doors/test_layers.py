"""Layers and models: sizes out of range, arrays that do not fit, ids that have no vector."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from hypothesis import given
from hypothesis import strategies as st

from encdec_lib.analysis import recurrent_memory as memory
from encdec_lib.analysis.rollout import attention_rollout
from encdec_lib.encoding import EncoderDecoder, Encoding
from encdec_lib.layers.additive_attention import AdditiveAttention
from encdec_lib.layers.attention import MultiHeadAttention
from encdec_lib.layers.convolution import (
    ConvBlock,
    TransposedConv,
    max_pool,
    transposed_convolution,
)
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.masks import causal_mask, prefix_mask
from encdec_lib.layers.patches import PatchEmbedding
from encdec_lib.layers.positions import Positions, sinusoidal, sinusoidal_grid
from encdec_lib.layers.prefixes import PatchPrefix, WordPrefix
from encdec_lib.layers.reading_decoder import ReadingDecoder
from encdec_lib.layers.recurrent import GRU, LSTM, RNN, Bidirectional
from encdec_lib.layers.scores import (
    AdditiveScore,
    DotScore,
    GeneralScore,
    LocationScore,
    make_score,
)
from encdec_lib.layers.sublayers import FeedForward
from encdec_lib.layers.windows import Window
from encdec_lib.models.bahdanau_attention import AttentionDecoder, BidirectionalEncoder
from encdec_lib.models.captioning import CNNEncoder
from encdec_lib.models.cnn_to_cnn import UNetDecoder, UNetEncoder
from encdec_lib.models.encoder_decoder import DenseDecoder, DenseEncoder
from encdec_lib.models.patch_tagger import PatchDecoder, patch_classes
from encdec_lib.models.seq2seq import RNNDecoder, RNNEncoder
from encdec_lib.models.token_sized import Reading
from tests.doors import bad
from tests.doors.judging import few, refused

RNGS = nnx.Rngs(0)

SIZES = [  # constructors, and good sizes for them
    (Embedding, {"vocab_size": 7, "embed_dim": 3}),
    (RNN, {"in_dim": 2, "state_dim": 3}),
    (GRU, {"in_dim": 2, "state_dim": 3}),
    (LSTM, {"in_dim": 2, "state_dim": 3}),
    (AdditiveAttention, {"query_dim": 2, "key_dim": 3, "align_dim": 5}),
    (MultiHeadAttention, {"d_model": 4, "heads": 2}),
    (ConvBlock, {"in_channels": 1, "out_channels": 2}),
    (TransposedConv, {"in_channels": 1, "out_channels": 2, "kernel": 2, "stride": 2}),
    (PatchEmbedding, {"patch": 2, "in_channels": 1, "d_model": 4}),
    (WordPrefix, {"vocab_size": 7, "prefix_length": 3, "d_model": 4}),
    (PatchPrefix, {"patch": 2, "in_channels": 1, "prefix_length": 4, "d_model": 4}),
    (GeneralScore, {"state_dim": 3, "encoding_dim": 2}),
    (AdditiveScore, {"state_dim": 3, "encoding_dim": 2, "align_dim": 5}),
    (LocationScore, {"state_dim": 3, "max_source": 7}),
    (FeedForward, {"d_model": 4, "d_ff": 5}),
    (RNNEncoder, {"vocab_size": 7, "embed_dim": 3, "state_dim": 5}),
    (RNNDecoder, {"vocab_size": 7, "embed_dim": 3, "state_dim": 5}),
    (BidirectionalEncoder, {"vocab_size": 7, "embed_dim": 3, "encoder_dim": 5}),
    (
        AttentionDecoder,
        {"vocab_size": 7, "embed_dim": 3, "encoding_dim": 4, "state_dim": 5, "align_dim": 2},
    ),
    (CNNEncoder, {"side": 4, "in_channels": 1, "channels": (2, 3), "encoding_dim": 5}),
    (UNetEncoder, {"in_channels": 1, "channels": (2, 3)}),
    (UNetDecoder, {"num_classes": 3, "channels": (2, 3)}),
    (DenseEncoder, {"side": 4, "hidden_dim": 3, "encoding_dim": 2}),
    (DenseDecoder, {"side": 4, "hidden_dim": 3, "encoding_dim": 2}),
    (PatchDecoder, {"encoding_dim": 4, "num_classes": 3}),
]
EVERY_SIZE = [(layer, sizes, name) for layer, sizes in SIZES for name in sizes]


@pytest.mark.parametrize(
    ("layer", "sizes", "name"), EVERY_SIZE, ids=[f"{s[0].__name__}-{s[2]}" for s in EVERY_SIZE]
)
def test_sizes(layer, sizes, name):
    values = st.sampled_from([(), (3,), (3, 0), (3, 2.5), None, 5]) if name == "channels" else None

    @few
    @given(bad.wholes() if values is None else values)
    def tried(value):
        refused(layer, **(sizes | {name: value}), rngs=RNGS)

    tried()


@pytest.mark.slow
def test_the_smallest_sizes_are_good():
    for layer, sizes in SIZES:
        ones = {name: 1 for name in sizes if name not in ("channels", "encoding_dim", "side")}
        layer(**(sizes | ones), rngs=RNGS)


@few
@given(bad.ids(7, (2, 3), without=("rank", "empty")))
def test_ids_of_an_embedding(tokens):
    refused(Embedding(7, 3, rngs=RNGS), tokens, also=("tokens",))


def test_inside_jit_an_embedding_looks_at_the_dtype_alone():
    table = Embedding(7, 3, rngs=RNGS)
    graph, state = nnx.split(table)
    run = jax.jit(lambda state, tokens: nnx.merge(graph, state)(tokens))
    assert run(state, np.array([6])).shape == (1, 3)
    with pytest.raises(ValueError, match="tokens must hold whole numbers, ids; got float32"):
        run(state, np.ones(2, np.float32))


@few
@given(bad.ids(5, (3,), without=("rank", "empty")))
def test_positions(positions):
    refused(Positions("learned", 4, 5, rngs=RNGS), positions, also=("positions",))


@few
@given(bad.wholes(), bad.choices())
def test_choices_and_sizes_of_positions(size, word):
    refused(Positions, word, 4, rngs=RNGS, also=("positions",))
    refused(Positions, "learned", size, rngs=RNGS)
    refused(Positions, "learned", 4, size, rngs=RNGS)
    refused(sinusoidal, jnp.arange(3), size)
    refused(sinusoidal, jnp.arange(3), 4, word)
    refused(sinusoidal_grid, size, 4)
    refused(sinusoidal_grid, 3, size)


@few
@given(bad.choices(), bad.wholes())
def test_choices_of_layers(word, size):
    refused(RNN, 2, 3, activation=word, rngs=RNGS)
    refused(FeedForward, 2, 3, activation=word, rngs=RNGS)
    refused(make_score, word, 3, 3, rngs=RNGS, also=("score",))
    refused(Window, word, 1, 3, 2, rngs=RNGS, also=("window",))
    refused(Window, "monotonic", size, 3, 2, rngs=RNGS)
    refused(Reading, word)
    refused(ReadingDecoder, 7, 3, 4, 5, Reading("mean"), query=word, rngs=RNGS)
    refused(prefix_mask, jnp.ones((1, 2), bool), 2, word)
    refused(causal_mask, size)
    refused(Bidirectional, word, 2, 3, rngs=RNGS)


def test_widths_that_do_not_fit():
    refused(DotScore, 3, 5)
    refused(MultiHeadAttention, 5, 2, rngs=RNGS)
    refused(AttentionDecoder, 7, 3, 5, 5, 2, rngs=RNGS)
    refused(CNNEncoder, 5, 1, (2, 3), 5, rngs=RNGS)
    refused(CNNEncoder, 4, 1, (2, 3), 5, positions=True, rngs=RNGS)
    encoder, decoder = RNNEncoder(7, 3, 5, rngs=RNGS), RNNDecoder(7, 3, 6, rngs=RNGS)
    refused(EncoderDecoder, encoder, decoder)
    for halves in ((None, decoder), (encoder, None), ("seq2seq", 3)):
        refused(EncoderDecoder, *halves)


ENCODING = Encoding(jnp.ones((2, 1, 5)), jnp.ones((2, 1), bool))
INPUTS = jnp.ones((2, 3, 4))
ARRAYS = {  # calls of one array, and its shape
    "GRU, inputs": (lambda x: GRU(4, 3, rngs=RNGS)(x), (2, 3, 4)),
    "GRU, mask": (lambda x: GRU(4, 3, rngs=RNGS)(INPUTS, x), (2, 3)),
    "patches, images": (PatchEmbedding(2, 1, 4, rngs=RNGS).__call__, (1, 4, 4, 1)),
    "U-Net, source": (UNetEncoder(1, (2, 3), rngs=RNGS).__call__, (1, 4, 4, 1)),
    "dense, source": (DenseEncoder(4, 3, 2, rngs=RNGS).__call__, (1, 4, 4, 1)),
    "CNN, source": (CNNEncoder(4, 1, (2, 3), 5, rngs=RNGS).__call__, (1, 4, 4, 1)),
    "attention, mask": (
        lambda x: AdditiveAttention(2, 3, 5, rngs=RNGS)(jnp.ones((2, 2)), jnp.ones((2, 4, 3)), x),
        (2, 4),
    ),
    "spectral radius, matrix": (memory.spectral_radius, (3, 3)),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays(name):
    call, shape = ARRAYS[name]

    @few
    @given(st.sampled_from([shape[:-1], (*shape, 2), (*shape[:-1], shape[-1] + 1)]))
    def tried(other):
        if other != shape[:-1] or len(shape) > 1:
            refused(call, np.ones(other, np.float32), also=(name.split(", ")[1],))

    tried()


@few
@given(bad.wholes(), st.integers(2, 9))
def test_transposed_convolutions(size, padding):
    x, kernel = jnp.ones((1, 3, 3, 1)), jnp.ones((2, 2, 1, 1))
    refused(transposed_convolution, x, kernel, size)
    refused(transposed_convolution, x, kernel, 2, padding)
    refused(transposed_convolution, jnp.ones((1, 3, 3, 2)), kernel)
    refused(max_pool, jnp.ones((1, 4, 4, 1)), size)
    refused(max_pool, jnp.ones((4, 4, 1)))
    refused(max_pool, jnp.ones((1, 5, 4, 1)))


@few
@given(bad.ids(7, (2, 3)))
def test_what_a_model_is_called_with(tokens):
    model = EncoderDecoder(RNNEncoder(7, 3, 5, rngs=RNGS), RNNDecoder(7, 3, 5, rngs=RNGS))
    good = jnp.full((2, 3), 4)
    names = ("tokens", "source", "target_in")
    refused(model, tokens, good, also=names)
    refused(model, good, tokens, also=names)
    refused(model.encode, tokens, also=names)
    refused(model, good)
    refused(model, good, good, jnp.ones((2, 4), bool))
    refused(
        functools.partial(model.decoder, good), Encoding(jnp.ones((2, 2, 5)), None), also=("M",)
    )


@few
@given(bad.numbers(zero=True), bad.wholes(0), bad.shares())
def test_memory_of_recurrent_layers(radius, steps, share):
    layer = RNN(2, 3, rngs=nnx.Rngs(0))
    refused(memory.set_spectral_radius, layer, radius)
    refused(memory.set_keep_bias, layer, 1)
    for bias in (None, "open", bad.NAN):
        refused(memory.set_keep_bias, GRU(2, 3, rngs=RNGS), bias)
    refused(memory.probe_symbols, layer, jnp.eye(2), steps, 9)
    refused(memory.probe_symbols, layer, jnp.eye(2), 1, steps)
    refused(memory.gradient_reach, layer, jnp.ones((1, 4, 2)), jnp.zeros((1, 3)))
    refused(memory.gradient_reach, layer, jnp.ones((1, 4, 2)), jnp.ones((1, 2)))
    if share != 1:
        refused(attention_rollout, [jnp.ones((1, 1, 2, 2))], share)
    refused(attention_rollout, [])


@few
@given(bad.wholes(), bad.ids(11, (2, 4, 4)))
def test_classes_of_patches(patch, masks):
    refused(patch_classes, np.zeros((2, 4, 4), int), patch)
    refused(patch_classes, masks, 2)
