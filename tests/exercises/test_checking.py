"""Mirrors encdec_lib/exercises/checking.py."""

import html.parser

import numpy as np
import pytest

from encdec_lib import exercises
from encdec_lib.exercises import Property, agrees, chosen, exercise, near
from encdec_lib.exercises.checking import _CHECKS


@pytest.fixture(autouse=True)
def samples():
    """Four exercises of a chapter "made_up", gone again after each test."""
    before = dict(_CHECKS)

    @exercise("made-up-1")
    def double(function):
        yield Property("keeps the length", len(function([1, 2])) == 2, "Count what comes out.")
        yield Property("doubles", function([1, 2]) == [2, 4], "Try [3] by hand.")

    @exercise("made-up-2")
    def numbers(guess, choice):
        yield near(guess, 100, "the number", "Count again.")
        yield chosen(choice, ("first", "last"), "last", "the word", "Which is nearer?")

    @exercise("made-up-10")
    def array(got):
        yield from agrees(got, np.arange(6.0).reshape(2, 3), "the table", "Look at row 1.")

    @exercise("made-up-11")
    def nothing(answer):
        return iter(())

    yield
    _CHECKS.clear()
    _CHECKS.update(before)


def test_a_right_answer_passes_and_shows_no_hint():
    report = exercises.check("made-up-1", lambda x: [2 * i for i in x])
    assert report.passed
    assert repr(report) == (
        "Exercise made_up-1: solved, 2 of 2 right\n  ✓ right: keeps the length\n  ✓ right: doubles"
    )


def test_a_wrong_answer_says_which_property_fails_and_where_to_look():
    report = exercises.check("made-up-1", lambda x: [i + 1 for i in x])
    assert not report.passed
    assert repr(report).splitlines()[1:] == [
        "  ✓ right: keeps the length",
        "  ✗ not yet: doubles. Try [3] by hand.",
    ]


def test_the_html_says_it_in_words_and_escapes_what_it_repeats():
    def broken(x):
        raise ValueError("<b>bold</b> & so on")

    shown = exercises.check("made-up-1", broken)._repr_html_()
    assert "not yet:" in shown
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; so on" in shown
    assert 'role="status"' in shown
    assert "color" not in shown  # words carry the meaning

    opened = []

    class Balance(html.parser.HTMLParser):
        def handle_starttag(self, tag, attrs):
            opened.append(tag)

        def handle_endtag(self, tag):
            assert opened.pop() == tag

    Balance().feed(shown)
    assert not opened


def test_an_error_in_the_readers_code_is_one_property_with_its_line():
    def broken(x):
        return x + 1

    report = exercises.check("made-up-1", broken)
    (failed,) = report.properties
    assert failed.name == "your code runs"
    assert "`return x + 1`" in failed.hint
    assert "TypeError: can only concatenate list" in failed.hint


def test_a_long_error_is_cut():
    def broken(x):
        raise ValueError("word " * 1000)

    assert len(repr(exercises.check("made-up-1", broken))) < 700


def test_an_answer_of_the_wrong_kind_is_reported_not_raised():
    report = exercises.check("made-up-1", 5)
    assert "'int' object is not callable" in report.properties[0].hint


def test_interrupting_is_not_caught():
    def endless(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exercises.check("made-up-1", endless)


@pytest.mark.parametrize("answer", [..., None, [1, ...], {"a": ...}, lambda x: ..., lambda x: None])
def test_an_answer_left_open_asks_for_one(answer):
    report = exercises.check("made-up-1", answer)
    assert not report.passed
    assert "Replace the ..." in report.properties[-1].hint


def test_a_part_that_is_none_is_an_answer():
    report = exercises.check("made-up-1", lambda x: (x, None))
    assert "Replace" not in repr(report)


@pytest.mark.parametrize(("guess", "right"), [(100, True), (50, True), (200, True), (201, False)])
def test_a_prediction_counts_within_its_factor(guess, right):
    report = exercises.check("made-up-2", guess, choice=" Last ")
    assert report.properties[0].holds is right
    assert report.properties[1].holds
    assert "100" not in repr(report).replace("made_up", "")


def test_a_word_that_is_no_option_gets_the_options():
    hint = exercises.check("made-up-2", 1, "middle").properties[1].hint
    assert hint == "Write one of 'first', 'last'."
    assert exercises.check("made-up-2", 1, "first").properties[1].hint == "Which is nearer?"


def test_arrays_are_compared_in_shape_then_in_value():
    right = np.arange(6.0).reshape(2, 3)
    assert exercises.check("made-up-10", right + 1e-6).passed
    (shape,) = exercises.check("made-up-10", right.T).properties
    assert repr(shape.hint) == "'It has shape (3, 2).'"
    shape, values = exercises.check("made-up-10", right + 1).properties
    assert shape.holds and not values.holds
    assert not exercises.check("made-up-10", right * np.nan).passed


def test_a_truth_value_of_numpy_becomes_a_plain_one():
    report = exercises.check("made-up-10", np.arange(6.0).reshape(2, 3))
    assert all(type(p.holds) is bool for p in report.properties)


def test_the_number_of_answers_is_checked():
    with pytest.raises(TypeError, match=r"takes the answers \(guess, choice\); got \(…\)"):
        exercises.check("made-up-2", 1)


def test_ids_are_sorted_by_number_and_spelled_either_way():
    assert exercises.ids("made-up") == ["made_up-1", "made_up-2", "made_up-10", "made_up-11"]
    assert exercises.ids("no_such_chapter") == []
    assert exercises.check("made_up-2", 1, "last").exercise == "made_up-2"


@pytest.mark.parametrize("unknown", ["made-up-3", "made_up"])
def test_an_unknown_exercise_lists_those_of_the_chapter(unknown):
    with pytest.raises(ValueError, match="made_up has made_up-1, made_up-2, made_up-10"):
        exercises.check(unknown, 1)


def test_an_unknown_chapter_lists_the_chapters():
    with pytest.raises(ValueError, match=r'no exercise "nowhere-1". Chapters with exercises: '):
        exercises.check("nowhere-1", 1)


def test_a_check_that_checks_nothing_is_a_mistake_of_the_book():
    with pytest.raises(RuntimeError, match="checks nothing"):
        exercises.check("made-up-11", 1)


def test_a_number_is_taken_once():
    with pytest.raises(ValueError, match='"made_up-1" is taken'):

        @exercise("made-up-1")
        def another(answer):
            yield Property("x", True, "")


@pytest.mark.parametrize("bad", ["made-up", "made_up-one", "5"])
def test_an_id_without_a_number_is_refused(bad):
    with pytest.raises(ValueError, match="exercise_id must be"):
        exercise(bad)


def test_an_empty_report_has_not_passed():
    assert not exercises.Report("x-1", ()).passed
