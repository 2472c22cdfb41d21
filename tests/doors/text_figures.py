"""The doors of the figures that read or write words."""

from hypothesis import strategies as st

from encdec_lib.data import translation
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.widgets import AlignmentExplorer, AttentionDial, LengthDial, TransformerExplorer
from tests.doors import bad
from tests.doors.page_models import BAD_DTYPE, BAD_MODELS, BAD_TEXTS, BAD_VOCABULARY, exported

BAD_TEXT = st.sampled_from([None, 3, ["a"]])
BAD_REFERENCES = st.sampled_from(
    [3, "cat", ["cat"], {"cat": 3}, {"cat": []}, {3: "K"}, {"cat": "?"}, {"": "K"}, {"cat": [[3]]}]
)
WORDS_DOORS = {
    "source_vocabulary": BAD_VOCABULARY,
    "target_vocabulary": BAD_VOCABULARY,
    "references": BAD_REFERENCES,
    "reference_name": BAD_TEXT,
    "examples": BAD_TEXTS,
    "dtype": BAD_DTYPE,
}
PRONOUNCED = {"source_vocabulary": LETTERS, "target_vocabulary": PHONEMES}
SPELT = st.sampled_from([None, 3, "", "Ω", "a b c", "a" * 99])

TEXT_FIGURES = {
    AlignmentExplorer: (
        lambda: (
            PRONOUNCED
            | {"attention_model": exported("attention"), "fixed_model": exported("fixed")}
        ),
        WORDS_DOORS
        | {
            "attention_model": BAD_MODELS,
            "fixed_model": BAD_MODELS.filter(lambda model: model is not None),  # None: without it
            "examples": BAD_TEXTS.filter(lambda texts: texts is not None),  # None: the usual ones
            "word": SPELT,
            "ask": BAD_TEXT.filter(lambda label: label is not None),  # None: at once
            "max_letters": bad.wholes(),
            "max_phonemes": bad.wholes(),
        },
    ),
    AttentionDial: (
        lambda: PRONOUNCED | {"models": {"mean": exported("reading")}},
        WORDS_DOORS
        | {
            "models": st.sampled_from([None, {}, [3], {"": 3}, {3: 3}, {"a": None}]),
            "word": SPELT,
            "choose": st.sampled_from([None, 3, "", "mean"]),
            "chosen": st.sampled_from([3, "max", ["mean"]]),
            "temperature": bad.numbers(0.1, 10),
            "max_letters": bad.wholes(),
            "max_phonemes": bad.wholes(),
        },
    ),
    TransformerExplorer: (
        lambda: PRONOUNCED | {"model": exported("transformer"), "text": "cat"},
        WORDS_DOORS
        | {
            "model": BAD_MODELS,
            "text": SPELT,
            "gloss": st.sampled_from([3, "a", ["a"]]),
            "attention": st.sampled_from([None, 3, "other", ["cross"]]),
            "layer": bad.wholes(1, 1, none=True),
            "head": bad.wholes(0, 2),
            "max_source": bad.wholes(),
            "max_target": bad.wholes(),
        },
    ),
    LengthDial: (
        lambda: {
            "attention_model": exported("translator"),
            "fixed_model": exported("one vector"),
            "source_vocabulary": translation.ENGLISH,
            "target_vocabulary": translation.KOREAN,
            "sentences": translation.growing_sentence(9),
            "curve": {"lengths": [4, 9], "fixed": [60, 30], "attention": [99, 99]},
        },
        {
            "attention_model": BAD_MODELS,
            "fixed_model": BAD_MODELS,
            "source_vocabulary": BAD_VOCABULARY,
            "target_vocabulary": BAD_VOCABULARY,
            "sentences": st.sampled_from([None, [], 3, "ab", [3], ["ab"], [(["z"], ["z"])]]),
            "curve": st.sampled_from(
                [
                    None,
                    {},
                    3,
                    {"lengths": [4]},
                    {"lengths": [4], "fixed": ["a"], "attention": [1]},
                    {"lengths": [4, 3], "fixed": [1, 2], "attention": [1, 2]},
                    {"lengths": [4], "fixed": [bad.NAN], "attention": [1]},
                    {"lengths": 4, "fixed": 3, "attention": 3},
                ]
            ),
            "length": bad.wholes(4, 9, none=True),
            "quality": BAD_TEXT,
            "gloss": st.sampled_from([3, "a", ["a"]]),
            "max_tokens": bad.wholes(none=True),
            "dtype": BAD_DTYPE,
        },
    ),  # fmt: skip
}
