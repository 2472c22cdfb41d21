"""The doors of chapter 3's figures in steps."""

import functools

from flax import nnx
from hypothesis import strategies as st

from encdec_lib.data.pronunciations import LETTERS
from encdec_lib.layers.recurrent import GRU, RNN
from encdec_lib.models.state_space import ManyToOne, StateSpace, StateSpaceConfig
from encdec_lib.widgets import BackpropStepper, GateStepper
from tests.doors import bad

STANDS = {"step": bad.wholes(), "chosen": bad.wholes(0)}
ANSWERS = ("a", "e", "i")


@functools.cache
def system(inputs=4, width=3, outputs=4):
    return StateSpace(StateSpaceConfig(inputs, width, outputs), rngs=nnx.Rngs(0))


@functools.cache
def reader(layer=GRU, inputs=None, width=5, outputs=3):
    rngs = nnx.Rngs(0)
    return ManyToOne(layer(inputs or len(LETTERS), width, rngs=rngs), outputs, rngs=rngs)


RECURRENT_FIGURES = {
    BackpropStepper: (
        lambda: {"systems": {"a": system()}},
        STANDS
        | {
            "systems": st.deferred(
                lambda: st.sampled_from(
                    [None, 3, "a", {}, [system()], {"a": 3}, {"a": reader()}, {3: system()}]
                    + [dict.fromkeys("abcd", system()), {"a": system(5)}, {"a": system(4, 9)}]
                    + [{"a": system(), "b": system(4, 2)}]
                )
            ),
            "word": st.sampled_from([None, 3, "", "he", "HELLO", "hel lo", "hellohello", ["h"]]),
            "back": bad.flags(),
        },
    ),
    GateStepper: (
        lambda: {
            "models": {"GRU": reader()},
            "letters": LETTERS,
            "words": {"day": "a"},
            "answers": ANSWERS,
        },
        STANDS
        | {
            "models": st.deferred(
                lambda: st.sampled_from(
                    [None, 3, "a", {}, [reader()], {"a": 3}, {"a": system()}, {3: reader()}]
                    + [dict.fromkeys("abc", reader()), {"a": reader(RNN)}, {"a": reader(GRU, 7)}]
                    + [{"a": reader(width=9)}, {"a": reader(outputs=2)}]
                )
            ),
            "letters": st.sampled_from([None, 3, "abc", ["a", "b"]]),
            "words": st.sampled_from(
                [None, 3, "day", {}, ["day"], {"d": "a"}, {"D4Y": "a"}, {"day": "u"}, {"day": 3}]
                + [{3: "a"}, dict.fromkeys(["day", "way", "may", "say", "ray"], "a")]
            ),
            "answers": st.sampled_from([None, 3, [], ("a",), ("a", "e", 3), [None] * 3]),
        },
    ),
}
