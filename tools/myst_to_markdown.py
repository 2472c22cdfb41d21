"""MyST Markdown -> the plain Markdown which Colab, JupyterLab and GitHub can show.

Admonitions become block quotes, solutions fold, roles become links to the web page, TeX macros
are written out. What is not known here is an error, so that no reader meets a raw directive.
"""

import dataclasses
import functools
import re
import textwrap
from collections.abc import Callable

import kit_to_markdown as kit
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

MARKDOWN = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, allow_labels=False)
FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|:{3,}|~{3,})(?P<info>.*)$")
DIRECTIVE = re.compile(r"^\{(?P<name>[\w:+-]+)\}\s*(?P<argument>.*)$")
ROLE = re.compile(r"\{(?P<name>[\w:+-]+)\}(?P<ticks>`+)(?P<text>.+?)(?P=ticks)", re.DOTALL)
TITLED = re.compile(r"^(?P<title>.*?)\s*<(?P<target>[^>]+)>$", re.DOTALL)
CODE = re.compile(r"(\{[\w:+-]+\})?(`+)(?!`)(.+?)(?<!`)\2(?!`)", re.DOTALL)  # 1: it is a role
_GROUP = r"[^{}]*"
for _ in range(4):  # TeX in braces, with as many inside one another
    _GROUP = rf"(?:[^{{}}]|\{{{_GROUP}\}})*"
_GROUP = rf"\{{({_GROUP})\}}"
MATH = re.compile(r"\$\$.*?\$\$|(?<![\\$])\$(?!\s)[^$\n]+?\$", re.DOTALL)

ADMONITIONS = {
    "admonition", "attention", "caution", "danger", "dropdown", "error", "hint", "important",
    "margin", "note", "seealso", "sidebar", "tip", "warning", "topic", "card",
}  # fmt: skip
OWN_TITLE = {"admonition", "dropdown", "card", "sidebar", "topic", "margin"}
TITLES = {"seealso": "See also"}
GATES = {"exercise-end", "solution-end"}
TRANSPARENT = {"div", "grid", "tab-set", "container", "full-width"}
ON_THE_SITE = {  # what needs the whole book
    "bibliography", "eval-rst", "glossary", "tableofcontents", "toctree", "glue:figure", "glue",
}  # fmt: skip
DROPPED = {"raw", "index", "highlight"}

#: A reported number as `convert` leaves it: its name, and its format after a colon.
QUOTED = re.compile("\x01([^\x01\x02]+)\x02")


@dataclasses.dataclass
class Page:
    """What the converter knows of the page at hand and of the rest of the book.

    Args:
      name: `book/<slug>`, for messages and for links to the page itself.
      macros: TeX macros, name -> body or [body, number of arguments].
      link_page: `book/<slug>` -> web address.
      link_file: a file named on the page -> web address.
      labels: label -> (page, what to call it), for the whole book.
      titles: page -> its title.
      cite: (key, style "t" or "p") -> text such as "Bahdanau et al. (2015)".
      source: the page's own text.
    """

    name: str
    macros: dict
    link_page: Callable[[str], str]
    link_file: Callable[[str], str]
    labels: dict[str, tuple[str, str]]
    titles: dict[str, str]
    cite: Callable[[str, str], str]
    source: str = ""

    def sibling(self, target: str) -> str:
        """`book/<slug>` of a page named as on this one: `04_seq2seq`, `/book/x`, `x.md`."""
        target = target.removesuffix(".md")
        return target[1:] if target.startswith("/") else f"{self.name.rsplit('/', 1)[0]}/{target}"


