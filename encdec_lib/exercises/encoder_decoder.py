"""Checks of chapter 1: two functions and a vector between them."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.encoding import EncoderDecoder, Encoding
from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.models.encoder_decoder import AutoencoderConfig, DenseDecoder, autoencoder
from encdec_lib.train import losses

_SIDE, _K, _D = 5, 7, 3  # sizes of the small models here: all different


@exercise("encoder_decoder-1")
def by_hand(
    encoding: Any, ink: Any, nats_if_none: Any, nats_for_a_letter: Any
) -> Iterator[Property]:
    """Two dense layers, a bet and two losses in small numbers."""
    hidden = np.maximum(np.array([1, 0.5]) @ np.array([[2, -1], [-2, 4]]) + [0, -2], 0)
    truth = float(hidden @ [3, 1] - 1)
    bet = 1 / (1 + np.exp(-truth / 2))
    yield Property(
        "H",
        np.isclose(encoding, truth),
        "What does the ReLU make of the second unit? And where does the 1 go that is taken away?",
    )
    yield Property(
        "the probability of ink",
        np.isclose(ink, bet, rtol=0.01),
        "The logit is half of H, and the sigmoid makes a probability of it.",
    )
    yield Property(
        "the nats that it costs if there is no ink",
        np.isclose(nats_if_none, -np.log(1 - bet), rtol=0.01),
        "Which probability had no ink? The loss is minus its natural logarithm.",
    )
    yield Property(
        "the nats of a letter",
        np.isclose(nats_for_a_letter, np.log(26), rtol=0.01),
        "Each letter has 1/26, so whichever it is, the loss is the same.",
    )


@exercise("encoder_decoder-2")
def parameters(count: Any) -> Iterator[Property]:
    """A formula for the number of parameters, compared with models that were built."""
    for sizes in ((_SIDE, _K, _D), (14, 64, 8), (14, 64, 1)):
        built = autoencoder(AutoencoderConfig(*sizes), rngs=nnx.Rngs(0))
        truth = sum(p.size for p in jax.tree.leaves(nnx.state(built, nnx.Param)))
        yield Property(
            "the model with (side, hidden width, width of H) = " + str(sizes),
            count(*sizes) == truth,
            "Four matrices and four biases: write down their shapes. How many pixels has an image?",
        )


@exercise("encoder_decoder-3")
def pixel_loss(loss: Any) -> Iterator[Property]:
    """Cross-entropy of every pixel, summed over an image, averaged over the batch."""
    rng = np.random.default_rng(2)
    logits = 3 * rng.normal(size=(4, _SIDE, _SIDE, 1)).astype(np.float32)
    grey = rng.uniform(size=logits.shape).astype(np.float32)
    for name, images in {"black and white": np.round(grey), "grey": grey}.items():
        bets = 1 / (1 + np.exp(-logits.astype(np.float64)))
        nats = -(images * np.log(bets) + (1 - images) * np.log(1 - bets))
        got = np.asarray(loss(logits, images))
        yield Property(
            f"{name} images: the result is one number",
            got.shape == (),
            "Which axes are left over? Sum over the pixels, average over the images.",
        )
        if got.shape != ():
            return
        yield Property(
            f"{name} images: right",
            np.isclose(got, nats.sum() / 4, rtol=1e-4),
            "Is the sum over an image's pixels divided by the number of images alone? "
            "A grey pixel of 0.3 is ink with probability 0.3: both terms count.",
        )
    large = loss(300 * logits, np.round(grey))
    yield Property(
        "finite for very large logits",
        np.isfinite(large),
        "log(σ(-300)) is -300, but σ(-300) is 0 in float32. Is there a function that takes the "
        "logarithm and the sigmoid in one, or softplus?",
    )


@exercise("encoder_decoder-4")
def blind_decoder(best_logits: Any) -> Iterator[Property]:
    """The best image to paint without any encoding: H of width 0."""
    rng = np.random.default_rng(3)
    images = rng.uniform(0.05, 0.95, size=(11, _SIDE, _SIDE, 1)).astype(np.float32)
    got = np.asarray(best_logits(images))
    shape = images.shape[1:]
    yield Property(
        f"one image for all, shape {shape}",
        got.shape == shape,
        f"The result has shape {got.shape}. The decoder sees nothing, so it always paints the "
        "same.",
    )
    if got.shape != shape:
        return

    def cost(logits):
        return float(losses.reconstruction_loss(lambda x: _Logits(logits), jnp.asarray(images))[0])

    best = cost(jnp.asarray(got))
    gradient = jax.grad(
        lambda logits: losses.reconstruction_loss(lambda x: _Logits(logits), images)[0]
    )(jnp.asarray(got))
    yield Property(
        "no small change of a pixel lowers the loss",
        bool((np.abs(gradient) < 1e-2).all()),
        "Work out for one pixel: with which probability p of ink is the mean of "
        "-x log p - (1 - x) log(1 - p) smallest? And which logit has this probability?",
    )
    others = [got + noise for noise in rng.normal(size=(20, *shape)).astype(np.float32)]
    yield Property(
        "20 other images cost more",
        all(cost(jnp.asarray(other)) > best for other in others),
        "Try it for a single pixel that has ink in 3 images of 4.",
    )


class _Logits:
    """What ``reconstruction_loss`` reads of a model's answer: the same logits for every image."""

    def __init__(self, logits):
        self.logits = logits[None]


