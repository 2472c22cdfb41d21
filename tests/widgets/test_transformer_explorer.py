"""Mirrors encdec_lib/widgets/transformer_explorer/transformer_explorer.py. What it does is in
tests/browser.
"""

import pytest

from encdec_lib.data import translation
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.web import export_model
from encdec_lib.widgets import TransformerExplorer
from tests.widgets.own_text import transforming, vocabulary
from tests.widgets.untrained_transformers import small, with_gru_decoder


@pytest.fixture(scope="module")
def model():
    return export_model(small())


def explorer(model, **arguments):
    return TransformerExplorer(model, LETTERS, PHONEMES, **({"text": "knight"} | arguments))


def test_it_starts_with_the_top_layer_and_follows_python(model):
    shown = explorer(model, text=" Knight", references={"DAY": "D EY"}, examples=("Day",))
    assert (shown.text, shown.attention, shown.layer, shown.head) == ("knight", "cross", 2, 1)
    assert (shown.references, shown.examples) == ({"day": [["D", "EY"]]}, ["day"])
    assert shown.gloss["TH"] == "theta" and shown.max_source == 16
    assert explorer(model, attention="encoder").layer == 1
    shown.text, shown.head = "day", 0
    assert (shown.static_state()["text"], shown.static_state()["head"]) == ("day", 0)


def test_a_source_of_words_is_kept_with_single_spaces():
    english, korean = translation.ENGLISH, translation.KOREAN
    model = small(len(english), len(korean))
    shown = TransformerExplorer(
        model, english, korean, text="  The cat   sleeps", gloss=translation.GLOSS, dtype="int8",
        references={"the cat  sleeps": translation.translate(["the", "cat", "sleeps"])},
    )  # fmt: skip
    assert shown.text == "the cat sleeps" and list(shown.references) == ["the cat sleeps"]
    assert shown.gloss["고양이"] == "cat"
    with pytest.raises(ValueError, match="text must use the words of source_vocab.*with 'zebra'"):
        TransformerExplorer(model, english, korean, text="the zebra")


def test_learned_positions_limit_the_lengths():
    shown = explorer(small(positions="learned", max_length=13), max_source=20)
    assert (shown.max_source, shown.max_target) == (13, 13)


def test_a_recurrent_decoder_has_no_second_attention(as_reader):
    model = export_model(with_gru_decoder())
    assert explorer(model).layer == 1 and explorer(model, attention="encoder").layer == 2
    with pytest.raises(ValueError, match="attention must be one of encoder, cross; got 'decoder'"):
        explorer(model, attention="decoder")
    with pytest.raises(ValueError, match="head must lie between 0, the mean, and 1, the heads of"):
        explorer(model, head=2)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"text": ""}, r"text must have 1 to 16 letters \(max_source\); got '' with 0"),
        ({"text": "x" * 17}, r"text must have 1 to 16 letters .*with 17"),
        ({"examples": ["ok", "r2d2"]}, "examples must use the letters of source_vocabulary.*'2'"),
        ({"references": {"cat": "K AE TT"}}, r"references\['cat'\] holds 'TT'"),
        ({"references": {"café": "K"}}, "references must use the letters.*with 'é'"),
        ({"attention": "both"}, "attention must be one of encoder, decoder, cross; got 'both'"),
        ({"layer": 3}, "layer must lie between 1 and 2, the layers of 'cross'; got 3"),
        ({"attention": "encoder", "layer": 2}, "between 1 and 1, the layers of 'encoder'; got 2"),
        ({"head": 4}, "head must lie between 0, the mean, and 3, the heads of the decoder; got 4"),
        ({"max_source": 0}, "max_source must be at least 1; got 0"),
        ({"max_target": 0}, "max_target must be at least 1; got 0"),
    ],
)
def test_a_wrong_argument_is_named(model, arguments, message):
    with pytest.raises(ValueError, match=message):
        explorer(model, **arguments)


def test_another_model_or_vocabulary_is_named(model, pronouncers, as_reader):
    with pytest.raises(ValueError, match="model must be a model built by transformer.*got 'birnn'"):
        explorer(pronouncers[0])
    with pytest.raises(ValueError, match="source_vocabulary must have the 30 symbols that model"):
        TransformerExplorer(model, PHONEMES, LETTERS, text="knight")
    with pytest.raises(TypeError, match="target_vocabulary must be a Vocabulary; got str"):
        TransformerExplorer(model, LETTERS, "ABC", text="knight")
    with pytest.raises(TypeError, match="model must be a Flax NNX module.*got int"):
        explorer(1)
    with pytest.raises(
        ValueError, match="dtype must be one of float16, int8, float32; got 'float64'"
    ):
        explorer(small(), dtype="float64")


def test_texts_of_a_readers_own_data_are_read_by_their_rule():
    source, target = vocabulary("subwords"), vocabulary("words", lowercase=False)
    shown = TransformerExplorer(
        transforming(source, target), source, target, text="It RAINS \u00e9", examples=["A zebra"],
        references={"It": "It rains"},
    )  # fmt: skip
    assert (shown.text, shown.examples) == ("it rains é", ["a zebra"])
    assert shown.references == {"it": [["It", "rains"]]}
    assert (shown.reading, shown.writing) == (source.rule, target.rule)
    with pytest.raises(ValueError, match="text must have 1 to 3 subwords; got 'it rains zz' with"):
        TransformerExplorer(
            transforming(source, target), source, target, text="it rains zz", max_source=3
        )
