"""Mirrors benchmarks/torch_vit.py: the twin that ours is timed against does the same."""

import jax
import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.vision_transformer import ViTConfig, vit
from encdec_lib.train.losses import ClassificationLoss
from tests.systems import with_biases

B, SIDE, P, C, V = 3, 6, 2, 5, 7


@pytest.mark.parity
@pytest.mark.parametrize(("pool", "activation"), [("class", "gelu"), ("mean", "relu")])
def test_the_twin_has_the_same_logits_and_the_same_loss(pool, activation):
    torch = pytest.importorskip("torch")
    from benchmarks import torch_vit
    from benchmarks.torch_weights import copy_vit

    config = ViTConfig(SIDE, P, C, V, 22, 2, 13, 2, pool, activation=activation, epsilon=0.03)
    ours, theirs = with_biases(vit(config, rngs=nnx.Rngs(0))), torch_vit.ViT(config)
    copy_vit(ours, theirs)
    rng = np.random.default_rng(0)
    images = rng.normal(size=(B, SIDE, SIDE, C)).astype(np.float32)
    labels = rng.integers(0, V, B).astype(np.int32)
    x, y = torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(labels).long()
    logits = nnx.jit(lambda model, images: model(images))(ours, images)
    np.testing.assert_allclose(logits, theirs(x).detach(), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(jax.nn.softmax(logits), theirs.classify(x), rtol=1e-5, atol=1e-6)
    nats, count = ClassificationLoss()(lambda _: logits, (images, labels))
    loss = torch_vit.train_step(theirs, torch.optim.AdamW(theirs.parameters()), x, y)
    np.testing.assert_allclose(loss, nats / count, rtol=1e-5)
    assert sum(p.numel() for p in theirs.parameters()) == sum(
        p.size for p in jax.tree.leaves(nnx.state(ours, nnx.Param))
    )
