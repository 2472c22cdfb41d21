"""Mirrors encdec_lib/widgets/picture_writer/picture_writer.py. What it does is in tests/browser."""

import numpy as np
import pytest

from encdec_lib.data import digits, tidy_scenes
from encdec_lib.data.captions import WORDS
from encdec_lib.data.image_tokens import Codebook
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web import export_model
from encdec_lib.widgets import PictureWriter
from encdec_lib.widgets.parts.paintings import every_caption
from encdec_lib.widgets.picture_writer.picture_writer import SEEN
from tests.widgets.untrained import untrained
from tests.widgets.untrained_painters import codebook, painter


@pytest.fixture(scope="module")
def model():
    return painter()


def test_what_the_page_is_given(model):
    book = codebook()
    writer = PictureWriter(model, book, examples=["a  Three", "a one left of a seven"], seed=5)
    assert writer.examples == ["a three", "a one left of a seven"]
    assert (writer.text, writer.temperature, writer.top_k) == ("a three", 1.0, 19)
    assert (writer.seed, writer.pictures, writer.patch, writer.columns) == (5, 4, 2, 5)
    assert (writer.relations, writer.others) == (["left of", "above"], ["right of", "below"])
    assert writer.ends and writer.symbols == list(WORDS.symbols)
    ink = np.frombuffer(writer.codes, np.uint8).reshape(19, 4) / 255
    np.testing.assert_allclose(ink, book.patches.clip(0, 1), atol=0.5 / 255 + 1e-6)
    exported = export_model(model)
    assert writer.model == exported._asdict()
    assert exported.settings["decoder"] == {
        "heads": 3, "scaled": True, "pre_norm": True, "prefix": "full", "prefix_length": 7,
    }  # fmt: skip
    assert PictureWriter(exported, book, text="a two above a two").text == "a two above a two"


def test_int8_makes_it_smaller(model):
    sizes = [
        len(PictureWriter(model, codebook(), dtype=dtype).model["data"])
        for dtype in ("int8", "float16")
    ]
    assert sizes[0] < sizes[1]


def testevery_caption_of_a_tidy_scene_can_be_asked_for():
    scenes = tidy_scenes.write(digits.load(14).dev, 400)
    said = {" ".join(references[0]) for references in scenes.references}
    assert len(said) > 80 and said <= every_caption()
    assert {text.split()[2] for text in said if len(text.split()) > 2} == set(SEEN)


def test_a_model_with_a_short_prefix_has_captions_of_one_digit():
    short = painter(prefix_length=3)
    writer = PictureWriter(short, codebook(), examples=["a three"])
    assert (writer.relations, writer.others) == ([], [])
    with pytest.raises(ValueError, match="text must have at most 2 words.*got 'a one left of a"):
        PictureWriter(short, codebook(), examples=["a three"], text="a one left of a seven")
    longer = PictureWriter(painter(prefix_length=6), codebook(), ends=False, relations=["below"])
    assert (longer.relations, longer.others[0]) == (["below"], "left of")


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"text": "a seven beside a one"}, "text must be captions such as.*got 'a seven beside a"),
        ({"text": "a two below"}, "text must be captions such as"),
        ({"relations": ["left", "beside"]}, "relations must be among left, right, .*got 'beside'"),
        ({"text": "three"}, "text must be captions such as"),
        ({"examples": ["a cat"]}, "examples must be captions such as.*got 'a cat'"),
        ({"examples": []}, "examples must hold a caption if text is None; got none"),
        ({"temperature": 2.5}, "temperature must lie between 0 and 2.0; got 2.5"),
        ({"temperature": -1}, "temperature must lie between 0 and 2.0; got -1"),
        ({"top_k": 0}, "top_k must lie between 1 and 19; got 0"),
        ({"top_k": 20}, "top_k must lie between 1 and 19; got 20"),
        ({"seed": -1}, "seed must lie between 0 and 2147483647; got -1"),
        ({"pictures": 7}, "pictures must lie between 1 and 6; got 7"),
        ({"dtype": "float64"}, "dtype must be one of float16, int8, float32"),
    ],
)
def test_a_wrong_argument_is_named(model, arguments, message):
    with pytest.raises(ValueError, match=message):
        PictureWriter(model, codebook(), **arguments)


def test_a_model_or_a_codebook_that_does_not_fit_is_named(model, as_reader):
    with pytest.raises(ValueError, match=r"model must be a model built by text_to_image\(...\)"):
        PictureWriter(untrained(seq2seq, Seq2SeqConfig(21, 23, 3, 5)), codebook())
    with pytest.raises(ValueError, match="codebook must have the 19 codes that model was built wi"):
        PictureWriter(model, codebook(codes=17))
    with pytest.raises(
        ValueError, match="codebook must fill the grid that model writes, 5 rows of"
    ):
        PictureWriter(model, codebook(columns=7))
    with pytest.raises(ValueError, match="25 rows of 1; got 5 rows of 5. Build the model with max"):
        PictureWriter(painter(columns=1), codebook())
    with pytest.raises(ValueError, match="codebook must have grey patches of 4 numbers; got 12"):
        PictureWriter(model, Codebook(np.ones((19, 12), np.float32), 2, 10))
    with pytest.raises(TypeError, match="codebook must be a Codebook, .* got list"):
        PictureWriter(model, [[1.0]])
    with pytest.raises(ValueError, match="words must have the 21 symbols that model wa"):
        PictureWriter(model, codebook(), Vocabulary("ab"))
    others = Vocabulary([*WORDS.symbols[4:-1], "eleven"])
    with_below = Vocabulary(["under" if s == "below" else s for s in WORDS.symbols[4:]])
    assert PictureWriter(model, codebook(), others).symbols[-1] == "eleven"
    with pytest.raises(ValueError, match="text must use the symbols of words; .* with 'below'"):
        PictureWriter(model, codebook(), with_below, text="a one below a two")
