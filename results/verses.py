"""Human text: verses of 1611 into English of today, with three models of equal size.

Trained on up to 60 subwords, and on up to 30; tested to 60 in both cases. 3 seeds.
"""

import dataclasses
import math

from encdec_lib import evaluation
from encdec_lib.data import early_modern_english
from encdec_lib.data.parallel import ParallelText, Splits
from encdec_lib.evaluation import archaic, metrics
from encdec_lib.evaluation.chrf import chrf
from encdec_lib.train import TrainConfig
from results.long_runs import LOSS, LongExperiment, LongRun
from results.rates import chosen_rate, grid, untested

CONSTANT = TrainConfig(batch_size=32, warmup_steps=200, schedule="constant")
RATES = (1e-3, 2e-3, 4e-3)
UP_TO_30 = {"max_length": 30, "test_max": 60}
ARMS = {  # 1.09 to 1.11 million parameters at V = 2,000
    "fixed vector": ("fixed", {"embed_dim": 64, "state_dim": 224}),
    "attention": (
        "attention",
        {"embed_dim": 64, "encoder_dim": 64, "state_dim": 128, "align_dim": 64},
    ),
    "Transformer": (
        "transformer",
        {"d_model": 128, "heads": 4, "d_ff": 192, "max_length": 80, "dropout": 0.1},
    ),
}


def load(seed: int, **limits) -> Splits:
    """The verses are the same for every seed."""
    return early_modern_english.load(**limits)


def watch(model, part: ParallelText) -> dict[str, float]:
    """The dev loss alone: writing every dev verse would take longer than the training between."""
    return {LOSS: math.log(evaluation.teacher_forced_scores(model, part, 32)["perplexity"])}


def test(model, part: ParallelText) -> dict:
    """BLEU and chrF by length and over all, of words, and archaic forms; greedy and by a beam."""
    vocabulary = part.target_vocabulary
    references = [evaluation.as_words(accepted, vocabulary) for accepted in part.references]
    sources = evaluation.as_words(part.source_tokens, vocabulary)
    tables = {}
    for search, width in (("greedy", 1), ("beam 5", 5)):
        written = evaluation.decode(model, part, width, length_penalty=1.0 if width > 1 else 0.0)
        words = evaluation.as_words(written, vocabulary)
        forms = archaic.turned(sources, words, references)
        tables[search] = {
            name: by_length(metric, words, references, part.source_lengths)
            for name, metric in (("bleu", metrics.bleu), ("chrf", chrf))
        } | {
            "all bleu": metrics.bleu(words, references),
            "all chrf": chrf(words, references),
            "forms": forms._asdict() | {"share": forms.share},
        }
    untouched = archaic.turned(sources, sources, references)
    tables["source as it is"] = {
        "bleu": by_length(metrics.bleu, sources, references, part.source_lengths),
        "all bleu": metrics.bleu(sources, references),
        "all chrf": chrf(sources, references),
        "forms": untouched._asdict() | {"share": untouched.share},
    }
    some = range(0, len(part), max(1, len(part) // 12))
    tables["examples"] = [
        {"source": " ".join(sources[i]), "output": " ".join(words[i])} for i in some
    ]
    return tables


def by_length(metric, words, references, lengths) -> dict[str, float]:
    """A metric for each bucket of lengths in subwords."""
    return metrics.by_length(metric, words, references, lengths, early_modern_english.BUCKET_EDGES)


def verses_rates() -> LongExperiment:
    """Which rate suits each model: the same three for all."""
    runs = grid(ARMS, RATES, CONSTANT, dict.fromkeys(ARMS, 1000))
    return LongExperiment(runs, load, watch, untested)


def verses() -> LongExperiment:
    """Three models, on up to 60 and on up to 30 subwords."""
    runs = []
    for limit, milestones in (({}, (1000, 6000)), (UP_TO_30, (1000, 4000))):
        for arm, (model, sizes) in ARMS.items():
            rate = chosen_rate("verses_rates", verses_rates().runs, arm)
            train = dataclasses.replace(CONSTANT, learning_rate=rate)
            label = f"{arm}, up to 30" if limit else arm
            runs.append(
                LongRun(
                    label, model, sizes, train, data=limit, milestones=milestones, seeds=(0, 1, 2)
                )
            )
    return LongExperiment(runs, load, watch, test)
