"""Mirrors encdec_lib/widgets/merge_stepper. What it does is in tests/browser."""

import random
from collections import Counter

import pytest

from encdec_lib.data.text_vocabulary import learn_subwords
from encdec_lib.widgets import MergeStepper
from encdec_lib.widgets.merge_stepper.pairs import learn, merged
from tests.book.tree import text
from tools.myst_pages import code_cells

TEXT = ["sing"] * 3 + ["reading"] * 2 + ["ring"] * 4 + ["banana"]


def pairs_by_hand(words, merges):
    """The pairs of a text in which a word stands as often as it occurs, in order of appearance."""
    seen = []
    for word in words:
        pieces = list(word)
        for first, second in merges:
            pieces = pieces_by_hand(pieces, first, second)
        for k in range(len(pieces) - 1):
            seen.append((pieces[k], pieces[k + 1]))
    return seen


def pieces_by_hand(pieces, first, second):
    k, out = 0, []
    while k < len(pieces):
        both = pieces[k : k + 2] == [first, second]
        out.append(first + second if both else pieces[k])
        k += 2 if both else 1
    return out


def library(words, merges):
    """What the package learns; a sign before each word keeps the mark of a space away from it."""
    signed = ['"' + '"'.join(words)]
    letters = len(set("".join(words))) + 2  # with the sign and the mark
    return learn_subwords(signed, 4 + letters + merges)


def test_a_merge_goes_from_left_to_right():
    assert merged("aaaa", ("a", "a")) == ["aa", "aa"]
    assert merged("aaa", ("a", "a")) == ["aa", "a"]
    rng = random.Random(3)
    for _ in range(50):
        pieces = rng.choices(("a", "b", "ab"), k=11)
        pair = rng.choice("ab"), rng.choice(("a", "b", "ab"))
        assert merged(pieces, pair) == pieces_by_hand(pieces, *pair)


def test_each_merge_is_the_most_frequent_pair_and_the_first_of_equals():
    learned = learn(TEXT, 99)
    assert len(learned) == 9  # in, ing, ring, sing, re, rea, read, reading, an
    for k, one in enumerate(learned):
        before = [each.pair for each in learned[:k]]
        seen = pairs_by_hand(TEXT, before)
        counts = Counter(seen)
        assert {(first, second): n for first, second, n in one.counts} == counts
        assert [n for *_, n in one.counts] == sorted(counts.values(), reverse=True)
        best = [pair for pair in seen if counts[pair] == max(counts.values())]
        assert one.pair == best[0] == one.counts[0][:2]
    left = pairs_by_hand(TEXT, [one.pair for one in learned])
    assert max(Counter(left).values(), default=0) < 2


def test_the_package_learns_the_same_where_no_two_pairs_are_equal():
    compared = 0
    for seed in range(40):
        rng = random.Random(seed)
        words = ["".join(rng.choices("abcde", k=rng.randrange(2, 8))) for _ in range(13)]
        words = rng.choices(words, k=61)
        ours = []
        for one in learn(words, 20):
            if one.counts[1:] and one.counts[1][2] == one.counts[0][2]:
                break  # of equals the package takes another
            ours.append(one.pair)
        assert list(library(words, len(ours)).merges) == ours, seed
        compared += len(ours)
    assert compared > 100


@pytest.fixture(scope="module")
def of_the_page():
    """The figure of chapter 4, and what the cells around it have made."""
    cells = code_cells(text("book/04_seq2seq"))
    wanted = ("figure = MergeStepper(", "def merged(", "def learn(")
    codes = [next(cell.code for cell in cells if one in cell.code) for one in wanted]
    names = {"MergeStepper": MergeStepper, "Counter": Counter}
    exec("\n".join(codes).split("\nmerges = ")[0], names)
    return names


def test_the_page_finds_the_merges_of_its_figure(of_the_page):
    words, figure = of_the_page["text"], of_the_page["figure"]
    for times in range(8):
        assert of_the_page["learn"](words, times) == figure.merges[:times]
    assert figure.words == [list(one) for one in Counter(words).items()]


def test_the_package_cuts_the_words_of_the_page_in_the_same_way(of_the_page):
    """It merges equals in another order, and has the same words in the end."""
    figure = of_the_page["figure"]
    vocabulary = library(of_the_page["text"], len(figure.merges))
    for word, pieces in zip(
        [word for word, _ in figure.words] + ["".join(figure.new[0])],
        figure.cut[-1] + figure.new[-1:],
        strict=True,
    ):
        assert vocabulary.tokens(f'"{word}') == ["▁", '"', *pieces]


def test_the_new_word_is_cut_with_all_merges_in_their_order():
    figure = MergeStepper(TEXT, new="bring", merges=4, step=3)
    pieces = list("bring")
    for k, pair in enumerate(figure.merges):
        assert figure.new[k] == pieces
        pieces = pieces_by_hand(pieces, *pair)
    assert figure.new[4] == pieces and len(figure.new) == len(figure.cut) == 5
    assert figure.step == 3


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"words": []}, "words must be 1 to 99, up to 6 of them different; got 0"),
        ({"words": ["sing"] * 100}, "got 100 with 1 different"),
        ({"words": ["ab", "bc", "cd", "de", "ea", "ac", "bd"]}, "got 7 with 7 different"),
        ({"words": [*TEXT, "a"]}, "words must have 2 to 9 letters and nothing else; got 'a'"),
        ({"words": [*TEXT, "elephantine"]}, "got 'elephantine'"),
        ({"words": [*TEXT, "re-read"]}, "got 're-read'"),
        ({"new": "r2"}, "new must have 2 to 9 letters and nothing else; got 'r2'"),
        ({"new": "sing"}, "new must be another word of the letters in words; got 'sing'"),
        ({"new": "song"}, "new must be another word of the letters in words; got 'song'"),
        ({"merges": 9}, "merges must be at most 8; got 9"),
        ({"words": ["sing", "ring"], "new": "grin", "merges": 3}, "merges must be at most 2 here"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        MergeStepper(**{"words": TEXT, "new": "bring"} | arguments)
