"""Mirrors encdec_lib/web/restored.py."""

import jax
import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web import export_model, rounded
from encdec_lib.web.restored import restored

SIZES = BahdanauConfig(7, 11, embed_dim=3, encoder_dim=5, state_dim=2, align_dim=13)


def built(seed, sizes=SIZES):
    return bahdanau(sizes, rngs=nnx.Rngs(seed))


@pytest.mark.parametrize("dtype", ["float16", "int8", "float32"])
def test_a_restored_model_is_the_one_that_the_page_sees(dtype):
    model = built(0)
    exported = export_model(model, dtype)
    again = restored(exported, built(1))
    for one, other in zip(
        jax.tree.leaves(nnx.state(again, nnx.Param)),
        jax.tree.leaves(nnx.state(rounded(model, dtype), nnx.Param)),
        strict=True,
    ):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    assert export_model(again, dtype).data == exported.data


def test_another_kind_and_other_sizes_are_refused():
    exported = export_model(built(0))
    with pytest.raises(ValueError, match="model must have the encoder 'birnn'.*got 'rnn'"):
        restored(exported, seq2seq(Seq2SeqConfig(7, 11), rngs=nnx.Rngs(0)))
    wider = BahdanauConfig(7, 11, embed_dim=3, encoder_dim=5, state_dim=2, align_dim=17)
    with pytest.raises(ValueError, match=r"has the shape \(10, 13\) there and \(10, 17\) here"):
        restored(exported, built(0, wider))
