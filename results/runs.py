"""A stored run: one model, one training, one test; and the experiments that are made of them."""

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from flax import nnx

from encdec_lib.data import captions
from encdec_lib.models.attention_scores import ScoresConfig, attention_scores
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.decoder_only import DecoderOnlyConfig, text_to_image
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.token_sized import TokenSizedConfig, token_sized
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.models.vision_transformer import CNNClassifierConfig, ViTConfig, cnn_classifier, vit
from encdec_lib.models.vit_to_transformer import (
    GridCaptionConfig,
    ViTCaptionConfig,
    grid_captioner,
    vit_captioner,
)
from encdec_lib.train.loop import TrainConfig
from results.left_out import WithoutConfig, transformer_without
from results.memories import MemoryCaptionConfig, memory_captioner
from results.recall import RecallConfig, recaller

WRITERS = {  # of tokens: config and builder
    "attention": (BahdanauConfig, bahdanau),
    "fixed": (Seq2SeqConfig, seq2seq),
    "token-sized": (TokenSizedConfig, token_sized),
    "scores": (ScoresConfig, attention_scores),
    "transformer": (TransformerConfig, transformer),
    "transformer-without": (WithoutConfig, transformer_without),
}
LOOKERS = {  # at what has no two vocabularies, images for the most part: config and builder
    "u-net": (UNetConfig, unet),
    "vit": (ViTConfig, vit),
    "cnn": (CNNClassifierConfig, cnn_classifier),
    "captioner": (CaptionConfig, captioner),
    "grid-captioner": (GridCaptionConfig, grid_captioner),
    "memory-captioner": (MemoryCaptionConfig, memory_captioner),
    "vit-captioner": (ViTCaptionConfig, vit_captioner),
    "recaller": (RecallConfig, recaller),
    "painter": (DecoderOnlyConfig, partial(text_to_image, prompt_vocab=len(captions.WORDS))),
}


FIVE = (0, 1, 2, 3, 4)  # seeds of a row that carries an argument


def settings(train: TrainConfig) -> dict:
    """A config's fields; those that came later are left out where they change nothing.

    So a run that was stored before there was such a field counts as the same run.
    """
    fields = dataclasses.asdict(train)
    if not train.weight_decay:
        del fields["decay"]
    if train.accumulate_steps == 1:
        del fields["accumulate_steps"]
    return fields


@dataclasses.dataclass(frozen=True)
class Run:
    """One model, one training, one row of a results file."""

    label: str  # what the chapter calls it
    model: str  # one of WRITERS or LOOKERS
    sizes: dict  # of its config, vocabularies apart
    train: TrainConfig
    evaluations: int = 1  # how often to test on the way
    data: dict = dataclasses.field(default_factory=dict)  # how its data differ from the others'
    before: TrainConfig | None = None  # of a pre-training, see Experiment.prepare
    seeds: tuple[int, ...] = (0, 1, 2)  # unless others are asked for

    def build(self, part, seed: int):
        """A new model, for this part's vocabularies where it has some."""
        if self.model in LOOKERS:
            config, build = LOOKERS[self.model]
            return build(config(**self.sizes), rngs=nnx.Rngs(seed))
        vocab = len(part.source_vocabulary), len(part.target_vocabulary)
        config, build = WRITERS[self.model]
        return build(config(*vocab, **self.sizes), rngs=nnx.Rngs(seed))

    def key(self, seed: int) -> dict:
        """What must agree for a stored run to count as this one."""
        return {
            "label": self.label,
            "model": self.model,
            "sizes": self.sizes,
            "train": settings(dataclasses.replace(self.train, seed=seed)),
        } | {
            name: value
            for name, value in (
                ("data", self.data),
                ("before", self.before and settings(self.before)),
            )
            if value
        }


def text(part):
    """What ``fit`` trains on: the pairs themselves."""
    return part


class Experiment(NamedTuple):
    """One JSON file: some runs on the same data, with the same test."""

    runs: list[Run]
    load: Callable  # from a seed to the data's parts
    test: Callable  # test(model, part) -> numbers
    examples: Callable = text  # what ``fit`` gets of a part
    loss: Callable | None = None  # of ``fit``
    prepare: Callable | None = None  # prepare(model, seed, train config) -> seconds
    watch: Callable | None = None  # watch(model, dev part) -> what a rate is chosen by
    same_as: str | None = None  # a file with the same data and test, whose runs may be taken over
