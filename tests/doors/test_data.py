"""What the makers of data refuse: texts, pictures, numbers of examples."""

import functools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encdec_lib.data import (
    captions,
    digits,
    grammar,
    image_tokens,
    parallel,
    patches,
    pronunciations,
    random_sentences,
    scenes,
    tidy_scenes,
    translation,
)
from encdec_lib.data.vocabulary import Vocabulary
from tests.doors import bad
from tests.doors.judging import few, refused

LETTERS = Vocabulary("abc")
BLOT = digits.Digits(np.ones((2, 5, 5), np.float32), np.array([7, 3], np.int32))
PICTURES = np.random.default_rng(0).random((4, 6, 6, 1), np.float32)
BOOK = image_tokens.learn_codebook(PICTURES, codes=5, patch=2)


@few
@given(
    st.sampled_from(
        [None, 3, ["a", "a"], ["a", ""], ["<pad>"], ["a", 3], [None], "aa", [["a"]], ["a", b"b"]]
    )
)
def test_symbols(symbols):
    refused(Vocabulary, symbols)


@few
@given(st.sampled_from([["a", "z"], "az", None, 3, ["a", ""], [None], ["A"], [["a"]]]))
def test_tokens(tokens):
    refused(LETTERS.encode, tokens)


@few
@given(bad.ids(7, (3,), without=("empty",)))
def test_ids(ids):
    refused(LETTERS.decode, ids)


@few
@given(bad.choices())
def test_names(word):
    refused(functools.partial(LETTERS.encode, "ab"), unknown=word)
    refused(functools.partial(translation.generate, 3, 4, 9), part=word)


def test_an_unknown_token_is_named_with_its_place_and_an_advice_that_can_be_taken():
    make = functools.partial(parallel.from_tokens, source_vocabulary=LETTERS)
    with pytest.raises(ValueError) as error:
        make([["a"], ["a", "z"]], [[["a"]], [["b"]]], target_vocabulary=LETTERS)
    assert "source_tokens must hold tokens of source_vocabulary" in str(error.value)
    assert "got 'z' in example 1 at position 1" in str(error.value)
    assert 'pass unknown="unk"' in str(error.value)
    pairs = [["a"], ["a", "z"]], [[["a"]], [["b"]]]
    advised = make(*pairs, target_vocabulary=LETTERS, unknown="unk")
    assert advised.source.tolist() == [[4, 0], [4, 3]]
    with pytest.raises(ValueError, match="references must hold .* got 'z' in example 1"):
        make([["a"], ["b"]], [[["a"]], [["b", "z"]]], target_vocabulary=LETTERS)


@few
@given(
    st.sampled_from(
        [
            {"source_tokens": [["z"]]},
            {"references": [[["z"]]]},
            {"references": [[]]},
            {"references": []},
            {"references": [["a"]]},
            {"source_tokens": None},
            {"source_tokens": [3]},
            {"references": None},
            {"references": [3]},
            {"source_vocabulary": "abc"},
            {"target_vocabulary": None},
            {"source_width": 0},
            {"target_width": 1},
            {"target_width": "wide"},
        ]
    )
)
def test_pairs_of_texts(change):
    good = {
        "source_tokens": [["a"]],
        "references": [[["b"]]],
        "source_vocabulary": LETTERS,
        "target_vocabulary": LETTERS,
    }
    refused(parallel.from_tokens, **(good | change), also=("length",))


@few
@given(st.sampled_from([None, 3, [3], [["a"]], [[4.5]], "ab", [[None]]]), bad.wholes(0, none=True))
def test_rows_to_be_padded(rows, length):
    refused(parallel.pad, rows)
    refused(parallel.pad, [[4, 5]], length)


@few
@given(st.sampled_from([(4,), (4, 4), (9, 4), None, 5, ("a", "b"), (4, bad.NAN), "49"]))
def test_edges(edges):
    refused(parallel.length_buckets, [5], edges)


@few
@given(st.sampled_from([[9], [-3], "a", [0.5], [[True]], None]))
def test_positions_of_examples(indices):
    text = parallel.from_tokens([["a"], ["b"]], [[["a"]], [["b"]]], LETTERS, LETTERS)
    refused(text.take, indices)


