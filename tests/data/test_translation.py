"""Mirrors translation.py, random_sentences.py and grammar.py in encdec_lib/data."""

import hashlib
import itertools
from collections import Counter

import numpy as np
import pytest

from encdec_lib.data import grammar, length_buckets, translation
from encdec_lib.data.grammar import ENGLISH, GLOSS, KOREAN, alignment, translate
from encdec_lib.data.translation import part_of

# every kind of clause and join, written down by hand
BY_HAND = {
    "the cat sleeps": "고양이 가 잔다",
    "a big horse runs": "큰 말 이 달린다",
    "the cat sees a ball": "고양이 가 공 을 본다",
    "the cat sees a red hat": "고양이 가 빨간 모자 를 본다",
    "a wet dog waits in the park": "젖은 개 가 공원 에서 기다린다",
    "the small king finds the strange key in the library": (
        "작은 왕 이 도서관 에서 이상한 열쇠 를 찾는다"
    ),
    "the boy pushes the chair and the bear laughs": "소년 이 의자 를 밀고 곰 이 웃는다",
    "the boy pushes the chair but the bear laughs": "소년 이 의자 를 밀지만 곰 이 웃는다",
    "the boy pushes the chair while the bear laughs": "곰 이 웃는 동안 소년 이 의자 를 민다",
    "the boy pushes the chair while the bear laughs and a cat sleeps": (
        "곰 이 웃는 동안 소년 이 의자 를 밀고 고양이 가 잔다"
    ),
    "a cat sleeps but the boy pushes the chair while the bear laughs": (
        "고양이 가 자지만 곰 이 웃는 동안 소년 이 의자 를 민다"
    ),
}


@pytest.fixture(scope="module")
def splits():
    return translation.load(train=3000, test_per_bucket=40, test_max=62)


@pytest.mark.parametrize("english", BY_HAND)
def test_translations_written_by_hand(english):
    assert " ".join(translate(english.split())) == BY_HAND[english]


@pytest.mark.parametrize(
    ("word", "consonant"),
    [("공", True), ("고양이", False), ("말", True), ("의자", False), ("꽃", True), ("책", True)],
)
def test_final_consonants(word, consonant):
    assert grammar.ends_in_consonant(word) is consonant


@pytest.mark.parametrize("word", ["", "cat", "ㄱ"])
def test_a_word_that_is_not_hangul_is_refused(word):
    with pytest.raises(ValueError, match="must end in a Hangul syllable"):
        grammar.ends_in_consonant(word)


def test_word_counts_are_those_of_the_docstring():
    assert len(grammar.NOUNS) == 24
    assert len(grammar.ACTORS) == len(grammar.ADJECTIVES) == len(grammar.VERBS) == 12
    assert len(grammar.PLACES) == 8
    assert len(ENGLISH) - 4 == 62
    assert len(KOREAN) - 4 == 98
    # "a" is always right as an article: no noun and no adjective begins with a vowel
    assert not [w for w in grammar.NOUNS | grammar.ADJECTIVES if w[0] in "aeiou"]


def test_there_are_as_many_short_sentences_as_the_docstring_says():
    four = 2 * len(grammar.ADJECTIVES) * len(grammar.ACTORS) * len(grammar.WITHOUT_OBJECT)
    five = 2 * len(grammar.ACTORS) * len(grammar.WITH_OBJECT) * 2 * (len(grammar.NOUNS) - 1)
    assert f"{four:,} of four tokens, {five:,} of five" in translation.__doc__.replace("\n", " ")


def test_every_korean_token_has_a_gloss():
    assert set(GLOSS) == set(KOREAN.symbols[4:])
    assert GLOSS["보지만"] == "sees, but"


def test_references_are_what_translate_gives(splits):
    for part in splits:
        for tokens, accepted in zip(part.source_tokens, part.references, strict=True):
            assert accepted == [translate(tokens)]


def test_arrays_hold_the_tokens(splits):
    part = splits.train
    for i in range(50):
        assert part.source_vocabulary.decode(part.source[i]) == part.source_tokens[i]
        assert part.target_vocabulary.decode(part.target[i]) == part.references[i][0]


def test_no_sentence_is_in_two_parts_and_the_rule_says_which(splits):
    sentences = [{" ".join(tokens) for tokens in part.source_tokens} for part in splits]
    for a, b in itertools.combinations(sentences, 2):
        assert not a & b
    for name, part in zip(("train", "dev", "test"), sentences, strict=True):
        assert {part_of(sentence.split()) for sentence in part} == {name}


def test_dev_and_test_sentences_differ_within_a_bucket(splits):
    for part in (splits.dev, splits.test):
        assert len({tuple(tokens) for tokens in part.source_tokens}) == len(part)


def test_training_lengths_are_spread_evenly():
    counts = Counter(translation.generate(940, 4, 50, seed=1).source_lengths.tolist())
    assert set(counts) == set(range(4, 51))
    assert set(counts.values()) == {20}


def test_few_sentences_still_cover_the_range():
    assert sorted(translation.generate(2, 10, 30).source_lengths) == [15, 25]


def test_every_bucket_has_as_many_sentences_as_asked_for(splits):
    buckets = length_buckets(splits.test.source_lengths, (*translation.BUCKET_EDGES, 66))
    assert [len(members) for members in buckets.values()] == [40] * 12
    assert list(buckets)[0] == "4–10"
    assert splits.test.source_lengths.max() == 62
    assert splits.dev.source_lengths.max() == 50


