"""The colours of book/_static/tokens.css can be told from their ground, light and dark."""

import itertools
import re

import pytest

from tests.book.tree import ROOT

CSS = (ROOT / "book" / "_static" / "tokens.css").read_text("utf-8")
ROLES = ("enc", "dec", "att", "you")


def declared(selector: str) -> dict[str, str]:
    """The colours that a rule of the sheet gives, by name."""
    body = re.search(rf"(?ms)^{re.escape(selector)} \{{\n(.*?)^\}}", CSS)[1]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", body))


LIGHT = declared(":root")
THEMES = {"light": LIGHT, "dark": LIGHT | declared('html[data-theme="dark"]')}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read_on_every_ground_that_they_stand_on(theme):
    colours = THEMES[theme]
    words = ["ink", "soft", "fault", *(f"{role}-ink" for role in ROLES)]
    for word, ground in itertools.product(words, ("paper", "raised")):
        assert contrast(colours[word], colours[ground]) >= 4.5, (word, ground)
    for role in ROLES:
        assert contrast(colours[f"{role}-ink"], colours[f"{role}-tint"]) >= 4.5, role
    assert contrast(colours["ink"], colours["you-tint"]) >= 7
    assert contrast(colours["on-you"], colours["you-ink"]) >= 7


@pytest.mark.parametrize("theme", THEMES)
def test_marks_and_edges_can_be_seen(theme):
    colours = THEMES[theme]
    for mark, ground in itertools.product(("control", *ROLES), ("paper", "raised")):
        assert contrast(colours[mark], colours[ground]) >= 3, (mark, ground)


def test_the_figures_of_a_notebook_have_the_same_colours_as_those_of_the_book():
    sheet = (ROOT / "encdec_lib" / "widgets" / "host" / "book_widget.css").read_text("utf-8")
    light, dark = sheet.split('html[data-theme="dark"] .bw', 1)
    for theme, part in (("light", light), ("dark", dark.split("}", 1)[0])):
        pairs = re.findall(r"var\(--((?!jp-)[\w-]+), (#[0-9a-f]{6})\)", part)
        assert len(pairs) >= 10
        for name, colour in pairs:
            assert THEMES[theme][name] == colour, (theme, name)
