"""Mirrors encdec_lib/data/text_vocabulary.py."""

import copy
import itertools
import os
import pickle
import random
import subprocess
import sys
import unicodedata
from collections import Counter

import numpy as np
import pytest

from encdec_lib.data.text_vocabulary import (
    TextVocabulary,
    learn_subwords,
    learn_symbols,
    spaced_pieces,
)
from encdec_lib.data.vocabulary import UNK, Vocabulary

TEXTS = [
    "The lowest low is lower than the newest.",
    "L'avion, l'avion: il est tombé (hélas)!",
    "Newer and newer; the lowest of the low…",
    "낮은 것은 더 낮다.",
    "नमस्ते दुनिया, नमस्ते!",
    "",
]


def loop_pieces(text):
    """Words and signs one character at a time; hyphens and apostrophes between word characters."""

    def in_word(c):
        return unicodedata.category(c)[0] in "LMN" or c in "\u200c\u200d"

    pieces, k = [], 0
    while k < len(text):
        start = k
        if text[k].isspace():
            k += 1
            continue
        k += 1
        if in_word(text[start]):
            while k < len(text) and (
                in_word(text[k])
                or (text[k] in "'’-" and k + 1 < len(text) and in_word(text[k + 1]))
            ):
                k += 1
        pieces.append(text[start:k])
    return pieces


def most_frequent_pairs(counts, split):
    """The neighbours that come most often, each piece as often as it comes in the texts."""
    pairs = Counter()
    for piece, count in counts.items():
        for pair in itertools.pairwise(split[piece]):
            pairs[pair] += count
    most = max(pairs.values())
    return most, {pair for pair, count in pairs.items() if count == most}


def merge_by_hand(piece, merges):
    """One merge after another over the whole piece."""
    parts = list(piece)
    for pair in merges:
        k = 0
        while k + 1 < len(parts):
            if (parts[k], parts[k + 1]) == pair:
                parts[k : k + 2] = ["".join(pair)]
            k += 1
    return parts


@pytest.mark.parametrize("text", TEXTS + ["don't-- -x- 'y' a’b 3.14 x_y", "👩‍🚀 fly!"])
def test_words_are_cut_as_a_loop_cuts_them(text):
    words = TextVocabulary([])
    assert words.tokens(text) == loop_pieces(words.clean(text))


def test_a_piece_after_a_space_says_so():
    assert spaced_pieces("Ab, c d!") == ["▁Ab", ",", "▁c", "▁d", "!"]
    assert learn_subwords(["Ab, c d!"], 14).tokens("Ab, c") == list("▁Ab,▁c")


def test_a_text_has_one_form():
    lower = TextVocabulary([], lowercase=True)
    one = lower.clean("Être  ICI\u00a0!\t\n")
    assert one == "être ici !" == lower.clean(unicodedata.normalize("NFD", "être ici !"))
    assert lower.clean(one) == one
    assert TextVocabulary([]).clean("\ufeffA\x00b▁") == "A b"
    assert lower.clean("ΟΔΟΣ") == "οδος"  # a final sigma


@pytest.mark.parametrize("unit", ["characters", "subwords"])
@pytest.mark.parametrize("lowercase", [False, True])
def test_characters_and_subwords_give_the_text_back(unit, lowercase):
    vocabulary = TextVocabulary([], unit, lowercase=lowercase)
    if unit == "subwords":
        vocabulary = learn_subwords(TEXTS[:3], 60, lowercase)
    for text in TEXTS:
        assert vocabulary.join(vocabulary.tokens(text)) == vocabulary.clean(text)


def test_merges_are_the_most_frequent_pairs_of_a_loop():
    texts = TEXTS[:3]
    learned = learn_subwords(texts, 75)
    assert len(learned.merges) == 20  # the next pair comes once
    counts = Counter(piece for text in texts for piece in spaced_pieces(text))
    split = {piece: list(piece) for piece in counts}
    for merge in learned.merges:
        most, best = most_frequent_pairs(counts, split)
        assert merge in best and most >= 2  # among equally frequent ones any is right
        split = {piece: merge_by_hand(parts, [merge]) for piece, parts in split.items()}
    characters = sorted({c for text in texts for piece in spaced_pieces(text) for c in piece})
    symbols = learned.symbols[4:]
    assert sorted(symbols[: len(characters)]) == characters
    assert list(symbols[len(characters) :]) == ["".join(pair) for pair in learned.merges]


