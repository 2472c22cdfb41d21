"""What book/_ext/book_ext.py mends in the theme's pages; tests/built asks axe about the result."""

import sys

import pytest

pytest.importorskip("sphinx", reason="the book's extension needs Sphinx")

from tests.book.tree import ROOT

sys.path[:0] = [str(ROOT / "book" / "_ext")]
import book_ext  # noqa: E402


@pytest.mark.parametrize(
    "page, mended",
    [
        ('<summary aria-label="Toggle hidden content">', "<summary>"),
        ('<button class="btn search-button-field x" title="Search" aria-label="Search" data-x>',
         '<button class="btn search-button-field x" title="Search" data-x>'),
        ('<button class="btn icon" aria-label="Search">',
         '<button class="btn icon" aria-label="Search">'),  # nothing else stands on it
        ('<div id="pst-primary-sidebar" class="bd-sidebar">',
         '<div id="pst-primary-sidebar" role="navigation" aria-label="Book" class="bd-sidebar">'),
        ('<div class="bw-root" data-widget="HeadsDial" data-figure="0f3a">',
         '<div class="bw-root" data-widget="HeadsDial">'),
        ('<tr><th class="head"><p></p></th><th class="head"><p>a</p></th>',
         '<tr><td></td><th class="head"><p>a</p></th>'),
        ("<p>Search</p>", "<p>Search</p>"),
    ],
)  # fmt: skip
def test_a_page_is_mended_and_the_rest_is_left(page, mended):
    assert book_ext.mend(page) == mended
    assert book_ext.mend(mended) == mended
