"""The book's Sphinx extension: notebook links, cache key, offline MathJax, no dead weight.

Jupyter Book builds the pages; this file only mends what it cannot be told in `_config.yml`:

* buttons lead to the repository where its address is known, and nowhere where it is not;
* launch and download buttons point at `notebooks/<slug>.ipynb`, not at the Markdown source;
* a page runs again when the library, the pins or the results change, not only its own cells;
* pages run two at a time (side_by_side.py);
* formulas are set while the book is built (formulas.py);
* bar, title and faces are the book's own (frame.py), and drawings stand in the page (drawings.py);
* pages have questions, answers, aims and facts (kit.py);
* what a screen reader hears of the theme's own controls is what stands on them;
* the kernel's widget state and scripts the book does not use stay out of the HTML;
* what a figure loads only when it is asked stands in a file of its own (lazy.py);
* every picture says in words what it shows.
"""

import hashlib
import pathlib
import re
import shutil

import addresses
import downloads
import drawings
import formulas
import frame
import kit
import lazy
import side_by_side
from docutils import nodes
from myst_pages import is_notebook  # downloads.py has put tools/ on the path
from sphinx.errors import ConfigError
from sphinx.util import logging

logger = logging.getLogger(__name__)

# what decides, besides a page's own cells, what the page prints
LIBRARY, SUFFIXES = "encdec_lib", {".py", ".js", ".css", ".json", ".toml"}  # results/*.json too
PINS = "requirements.txt"
# a link to something that is kept, not shown
KEPT = re.compile(r'(<a href="(?:\.\./)+notebooks/[^"/]+\.(?:ipynb|zip)") target="_blank"')
# the theme's icons come from its fonts; this script (543 kB compressed) would draw them again
ICON_SCRIPT = re.compile(r'\s*<script defer src="[^"]*/fontawesome\.js[^"]*"></script>')
KERNELS_MODEL = re.compile(r'(?<=<div class="bw-root") (data-widget="\w+") data-figure="\w+"')
# the theme's controls have a name beside the text that is seen, and its sidebar is no landmark
NAMED_TWICE = re.compile(
    r'(<summary|<button class="btn search-button-field[^>]*?)'
    r' aria-label="(?:Toggle hidden content|Search)"'
)
SIDEBAR = re.compile(r'(?<=<div id="pst-primary-sidebar")(?= class=)')
EMPTY_HEAD = re.compile(
    r'<th class="head(?: text-\w+)?"><p></p></th>'
)  # of a column without a name
CITATIONS = '<div role="list" class="citation-list">'
LANDMARK = ' role="navigation" aria-label="Book"'


def fingerprint(root: pathlib.Path) -> str:
    """Hash of everything besides the cells which decides what a cell prints."""
    library = sorted(p for p in (root / LIBRARY).rglob("*") if p.suffix in SUFFIXES)
    digest = hashlib.sha256()
    for path in [root / PINS, *library]:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def configure(app, config):
    """Sets what follows from other settings: the site's address and the cache's folder."""
    root = pathlib.Path(app.srcdir)
    where = addresses.read(root)
    config.html_baseurl = where.site if where else ""
    config.html_theme_options |= {
        "repository_url": where.repository if where else "",
        "use_repository_button": bool(where),
        "use_edit_page_button": bool(where),
        "use_issues_button": bool(where),
    }
    if where is None:
        logger.info("no address of the repository: no buttons lead to it (CONTRIBUTING.md)")
    config.book_fingerprint = fingerprint(root)  # "env": a change makes Sphinx read every page
    if not config.nb_execution_cache_path:
        caches = root / "_build" / ".jupyter_cache"
        config.nb_execution_cache_path = str(caches / config.book_fingerprint)
        others = [p for p in caches.glob("*") if p.name != config.book_fingerprint]
        for old in sorted(others, key=lambda p: p.stat().st_mtime)[:-2]:
            shutil.rmtree(old, ignore_errors=True)


def drop_widget_state(app, env):
    """Pages show a widget's own HTML: the kernel's state, and its loader, would be dead weight."""
    for metadata in getattr(env, "nb_metadata", {}).values():
        for key in [k for k in metadata.get("js_files", {}) if k.startswith("ipywidgets_")]:
            del metadata["js_files"][key]


def require_alt_text(app, doctree, docname):
    """Warns (with -W: fails) where a picture has no words for those who do not see it."""
    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            logger.warning(
                "picture %s has no alt text: say what it shows (`:alt:`, or `image: alt:` in the "
                "cell's mystnb settings)",
                image.get("uri"),
                location=image,
                type="book",
            )


