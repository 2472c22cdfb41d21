"""Drawings of book/_static stand in the page itself, so that they have its colours and its faces.

A picture in a file of its own cannot know whether the page is dark. So each `<img>` of such a
drawing becomes the drawing: its colours are those of book/_static/tokens.css, its ids have a prefix
of their own, and what it says to those who do not see it is what the picture said.
"""

import html
import itertools
import pathlib
import re

IMAGE = re.compile(
    r'(?P<link><a class="[^"]*image-reference"[^>]*>)?'
    r'(?P<image><img\b[^>]*\bsrc="(?:\.\./)*_images/(?P<name>[\w-]+)\.svg"[^>]*?/?>)(?(link)\s*</a>)'
)
ALT = re.compile(r'\balt="([^"]*)"')
WIDTH = re.compile(r"\bwidth: ?(\d+)px")
WORDS = re.compile(r"\s*<(title|desc)\b.*?</\1>", re.DOTALL)
ROOT = re.compile(r"<svg\b[^>]*>")
BOX = re.compile(r'viewBox="([^"]*)"')
HEX = re.compile(r"(?<!&)#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
ID = re.compile(r'\bid="([^"]+)"')
STYLE = re.compile(r"(<style>)(.*?)(</style>)", re.DOTALL)

WIDE = 480 / 416  # a drawing of 416 units is 480 pixels wide, so its words are 15 pixels high
# the drawings' own colours, and the book's
COLOURS = {
    "#ffffff": "paper", "#767676": "soft",
    "#777777": "soft", "#ededed": "sunk", "#f2f2f2": "raised", "#f7f7f7": "raised",
    "#f4fbf8": "att-tint",
    "#0072b2": "enc", "#005a8c": "enc-ink", "#005b8f": "enc-ink", "#dcebf7": "enc-tint",
    "#d55e00": "dec", "#9a4300": "dec-ink", "#a04300": "dec-ink", "#fbe4d6": "dec-tint",
    "#f5b48a": "dec-light", "#009e73": "att", "#00684b": "att-ink", "#d6f0e6": "att-tint",
    "#a8dfcb": "att-35", "#74c8ac": "att-55", "#3fae8c": "att-75",
}  # fmt: skip
GREYS = ((250, "paper"), (236, "raised"), (192, "rule"), (128, "control"), (80, "soft"), (0, "ink"))


def long_form(colour: str) -> str:
    """`#rrggbb` in small letters.

    >>> long_form("#FFF")
    '#ffffff'
    """
    digits = colour[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def named(colour: str) -> str | None:
    """The book's name for a colour of a drawing; a grey has the name of those as light as it is.

    >>> named("#0072B2"), named("#222"), named("#123456")
    ('enc', 'ink', None)
    """
    full = long_form(colour)
    if full in COLOURS or len({full[1:3], full[3:5], full[5:]}) > 1:
        return COLOURS.get(full)
    light = int(full[1:3], 16)
    return next(name for least, name in GREYS if light >= least)


def unknown(svg: str) -> set[str]:
    """Colours of a drawing that the book has no name for."""
    return {one for one in HEX.findall(WORDS.sub("", svg)) if named(one) is None}


def _token(match: re.Match) -> str:
    name = named(match[0])
    return f"var(--{name})" if name else match[0]


def inlined(svg: str, name: str, alt: str, width: str = "") -> str:
    """A drawing as a part of a page.

    Args:
      svg: the file's text.
      name: by which its ids and rules are known; another for each drawing of a page.
      alt: what the drawing shows, in words and as HTML has it.
      width: in pixels, if the page says so; else the drawing's own.
    """
    body = WORDS.sub("", svg[ROOT.search(svg).start() :])
    box = BOX.search(body)[1]
    _, _, wide, high = box.split()
    body = re.sub(rf'\s*<rect width="{wide}" height="{high}"[^>]*/>', "", body, count=1)
    for one in ID.findall(body):
        body = re.sub(
            rf'(?<=id="){re.escape(one)}(?=")|(?<=#){re.escape(one)}\b', f"{name}-{one}", body
        )
    body = HEX.sub(_token, body)
    body = STYLE.sub(lambda match: match[1] + scoped(match[2], name) + match[3], body)
    size = float(width or WIDE * float(wide))
    opening = (
        f'<svg class="figure drawing" data-drawing="{name}" viewBox="{box}" role="img" '
        f'aria-label="{alt}" style="max-width: {size:g}px">'
    )
    return ROOT.sub(lambda _: opening, body, count=1).strip()


def scoped(css: str, name: str) -> str:
    """The rules of a drawing, for this drawing alone."""
    rules = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()
    scope = f'[data-drawing="{name}"]'
    parts = re.findall(r"([^{}]+)\{([^{}]*)\}", rules)
    return " ".join(
        f"{', '.join(f'{scope} {one.strip()}' for one in selectors.split(','))} {{{body}}}"
        for selectors, body in parts
    )


def drawn(body: str, folder: pathlib.Path) -> str:
    """A page's body with its drawings in it.

    Args:
      body: of the page.
      folder: of the drawings.
    """
    count = itertools.count(1)

    def put(match: re.Match) -> str:
        path = folder / f"{match['name']}.svg"
        if not path.exists():
            return match[0]  # a plot, whose lightness figures.css turns in the dark
        alt, width = ALT.search(match["image"]), WIDTH.search(match["image"])
        words = alt[1] if alt else html.escape(match["name"])
        name = f"{match['name']}-{next(count)}"
        return inlined(path.read_text("utf-8"), name, words, width[1] if width else "")

    return IMAGE.sub(put, body)


def put_drawings(app, pagename, templatename, context, doctree):
    """Puts the drawings into a page that is written."""
    if "body" in context:
        folder = pathlib.Path(app.srcdir) / "book" / "_static"
        context["body"] = drawn(context["body"], folder)


def setup(app):
    """Connects it; the book's extension calls it."""
    app.connect("html-page-context", put_drawings, priority=940)
