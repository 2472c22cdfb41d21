"""Chapter 15's controls: which of two changes helped, and what the patches' names were worth.

- ``captions_memory``: the flattening matrix and the single vector, each with and without the other,
  before one decoder (results/memories.py).
- ``captions_controls``: the CNN grid with what the ViT alone was given before: the names of its
  cells, 40,000 scenes and three times the steps. The ViT is the other arm, as its rate was not
  swept either; if it is the stored one, the stored runs are taken over.
- ``captions_scenes``: the grid with scenes and steps, and no names.

The rates of these two are chosen at a third of the steps of both trainings, since a full grid
would cost as much as everything else here; the second training has the rate of the grid, and the
first four thirds of it, which is what the stored ViT has.
"""

from dataclasses import replace

from results.pictures import CAPTION_STEPS, CAPTIONS, PICTURES
from results.runs import FIVE, Experiment, Run

LIKE: Experiment = PICTURES["captions"]
MEMORY_RATES = (2.5e-3, 5e-3, 10e-3)  # the stored runs of chapter 15 have 5e-3
RATES = (1.5e-3, 3e-3, 6e-3)  # the stored ViT has 3e-3, and 4e-3 in its first training

ONE, MANY = {"encoding_dim": 512}, {"encoding_dim": 64}
MEMORY = [
    Run(label, model, sizes, CAPTION_STEPS, seeds=FIVE)
    for label, model, sizes in (
        ("flattened, one vector", "memory-captioner", {"memory": "flattened"} | ONE),
        (
            "flattened, 8 vectors",
            "memory-captioner",
            {"memory": "flattened", "vectors": 8} | MANY,
        ),
        ("pooled, one vector", "memory-captioner", {"memory": "pooled"} | ONE),
        ("grid, 64 vectors", "grid-captioner", {}),
    )
]

_VIT = next(run for run in CAPTIONS if run.label == "ViT, Transformer")
ARMS = [
    replace(_VIT, label="CNN grid, named cells", model="grid-captioner", seeds=FIVE),
    replace(_VIT, label="ViT, named patches", seeds=FIVE),
]
SCENES = [
    replace(_VIT, label="CNN grid, more scenes and steps", model="grid-captioner", before=None)
]


def at(arm: Run, rate: float, share: int = 1) -> Run:
    """The arm at a rate, with one of so many parts of its steps."""
    before = arm.before and replace(
        arm.before, steps=arm.before.steps // share, learning_rate=rate * 4 / 3
    )
    train = replace(arm.train, steps=arm.train.steps // share, learning_rate=rate)
    return replace(arm, train=train, before=before)


def tried(arm: Run, rate: float) -> Run:
    """As the grid has it: a third of the steps."""
    return at(arm, rate, share=3)
