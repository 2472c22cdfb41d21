"""Times a training step and greedy decoding against PyTorch eager.

    python -m benchmarks.run [--rounds 15] [--only NAME] [--save]

Both sides get the same cores, sizes and full-length batches. They are run in turn, a round of
one and a round of the other, and the medians are compared, so that a machine whose speed
drifts is fair to both. The ratio is ours / PyTorch: below 1 is ahead. The first step includes
compilation, without a compilation cache.
"""

import argparse
import time
from functools import partial

from encdec_lib.runtime.devices import use_all_cores

use_all_cores()

import jax  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from flax import nnx  # noqa: E402

from benchmarks import torch_images, torch_models, torch_transformer, torch_vit  # noqa: E402
from benchmarks.timing import alternate, training  # noqa: E402
from encdec_lib import page  # noqa: E402
from encdec_lib.evaluation.pixels import segment  # noqa: E402
from encdec_lib.generate.sampling import greedy  # noqa: E402
from encdec_lib.models.attention_scores import ScoresConfig, attention_scores  # noqa: E402
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau  # noqa: E402
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet  # noqa: E402
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq  # noqa: E402
from encdec_lib.models.transformer import TransformerConfig, transformer  # noqa: E402
from encdec_lib.models.vision_transformer import ViTConfig, vit  # noqa: E402
from encdec_lib.train.losses import ClassificationLoss, SegmentationLoss  # noqa: E402

VOCAB = 100
LIMITS = {"train": 0.75, "greedy": 0.8, "tiny": 0.2}  # what the project promises, ours / PyTorch
EVEN_LIMITS = {"train": 1.0, "greedy": 1.0, "tiny": 0.2}  # of chapters 9, 12 and 14
# Milliseconds of Python before and after the loop on the device: nothing is promised there.
UNPROMISED = {("Transformer tiny", "greedy")}
FIRST_STEP_LIMIT = 5.0  # seconds
CHUNK = 4  # steps in one call of ours, as `fit` does
CASES = {  # name: (B, T, d)
    "GRU": (64, 32, 256),
    "Bahdanau": (64, 32, 256),
    "Luong dot": (64, 32, 256),
    "Luong general": (64, 32, 256),
    "Luong additive": (64, 32, 256),
    "Transformer": (64, 64, 128),
    "GRU tiny": (8, 8, 32),
    "Bahdanau tiny": (8, 8, 32),
    "Transformer tiny": (8, 8, 32),
}
IMAGES = {"U-Net": UNetConfig()}  # batches of 64 images of 32×32
# Batches of 64 images of 28×28: 49 patches and the class token.
CLASSIFIERS = {"ViT": ViTConfig(patch=4, d_model=128, heads=4, d_ff=512, layers=4)}
IMAGE_LIMITS = {"train": 1.0, "segment": 1.0}


