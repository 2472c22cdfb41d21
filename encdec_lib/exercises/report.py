"""What a check found: the properties of an answer, and how they are shown."""

import html
from dataclasses import dataclass
from typing import Any, NamedTuple


class Property(NamedTuple):
    """One thing that should be true of an answer."""

    # what should hold, in a few words: "every row adds up to 1"
    name: str
    # whether it does; anything with a truth value
    holds: Any
    # where to look if it does not; never the answer
    hint: str


@dataclass(frozen=True)
class Report:
    """What a check found: shown as a list in a notebook, as text elsewhere."""

    exercise: str
    properties: tuple[Property, ...]

    @property
    def passed(self) -> bool:
        """Whether every property holds."""
        return bool(self.properties) and all(p.holds for p in self.properties)

    @property
    def summary(self) -> str:
        """How many properties hold, in one line."""
        right, total = sum(bool(p.holds) for p in self.properties), len(self.properties)
        verdict = "solved" if self.passed else "not solved yet"
        return f"Exercise {self.exercise}: {verdict}, {right} of {total} right"

    def __repr__(self) -> str:
        lines = [self.summary]
        for name, holds, hint in self.properties:
            lines.append(f"  ✓ right: {name}" if holds else f"  ✗ not yet: {name}. {hint}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The same as a list whose words, not its colours, say what is right."""
        items = "".join(
            f'<li style="margin:.25em 0"><span aria-hidden="true">{"✓" if holds else "✗"}</span> '
            f"<strong>{'right' if holds else 'not yet'}:</strong> {html.escape(name)}"
            + ("" if holds else f". {html.escape(hint)}")
            + "</li>"
            for name, holds, hint in self.properties
        )
        state = "solved" if self.passed else "open"
        return (
            f'<div class="exercise-report exercise-{state}" role="status">'
            f"<p><strong>{html.escape(self.summary)}</strong></p>"
            f'<ul style="list-style:none;padding-left:.5em">{items}</ul></div>'
        )
