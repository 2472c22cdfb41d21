"""Mirrors encdec_lib/analysis/gradient_norms.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.analysis.gradient_norms import PARTS, gradient_norms
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.train.losses import masked_cross_entropy, shift_right

SIZES = {"d_model": 14, "heads": 2, "d_ff": 22, "encoder_layers": 1, "decoder_layers": 2}


def build(seed=0, **changes):
    return transformer(TransformerConfig(11, 13, **(SIZES | changes)), rngs=nnx.Rngs(seed))


@pytest.fixture(scope="module")
def pair():
    rng = np.random.default_rng(0)
    source, target = rng.integers(4, 11, (3, 7)), rng.integers(4, 13, (3, 6))
    source[1, 4:], target[2, 3:] = 0, 0
    target[0, 5], target[1, 5], target[2, 2] = 2, 2, 2
    return source, target


def test_the_length_is_how_fast_the_loss_rises_along_the_gradient(pair):
    """A step of h along the unit gradient of a block raises the loss by h times its length."""
    model = build()
    found = gradient_norms(model, *pair)
    graph, params = nnx.split(model)
    source, target = map(jnp.asarray, pair)

    @jax.jit
    def loss(params):
        logits = nnx.merge(graph, params)(source, shift_right(target)).logits
        return masked_cross_entropy(logits, target, target != 0)

    gradients = nnx.to_flat_state(jax.grad(loss)(params))
    for half, norms in (("encoder", found.encoder), ("decoder", found.decoder)):
        for n, norm in enumerate(norms):
            only = [
                (path, gradient.replace(gradient[...] * (path[:3] == (half, "blocks", n)) / norm))
                for path, gradient in gradients
            ]
            unit = nnx.from_flat_state(only)
            after, before = (
                loss(jax.tree.map(lambda w, g, h=h: w + h * g, params, unit)) for h in (0.01, -0.01)
            )
            assert float(after - before) / 0.02 == pytest.approx(norm, rel=0.02)


def test_parts_add_up_to_no_more_than_all(pair):
    model = build()
    everything, feed_forward, attention = (gradient_norms(model, *pair, part) for part in PARTS)
    for half in ("encoder", "decoder"):
        whole, *parts = (getattr(n, half) for n in (everything, feed_forward, attention))
        # norms have weights too
        squares = sum(part**2 for part in parts)
        assert (squares < whole**2).all() and (squares > 0.3 * whole**2).all()
        assert len(whole) == {"encoder": 1, "decoder": 2}[half]


@pytest.mark.slow
def test_new_post_norm_has_its_largest_gradient_near_the_output(pair):
    """Xiong et al. 2020: with pre-norm it is about even, and smaller than with post-norm."""
    sizes = {"d_model": 26, "encoder_layers": 1, "decoder_layers": 4}
    post, pre = (
        np.mean(
            [gradient_norms(build(s, pre_norm=p, **sizes), *pair, "feed_forward").decoder
             for s in range(3)], axis=0
        )
        for p in (False, True)
    )  # fmt: skip
    assert post[-1] > 1.5 * post[0]
    assert post[-1] > 1.5 * pre[-1]


def test_what_is_no_transformer_is_refused(pair):
    with pytest.raises(TypeError, match="model must be a Transformer over tokens.*EncoderDecoder"):
        gradient_norms(seq2seq(Seq2SeqConfig(11, 13, 3, 5), rngs=nnx.Rngs(0)), *pair)
    with pytest.raises(TypeError, match="got NoneType"):
        gradient_norms(None, *pair)


def test_another_part_and_unknown_ids_are_refused(pair):
    source, target = pair
    with pytest.raises(ValueError, match="part must be one of all, feed_forward, attention"):
        gradient_norms(build(), source, target, "norms")
    with pytest.raises(ValueError, match="source"):
        gradient_norms(build(), source + 40, target)
