"""What stands in the built HTML: alt text, no kernel-only widget, nothing from another server."""

import html.parser
import json
import re
import sys

import pytest

from tests.built.site import HTML, ROOT, pages

sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "tools")]
import addresses  # noqa: E402
import make_notebooks  # noqa: E402

pytestmark = pytest.mark.built

LOADS = {"script": ("src",), "img": ("src", "srcset"), "iframe": ("src",), "source": ("src",),
         "video": ("src",), "audio": ("src",), "object": ("data",), "embed": ("src",)}  # fmt: skip
LOADING_RELS = {"stylesheet", "preload", "modulepreload", "prefetch", "preconnect", "icon"}


class Tags(html.parser.HTMLParser):
    """Every opening tag of a page with its attributes."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def test_the_book_is_built():
    assert (HTML / "index.html").exists(), "there is nothing to read: run `make book` first"


@pytest.fixture(scope="module", params=pages())
def built(request) -> tuple[str, Tags]:
    text = (HTML / request.param).read_text("utf-8")
    return text, Tags(text)


def test_every_picture_says_what_it_shows(built):
    pictures = [attrs for tag, attrs in built[1].found if tag == "img"]
    silent = [a.get("src") for a in pictures if not a.get("alt", "").strip()]
    assert not silent, silent
    unhelpful = [
        a["alt"] for a in pictures
        if re.search(r"\.(png|svg|jpe?g)$", a["alt"]) or a["alt"].startswith("_images/")
    ]  # fmt: skip
    assert not unhelpful, f"alt text is a file's name: {unhelpful}"


def test_every_page_had_the_devices_that_it_asked_for(built):
    assert not re.search(r"This page wants \d+ CPU devices", built[0])


def test_no_widget_waits_for_a_kernel(built):
    # as the type of a script; the library's own source may name it
    assert 'type="application/vnd.jupyter.widget-view+json"' not in built[0]
    assert 'type="application/vnd.jupyter.widget-state+json"' not in built[0]


def test_nothing_is_loaded_from_another_server(built):
    remote = []
    for tag, attrs in built[1].found:
        for name in LOADS.get(tag, ()):
            if re.match(r"\s*(https?:)?//", attrs.get(name, "")):
                remote.append(attrs[name])
        rels = set(attrs.get("rel", "").split())
        if tag == "link" and rels & LOADING_RELS and re.match(r"(https?:)?//", attrs["href"]):
            remote.append(attrs["href"])
    assert not remote, remote


def test_stylesheets_load_nothing_from_another_server():
    for sheet in HTML.rglob("*.css"):
        text = sheet.read_text("utf-8", errors="replace")
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", text), sheet


def test_local_links_lead_somewhere(built, request):
    page = HTML / request.node.callspec.params["built"]
    dead = []
    for tag, attrs in built[1].found:
        target = attrs.get("href", "").split("#")[0].split("?")[0]
        if tag != "a" or not target or re.match(r"[a-z]+:|//", target):
            continue
        if not (page.parent / target).exists():
            dead.append(target)
    assert not dead, dead


@pytest.mark.parametrize("notebook", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=str)
def test_links_of_a_notebook_lead_to_a_place_on_the_site(notebook):
    """A reader in Colab follows them to the published pages, so both must agree on every anchor.

    The repository may have no address here: the notebook is made for one, and its links read.
    """
    where = addresses.Addresses("https://github.com/ann/book", "main", "1")
    page = f"book/{notebook.stem}"
    cells = json.loads(make_notebooks.convert(page, make_notebooks.Book(ROOT, where)))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    urls = set(re.findall(rf"\]\({re.escape(where.site)}([^)\s]*)\)", text))
    assert urls
    dead = []
    for url in urls:
        path, _, anchor = url.partition("#")
        page = HTML / path
        if not page.exists():
            dead.append(url)
        elif anchor and f'id="{anchor}"' not in page.read_text("utf-8"):
            dead.append(url)
    assert not dead, dead