def test_widths_depend_on_the_lengths_asked_for_alone(splits):
    assert splits.train.source.shape == (3000, 50)
    assert splits.train.target.shape == (3000, 51)
    assert splits.test.source.shape[1] == 62
    assert (splits.train.target_lengths <= splits.train.source_lengths + 1).all()


@pytest.mark.parametrize("length", [3, 4, 7, 23, 70])
def test_any_length_is_met_exactly(length):
    part = translation.generate(12, length, length, seed=2)
    assert set(part.source_lengths) == {length}


def test_the_same_seed_gives_the_same_sentences_and_another_does_not():
    first, again = (translation.generate(30, 4, 20, seed=5) for _ in range(2))
    other = translation.generate(30, 4, 20, seed=6)
    np.testing.assert_array_equal(first.source, again.source)
    assert first.source_tokens != other.source_tokens


def test_sentences_do_not_drift():
    part = translation.generate(2, 6, 9, seed=0, part="test")
    assert [" ".join(tokens) for tokens in part.source_tokens] == [
        "the blue farmer touches a yellow clock",
        "the boy runs and the king hides the dog",
    ]
    parts = translation.load(train=400, test_per_bucket=5)
    sentences = [tokens for part in parts for tokens in part.source_tokens]
    sentences += [source for source, _ in translation.growing_sentence(50)]
    text = "\n".join(" ".join(tokens) for tokens in sentences)
    # Stored results and the numbers of the pages were measured on these sentences.
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "684d2f226513a980"


def test_alignment_crosses_as_the_orders_do():
    english = "the red cat sees a ball in the park while a dog runs".split()
    korean = translate(english)
    pairs = alignment(english)
    named = [(korean[i], english[j]) for i, j in pairs]
    assert named == [
        ("개", "dog"), ("가", "dog"), ("달리는", "runs"), ("동안", "while"),
        ("빨간", "red"), ("고양이", "cat"), ("가", "cat"), ("공원", "park"), ("에서", "in"),
        ("공", "ball"), ("을", "ball"), ("본다", "sees"),
    ]  # fmt: skip


def test_alignment_covers_every_korean_token_and_every_word_but_articles(splits):
    for tokens, accepted in zip(
        splits.dev.source_tokens[:100], splits.dev.references, strict=False
    ):
        pairs = alignment(tokens)
        assert {i for i, _ in pairs} == set(range(len(accepted[0])))
        unaligned = set(range(len(tokens))) - {j for _, j in pairs}
        assert {tokens[j] for j in unaligned} <= set(grammar.ARTICLES)


def test_aligned_words_mean_the_same(splits):
    for tokens in splits.dev.source_tokens[:100]:
        korean = translate(tokens)
        for i, j in alignment(tokens):
            assert tokens[j] in GLOSS[korean[i]].replace(",", "").replace(
                "(while)", "while"
            ).split() or GLOSS[korean[i]] in ("(subject)", "(object)")


def test_order_really_crosses(splits):
    """The number of swapped pairs, against none in a word-by-word translation."""
    for tokens in splits.dev.source_tokens[-20:]:
        order = [j for _, j in alignment(tokens)]
        swapped = sum(a > b for a, b in itertools.combinations(order, 2))
        if len(tokens) > 20:
            assert swapped >= len(tokens) / 4


@pytest.mark.parametrize("seed", range(5))
def test_a_growing_sentence_only_ever_gains_words(seed):
    steps = translation.growing_sentence(60, seed)
    lengths = [len(source) for source, _ in steps]
    assert lengths[0] == 4
    assert 54 < lengths[-1] <= 60
    assert all(0 < b - a <= 6 for a, b in itertools.pairwise(lengths))
    for (shorter, _), (longer, _) in itertools.pairwise(steps):
        rest = iter(longer)
        assert all(token in rest for token in shorter)  # a subsequence
    for source, reference in steps:
        assert reference == translate(source)
    assert part_of(steps[0][0]) == part_of(steps[1][0]) == "test"


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("", "an article at position 0.*got the end"),
        ("cat sleeps", "an article at position 0.*got 'cat'"),
        ("the ball sleeps", "somebody who can act at position 1.*got 'ball'"),
        ("the cat sees", "an article at position 3.*got the end"),
        ("the cat sleeps the dog", "a joining word at position 3"),
        ("the cat sleeps in the sea", "a place at position 5.*got 'sea'"),
        ("the cat sleeps while a dog runs while a cat sleeps", "one of and, but; got 'while'"),
    ],
)
def test_a_sentence_outside_the_grammar_is_refused_where_it_goes_wrong(sentence, message):
    with pytest.raises(ValueError, match=message):
        translate(sentence.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0, "min_length": 4, "max_length": 9}, "count must be at least 1"),
        ({"count": 5, "min_length": 9, "max_length": 4}, "min_length <= max_length"),
        ({"count": 5, "min_length": 2, "max_length": 4}, "3 <= min_length"),
        ({"count": 5, "min_length": 4, "max_length": 9, "part": "tests"}, "got 'tests'"),
        (
            {"count": 500, "min_length": 4, "max_length": 4, "part": "test"},
            "too few different test sentences of 4 tokens",
        ),
    ],
)
def test_impossible_orders_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        translation.generate(**arguments)


def test_an_empty_bucket_is_refused():
    with pytest.raises(ValueError, match="test_per_bucket must be at least 1"):
        translation.load(train=1, test_per_bucket=0)
