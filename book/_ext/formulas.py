"""Formulas are set while the book is built, so that a page can be read as soon as it is there.

In a browser MathJax needs some seconds on a telephone for a chapter's formulas, and moves the text
while it works. So the same program runs here, in Node.js (set_formulas.js), over all pages that
were built: each formula becomes the HTML that MathJax would have made, with MathML for those who
listen, and one style sheet has what all of them need. A page keeps the TeX beside it
(``data-tex``); a page that was not built again is set anew from there.
"""

import hashlib
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from sphinx.errors import ConfigError
from sphinx.util import logging

logger = logging.getLogger(__name__)

HERE = pathlib.Path(__file__).parent
FOLDER = pathlib.PurePosixPath("_static/mathjax")
FONTS = "output/chtml/fonts/woff-v2"
SHEET = "formulas.css"
# what Sphinx writes: \(x\) in a span; in a div, perhaps after its number, \[x\] or \begin{align}
WRITTEN = re.compile(
    r'(<(?P<tag>span|div) class="[^"]*\bmath notranslate nohighlight"[^>]*>\s*'
    r'(?:<span class="eqno">.*?</span>)?)\s*'
    r"(?:\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\]|(?P<own>\\begin\{.*?))\s*(?=</(?P=tag)>)",
    re.DOTALL,
)
SET = re.compile(
    r'<mjx-container data-tex="(?P<tex>[^"]*)"(?P<display> display="true")?.*?</mjx-container>',
    re.DOTALL,
)
LINK = re.compile(r'<link rel="stylesheet" href="[^"]*/formulas\.css\?v=\w+">\n')
FAULT = re.compile(r'data-mjx-error="([^"]*)"')

Formula = tuple[str, bool]  # TeX, and whether it stands in a line of its own


def found(text: str) -> list[Formula]:
    """The formulas of a page, set or not."""
    written = [_formula(match) for match in WRITTEN.finditer(text)]
    return written + [_formula_again(match) for match in SET.finditer(text)]


def _formula(match: re.Match) -> Formula:
    inline = match["inline"]
    tex = next(part for part in (inline, match["display"], match["own"]) if part is not None)
    return html.unescape(tex).strip(), inline is None


def _formula_again(match: re.Match) -> Formula:
    return html.unescape(match["tex"]), match["display"] is not None


def put(text: str, made: dict[Formula, str]) -> str:
    """The page with its formulas as HTML."""
    text = SET.sub(lambda match: made[_formula_again(match)], text)
    return WRITTEN.sub(lambda match: match[1] + made[_formula(match)], text)


def node() -> str:
    """Node.js, which `make setup` may have put beside Python."""
    beside = pathlib.Path(sys.executable).parent / "node"
    program = str(beside) if beside.exists() else shutil.which("node")
    if program is None:
        raise ConfigError("formulas are set with Node.js, and there is none: run `make setup`")
    return program


def typeset(formulas: list[Formula], options: dict, es5: pathlib.Path) -> tuple[list[str], str]:
    """What MathJax makes of formulas: the HTML of each, and the style sheet of all.

    Args:
      formulas: TeX, and whether it is displayed.
      options: of MathJax's TeX input: its macros.
      es5: MathJax's programs.

    Raises:
      ConfigError: if MathJax cannot be run.
    """
    asked = {
        "es5": str(es5),
        "fonts": FONTS,
        "options": options,
        "formulas": [{"tex": tex, "display": display} for tex, display in formulas],
    }
    done = subprocess.run(
        [node(), str(HERE / "set_formulas.js")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise ConfigError(f"MathJax stopped: {done.stderr.strip()[-400:]}")
    told = json.loads(done.stdout)
    kept = [
        one.replace("<mjx-container ", f'<mjx-container data-tex="{html.escape(tex)}"'
                    + (' display="true" ' if display else " "), 1).replace(
                        'jax="CHTML" display="true"', 'jax="CHTML"', 1)
        for one, (tex, display) in zip(told["html"], formulas, strict=True)
    ]  # fmt: skip
    return kept, told["css"]


def write(out: pathlib.Path, options: dict, es5: pathlib.Path) -> None:
    """Sets the formulas of all pages below a folder.

    Args:
      out: of the built pages.
      options: of MathJax's TeX input.
      es5: MathJax's programs.
    """
    if not es5.is_dir():
        raise ConfigError("MathJax is not in node_modules: run `make book`, or `npm ci` first")
    pages = {path: path.read_text("utf-8") for path in sorted(out.rglob("*.html"))}
    wanted = {path: found(text) for path, text in pages.items()}
    every = list(dict.fromkeys(one for formulas in wanted.values() for one in formulas))
    shutil.copytree(es5 / FONTS, out / FOLDER / FONTS, dirs_exist_ok=True)
    if not every:
        return
    kept, css = typeset(every, options, es5)
    made = dict(zip(every, kept, strict=True))
    for (tex, _), one in made.items():
        if fault := FAULT.search(one):
            logger.warning("a formula cannot be set: %s in %s", fault[1], tex, type="book")
    (out / FOLDER / SHEET).write_text(css, "utf-8")
    version = hashlib.sha256(css.encode()).hexdigest()[:8]
    for path, text in pages.items():
        if not wanted[path]:
            continue
        folder = pathlib.PurePath(os.path.relpath(out / FOLDER, path.parent)).as_posix()
        link = f'<link rel="stylesheet" href="{folder}/{SHEET}?v={version}">\n'
        mended = put(LINK.sub("", text), made).replace("</head>", f"{link}</head>", 1)
        if mended != text:
            path.write_text(mended, "utf-8")


def drop_script(app, pagename, templatename, context, doctree):
    """Takes MathJax's program, and what configures it, out of a page."""
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if "mathjax" not in str(getattr(script, "filename", script) or "")
        and "window.MathJax" not in str(getattr(script, "attributes", {}).get("body", ""))
    ]


def set_formulas(app, error):
    """Sets the formulas of a book that was built."""
    if error is None and app.builder.format == "html":
        options = (app.config.mathjax3_config or {}).get("tex", {})
        es5 = pathlib.Path(app.srcdir) / "node_modules" / "mathjax" / "es5"
        write(pathlib.Path(app.outdir), options, es5)


def setup(app):
    """Connects both; the book's extension calls it."""
    app.connect("html-page-context", drop_script, priority=902)
    app.connect("build-finished", set_formulas)
