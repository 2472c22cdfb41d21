"""encdec_lib/web/engine/models/forcing.js: a decoder that is told some of its own tokens while it
learns, against one that steps in JAX: the same losses, and the same gradients before the first.
"""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from encdec_lib.data import BOS, EOS, PAD
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web.same_batches import batches
from encdec_lib.web.same_numbers import key_of, numbers
from tests.browser.engine_page import load
from tests.browser.test_training_parity import dotted, packed
from tests.widgets.untrained_images import shaken

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
STEPS, B, SEED = 10, 7, 3
TASK = {"name": "reverse", "symbols": 13, "longest": 5}
V = 13 + 4
TRAINING = {"batch": B, "learning_rate": 0.003, "warmup": 0, "clip": 1, "seed": SEED}
MODELS = {
    "fixed vector": lambda: seq2seq(
        Seq2SeqConfig(V, V, embed_dim=3, state_dim=11), rngs=nnx.Rngs(0)
    ),
    "attention": lambda: bahdanau(BahdanauConfig(V, V, 3, 5, 11, 19), rngs=nnx.Rngs(0)),
}


def step_by_step(model, source, target, forced):
    """The mean loss, where the token that each step is told is decided when its turn has come."""
    state, token = model.decoder.start(model.encode(source)), jnp.full(len(source), BOS)
    total, own = jnp.float32(0), []
    for t in range(target.shape[1]):
        state, logits, _ = model.decoder.step(state, token)
        log_p = jax.nn.log_softmax(logits)[jnp.arange(len(source)), target[:, t]]
        total -= jnp.where(target[:, t] == PAD, 0, log_p).sum()
        likeliest = logits.at[:, :EOS].set(-jnp.inf).argmax(axis=1)  # never <pad> or <bos>
        own.append(likeliest)
        if t + 1 < target.shape[1]:
            token = jnp.where(forced[t + 1], target[:, t], likeliest)
    return total / (target != PAD).sum(), jnp.stack(own, axis=1)


def in_jax(model, share):
    """Losses, the gradients before the first step, and how many own tokens were told, and wrong."""
    (source, target), order = batches(TASK, B, STEPS, SEED)
    graph, params, rest = nnx.split(model, nnx.Param, ...)
    adam = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(0.003, b1=0.9, b2=0.98))

    @jax.jit
    def step(params, moments, *batch):
        def loss(params):
            return step_by_step(nnx.merge(graph, params, rest), *batch)

        said, grads = jax.value_and_grad(loss, has_aux=True)(params)
        updates, moments = adam.update(grads, moments)
        return said, grads, optax.apply_updates(params, updates), moments

    moments, losses, first, wrong = adam.init(params), [], None, 0
    for n, rows in enumerate(order):
        T = target.shape[1]
        drawn = numbers(key_of("forcing", SEED, n), T * B).reshape(T, B)
        forced, told = drawn < share, target[rows]
        said, grads, params, moments = step(params, moments, source[rows], told, forced)
        value, own = said
        wrong += int(((own != told)[:, :-1] & ~forced.T[:, 1:] & (told[:, 1:] != PAD)).sum())
        losses.append(float(value))
        first = grads if first is None else first
    return losses, dotted(nnx.to_pure_dict(first)), wrong


@pytest.mark.parametrize(
    "name, share",
    [
        ("fixed vector", 0.5),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in [("attention", 0.5), ("fixed vector", 0), ("attention", 0.25)]
        ),
    ],
)
def test_a_decoder_that_is_told_its_own_tokens_learns_as_in_jax(page, name, share):
    load(page, "forcing_run", folder=HERE)
    model = shaken(MODELS[name])
    bias = model.decoder.output.bias  # it would like to say <pad> and <bos>, which nobody may
    bias[...] = bias[...].at[:EOS].add(1.0)
    exported = packed(model)
    losses, gradients, wrong = in_jax(model, share)
    assert wrong > 30  # so many times it was told what is not true
    for product in ("simd", "js"):
        config = {
            "model": {name: exported[name] for name in ("encoder", "decoder", "settings")}
            | {"sizes": {}},
            "task": TASK,
            "training": TRAINING | {"forcing": share},
            "product": product,
        }
        found = page.evaluate("given => forcing_run.trained(...given)", [exported, config, STEPS])
        assert found["product"] == product and found["first"] == found["losses"][0]
        np.testing.assert_allclose(found["losses"][0], losses[0], rtol=1e-5)
        assert found["gradients"].keys() == gradients.keys()
        for path, wanted in gradients.items():
            np.testing.assert_allclose(
                np.reshape(found["gradients"][path], wanted.shape), wanted,
                rtol=1e-5, atol=1e-5 * np.abs(wanted).max(), err_msg=f"{product}: {path}",
            )  # fmt: skip
        np.testing.assert_allclose(found["losses"], losses, rtol=1e-4)


def test_a_share_of_one_is_the_training_that_there_was(page):
    load(page, "forcing_run", folder=HERE)

    def after(**forcing):
        config = {
            "model": {
                "encoder": "rnn",
                "decoder": "rnn",
                "sizes": {"embed_dim": 3, "state_dim": 5},
            },
            "task": TASK,
            "training": TRAINING | forcing,
        }
        return page.evaluate("given => forcing_run.after(...given)", [config, 5])

    plain = after()
    assert after(forcing=1) == plain  # to the last bit
    less = after(forcing=0.5)
    assert less != plain and after(forcing=0.5) == less
    assert after(forcing=0) not in (plain, less)
