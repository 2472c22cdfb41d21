"""book/_ext/lazy.py: what figures load when they are asked, moved out of the built pages."""

import base64
import re
import sys
import zlib

import pytest

pytest.importorskip("sphinx", reason="the book's extension needs Sphinx")

from encdec_lib.widgets.host.book_widget import script_json
from encdec_lib.widgets.host.lazy import Lazy
from tests.book.tree import ROOT

sys.path[:0] = [str(ROOT / "book" / "_ext")]
import lazy  # noqa: E402

SRC = re.compile(r'\{"\$lazy":\{"src":"([^"]*)"\}\}')
WORDS, DIGITS = b"words " * 1000, bytes(range(256)) * 11


def page(**state) -> str:
    return f'<p>{{"$lazy"}}</p><script type="application/json">{script_json(state)}</script>'


@pytest.fixture
def site(tmp_path):
    """A function that writes pages, moves their bytes, and gives them back."""

    def site(**pages):
        for name, text in pages.items():
            path = tmp_path / f"{name}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        lazy.write(tmp_path)
        return {name: (tmp_path / f"{name}.html").read_text("utf-8") for name in pages}

    return site


def held(path):
    """What a file of lazy bytes registers: its name, and the bytes."""
    name, text = re.fullmatch(
        r'\(window\.bookLazy \?\?= \{\}\)\["([^"]*)"\] = "([^"]*)";\n', path.read_text("ascii")
    ).groups()
    return name, zlib.decompress(base64.b64decode(text))


def test_bytes_of_many_pages_stand_in_one_file_each(site, tmp_path):
    pages = site(
        home=page(words=Lazy(WORDS)),
        **{"book/one": page(words=Lazy(WORDS), more={"digits": Lazy(DIGITS)}, weights=b"now")},
    )
    (home,), (digits, words) = SRC.findall(pages["home"]), SRC.findall(pages["book/one"])
    assert words == f"../{home}" and home.startswith("_static/lazy/")
    assert held(tmp_path / home) == (home.rpartition("/")[2], WORDS)
    assert held((tmp_path / "book" / digits).resolve())[1] == DIGITS
    assert len(list((tmp_path / "_static" / "lazy").iterdir())) == 2
    assert pages["book/one"] == page(
        words=Lazy(WORDS), more={"digits": Lazy(DIGITS)}, weights=b"now"
    ).replace(script_json(Lazy(WORDS)), f'{{"$lazy":{{"src":"{words}"}}}}').replace(
        script_json(Lazy(DIGITS)), f'{{"$lazy":{{"src":"{digits}"}}}}'
    )


def test_a_page_that_was_not_built_again_keeps_its_files_and_others_go(site, tmp_path):
    first = site(home=page(words=Lazy(WORDS)), other=page(digits=Lazy(DIGITS)))
    again = site(other=page(digits=Lazy(b"new")), home=first["home"])
    assert again["home"] == first["home"]
    (kept,), (new,) = SRC.findall(again["home"]), SRC.findall(again["other"])
    files = {path.name for path in (tmp_path / "_static" / "lazy").iterdir()}
    assert files == {kept.rpartition("/")[2], new.rpartition("/")[2]}


def test_a_page_without_them_is_left_alone(site, tmp_path):
    text = page(weights=b"now", words="$lazy")
    assert site(home=text) == {"home": text}
    assert not (tmp_path / "_static").exists()
