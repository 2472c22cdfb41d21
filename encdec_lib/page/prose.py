"""Sentences of a notebook with the numbers of the run at hand.

On the built page a sentence quotes what :func:`~encdec_lib.page.notebook.report` gave. A notebook
has no such quotes, so there the sentence is a call of :func:`say`.
"""

import re
import string
import sys
import uuid
from collections.abc import Mapping
from typing import Any

_MARKUP = re.compile(r"([\\`*_{}\[\]<>$#|~&])")  # what Markdown would take for its own
_AS_FLOAT, _AS_INT = frozenset("eEfFgGn%"), frozenset("bcdoxX")


class _Sentences:
    """What a kernel's cells have reported, and the sentences that quote it.

    A sentence is shown anew when one of its numbers changes, so that it also holds for a cell
    which is run again with other settings, and for a number that a cell below it gives.
    """

    def __init__(self):
        self.numbers: dict[str, Any] = {}
        self.shown: dict[str, str] = {}  # sentence -> the id of its display

    def remember(self, numbers: Mapping[str, Any]) -> None:
        self.numbers.update(numbers)
        for text, display_id in self.shown.items():
            if numbers.keys() & _names(text):
                _display(fill(text, self.numbers), display_id, update=True)

    def show(self, text: str) -> None:
        again = fill(text, self.numbers)
        self.shown[text] = uuid.uuid4().hex  # a cell run again has a display of its own
        _display(again, self.shown[text], update=False)


_sentences = _Sentences()
remember = _sentences.remember


def say(text: str) -> None:
    """Shows a piece of Markdown with numbers of this run in it.

    The numbers are those that ``page.report`` was given; they are named in braces, with a format
    behind a colon, as in an f-string. Braces of formulas are doubled, as there. Where a number is
    not there yet, one sentence says so in its place; it goes when the number comes.

    Args:
      text: Markdown, such as ``"On {words:,} words the error is {error:.1f}%."``

    Raises:
      ValueError: if a brace is no name's, or a value cannot be shown in its format.

    Example:
      >>> from encdec_lib.page.notebook import report
      >>> report(words=12345, error=9.3142)
      words = 12345
      error = 9.314
      >>> say("On {words:,} words the error is {error:.1f}%, and $x_{{1}}$ stays $x_{{1}}$.")
      On 12,345 words the error is 9.3%, and $x_{1}$ stays $x_{1}$.
      >>> say("It has {weights_of_a_cell_not_run} weights.")
      *Run the cells above: this text quotes a number of theirs, `weights_of_a_cell_not_run`.*
    """
    _sentences.show(text)


def fill(text: str, numbers: Mapping[str, Any]) -> str:
    """The text with the numbers in it, or one sentence that says which are missing.

    Args:
      text: as for :func:`say`.
      numbers: from a name to its value.

    Returns:
      Markdown. Strings among the values stand in it as they are, and none of their signs is markup.

    Raises:
      ValueError: if a brace is no name's, or a value cannot be shown in its format.

    Example:
      >>> fill("{name} has {share:.0%}.", {"name": "a_b", "share": 0.5})
      'a\\\\_b has 50%.'
    """
    missing = [name for name in _names(text) if name not in numbers]
    if missing:
        what = "a number" if len(missing) == 1 else "numbers"
        names = ", ".join(f"`{name}`" for name in missing)
        return f"*Run the cells above: this text quotes {what} of theirs, {names}.*"
    return "".join(
        before + ("" if name is None else _formatted(name, numbers[name], form))
        for before, name, form in _parts(text)
    )


def _parts(text: str) -> list[tuple[str, str | None, str]]:
    """Literal text, the name behind it or None, and the name's format."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ValueError(
            f"page.say needs every brace of a formula doubled, {{{{ and }}}}; got {text!r}, where "
            f"Python says: {error}."
        ) from None
    for _, name, form, conversion in parts:
        if name is not None and (not name.isidentifier() or conversion or "{" in (form or "")):
            raise ValueError(
                f"page.say needs {{name}} or {{name:format}} of a reported number; got "
                f"{{{name}}}. Double the braces of a formula: {{{{ and }}}}."
            )
    return [(before, name, form or "") for before, name, form, _ in parts]


def _names(text: str) -> dict[str, None]:
    """The names that a text quotes, each once, in order."""
    return dict.fromkeys(name for _, name, _ in _parts(text) if name is not None)


def _formatted(name: str, value: Any, form: str) -> str:
    """As MyST-NB does it on the built page: a number that came as text may have a format."""
    try:
        if form[-1:] in _AS_FLOAT and form:
            value = float(value)
        elif form[-1:] in _AS_INT and form:
            value = int(value)
        shown = format(value, form)
    except (TypeError, ValueError):
        raise ValueError(
            f"page.say cannot show {name} = {value!r} in the format {form!r}; write {{{name}}} or "
            "report a number."
        ) from None
    return _MARKUP.sub(r"\\\1", shown) if isinstance(value, str) else shown


def _display(text: str, display_id: str, update: bool) -> None:
    """In a notebook as Markdown; elsewhere it is printed, once."""
    ipython = sys.modules.get("IPython")
    if hasattr(ipython.get_ipython() if ipython else None, "kernel"):
        from IPython.display import Markdown, display

        display(Markdown(text), display_id=display_id, update=update)
    elif not update:
        print(text)
