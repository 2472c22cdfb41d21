"""Makes the JSON files of ``encdec_lib/results/``, run by run.

    python results/make.py [--only NAME] [--label NAME ...] [--seeds 3] [--devices N]

Every finished run is written at once; a run that is there already is skipped. Two of these may
run side by side with ``--devices 1``, a core each.
"""

import argparse
import dataclasses
import json
import time
from functools import partial

import jax
import numpy as np
from flax import nnx

from encdec_lib import evaluation, metrics, page, segmentation
from encdec_lib.data import digits, pronunciations, scenes, translation
from encdec_lib.data.parallel import Splits
from encdec_lib.devices import use_all_cores
from encdec_lib.losses import SegmentationLoss
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.train import TrainConfig, fit

COMMAND = "make results"
BEYOND = 60  # test sentences reach ten tokens past the trained lengths


@dataclasses.dataclass(frozen=True)
class Run:
    """One model, one training, one row of a results file."""

    label: str  # what the chapter calls it
    model: str  # "attention", "fixed" or "u-net"
    sizes: dict  # of its config, vocabularies apart
    train: TrainConfig
    evaluations: int = 1  # how often to test on the way

    def build(self, part, seed: int):
        """A new model, for this part's vocabularies where it has some."""
        if self.model == "u-net":
            return unet(UNetConfig(**self.sizes), rngs=nnx.Rngs(seed))
        vocab = len(part.source_vocabulary), len(part.target_vocabulary)
        if self.model == "attention":
            return bahdanau(BahdanauConfig(*vocab, **self.sizes), rngs=nnx.Rngs(seed))
        return seq2seq(Seq2SeqConfig(*vocab, **self.sizes), rngs=nnx.Rngs(seed))

    def key(self, seed: int) -> dict:
        """What must agree for a stored run to count as this one."""
        return {
            "label": self.label,
            "model": self.model,
            "sizes": self.sizes,
            "train": dataclasses.asdict(dataclasses.replace(self.train, seed=seed)),
        }


ATTENTION = {"embed_dim": 48, "encoder_dim": 64, "state_dim": 128, "align_dim": 64}
FIXED = {"embed_dim": 64, "state_dim": 152}
SHORT = TrainConfig(steps=1000, learning_rate=5e-3)


TRANSLATION = [
    Run("attention", "attention", ATTENTION, SHORT),
    # more steps, because its steps are shorter: equal training time
    Run("fixed vector", "fixed", FIXED, dataclasses.replace(SHORT, steps=1200, learning_rate=4e-3)),
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
            steps=2800, batch_size=32, learning_rate=0.01, weight_decay=0.01, chunk_steps=100
        ),
    )
    for label, skips in (("with skips", True), ("without skips", False))
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
    labels, truth = segmentation.segment(model, part.images), part.masks
    ink = segmentation.intersection_over_union(np.minimum(labels, 1), np.minimum(truth, 1), 2)
    by_class = segmentation.intersection_over_union(labels, truth)
    return {
        "mean IoU": 100 * segmentation.mean_iou(labels, truth),
        "ink IoU": 100 * float(ink[1]),
        "boundary": 100 * segmentation.boundary_accuracy(labels, truth),
        "pixels": 100 * float((labels == truth).mean()),
        "IoU by class": [100 * float(x) for x in by_class],
    }


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


def _keep(scores, test, model) -> dict:
    scores.append(test(model))
    return {}


def stored(name: str) -> list[dict]:
    """The finished runs of an experiment."""
    try:
        return page.results(name)["runs"]
    except FileNotFoundError:
        return []


def make(name: str, runs: list[Run], seeds: list[int], load, test, examples, loss) -> None:
    """Fills ``<name>.json`` with what is missing; seeds outermost, so that all runs grow."""
    for seed in seeds:
        data = None
        for run in runs:
            key = run.key(seed)
            if any(all(row[k] == v for k, v in key.items()) for row in stored(name)):
                continue
            data = data or load(seed)
            model = run.build(data.train, seed)
            scores = []  # tables, not the single numbers that `evaluate` may return
            print(f"\n{name}: {run.label}, seed {seed}", flush=True)
            history = fit(
                model,
                examples(data.train),
                dataclasses.replace(run.train, seed=seed),
                loss=loss,
                evaluate=partial(_keep, scores, partial(test, part=data.test)),
                eval_every=-(-run.train.steps // run.evaluations),
            )
            tests = [e | s for e, s in zip(history.evaluations, scores, strict=True)]
            row = key | {
                "seed": seed,
                "parameters": sum(x.size for x in jax.tree.leaves(nnx.state(model, nnx.Param))),
                "seconds": history.train_seconds,
                "devices": jax.local_device_count(),
                "final_loss": float(history.losses[-50:].mean()),
                "tests": tests,
                "finished": time.strftime("%Y-%m-%d %H:%M"),
            }
            # Read again: another process may have finished a run meanwhile.
            rows = sorted([*stored(name), row], key=lambda row: (row["seed"], row["label"]))
            page.save_results(name, {"runs": rows}, command=COMMAND, seeds=seeds)
            print(json.dumps(tests[-1], ensure_ascii=False), flush=True)


def text(part):
    """What ``fit`` trains on: the pairs themselves."""
    return part


EXPERIMENTS = {  # name: runs, data of a seed, test, what fit gets of a part, loss
    "translation": (
        TRANSLATION,
        lambda seed: translation.load(test_max=BEYOND, seed=seed),
        test_translation,
        text,
        None,
    ),
    "pronunciation": (
        PRONUNCIATION,
        lambda seed: pronunciations.load(),
        test_pronunciation,
        text,
        None,
    ),
    "segmentation": (
        SEGMENTATION,
        load_scenes,
        test_segmentation,
        lambda part: (part.images, part.masks),
        SegmentationLoss(),
    ),
}


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=EXPERIMENTS)
    parser.add_argument("--label", nargs="*", help="only runs of these labels")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--devices", type=int, default=8, help="at most so many CPU cores")
    args = parser.parse_args()
    use_all_cores(args.devices)
    for name, (runs, *how) in EXPERIMENTS.items():
        if args.only in (None, name):
            runs = [run for run in runs if not args.label or run.label in args.label]
            make(name, runs, list(range(args.seeds)), *how)


if __name__ == "__main__":
    main()
