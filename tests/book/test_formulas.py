"""book/_ext/formulas.py: formulas that are set while the book is built."""

import re
import sys

import pytest

pytest.importorskip("sphinx", reason="the book's extension needs Sphinx")

from tests.book.tree import ROOT

sys.path[:0] = [str(ROOT / "book" / "_ext")]
import formulas  # noqa: E402

ES5 = ROOT / "node_modules" / "mathjax" / "es5"
OPTIONS = {"macros": {"softmax": r"\operatorname{softmax}", "enc": [r"\class{enc}{#1}", 1]}}
PAGE = r"""<html><head></head><body>
<p>If <span class="math notranslate nohighlight">\(a &lt; b\)</span> then</p>
<div class="math notranslate nohighlight" id="equation-one">
<span class="eqno">(1)<a class="headerlink" href="#equation-one">#</a></span>\[\softmax(\enc{h_j})
= \frac{1}{2}\]</div>
<div class="amsmath math notranslate nohighlight" id="equation-two">
\begin{align}x &amp;= y\end{align}</div>
<p><code>\(this is code\)</code></p></body></html>"""

needs_mathjax = pytest.mark.skipif(not ES5.is_dir(), reason="needs node_modules")


def site(tmp_path, page=PAGE):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "a.html").write_text(page, "utf-8")
    formulas.write(tmp_path, OPTIONS, ES5)
    return (tmp_path / "book" / "a.html").read_text("utf-8")


def test_formulas_are_found_with_their_entities_and_their_places():
    assert formulas.found(PAGE) == [
        ("a < b", False),
        ("\\softmax(\\enc{h_j})\n= \\frac{1}{2}", True),
        ("\\begin{align}x &= y\\end{align}", True),
    ]


@needs_mathjax
def test_a_page_has_its_formulas_as_html_and_what_is_no_formula_stays(tmp_path):
    text = site(tmp_path)
    assert text.count("<mjx-container ") == text.count("</mjx-container>") == 3
    assert r"<code>\(this is code\)</code>" in text and r"\[" not in text
    assert '<span class="eqno">(1)' in text and 'class=" enc"' in text
    assert "<mo>&lt;</mo>" in text, "those who listen hear MathML"
    assert 'data-tex="a &lt; b"' in text
    (link,) = re.findall(r'<link rel="stylesheet" href="([^"?]*)\?v=\w+">', text)
    sheet = (tmp_path / "book" / link).resolve()
    faces = re.findall(r"url\(\"?([^)\"]+)\"?\)", sheet.read_text("utf-8"))
    assert faces and all((sheet.parent / face).exists() for face in faces)
    assert "http" not in "".join(faces)


@needs_mathjax
def test_a_page_that_was_not_written_again_stays_as_it_is_and_other_macros_change_it(tmp_path):
    first = site(tmp_path)
    formulas.write(tmp_path, OPTIONS, ES5)
    assert (tmp_path / "book" / "a.html").read_text("utf-8") == first
    other = {"macros": OPTIONS["macros"] | {"softmax": r"\operatorname{sm}"}}
    formulas.write(tmp_path, other, ES5)
    again = (tmp_path / "book" / "a.html").read_text("utf-8")
    assert "<mi>sm</mi>" in again and "<mi>softmax</mi>" not in again
    assert again.count("<mjx-container ") == 3 and again.count("formulas.css") == 1


@needs_mathjax
def test_a_formula_that_cannot_be_set_is_a_warning_that_names_it(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(formulas.logger, "warning", lambda *words, **_: said.append(words))
    site(tmp_path, PAGE.replace(r"a &lt; b", r"\nosuchmacro"))
    ((form, fault, tex),) = said
    assert "cannot be set" in form and "nosuchmacro" in fault and tex == r"\nosuchmacro"


def test_without_mathjax_the_error_says_what_to_run(tmp_path):
    with pytest.raises(formulas.ConfigError, match="make book"):
        formulas.write(tmp_path, OPTIONS, tmp_path / "nothing")
