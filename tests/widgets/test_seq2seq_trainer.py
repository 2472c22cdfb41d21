"""Mirrors encdec_lib/widgets/seq2seq_trainer; what it does in a page is in tests/browser."""

import math

import pytest

from encdec_lib.widgets import Seq2SeqTrainer
from encdec_lib.widgets.host.lazy import Lazy


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"words": "day D EY"}, "words must be bytes, as encdec_lib.web.page_data.words gives"),
        ({"words": b""}, "words must be bytes"),
        ({"word": "be"}, "word must have 3 to 8 letters from a to z; got 'be'"),
        ({"word": "señor"}, "word must have 3 to 8 letters"),
        ({"width": 48}, "width must be one of 16, 32, 64, 128; got 48"),
        ({"reverse": 1}, "reverse must be True or False; got 1"),
        *(
            ({"forcing": share}, f"forcing must be one of 1, 0.75, 0.5, 0; got {share!r}")
            for share in (-0.1, 1.5, 0.3, math.nan, "a", True, None)
        ),
    ],
)
def test_settings_that_cannot_be(as_reader, wrong, message):
    with pytest.raises(ValueError, match=message):
        Seq2SeqTrainer(**{"words": b"{}"} | wrong)


def test_its_words_are_loaded_when_they_are_asked_for():
    trainer = Seq2SeqTrainer(b"{}", word="Knight", reverse=True)
    assert isinstance(trainer.static_state()["words"], Lazy)
    assert trainer.word == "knight"
    assert trainer.config["model"]["settings"]["encoder"] == {"reverse_source": True}


def test_what_it_trains_tells_of_teacher_forcing_only_where_there_is_less_of_it():
    assert "forcing" not in Seq2SeqTrainer(b"{}").config["training"]
    assert Seq2SeqTrainer(b"{}", forcing=1).config == Seq2SeqTrainer(b"{}").config
    assert Seq2SeqTrainer(b"{}", forcing=0).config["training"]["forcing"] == 0
    assert Seq2SeqTrainer(b"{}", forcing=0.75).config["training"]["forcing"] == 0.75
