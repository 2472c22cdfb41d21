"""What ``make results`` trains: the models, their sizes, their training, their tests.

``EXPERIMENTS`` and ``QUESTIONS`` name one JSON file of ``encdec_lib/results/`` each.
"""

import dataclasses

import numpy as np

from encdec_lib import evaluation
from encdec_lib.data import digits, pronunciations, scenes, translation
from encdec_lib.data.parallel import Splits
from encdec_lib.evaluation import metrics
from encdec_lib.evaluation import pixels as segmentation
from encdec_lib.train.loop import TrainConfig
from encdec_lib.train.losses import SegmentationLoss
from results.pictures import PICTURES
from results.rollouts import ROLLOUTS
from results.runs import Experiment, Run

BEYOND = 60  # test sentences reach ten tokens past the trained lengths
ATTENTION = {"embed_dim": 48, "encoder_dim": 64, "state_dim": 128, "align_dim": 64}
FIXED = {"embed_dim": 64, "state_dim": 152}
SHORT = TrainConfig(steps=1000, learning_rate=5e-3)
# five times the steps of attention: what the fixed vector lacks shall not be patience
LONG = TrainConfig(steps=5000, learning_rate=4e-3, warmup_steps=200, chunk_steps=50)
UP_TO_30 = {"max_length": 30}

TRANSLATION = [
    Run("attention", "attention", ATTENTION, SHORT),
    # more steps, because its steps are shorter: equal training time
    Run("fixed vector", "fixed", FIXED, dataclasses.replace(SHORT, steps=1200, learning_rate=4e-3)),
    Run("attention, up to 30", "attention", ATTENTION, SHORT, data=UP_TO_30),
    Run("fixed vector, long", "fixed", FIXED, LONG),
    Run("fixed vector, long, up to 30", "fixed", FIXED, LONG, data=UP_TO_30),
    Run("fixed vector, long, reversed", "fixed", FIXED | {"reverse_source": True}, LONG),
    *(
        Run(
            f"fixed vector, width {width}",
            "fixed",
            {"embed_dim": 64, "state_dim": width},
            TrainConfig(steps=steps, learning_rate=rate, warmup_steps=200, chunk_steps=50),
            evaluations=5,
        )
        for width, steps, rate in (
            (64, 5000, 5e-3),
            (128, 5000, 4e-3),
            (256, 3000, 3e-3),
            (512, 1000, 1.5e-3),
        )
    ),
]
PRONUNCIATION = [
    Run(
        "attention",
        "attention",
        {"embed_dim": 64, "encoder_dim": 128, "state_dim": 256, "align_dim": 128},
        TrainConfig(steps=6000, learning_rate=2.5e-3, warmup_steps=200, chunk_steps=100),
    ),
    Run(
        "fixed vector",
        "fixed",
        {"embed_dim": 64, "state_dim": 304},
        TrainConfig(steps=6000, learning_rate=2.5e-3, warmup_steps=200, chunk_steps=100),
    ),
]
SEGMENTATION = [
    Run(
        label,
        "u-net",
        {"skips": skips},
        TrainConfig(
            steps=2800,
            batch_size=32,
            learning_rate=0.01,
            weight_decay=0.01,
            decay="all",
            chunk_steps=100,
        ),
    )
    for label, skips in (("with skips", True), ("without skips", False))
]


# Chapter 7: one decoder, six ways to read, the same number of parameters.
READING = [
    Run(
        read,
        "token-sized",
        {"read": read},
        TrainConfig(steps=2000, learning_rate=5e-3, warmup_steps=100, chunk_steps=50),
    )
    for read in ("last", "mean", "max", "position", "content", "weighted")
]


def scores(train: TrainConfig, half_width: int) -> list[Run]:
    """Chapter 9: one decoder, its score, its window and its query.

    Sizes differ a little, so that all have the same number of parameters within 10%.
    """
    wider = {"embed_dim": 56}  # for those that have no matrix to score with
    everywhere = [
        ("location", {"score": "location"}),
        ("dot", {"score": "dot"} | wider),
        ("scaled dot", {"score": "scaled_dot"} | wider),
        ("general", {"score": "general"}),
        ("additive", {"score": "additive"}),
    ]
    narrow = {"half_width": half_width}
    locally = [
        ("local-m, dot", {"score": "dot", "window": "monotonic"} | wider | narrow),
        ("local-m, general", {"score": "general", "window": "monotonic"} | narrow),
        ("local-p, dot", {"score": "dot", "window": "predictive"} | narrow),
        (
            "local-p, general",
            {"score": "general", "window": "predictive", "align_dim": 32} | narrow,
        ),
    ]
    before = [
        (f"{label}, previous state", sizes | {"query": "previous"})
        for label, sizes in everywhere
        if label in ("dot", "general", "additive")
    ]
    chapter_8 = {"embed_dim": 48, "encoder_dim": 56, "state_dim": 112, "align_dim": 64}
    return [
        *(Run(label, "scores", sizes, train) for label, sizes in everywhere + locally + before),
        Run("chapter 8", "attention", chapter_8, train),
    ]


SCORES_TRANSLATION = scores(SHORT, half_width=10)  # as Luong et al. have it
SCORES_PRONUNCIATION = scores(
    TrainConfig(steps=2000, learning_rate=4e-3, warmup_steps=100, chunk_steps=50), half_width=3
)

