"""Chapter 11's clocks: the page has the library's positions, and the curve of their distances."""

import functools
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.layers.positions import sinusoidal
from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import PositionDial
from encdec_lib.widgets.position_dial.position_dial import FARTHEST, LAST, WIDTHS
from encdec_lib.widgets.position_dial.position_dial import __file__ as HERE
from tests.browser.looking import CONTRAST
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser

PLACES = (0, 3, 41, 100)
DISTANCES = (-50, -7, 0, 1, 13, 50)
FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))"


@functools.cache
def library(width):
    """encdec_lib's vectors, from a place to its vector."""
    places = np.arange(-FARTHEST, LAST + FARTHEST + 1)
    compiled = jax.jit(sinusoidal, static_argnums=1)  # at once, not one operation after another
    return dict(zip(places, np.asarray(compiled(jnp.asarray(places), width)), strict=True))


def by_loops(place, width):
    """eq-sinusoidal in float64."""
    vector = np.zeros(width)
    for m in range(width // 2):
        angle = place * 10000 ** (-2 * m / width)
        vector[2 * m : 2 * m + 2] = np.sin(angle), np.cos(angle)
    return vector


def imported(page, name, code, given):
    """What code, given the module and an argument, returns in a page."""
    page.goto("about:blank")
    return page.evaluate(
        """async ([source, code, given]) => {
             const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
             return new Function(`return (${code})`)()(await import(url), given);
           }""",
        [bundle(Path(HERE).with_name(name)), code, given],
    )


def test_the_hands_are_the_library_s_positions(page):
    found, lists = imported(
        page, "angles.js",
        """({ clocks, WIDTHS, LAST, FARTHEST }, [places, distances]) => [
             WIDTHS.map((width) => places.map((t) => distances.map((n) => clocks(t, n, width)))),
             [WIDTHS, LAST, FARTHEST]]""",
        [PLACES, DISTANCES],
    )  # fmt: skip
    assert lists == [list(WIDTHS), LAST, FARTHEST]
    for width, of_width in zip(WIDTHS, found, strict=True):
        thetas = 10000.0 ** (-np.arange(0, width, 2) / width)
        for t, of_place in zip(PLACES, of_width, strict=True):
            for n, clocks in zip(DISTANCES, of_place, strict=True):
                for place, name in ((t, "here"), (t + n, "there")):
                    hands = np.ravel([[clock[name]["sin"], clock[name]["cos"]] for clock in clocks])
                    np.testing.assert_allclose(hands, by_loops(place, width), atol=1e-6)
                    np.testing.assert_allclose(hands, library(width)[place], atol=3e-5)
                column = {name: np.array([clock[name] for clock in clocks])
                          for name in ("turn", "between", "cosine")}  # fmt: skip
                np.testing.assert_allclose(column["turn"], 2 * np.pi / thetas, rtol=1e-6)
                off = np.exp(1j * column["between"]) - np.exp(1j * n * thetas)  # but whole turns
                np.testing.assert_allclose(np.abs(off), 0, atol=1e-6)
                np.testing.assert_allclose(column["cosine"], np.cos(n * thetas), atol=1e-6)


def test_the_curve_is_that_of_the_distance_wherever_it_is_measured(page):
    """eq-distance, at every distance, around places of the slider and those compared with."""
    found = imported(
        page, "angles.js",
        """({ curve, WIDTHS }, places) => WIDTHS.map((width) =>
             places.map((t) => curve(t, width)))""",
        [*range(0, LAST + FARTHEST, 7), LAST, LAST + FARTHEST],
    )  # fmt: skip
    distances = np.arange(-FARTHEST, FARTHEST + 1)
    for width, curves in zip(WIDTHS, found, strict=True):
        thetas = 10000.0 ** (-np.arange(0, width, 2) / width)
        expected = np.cos(distances[:, None] * thetas).sum(axis=1) / (width / 2)
        np.testing.assert_allclose(curves, np.tile(expected, (len(curves), 1)), atol=1e-6)
        assert -0.12 < np.min(curves) and np.max(curves) <= 1 + 1e-6  # what the chart has room for
        vectors = library(width)
        products = [vectors[LAST] @ vectors[LAST + n] / (width / 2) for n in distances]
        np.testing.assert_allclose(curves[-2], products, atol=1e-5)


def test_the_sentence_compares_with_places_that_there_are(page):
    """No place before the first word in the second pair; both signs and 0; no "−0.00"."""
    pairs, said = imported(
        page, "words.js",
        """({ another, sentence, signed }, [last, far]) => {
             const pairs = [];
             for (let t = 0; t <= last; t++)
               for (let n = -far; n <= far; n++) pairs.push(another(t, n), another(t, n) + n);
             return [[Math.min(...pairs), Math.max(...pairs)],
               [sentence(3, 5, 0.786), sentence(3, 0, 1), sentence(3, -5, -0.05), signed(-0.001)]];
           }""",
        [LAST, FARTHEST],
    )  # fmt: skip
    assert pairs[0] >= 0 and pairs[1] <= LAST + 2 * FARTHEST
    assert said == [
        "Places 3 and 8: their product is 0.79 of the largest. Places 40 and 45 have the same, "
        "since they too lie 5 apart.",
        "Place 3 with itself: all angles are 0, and the product is the largest there is. "
        "Place 40 has the same.",
        "Places 3 and −2: their product is −0.05 of the largest. No word stands at −2, but places "
        "53 and 48 have the same.",
        "0.00",
    ]


def looked(page):
    """Sentence, path of the curve, what the clocks say, and where hands point."""
    page.evaluate(FRAME)
    return page.evaluate(
        """() => {
             const all = (selector) => [...document.querySelectorAll(selector)];
             return {
               says: document.querySelector(".bw-say:not(.is-unseen)").textContent,
               curve: document.querySelector(".is-curve .bw-line.is-attention").getAttribute("d"),
               cosines: all(".is-clocks .bw-word.is-attention.is-bold").map((e) => e.textContent),
               hands: all(".is-clocks .bw-hand").map((e) => e.getAttribute("d")),
               point: document.querySelector(".bw-here").getAttribute("cx"),
             };
           }"""
    )


def test_moving_the_place_turns_the_hands_and_leaves_angles_and_curve(show):
    page = show(PositionDial(place=3, distance=5, width=8))
    before = looked(page)
    assert "Places 3 and 8: their product is 0.79" in before["says"]
    assert before["cosines"] == [f"{np.cos(5 * 10.0**-m):.2f}" for m in range(4)]
    page.get_by_label("Place t").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    moved = looked(page)
    assert "Places 5 and 10: their product is 0.79" in moved["says"]
    same = {"curve", "cosines", "point"}
    assert {name: moved[name] for name in same} == {name: before[name] for name in same}
    tips = [np.array([re.findall(r"[\d.]+", hand)[2:] for hand in now["hands"]], float)
            for now in (before, moved)]  # fmt: skip
    way = np.linalg.norm(tips[1] - tips[0], axis=1)  # pixels; two hands a clock
    assert min(way[:2]) > 50 and 5 < min(way[2:4]) < 20 and max(way[4:]) < 2
    page.get_by_label("Distance n").focus()
    page.keyboard.press("Home")
    away = looked(page)
    assert "Places 5 and −45" in away["says"] and "No word stands at −45" in away["says"]
    assert away["curve"] == before["curve"] and away["cosines"] != before["cosines"]
    assert float(away["point"]) < float(before["point"])
    page.get_by_role("radio", name="8", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    narrow = looked(page)
    assert len(narrow["cosines"]) == 2 and narrow["curve"] != before["curve"]
    assert page.locator(".bw-position").get_attribute("data-width") == "4"


def test_the_numbers_open_and_keep_the_focus(show):
    page = show(PositionDial(place=3, distance=5, width=4))
    summary = page.locator(".bw-position summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.evaluate(FRAME)
    assert summary.evaluate("e => e === document.activeElement && e.parentElement.open")
    rows = page.locator(".bw-numbers tr").all_inner_texts()
    vectors = [by_loops(place, 4) for place in (3, 8)]
    for m, row in enumerate(rows[1:]):
        numbers = [float(cell.replace("−", "-")) for cell in re.split(r"\s+", row)[1:]]
        pair = [vector[2 * m : 2 * m + 2] for vector in vectors]
        np.testing.assert_allclose(numbers, [*pair[0], *pair[1], pair[0] @ pair[1]], atol=0.0051)
    assert f"{vectors[0] @ vectors[1]:.2f} of at most 2" in page.locator("caption").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_it_fits_and_nothing_jumps(show, width, theme):
    page = show(PositionDial(place=10, width=32), width=width, theme=theme)
    tops = set()
    for name, keys in (("Distance n", ("Home", "End")), ("Place t", ("Home", "End", "ArrowLeft"))):
        page.get_by_label(name).focus()
        for key in keys:
            page.keyboard.press(key)
            page.evaluate(FRAME)
            tops.add(page.locator(".bw-footline").evaluate("e => e.offsetTop"))
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(tops) == 1
    for text in page.locator(".bw-position svg text").all():
        assert text.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 13
        box = text.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    page.locator("summary").click()
    assert page.locator(".bw-numbers td").first.evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)") >= 13  # fmt: skip
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".bw-say:not(.is-unseen)").evaluate(CONTRAST) >= 4.5