@exercise("encoder_decoder-5")
def descend(step: Any) -> Iterator[Property]:
    """One step of plain gradient descent on the parameters of a model."""
    model = autoencoder(AutoencoderConfig(_SIDE, _K, _D), rngs=nnx.Rngs(4))
    images = jax.random.uniform(jax.random.key(4), (6, _SIDE, _SIDE, 1))
    graph, params = nnx.split(model, nnx.Param)

    def mean_loss(params):
        total, count = losses.reconstruction_loss(nnx.merge(graph, params), images)
        return total / count

    for rate in (0.1, 0.02):
        value, grads = jax.value_and_grad(mean_loss)(params)
        truth = jax.tree.map(lambda p, g, rate=rate: p - rate * g, params, grads)
        answer = step(mean_loss, params, rate)
        pair = isinstance(answer, tuple) and len(answer) == 2
        yield Property(
            "two results, the new parameters and the loss",
            pair,
            "Return them in this order, as a tuple.",
        )
        if not pair:
            return
        got, loss = answer
        same_tree = jax.tree.structure(got) == jax.tree.structure(truth)
        yield Property(
            "the new parameters are built like the old ones",
            same_tree,
            "jax.tree.map applies a function to every array of two trees that are built alike.",
        )
        if not same_tree:
            return
        pairs = zip(jax.tree.leaves(got), jax.tree.leaves(truth), strict=True)
        yield Property(
            f"each parameter moved against its gradient, by {rate} times it",
            all(np.allclose(a, b, atol=1e-5) for a, b in pairs),
            "Does the loss fall after your step, or rise? By what do you multiply the gradient?",
        )
        yield Property(
            "the loss before the step",
            np.isclose(loss, value, rtol=1e-4),
            "jax.value_and_grad gives both at once.",
        )


@exercise("encoder_decoder-6")
def another_encoder(encoder_class: Any) -> Iterator[Property]:
    """An encoder of rows and columns that keeps the contract, in front of a library's decoder."""
    encoder = encoder_class(_SIDE, _D, rngs=nnx.Rngs(5))
    images = jax.random.uniform(jax.random.key(5), (2, _SIDE, _SIDE, 1))
    yield Property(
        f"it says the width of H: encoder.encoding_dim is {_D}",
        getattr(encoder, "encoding_dim", None) == _D,
        "EncoderDecoder compares this number with the decoder's before anything runs.",
    )
    output = getattr(encoder, "output", None)
    inputs = getattr(output, "in_features", None)
    yield Property(
        f"it reads the {2 * _SIDE} sums, not the {_SIDE * _SIDE} pixels",
        inputs == 2 * _SIDE,
        f"self.output should be an nnx.Linear from {2 * _SIDE} numbers; it reads {inputs}.",
    )
    if inputs != 2 * _SIDE:
        return
    encoding = encoder(images, None)
    is_encoding = isinstance(encoding, Encoding)
    yield Property("it returns an Encoding", is_encoding, "Encoding(vectors, mask).")
    if not is_encoding:
        return
    ink = np.asarray(images[..., 0])
    sums = np.concatenate([ink.sum(axis=2), ink.sum(axis=1)], axis=1)  # rows, then columns
    truth = np.asarray(encoder.output(jnp.asarray(sums)))[:, None]
    yield from agrees(
        np.asarray(encoding.vectors),
        truth,
        "H",
        "Rows first, then columns, then the linear layer; and M = 1 needs an axis of its own.",
    )
    mask = np.asarray(encoding.mask)
    yield Property(
        "the mask says that the one vector is real",
        mask.shape == (2, 1) and mask.dtype == bool and bool(mask.all()),
        f"It has shape {mask.shape} and type {mask.dtype}; it needs one True for every image.",
    )
    model = EncoderDecoder(encoder, DenseDecoder(_SIDE, _K, _D, rngs=nnx.Rngs(6)))
    yield Property(
        "a decoder that it has never met paints from it",
        model(images).logits.shape == (2, _SIDE, _SIDE, 1),
        "Compare your Encoding's shapes with those of DenseEncoder.",
    )
