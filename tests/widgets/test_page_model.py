"""Mirrors encdec_lib/widgets/host/page_model.py."""

import pytest

from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.widgets.host.page_model import page_model
from tests.doors.page_models import exported


@pytest.mark.parametrize(
    ("kind", "name", "parts"),
    [
        ("grid_captioner", "captioner", "'cnn' and 'rnn'"),  # the encoder is right
        ("bahdanau", "reading", "'birnn' and 'reading'"),
        ("seq2seq", "captioner", "'cnn' and 'rnn'"),  # the decoder is
    ],
)
def test_both_parts_of_a_model_must_be_those_that_the_figure_draws(kind, name, parts):
    with pytest.raises(ValueError, match=rf"model must be a model built by .*; got {parts}"):
        page_model("model", exported(name), kind, LETTERS, PHONEMES)
