"""What a training asks of its data, once, before anything is compiled.

Inside a compiled step no value can be looked at: an id beyond the vocabulary would end in a loss
that is not finite, and one below 0 in a model that learned something else.
"""

import functools
from typing import Any, Protocol, runtime_checkable

import numpy as np

from encdec_lib.encoding import PAD, EncoderDecoder, HasClasses, TokenDecoder
from encdec_lib.runtime.inputs import check_ids, check_images, check_source, vocabulary_of


@runtime_checkable
class ChecksData(Protocol):
    """A loss that looks at a whole data set once, before training."""

    def check(self, model: Any, data: Any) -> None:
        """Raises ValueError for data of which the loss of this model cannot be taken."""
        ...


def check_data(model: Any, loss: Any, data: Any, known: dict) -> None:
    """Lets a loss look at the whole data set.

    Args:
      model: what is to be trained.
      loss: one with a method ``check(model, data)``, or any other function.
      data: all examples, a tree of NumPy arrays.
      known: from a loss without such a method to the function that looks for it.

    Raises:
      ValueError: as the loss says.
    """
    if isinstance(loss, ChecksData):
        return loss.check(model, data)
    plain = loss.func if isinstance(loss, functools.partial) else loss
    for function, check in known.items():
        if plain is function:
            check(model, data)


def check_pairs(model: Any, data: Any) -> None:
    """Sources and targets for an encoder-decoder over tokens.

    Args:
      model: where its encoder and decoder say how many ids they know, ids are held to that.
      data: source ``(N, S)`` or images ``(N, H, W, C)``, and target ``(N, T)``, 0-padded.

    Raises:
      ValueError: for the first id outside the vocabulary, with its place; for a target that is
        padded on the left, or a model that writes images.
    """
    if isinstance(model, EncoderDecoder) and not isinstance(model.decoder, TokenDecoder):
        raise ValueError(
            f"loss must be one of images, as {type(model.decoder).__name__} writes an image at "
            f"once; got None, which stands for the loss of token ids. Give fit "
            f"loss=SegmentationLoss() or loss=reconstruction_loss."
        )
    source, target = two_arrays(data, "source (N, S) or images (N, H, W, C)", "target ids (N, T)")
    if target.ndim != 2 or 0 in target.shape:
        raise ValueError(
            f"target must be token ids (N, T), at least one a row; got {target.shape}. For classes "
            f"of images give fit loss=ClassificationLoss()."
        )
    check_source("source", source, getattr(model, "encoder", None))
    advice = "Rows end in <eos> and are filled up with 0, as encdec_lib.data.pad does."
    check_ids("target", target, vocabulary_of(getattr(model, "decoder", None)), advice)
    hole = (target[:, 1:] != PAD) & (target[:, :-1] == PAD)
    if hole.any():
        example = int(hole.any(axis=1).argmax())
        raise ValueError(
            f"target must be filled up with 0 (<pad>) on the right; got 0 before "
            f"{target[example, int(hole[example].argmax()) + 1]} in example {example}."
        )


def check_grey(model: Any, data: Any) -> None:
    """Images whose pixels are probabilities of white.

    Raises:
      ValueError: if they are no images, or a pixel is not from 0 to 1.
    """
    images = check_images("data", data if not isinstance(data, tuple | list) else _first(data))
    if images.min() < 0 or images.max() > 1:
        raise ValueError(
            f"data must have pixels from 0 to 1, probabilities of white; got {images.min():.4g} "
            f"to {images.max():.4g}."
        )


def check_classes(model: Any, labels: Any, num_classes: int | None = None) -> None:
    """Labels that a model has logits for.

    Args:
      model: where it, or its decoder, says how many classes it knows
        (:class:`~encdec_lib.encoding.HasClasses`), labels are held to that.
      labels: of any shape, the examples along the first axis.
      num_classes: of the loss, if that knows it.

    Raises:
      ValueError: for the first label outside, with its place.
    """
    part = model if isinstance(model, HasClasses) else getattr(model, "decoder", None)
    sizes = [part.num_classes] if isinstance(part, HasClasses) else []
    sizes += [num_classes] if num_classes is not None else []
    if not sizes:
        return
    check_ids("labels", labels, min(sizes), "Labels count from 0; is num_classes large enough?")


def two_arrays(data: Any, first: str, second: str) -> tuple[np.ndarray, np.ndarray]:
    """Data that is a pair of arrays.

    Args:
      data: all examples.
      first, second: what the two should be, for the error.

    Raises:
      ValueError: if it is anything else.
    """
    if not isinstance(data, tuple | list) or len(data) != 2:
        found = f"{len(data)} arrays" if isinstance(data, tuple | list) else type(data).__name__
        raise ValueError(f"data must be two arrays, {first} and {second}; got {found}.")
    return data[0], data[1]


def _first(data: Any) -> Any:
    """The array of a tuple of one."""
    if len(data) != 1:
        raise ValueError(f"data must be one array of images; got {len(data)} arrays.")
    return data[0]