# Chapter 12: one thing changed at a time, as in Table 3 of Vaswani et al.
SMALL = {"d_model": 64, "heads": 4, "d_ff": 256, "max_length": 80}
SMALL_STEPS = TrainConfig(
    steps=2400, batch_size=16, learning_rate=4e-3, warmup_steps=100, chunk_steps=100
)
ABLATIONS = [
    Run("base", "transformer", SMALL, SMALL_STEPS),
    *(
        Run(label, "transformer", SMALL | change, SMALL_STEPS)
        for label, change in (
            ("no positions", {"positions": "none"}),
            ("not scaled", {"scaled": False}),
            ("1 head", {"heads": 1}),
            ("2 heads", {"heads": 2}),
            ("8 heads", {"heads": 8}),
            ("16 heads", {"heads": 16}),
            ("1 layer", {"encoder_layers": 1, "decoder_layers": 1}),
            ("4 layers", {"encoder_layers": 4, "decoder_layers": 4}),
            ("learned positions", {"positions": "learned"}),
            ("rotary positions", {"positions": "rotary"}),
            ("post-norm", {"pre_norm": False}),
            ("dropout 0.1", {"dropout": 0.1}),
        )
    ),
    Run(
        "label smoothing 0.1",
        "transformer",
        SMALL,
        dataclasses.replace(SMALL_STEPS, label_smoothing=0.1),
    ),
]
# As many parameters (within 5%), steps and words a step as the models of PRONUNCIATION.
TRANSFORMER_PRONUNCIATION = [
    Run(
        "transformer",
        "transformer",
        {"d_model": 128, "heads": 4, "d_ff": 256},
        TrainConfig(steps=6000, learning_rate=2e-3, warmup_steps=400, chunk_steps=100),
    )
]


def load_scenes(seed: int) -> Splits:
    """New scenes for every seed; the split of the handwriting is always the same."""
    parts, counts = digits.load(14), (20_000, 500, 500)
    return Splits(
        *(
            scenes.draw(part, count, seed=3 * seed + k)
            for k, (part, count) in enumerate(zip(parts, counts, strict=True))
        )
    )


def test_segmentation(model, part) -> dict:
    """IoU of the digits and of ink of any kind, and accuracy at boundaries, in percent."""
    scores = segmentation.segmentation_scores(segmentation.segment(model, part.images), part.masks)
    del scores["named"]
    return scores


def test_translation(model, part) -> dict:
    """BLEU and exact match for each bucket of source lengths."""
    return {
        "bleu": evaluation.quality_by_length(model, part),
        "exact": evaluation.quality_by_length(model, part, metric=metrics.exact_match),
    }


def test_pronunciation(model, part) -> dict:
    """PER and WER by greedy search and with a beam of 5."""
    return {
        "greedy": evaluation.pronunciation_scores(model, part),
        "beam 5": evaluation.pronunciation_scores(model, part, width=5),
    }


def within_trained(part):
    """The sentences of at most 50 tokens."""
    return part.take(np.flatnonzero(part.source_lengths <= 50))


def test_reading_translation(model, part) -> dict:
    """As :func:`test_translation`, and one number each over all trained lengths."""
    inside = within_trained(part)
    written = evaluation.decode(model, inside)
    return (
        test_translation(model, part)
        | {
            "all bleu": metrics.bleu(written, inside.references),
            "all exact": metrics.exact_match(written, inside.references),
        }
        | evaluation.teacher_forced_scores(model, inside)
    )


def test_reading_pronunciation(model, part) -> dict:
    """PER, WER, perplexity and entropy."""
    told = evaluation.teacher_forced_scores(model, part)
    return evaluation.pronunciation_scores(model, part) | told


def load_translation(seed: int, **limits) -> Splits:
    """New sentences for every seed."""
    return translation.load(test_max=BEYOND, seed=seed, **limits)


def load_pronunciations(seed: int) -> Splits:
    """The dictionary is the same for every seed."""
    return pronunciations.load()


EXPERIMENTS = {
    "translation": Experiment(TRANSLATION, load_translation, test_translation),
    "pronunciation": Experiment(PRONUNCIATION, load_pronunciations, test_pronunciation),
    "segmentation": Experiment(
        SEGMENTATION,
        load_scenes,
        test_segmentation,
        lambda part: (part.images, part.masks),
        SegmentationLoss(),
    ),
    "reading_translation": Experiment(READING, load_translation, test_reading_translation),
    "reading_pronunciation": Experiment(READING, load_pronunciations, test_reading_pronunciation),
    "scores_translation": Experiment(
        SCORES_TRANSLATION, load_translation, test_reading_translation
    ),
    "scores_pronunciation": Experiment(
        SCORES_PRONUNCIATION, load_pronunciations, test_reading_pronunciation
    ),
    "transformer_translation": Experiment(ABLATIONS, load_translation, test_reading_translation),
    "transformer_pronunciation": Experiment(
        TRANSFORMER_PRONUNCIATION, load_pronunciations, test_pronunciation
    ),
} | PICTURES

# What is asked of trained models, and compares none: no row of the scoreboard.
QUESTIONS = {"rollouts": ROLLOUTS}