def build(name: str, d: int, length: int):
    """Our model and PyTorch's of the same sizes."""
    if name.startswith("Transformer"):
        config = TransformerConfig(VOCAB, VOCAB, d, heads=4, d_ff=4 * d)
        ours = transformer(config, rngs=nnx.Rngs(0))
        return ours, torch_transformer.Transformer(VOCAB, d, 4, 4 * d, 2, length)
    if name.startswith("GRU"):
        ours = seq2seq(Seq2SeqConfig(VOCAB, VOCAB, d, d), rngs=nnx.Rngs(0))
        return ours, torch_models.Seq2Seq(VOCAB, d, d)
    if name.startswith("Luong"):
        score = name.split()[1]
        config = ScoresConfig(VOCAB, VOCAB, d, d // 2, d, score, align_dim=d)
        ours = attention_scores(config, rngs=nnx.Rngs(0))
        return ours, torch_models.Luong(VOCAB, d, d // 2, score, d)
    config = BahdanauConfig(VOCAB, VOCAB, d, d // 2, d, d)
    return (
        bahdanau(config, rngs=nnx.Rngs(0)),
        torch_models.Bahdanau(VOCAB, d, d // 2, d, d),
    )


def never_ends(model):
    """Sets weights that never emit <eos>, so that decoding goes on for the whole length."""
    if getattr(model.decoder, "output", None) is not None:
        bias = model.decoder.output.bias
        bias[...] = bias[...].at[2].set(-1e9)
        return
    # Tied: with a row of zeros <eos> gets the logit 0, and some other token always gets more.
    table = model.decoder.tokens.embedding.embedding
    table[...] = table[...].at[2].set(0.0)


def tile(examples: int, steps: int):
    """The same whole batch for every step of a call."""
    return np.tile(np.arange(examples, dtype=np.int32), (steps, 1))


def torch_training(model, source, target):
    """The same for PyTorch, one step a call."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    source, target = torch.from_numpy(source).long(), torch.from_numpy(target).long()
    step = partial(torch_models.train_step, model, optimizer, source, target)
    started = time.perf_counter()
    step()
    return step, time.perf_counter() - started


def measure(name: str, rounds: int) -> list[dict]:
    """The rows of one case."""
    batch, length, d = CASES[name]
    rng = np.random.default_rng(0)
    source, target = rng.integers(4, VOCAB, (2, batch, length)).astype(np.int32)
    tiny = "tiny" in name
    chunk = CHUNK * (8 if tiny else 1)
    ours, theirs = build(name, d, length)
    steps, first = training(ours, source, target, tile(len(source), chunk))
    torch_step, torch_first = torch_training(theirs, source, target)
    a, b = alternate((steps, torch_step), rounds, (1, chunk))
    rows = [row(name, "train", a / chunk, b, first, torch_first, tiny)]

    never_ends(ours)
    started = time.perf_counter()
    greedy(ours, source, length)
    first = time.perf_counter() - started
    torch_source = torch.from_numpy(source).long()
    torch_greedy = partial(theirs.greedy, torch_source, length)
    started = time.perf_counter()
    torch_greedy()
    torch_first = time.perf_counter() - started
    repeats = (8, 8) if tiny else (1, 1)
    a, b = alternate((lambda: greedy(ours, source, length), torch_greedy), 3 * rounds, repeats)
    return [*rows, row(name, "greedy", a, b, first, torch_first, tiny)]


def measure_images(name: str, rounds: int) -> list[dict]:
    """The rows of a model from images to images."""
    config, rng = IMAGES[name], np.random.default_rng(0)
    images = rng.random((64, 32, 32, config.in_channels), np.float32)
    labels = rng.integers(0, config.num_classes, images.shape[:3]).astype(np.int32)
    ours = unet(config, rngs=nnx.Rngs(0))
    theirs = torch_images.UNet(config.in_channels, config.channels, config.num_classes)
    loss = SegmentationLoss(config.num_classes)
    steps, first = training(ours, images, labels, tile(len(images), 1), loss)

    optimizer = torch.optim.AdamW(theirs.parameters(), lr=1e-4)
    weights = torch.full((config.num_classes,), loss.ink_weight)
    weights[0] = 1.0
    x = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    torch_step = partial(
        torch_images.train_step, theirs, optimizer, x, torch.from_numpy(labels).long(), weights
    )
    started = time.perf_counter()
    torch_step()
    torch_first = time.perf_counter() - started
    a, b = alternate((steps, torch_step), rounds, (CHUNK, CHUNK))
    rows = [row(name, "train", a, b, first, torch_first, False)]

    ours.eval()
    started = time.perf_counter()
    segment(ours, images)
    first = time.perf_counter() - started
    started = time.perf_counter()
    theirs.segment(x)
    torch_first = time.perf_counter() - started
    ours_segment, torch_segment = partial(segment, ours, images), partial(theirs.segment, x)
    a, b = alternate((ours_segment, torch_segment), rounds, (CHUNK, CHUNK))
    return [*rows, row(name, "segment", a, b, first, torch_first, False)]


def measure_classes(name: str, rounds: int) -> list[dict]:
    """The rows of a model from images to classes."""
    config, rng = CLASSIFIERS[name], np.random.default_rng(0)
    images = rng.random((64, config.side, config.side, config.in_channels), np.float32)
    labels = rng.integers(0, config.num_classes, len(images)).astype(np.int32)
    ours, theirs = vit(config, rngs=nnx.Rngs(0)), torch_vit.ViT(config)
    steps, first = training(ours, images, labels, tile(len(images), CHUNK), ClassificationLoss())
    optimizer = torch.optim.AdamW(theirs.parameters(), lr=1e-4)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    torch_step = partial(
        torch_vit.train_step, theirs, optimizer, x, torch.from_numpy(labels).long()
    )
    started = time.perf_counter()
    torch_step()
    torch_first = time.perf_counter() - started
    a, b = alternate((steps, torch_step), rounds, (1, CHUNK))
    return [row(name, "train", a / CHUNK, b, first, torch_first, False)]


def missed(row: dict) -> bool:
    """Whether a limit was missed."""
    slow = row["limit"] is not None and row["ratio"] > row["limit"]
    return slow or row["first_s"] > FIRST_STEP_LIMIT


def row(name, what, ours, theirs, first, torch_first, tiny):
    """One line of the table, printed at once."""
    limits = IMAGE_LIMITS if name in IMAGES else LIMITS
    if name.startswith(("Luong", "Transformer", "ViT")):
        limits = EVEN_LIMITS
    limit = limits["tiny" if tiny and what == "train" else what]
    if (name, what) in UNPROMISED:
        limit = None
    out = {
        "case": name,
        "what": what,
        "ours_ms": 1e3 * ours,
        "pytorch_ms": 1e3 * theirs,
        "ratio": ours / theirs,
        "limit": limit,
        "first_s": first,
        "pytorch_first_s": torch_first,
    }
    print(
        f"{name:14} {what:7} {out['ours_ms']:9.2f} {out['pytorch_ms']:9.2f} {out['ratio']:7.2f} "
        f"{limit or '-':>6} {first:8.2f} {torch_first:8.2f}  {'MISSED' if missed(out) else 'ok'}",
        flush=True,
    )
    return out


def main() -> int:
    """Prints the table; exit status 1 where a limit was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", help="a case, or the beginning of its name")
    parser.add_argument("--save", action="store_true", help="write encdec_lib/results/speed.json")
    args = parser.parse_args()
    cores = jax.local_device_count()
    torch.set_num_threads(cores)
    torch.manual_seed(0)
    print(f"{cores} threads each · jax {jax.__version__} · torch {torch.__version__}")
    print(
        f"{'':14} {'':7} {'ours ms':>9} {'torch ms':>9} {'ratio':>7} {'limit':>6} "
        f"{'first s':>8} {'torch s':>8}"
    )
    how = dict.fromkeys(CASES, measure) | dict.fromkeys(IMAGES, measure_images)
    how |= dict.fromkeys(CLASSIFIERS, measure_classes)
    rows = []
    for name in how:
        if name.startswith(args.only or ""):
            rows += how[name](name, args.rounds)
    if args.save:
        data = {"rows": rows, "threads": cores, "torch": torch.__version__}
        page.save_results("speed", data, command="make bench ARGS=--save", seeds=[0])
    return int(any(map(missed, rows)))


if __name__ == "__main__":
    raise SystemExit(main())
