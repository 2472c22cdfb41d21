"""What the page kit's directives become in a notebook, where there is no script of the page's.

A question is its options and a folded answer, whose numbers are the reader's own; fields of an
exercise are nothing, since its cell is checked by the library.
"""

import pathlib
import sys
from collections.abc import Callable

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "book" / "_ext"))

import kit_syntax as syntax  # noqa: E402

DIRECTIVES = {"facts", "aims", "predict", "answer"}


def render(
    name: str,
    argument: str,
    options: dict[str, str],
    lines: list[str],
    source: str,
    plain: Callable[[str], list[str]],
) -> list[str]:
    """Lines of Markdown.

    Args:
      name: of the directive.
      argument: what stands behind it.
      options: of the directive.
      lines: its text.
      source: the whole page, whose words are counted.
      plain: makes lines of Markdown of a piece of MyST.
    """
    body = "\n".join(lines)
    if name == "answer":
        syntax.fields(body)  # a wrong one is an error here too
        return []
    if name == "facts":
        said = [f"{syntax.minutes(source)} min to read"]
        if body.strip():
            said.append(f"builds on {' '.join(body.split())}")
        return plain(" · ".join(said))
    if name == "aims":
        found = [syntax.aim(item) for item in syntax.items(body)]
        rows = [f"- {text}" + (f" (exercise {n})" if n else "") for text, _, n in found]
        return ["**You will be able to**", "", *plain("\n".join(rows))]
    listed, reason = syntax.question(body, options.get("answer", ""))
    rows = [f"{place}. {option}" for place, option in enumerate(listed, start=1)]
    return [
        *plain(f"**Predict.** {argument}"),
        "",
        *plain("\n".join(rows)),
        "",
        "<details>",
        "<summary>The answer</summary>",
        "",
        *plain(reason),
        "",
        "</details>",
    ]
