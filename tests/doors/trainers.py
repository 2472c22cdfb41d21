"""The doors of the figures whose models learn in the page."""

from hypothesis import strategies as st

from encdec_lib.web import page_data
from encdec_lib.widgets import (
    AlignmentTrainer,
    AutoencoderTrainer,
    FixedTrainer,
    HeadsTrainer,
    LengthRace,
    MemoryRace,
    ScoreRace,
    SelfAttentionTrainer,
    Seq2SeqTrainer,
    TransformerTrainer,
    ViTTrainer,
)
from tests.doors import bad


def digits_of(side):
    return page_data.digits(train=20, held=10, side=side)


def no_digits(side):
    """No packed digits of this side."""

    def kinds():
        good, other = digits_of(side), digits_of(42 - side)
        return st.sampled_from([3, "digits", b"", b"digits", good[:-1], good + b"0", other])

    return st.deferred(kinds)


TRAINERS = {
    AlignmentTrainer: (
        lambda: {"words": b"[]"},
        {
            "words": st.sampled_from([None, 3, "day D EY", ["day"], b""]),
            "word": st.sampled_from([None, 3, "", "a", "Day", "d y", "days" * 3, ["a"]]),
            "width": bad.choices(),
            "seed": bad.wholes(0, 9999),
        },
    ),
    FixedTrainer: (
        dict,
        {
            "string": st.sampled_from([None, 3, "", "a", "xyz", "codelikeapoemcodelike", ["a"]]),
            "width": bad.choices(),
            "longest": bad.wholes(4, 16),
            "steps": bad.choices(),
            "seed": bad.wholes(0, 9999),
        },
    ),
    HeadsTrainer: (
        dict,
        {
            "task": bad.choices(),
            "heads": bad.wholes(),
            "longest": bad.wholes(4, 16),
            "d_k": bad.wholes(0),
            "positions": bad.choices(),
            "leak": bad.flags(),
            "string": st.sampled_from([3, "", "xyz", "a", ["a"]]),
            "words": st.sampled_from([3, "day D EY", ["day"]]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    LengthRace: (
        dict,
        {
            "string": st.sampled_from([None, 3, "", "a", "xyz", "codelikeapoemcodelike", ["a"]]),
            "longest": bad.wholes(4, 16),
            "seed": bad.wholes(0, 9999),
            "plays": bad.flags(),
        },
    ),
    MemoryRace: (
        dict,
        {
            "length": st.sampled_from([None, 0, 7, 2.5, True, "5", [5]]),
            "bias": st.sampled_from([None, -1, 2, 0.5, True, "3", [3]]),
            "first": st.sampled_from([None, 3, "", "z", "ab", ["a"]]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    ScoreRace: (
        dict,
        {
            "task": bad.choices(),
            "width": bad.choices(),
            "temperature": st.sampled_from([None, 0, -1, 3, True, "1", bad.NAN]),
            "axis": bad.choices(),
            "string": st.sampled_from([3, "", "a", "xyz", "codelikeapoemcodelike", ["a"]]),
            "words": st.sampled_from([3, "day D EY", ["day"], b""]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    SelfAttentionTrainer: (
        dict,
        {
            "task": bad.choices(),
            "positions": bad.choices(),
            "d_k": bad.wholes(),
            "scaled": bad.flags(),
            "string": st.sampled_from([3, "", "camel", "9 camel", "4 pop", ["a"]]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    Seq2SeqTrainer: (
        lambda: {"words": b"{}"},
        {
            "words": st.sampled_from([None, 3, "day D EY", b"", ["day"]]),
            "word": st.sampled_from([None, 3, "", "be", "abcdefghi", "d4y", ["day"]]),
            "width": st.sampled_from([None, 0, 48, 16.5, True, "16", [16]]),
            "reverse": bad.flags(),
            "forcing": bad.numbers(0, 1, zero=True) | st.sampled_from([0.3, True]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    TransformerTrainer: (
        dict,
        {
            "leak": bad.flags(),
            "layers": bad.wholes(),
            "pre_norm": bad.flags(),
            "warmup": bad.flags(),
            "string": st.sampled_from([None, 3, "", "a", "xyz", "codelike", ["a"]]),
            "seed": bad.wholes(0, 9999),
        },
    ),
    AutoencoderTrainer: (
        lambda: {"data": digits_of(14)},
        {
            "width": bad.choices() | st.sampled_from([0, 5, True, 2.0]),
            "hidden": bad.choices() | st.sampled_from([0, 32, True, 16.0]),
            "data": no_digits(14),
            "seed": bad.wholes(0, 9999),
        },
    ),
    ViTTrainer: (
        lambda: {"data": digits_of(28)},
        {
            "patch": bad.choices() | st.sampled_from([0, 5, True, 8.0]),
            "heads": bad.choices() | st.sampled_from([0, 3, True, 4.0]),
            "layers": st.sampled_from([0, 4, True, 2.0, "2", None]),
            "positions": bad.choices() | st.just("sinusoidal"),
            "data": no_digits(28),
            "seed": bad.wholes(0, 9999),
        },
    ),
}
