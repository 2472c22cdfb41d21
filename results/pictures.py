"""The stored runs of Part V: images as tokens (chapters 14 to 16)."""

from dataclasses import replace
from functools import lru_cache

from flax import nnx

from encdec_lib import generate
from encdec_lib.data import captions, digits, scenes, tidy_scenes
from encdec_lib.data.image_tokens import learn_codebook
from encdec_lib.data.parallel import Splits
from encdec_lib.evaluation import captions as caption_metrics
from encdec_lib.evaluation import classes as classification
from encdec_lib.evaluation.scenes import CROP, centred, read_scenes
from encdec_lib.models.captioning import CNNEncoder
from encdec_lib.models.patch_tagger import patch_classes, patch_tagger
from encdec_lib.models.vision_transformer import CNNClassifierConfig, cnn_classifier
from encdec_lib.train import TrainConfig, fit
from encdec_lib.train.losses import ClassificationLoss, SegmentationLoss
from results.runs import Experiment, Run

# Chapter 14: patch sizes, and chapter 2's encoder with as many parameters.
VIT_STEPS = TrainConfig(
    steps=2500, batch_size=64, learning_rate=3e-3, warmup_steps=100, weight_decay=0.01,
    decay="all", chunk_steps=100,
)  # fmt: skip
VIT_DIGITS = [
    *(
        Run(label, "vit", sizes, VIT_STEPS)
        for label, sizes in (
            ("ViT, P=7", {}),
            ("ViT, P=14", {"patch": 14}),
            ("ViT, P=4", {"patch": 4}),
            ("ViT, P=7, mean", {"pool": "mean"}),
            ("ViT, P=7, no positions", {"positions": False}),
        )
    ),
    Run("CNN", "cnn", {}, VIT_STEPS),
]

# Chapter 15: chapter 5's captioner, and those that look at a grid.
CAPTION_STEPS = TrainConfig(
    steps=2000, batch_size=32, learning_rate=5e-3, group_by_length=False, chunk_steps=50
)
CAPTIONS = [
    Run("CNN, one vector", "captioner", {}, CAPTION_STEPS),
    Run("CNN grid, attention", "grid-captioner", {}, CAPTION_STEPS),
    Run(
        "ViT, Transformer",
        "vit-captioner",
        {},
        replace(CAPTION_STEPS, steps=6000, learning_rate=3e-3, warmup_steps=100),
        data={"train": 40_000},  # with 12,000 scenes it learned them by heart
        before=replace(CAPTION_STEPS, steps=5000, learning_rate=4e-3, warmup_steps=100),
    ),
]

# Chapter 16: captions of tidy scenes, then 256 image tokens.
CODES, LONGEST = 24, tidy_scenes.LONGEST
PAINTER = {
    "vocab": CODES + 4, "prefix_length": LONGEST, "max_length": 256, "columns": 16,
    "d_model": 64, "heads": 4, "d_ff": 192, "layers": 2,
}  # fmt: skip
DIGIT_SCENES = [
    Run(
        "decoder only",
        "painter",
        PAINTER,
        TrainConfig(
            steps=1800, batch_size=16, learning_rate=7e-3, warmup_steps=100, chunk_steps=50,
            group_by_length=False,
        ),
    )
]  # fmt: skip


def load_digits(seed: int) -> Splits:
    """The split is always the same; so is the augmentation, 20 moved copies of each image."""
    return Splits(*digits.load(28))


def moved_digits(part):
    """What the classifiers learn from."""
    return digits.shifted(part.images[..., None], part.labels, copies=20)


def test_digits(model, part) -> dict:
    """Accuracy in percent on the test digits, and on those that settings were chosen on."""
    dev = digits.load(28).dev
    return {
        "test": 100 * classification.accuracy(model, part.images[..., None], part.labels),
        "dev": 100 * classification.accuracy(model, dev.images[..., None], dev.labels),
    }


def load_captions(seed: int, **sizes) -> captions.CaptionSplits:
    """New scenes for every seed."""
    return captions.load(seed=seed, **sizes)


