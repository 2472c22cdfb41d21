"""Mirrors encdec_lib/web/stripped.py. What the stripped programs do, tests/browser sees."""

from pathlib import Path

import pytest

import encdec_lib
from encdec_lib.web.stripped import stripped

FILES = sorted(Path(encdec_lib.__file__).parent.rglob("*.js"))


@pytest.mark.parametrize(
    "source, left",
    [
        ("// one\n/** two\n * three */\nf(); // four\n\n\n  g();", "f();\ng();"),
        ("a /* b */ = 1;", "a = 1;"),
        ("return /* a\n */ b", "return\nb"),  # a comment over two lines ends a statement
        ("a = \"// b\" + '/* c */'; // d", "a = \"// b\" + '/* c */'; "),
        (r"a = '\'// b'; // c", r"a = '\'// b'; "),
        ("a = `// b\n\n   c  \n`;\n  d", "a = `// b\n\n   c  \n`;\nd"),
        ("`a ${b ? `// c\n  ${d /* e */}` : ''} // f`", "`a ${b ? `// c\n  ${d }` : ''} // f`"),
        ("`${{ a: `}` }} // b` // c", "`${{ a: `}` }} // b` "),
        (r"`\` // ${a} \${ // b`", r"`\` // ${a} \${ // b`"),
        ("a = b / c; // d / e", "a = b / c; "),
        ("a = /[/'`]\\/\\// .test(b)  // c", "a = /[/'`]\\/\\// .test(b) "),
        ("if (a) /'/g.test(b); // c", "if (a) /'/g.test(b); "),
        ("(a) / 2 // '", "(a) / 2 "),
        ("a[0] / 2 // '", "a[0] / 2 "),
        ("a.return / 2 // '", "a.return / 2 "),
        ("a?.in / 2 // '", "a?.in / 2 "),
        ("return /'/ // a", "return /'/ "),
        ("a++ / 2 // '", "a++ / 2 "),
        ("1e-5 / 2. / 3 // '", "1e-5 / 2. / 3 "),
        ("[...a] / 2 // '", "[...a] / 2 "),
        ("f(/'/, /* a */ 1)", "f(/'/, 1)"),
        ("x => /'/ // a", "x => /'/ "),
        ("#a = this.#b / 2 // '", "#a = this.#b / 2 "),
        ("é = 1 // a\nü", "é = 1\nü"),
    ],
)
def test_comments_go_and_what_only_looks_like_one_stays(source, left):
    assert stripped(source) == left
    assert stripped(left).rstrip() == left.rstrip()


@pytest.mark.parametrize(
    "source, message",
    [
        ("a\nb = 'c\n'", "Line 2 of the JavaScript has a string without an end, '"),
        ("a = `b", "a template without an end"),
        ("a = `b ${c", "'\\${' that is never closed"),
        ("f(a", "'\\(' that is never closed"),
        ("f(a]", "'\\]' that closes '\\('"),
        ("a }", "'}' that closes ''"),
        ("a = /b\n/", "a regular expression without an end"),
        ("if (a) {} /b/.test(c)", "a slash after '}', which may divide"),
        ("a /* b", "a comment without an end"),
    ],
)
def test_what_it_cannot_tell_it_refuses(source, message):
    with pytest.raises(ValueError, match=message):
        stripped(source)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_of_the_package_can_be_stripped_and_nothing_is_left_to_strip(path):
    source = path.read_text(encoding="utf-8")
    once = stripped(source)
    assert stripped(once) == once and len(once) < len(source)
    assert "\n//" not in once and "/**" not in once
