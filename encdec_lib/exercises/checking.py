"""How a check works, and how to write one.

An exercise is a function that takes the reader's answers and yields a
:class:`~encdec_lib.exercises.report.Property` for each thing that should be true of them::

    @exercise("seq2seq-1")
    def shift(shift_right):
        got = shift_right(np.array([[5, 6, 2]]))
        yield Property("keeps the shape", got.shape == (1, 3), "Drop as many tokens as you add.")
        yield from agrees(got, truth, "the result", "Which token starts every decoder input?")

Put it into ``encdec_lib/exercises/<chapter>.py``. The truth should be computed, by the library or
by a loop, not copied from the solution; a hint says where to look, not what to write. Errors in
the reader's code need no care: they become a property that does not hold. Products are computed as
exactly as the machine can, the reader's as well as the truth's; so let an exercise ask for a
function rather than for an array, which was computed before.
"""

import functools
import importlib
import inspect
import pkgutil
import traceback
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import jax
import numpy as np

from encdec_lib.data.normal_form import nfc
from encdec_lib.exercises.report import Property, Report

_CHECKS: dict[str, Callable[..., Iterable[Property]]] = {}
_UNANSWERED = "Replace the ... by your answer, then run the cell again."
_LONGEST_MESSAGE = 300  # characters of an error's text that a report repeats


def check(exercise_id: str, /, *answers: Any, **named_answers: Any) -> Report:
    """Checks the answers to one exercise.

    Args:
      exercise_id: the exercise's name, such as ``"seq2seq-1"``; it stands beside the exercise.
      *answers: what the exercise asks for, in its order: a number, an array, a function, …
      **named_answers: the same by name.

    Returns:
      A :class:`~encdec_lib.exercises.report.Report`; as the last line of a notebook cell it shows
      itself.

    Raises:
      ValueError: if there is no such exercise; the message lists those there are.
      TypeError: if the number of answers is not what the exercise takes.
    """
    name, check_function = _canonical(exercise_id), _find(exercise_id)
    try:
        inspect.signature(check_function).bind(*answers, **named_answers)
    except TypeError:
        takes = ", ".join(inspect.signature(check_function).parameters)
        given = ", ".join(["…"] * len(answers) + [f"{key}=…" for key in named_answers])
        raise TypeError(
            f'check("{exercise_id}", …) takes the answers ({takes}); got ({given}).'
        ) from None

    if any(_is_unanswered(answer) for answer in (*answers, *named_answers.values())):
        return Report(name, (Property("you have written an answer", False, _UNANSWERED),))
    answers = tuple(_watched(answer) for answer in answers)
    named_answers = {key: _watched(answer) for key, answer in named_answers.items()}
    properties: list[Property] = []
    try:
        # Many GPUs round what goes into a product to 10 bits, unless they are asked not to: a right
        # answer would differ from the truth by a thousandth.
        with jax.default_matmul_precision("highest"):
            for label, holds, hint in check_function(*answers, **named_answers):
                properties.append(Property(label, bool(holds), hint))
    except _Unanswered:
        properties.append(Property("your function returns an answer", False, _UNANSWERED))
    except Exception as error:  # whatever the reader's code does wrong
        properties.append(Property("your code runs", False, _describe(error)))
    if not properties:
        raise RuntimeError(f'The check of "{name}" yields no property: it checks nothing.')
    return Report(name, tuple(properties))


def exercise(exercise_id: str) -> Callable:
    """Registers a function as the check of an exercise.

    Args:
      exercise_id: ``"<chapter>-<number>"``; the chapter as its module here is named.

    Returns:
      A decorator for a function of the answers that yields
      :class:`~encdec_lib.exercises.report.Property` lines.

    Raises:
      ValueError: if the id does not end in a number or is taken.
    """
    name = _canonical(exercise_id)
    chapter, _, number = name.rpartition("-")
    if not chapter or not number.isdigit():
        raise ValueError(f'exercise_id must be "<chapter>-<number>"; got "{exercise_id}".')

    def register(function: Callable[..., Iterable[Property]]):
        known = _CHECKS.get(name)
        if known is not None and known.__module__ != function.__module__:
            raise ValueError(
                f'Exercise "{name}" is taken by {known.__module__}; choose another number.'
            )
        if known is not None and known.__qualname__ != function.__qualname__:
            raise ValueError(
                f'Exercise "{name}" is taken by {known.__qualname__} of the same module; '
                f"choose another number."
            )
        _CHECKS[name] = function  # the same function again: its module was reloaded
        return function

    return register


