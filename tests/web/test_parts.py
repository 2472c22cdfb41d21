"""Mirrors encdec_lib/web/{parts,made_of}.py: what the page's engine does not know is refused."""

import pytest
from flax import nnx

from encdec_lib.encoding import EncoderDecoder, Encoding
from encdec_lib.layers.embedding import Embedding
from encdec_lib.layers.recurrent import GRU, LSTM
from encdec_lib.layers.sublayers import FeedForward
from encdec_lib.models.seq2seq import RNNDecoder, RNNEncoder, Seq2SeqConfig, seq2seq
from encdec_lib.models.token_sized import Reading
from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.web import export_model, rounded
from tests.widgets.untrained import untrained
from tests.widgets.untrained_images import shaken
from tests.widgets.untrained_readers import reading, scoring
from tests.widgets.untrained_transformers import small


@pytest.fixture
def fixed():
    return untrained(seq2seq, Seq2SeqConfig(7, 11, embed_dim=3, state_dim=5))


ADVICE = "Export a model made of what the page knows, or teach encdec_lib/web/engine the new class"


class MeanEncoder(nnx.Module):
    """The exercise of chapter 6: the parameters of an RNNEncoder, and another encoding."""

    def __init__(self, vocab_size, embed_dim, state_dim, *, rngs):
        self.embedding = Embedding(vocab_size, embed_dim, rngs=rngs)
        self.rnn = GRU(embed_dim, state_dim, rngs=rngs)
        self.encoding_dim = state_dim

    def __call__(self, source, mask):
        states, _ = self.rnn(self.embedding(source), mask)
        mean = states.sum(axis=1, keepdims=True) / mask.sum(axis=1)[:, None, None]
        return Encoding(mean, mask.any(axis=1, keepdims=True))


class HalvedEncoder(RNNEncoder):
    """A subclass that computes something else."""

    def __call__(self, source, mask):
        encoding = super().__call__(source, mask)
        return encoding._replace(vectors=encoding.vectors / 2)


@pytest.mark.parametrize("mine", [MeanEncoder, HalvedEncoder])
@pytest.mark.parametrize("export", [export_model, rounded])
def test_an_encoder_with_the_parameters_of_another_is_refused(fixed, mine, export):
    model = EncoderDecoder(mine(7, 3, 5, rngs=nnx.Rngs(0)), fixed.decoder)
    with pytest.raises(ValueError) as refused:
        export(model)
    said = str(refused.value)
    assert "knows RNNEncoder, BidirectionalEncoder, TransformerEncoder, " in said
    assert f"at model.encoder; got {mine.__name__} of {__name__}" in said
    assert ADVICE in said and "register it in encdec_lib/web/parts.py" in said


def test_a_decoder_of_ones_own_is_refused(fixed):
    class Mine(RNNDecoder):
        pass

    model = EncoderDecoder(fixed.encoder, Mine(11, 3, 5, rngs=nnx.Rngs(0)))
    with pytest.raises(ValueError, match=r"knows RNNDecoder, .* at model.decoder; got Mine of"):
        export_model(model)


def test_a_reader_of_ones_own_is_refused(as_reader):
    class Mine(Reading):
        pass

    model = reading("mean")
    model.decoder.reader = Mine("mean")
    with pytest.raises(ValueError, match="Reading, Attention at model.decoder.reader; got Mine"):
        export_model(model)
    model = scoring("dot")
    model.decoder.reader.score = nnx.Dropout(0.5)
    with pytest.raises(ValueError, match="DotScore, .* at model.decoder.reader.score; got Dropout"):
        export_model(model)


def test_a_layer_that_the_page_would_drop_is_refused(fixed, as_reader):
    fixed.decoder.norm1 = nnx.LayerNorm(5, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="no module at all at model.decoder.norm1; got LayerNorm"):
        export_model(fixed)


def test_a_model_of_another_kind_is_named():
    with pytest.raises(ValueError, match="knows EncoderDecoder, ViT at model; got Linear of flax"):
        export_model(nnx.Linear(2, 3, rngs=nnx.Rngs(0)))

    class Mine(EncoderDecoder):
        pass

    parts = RNNEncoder(7, 3, 5, rngs=nnx.Rngs(0)), RNNDecoder(11, 3, 5, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="at model; got Mine of"):
        export_model(Mine(*parts))


def test_a_model_the_page_cannot_run_is_refused(fixed, as_reader):
    fixed.encoder.rnn = LSTM(3, 5, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="knows GRU at model.encoder.rnn; got LSTM of encdec_lib"):
        export_model(fixed)
    with pytest.raises(TypeError, match="model must be a Flax NNX module.*got dict"):
        export_model({})


def test_blocks_of_ones_own_are_refused(as_reader):
    class Mine(FeedForward):
        pass

    model = small()
    model.encoder.blocks[0].feed_forward = Mine(12, 17, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"FeedForward at model.encoder.blocks.0.feed_forward;"):
        export_model(model)
    model = small()
    model.decoder.blocks[1].cross_attention.scaled = False
    with pytest.raises(
        ValueError, match=r"blocks that are alike; got .*\(3, False, True\), \(3, T"
    ):
        export_model(model)
    model = small()
    model.decoder.blocks[0].residual_feed_forward.norm = nnx.RMSNorm(12, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="LayerNorm at model.decoder.blocks.0.*; got RMSNorm"):
        export_model(model)


def test_blocks_that_differ_inside_are_refused():
    config = ViTConfig(side=6, patch=3, d_model=6, heads=3, d_ff=5, layers=2)
    model = shaken(lambda: vit(config, rngs=nnx.Rngs(0)))
    model.encoder.blocks[1].feed_forward.activation = "gelu"
    with pytest.raises(ValueError, match=r"alike; got .*\('gelu', 1e-05\), \('relu', 1e-05\)"):
        export_model(model)
