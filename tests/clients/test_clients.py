"""Generated notebooks in real JupyterLab 4 and Notebook 7: run, turned, saved, opened again.

`make clients` installs what this needs and runs it. With SHOTS=folder it leaves pictures there.
"""

import hashlib
import os
import pathlib
import shutil

import nbformat
import pytest

from tests.clients.jupyter import PATHS, ROOT, Client, Server
from tests.conftest import LOCAL

pytestmark = [pytest.mark.clients, pytest.mark.browser, pytest.mark.timeout(900)]
pytest.importorskip("jupyterlab", reason="`make clients` installs JupyterLab and runs these")
pytest.importorskip("notebook", reason="`make clients` installs Notebook 7 and runs these")

SMALL = [  # the dial of chapter 11 needs no training
    "from encdec_lib import page\nfrom encdec_lib.widgets import HeadsDial",
    '# @title Text\npage.say(r"""It has {words:,} words, and $x_{{1}}^{{2}}$ is a formula.""")',
    "dial = HeadsDial('The cat sees the dog', length=6, heads=2, d_k=8)\ndial",
    "page.report(words=12345)\nprint(dial.length)",
    "dial.length = 3",
]
DIAL, PRINT, SET = 2, 3, 4  # cells


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.close()


@pytest.fixture
def fresh_page(chromium):
    """Opens pages that know nothing of each other; fails if one asked for a remote address."""
    contexts, remote = [], []

    def note(request):
        if not request.url.startswith((*LOCAL, "ws://127.0.0.1")):
            remote.append(request.url)

    def open_page():
        context = chromium.new_context(viewport={"width": 1280, "height": 1500})
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", note)
        return page

    yield open_page
    for number, context in enumerate(contexts):
        if (folder := os.environ.get("SHOTS")) and context.pages:
            context.pages[0].screenshot(path=pathlib.Path(folder) / f"last_{number}.png")
        context.close()
    assert not remote, remote


def small(server, name: str) -> str:
    cells = [nbformat.v4.new_code_cell(source) for source in SMALL]
    cells[1].metadata |= {"cellView": "form", "jupyter": {"source_hidden": True}}
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    nbformat.write(notebook, server.notebooks / name)
    return name


def figure(page):
    """The figure, mounted and in view."""
    root = page.locator(".jp-OutputArea .bw-root[data-mounted=done]").first
    root.wait_for(state="attached")
    root.scroll_into_view_if_needed()
    return root


def drawn(root) -> str:
    """What the canvases of a figure show."""
    pictures = root.locator("canvas").evaluate_all("all => all.map(c => c.toDataURL()).join()")
    return hashlib.sha256(pictures.encode()).hexdigest()


def changed(page, root, before: str, seconds: int = 5) -> bool:
    """Whether a figure shows something else, at once or soon."""
    for _ in range(10 * seconds):
        if drawn(root) != before:
            return True
        page.wait_for_timeout(100)
    return False


def slider(root):
    return root.get_by_role("slider", name="Sequence length N")


def length(root) -> int:
    return int(slider(root).input_value()) + 1


def turn_by_key(page, root, times: int = 1) -> None:
    before = drawn(root)
    slider(root).focus()
    for _ in range(times):
        page.keyboard.press("ArrowRight")
    assert changed(page, root, before), "a key did not change the figure"


def turn_by_pointer(page, root) -> None:
    before = drawn(root)
    slider(root).scroll_into_view_if_needed()
    box = slider(root).bounding_box()
    page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"])
    assert changed(page, root, before), "the pointer did not change the figure"


def shot(root, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        root.screenshot(path=pathlib.Path(folder) / f"{name}.png")


@pytest.mark.parametrize("kind", PATHS)
def test_a_figure_lives_with_its_kernel_and_after_it(server, fresh_page, kind):
    name = small(server, f"small_{kind}.ipynb")
    page = fresh_page()
    client = Client(page, server, kind)
    client.open(name)
    client.run_all(120)
    said = page.locator(".jp-RenderedMarkdown", has_text="12,345 words")
    assert said.count() == 1 and "{" not in said.inner_text()

    root = figure(page)
    shot(page.locator(".jp-OutputArea:has(.bw-root)"), f"{kind}_dial_before")
    assert length(root) == 3, "the figure did not hear of what Python did"
    turn_by_key(page, root)
    shot(page.locator(".jp-OutputArea:has(.bw-root)"), f"{kind}_dial_after")
    assert length(root) == 4
    assert client.run_cell(PRINT).splitlines()[-1] == "4", "Python did not hear of it"
    client.run_cell(SET)
    page.wait_for_function("e => e.value === '2'", arg=slider(root).element_handle())
    turn_by_pointer(page, root)
    client.save(name)
    client.shut_down()
    page.context.close()

    saved = server.read(name)
    kinds = {kind for cell in saved["cells"] for o in cell["outputs"] for kind in o.get("data", {})}
    assert "application/vnd.jupyter.widget-view+json" not in kinds

    page = fresh_page()
    client = Client(page, server, kind)
    client.open(name)
    root = figure(page)
    assert page.get_by_text("Error displaying widget").count() == 0
    turn_by_key(page, root, times=2)
    turn_by_pointer(page, root)
    shot(page.locator(".jp-OutputArea:has(.bw-root)"), f"{kind}_dial_reopened")
    client.shut_down()


@pytest.mark.parametrize(
    "name, kind", [("13_why_self_attention", "lab"), ("03_state_space", "notebook")]
)
def test_a_chapter_runs_from_the_top_and_says_its_numbers(server, fresh_page, name, kind):
    file = f"{name}.ipynb"
    shutil.copy(ROOT / "notebooks" / file, server.notebooks / file)
    page = fresh_page()
    client = Client(page, server, kind)
    client.open(file)
    client.run_all(600)
    client.save(file)
    client.shut_down()
    said = 0
    for cell in server.read(file)["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        assert cell["execution_count"], source
        errors = [o for o in cell["outputs"] if o["output_type"] == "error"]
        assert not errors or "exercise" in cell["metadata"].get("tags", []), source
        if "page.say(" in source:
            (output,) = cell["outputs"]
            text = "".join(output["data"]["text/markdown"])
            assert "Run the cells above" not in text, text
            said += 1
    assert said > 5
