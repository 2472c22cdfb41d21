"""What the built site offers to keep: notebooks, one by one and in a zip file; saved pages."""

import io
import json
import re
import sys
import zipfile

import pytest

from encdec_lib.page.chapters import CHAPTERS, widgets_by_page
from tests.built.site import HTML, ROOT, book_pages

sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "tools")]
import addresses  # noqa: E402
import downloads  # noqa: E402

pytestmark = [pytest.mark.built, pytest.mark.own_page]

WIDGETS = {f"{page}.html": names for page, names in widgets_by_page().items()}
NAMES = [chapter.page.removeprefix("book/") for chapter in CHAPTERS]
FORGE = re.compile(
    r"https://(github\.com|[\w-]+\.github\.io|mybinder\.org|colab\.research\.goo)[^\"]*"
)


@pytest.mark.parametrize("name", NAMES)
def test_a_pages_button_gives_the_notebook_that_runs(name):
    text = (HTML / "book" / f"{name}.html").read_text("utf-8")
    (button,) = re.findall(r'<a href="([^"]+)" download[^>]*download-notebook-button', text)
    notebook = (HTML / "book" / button).resolve()
    assert notebook == (HTML / "notebooks" / f"{name}.ipynb").resolve()
    where = addresses.read()
    wanted = downloads.make_notebooks.convert(
        f"book/{name}", downloads.make_notebooks.Book(ROOT, where)
    )
    assert notebook.read_text("utf-8") == wanted
    cells = json.loads(wanted)["cells"]
    assert cells[1]["source"].startswith("# @title Set-up")
    assert f'_ADDRESS = "{where.requirement if where else ""}"' in cells[1]["source"]


def test_no_notebook_of_the_build_itself_is_offered():
    """Those hold raw MyST, no first cell, and up to 3 MB."""
    assert not list((HTML / "_sources").rglob("*.ipynb"))


@pytest.mark.parametrize("name", book_pages())
def test_buttons_lead_to_the_repository_or_there_are_none(name):
    text = (HTML / name).read_text("utf-8")
    header = "".join(re.findall(r'(?s)<div class="article-header-buttons">.*?<article class', text))
    header = header or text[: text.find("<article")]
    where = addresses.read()
    links = [match[0] for match in FORGE.finditer(header)]
    if where is None:
        assert not links, links
        return
    owner = "/".join(where.owner_and_name)
    assert links and all(owner in link for link in links), links


def test_the_zip_file_stands_alone():
    archive = zipfile.ZipFile(HTML / "notebooks" / downloads.ZIP)
    assert archive.testzip() is None
    names = set(archive.namelist())
    assert {f"encdec/notebooks/{name}.ipynb" for name in NAMES} <= names
    assert "encdec/requirements.txt" in names
    assert f"encdec/encdec_lib-{addresses.version()}-py3-none-any.whl" in names


def test_the_home_page_offers_the_zip_file():
    text = (HTML / "book" / "index.html").read_text("utf-8")
    assert f'href="../notebooks/{downloads.ZIP}" download' in text


def test_the_same_book_gives_the_same_zip_file():
    built = (HTML / "notebooks" / downloads.ZIP).read_bytes()
    again = downloads.zipped(ROOT)
    assert (
        zipfile.ZipFile(io.BytesIO(built)).namelist()
        == zipfile.ZipFile(io.BytesIO(again)).namelist()
    )
    assert built == again


# as on a second visit: on the first one the theme says that it has no mode yet, as an error
VISITED = "localStorage.setItem('mode', 'light'); localStorage.setItem('theme', 'light')"


@pytest.mark.browser
@pytest.mark.parametrize("name", book_pages())
def test_a_page_opens_from_its_folder(page, name):
    """Without a server, as after unpacking a copy of the site; the fixture sees every error."""
    page.add_init_script(VISITED)
    page.goto((HTML / name).as_uri(), wait_until="load")
    page.evaluate("() => window.MathJax?.startup?.promise")
    roots = page.locator(".bw-root")
    assert set(roots.evaluate_all("all => all.map(e => e.dataset.widget)")) == set(
        WIDGETS.get(name, ())
    )
    for k in range(roots.count()):
        roots.nth(k).scroll_into_view_if_needed()
    count = roots.count()
    page.wait_for_function(
        "n => document.querySelectorAll('.bw-root[data-mounted=done]').length === n", arg=count
    )
    assert page.locator("mjx-container").count() >= page.locator(".math").count()
    assert page.locator("mjx-merror").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("name", [name for name, widgets in WIDGETS.items() if widgets])
def test_the_figures_of_a_saved_page_live(page, problems, name, tmp_path):
    """Saved without the files beside it: the figures bring all they need."""
    page.add_init_script(VISITED)
    page.goto((HTML / name).as_uri(), wait_until="load")
    all_mounted = """n => document.querySelectorAll('.bw-root[data-mounted=done]').length === n
        && !document.querySelector('.bw-fallback')"""
    count = page.locator(".bw-root").count()
    page.wait_for_function(all_mounted, arg=count)
    saved = tmp_path / "saved.html"
    saved.write_text(page.content(), encoding="utf-8")
    page.goto(saved.as_uri(), wait_until="load")
    page.wait_for_function(all_mounted, arg=count)
    kept = [problem for problem in problems if "ERR_FILE_NOT_FOUND" not in problem]
    problems[:] = [problem for problem in kept if "is not defined" not in problem]  # theme's files
