"""Small models for the widgets."""

import pytest

from encdec_lib.data import translation
from encdec_lib.data.pronunciations import LETTERS, PHONEMES
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from tests.widgets.untrained import untrained


def _models(source, target):
    sizes = len(source), len(target)
    return (
        untrained(bahdanau, BahdanauConfig(*sizes, 3, 5, 7, 2)),
        untrained(seq2seq, Seq2SeqConfig(*sizes, 3, 5)),
        source,
        target,
    )


@pytest.fixture(scope="session")
def pronouncers():
    """Attention model, fixed-vector model, letters, phonemes."""
    return _models(LETTERS, PHONEMES)


@pytest.fixture(scope="session")
def translators():
    """Attention model, fixed-vector model, English, Korean."""
    return _models(translation.ENGLISH, translation.KOREAN)
