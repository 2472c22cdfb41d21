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
NAMES = {"repository-button": "The book's repository", "source-edit-button": "Suggest an edit",
         "source-issues-button": "Report a fault", "download-pdf-button": "Print this page"}  # fmt: skip


def options(root_doc: str) -> dict:
    """What `html_sidebars` and the theme's options must be."""
    return {
        "sidebars": {"**": ["sbt-sidebar-nav.html"], root_doc: []},
        "theme": {
            "article_header_start": [],
            "article_header_end": [],
            "secondary_sidebar_items": [],
            "use_fullscreen_button": False,
        },
    }


def configure(app, config):
    """No column of contents at the right, no icons above the text, a home page without lists."""
    wanted = options(config.root_doc)
    config.html_sidebars = wanted["sidebars"]
    config.html_theme_options |= wanted["theme"]


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


def setup(app):
    """Connects all of it; the book's extension calls it."""
    app.connect("config-inited", configure, priority=600)  # after the settings of book_ext
    app.connect("html-page-context", frame, priority=950)  # after the buttons are there
    app.connect("build-finished", copy_fonts)
