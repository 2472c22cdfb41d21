"""Shares of heads against loops over tokens; a layer without a head against the others' sum."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.analysis.head_looks import head_looks, silence_head
from encdec_lib.layers.attention import MultiHeadAttention

B, H, S = 2, 3, 5


def some_weights():
    rng = np.random.default_rng(0)
    real = np.arange(S)[None] < np.array([[5], [3]])
    w = rng.uniform(size=(B, H, S, S)) * real[:, None, None]
    return w / w.sum(axis=3, keepdims=True), real, rng.uniform(size=(B, S)) < 0.5


def test_shares_are_those_of_a_loop():
    w, real, verbs = some_weights()
    right = {name: np.zeros(H) for name in ("before", "itself", "after", "verbs", "bits")}
    for b in range(B):
        for n in range(H):
            for t in range(S):
                if not real[b, t]:
                    continue
                for s in range(S):
                    weight = w[b, n, t, s] / 8  # of 8 real tokens
                    for name, counts in (
                        ("before", s == t - 1),
                        ("itself", s == t),
                        ("after", s == t + 1),
                        ("verbs", verbs[b, s]),
                    ):
                        right[name][n] += weight * counts
                    if weight:
                        right["bits"][n] -= weight * np.log2(w[b, n, t, s])
    found = head_looks(w, real, {"verbs": verbs})
    assert list(found) == list(right)
    for name, shares in right.items():
        np.testing.assert_allclose(found[name], shares, atol=1e-12, err_msg=name)


def test_a_silenced_head_adds_nothing():
    layer = MultiHeadAttention(6, H, bias=False, rngs=nnx.Rngs(0))
    x = jax.random.normal(jax.random.key(0), (B, S, 6))
    mask = jnp.ones((B, 1, S), bool)
    whole, _ = layer(x, x, mask)
    rest = []
    for head in range(H):
        without = nnx.clone(layer)
        silence_head(without, head)
        rest.append(whole - without(x, x, mask)[0])  # what the head added
    np.testing.assert_allclose(sum(rest), whole, atol=1e-5)
    assert min(float(jnp.abs(one).max()) for one in rest) > 1e-3


def test_shapes_that_do_not_fit_are_named():
    w, real, verbs = some_weights()
    with pytest.raises(ValueError, match="weights must have shape"):
        head_looks(w[0], real)
    with pytest.raises(ValueError, match="verbs must have shape"):
        head_looks(w, real, {"verbs": verbs[:1]})
    with pytest.raises(ValueError, match="head must be"):
        silence_head(MultiHeadAttention(6, H, rngs=nnx.Rngs(0)), H)