COUNTED = {
    "scenes.draw": functools.partial(scenes.draw, BLOT, count=2, side=16),
    "captions.write": functools.partial(captions.write, BLOT, count=2),
    "tidy_scenes.write": functools.partial(
        tidy_scenes.write,
        digits.Digits(np.ones((1, 14, 14), np.float32), np.array([7], np.int32)),
        count=2,
    ),
    "translation.generate": functools.partial(
        translation.generate, count=2, min_length=4, max_length=9
    ),
    "translation.load": functools.partial(
        translation.load, train=2, test_per_bucket=1, min_length=4, max_length=9
    ),
    "translation.growing_sentence": functools.partial(translation.growing_sentence, max_length=9),
    "pronunciations.load": pronunciations.load,
    "digits.load": digits.load,
    "captions.load": functools.partial(captions.load, train=1, test=1),
    "digits.shifted": functools.partial(digits.shifted, PICTURES, np.arange(4), copies=2, most=1),
    "image_tokens.learn_codebook": functools.partial(
        image_tokens.learn_codebook, PICTURES, codes=5, patch=2
    ),
}
ARGUMENTS = {
    "scenes.draw": "count most fewest side overlap margin noise",
    "captions.write": "count most fewest side noise seed",
    "tidy_scenes.write": "count seed",
    "translation.generate": "count min_length max_length",
    "translation.load": "train test_per_bucket min_length max_length test_max",
    "translation.growing_sentence": "max_length",
    "pronunciations.load": "max_letters limit",
    "digits.load": "side",
    "captions.load": "train test most noise seed",
    "digits.shifted": "copies most seed",
    "image_tokens.learn_codebook": "codes patch sample seed",
}
OPTIONAL = {"limit", "test_max"}
MAY_BE_0 = {"seed", "margin", "most"}


@pytest.mark.parametrize(
    ("maker", "argument"), [(m, a) for m, names in ARGUMENTS.items() for a in names.split()]
)
def test_numbers(maker, argument):
    if argument in ("noise", "overlap"):
        values = bad.numbers(0, 1, zero=True) if argument == "overlap" else bad.numbers(zero=True)
    else:
        values = bad.wholes(0 if argument in MAY_BE_0 else 1, none=argument in OPTIONAL)

    @few
    @given(values)
    def tried(value):
        refused(COUNTED[maker], **{argument: value}, also=("lengths",))

    tried()


@few
@given(st.sampled_from([None, "digits", PICTURES, [], 3]))
def test_what_are_no_digits(given_digits):
    for maker in (scenes.draw, captions.write, tidy_scenes.write):
        refused(maker, given_digits, 2)


@few
@given(bad.images((4, 6, 6, 1), size=False), bad.wholes())
def test_pictures(images, patch):
    finite = np.ndim(images) == 4 and np.size(images) and np.isfinite(images).all()
    if not finite and not (np.ndim(images) == 4 and np.size(images)):
        refused(patches.cut, images, 2)
    refused(patches.cut, PICTURES, patch)
    refused(BOOK.encode, images)
    refused(image_tokens.learn_codebook, images, 5)
    refused(image_tokens.reconstruction_error, BOOK, images)


@few
@given(bad.ids(9, (2, 9)))
def test_tokens_of_pictures(tokens):
    refused(BOOK.decode, tokens)


@few
@given(bad.wholes(), bad.wholes(), bad.arrays((2, 9, 4)))
def test_pasting(patch, side, rows):
    good = np.ones((2, 9, 4))
    refused(patches.paste, good, patch, 6)
    refused(patches.paste, good, 2, side)
    refused(patches.paste, rows, 2, 6)


@few
@given(
    st.sampled_from([None, "images", PICTURES[0], PICTURES[..., None], PICTURES[:3], 3]),
    bad.arrays((4,), int),
)
def test_what_is_shifted(images, labels):
    refused(digits.shifted, images, np.arange(4), 2)
    refused(digits.shifted, PICTURES, labels, 2)


@few
@given(
    st.sampled_from(
        ["", "the", "cat the", "the cat sleeps and", ["the", 3], None, 3, [], "the cat"]
    )
)
def test_sentences(tokens):
    for function in (grammar.translate, grammar.alignment, grammar.parse):
        refused(function, tokens)


@few
@given(st.sampled_from(["", "cat", "ㄱ", None, 3, "가a"]))
def test_korean(word):
    refused(grammar.ends_in_consonant, word)


@few
@given(bad.wholes(3), st.sampled_from([2, 11, 0, "x", None, 3.5]))
def test_lengths_of_random_sentences(length, clause):
    rng = random.Random(0)
    refused(random_sentences.draw_sentence, rng, length)
    refused(random_sentences.draw_clause, rng, clause)


@few
@given(st.sampled_from(["", "Ωmega", 3, None, "l33t"]))
def test_words_to_be_pronounced(word):
    refused(pronunciations.encode_word, word, Vocabulary("abc"))


@few
@given(st.sampled_from([None, [], 3, "scene", [3], [None]]))
def test_layouts(layout):
    refused(captions.caption, layout)


def test_the_smallest_data_are_good():
    assert len(Vocabulary([])) == 4
    assert LETTERS.encode("") == [] and LETTERS.decode([]) == []
    assert parallel.pad([]).shape == (0, 0) and parallel.pad([[]]).shape == (1, 0)
    assert len(scenes.draw(BLOT, 1, most=1, side=5, noise=0)) == 1
    assert captions.write(BLOT, 1, most=1).target.shape == (1, 3)
    assert image_tokens.learn_codebook(PICTURES, 1).vocab == 5
    assert digits.shifted(PICTURES, np.arange(4), 1, most=0)[0].shape == PICTURES.shape
    assert patches.paste(patches.cut(PICTURES, 6), 6, 6).shape == PICTURES.shape
    assert len(translation.generate(1, 3, 3)) == 1
