"""The doors of the figures that are gone through step by step."""

import functools

import numpy as np
from flax import nnx
from hypothesis import strategies as st

from encdec_lib.data.captions import WORDS
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.token_sized import TokenSizedConfig, token_sized
from encdec_lib.widgets import (
    AttentionStepper,
    BeamStepper,
    BleuStepper,
    CacheStepper,
    CaptionStepper,
    ConvolutionStepper,
    DeviceStepper,
    LookStepper,
    MergeStepper,
    PathStepper,
    ReadingStepper,
    SelfAttentionStepper,
    Seq2SeqStepper,
    UNetStepper,
    WordArcs,
)
from tests.doors import bad
from tests.doors.page_models import BAD_DTYPE, BAD_VOCABULARY, exported
from tests.widgets.untrained import untrained
from tests.widgets.untrained_painters import codebook

STANDS = {"step": bad.wholes(), "chosen": bad.wholes(0)}


@functools.cache
def in_python(name):
    """A small model that a stepper runs when it is made."""
    makers = {
        "captioner": (
            captioner,
            CaptionConfig(len(WORDS), 16, 1, (2, 3), embed_dim=3, state_dim=5),
        ),
        "unet": (unet, UNetConfig(channels=(2, 3))),
        "other classes": (unet, UNetConfig(num_classes=5, channels=(2, 3))),
        "attention": (bahdanau, BahdanauConfig(len(LETTERS), len(PHONEMES), 3, 5, 7, 2)),
        "reading": (token_sized, TokenSizedConfig(len(LETTERS), len(PHONEMES), 3, 5, "mean")),
    }
    return untrained(*makers[name])


NO_ATTENTION = st.deferred(
    lambda: st.sampled_from([None, 3, "model", exported("attention"), in_python("reading")])
)


def rows(side):
    """No square of small whole numbers."""
    good = [[1] * side for _ in range(side)]
    return st.sampled_from(
        [
            *(None, 3, "rows", [], [3], good[1:], [good[0], *good[1:-1], [1]], np.ones(side)),
            *([[value, *good[0][1:]], *good[1:]] for value in (0.5, 10, -10, True, "1", None)),
        ]
    )


BAD_PICTURES = st.sampled_from(
    [
        *(None, "a", 3, [[1], [1, 2]], np.zeros((16, 16)), np.zeros((1, 16, 15))),
        *(np.zeros((n, 16, 16)) for n in (0, 5)),
        *(np.zeros((1, 15, 15)), np.zeros((1, 0, 0)), np.zeros((1, 16, 16, 2))),
        *(np.full((1, 16, 16), value) for value in (bad.NAN, 1e300, 255, -1.0)),
    ]
)


BAD_SENTENCES = st.sampled_from(
    [None, 3, "a b c d", [], ["a b c d"], ["a b c d"] * 3, [3, 3], ["a b c d", None], b"ab"]
    + [
        ["a b c d", worse]
        for worse in ("", "a b c", "a b c d e f g", "unbelievably long words of it")
    ]
    + [["e f g h"] * 2]
)


