"""Chapter 14: does rollout say what an answer rests on, over five trained models.

The page covers patches of the model that it trains, in the order of rollout, of ink, which asks no
model, and at random, and counts the digits that are still read rightly. Here are five seeds of the
same training, and how well the orders agree with what covering each patch alone costs.

White is the paper, so a white cover changes nothing where a patch is empty, and can only take ink
away, which favours the order by ink. So there is a second cover: what another test digit has at the
same place, and a second random order, which takes the patches that have ink first.
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


def covering(
    images: np.ndarray, order: np.ndarray, count: int, cover: np.ndarray | None = None
) -> np.ndarray:
    """The images with the first ``count`` patches of each row of ``order`` covered.

    Args:
      images: (N, H, W, 1).
      order: places of patches, (N, at least count).
      count: how many of them.
      cover: as many images, whose patches take their places; white ones if None.
    """
    patches = cut(images, PATCH).copy()
    places = order[:, :count, None]
    new = 0 if cover is None else np.take_along_axis(cut(cover, PATCH), places, axis=1)
    np.put_along_axis(patches, np.broadcast_to(places, (*places.shape[:2], PATCH**2)), new, axis=1)
    return paste(patches, PATCH, side=SIDE)


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Mean over the images of the rank correlation of two orders of their patches, (N, T) each.

    Spearman's: the correlation of the ranks, ties sharing theirs.
    """
    ranks = [rankdata(values, axis=1) for values in (one, other)]
    a, b = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    return float(((a * b).sum(1) / np.sqrt((a**2).sum(1) * (b**2).sum(1))).mean())


def test(model: ViT, part) -> dict:
    """Accuracy in percent, whole and with patches covered in several orders, and agreements.

    For each of the two covers, ``white`` and ``another digit``.
    """
    images = np.asarray(part.images)[..., None]
    whole = np.asarray(classify(model, images))
    named = whole.argmax(axis=1)
    looking = nnx.jit(lambda model, images: model.with_attention(images)[1])
    maps = [np.asarray(layer) for layer in looking(model, jnp.asarray(images))]
    rolled = np.asarray(attention_rollout([jnp.asarray(layer) for layer in maps]))[:, 0, 1:]
    ink = cut(images, PATCH).sum(axis=2)
    rng = np.random.default_rng(0)
    luck = rng.random(ink.shape)
    orders = {
        "most rollout": -rolled,
        "most ink": -ink,
        "random": luck,
        "random with ink": luck - (ink > 0),
        "least rollout": rolled,
    }
    values = {"top layer": maps[-1].mean(axis=1)[:, 0, 1:], "rollout": rolled, "ink": ink}

    def sureness(probabilities: np.ndarray) -> np.ndarray:
        return np.log(probabilities[np.arange(len(images)), named] + 1e-9)

    tables: dict = {"test": 100 * float(np.mean(named == part.labels))}
    for name, cover in (("white", None), ("another digit", np.roll(images, 1, axis=0))):

        def after(order: np.ndarray, count: int, cover=cover) -> np.ndarray:
            return np.asarray(classify(model, covering(images, order, count, cover)))

        alone = [np.full((len(images), 1), place) for place in range(ink.shape[1])]
        fall = np.stack([sureness(whole) - sureness(after(place, 1)) for place in alone], axis=1)
        tables[name] = {
            "three covered": {
                kind: 100
                * float(np.mean(after(order.argsort(axis=1), COVERED).argmax(1) == part.labels))
                for kind, order in orders.items()
            },
            "agreement": {kind: agreement(value, fall) for kind, value in values.items()},
        }
    return tables


ROLLOUTS = Experiment(
    [Run("ViT, P=7", "vit", {}, STEPS, seeds=FIVE)],
    load_digits,
    test,
    moved_digits,
    ClassificationLoss(),
)