def name_patches(model, seed: int, rates: TrainConfig) -> float:
    """Pre-trains the encoder to name the digit in each patch of other scenes; the seconds.

    The cells of a CNN's grid stand for patches as large as they.
    """
    part, encoder = digits.load(14).train, model.encoder
    drawn = scenes.draw(part, 40_000, most=3, overlap=0.0, margin=1, seed=1000 + seed)
    tagger = patch_tagger(encoder, rngs=nnx.Rngs(1000 + seed))
    grid = isinstance(encoder, CNNEncoder)
    patch = encoder.convolutions.factor if grid else encoder.embed.patch
    examples = drawn.images, patch_classes(drawn.masks, patch)
    return fit(tagger, examples, replace(rates, seed=seed), loss=SegmentationLoss()).train_seconds


def test_captions(model, part) -> dict:
    """Exact match, digits and relations, in percent, for all scenes and by number of digits."""
    written = generate.greedy(model, part.source, max_length=20)
    said = [part.target_vocabulary.decode(row) for row in written.tokens]
    true = [captions[0] for captions in part.references]
    by_number = caption_metrics.by_number(said, true)
    return {
        "all": caption_metrics.scores(said, true),
        "by number": {str(number): scores for number, scores in by_number.items()},
    }


def load_tidy(seed: int) -> Splits:
    """New scenes for every seed; the split of the handwriting is always the same."""
    parts, counts = digits.load(14), (24_000, 400, 400)
    return Splits(
        *(
            tidy_scenes.write(part, count, seed=3 * seed + k)
            for k, (part, count) in enumerate(zip(parts, counts, strict=True))
        )
    )


@lru_cache(maxsize=1)
def painters_tools():
    """The codebook, and the reader that judges pictures: the same for every seed."""
    parts = digits.load(14)
    book = learn_codebook(tidy_scenes.write(parts.train, 1000).source, codes=CODES)
    reader = cnn_classifier(CNNClassifierConfig(side=CROP, channels=(16, 32, 32)), rngs=nnx.Rngs(0))
    examples = digits.shifted(centred(parts.train), parts.train.labels, copies=4, most=1)
    rates = TrainConfig(steps=400, batch_size=64, learning_rate=5e-3)
    fit(reader, examples, rates, loss=ClassificationLoss(), progress=False)
    return book, reader


def tokens_of(part):
    """Captions, and the image tokens that belong to them."""
    return part.target, painters_tools()[0].encode(part.source)


def test_painter(model, part) -> dict:
    """What the reader reads in pictures painted at three temperatures, and in real ones."""
    book, reader = painters_tools()
    true = [captions[0] for captions in part.references]

    def read(images):
        said = [tidy_scenes.tidy_caption(layout) for layout in read_scenes(reader, images)]
        scores = caption_metrics.scores(said, true)
        return {name: scores[name] for name in ("exact", "digits", "relations")}

    def painted(temperature, top_k=None):
        tokens = generate.sample(
            model, part.target, max_length=256, temperature=temperature, top_k=top_k
        ).tokens
        return read(book.decode(tokens))

    at = {
        "temperature 1": painted(1.0),
        "temperature 0.7": painted(0.7),
        "temperature 0.5": painted(0.5),
        "top-k 4": painted(1.0, 4),
    }
    chosen = at["temperature 0.7"]
    return {
        "digits": chosen["digits"],
        "relations": chosen["relations"],
        "captions": chosen["exact"],
        "at": at,
        "real": read(part.source),
        "rebuilt": read(book.decode(book.encode(part.source))),
    }


PICTURES = {
    "vit_digits": Experiment(
        VIT_DIGITS,
        load_digits,
        test_digits,
        moved_digits,
        ClassificationLoss(),
    ),
    "captions": Experiment(CAPTIONS, load_captions, test_captions, prepare=name_patches),
    "digit_scenes": Experiment(DIGIT_SCENES, load_tidy, test_painter, tokens_of),
}
