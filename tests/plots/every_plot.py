"""Every public function that draws, with arguments that will do."""

import matplotlib.pyplot as plt
import numpy as np

from encdec_lib import plots
from encdec_lib.data.image_tokens import Codebook
from encdec_lib.plots import alignment, captions, images, patches, tokens


def _random(*shape):
    return np.random.default_rng(0).uniform(0.05, 1, shape).astype(np.float32)


def _book():
    codes = np.linspace(0, 1, 5)[:, None] * np.ones((5, 4))
    return Codebook(codes.astype(np.float32), 2, 6)


def on_axes(draw, *arguments, **others):
    """A figure of its own for a function that draws on given Axes."""
    ax = others.pop("ax", None) or plt.subplots(figsize=(3, 3), layout="constrained")[1]
    draw(*arguments, ax, **others)
    return ax


WEIGHTS, SOURCE, TARGET = _random(2, 3), ["red", "ball", "s"], ["balle", "rouge"]
SCORES = {1: {"exact": 90.0}, 2: {"exact": 60.0}}

#: From a name to a function that draws it and returns an Axes or a Figure.
EVERY_PLOT = {
    "losses": lambda: plots.losses({"GRU": [3.0, 2.0, 1.0]}, smooth=2),
    "bars": lambda: plots.bars({"attention": (9.31, 0.2), "paper": 7.6}, "PER", ("paper",)),
    "quality_by_length": lambda: plots.quality_by_length(
        {"fixed": ([5, 7], [9, 8], [1, 2]), "attention": ([5, 7], [9, 9])}, "BLEU", 6
    ),
    "seed_bands": lambda: plots.seed_bands({"GRU": [[3.0, 2.0]]}, [1, 2], "steps", "share"),
    "dials": lambda: plots.dials([0.5, 1], {"all": [9, 8]}, {"all": [0.1, 0.2]}, (97.0, 0.3)),
    "alignment": lambda: alignment.alignment(WEIGHTS, SOURCE, TARGET, title="One"),
    "crossing": lambda: alignment.crossing(WEIGHTS, SOURCE, TARGET, links=[(0, 1)]),
    "overlay": lambda: on_axes(captions.overlay, _random(4), _random(6, 6)),
    "word_maps": lambda: captions.word_maps(_random(6, 6), ["a", "three"], _random(2, 4)),
    "quality_by_digits": lambda: captions.quality_by_digits({"one": [SCORES, SCORES]}, "exact"),
    "picture": lambda: on_axes(images.picture, _random(5, 7)),
    "label_map": lambda: on_axes(images.label_map, np.arange(110).reshape(10, 11) % 11),
    "gallery": lambda: images.gallery({"seen": _random(2, 5, 5), "said": np.ones((2, 5, 5), int)}),
    "feature_maps": lambda: images.feature_maps([_random(5, 5, 3)], ["32 × 32"], shown=2),
    "class_bars": lambda: on_axes(images.class_bars, _random(11)),
    "cut_up": lambda: patches.cut_up(_random(6, 6), 3),
    "over_patches": lambda: on_axes(patches.over_patches, _random(6, 6), _random(4)),
    "maps_on_images": lambda: patches.maps_on_images(_random(2, 6, 6), {"map": _random(2, 4)}),
    "position_similarity": lambda: patches.position_similarity(_random(4, 7)),
    "quality_by_patch": lambda: patches.quality_by_patch({4: [90.0, 91.0]}, ("CNN", [95.0, 96])),
    "codebook": lambda: tokens.codebook(_book(), columns=3),
    "as_tokens": lambda: tokens.as_tokens(_book(), _random(2, 6, 6, 1)),
    "mask": lambda: on_axes(tokens.mask, np.tri(3, dtype=bool), ["a", "b"], ["c"]),
    "pictures": lambda: tokens.pictures(_random(2, 6, 6, 1), ["a", "b"], ["a", "c"]),
    "costs": lambda: tokens.costs(_random(2, 6, 6, 1), _random(2, 9)),
    "growth": lambda: tokens.growth({3: (_random(6, 6, 1), 2)}),
}
