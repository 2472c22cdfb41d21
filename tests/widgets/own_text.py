"""Vocabularies of a small text of a reader's own, one of each unit, and models over them."""

from encdec_lib.data.text_vocabulary import TextVocabulary, learn_subwords, learn_symbols
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from tests.widgets.untrained import untrained
from tests.widgets.untrained_transformers import small

TEXTS = ["The lowest low is lower.", "It doesn't rain, I'm told: café…", "낮은 것은 더 낮다!"]


def vocabulary(unit: str, lowercase: bool = True) -> TextVocabulary:
    if unit == "subwords":
        return learn_subwords(TEXTS * 2, 90, lowercase)
    rule = TextVocabulary([], unit, lowercase=lowercase)
    return learn_symbols([rule.tokens(text) for text in TEXTS], rule)


def attending(source, target):
    return untrained(bahdanau, BahdanauConfig(len(source), len(target), 5, 7, 11, 3), 0.6, seed=1)


def transforming(source, target):
    return small(len(source), len(target))
