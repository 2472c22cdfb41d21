"""Checks of chapter 2: sizes and stamps, what to count, and a decoder with some of its skips."""

from collections.abc import Iterator
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.evaluation import pixels as segmentation
from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.layers.convolution import ConvBlock, transposed_convolution
from encdec_lib.models.cnn_to_cnn import UNetDecoder, UNetEncoder


@exercise("cnn_to_cnn-1")
def sizes(side: Any, padding: Any) -> Iterator[Property]:
    """Sides of transposed convolutions, read off the library's outputs."""
    image = jnp.zeros((1, 32, 32, 1))
    truth = transposed_convolution(image, jnp.zeros((4, 4, 1, 1)), 2, 1).shape[1]
    yield Property(
        "the side after kernel 4, stride 2, padding 1",
        side == truth,
        "The first stamp begins at 0. Where does the last begin, where does it end, and how much "
        "is cut off?",
    )
    doubles = [
        p
        for p in range(6)
        if transposed_convolution(image, jnp.zeros((6, 6, 1, 1)), 2, p).shape[1] == 64
    ]
    yield Property(
        "the padding that doubles the side with kernel 6, stride 2",
        padding in doubles,
        "Set the size formula equal to 2n. The n drops out.",
    )


@exercise("cnn_to_cnn-2")
def receptive(receptive_field: Any) -> Iterator[Property]:
    """The receptive field, compared with which inputs change an output."""
    block = [(3, 1), (3, 1), (2, 2)]
    chains = {
        "one 3×3 convolution": [(3, 1)],
        "two 3×3 convolutions": [(3, 1), (3, 1)],
        "a convolution after pooling": [(2, 2), (3, 1)],
        "strides in several places": [(5, 1), (3, 2), (3, 1), (2, 2), (3, 1)],
        "the encoder of this chapter": block * 3 + [(3, 1), (3, 1)],
    }
    for name, layers in chains.items():
        yield Property(
            name,
            receptive_field(layers) == _reach(layers),
            "How many input pixels lie between two neighbours at this depth? A window of k spans "
            "k - 1 such gaps.",
        )


@exercise("cnn_to_cnn-3")
def stamps(transposed: Any) -> Iterator[Property]:
    """A transposed convolution in NumPy, against the library's."""
    rng = np.random.default_rng(3)
    for kernel, stride, padding in ((2, 2, 0), (3, 2, 0), (3, 1, 1), (5, 3, 2)):
        x, weights = rng.normal(size=(4, 5, 2)), rng.normal(size=(kernel, kernel, 2, 3))
        truth = transposed_convolution(
            jnp.asarray(x, jnp.float32)[None], jnp.asarray(weights, jnp.float32), stride, padding
        )[0]
        yield from agrees(
            np.asarray(transposed(x, weights, stride, padding)),
            np.asarray(truth),
            f"kernel {kernel}, stride {stride}, padding {padding}",
            "Stamps that overlap add up. The padding is cut off the finished output, on all sides.",
        )


@exercise("cnn_to_cnn-4")
def mean_iou(my_mean_iou: Any) -> Iterator[Property]:
    """The mean IoU, against the library's."""
    rng = np.random.default_rng(4)
    truth, labels = rng.integers(0, 5, (2, 3, 9, 9))
    yield Property(
        "two random maps of five classes",
        np.isclose(my_mean_iou(labels, truth, 5), segmentation.mean_iou(labels, truth, 5)),
        "Count pixels where both say v, and pixels where at least one does. Is class 0 left out?",
    )
    yield Property(
        "1 for the truth itself",
        np.isclose(my_mean_iou(truth, truth, 5), 1),
        "What is the union of a set with itself?",
    )
    few = np.where(truth == 3, 0, truth)
    yield Property(
        "a class that neither map holds does not count",
        np.isclose(my_mean_iou(few, few, 5), 1),
        "Is the mean taken over the classes that are there?",
    )
    yield Property(
        "a class that only the model sees counts as 0",
        np.isclose(my_mean_iou(truth, few, 5), segmentation.mean_iou(truth, few, 5)),
        "Its intersection is empty, its union is not.",
    )


@exercise("cnn_to_cnn-5")
def parameters(block_parameters: Any) -> Iterator[Property]:
    """A formula for the parameters of a block, compared with blocks that were built."""
    for c, k in ((1, 16), (3, 5), (48, 64)):
        block = ConvBlock(c, k, rngs=nnx.Rngs(0))
        count = sum(p.size for _, p in nnx.to_flat_state(nnx.state(block, nnx.Param)))
        yield Property(
            f"C = {c}, K = {k}",
            block_parameters(c, k) == count,
            "Write the shapes down: two kernels, two biases, two scales, two shifts. What does the "
            "second convolution read?",
        )


@exercise("cnn_to_cnn-6")
def some_skips(decoder_class: Any) -> Iterator[Property]:
    """A decoder that reads some skips, against the whole one with zeros in their place."""
    channels = (2, 3, 4, 5)
    encoder = UNetEncoder(1, channels, rngs=nnx.Rngs(0))
    encoder.eval()
    images = jnp.asarray(np.random.default_rng(0).random((1, 8, 8, 1)), jnp.float32)
    encoding = encoder(images, None)
    for keep in ((0,), (2,), (0, 2), ()):
        kept = type("Kept", (decoder_class,), {"keep": keep})
        decoder, whole = (c(7, channels, rngs=nnx.Rngs(1)) for c in (kept, UNetDecoder))
        decoder.eval()
        whole.eval()
        decoded = decoder(encoding)
        if not hasattr(decoded, "logits"):
            yield Property("__call__ returns an answer", False, "Return what the parent returns.")
            return
        skips = tuple(f * (k in keep) for k, f in enumerate(encoding.skips))
        truth = whole(encoding._replace(skips=skips)).logits
        yield Property(
            f"keep = {keep}",
            np.allclose(decoded.logits, truth, atol=1e-5),
            "encoding.skips runs from fine to coarse. A named tuple has `_replace`; what should "
            "stand for a skip that is not kept?",
        )


def _reach(layers) -> int:
    """Which input pixels of a row change one output pixel, by trying."""
    side = 200
    changes = np.eye(side, dtype=bool)  # [output, input]
    for kernel, stride in layers:
        count = (len(changes) - kernel) // stride + 1
        changes = np.stack(
            [changes[i * stride : i * stride + kernel].any(axis=0) for i in range(count)]
        )
    return int(changes[len(changes) // 2].sum())
