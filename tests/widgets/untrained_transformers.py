"""Transformers for tests, untrained, on sizes that are different primes or nearly so."""

from flax import nnx

from encdec_lib.encoding import EncoderDecoder
from encdec_lib.layers.stack import StackConfig
from encdec_lib.models.bahdanau_attention import BidirectionalEncoder
from encdec_lib.models.self_attention import SelfAttentionConfig, self_attention
from encdec_lib.models.transformer import TransformerConfig, TransformerDecoder, transformer
from tests.widgets.untrained_images import shaken

#: What differs from a small model with pre-norm, sinusoidal positions and a tied output.
CHOICES = {
    "as it comes": {},
    "post-norm, learned, untied, own d_k and d_v": {
        "pre_norm": False, "positions": "learned", "max_length": 17, "tied": False,
        "d_model": 11, "heads": 2, "d_k": 5, "d_v": 7,
    },
    "rotary, unscaled": {"positions": "rotary", "scaled": False, "d_k": 6},
    "rotary, post-norm": {"positions": "rotary", "pre_norm": False, "d_k": 2, "d_v": 3},
    "no positions, one layer, one head": {
        "positions": "none", "pre_norm": False, "heads": 1, "d_model": 7,
        "decoder_layers": 1,
    },
    "learned, pre-norm": {"positions": "learned", "max_length": 19, "tied": False},
    "wide, two layers": {"d_model": 64, "heads": 4, "d_ff": 128, "encoder_layers": 2},
}  # fmt: skip


def small(source: int = 30, target: int = 43, seed: int = 0, **choices):
    """A Transformer with 1 + 2 layers of 3 heads unless told otherwise."""
    sizes = {"d_model": 12, "heads": 3, "d_ff": 17, "encoder_layers": 1, "decoder_layers": 2}
    config = TransformerConfig(source, target, **(sizes | choices))
    return shaken(lambda: transformer(config, rngs=nnx.Rngs(0)), seed)


def with_gru_decoder(source: int = 30, target: int = 43, **choices):
    """A Transformer's encoder and the decoder of chapter 9, as in chapters 10 and 11."""
    sizes = {"d_model": 14, "heads": 2, "d_ff": 17, "layers": 2, "embed_dim": 5, "state_dim": 11}
    config = SelfAttentionConfig(source, target, **(sizes | choices))
    return shaken(lambda: self_attention(config, rngs=nnx.Rngs(0)))


def with_gru_encoder(source: int = 30, target: int = 43):
    """The encoder of chapter 8 and a Transformer's decoder."""

    def build():
        rngs = nnx.Rngs(0)
        config = StackConfig(d_model=14, heads=2, d_ff=17)
        encoder = BidirectionalEncoder(source, 5, 7, rngs=rngs)
        return EncoderDecoder(encoder, TransformerDecoder(target, config, rngs=rngs))

    return shaken(build)