STEPPERS = {
    BleuStepper: (
        lambda: {"outputs": ["a b c d", "e d c b"], "references": ["a b c d", "b c d a"]},
        {"step": bad.wholes(), "outputs": BAD_SENTENCES, "references": BAD_SENTENCES},
    ),
    BeamStepper: (
        lambda: {
            "model": seq2seq(Seq2SeqConfig(30, 43, embed_dim=3, state_dim=5), rngs=nnx.Rngs(0)),
            "source_vocabulary": LETTERS,
            "target_vocabulary": PHONEMES,
            "word": "day",
            "longest": 2,
        },
        STANDS
        | {
            "model": st.deferred(
                lambda: st.sampled_from([None, 3, "model", exported("fixed"), in_python("reading")])
            ),
            "source_vocabulary": BAD_VOCABULARY,
            "target_vocabulary": BAD_VOCABULARY,
            "word": st.sampled_from([None, 3, "", "d4y", "electromagnetism", ["day"]]),
            "widths": st.sampled_from(
                [None, 3, "23", (), [0], [5], [2.5], [True], [2, 2], [1, 2, 3, 4], b"\x02"]
            ),
            "longest": bad.wholes(2, 9),
        },
    ),
    Seq2SeqStepper: (
        lambda: {
            "model": seq2seq(Seq2SeqConfig(30, 43, embed_dim=3, state_dim=5), rngs=nnx.Rngs(0)),
            "source_vocabulary": LETTERS,
            "target_vocabulary": PHONEMES,
            "words": {"day": "D EY"},
        },
        STANDS
        | {
            "model": st.deferred(
                lambda: st.sampled_from([None, 3, "model", exported("fixed"), in_python("reading")])
            ),
            "source_vocabulary": BAD_VOCABULARY,
            "target_vocabulary": BAD_VOCABULARY,
            "words": st.sampled_from(
                [None, 3, {}, {"day": 3}, {"d4y": "D"}, {"day": "QQ"}, ["day"]]
            ),
            "word": st.sampled_from([3, "", "night", ["day"]]),
        },
    ),
    SelfAttentionStepper: (
        lambda: {"model": exported("look up")},
        STANDS
        | {
            "model": st.sampled_from([None, 3, "a"]),
            "string": st.sampled_from([None, 3, "", "camel", "9 camel", "4 pop", ["a"]]),
        },
    ),
    ConvolutionStepper: (dict, STANDS | {"image": rows(4), "kernel": rows(3)}),
    UNetStepper: (
        lambda: {"models": {"a": in_python("unet")}, "scene": np.zeros((4, 4))},
        STANDS
        | {
            "models": st.deferred(
                lambda: st.sampled_from(
                    [None, 3, "a", {}, {3: in_python("unet")}, {"a": 3}, [in_python("unet")]]
                    + [{"a": in_python("other classes")}, {"a": in_python("captioner")}]
                    + [dict.fromkeys("abc", in_python("unet"))]
                )
            ),
            "scene": st.sampled_from(
                [None, "a", 3, [[1], [1, 2]], np.zeros((1, 4, 4)), np.zeros((4, 5))]
                + [np.full((4, 4), bad.NAN), np.full((4, 4), 2), np.zeros((5, 5)), np.zeros((0, 0))]
            ),
        },
    ),
    DeviceStepper: (
        lambda: {"x": np.ones((6, 2)), "y": np.zeros(6), "w": np.ones(2), "devices": (2, 3)},
        STANDS
        | {
            "x": st.one_of(
                bad.arrays((6, 2)),
                st.sampled_from(
                    [np.full((6, 2), bad.NAN), np.full((6, 2), 1e300), np.ones((0, 2)), 1j]
                ),
            ),
            "y": bad.arrays((6,)) | st.just(np.full(6, bad.INF)),
            "w": bad.arrays((2,)) | st.just(np.full(2, bad.NAN)),
            "rate": bad.numbers(),
            "devices": st.sampled_from(
                [None, 3, "23", (), [4], [1], [2.5], [True], [12], [2, 2], [2] * 5, b"\x02"]
            ),
        },
    ),
    PathStepper: (
        dict,
        STANDS
        | {
            "words": st.sampled_from(
                [None, 3, "five words in one text", [], ["a"] * 4, ["a"] * 10, [3] * 5, [""] * 5]
                + [["windows"] * 5, [" "] * 5]
            ),
            "d": bad.wholes(1, 64),
            "seed": bad.wholes(0) | st.just(2**70),
        },
    ),
    CaptionStepper: (
        lambda: {"model": in_python("captioner"), "pictures": np.zeros((1, 16, 16))},
        STANDS
        | {
            "model": st.deferred(
                lambda: st.sampled_from([None, 3, "model", seq2seq, exported("captioner")])
            ),
            "pictures": BAD_PICTURES,
        },
    ),
    LookStepper: (
        lambda: {"model": exported("grid captioner"), "pictures": np.zeros((1, 16, 16))},
        STANDS
        | {
            "model": st.deferred(
                lambda: st.sampled_from(
                    [None, 3, "model", exported("captioner"), exported("u-net")]
                )
            ),
            "pictures": BAD_PICTURES,
            "dtype": BAD_DTYPE,
        },
    ),
    MergeStepper: (
        lambda: {"words": ["sing", "ring"], "new": "grin", "merges": 2},
        STANDS
        | {
            "words": st.sampled_from(
                [None, 3, "sing ring", [], [3], ["sing", "a"], ["sing", "elephantine"]]
                + [["sing", "s1ng"], ["sing", "to sing"], ["sing"] * 100, ["grin", "ring"]]
                + [["ab", "bc", "cd", "de", "ef", "fg", "grin"], ["ring", "rat"]]
            ),
            "new": st.sampled_from([None, 3, "", "g", "sing", "green", "gr n", "g" * 10, ["g"]]),
            "merges": bad.wholes(1, 3),
        },
    ),
    CacheStepper: (
        lambda: {"model": exported("painter"), "codebook": codebook()},
        STANDS
        | {
            "model": st.deferred(lambda: st.sampled_from([None, 3, "model", exported("fixed")])),
            "codebook": st.sampled_from([None, 3, "codes", np.eye(4), codebook(patch=3)]),
            "captions": st.sampled_from(
                [None, 3, "a three", [], [3], [None], ["a horse"], ["a three"] * 4, ["a"], [""]]
            ),
            "temperature": bad.numbers(0, 2, zero=True),
            "seed": bad.wholes(0),
            "dtype": BAD_DTYPE,
        },
    ),
    ReadingStepper: (
        lambda: {
            "models": {"mean": in_python("reading")},
            "source_vocabulary": LETTERS,
            "target_vocabulary": PHONEMES,
        },
        STANDS
        | {
            "models": st.deferred(
                lambda: st.sampled_from(
                    [None, 3, {}, [3], {"a": None}, {"a": 3}, {"a": exported("reading")}]
                    + [{name: in_python("reading")} for name in (3, "", None)]
                    + [dict.fromkeys("abcdefg", in_python("reading"))]
                )
            ),
            "source_vocabulary": BAD_VOCABULARY,
            "target_vocabulary": BAD_VOCABULARY,
            "word": st.sampled_from([None, 3, "", "a", "Ω", "a b c", "a" * 11, ["cat"]]),
        },
    ),
    AttentionStepper: (
        lambda: {
            "model": in_python("attention"),
            "source_vocabulary": LETTERS,
            "target_vocabulary": PHONEMES,
        },
        STANDS
        | {
            "model": NO_ATTENTION,
            "source_vocabulary": BAD_VOCABULARY,
            "target_vocabulary": BAD_VOCABULARY,
            "word": st.sampled_from([None, 3, "", "a", "Ω", "a b c", "a" * 8, ["cat"]]),
        },
    ),
    WordArcs: (
        lambda: {
            "model": in_python("attention"),
            "source_vocabulary": LETTERS,
            "target_vocabulary": PHONEMES,
        },
        STANDS
        | {
            "model": NO_ATTENTION,
            "source_vocabulary": BAD_VOCABULARY,
            "target_vocabulary": BAD_VOCABULARY,
            "words": st.sampled_from([None, 3, [], "day", [3], ["a"], ["a" * 10], ["day"] * 6]),
        },
    ),
}