def convert(text: str, page: Page) -> str:
    """The whole of one Markdown cell; where it quotes a number, :data:`QUOTED` finds it."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_blocks(text.split("\n"), page))).strip("\n")


def quoted(target: str) -> str:
    """The mark of a number: `words` or `share:.0f`. Text of a page has no such signs."""
    return f"\x01{target}\x02"


def blocks(markdown: str) -> list[str]:
    """Paragraphs, lists, quotes, tables, formulas: what a cell of a notebook may not divide.

    What stands between `<details>` and `</details>` is one of them.
    """
    lines = markdown.split("\n")
    starts, depth = [0], 0
    for token in MARKDOWN.parse(markdown):
        if token.level == 0 and token.map and token.nesting >= 0:
            if depth == 0 and token.map[0] > 0:
                starts.append(token.map[0])
            if token.type == "html_block":
                depth += token.content.count("<details") - token.content.count("</details>")
    ends = [*starts[1:], len(lines)]
    found = ["\n".join(lines[a:b]).strip("\n") for a, b in zip(starts, ends, strict=True)]
    return [block for block in found if block]


def labels(text: str) -> dict[str, str]:
    """Label -> what to call it, for everything on a page that can be referred to."""
    found = {m[1]: m[2].strip() for m in re.finditer(r"(?m)^\(([\w:-]+)\)=\n+#+ (.*)$", text)}
    found |= {m[1]: "" for m in re.finditer(r"(?m)^\(([\w:-]+)\)=$", text) if m[1] not in found}
    for number, m in enumerate(re.finditer(r"\$\$ *\(([\w:-]+)\)", text), start=1):
        found[m[1]] = f"({number})"
    named = re.finditer(
        r"(?m)^[`:~]{3,}\{([\w:-]+)\} *(.*)\n(?:(?::.*|---.*)\n)*?:(?:label|name): *([\w:-]+)", text
    )
    for kind, title, label in (m.groups() for m in named):
        kind = kind.removesuffix("-start").rsplit(":", 1)[-1]
        title = "" if kind in {"figure", "math"} else title  # there it is a file, or TeX
        found[label] = title or f"the {'equation' if kind == 'math' else kind}"
    return found


def expand_macros(tex: str, macros: dict) -> str:
    r"""Writes the book's macros out: `\vect{x}` -> `\mathbf{x}`."""
    for _ in range(5):  # a macro may use another
        before = tex
        for name, body in macros.items():
            body, count = body if isinstance(body, list) else (body, 0)
            pattern = r"\\" + name + r"(?![A-Za-z])" + rf"\s*{_GROUP}" * count
            tex = re.sub(
                pattern,
                lambda m, b=body: "{" + re.sub(r"#(\d)", lambda k: m.group(int(k[1])), b) + "}",
                tex,
            )
        if tex == before:
            break
    return tex


def _blocks(lines: list[str], page: Page) -> list[str]:
    """Directives and plain code fences, one after another; prose in between."""
    out, prose, i = [], [], 0

    def flush():
        if prose:
            out.extend(_prose("\n".join(prose), page).split("\n"))
            prose.clear()

    while i < len(lines):
        match = FENCE.match(lines[i])
        if match is None:
            prose.append(lines[i])
            i += 1
            continue
        end = _closing(lines, i, match["fence"], page)
        directive = DIRECTIVE.match(match["info"].strip())
        body = textwrap.dedent("\n".join(lines[i + 1 : end])).split("\n") if end > i + 1 else []
        flush()
        if directive is None:  # an ordinary listing: left alone
            out += lines[i : end + 1]
        else:
            rendered = _directive(directive["name"], directive["argument"].strip(), body, page)
            out += ["", *(match["indent"] + line if line else line for line in rendered), ""]
        i = end + 1
    flush()
    return out


def _closing(lines: list[str], start: int, fence: str, page: Page) -> int:
    for i in range(start + 1, len(lines)):
        stripped = lines[i].strip()
        if len(stripped) >= len(fence) and set(stripped) == {fence[0]}:
            return i
    raise ValueError(f"{page.name}.md: no end to {lines[start].strip()!r}")


def _options(body: list[str]) -> tuple[dict[str, str], list[str]]:
    """Splits `:key: value` lines (or a `---` block) from a directive's text."""
    options, i = {}, 0
    if body and body[0].strip() == "---":
        i = 1
        while i < len(body) and body[i].strip() != "---":
            key, _, value = body[i].partition(":")
            options[key.strip()] = value.strip()
            i += 1
        i += 1
    else:
        key = ""
        while i < len(body) and (m := re.match(r"^(?::([\w-]+):|( +)(?=\S))\s*(.*)$", body[i])):
            if m[2] and not key:
                break
            key = m[1] or key
            options[key] = f"{options.get(key, '')} {m[3]}".strip()
            i += 1
    return options, body[i:]


