"""Figures whose models learn from handwritten digits in the page."""

import functools
from typing import Any, ClassVar

import numpy as np
import traitlets
from flax import nnx

from encdec_lib.train import TrainConfig
from encdec_lib.web import page_data
from encdec_lib.web.same_batches import Batches, batches
from encdec_lib.web.same_numbers import first_weights
from encdec_lib.widgets.host.lazy import Lazy
from encdec_lib.widgets.host.trainer_widget import TrainerWidget

WARMUP = 50  # steps, and as many can be compared with ``fit``
EVERY = 5  # one in so many of these losses is kept


@functools.cache
def packed_digits(side: int) -> bytes:
    """The digits that the chapters' figures learn from: 4,000, and 499 to ask for.

    Args:
      side: H = W, 28 or 14.
    """
    return page_data.digits(train=4000, held=499, side=side)


def digits_of(data: bytes, side: int) -> page_data.Unpacked:
    """What the bytes hold, if their images have this side.

    Args:
      data: what :func:`encdec_lib.web.page_data.digits` packed.
      side: H = W.

    Raises:
      ValueError: if the images have another side.
    """
    unpacked = page_data.unpack_digits(data)
    found = unpacked.held.images.shape[1]
    if found != side:
        raise ValueError(
            f"data must be digits of side {side}; got {found}. Pass "
            f"encdec_lib.web.page_data.digits(side={side})."
        )
    return unpacked


class DigitsTrainer(TrainerWidget):
    """A figure that trains on digits, which the page loads when it is first asked.

    Its state holds one held-out digit of each class, to be seen before anything is loaded. What
    the page does in its first steps :func:`~encdec_lib.train.loop.fit` can do too:
    :meth:`same_start`, :meth:`batches`, :meth:`recipe` and :meth:`check_losses`.

    Args:
      data: what :func:`encdec_lib.web.page_data.digits` packed.
      crop: the side of the squares that the model reads.
      training: ``batch``, ``learning_rate``, ``steps``: the last step of the run.
      seed: of first weights and batches.
      dials: traits of the subclass.

    Raises:
      ValueError: if ``data`` are no such digits.
    """

    #: The page's loss in steps 1, 6, ..., 46 at the dials' first values and seed 0.
    first_losses: ClassVar[tuple[float, ...]] = ()

    digits = traitlets.Instance(Lazy).tag(sync=True)
    examples = traitlets.Bytes().tag(sync=True)  # a byte a pixel
    labels = traitlets.List().tag(sync=True)
    task = traitlets.Dict().tag(sync=True)
    training = traitlets.Dict().tag(sync=True)

    def __init__(
        self, data: bytes, *, crop: int, training: dict[str, Any], seed: int = 0, **dials: Any
    ):
        held = page_data.unpack_digits(data).held
        of_class = [np.flatnonzero(held.labels == label)[:1] for label in range(10)]
        some = held.take(np.concatenate(of_class))
        spare = (held.images.shape[1] - crop) // 2
        images = some.images[:, spare : spare + crop, spare : spare + crop]
        super().__init__(
            seed=seed,
            digits=Lazy(data),
            examples=np.rint(255 * images).astype(np.uint8).tobytes(),
            labels=some.labels.tolist(),
            task={"name": "digits", "data": f"digits{held.images.shape[1]}", "crop": crop},
            training={"schedule": "cosine", "warmup": WARMUP, "clip": 1} | training,
            **dials,
        )

    def same_start(self, model: nnx.Module) -> nnx.Module:
        """Gives a model of the same sizes the weights that the page's begins with at seed 0.

        Args:
          model: it is changed.

        Returns:
          ``model``.
        """
        return first_weights(model, 0)

    def batches(self) -> Batches:
        """The images and labels of the page's first 50 steps, in its order, at seed 0.

        Returns:
          :class:`~encdec_lib.web.same_batches.Batches`, whose ``data`` and ``order`` ``fit`` takes.
        """
        return batches(self.task, self.training["batch"], WARMUP, seed=0, data=self.digits.data)

    def recipe(self) -> TrainConfig:
        """The recipe of the page's first 50 steps, all of them of its warm-up."""
        return TrainConfig(
            steps=WARMUP,
            batch_size=self.training["batch"],
            learning_rate=self.training["learning_rate"],
            warmup_steps=WARMUP,
        )

    def check_losses(self, losses: Any) -> None:
        """Asserts that these losses of the first 50 steps are those of the page.

        Args:
          losses: of ``fit``, by a model as the dials were at first.

        Raises:
          AssertionError: if one of those compared differs by more than 1e-4 of it.
        """
        np.testing.assert_allclose(np.asarray(losses)[::EVERY], self.first_losses, rtol=1e-4)
