"""Time, room and reach: what a fixed size costs, in three parts (chapters 6 and 8).

- **Time to learn** (``time``): how long until a length is translated well, with one vector and with
  attention, at equal parameters, each with the best rate of the same grid (``time_rates``).
- **Room** (``room``): what one vector of d numbers holds when training gains nothing any more,
  measured on random strings, where the bits can be counted.
- **Reach** (in ``time`` too): trained to 30 tokens, tested to 60.
"""

import dataclasses
import math
from functools import lru_cache

import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib import evaluation, generate
from encdec_lib.analysis.probes import read_places
from encdec_lib.data import random_strings, translation
from encdec_lib.data.parallel import ParallelText, Splits
from encdec_lib.evaluation import metrics
from encdec_lib.models.seq2seq import RNNEncoder
from encdec_lib.runtime.batched import run_batched
from encdec_lib.train import TrainConfig
from encdec_lib.train.losses import shift_right
from results.experiments import ATTENTION, BEYOND, FIXED, UP_TO_30
from results.long_runs import LOSS, LongExperiment, LongRun
from results.rates import chosen_rate, grid, untested

CONSTANT = TrainConfig(batch_size=64, warmup_steps=100, schedule="constant")
RATES = (1e-3, 2e-3, 4e-3, 8e-3, 16e-3)
ROOM_RATES = (4e-3, 8e-3, 16e-3, 32e-3)
SENTENCES = 100_000  # so many that none is learned by heart
ONCE, FIVE, TWENTY_FIVE = 1000, 5000, 25_000  # steps: 1, 5 and 25 times attention's
SHORT_FIRST = ((500, 10), (1000, 20), (2000, 30), (3000, 40))  # then all, up to step 5,000
# Equal parameters within 4%: attention's sizes for each width of the one vector.
BESIDE = {8: (8, 6, 6, 6), 16: (16, 6, 12, 6), 32: (16, 13, 26, 13), 64: (16, 36, 36, 36)}
PROBED_LENGTHS, PROBED_STRINGS, MOST_PLACES = (10, 20, 30, 40, 50), (8, 16, 32), 10


def load_sentences(seed: int, **limits: int) -> Splits:
    """New sentences for every seed, tested up to 60 tokens."""
    return translation.load(**({"train": SENTENCES, "test_max": BEYOND, "seed": seed} | limits))


def watch_sentences(model, part: ParallelText) -> dict[str, float]:
    """The dev loss, and BLEU for each bucket of lengths."""
    loss = math.log(evaluation.teacher_forced_scores(model, part)["perplexity"])
    bleu = evaluation.quality_by_length(model, part)
    return {LOSS: loss} | {f"BLEU {label}": value for label, value in bleu.items()}


def test_sentences(model, part: ParallelText) -> dict:
    """BLEU and exact match by length, and what a linear probe reads from one vector."""
    outputs = evaluation.decode(model, part)
    tables = {
        name: metrics.by_length(
            metric, outputs, part.references, part.source_lengths, translation.BUCKET_EDGES
        )
        for name, metric in (("bleu", metrics.bleu), ("exact", metrics.exact_match))
    }
    if isinstance(model.encoder, RNNEncoder):
        tables["probe"] = {str(n): probe(model, *sentences_of(n)) for n in PROBED_LENGTHS}
    return tables


@lru_cache(maxsize=len(PROBED_LENGTHS))
def sentences_of(length: int) -> tuple[np.ndarray, np.ndarray]:
    """Sentences of one length to train a probe on, and others to test it on."""
    train = translation.generate(8000, length, length, seed=1000)
    return train.source, translation.generate(1000, length, length, 1000, "test").source


def probe(model, train: np.ndarray, test: np.ndarray) -> dict[str, list[float]]:
    """In what share of held-out sources a linear probe reads the token at each place from H.

    At most ten places, spread evenly from the first to the last. ``most frequent`` is what always
    giving the commonest token of that place would have.
    """
    length = train.shape[1]
    places = np.unique(np.linspace(0, length - 1, MOST_PLACES).round().astype(int))
    vectors, others = (
        run_batched(_encode, model, source, batch_size=500, flops=0) for source in (train, test)
    )
    read = read_places(vectors, train[:, places], (others, test[:, places]))
    return {
        "place": (places + 1).tolist(),
        "right": read.right.round(1).tolist(),
        "most frequent": read.most_frequent.round(1).tolist(),
    }


def _encode(model, source):
    return model.encode(source).vectors[:, 0]


def load_strings(seed: int, **sizes) -> Splits:
    """New strings for every seed."""
    return random_strings.load(seed=seed, **sizes)


def watch_strings(model, part: ParallelText) -> dict[str, float]:
    """The dev loss, and how many bits of a string of each length the decoder has."""
    loss = math.log(evaluation.teacher_forced_scores(model, part)["perplexity"])
    return {LOSS: loss} | {f"bits {n}": bits for n, bits in bits_held(model, part).items()}


