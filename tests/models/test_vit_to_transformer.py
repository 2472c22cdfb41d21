"""Mirrors encdec_lib/models/vit_to_transformer.py."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.vocabulary import EOS, PAD
from encdec_lib.models.bahdanau_attention import AttentionDecoder
from encdec_lib.models.captioning import CNNEncoder
from encdec_lib.models.transformer import TransformerDecoder
from encdec_lib.models.vision_transformer import ViTEncoder
from encdec_lib.models.vit_to_transformer import (
    GridCaptionConfig,
    ViTCaptionConfig,
    grid_captioner,
    vit_captioner,
)
from encdec_lib.train.losses import shift_right
from tests.systems import sentences, with_biases

B, T, V, SIDE, C = 3, 5, 13, 6, 2
GRID = GridCaptionConfig(V, SIDE, C, (5, 7), True, 11, 22, 17, 19)  # 3×3 cells
PATCHES = ViTCaptionConfig(V, SIDE, 2, C, 22, 2, 11, 3, 2)  # 3×3 patches, 3 and 2 layers
IMAGES = jnp.asarray(np.random.default_rng(0).normal(size=(B, SIDE, SIDE, C)), jnp.float32)
TARGET_IN = shift_right(jnp.asarray(sentences([5, 3, 4], V, end=EOS)))
REAL = np.asarray(TARGET_IN) != PAD
BUILDERS = {"cells": (grid_captioner, GRID), "patches": (vit_captioner, PATCHES)}
both = pytest.mark.parametrize("name", BUILDERS)


def built(name, **changes):
    builder, config = BUILDERS[name]
    return with_biases(builder(dataclasses.replace(config, **changes), rngs=nnx.Rngs(0)))


@nnx.jit
def call(model, images, target_in):
    return model(images, target_in)


@pytest.mark.slow
def test_each_is_made_of_parts_that_earlier_chapters_have():
    cells, patches = built("cells"), built("patches")
    assert (type(cells.encoder), type(cells.decoder)) == (CNNEncoder, AttentionDecoder)
    assert (type(patches.encoder), type(patches.decoder)) == (ViTEncoder, TransformerDecoder)
    assert cells.encoder.grid and cells.encoder.positions is not None
    assert built("cells", positions=False).encoder.positions is None
    assert patches.encoder.class_token is None  # the words read the patches


@both
def test_every_word_looks_at_every_place(name):
    model = built(name)
    logits, weights = call(model, IMAGES, TARGET_IN)
    heads = 1 if name == "cells" else 2
    assert logits.shape == (B, T, V) and weights.shape == (B, heads, T, 9)
    real = np.moveaxis(np.asarray(weights), 1, 2)[REAL]
    assert (real > 0).all()
    np.testing.assert_allclose(real.sum(-1), 1, rtol=1e-5)
    encoding = model.encode(IMAGES)
    assert encoding.vectors.shape == (B, 9, 22) and encoding.mask.all()


@both
def test_every_part_of_the_picture_reaches_the_words_and_other_pictures_do_not(name):
    model = built(name)
    before = np.asarray(call(model, IMAGES, TARGET_IN).logits)
    for row, column in [(0, 0), (3, 1), (5, 5)]:
        after = call(model, IMAGES.at[1, row, column].add(1.0), TARGET_IN).logits
        change = np.abs(np.asarray(after) - before)
        assert change[1][REAL[1]].max(axis=-1).min() > 1e-5
        np.testing.assert_array_equal(change[[0, 2]], 0)


@both
def test_every_parameter_gets_a_gradient(name):
    graph, params, rest = nnx.split(built(name), nnx.Param, ...)
    pull = jnp.asarray(np.random.default_rng(1).normal(size=(B, T, V)), jnp.float32)

    def total(params):
        return (nnx.merge(graph, params, rest)(IMAGES, TARGET_IN).logits * pull).sum()

    for path, gradient in nnx.to_flat_state(jax.jit(jax.grad(total))(params)):
        # The same number is added to all scores of a query: softmax does not see it.
        if path[-2:] != ("key", "bias"):
            assert np.abs(gradient[...]).max() > 1e-6, path


def test_the_choices_reach_both_halves():
    model = built("patches", dropout=0.3, dtype="bfloat16")
    assert (len(model.encoder.blocks), len(model.decoder.blocks)) == (3, 2)
    attentions = [block.attention for block in model.encoder.blocks]
    attentions += [block.cross_attention for block in model.decoder.blocks]
    assert {(a.heads, a.d_k, a.query.dtype) for a in attentions} == {(2, 11, jnp.bfloat16)}
    for block in [*model.encoder.blocks, *model.decoder.blocks]:
        assert block.feed_forward.hidden.out_features == 11
        assert block.residual_feed_forward.dropout.rate == 0.3
    nnx.update(model, nnx.state(built("patches"), nnx.Param))
    rounded = call(model, IMAGES, TARGET_IN).logits  # in evaluation mode: nothing is dropped
    assert rounded.dtype == jnp.bfloat16
    wanted = np.asarray(call(built("patches"), IMAGES, TARGET_IN).logits)
    error = np.asarray(rounded, np.float32) - wanted
    assert 0 < np.sqrt((error**2).mean()) < 0.03 * wanted.std()


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("cells", {"side": 7}, "side must be divisible by 2, .*; got 7"),
        ("cells", {"encoding_dim": 21}, "encoding_dim must be even, .*; got 21"),
        ("cells", {"state_dim": 0}, "state_dim must be at least 1; got 0"),
        ("patches", {"patch": 4}, "patch must divide side = 6, .*; got patch = 4"),
        ("patches", {"encoder_layers": 0}, "encoder_layers must be at least 1; got 0"),
        ("patches", {"decoder_layers": 0}, "decoder_layers must be at least 1; got 0"),
        ("patches", {"heads": 3}, "heads must divide d_model = 22, .*; got heads = 3"),
        ("patches", {"dtype": "float16"}, "dtype must be one of .*; got 'float16'"),
        ("patches", {"dropout": 1.0}, r"dropout must lie in \[0, 1\); got 1.0"),
    ],
)
def test_what_does_not_fit_is_named_in_the_error(name, change, message):
    with pytest.raises(ValueError, match=message):
        built(name, **change)
