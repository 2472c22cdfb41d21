"""Mirrors encdec_lib/widgets/attention_dial/attention_dial.py. What it does is in tests/browser."""

import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.data.text_vocabulary import TextVocabulary
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.web import export_model
from encdec_lib.widgets import AttentionDial
from tests.widgets.untrained_readers import reading, scoring


@pytest.fixture(scope="module")
def models():
    return {"mean": reading("mean"), "general": scoring("general"), "place": scoring("location")}


def test_it_starts_with_the_first_model_and_keeps_the_order(models):
    dial = AttentionDial(models, LETTERS, PHONEMES, word="Knight")
    assert (dial.word, dial.chosen, dial.temperature) == ("knight", "mean", 1.0)
    assert [model["name"] for model in dial.static_state()["models"]] == list(models)
    assert dial.sounds["TH"] == "theta"


def test_the_state_follows_python(models):
    dial = AttentionDial(models, LETTERS, PHONEMES, chosen="general", temperature=3)
    dial.word, dial.temperature = "day", 0.5
    state = dial.static_state()
    assert (state["word"], state["chosen"], state["temperature"]) == ("day", "general", 0.5)


def test_references_may_be_written_in_three_ways(models):
    references = {"Cat": "K AE T", "dog": ["D", "AO", "G"], "a": [["AH"], ["EY"]]}
    dial = AttentionDial(models, LETTERS, PHONEMES, references=references)
    assert dial.references == {
        "cat": [["K", "AE", "T"]], "dog": [["D", "AO", "G"]], "a": [["AH"], ["EY"]],
    }  # fmt: skip


def test_a_location_score_limits_the_length(models):
    assert AttentionDial(models, LETTERS, PHONEMES, max_letters=23).max_letters == 19
    without = {name: models[name] for name in ("mean", "general")}
    assert AttentionDial(without, LETTERS, PHONEMES, max_letters=23).max_letters == 23


def test_exported_models_are_taken_too_and_int8_is_smaller(models):
    given = {name: export_model(model, "int8") for name, model in models.items()}
    small, large = (AttentionDial(m, LETTERS, PHONEMES).models for m in (given, models))
    for one, other in zip(small, large, strict=True):
        assert len(one["model"]["data"]) < len(other["model"]["data"])


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"word": ""}, r"word must have 1 to 16 letters \(max_letters\); got '' with 0"),
        ({"word": "naïve"}, "word must use the letters of source_vocabulary; got 'naïve' with 'ï'"),
        ({"examples": ["ok", "r2d2"]}, "examples must use the letters.*'2'"),
        ({"references": {"cat": "K AE TT"}}, r"references\['cat'\] holds 'TT'"),
        ({"chosen": "dot"}, "chosen must be one of mean, general, place; got 'dot'"),
        ({"choose": "mean"}, "choose must be the heading.*To start with that one, pass chosen='m"),
        ({"temperature": 0}, "temperature must lie between 0.1 and 10.*got 0"),
        ({"max_letters": 0}, "max_letters must be at least 1; got 0"),
        ({"max_phonemes": 0}, "max_phonemes must be at least 1; got 0"),
        ({"dtype": "float64"}, "dtype must be one of float16, int8, float32; got 'float64'"),
        ({"choose": " "}, "choose must be a word"),
    ],
)
def test_a_wrong_argument_is_named(models, arguments, message):
    with pytest.raises(ValueError, match=message):
        AttentionDial(models, LETTERS, PHONEMES, **arguments)


@pytest.mark.parametrize(
    "given, error, message",
    [
        ({}, ValueError, "models must hold at least one model.*got none"),
        ([1], TypeError, "models must be a dict from a name to a model.*got list"),
        ({" ": 1}, ValueError, "models must have names to write on buttons; got ' '"),
        ({"a": 1}, TypeError, r"models\['a'\] must be a Flax NNX module.*got int"),
    ],
)
def test_wrong_models_are_named(as_reader, given, error, message):
    with pytest.raises(error, match=message):
        AttentionDial(given, LETTERS, PHONEMES)


def test_a_decoder_without_weights_is_refused(pronouncers):
    for model, decoder in zip(pronouncers, ("'attention'", "'rnn'"), strict=False):
        with pytest.raises(ValueError, match=rf"models\['x'\] must be.*and {decoder}. Leave it"):
            AttentionDial({"x": model}, LETTERS, PHONEMES)


def test_other_vocabularies_are_named(models, as_reader):
    with pytest.raises(ValueError, match=r"source_vocabulary must have the 30 symbols that models"):
        AttentionDial(models, PHONEMES, LETTERS)
    with pytest.raises(TypeError, match="target_vocabulary must be a Vocabulary; got str"):
        AttentionDial(models, LETTERS, "ABC")
    other = models | {"other": scoring("general", target=len(Vocabulary("ab")))}
    with pytest.raises(
        ValueError, match=r"target_vocabulary must have the 6 symbols that models\['other'\]"
    ):
        AttentionDial(other, LETTERS, PHONEMES)


def test_a_vocabulary_of_texts_is_sent_to_the_explorers(models):
    texts = TextVocabulary(LETTERS.symbols[4:], "characters")
    with pytest.raises(TypeError, match="got one of texts, in characters.*AlignmentExplorer"):
        AttentionDial(models, texts, PHONEMES, word="day")
