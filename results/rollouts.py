"""Chapter 14: does rollout say what an answer rests on, over five trained models.

The page measures it on the model that it trains: which patches cost the most when they are covered,
and how well three orders of the patches agree with that, by rollout, by the weights of the top
layer and by ink, which asks no model. This is the same for five seeds, with the page's training.
"""

import jax.numpy as jnp
import numpy as np
from flax import nnx
from scipy.stats import rankdata

from encdec_lib.analysis.rollout import attention_rollout
from encdec_lib.data.patches import cut, paste
from encdec_lib.evaluation.classes import classify
from encdec_lib.models.vision_transformer import ViT
from encdec_lib.train import TrainConfig
from encdec_lib.train.losses import ClassificationLoss
from results.pictures import load_digits, moved_digits
from results.runs import FIVE, Experiment, Run

SIDE, PATCH, COVERED = 28, 7, 3  # three patches are covered where the page quotes a number
STEPS = TrainConfig(
    steps=2000, batch_size=64, learning_rate=3e-3, warmup_steps=100, chunk_steps=100
)


def covering(images: np.ndarray, order: np.ndarray, count: int) -> np.ndarray:
    """The images with the first ``count`` patches of each row of ``order`` set to 0."""
    patches = cut(images, PATCH).copy()
    np.put_along_axis(patches, order[:, :count, None], 0, axis=1)
    return paste(patches, PATCH, side=SIDE)


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Mean over the images of the rank correlation of two orders of their patches, (N, T) each.

    Spearman's: the correlation of the ranks, ties sharing theirs.
    """
    ranks = [rankdata(values, axis=1) for values in (one, other)]
    a, b = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    return float(((a * b).sum(1) / np.sqrt((a**2).sum(1) * (b**2).sum(1))).mean())


def test(model: ViT, part) -> dict:
    """Accuracy in percent, whole and with patches covered in four orders, and the agreements."""
    images = np.asarray(part.images)[..., None]
    whole = np.asarray(classify(model, images))
    named = whole.argmax(axis=1)
    looking = nnx.jit(lambda model, images: model.with_attention(images)[1])
    maps = [np.asarray(layer) for layer in looking(model, jnp.asarray(images))]
    rolled = np.asarray(attention_rollout([jnp.asarray(layer) for layer in maps]))[:, 0, 1:]
    ink = cut(images, PATCH).sum(axis=2)
    rng = np.random.default_rng(0)
    luck = rng.permuted(np.tile(np.arange(ink.shape[1]), (len(images), 1)), axis=1)

    def right(order: np.ndarray) -> float:
        said = np.asarray(classify(model, covering(images, order, COVERED))).argmax(axis=1)
        return 100 * float(np.mean(said == part.labels))

    def sureness(probabilities: np.ndarray) -> np.ndarray:
        return np.log(probabilities[np.arange(len(images)), named] + 1e-9)

    alone = [np.full((len(images), 1), place) for place in range(ink.shape[1])]
    fall = np.stack(
        [
            sureness(whole) - sureness(np.asarray(classify(model, covering(images, place, 1))))
            for place in alone
        ],
        axis=1,
    )
    return {
        "test": 100 * float(np.mean(named == part.labels)),
        "three covered": {
            "most rollout": right(np.argsort(-rolled, axis=1)),
            "most ink": right(np.argsort(-ink, axis=1)),
            "random": right(luck),
            "least rollout": right(np.argsort(rolled, axis=1)),
        },
        "agreement": {
            "top layer": agreement(maps[-1].mean(axis=1)[:, 0, 1:], fall),
            "rollout": agreement(rolled, fall),
            "ink": agreement(ink, fall),
        },
    }


ROLLOUTS = Experiment(
    [Run("ViT, P=7", "vit", {}, STEPS, seeds=FIVE)],
    load_digits,
    test,
    moved_digits,
    ClassificationLoss(),
)