def link_notebooks(app, pagename, templatename, context, doctree):
    """Offers notebooks/x.ipynb on book/x.md: to be kept, and, with an address, to be opened."""
    if "kernelspec" not in app.env.metadata.get(pagename, {}):
        return
    if not is_notebook(pathlib.Path(app.env.doc2path(pagename)).read_text("utf-8")):
        return
    root = pathlib.Path(app.srcdir)
    target = addresses.NOTEBOOKS + pagename.removeprefix(addresses.BOOK) + ".ipynb"
    if not (root / target).exists():
        raise ConfigError(f"{pagename} has code but {target} is missing: run `make notebooks`")
    groups = context.get("header_buttons", [])
    for group in groups:
        if group.get("label") == "download-buttons":
            label = "download-notebook-button"
            others = [button for button in group["buttons"] if button.get("label") != label]
            own = _link(context["pathto"](target, 1), ".ipynb", "code", label)
            group["buttons"] = [own | {"tooltip": "Download this page as a notebook"}, *others]
    if buttons := launch_buttons(root, target):
        groups.insert(0, {
            "type": "group", "tooltip": "Run this page's notebook", "icon": "fas fa-rocket",
            "buttons": buttons, "label": "launch-buttons",
        })  # fmt: skip


def launch_buttons(root: pathlib.Path, target: str) -> list[dict]:
    """Where a notebook of the repository opens.

    Binder has the whole clone. Colab has the notebook alone, so it is offered where the notebook in
    git knows the same address, and can install the library from it.
    """
    where, stated = addresses.read(root), addresses.stated(root)
    if where is None:
        return []
    buttons = [_link(where.binder(target), "Binder", "_static/images/logo_binder.svg")]
    if stated and stated.repository == where.repository:
        buttons.append(_link(where.colab(target), "Colab", "_static/images/logo_colab.png"))
    return buttons


def _link(url: str, text: str, icon: str, label: str | None = None) -> dict:
    """A button as the theme's templates take it."""
    icon = icon if "/" in icon else f"fas fa-{icon}"
    return {"type": "link", "url": url, "text": text, "tooltip": f"Open on {text}", "icon": icon,
            "label": label}  # fmt: skip


def drop_thebe(app, pagename, templatename, context, doctree):
    """Jupyter Book always adds sphinx-thebe, twice (a console error); the book does not use it."""
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if "thebe" not in str(getattr(script, "filename", script) or "")
        and "thebe" not in str(getattr(script, "attributes", {}).get("body", ""))
    ]


def write_downloads(app, error):
    """Puts the notebooks beside the built pages, one by one and in a zip file."""
    if error is None and app.builder.format == "html":
        downloads.write(pathlib.Path(app.outdir), pathlib.Path(app.srcdir))


def mend(page: str) -> str:
    """A built page without the theme's icon script, for which its template has no switch, and
    without the names of models in a kernel that has ended, which would be others in every build.
    Its controls are called by what stands on them, its sidebar is a landmark, and a column without
    a name has no head. References are entries, not items of a list. A link to a file that is kept
    says so: browsers would show it.
    """
    page = page.replace(CITATIONS, CITATIONS.replace(' role="list"', ""))
    page = KERNELS_MODEL.sub(r" \1", ICON_SCRIPT.sub("", page))
    page = EMPTY_HEAD.sub("<td></td>", KEPT.sub(r"\1 download", page))
    return SIDEBAR.sub(LANDMARK, NAMED_TWICE.sub(r"\1", page))


def mend_pages(app, error):
    """Mends every page that was written."""
    if error is not None or app.builder.format != "html":
        return
    for path in pathlib.Path(app.outdir).rglob("*.html"):
        text = path.read_text("utf-8")
        if (mended := mend(text)) != text:
            path.write_text(mended, "utf-8")


def move_lazy_bytes(app, error):
    """Puts what figures load when they are asked beside the built pages."""
    if error is None and app.builder.format == "html":
        lazy.write(pathlib.Path(app.outdir))


def skip_field_aliases(app, what, name, obj, skip, options):
    """A NamedTuple's fields stand under its parameters; Python's "Alias for field" says nothing."""
    return True if (obj.__doc__ or "").startswith("Alias for field number") else skip


def setup(app):
    kit.setup(app)
    app.add_config_value("book_fingerprint", "", "env")
    app.connect("config-inited", configure)
    app.connect("env-before-read-docs", side_by_side.fill_cache)
    app.connect("env-updated", drop_widget_state)
    app.connect("doctree-resolved", require_alt_text)
    app.connect("autodoc-skip-member", skip_field_aliases)
    # after the theme's own handlers of this event (501 and 502)
    app.connect("html-page-context", link_notebooks, priority=900)
    app.connect("html-page-context", drop_thebe, priority=901)
    app.connect("build-finished", write_downloads)
    app.connect("build-finished", mend_pages)
    app.connect("build-finished", move_lazy_bytes)
    for part in (formulas, frame, drawings):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
