"""The page's frame: what stands in the bar, over the title and beside the text.

The theme's templates are replaced in book/_templates where they must differ; what these need is
worked out here. A chapter's title keeps its number in lists, in search and in the browser's tab;
on the page the number stands over it: "Part 3, Attention · Chapter 8".
"""

import html
import itertools
import pathlib
import re
import shutil
import sys

from docutils import nodes
from sphinx.errors import ConfigError

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2]))

from encdec_lib.page.chapters import CHAPTERS  # noqa: E402

FACES = pathlib.PurePosixPath("_static/fonts")
# package of node_modules -> the files of it that book/_static/tokens.css names
FONTS = {
    "source-serif-4": ("latin-opsz-normal", "latin-wght-italic"),
    "source-sans-3": ("latin-wght-normal", "greek-wght-normal"),
    "source-code-pro": ("latin-wght-normal",),
}
EARLY = ("source-serif-4-latin-opsz-normal", "source-sans-3-latin-wght-normal")
TITLE = re.compile(r"<h1>(?:\d+\.\s+)?(.*?)(?:<a class=\"headerlink\".*?</a>)?</h1>", re.DOTALL)
KEEPS = "download-notebook-button"
NAMES = {
    "source-repository-button": "The book's repository",
    "source-edit-button": "Suggest an edit",
    "source-issues-button": "Report a fault",
    "download-pdf-button": "Print this page",
}


def configure(app, config):
    """A list of chapters at the left, nothing at the right, and no icons above the text."""
    config.html_sidebars = {"**": ["sbt-sidebar-nav.html"]}
    config.html_theme_options |= {
        "article_header_start": [],
        "article_header_end": [],
        "secondary_sidebar_items": [],
        "use_fullscreen_button": False,
        "home_page_in_toc": False,  # the bar leads there
    }


def mark_figures(app, doctree, docname):
    """Says of a cell that it holds a figure, so that style sheets need not look into each."""
    for node in doctree.findall(nodes.raw):
        if 'class="bw-root"' not in node.astext():
            continue
        while node is not None:
            if "cell" in node.get("classes", ()):
                node["classes"].append("holds-figure")
                break
            node = node.parent


def eyebrow(pagename: str) -> str:
    """Part and number of a chapter, or nothing.

    Example: `Part 3, Attention · Chapter 8`.
    """
    parts = list(dict.fromkeys(chapter.part for chapter in CHAPTERS))
    for chapter in CHAPTERS:
        if chapter.page == pagename:
            number = parts.index(chapter.part) + 1
            return f"Part {number}, {chapter.part} · Chapter {chapter.number}"
    return ""


def headed(body: str, over: str) -> str:
    """A page's body with this line over its title, and the title without number and link."""
    line = f'<p class="eyebrow">{html.escape(over)}</p>\n' if over else ""
    return TITLE.sub(lambda match: f"{line}<h1>{match[1]}</h1>", body, count=1)


def links(groups: list[dict]) -> tuple[list[dict], list[dict]]:
    """The theme's buttons as two lists: the page as a notebook, and what else one does with it."""
    flat = itertools.chain.from_iterable(group.get("buttons", [group]) for group in groups)
    notebook, page = [], []
    for button in flat:
        label = button.get("label") or ""
        if label == KEEPS:
            notebook.append(button | {"text": "Download the notebook", "keep": True})
        elif button.get("text") in ("Binder", "Colab"):
            notebook.append(button | {"text": f"Open it in {button['text']}"})
        elif name := NAMES.get(label):
            page.append(button | {"text": name})
    return notebook, page


def frame(app, pagename, templatename, context, doctree):
    """What the templates ask for, and the title as it stands on the page."""
    context["book_name"] = "Encoders and Decoders"
    context["notebook_links"], context["page_links"] = links(context.get("header_buttons", []))
    context["early_fonts"] = [
        context["pathto"](str(FACES / f"{name}.woff2"), resource=True) for name in EARLY
    ]
    # the theme's own script moves the columns that these pages do not have, and fails without them
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if "sphinx-book-theme.js" not in str(getattr(script, "filename", script) or "")
    ]
    if pagename == app.config.root_doc:
        context["sidebars"] = []  # the home page has its list below
    if "body" in context:
        context["body"] = headed(context["body"], eyebrow(pagename))


def copy_fonts(app, error):
    """Puts the faces beside the built pages."""
    if error is not None or app.builder.format != "html":
        return
    target = pathlib.Path(app.outdir) / FACES
    target.mkdir(parents=True, exist_ok=True)
    packages = pathlib.Path(app.srcdir) / "node_modules" / "@fontsource-variable"
    for package, names in FONTS.items():
        for name in names:
            source = packages / package / "files" / f"{package}-{name}.woff2"
            if not source.exists():
                raise ConfigError(f"{source.name} is not in node_modules: run `make book` first")
            shutil.copy2(source, target / source.name)
        shutil.copy2(packages / package / "LICENSE", target / f"{package}.LICENSE.txt")


def setup(app):
    """Connects all of it; the book's extension calls it."""
    app.connect("config-inited", configure, priority=600)  # after the settings of book_ext
    app.connect("doctree-resolved", mark_figures)
    app.connect("html-page-context", frame, priority=950)  # after the buttons are there
    app.connect("build-finished", copy_fonts)
