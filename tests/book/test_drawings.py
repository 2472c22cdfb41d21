"""book/_ext/drawings.py: drawings that stand in the page and have its colours."""

import re
import sys
import xml.etree.ElementTree as ET

import pytest

pytest.importorskip("sphinx", reason="the book's extension needs Sphinx")

from tests.book.tree import ROOT

sys.path[:0] = [str(ROOT / "book" / "_ext")]
import drawings  # noqa: E402

FOLDER = ROOT / "book" / "_static"
ALL = sorted(path for path in FOLDER.glob("*.svg") if path.stem != "favicon")
TOKENS = (FOLDER / "tokens.css").read_text("utf-8")
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 208 100" role="img">
  <title id="title">A title</title>
  <style>text { fill: #222; } .enc, .dec { stroke: #0072B2; }</style>
  <defs><marker id="tip"><path fill="#FFF" d="M0 0"/></marker></defs>
  <rect width="208" height="100" rx="6" fill="#FFFFFF"/>
  <path class="enc" d="M0 0" marker-end="url(#tip)"/>
</svg>"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "one.svg").write_text(DRAWING, "utf-8")
    return tmp_path


def image(name="one", alt="What it shows", more=""):
    return f'<img alt="{alt}" src="../_images/{name}.svg" {more}/>'


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_the_book_has_a_name_for_every_colour_of_a_drawing(path):
    svg = path.read_text("utf-8")
    assert not drawings.unknown(svg)
    text = drawings.inlined(svg, "a", "What it shows")
    assert not drawings.HEX.search(re.sub(r"url\(#[^)]*\)|base64,[^\"]*", "", text))
    for name in set(re.findall(r"var\(--([\w-]+)\)", text)):
        assert f"--{name}:" in TOKENS, name
    ET.fromstring(text)  # it is still whole


def test_a_drawing_takes_the_place_of_its_picture(folder):
    text = drawings.drawn(f"<p>Before</p><figure>{image()}</figure>", folder)
    assert "<img" not in text and "<title" not in text
    assert text.startswith("<p>Before</p><figure><svg class=")
    assert 'role="img" aria-label="What it shows"' in text and "max-width: 240px" in text
    assert 'fill="var(--paper)"' in text and "fill: var(--ink)" in text
    assert '<rect width="208"' not in text, "the page itself is the paper"


def test_a_width_is_kept_and_a_link_to_the_file_is_not(folder):
    linked = (
        '<a class="reference internal image-reference" href="../_images/one.svg">'
        + image(more='style="width: 480px;"')
        + "\n</a>"
    )
    text = drawings.drawn(linked, folder)
    assert "max-width: 480px" in text and "<a " not in text and "</a>" not in text


def test_two_drawings_of_a_page_share_no_id_and_no_rule(folder):
    text = drawings.drawn(image() + image(), folder)
    ids = drawings.ID.findall(text)
    assert sorted(ids) == ["one-1-tip", "one-2-tip"]
    assert "url(#one-1-tip)" in text and "url(#one-2-tip)" in text
    rules = "".join(re.findall(r"(?s)<style>(.*?)</style>", text))
    for selector in re.findall(r"([^{}]+)\{", rules):
        assert all('[data-drawing="one-' in part for part in selector.split(",")), selector


def test_a_plot_stays_a_picture(folder):
    assert drawings.drawn(image("5f3a"), folder) == image("5f3a")