def test_strings(model, part: ParallelText) -> dict:
    """Bits, symbols right and strings right by length, and a probe by place of one vector."""
    written = generate.greedy(model, part.source, part.target.shape[1]).tokens
    width = part.source.shape[1]
    written = np.pad(written, ((0, 0), (0, max(0, width - written.shape[1]))))[:, :width]
    right = (written == part.source) & (part.source != 0)
    lengths = part.source_lengths
    tables = {
        "bits": bits_held(model, part),
        "symbols": {str(n): float(right[lengths == n].sum(axis=1).mean()) for n in _sizes(part)},
        "exact": {
            str(n): 100 * float((right[lengths == n].sum(axis=1) == n).mean()) for n in _sizes(part)
        },
    }
    if isinstance(model.encoder, RNNEncoder):
        tables["probe"] = {
            str(n): probe(model, *strings_of(n)) for n in PROBED_STRINGS if n <= width
        }
    return tables


@lru_cache(maxsize=len(PROBED_STRINGS))
def strings_of(length: int) -> tuple[np.ndarray, np.ndarray]:
    """Strings of one length to train a probe on, and others to test it on."""
    data = random_strings.load(train=8000, per_length=1000, lengths=(length,), seed=1000)
    return data.train.source, data.test.source


def bits_held(model, part: ParallelText) -> dict[str, float]:
    r"""How many bits the decoder knows of a string of n symbols, by n, on average.

    .. math:: n \log_2 V + \sum_i \log_2 P(y_i \mid y_{<i}, H)

    The first term is what there is to know, the second what the decoder lacks. By the chain rule
    the mean is a lower bound of the information that H has about the string.
    """
    log_p = run_batched(
        _log_probabilities_of_symbols, model, part.source, part.target, batch_size=256, flops=0
    )
    symbols = len(part.source_vocabulary) - 4
    known = part.source_lengths * math.log2(symbols) + log_p / math.log(2)
    return {str(n): float(known[part.source_lengths == n].mean()) for n in _sizes(part)}


def _log_probabilities_of_symbols(model, source, target):
    """Summed over a row, in nats, without ``<eos>``: a length is no part of the symbols."""
    logits, _ = model(source, shift_right(target))
    picked = nnx.log_softmax(logits)
    picked = jnp.take_along_axis(picked, target[..., None], axis=-1)[..., 0]  # (B, T)
    symbol = jnp.arange(target.shape[1])[None] < (source != 0).sum(axis=1, keepdims=True)
    return jnp.where(symbol, picked, 0.0).sum(axis=1)


def _sizes(part: ParallelText) -> list[int]:
    return np.unique(part.source_lengths).tolist()


ARMS = {  # of sentences: model, sizes
    "fixed vector": ("fixed", FIXED),
    "attention": ("attention", ATTENTION),
}


def time_rates() -> LongExperiment:
    """Which rate suits each of the two models: the same four for both."""
    runs = grid(ARMS, RATES, CONSTANT, {"fixed vector": 2 * ONCE, "attention": ONCE})
    return LongExperiment(runs, load_sentences, watch_sentences, untested)


def time() -> LongExperiment:
    """Both models at their best rates; with short sentences first; up to 30 tokens."""

    def run(label: str, arm: str, milestones: tuple[int, ...], **more) -> LongRun:
        rate = chosen_rate("time_rates", time_rates().runs, arm)
        train = dataclasses.replace(CONSTANT, learning_rate=rate)
        return LongRun(label, *ARMS[arm], train, milestones=milestones, **more)

    longer = (0, ONCE, FIVE, TWENTY_FIVE)
    runs = [
        run("attention", "attention", (ONCE, FIVE)),
        run("fixed vector", "fixed vector", (0, ONCE, FIVE)),
        run("attention, up to 30", "attention", (ONCE, FIVE), data=UP_TO_30),
        run("fixed vector, up to 30", "fixed vector", (ONCE, FIVE), data=UP_TO_30),
        run("fixed vector, short first", "fixed vector", (FIVE,), curriculum=SHORT_FIRST),
        *(
            run(f"{label}, longer", "fixed vector", longer, extends=label, seeds=(0, 1, 2), **more)
            for label, more in (
                ("fixed vector", {}),
                ("fixed vector, up to 30", {"data": UP_TO_30}),
            )
        ),
    ]
    return LongExperiment(runs, load_sentences, watch_sentences, test_sentences)


def _room_arms() -> dict[str, tuple[str, dict]]:
    """One vector of d numbers, and attention with as many parameters."""
    names = ("embed_dim", "encoder_dim", "state_dim", "align_dim")
    fixed = {f"fixed vector, d = {d}": ("fixed", {"embed_dim": 16, "state_dim": d}) for d in BESIDE}
    return fixed | {
        f"attention beside d = {d}": ("attention", dict(zip(names, sizes, strict=True)))
        for d, sizes in BESIDE.items()
    }


def room_rates() -> LongExperiment:
    """Which rate suits each width, and attention."""
    arms = _room_arms()
    steps = {arm: 3000 if "fixed" in arm else 1500 for arm in arms}
    runs = grid(arms, ROOM_RATES, CONSTANT, steps)
    return LongExperiment(runs, load_strings, watch_strings, untested)


def room() -> LongExperiment:
    """Strings of 2 to 64 symbols through d numbers, until nothing is gained any more."""
    runs = []
    for arm, (model, sizes) in _room_arms().items():
        rate = chosen_rate("room_rates", room_rates().runs, arm)
        train = dataclasses.replace(CONSTANT, learning_rate=rate)
        milestones = (0, 3000, 20_000) if "fixed" in arm else (1500, 6000)
        runs.append(LongRun(arm, model, sizes, train, milestones=milestones))
    return LongExperiment(runs, load_strings, watch_strings, test_strings)
