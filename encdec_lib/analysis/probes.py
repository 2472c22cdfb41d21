"""What can be read from a vector: a small classifier that is trained on it, and on nothing else.

A probe's accuracy says that something *can* be read, by this kind of probe, not that the model that
made the vector uses it. So it is worth as much as its controls: the same probe on the vectors of an
untrained model, and the share of the most frequent answer.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int

from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.inputs import as_numbers, check_finite, check_ids
from encdec_lib.train.config import TrainConfig
from encdec_lib.train.loop import fit

_STEPS = TrainConfig(
    steps=1500, batch_size=256, learning_rate=0.01, weight_decay=1e-3, group_by_length=False,
    chunk_steps=100,
)  # fmt: skip


class Places(NamedTuple):
    """How often the answer at each place was read rightly, in percent."""

    right: Float[np.ndarray, " K"]  # by the probe, on held-out vectors
    most_frequent: Float[np.ndarray, " K"]  # by always giving the commonest answer of training


class LinearProbe(nnx.Module):
    r"""K linear classifiers that read the same vector.

    .. math:: P(y_k \mid h) = \mathrm{softmax}(h W_k + b_k)

    Args:
      dim: D, width of the vectors.
      places: K.
      classes: V.

    Example:
      >>> LinearProbe(dim=3, places=2, classes=5)(jnp.ones((7, 3))).shape
      (7, 2, 5)
    """

    def __init__(self, dim: int, places: int, classes: int):
        for name, size in (("dim", dim), ("places", places), ("classes", classes)):
            check_whole(name, size)
        self.W = nnx.Param(jnp.zeros((places, dim, classes)))  # convex: zeros are a fair start
        self.b = nnx.Param(jnp.zeros((places, classes)))

    def __call__(self, vectors: Float[Array, "N D"]) -> Float[Array, "N K V"]:
        """Logits for every place."""
        return jnp.einsum("ND,KDV->NKV", vectors, self.W[...]) + self.b[...][None]


def read_places(
    vectors: Float[Array, "N D"] | Float[np.ndarray, "N D"],
    answers: Int[Array, "N K"] | Int[np.ndarray, "N K"],
    held_out: tuple[
        Float[Array, "M D"] | Float[np.ndarray, "M D"], Int[Array, "M K"] | Int[np.ndarray, "M K"]
    ],
    config: TrainConfig = _STEPS,
) -> Places:
    """How well K answers can be read from a vector by linear classifiers.

    Vectors are brought to mean 0 and variance 1 in each of their numbers first, by those trained
    on, so that a number that hardly moves is not overlooked: an untrained model's move little.

    Args:
      vectors: to train on.
      answers: what is to be read from each, K classes, such as the words at K places of a sentence.
      held_out: vectors and answers to test on.
      config: of the training.

    Returns:
      :class:`Places`.

    Raises:
      ValueError: if shapes do not agree, there are fewer vectors than a batch, or a number is not
        finite.

    Example:
      >>> rng = np.random.default_rng(0)
      >>> answers = rng.integers(0, 3, (512, 2))
      >>> vectors = np.eye(3)[answers[:, 0]].astype(np.float32)  # the first is in them
      >>> config = TrainConfig(steps=100, batch_size=64, learning_rate=0.1, group_by_length=False)
      >>> found = read_places(vectors[:384], answers[:384], (vectors[384:], answers[384:]), config)
      >>> bool(found.right[0] == 100 and found.right[1] < 50)
      True
    """
    vectors, answers = _checked("vectors", vectors, "answers", answers)
    others, truth = _checked("held_out[0]", held_out[0], "held_out[1]", held_out[1])
    if others.shape[1] != vectors.shape[1] or truth.shape[1] != answers.shape[1]:
        raise ValueError(
            f"held_out must be as wide as what is trained on, {vectors.shape[1]} numbers and "
            f"{answers.shape[1]} answers; got {others.shape[1]} and {truth.shape[1]}."
        )
    classes = int(max(answers.max(), truth.max())) + 1
    mean, scale = vectors.mean(axis=0), vectors.std(axis=0)
    scale = np.where(scale > 0, scale, 1)
    probe = LinearProbe(vectors.shape[1], answers.shape[1], classes)
    examples = ((vectors - mean) / scale, answers)
    fit(probe, examples, config, loss=_cross_entropy, progress=False)
    read = np.asarray(probe(jnp.asarray((others - mean) / scale)).argmax(axis=-1))  # (M, K)
    commonest = np.array([np.bincount(column).argmax() for column in answers.T])
    return Places(100 * (read == truth).mean(axis=0), 100 * (commonest == truth).mean(axis=0))


def _checked(
    first: str, vectors: object, second: str, answers: object
) -> tuple[np.ndarray, np.ndarray]:
    """Vectors ``(N, D)`` as float32, answers ``(N, K)`` as int32."""
    floats = check_finite(first, as_numbers(first, vectors))
    ids = check_ids(second, answers)
    ids = check_ids(second, ids, int(ids.max(initial=0)) + 1)  # none below 0
    if floats.ndim != 2 or ids.ndim != 2 or len(floats) != len(ids) or not ids.size:
        raise ValueError(
            f"{first} and {second} must be (N, D) and (N, K) with one row a vector; got "
            f"{floats.shape} and {ids.shape}."
        )
    return np.asarray(floats, np.float32), np.asarray(ids, np.int32)


def _cross_entropy(probe: LinearProbe, batch: tuple[Array, Array]) -> tuple[Array, Array]:
    """Summed over places and examples, and their number."""
    vectors, answers = batch
    log_p = jax.nn.log_softmax(probe(vectors))
    picked = jnp.take_along_axis(log_p, answers[..., None], axis=-1)
    return -picked.sum(), jnp.asarray(answers.size, jnp.float32)
