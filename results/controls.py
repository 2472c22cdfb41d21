"""Controls of what the chapters conclude: each arm at the best rate of one grid, over five seeds.

A difference between two models at one learning rate may be a difference between the model that
likes this rate and the one that does not. So every arm is first trained at every rate of a grid,
which is the same for all, for half the steps and with a seed that no other run has (100); the rate
with the lowest dev loss is taken (``..._rates.json``), and five other seeds are trained at it, for
all steps. An arm whose best rate lies at an end of the grid might do better beyond, and the page
has to say so.

``CONTROLS`` names one JSON file each; a file whose rates are not known yet says what to run.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from encdec_lib import evaluation
from encdec_lib.data.parallel import ParallelText
from encdec_lib.train import TrainConfig
from results import caption_controls as pictures
from results import recall
from results.experiments import EXPERIMENTS, SCORES_PRONUNCIATION, SMALL, SMALL_STEPS
from results.long_runs import LOSS
from results.rates import at_rate, best_rates, grid_of, untested
from results.runs import FIVE, Experiment, Run

TRANSFORMER_RATES = (1e-3, 2e-3, 4e-3, 8e-3)  # the stored runs of chapter 12 have 4e-3
SCORE_RATES = (2e-3, 4e-3, 8e-3, 16e-3)  # those of chapter 9 have 4e-3 and 5e-3
TRANSLATION = EXPERIMENTS["scores_translation"]
PRONUNCIATION = EXPERIMENTS["scores_pronunciation"]


def watch(model, part: ParallelText) -> dict[str, float]:
    """The loss of the dev part, nats a target token."""
    return {LOSS: math.log(evaluation.teacher_forced_scores(model, part)["perplexity"])}


def _arm(label: str, model: str, sizes: dict, train) -> Run:
    return Run(label, model, sizes, train, seeds=FIVE)


# Pre-norm and post-norm, with a warm-up and without. Gradients are clipped in all, as everywhere.
def _norms(sizes: dict, train) -> list[Run]:
    return [
        _arm(
            f"{norm}, {said}",
            "transformer",
            sizes | ({} if norm == "pre-norm" else {"pre_norm": False}),
            replace(train, warmup_steps=warmup),
        )
        for norm in ("pre-norm", "post-norm")
        for said, warmup in (("warm-up", 100), ("no warm-up", 0))
    ]


NORMS = _norms(SMALL, SMALL_STEPS)
# As deep as the paper's, where a difference should be larger; half the steps.
NORMS_DEEP = _norms(
    SMALL | {"encoder_layers": 6, "decoder_layers": 6}, replace(SMALL_STEPS, steps=1200)
)
PARTS = [
    _arm("base", "transformer", SMALL, SMALL_STEPS),
    *(
        _arm(f"no {part}", "transformer-without", SMALL | {"without": part}, SMALL_STEPS)
        for part in ("feed-forward", "residual", "layer norm")
    ),
    _arm("no positions", "transformer", SMALL | {"positions": "none"}, SMALL_STEPS),
    _arm("not scaled", "transformer", SMALL | {"scaled": False}, SMALL_STEPS),
]

# Chapter 9, words: three scores at the width of its stored runs and at an eighth of it. Vaswani et
# al. (section 3.2.1) compare additive attention with the dot product without scaling: alike for
# small d_k, additive better for large ones. So all three are here.
_SCORED = {"dot": {"score": "dot"}, "scaled dot": {"score": "scaled_dot"},
           "additive": {"score": "additive"}}  # fmt: skip
_WORD_STEPS = next(run for run in SCORES_PRONUNCIATION if run.label == "dot").train
SCALES_PRONUNCIATION = [
    _arm(
        f"{label}, D = {2 * width}",
        "scores",
        {"embed_dim": 56, "encoder_dim": width, "state_dim": 2 * width} | score,
        _WORD_STEPS,
    )
    for width in (64, 8)
    for label, score in _SCORED.items()
]
SCALES_TRANSLATION = [
    replace(run, seeds=FIVE) for run in TRANSLATION.runs if run.label in ("dot", "scaled dot")
]

# Chapter 12, words: is it the rate, or the steps, by which the Transformer is behind the GRU? What
# is trained longer has the Transformer's grid, whose runs are taken over and not made again.
WORDS = [
    replace(EXPERIMENTS["pronunciation"].runs[0], seeds=FIVE),
    replace(EXPERIMENTS["transformer_pronunciation"].runs[0], label="Transformer", seeds=FIVE),
]
LONGER = replace(
    WORDS[1],
    label="Transformer, three times the steps",
    train=replace(WORDS[1].train, steps=3 * WORDS[1].train.steps),
)


def tried_on_words(arm: Run, rate: float) -> Run:
    """Half the steps of the shorter arms, for all."""
    like = WORDS[1] if arm == LONGER else arm
    return replace(halved(at_rate(like, rate)), label=arm.label)


# Chapter 3: the gradient without the memory, the memory without the gradient (results/recall.py).
RECALL_RATES = (2.5e-3, 5e-3, 10e-3)  # chapter 3 has 5e-3
RECALL = [
    _arm(label, "recaller", sizes, TrainConfig(600, group_by_length=False))
    for label, sizes in (
        ("LSTM", {"kind": "lstm"}),
        ("LSTM, bias +3", {"kind": "lstm", "keep_bias": 3.0}),
        ("LSTM, bias +3, cut", {"kind": "lstm", "keep_bias": 3.0, "cut": recall.CUT}),
        ("GRU", {"kind": "gru"}),
        ("GRU, bias +3", {"kind": "gru", "keep_bias": 3.0}),
        ("GRU, bias +3, cut", {"kind": "gru", "keep_bias": 3.0, "cut": recall.CUT}),
        ("linear RNN", {"kind": "linear"}),
        ("linear RNN, identity", {"kind": "identity"}),
    )
]
_RECALL = Experiment(
    RECALL, recall.load, recall.test, lambda part: part, recall.loss, watch=recall.watch
)


def halved(run: Run) -> Run:
    """The run with half its steps."""
    return replace(run, train=replace(run.train, steps=run.train.steps // 2))


def both(
    name: str,
    arms: Sequence[Run],
    rates: Sequence[float],
    like: Experiment,
    at: Callable[[Run, float], Run] = at_rate,
    tried: Callable[[Run, float], Run] | None = None,
    same_as: str | None = None,
) -> dict[str, Callable[[], Experiment]]:
    """The two files of one question: the grid, and the arms at their best rates.

    Args:
      name: of the second; the grid's is ``..._rates``.
      arms: what is compared.
      rates: the same for all.
      like: data and test.
      at: an arm at a rate.
      tried: the same in the grid; half as long if None.
      same_as: another question, from which a run that is the same but for its label is taken.
    """
    like = like._replace(watch=like.watch or watch, same_as=same_as)
    tried = tried or (lambda arm, rate: halved(at(arm, rate)))
    grid = grid_of(arms, rates, tried)
    rates_like = like._replace(test=untested, same_as=same_as and f"{same_as}_rates")

    def chosen() -> Experiment:
        best = best_rates(f"{name}_rates", grid, arms)
        return like._replace(runs=[at(arm, rate) for arm, rate in zip(arms, best, strict=True)])

    return {f"{name}_rates": lambda: rates_like._replace(runs=grid), name: chosen}


CONTROLS: dict[str, Callable[[], Experiment]] = {
    **both("memory", RECALL, RECALL_RATES, _RECALL),
    **both("ablations", PARTS, TRANSFORMER_RATES, EXPERIMENTS["transformer_translation"]),
    **both(
        "norms",
        NORMS,
        TRANSFORMER_RATES,
        EXPERIMENTS["transformer_translation"],
        same_as="ablations",  # whose base has pre-norm and a warm-up
    ),
    **both("scales_pronunciation", SCALES_PRONUNCIATION, SCORE_RATES, PRONUNCIATION),
    **both(
        "words",
        [*WORDS, LONGER],
        TRANSFORMER_RATES,
        EXPERIMENTS["pronunciation"],
        tried=tried_on_words,
        same_as="words",
    ),
    **both("scales_translation", SCALES_TRANSLATION, SCORE_RATES, TRANSLATION),
    **both(
        "captions_memory",
        pictures.MEMORY,
        pictures.MEMORY_RATES,
        pictures.LIKE,
        same_as="captions",
    ),
    **both(
        "captions_controls",
        pictures.ARMS,
        pictures.RATES,
        pictures.LIKE,
        pictures.at,
        pictures.tried,
        same_as="captions",
    ),
    **both(
        "captions_scenes",
        pictures.SCENES,
        pictures.RATES,
        pictures.LIKE,
        pictures.at,
        pictures.tried,
    ),
    **both("norms_deep", NORMS_DEEP, TRANSFORMER_RATES, EXPERIMENTS["transformer_translation"]),
}