def ids(chapter: str) -> list[str]:
    """The exercises of a chapter, in the order of their numbers.

    Args:
      chapter: the chapter's slug, such as ``"seq2seq"``.

    Returns:
      Their ids; empty if the chapter has none.
    """
    chapter = chapter.replace("-", "_")
    module = f"{__package__}.{chapter}"
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:  # the chapter is there, something it needs is not
            raise
    own = [name for name in _CHECKS if name.rpartition("-")[0] == chapter]
    return sorted(own, key=lambda name: int(name.rpartition("-")[2]))


def near(guess: Any, truth: float | int, name: str, hint: str, factor: float | int = 2) -> Property:
    """A prediction that counts as right within a factor of the truth, on either side.

    Args:
      guess: the reader's number.
      truth: the number, worked out; positive.
      name: what was to be predicted.
      hint: where to look.
      factor: at least 1; 2 accepts half to double.

    Returns:
      The property.
    """
    guess = float(guess)
    return Property(
        f"{name}, within a factor of {factor:g}", truth / factor <= guess <= truth * factor, hint
    )


def chosen(choice: Any, options: Iterable[str], right: str, name: str, hint: str) -> Property:
    """A choice among given words.

    Args:
      choice: the reader's word; capitals and outer spaces do not matter.
      options: the words there are.
      right: which of them is right, worked out by code where it can be.
      name: what was to be chosen.
      hint: where to look.

    Returns:
      The property; a word that is not an option gets the options for a hint.
    """
    options = list(options)
    word = nfc(choice).strip().lower() if isinstance(choice, str) else choice
    if word not in options:
        hint = f"Write one of {', '.join(repr(option) for option in options)}."
    return Property(name, word == right, hint)


def agrees(
    got: Any, truth: Any, name: str, hint: str, tolerance: float = 1e-4
) -> Iterator[Property]:
    """Two properties: an array has the right shape, and the right numbers.

    Args:
      got: the reader's array, or anything numpy can read as one.
      truth: what it should be.
      name: what it is: "the context".
      hint: where to look if the numbers differ.
      tolerance: absolute and relative difference allowed.

    Yields:
      The shape's property and, if it holds, that of the numbers.
    """
    got, truth = np.asarray(got), np.asarray(truth)
    fits = got.shape == truth.shape
    yield Property(f"{name} has shape {truth.shape}", fits, f"It has shape {got.shape}.")
    if fits:
        close = np.allclose(got, truth, rtol=tolerance, atol=tolerance)
        yield Property(f"{name} has the right values", close, hint)


class _Unanswered(Exception):
    """The reader's function still returns ``...`` or nothing."""


def _canonical(exercise_id: str) -> str:
    """ "fixed-size-1" and "fixed_size-1" are one: the chapter is spelled as its module."""
    chapter, _, number = exercise_id.rpartition("-")
    return f"{chapter.replace('-', '_')}-{number}"


def _find(exercise_id: str) -> Callable[..., Iterable[Property]]:
    """The check of an exercise; its chapter's module is imported the first time."""
    name = _canonical(exercise_id)
    chapter = name.rpartition("-")[0] or exercise_id
    known = ids(chapter)
    if name in known:
        return _CHECKS[name]
    if known:
        raise ValueError(
            f'There is no exercise "{exercise_id}". The chapter {chapter} has {", ".join(known)}.'
        )
    modules = {module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])}
    chapters = ", ".join(sorted(modules - {"checking", "report"})) or "none so far"
    raise ValueError(f'There is no exercise "{exercise_id}". Chapters with exercises: {chapters}.')


def _is_unanswered(answer) -> bool:
    return answer is None or _holds_ellipsis(answer)


def _holds_ellipsis(answer) -> bool:
    if isinstance(answer, (list, tuple)):
        return any(map(_holds_ellipsis, answer))
    if isinstance(answer, dict):
        return any(map(_holds_ellipsis, answer.values()))
    return answer is Ellipsis


def _watched(answer):
    """A reader's function that says so if it returns ``...`` or nothing; all else as it is."""
    if not isinstance(answer, (types.FunctionType, types.MethodType)):
        return answer

    @functools.wraps(answer)
    def watched(*args, **kwargs):
        result = answer(*args, **kwargs)
        if _is_unanswered(result):
            raise _Unanswered
        return result

    return watched


def _describe(error: Exception) -> str:
    """An error in one line, with the reader's line that led to it where there is one."""
    text = " ".join(str(error).split())
    if len(text) > _LONGEST_MESSAGE:
        text = text[:_LONGEST_MESSAGE] + " …"
    library = str(Path(__file__).parents[1])
    message = f"{type(error).__name__}: {text}" if text else type(error).__name__
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        outside = not frame.filename.startswith(library) and "site-packages" not in frame.filename
        if outside and frame.line:
            return f"It stopped at line {frame.lineno}, `{frame.line}`, with {message}"
    return f"It stopped with {message}"
