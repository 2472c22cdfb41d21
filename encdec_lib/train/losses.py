"""Losses, each an average over the tokens or pixels that count."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.data.vocabulary import BOS, PAD
from encdec_lib.runtime.checks import check_numbers, check_shares, check_sizes, is_number
from encdec_lib.runtime.inputs import as_numbers, check_ids, check_images, is_traced
from encdec_lib.train.data_checks import ChecksData as ChecksData
from encdec_lib.train.data_checks import check_classes, check_grey, check_pairs, two_arrays

#: ``loss(model, batch)``: a sum over the batch in nats, and what it is to be divided by.
Loss = Callable[[Any, Any], tuple[Array, Array]]


def shift_right(target: Int[Array, "B T"]) -> Int[Array, "B T"]:
    """The decoder's input in training: ``<bos>``, then the target without its last position.

    Where the target has ended, the input is padding, so a decoder can stop there.

    Args:
      target: ``(B, T)``, each row ending in ``<eos>``, then ``<pad>``.

    Returns:
      ``(B, T)``: position i holds what the decoder has seen before it predicts target i.

    Example:
      >>> import jax.numpy as jnp
      >>> shift_right(jnp.array([[7, 8, 2, 0], [9, 2, 0, 0]])).tolist()
      [[1, 7, 8, 0], [1, 9, 0, 0]]
    """
    begin = jnp.full_like(target[:, :1], BOS)
    shifted = jnp.concatenate([begin, target[:, :-1]], axis=1)
    return jnp.where(target == PAD, PAD, shifted)


def cross_entropy(
    logits: Float[Array, "*B V"],
    targets: Int[Array, "*B"] | Int[np.ndarray, "*B"],
    label_smoothing: float = 0.0,
) -> Float[Array, "*B"]:
    r"""Of each target, in nats and in float32; the one cross-entropy behind every loss here.

    .. math:: -\sum_v \tilde y_v \log \mathrm{softmax}(l)_v, \qquad
        \tilde y_v = (1-\varepsilon)\,[v = y] + \varepsilon / V

    Args:
      logits: l, ``(..., V)``.
      targets: y, ids in ``[0, V)``.
      label_smoothing: :math:`\varepsilon`, in ``[0, 1)``.

    Returns:
      One number a target.

    Raises:
      ValueError: outside ``jax.jit``, where its value can be looked at, for a target outside
        ``[0, V)``.

    Example:
      >>> import jax.numpy as jnp
      >>> round(float(cross_entropy(jnp.zeros((1, 8)), jnp.array([3]))[0]), 4)  # log(8)
      2.0794
    """
    if not is_traced(logits, targets):
        targets = check_ids("targets", targets, logits.shape[-1])
    if targets.shape != logits.shape[:-1]:
        raise ValueError(
            f"targets must be one for each of the logits, {logits.shape[:-1]}; got {targets.shape}."
        )
    return _nats(logits, targets, label_smoothing)


def _nats(logits, targets, label_smoothing):
    """:func:`cross_entropy` of targets that are in range, or do not count."""
    logits = logits.astype(jnp.float32)
    if not label_smoothing:
        return optax.losses.softmax_cross_entropy_with_integer_labels(logits, targets)
    labels = jax.nn.one_hot(targets, logits.shape[-1])
    return optax.losses.softmax_cross_entropy(logits, optax.smooth_labels(labels, label_smoothing))


def summed_cross_entropy(
    logits: Float[Array, "B T V"],
    targets: Int[Array, "B T"],
    mask: Bool[Array, "B T"],
    label_smoothing: float = 0.0,
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """The sum over real tokens, in nats, and their number.

    Training keeps the two apart so that a batch split among devices gives the same mean as a
    batch on one. See :func:`masked_cross_entropy` for the formula and the arguments.

    Raises:
      ValueError: if ``label_smoothing`` is outside [0, 1), or shapes do not fit.
    """
    if not is_number(label_smoothing) or not 0.0 <= label_smoothing < 1.0:
        raise ValueError(f"label_smoothing must lie in [0, 1); got {label_smoothing}.")
    if not logits.shape[:-1] == targets.shape == mask.shape:
        raise ValueError(
            f"logits (B, T, V), targets (B, T) and mask (B, T) must agree on B and T; "
            f"got {logits.shape}, {targets.shape} and {mask.shape}."
        )
    if not is_traced(logits, targets, mask):
        real = np.where(np.asarray(mask, bool), np.asarray(targets), 0)
        check_ids("targets", real, logits.shape[-1])
    nats = _nats(logits, targets, label_smoothing)  # (B, T)
    return jnp.where(mask, nats, 0.0).sum(), mask.sum().astype(jnp.float32)


def masked_cross_entropy(
    logits: Float[Array, "B T V"],
    targets: Int[Array, "B T"],
    mask: Bool[Array, "B T"],
    label_smoothing: float = 0.0,
) -> Float[Array, ""]:
    r"""Mean cross-entropy over the real target tokens, in nats per token.

    .. math::
        \mathcal{L} = -\frac{1}{\sum_{bt} m_{bt}}
        \sum_{bt} m_{bt} \sum_v \tilde y_{btv} \log p_{btv}, \qquad
        \tilde y_{btv} = (1-\varepsilon)\,[v = y_{bt}] + \varepsilon / V

    A model that spreads its bets evenly scores ``log(V)``. Without smoothing, ``exp(loss)``
    is the perplexity. Divides by the tokens in the whole batch, so that a long sentence
    weighs more than a short one.

    Args:
      logits: unnormalised log-probabilities, ``(B, T, V)``.
      targets: token ids in ``[0, V)``, ``(B, T)``. Ids under the mask are ignored.
      mask: True where ``targets`` has a real token, ``(B, T)``.
      label_smoothing: epsilon in ``[0, 1)``; 0 gives the plain loss.

    Returns:
      A scalar. 0.0 if the mask hides everything.

    Raises:
      ValueError: if ``label_smoothing`` is outside ``[0, 1)``, or shapes do not fit.

    Example:
      >>> import jax.numpy as jnp
      >>> uniform = jnp.zeros((1, 2, 8))
      >>> loss = masked_cross_entropy(uniform, jnp.array([[3, 0]]), jnp.array([[True, False]]))
      >>> round(float(loss), 4)  # log(8)
      2.0794

    Reference:
      Label smoothing: Szegedy et al. (2016), arXiv:1512.00567, section 7.
    """
    nats, count = summed_cross_entropy(logits, targets, mask, label_smoothing)
    return nats / jnp.maximum(count, 1)


def translation_loss(
    model: Any, batch: tuple[Array, Int[Array, "B T"]], label_smoothing: float = 0.0
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """What :func:`encdec_lib.train.loop.fit` minimises for an encoder-decoder over tokens.

    Args:
      model: an :class:`~encdec_lib.encoding.EncoderDecoder`.
      batch: source ``(B, S)`` and target ``(B, T)``.
      label_smoothing: see :func:`masked_cross_entropy`.

    Returns:
      Summed cross-entropy in nats and the number of target tokens.
    """
    source, target = batch
    logits = model(source, shift_right(target)).logits
    return summed_cross_entropy(logits, target, target != PAD, label_smoothing)


def reconstruction_loss(model: Any, batch: Any) -> tuple[Float[Array, ""], Float[Array, ""]]:
    r"""Cross-entropy between each pixel and the model's bet on it, for ``fit``.

    A grey level x from 0 to 1 is read as the probability of white:

    .. math:: -\sum_{hw} x_{hw} \log \sigma(l_{hw}) + (1 - x_{hw}) \log (1 - \sigma(l_{hw}))

    Args:
      model: called as ``model(images)``, gives logits ``(B, H, W, 1)``.
      batch: images ``(B, H, W, 1)`` with values from 0 to 1.

    Returns:
      The sum over all pixels, in nats, and the number of images.
    """
    nats = optax.losses.sigmoid_binary_cross_entropy(model(batch).logits, batch)
    return nats.sum(), jnp.float32(len(batch))


@dataclasses.dataclass(frozen=True)
class SegmentationLoss:
    r"""Cross-entropy over pixels, for ``fit``; pixels with ink may count more.

    .. math::
        \mathcal{L} = -\frac{1}{\sum w_{hw}} \sum_{hw} w_{hw} \log P(Y_{hw} = y_{hw}),
        \qquad w_{hw} = \text{ink\_weight where } y_{hw} > 0, \text{ else } 1

    Nine pixels in ten are background: with equal weights a network first learns to say
    "background" everywhere.

    Args:
      num_classes: labels lie in ``[0, num_classes)``; 0 is the background.
      ink_weight: what a pixel of another class counts.
    """

    num_classes: int = 11
    ink_weight: float | int = 4.0

    def __post_init__(self):
        check_sizes(self, "num_classes")
        check_numbers(self, "ink_weight")

    def __call__(self, model: Any, batch: Any) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """The weighted sum in nats, and the sum of the weights.

        Args:
          model: called as ``model(images)``, gives logits ``(B, H, W, V)``.
          batch: images ``(B, H, W, C)`` and their labels ``(B, H, W)``, one a pixel, or fewer,
            one a patch, as many as the model has logits.
        """
        images, labels = batch
        nats = cross_entropy(model(images).logits, labels)
        weights = jnp.where(labels > 0, self.ink_weight, 1.0)
        return (nats * weights).sum(), weights.sum()

    def check(self, model: Any, data: Any) -> None:
        """Looks at the labels of a whole data set once.

        Raises:
          ValueError: if images and labels do not fit, a pixel is not finite, or a label is out of
            range.
        """
        pair = two_arrays(data, "images (N, H, W, C)", "labels (N, H, W)")
        images, labels = (as_numbers("data", x) for x in pair)
        fits = images.ndim == 4 and labels.ndim == 3 and len(images) == len(labels)
        if not fits or any(a % b for a, b in zip(images.shape[1:3], labels.shape[1:], strict=True)):
            raise ValueError(
                f"data must be images (N, H, W, C) and one label a pixel, (N, H, W), or one a "
                f"patch, (N, H / P, W / P); got {images.shape} and {labels.shape}."
            )
        check_images("images", images)
        low, high = labels.min(), labels.max()
        if not np.issubdtype(labels.dtype, np.integer) or low < 0 or high >= self.num_classes:
            raise ValueError(
                f"labels must be whole numbers in [0, {self.num_classes}) (num_classes); got "
                f"{labels.dtype} from {low} to {high}. Background is 0, digit d is d + 1."
            )
        check_classes(model, labels, self.num_classes)


@dataclasses.dataclass(frozen=True)
class ClassificationLoss:
    r"""Cross-entropy of the classes, for ``fit(model, (images, labels), loss=...)``.

    .. math:: \mathcal{L} = -\sum_v \tilde y_v \log P(v \mid X), \qquad
        \tilde y_v = (1 - \varepsilon)\,[v = y] + \varepsilon / V
    """

    label_smoothing: float = 0.0

    def __post_init__(self):
        check_shares(self, "label_smoothing")

    def check(self, model: Any, data: Any) -> None:
        """Raises ValueError for data that are not images and their classes."""
        images, labels = two_arrays(data, "images (N, H, W, C)", "labels (N,)")
        if images.ndim != 4 or labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
            raise ValueError(
                f"data must be (images (N, H, W, C), labels (N,) of whole numbers); got "
                f"{images.shape} and {labels.shape} of {labels.dtype}."
            )
        check_images("images", images)
        if labels.min() < 0:
            raise ValueError(f"labels must count from 0; got {labels.min()}.")
        check_classes(model, labels)

    def __call__(self, model: Any, batch: Any) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """The sum over a batch, in nats, and the number of images."""
        images, labels = batch
        nats = cross_entropy(model(images), labels, self.label_smoothing)
        return nats.sum(), jnp.float32(len(labels))


#: Which of these functions looks at which data once, before training.
CHECKED = {translation_loss: check_pairs, reconstruction_loss: check_grey}
