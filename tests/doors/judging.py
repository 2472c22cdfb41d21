"""What an answer to bad input must be: one sentence of ours that names the argument.

Every test of this folder goes through :func:`refused`; the numbers it has seen are printed at the
end of a run.
"""

import collections
import dataclasses
import inspect
import re
import traceback
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

#: What an answer may be.
KINDS = (ValueError, TypeError, FileNotFoundError, IndexError)
#: Words of what lies below us, which say nothing to a reader.
FOREIGN = ("Tracer", "jaxlib", "XLA", "XlaRuntimeError", "broadcast_shapes", "eval_shape")
#: What leads to what was found, beside the usual "got".
FOUND = (
    "got",
    "holds",
    "hold no",
    "has none",
    "is empty",
    "came before",
    "is one token list",
    "lacks",
    "has shape",
    "there is no",
    "There is no",
    "there are no",
    "cannot be read",
    "but the decoder reads",
    "no result named",
    "is not a",
    "is a zip",
    "there,",
)

#: Of bad inputs: how many were tried, by outcome.
OUTCOMES: collections.Counter[str] = collections.Counter()

#: The same inputs in every run, and few of them, as each function has several tests.
few = settings(
    max_examples=3,
    phases=(Phase.generate,),  # the first that is found will do
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def refused(function: Any, *args: Any, also: tuple[str, ...] = (), **kwargs: Any) -> str:
    """Calls a function with something bad in it and judges the answer.

    Args:
      function: of the library; a class stands for its constructor.
      *args: for it.
      also: names that may stand for the argument, such as "channels" of an image.
      **kwargs: for it.

    Returns:
      The message.
    """
    try:
        found = function(*args, **kwargs)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        try:
            problem = what_is_wrong(error, names_of(function) | set(also) | set(kwargs))
        except RecursionError:
            problem = "it does not end"
    else:
        said, problem = f"returned {found!r:.200}", "it passes in silence"
    OUTCOMES["poor" if problem else said.split(":")[0]] += 1
    if problem:
        given = [f"{a!r:.80}" for a in args] + [f"{k}={v!r:.80}" for k, v in kwargs.items()]
        name = getattr(function, "__qualname__", f"{function!r:.80}")
        pytest.fail(f"{problem}:\n  {name}({', '.join(given)})\n  {said:.600}", pytrace=False)
    return said


def what_is_wrong(error: Exception, names: set[str]) -> str | None:
    """Why an error is a poor answer; None if it is a good one."""
    message = str(error)
    if not isinstance(error, KINDS):
        return "another kind of error"
    frames = traceback.extract_tb(error.__traceback__)
    if "/encdec_lib/" not in frames[-1].filename:
        return f"raised in {frames[-1].filename}:{frames[-1].lineno}"
    if foreign := [word for word in FOREIGN if word in message]:
        return f"speaks of {foreign[0]}"
    if not any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message) for name in names):
        return f"names none of {', '.join(sorted(names))}"
    if not any(words in message for words in FOUND):
        return "does not say what was found"
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z])", message.strip())
    if len(sentences) > 2 or len(message) > 500:
        return "is longer than two short sentences"
    if not message.rstrip().endswith((".", "?")):
        return "is no sentence"
    return None


def names_of(function: Any) -> set[str]:
    """The arguments of a function, and the fields of a config among them."""
    function = getattr(function, "func", function)
    called = function.__init__ if inspect.isclass(function) else function
    names = set(inspect.signature(called).parameters)
    if dataclasses.is_dataclass(function):
        names |= {field.name for field in dataclasses.fields(function)}
    return names - {"self", "args", "kwargs"}
