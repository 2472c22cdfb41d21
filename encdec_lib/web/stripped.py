"""JavaScript without its comments and its indentation, for a page to carry.

Line breaks stay, so that a statement ends where it ended. A scanner tells strings, templates and
regular expressions from code, since ``//`` in one of them is no comment. Why not a package: rjsmin
1.3, the one that is kept, takes a template inside a template for code, and drops what looks like a
comment in it.
"""

import re

_TOKEN = re.compile(
    r"""
    (?P<space>[^\S\n]+) | (?P<line>\n)
    | (?P<comment>//[^\n]* | /\*(?:[^*]|\*(?!/))*\*/)
    | (?P<string>"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
    | (?P<name>\d(?:[\w.]|(?<=[eE])[+-])* | [\w$\#\u0080-\uffff]+)
    | (?P<dots>\?\.(?!\d) | \.\.\. | \.)
    | (?P<steps>\+\+ | --)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?![*/])(?:[^\\/\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
_TEXT = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)  # of a template, up to ` or ${
#: After these a slash begins a regular expression, after another word it divides.
_BEFORE_REGEX = frozenset(
    "return typeof instanceof in of new delete void throw case do else yield await".split()
)
_BEFORE_BRACKET = frozenset({"if", "while", "for", "with"})  # and after their brackets too


def stripped(source: str) -> str:
    """The same program without comments, indentation and empty lines.

    Args:
      source: a module or a script of JavaScript.

    Returns:
      Text that does the same.

    Raises:
      ValueError: if a string, a template, a comment or a bracket has no end, or a slash follows
        ``}``, where only a parser of the whole language could tell what it begins.

    Example:
      >>> stripped("// one\\nconst a = `//`; /* two */\\n\\n  f(a); // three\\n")
      'const a = `//`;\\nf(a);\\n'
    """
    return _Scanner(source).run()


class _Scanner:
    """Where the scan stands, and what came before that tells what a slash is."""

    def __init__(self, source: str):
        self.source, self.at = source, 0
        self.out: list[str] = []
        self.divides = False  # whether a slash would divide what came before
        self.word = ""  # the word right before, no property's name
        self.after_dot = False
        self.opened: list[tuple[str, bool]] = []  # brackets, and whether a regex may follow them

    def run(self) -> str:
        while self.at < len(self.source):
            self.take()
        if self.opened:
            raise self.fault(f"{self.opened[-1][0]!r} that is never closed")
        return "".join(self.out)

    def take(self) -> None:
        """One token; a template is one from its start to the next ``${`` or to its end."""
        if self.source[self.at] == "/" and not self.source.startswith(("//", "/*"), self.at):
            return self.slash()
        match = _TOKEN.match(self.source, self.at)
        if self.source.startswith("/*", self.at) and match and match.lastgroup != "comment":
            raise self.fault("a comment without an end")
        assert match is not None  # the last branch takes anything
        kind, text = str(match.lastgroup), match[0]
        self.at = match.end()
        getattr(self, kind)(text)

    # What is left out, or kept in part. None of it changes what a slash is.

    def space(self, text: str) -> None:
        if self.out and self.out[-1] not in (" ", "\n"):
            self.out.append(" ")

    def line(self, text: str) -> None:
        if self.out and self.out[-1] == " ":
            self.out.pop()
        if self.out and self.out[-1] != "\n":
            self.out.append("\n")

    def comment(self, text: str) -> None:
        if "\n" in text:
            self.line(text)
        else:
            self.space(text)

    # What stays.

    def keep(self, text: str, divides: bool, word: str = "", after_dot: bool = False) -> None:
        self.out.append(text)
        self.divides, self.word, self.after_dot = divides, word, after_dot

    def string(self, text: str) -> None:
        self.keep(text, True)

    def dots(self, text: str) -> None:
        self.keep(text, False, after_dot=text != "...")

    def steps(self, text: str) -> None:
        self.keep(text, self.divides)

    def name(self, text: str) -> None:
        name = "" if self.after_dot else text
        self.keep(text, name not in _BEFORE_REGEX, name)

    def sign(self, text: str) -> None:
        if text == "`":
            return self.template(text)
        if text in "'\"":
            raise self.fault(f"a string without an end, {text}")
        if text in "([{":
            self.opened.append((text, self.word in _BEFORE_BRACKET))
            return self.keep(text, False)
        if text not in ")]}":
            return self.keep(text, False)
        opening, regex = self.opened.pop() if self.opened else ("", False)
        if opening == "${":
            return self.template(text)
        if f"{opening}{text}" not in ("()", "[]", "{}"):
            raise self.fault(f"{text!r} that closes {opening!r}")
        self.keep(text, not regex, "}" if text == "}" else "")

    def template(self, text: str) -> None:
        """The text of a template from here to its end, or to the code in it."""
        match = _TEXT.match(self.source, self.at)
        assert match is not None
        self.at = match.end()
        if self.source.startswith("${", self.at):
            self.at += 2
            self.opened.append(("${", False))
            return self.keep(f"{text}{match[0]}${{", False)
        if self.at == len(self.source):
            raise self.fault("a template without an end")
        self.at += 1
        self.keep(f"{text}{match[0]}`", True)

    def slash(self) -> None:
        if self.word == "}":
            raise self.fault("a slash after '}', which may divide or begin a regular expression")
        if self.divides:
            self.at += 1
            return self.keep("/", False)
        match = _REGEX.match(self.source, self.at)
        if match is None:
            raise self.fault("a regular expression without an end")
        self.at = match.end()
        self.keep(match[0], True)

    def fault(self, what: str) -> ValueError:
        line = self.source.count("\n", 0, self.at) + 1
        return ValueError(f"Line {line} of the JavaScript has {what}. Write it in another way.")