def _trim(lines: list[str]) -> list[str]:
    """Without empty lines at either end, and never two of them in a row."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n").split("\n")


def _quote(title: str, lines: list[str]) -> list[str]:
    return [f"> {line}".rstrip() for line in _trim([f"**{title}**", "", *_trim(lines)])]


def _fold(title: str, lines: list[str]) -> list[str]:
    return ["<details>", f"<summary>{title}</summary>", "", *_trim(lines), "", "</details>"]


def _title(page: Page, text: str) -> str:
    return _prose(text, page).strip()


def _directive(name: str, argument: str, body: list[str], page: Page) -> list[str]:
    options, text = _options(body)
    if name in kit.DIRECTIVES:
        plain = functools.partial(_plain, page=page)
        return kit.render(name, argument, options, text, page.source, plain)
    inner = [] if name in ON_THE_SITE | DROPPED else _blocks(text, page) if text else []
    if name in ADMONITIONS:
        title = TITLES.get(name, name.capitalize())
        if argument and name in OWN_TITLE:
            title = _title(page, argument)
        elif argument:
            inner = [_prose(argument, page), *inner]  # `{note} text` begins its text at once
        if "dropdown" in options.get("class", "") or name == "dropdown":
            return _fold(title, inner)
        return _quote(title, inner)
    if name == "exercise":
        return [f"#### {_exercise(page, argument)}", "", *inner]
    if name == "exercise-start":
        return [f"#### {_exercise(page, argument)}"]
    if name == "solution":
        return _fold("Solution", inner)
    if name == "solution-start":
        return ["##### Solution"]
    if name in GATES or name in DROPPED:
        return []
    if name.startswith("prf:"):
        kind = name[4:].capitalize()
        title = f": {_title(page, argument)}" if argument else ""
        return _quote(f"{kind}{title}", inner)
    if name in {"figure", "image"}:
        alt = options.get("alt", "")
        return [f"![{alt}]({page.link_file(argument)})", "", *inner]
    if name == "math":
        tex = "\n".join(([argument] if argument else []) + text).strip()
        return ["$$", expand_macros(tex, page.macros) + _tag(page, options.get("label")), "$$"]
    if name in {"code", "code-block", "sourcecode"}:
        return [f"```{argument}", *text, "```"]
    if name == "list-table":
        return _list_table(_title(page, argument), options, text, page)
    if name == "table":
        return [f"*{_title(page, argument)}*", "", *inner] if argument else inner
    if name in {"tab-item", "grid-item-card"}:
        return [f"**{_title(page, argument)}**", "", *inner]
    if name in TRANSPARENT:
        return inner
    if name in ON_THE_SITE:
        return [f"*[On the book's page]({page.link_page(page.name)}).*"]
    raise ValueError(
        f"{page.name}.md: tools/myst_to_markdown.py does not know the directive {{{name}}}; "
        "say there what it becomes in a notebook."
    )


def _plain(text: str, page: Page) -> list[str]:
    """Lines of a piece of MyST that stands inside a directive."""
    return _trim(_blocks(text.split("\n"), page))


def _exercise(page: Page, argument: str) -> str:
    title = _title(page, argument.strip("() "))
    return f"Exercise: {title}" if title else "Exercise"


def _list_table(title: str, options: dict, text: list[str], page: Page) -> list[str]:
    rows: list[list[str]] = []
    for line in text:
        if m := re.match(r"^\* - ?(.*)$", line):
            rows.append([m[1]])
        elif m := re.match(r"^  - ?(.*)$", line):
            rows[-1].append(m[1])
        elif line.strip():
            rows[-1][-1] += " " + line.strip()
    cells = [[_title(page, cell).replace("|", r"\|") for cell in row] for row in rows]
    if not int(options.get("header-rows", 0)):
        cells.insert(0, [""] * len(cells[0]))
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    lines.insert(1, "|" + "---|" * len(cells[0]))
    return [*([f"*{title}*", ""] if title else []), *lines]


def _tag(page: Page, label: str | None) -> str:
    known = page.labels.get(label or "")
    return rf" \tag{{{known[1].strip('()')}}}" if known and known[1].startswith("(") else ""


def _prose(text: str, page: Page) -> str:
    """Everything inside paragraphs: labels, comments, math, roles, links."""
    code: list[str] = []

    def set_aside(match: re.Match) -> str:
        if match[1]:
            return match[0]
        code.append(match[0])
        return f"\0{len(code) - 1}\0"

    text = CODE.sub(set_aside, text)
    text = re.sub(r"(?m)^\([\w:-]+\)=\n*", "", text)
    text = re.sub(r"(?m)^%.*\n?", "", text)
    text = re.sub(r"(?m)^\{[.#][^}\n]*\}\n", "", text)
    text = re.sub(r"(?<=[)`\]])\{[.#\w][^}`\n]*\}", "", text)  # attributes of what stands before
    text = re.sub(
        r"\$\$(?P<tex>.*?)\$\$ *\((?P<label>[\w:-]+)\)",
        lambda m: f"$${m['tex'].rstrip()}{_tag(page, m['label'])}\n$$",
        text,
        flags=re.DOTALL,
    )
    text = re.sub(
        r"(?ms)^\\begin\{(align|equation|gather)(\*?)\}.*?^\\end\{\1\2\}",
        lambda m: f"$$\n{m[0]}\n$$",
        text,
    )
    text = MATH.sub(lambda m: expand_macros(m[0], page.macros), text)
    text = re.sub(
        r"(!?)\[([^\]]*)\]\((?!https?://|mailto:)([^)\s]+)\)",
        lambda m: f"{m[1]}[{m[2]}]({_local(m[3], page)})",
        text,
    )
    text = ROLE.sub(lambda m: _role(m["name"], " ".join(m["text"].split()), page), text)
    return re.sub(r"\0(\d+)\0", lambda m: code[int(m[1])], text)


def _local(target: str, page: Page) -> str:
    path, _, anchor = target.partition("#")
    label = anchor if not path else path  # MyST: [text](#label) and [text](label)
    if label in page.labels:
        return f"{page.link_page(page.labels[label][0])}#{_anchor(label)}"
    if not path:
        raise ValueError(f"{page.name}.md: ({target}) names no label of the book.")
    if path.endswith(".md"):
        return page.link_page(page.sibling(path)) + (f"#{anchor}" if anchor else "")
    return page.link_file(path)


def _anchor(label: str) -> str:
    """The id which Sphinx gives a label in the HTML."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def _role(name: str, text: str, page: Page) -> str:
    titled = TITLED.match(text)
    title, target = (titled["title"], titled["target"]) if titled else ("", text)
    if name == "doc":
        doc = page.sibling(target)
        if doc not in page.titles:
            raise ValueError(f"{page.name}.md: {{doc}}`{target}` names no page of the book.")
        return f"[{title or page.titles[doc]}]({page.link_page(doc)})"
    if name in {"ref", "numref", "eq", "prf:ref"}:
        if target not in page.labels:
            raise ValueError(f"{page.name}.md: {{{name}}}`{target}` names no label of the book.")
        where, called = page.labels[target]
        if name == "eq" and where == page.name and called.startswith("("):
            return called
        anchor = f"equation-{target}" if name == "eq" else _anchor(target)
        title = title if title and "%s" not in title and "{" not in title else called
        return f"[{title or 'here'}]({page.link_page(where)}#{anchor})"
    if name.startswith("cite"):
        style = "t" if name in {"cite:t", "cite:ct"} else "p"
        return page.cite(target, style)
    if name == "term":
        anchor = "term-" + re.sub(r"[^\w]+", "-", target).strip("-")
        return f"[{title or target}]({page.link_page(page.sibling('glossary'))}#{anchor})"
    if name == "glue:text":
        return quoted(text)
    if name == "math":
        return f"${expand_macros(text, page.macros)}$"
    if name.startswith("py:") or name in {"func", "class", "meth", "mod", "attr", "code", "kbd"}:
        return f"`{title or target.lstrip('~!')}`"
    if name in {"abbr", "download"}:
        return title or re.sub(r"\s*\(.*\)$", "", text)
    if name in {"sub", "sup"}:
        return f"<{name}>{text}</{name}>"
    raise ValueError(
        f"{page.name}.md: tools/myst_to_markdown.py does not know the role {{{name}}}; "
        "say there what it becomes in a notebook."
    )
