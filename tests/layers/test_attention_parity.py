"""Several heads, and one, against PyTorch, Flax and JAX itself."""

import copy
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from flax.nnx.nn.attention import dot_product_attention_weights

from encdec_lib.layers.attention import dot_product_attention
from encdec_lib.layers.masks import causal_mask
from tests.helpers.heads import (
    MASKS,
    B,
    H,
    K,
    S,
    T,
    built,
    close,
    normal,
    queries_keys_values,
)

E, HEADS = 22, 2  # PyTorch and Flax cut d_model into heads of one width


def gradients(attend, x, z, mask, pull):
    """Outputs, weights, and the gradients of module, x and z as (module, x, z)."""
    graph, params, rest = nnx.split(attend, nnx.Param, ...)

    def pulled(params, x, z):
        out, weights = nnx.merge(graph, params, rest)(x, z, mask)
        return (out * pull).sum(), (out, weights)

    grads, answer = jax.jit(jax.grad(pulled, argnums=(0, 1, 2), has_aux=True))(params, x, z)
    return answer, (nnx.merge(graph, grads[0], rest), *grads[1:])


@pytest.mark.parity
@pytest.mark.parametrize("case", ["self", "causal", "padding", "cross", "one"])
def test_agrees_with_torch_in_values_and_gradients(case):
    torch = pytest.importorskip("torch")
    from benchmarks.torch_weights import copy_multi_head

    theirs = torch.nn.MultiheadAttention(E, HEADS, batch_first=True)
    ours = built(HEADS, d_model=E, d_k=None, d_v=None)
    copy_multi_head(ours, theirs)
    length = 1 if case == "one" else T
    x, z = normal(B, length, E), normal(B, S, E, seed=1)
    hides = {}  # True is hidden there
    mask = np.ones((1, 1, S if case in ("cross", "padding") else length), bool)
    if case == "causal":
        mask = np.asarray(causal_mask(T))
        hides = {"attn_mask": torch.from_numpy(~mask[0])}
    if case == "padding":
        mask = MASKS["padding"]
        hides = {"key_padding_mask": torch.from_numpy(~mask[:, 0])}
    if mask.shape[-1] != S:
        z = x
    pull = normal(B, length, E, seed=2)
    (out, weights), (grads, *grads_in) = gradients(ours, x, z, jnp.asarray(mask), pull)

    inputs = [torch.from_numpy(np.array(a)).requires_grad_() for a in (x, z)]
    wanted, wanted_weights = theirs(
        inputs[0], inputs[1], inputs[1], need_weights=True, average_attn_weights=False, **hides
    )
    (wanted * torch.from_numpy(np.array(pull))).sum().backward()
    close(out, wanted.detach().numpy())
    close(weights, wanted_weights.detach().numpy())
    for grad, tensor in zip(grads_in, inputs, strict=True):
        close(grad, tensor.grad.numpy())
    twin = copy.deepcopy(theirs)
    copy_multi_head(grads, twin)  # our gradients, laid out as theirs
    for (name, mine), parameter in zip(twin.named_parameters(), theirs.parameters(), strict=True):
        close(mine.detach().numpy(), parameter.grad.numpy(), err_msg=name)


def copy_to_flax(ours, theirs):
    """Kernels (D, HK) become (D, H, K), and (HK, D) becomes (H, K, D)."""
    for name in ("query", "key", "value"):
        mine, twin = getattr(ours, name), getattr(theirs, name)
        twin.kernel[...] = mine.kernel[...].reshape(twin.kernel.shape)
        twin.bias[...] = mine.bias[...].reshape(twin.bias.shape)
    theirs.out.kernel[...] = ours.output.kernel[...].reshape(theirs.out.kernel.shape)
    theirs.out.bias[...] = ours.output.bias[...]


@pytest.mark.parametrize("case", ["self", "causal", "padding"])
def test_agrees_with_flax_in_values_and_gradients(case):
    theirs = nnx.MultiHeadAttention(num_heads=HEADS, in_features=E, decode=False, rngs=nnx.Rngs(1))
    ours = built(HEADS, d_model=E, d_k=None, d_v=None)
    copy_to_flax(ours, theirs)
    x, z = normal(B, T, E), normal(B, S, E, seed=1)
    mask = jnp.ones((1, 1, T), bool)
    if case == "causal":
        mask = causal_mask(T)
    if case == "padding":
        mask = jnp.asarray(MASKS["padding"])
    z = z if case == "padding" else x
    pull = normal(B, T, E, seed=2)
    (out, weights), (grads, *grads_in) = gradients(ours, x, z, mask, pull)

    graph, params, rest = nnx.split(theirs, nnx.Param, ...)

    def pulled(params, x, z):
        out = nnx.merge(graph, params, rest)(x, z, mask=mask[:, None])
        return (out * pull).sum(), out

    pulled = jax.jit(jax.grad(pulled, argnums=(0, 1, 2), has_aux=True))
    wanted_grads, wanted = pulled(params, x, z)
    close(out, wanted)
    # Flax's own function for the weights wants (B, T, H, K).
    asked, offered = (y.swapaxes(1, 2) for y in (ours.queries(x), ours.keys_values(z)[0]))
    close(weights, dot_product_attention_weights(asked, offered, mask=mask[:, None]))
    for mine, other in zip(grads_in, wanted_grads[1:], strict=True):
        close(mine, other)
    copy_to_flax(grads, theirs)
    mine = dict(nnx.to_flat_state(nnx.state(theirs, nnx.Param)))
    wanted = dict(nnx.to_flat_state(wanted_grads[0]))
    assert len(mine) == 8 and mine.keys() == wanted.keys()
    for path in mine:
        close(mine[path][...], wanted[path][...], err_msg=str(path))


@pytest.mark.parametrize("mask", MASKS)
def test_agrees_with_jax_in_values_and_gradients(mask):
    mask = jnp.asarray(MASKS[mask])
    inputs, pull = queries_keys_values(v=K), normal(B, H, T, K, seed=3)  # K wide: JAX's condition
    something = jnp.broadcast_to(mask.any(-1), (B, T))[:, None, :, None]

    def ours(q, k, v, fused=False):
        mixtures, _ = dot_product_attention(q, k, v, mask, fused=fused)
        return (mixtures * pull).sum(), mixtures

    def jaxs(q, k, v):
        q, k, v = (x.swapaxes(1, 2) for x in (q, k, v))
        out = jax.nn.dot_product_attention(q, k, v, mask=mask[:, None]).swapaxes(1, 2)
        # where there is nothing to see, JAX takes the mean of all values
        return (jnp.where(something, out, 0) * pull).sum(), jnp.where(something, out, 0)

    answers = [
        jax.jit(jax.grad(f, argnums=(0, 1, 2), has_aux=True))(*inputs)
        for f in (ours, partial(ours, fused=True), jaxs)
    ]
    for grads, out in answers[1:]:
        close(answers[0][1], out)
        for mine, other in zip(answers[0][0], grads, strict=True):
            close(mine, other)
