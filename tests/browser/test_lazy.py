"""Lazy bytes reach a figure from a page, from a file beside it, and from a kernel."""

import sys

import pytest
import traitlets

from encdec_lib.web.bundle import bundle
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.lazy import Lazy
from encdec_lib.widgets.parts import PARTS
from tests.book.tree import ROOT
from tests.browser.engine_page import load

sys.path[:0] = [str(ROOT / "book" / "_ext")]
import lazy  # noqa: E402

pytestmark = pytest.mark.browser

WORDS = "die Wörter".encode()


class Reader(BookWidget):
    """Two buttons that show what they load."""

    _esm = (
        bundle(PARTS / "lazily.js").replace("export function", "function")
        + """export default {
      render({ model, el }) {
        for (const value of [model.get("words"), model.get("more").digits]) {
          const button = document.createElement("button");
          button.onclick = async () => {
            try {
              const bytes = await lazily(value).load();
              const { buffer, byteOffset, byteLength } = bytes;
              button.textContent = new TextDecoder().decode(
                new Uint8Array(buffer, byteOffset, byteLength));
            } catch (error) {
              button.textContent = String(error);
            }
          };
          el.append(button);
        }
      },
    };"""
    )
    words = traitlets.Instance(Lazy).tag(sync=True)
    more = traitlets.Dict().tag(sync=True)


def reader():
    return Reader(words=Lazy(WORDS), more={"digits": Lazy(b"0 1 2" * 500)})


def write_page(path, widget):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"<!doctype html><meta charset=utf-8><body>{widget.static_html()}", "utf-8")


def shown(page, wanted):
    buttons = page.locator("button")
    for n, text in enumerate(wanted):
        buttons.nth(n).click()
        page.wait_for_function(
            "([n, text]) => document.querySelectorAll('button')[n].textContent === text",
            arg=[n, text],
        )


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.own_page
def test_a_page_from_disk_loads_them_when_asked(page, tmp_path, moved):
    path = tmp_path / "book" / "page.html"
    write_page(path, reader())
    if moved:
        lazy.write(tmp_path)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector("[data-mounted=done] button")
    assert not [url for url in asked if "lazy" in url]
    shown(page, [WORDS.decode(), "0 1 2" * 500])
    assert len([url for url in asked if "lazy" in url]) == 2 * moved
    shown(page, [WORDS.decode()])  # and again, without asking again
    assert len([url for url in asked if "lazy" in url]) == 2 * moved


def test_a_file_that_is_gone_is_told_and_asked_for_again(page, problems, tmp_path):
    path = tmp_path / "book" / "page.html"
    write_page(path, reader())
    lazy.write(tmp_path)
    folder = tmp_path / "_static" / "lazy"
    folder.rename(tmp_path / "gone")
    page.goto(path.as_uri())
    page.wait_for_selector("[data-mounted=done] button")
    page.locator("button").first.click()
    page.wait_for_function("document.querySelector('button').textContent.includes('not be loaded')")
    assert problems  # the browser's own message of the file
    problems.clear()
    (tmp_path / "gone").rename(folder)
    shown(page, [WORDS.decode()])


def test_a_kernel_sends_the_bytes_themselves():
    state = reader().get_state()
    assert state["words"] == WORDS and state["more"] == {"digits": b"0 1 2" * 500}


def test_what_a_kernel_has_sent_looks_the_same(page):
    load(page, "lazily", folder=PARTS)
    said = page.evaluate(
        """async () => {
             const view = new DataView(new ArrayBuffer(3));
             return (await lazily.lazily(view).load()) === view;
           }"""
    )
    assert said is True