def test_tokens_are_the_merges_done_one_after_another():
    learned = learn_subwords(TEXTS, 130)
    rng = random.Random(5)
    letters = sorted(set("".join(TEXTS)))
    made = ["".join(rng.choices(letters, k=rng.randrange(1, 30))) for _ in range(60)]
    for text in [*TEXTS, *made, "zzz lowest"]:
        pieces = spaced_pieces(learned.clean(text))
        by_hand = [token for piece in pieces for token in merge_by_hand(piece, learned.merges)]
        assert learned.tokens(text) == by_hand


def test_an_unknown_character_is_unk_and_keeps_its_name():
    learned = learn_subwords(["low lower"], 12)
    assert learned.tokens("lowß")[-1] == "ß"
    ids = learned.encode_texts("ß low")
    assert (ids == UNK).sum() == 1


def test_the_size_is_the_most_that_there_are():
    texts = TEXTS[:3]
    characters = {c for text in texts for piece in spaced_pieces(text) for c in piece}
    least = 4 + len(characters)
    assert len(learn_subwords(texts, least)) == least
    assert len(learn_subwords(texts, least + 7)) == least + 7
    assert len(learn_subwords(texts, 5000)) < 200
    with pytest.raises(ValueError, match=rf"vocabulary_size must be at least {least} here"):
        learn_subwords(texts, least - 1)


def test_subwords_are_the_same_in_another_process():
    code = (
        "from encdec_lib.data.text_vocabulary import learn_subwords\n"
        f"v = learn_subwords({TEXTS!r} * 7, 120)\nprint(*v.symbols)"
    )
    mine = learn_subwords(TEXTS * 7, 120)
    said = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, text=True, check=True,
        encoding="utf-8", env={**os.environ, "TOKENIZERS_PARALLELISM": "false"},
    )  # fmt: skip
    assert said.stdout.split() == list(mine.symbols)


def test_symbols_are_sorted_by_how_often_they_come():
    like = TextVocabulary([], lowercase=True)
    learned = learn_symbols([["b", "a", "c"], ["c", "b"], ["c"]], like)
    assert learned.symbols[4:] == ("c", "b", "a") and learned.lowercase
    assert learn_symbols([["b", "a", "b"]], like, min_count=2).symbols[4:] == ("b",)


def test_texts_become_batches_and_batches_texts():
    words = TextVocabulary(["it", "rains"], lowercase=True)
    ids = words.encode_texts(["It rains", "it"])
    np.testing.assert_array_equal(ids, [[4, 5], [4, 0]])
    np.testing.assert_array_equal(words.encode_texts("It SNOWS"), [[4, UNK]])
    assert words.decode_text([4, 3, 5, 2, 4]) == "it <unk> rains"
    for nothing in ([], [" "], ["it", ""]):
        with pytest.raises(ValueError, match="texts must hold at least one text"):
            words.encode_texts(nothing)


def test_equality_is_of_symbols_and_of_the_rule():
    words = TextVocabulary(["a"])
    assert words == TextVocabulary(["a"]) == Vocabulary(["a"])
    assert words != TextVocabulary(["a"], lowercase=True)
    assert words != TextVocabulary(["a"], "characters") and words != TextVocabulary(["b"])
    learned = learn_subwords(["low lower"], 12)
    learned.tokens("low")
    for twin in (pickle.loads(pickle.dumps(learned)), copy.deepcopy(learned)):
        assert twin == learned and twin.tokens("slower") == learned.tokens("slower")


def test_what_cannot_be_is_named(as_reader, monkeypatch):
    with pytest.raises(
        ValueError, match="unit must be one of words, characters, subwords; got 'x'"
    ):
        TextVocabulary([], "x")
    with pytest.raises(ValueError, match="merges belong to subwords alone; got 1 for words"):
        TextVocabulary(["a"], merges=[("a", "b")])
    with pytest.raises(TypeError, match="text must be a string; got int"):
        TextVocabulary([]).tokens(5)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ModuleNotFoundError, match='tokens="subwords" needs the package tokenizers'):
        learn_subwords(["a"], 10)
