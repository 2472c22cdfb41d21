"""The heads dial in Chromium: its weights are the library's, and everybody can use it."""

import itertools
from pathlib import Path

import numpy as np
import pytest

import encdec_lib.widgets
from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import HeadsDial
from encdec_lib.widgets.heads_dial.heads_dial import drawn
from tests.browser.looking import CONTRAST
from tests.helpers.thinned import thinned

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # on no page since chapter 11 trains

HERE = Path(encdec_lib.widgets.__file__).parent / "heads_dial"
SENTENCE = "The cat sees the dog; don't wake the big cat."
MATHS = """async ([source, given]) => {
  const blob = new Blob([source], { type: "text/javascript" });
  const maths = await import(URL.createObjectURL(blob));
  return given.map((state) => {
    const padded = state.mask === "padding" ? state.padded : 0;
    const tokens = maths.fill(maths.split(state.sentence), state.length, padded);
    const maps = maths.attentionMaps(tokens, state);
    return { tokens, maps: maps.map((rows) => rows.map((row) => [...row])) };
  });
}"""


def worked_out(page, dials):
    page.goto("about:blank")
    return page.evaluate(
        MATHS, [bundle(HERE / "heads_maths.js"), [d.static_state() for d in dials]]
    )


def with_loops(dial):
    """Weights (H, N, N) and the largest score, in float64, number by number."""
    tokens, N, K = dial.tokens(), dial.length, dial.d_k
    real = [token != "<pad>" for token in tokens]
    maps, largest = np.zeros((dial.heads, N, N)), 0.0
    for n in range(dial.heads):
        sides = []
        for kind in ("query", "key"):
            W, side = drawn(f"{kind} {n + 1}", 64 * 64).reshape(64, 64) / 8, []
            for t, token in enumerate(tokens):
                x = drawn(f"word {token}", 64)
                if dial.positions == "sinusoidal":
                    angles = t / 10000 ** (np.arange(0, 64, 2) / 64)
                    x[0::2] += np.sin(angles)
                    x[1::2] += np.cos(angles)
                y = x @ W[:, :K]
                if dial.positions == "rotary":
                    turn = np.exp(1j * t / 10000 ** (np.arange(0, K, 2) / K))
                    pairs = (y[0::2] + 1j * y[1::2]) * turn
                    y = np.stack([pairs.real, pairs.imag], axis=1).ravel()
                side.append(y)
            sides.append(side)
        for t, s in itertools.product(range(N), range(N)):
            seen = {"none": True, "causal": s <= t, "padding": real[s]}[dial.mask]
            score = sides[0][t] @ sides[1][s] / dial.temperature
            score /= np.sqrt(K) if dial.scaled else 1
            maps[n, t, s] = score if seen else -np.inf
            largest = max(largest, abs(score) if seen else 0)
    finite = np.isfinite(maps).any(axis=-1, keepdims=True)
    weights = np.exp(maps - np.where(finite, maps.max(axis=-1, keepdims=True), 0))
    return weights / np.where(finite, weights.sum(axis=-1, keepdims=True), 1), largest


def settings():
    """Every choice with every other: 36 dials of different length and width."""
    others = itertools.cycle([(1, 2, 2), (5, 16, 1), (11, 4, 4), (17, 64, 8), (32, 8, 1)])
    return [
        {
            "length": length, "d_k": d_k, "heads": heads, "mask": mask, "positions": positions,
            "scaled": scaled, "temperature": temperature, "padded": min(padded, length),
        }
        for (mask, positions, scaled, (temperature, padded)), (length, d_k, heads) in zip(
            itertools.product(
                ("none", "causal", "padding"), ("none", "sinusoidal", "rotary"), (True, False),
                ((1.0, 3), (0.1, 32)),
            ),
            others,
            strict=False,
        )
    ]  # fmt: skip


@pytest.mark.slow
def test_its_weights_are_the_librarys(page):
    dials = [HeadsDial(SENTENCE, **one) for one in settings()]
    close = 0
    for dial, got in zip(dials, worked_out(page, dials), strict=True):
        where = str(dial.static_state())
        assert got["tokens"] == dial.tokens(), where
        truth, largest = with_loops(dial)
        np.testing.assert_allclose(got["maps"], truth, atol=1e-9, err_msg=where)
        # The rounding of a score in float32 grows with the score, and so does its weight's.
        close += largest < 20
        tolerance = 1e-5 * max(1, largest / 20)
        np.testing.assert_allclose(got["maps"], dial.maps(), atol=tolerance, err_msg=where)
    assert close > len(dials) / 2


def frames(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def shown_row(page):
    return [int(text.strip("<%")) for text in page.locator(".bw-chip small").all_inner_texts()]


def test_a_row_is_read_out(show):
    dial = HeadsDial(SENTENCE, length=6, heads=2)
    page = show(dial)
    maps = 100 * np.asarray(dial.maps())
    for head, row in ((0, 1), (1, 4)):
        page.locator(".bw-head").nth(head).locator(".bw-frame").click(
            position={"x": 9, "y": page.locator(".bw-frame").nth(head).bounding_box()["height"]
                      * (row + 0.5) / 6}
        )  # fmt: skip
        np.testing.assert_allclose(shown_row(page), maps[head, row], atol=1)
        said = page.locator(".bw-reading").inner_text()
        best = int(maps[head, row].argmax())
        assert said.startswith(
            f"Head {head + 1}, row {row + 1}: {dial.tokens()[row]} looks at "
            f"{dial.tokens()[best]} ({best + 1}) {maps[head, row].max():.0f}%"
        )
        assert said.endswith("Its row adds up to 1.000.")
    assert page.locator(".bw-sums").inner_text() == "Sums of all 12 rows: 1.000 to 1.000."


def test_the_picture_has_the_weights(show):
    dial = HeadsDial(SENTENCE, length=5, heads=1, mask="causal")
    page = show(dial)
    frames(page)
    dots = page.evaluate(
        """() => {
             const canvas = document.querySelector(".bw-head canvas");
             return [...canvas.getContext("2d").getImageData(0, 0, 5, 5).data];
           }"""
    )
    red = np.reshape(dots, (5, 5, 4))[..., 0]  # 243 where the weight is 0, 0 where it is 1
    np.testing.assert_allclose(red, 243 * (1 - np.sqrt(dial.maps()[0])), atol=1.5)


def test_what_repeated_words_show(show):
    page = show(HeadsDial("the cat and the dog", length=5))
    twins = page.locator(".bw-twins")
    assert twins.inner_text() == (
        "“the” stands at places 1 and 4. Its two rows are the same in every head."
    )
    for name in ("sinusoidal", "rotary"):
        page.get_by_label(name, exact=True).check()
        frames(page)
        assert "Its two rows are different: by up to " in twins.inner_text()
    page.locator(".bw-sentence").fill("one two three four five")
    frames(page)
    assert twins.inner_text().startswith("No word stands twice")


def test_nothing_but_padding_gives_rows_of_zeros(show):
    page = show(HeadsDial("a b c", length=4, mask="padding", padded=4))
    assert page.locator(".bw-sums").inner_text() == (
        "Sums of all 16 rows: 0.000 to 0.000. There is nothing to look at."
    )
    assert "looks at nothing" in page.locator(".bw-reading").inner_text()
    page.get_by_role("slider", name="Padded places").fill("1")
    frames(page)
    assert page.locator(".bw-sums").inner_text() == "Sums of all 16 rows: 1.000 to 1.000."
    assert page.locator(".bw-chip small").last.inner_text() == "0%"


def test_the_cost_grows_with_the_square(show):
    page = show(HeadsDial(length=8, heads=4, d_k=16))
    cells = page.locator(".bw-numbers td").all_inner_texts()
    assert cells[:3] == ["256", "1,024", "4.19 million"]
    assert cells[4:6] == ["8,192", "32,768"] and cells[8:10] == ["1.02 kB", "4.1 kB"]
    page.get_by_role("slider", name="Sequence length").fill("15")  # the sixteenth stop
    frames(page)
    assert page.locator(".bw-numbers td").first.inner_text() == "1,024"
    label = page.locator(".bw-cost svg").get_attribute("aria-label")
    assert label.startswith("Scores against length for 4") and "1,024 at N = 16" in label


def test_the_keyboard_does_it_all(show):
    page = show(HeadsDial(SENTENCE, length=6, heads=2, d_k=8))
    for name, key, field, value in (
        ("Heads h", "ArrowRight", "heads", 4),
        ("Sequence length N", "End", "length", 32),
        ("Width of a head, d_k", "Home", "d_k", 2),
        ("Temperature τ", "End", "temperature", 10),
    ):
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press(key)
        page.wait_for_function(
            """([field, value]) => JSON.parse(
                 document.querySelector(".bw-heads-dial").dataset.state)[field] === value""",
            arg=[field, value],
        )
    assert page.locator(".bw-head").count() == 4 and page.locator(".bw-chip").count() == 32
    slider = page.get_by_role("slider", name="Sequence length N")
    assert slider.get_attribute("aria-valuetext") == "32 tokens"
    page.get_by_label("divide the scores").focus()
    page.keyboard.press("Space")
    page.get_by_label("none", exact=True).first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        """() => { const state = JSON.parse(document.querySelector(".bw-heads-dial").dataset.state);
                   return state.mask === "causal" && state.scaled === false; }"""
    )
    head = page.locator(".bw-head[tabindex='0']")
    assert head.count() == 1
    head.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    said = page.locator(".bw-reading").inner_text()
    assert said.startswith("Head 2, row 3: sees looks at ")
    chosen = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert chosen.startswith("head 2, ")
    page.locator(".bw-chip[tabindex='0']").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".bw-reading").inner_text().startswith("Head 2, row 2: cat looks at ")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith("cat ") and label.endswith("%, place 2")
    page.wait_for_function(
        "document.querySelector('[aria-live=polite]').textContent.includes('32 tokens, 4 heads')"
    )


def test_it_says_that_nothing_is_trained(show):
    page = show(HeadsDial())
    said = page.locator(".bw-untrained")
    assert said.is_visible() and "drawn at random, not trained" in said.inner_text()
    described = page.locator(".bw-sentence").get_attribute("aria-describedby")
    assert said.get_attribute("id") in described.split()


def test_an_empty_field_gets_one_sentence_and_changes_nothing(show):
    page = show(HeadsDial(SENTENCE, examples=["time flies"]))
    before = page.locator(".bw-chip").all_inner_texts()
    page.get_by_label("Type a sentence").fill("  ")
    frames(page)
    assert page.locator(".bw-message").inner_text().count(".") == 1
    assert page.locator(".is-stale").count() == 1
    assert page.locator(".bw-chip").all_inner_texts() == before
    page.get_by_role("button", name="time flies").click()
    frames(page)
    assert page.locator(".bw-message").inner_text() == ""
    names = page.locator(".bw-chip span").all_inner_texts()
    assert names == (["time", "flies"] * 6)[:11]


def test_more_padded_places_than_places_are_no_fault(show):
    page = show(HeadsDial("a b c", length=9, mask="padding", padded=7))
    page.get_by_role("slider", name="Sequence length").fill("1")  # two tokens
    frames(page)
    assert page.locator(".bw-sums").inner_text().endswith("There is nothing to look at.")
    page.get_by_role("slider", name="Sequence length").fill("0")
    frames(page)
    assert page.locator(".bw-chip").count() == 1


@pytest.mark.timing
def test_a_redraw_of_the_largest_takes_less_than_50_milliseconds(show):
    page = show(HeadsDial(SENTENCE, length=32, heads=16, d_k=64, positions="rotary"))
    took = page.evaluate(
        """async () => {
             const slider = document.querySelector("[id$=-warmth]"), times = [];
             for (const value of [3, 9, 14, 18, 22, 25, 30, 33, 37, 40]) {
               slider.value = value;
               slider.dispatchEvent(new Event("input"));
               const before = performance.now();
               await new Promise(requestAnimationFrame);
               times.push(performance.now() - before);
             }
             return Math.min(...times);
           }"""
    )
    assert took < 50


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
@pytest.mark.parametrize("width", thinned([390, 1280], [390]))
def test_it_fits_and_its_text_stands_out(show, theme, width):
    page = show(HeadsDial(SENTENCE, length=14, heads=8, scaled=False), width=width, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    names = (
        "label", "legend", ".bw-hint", ".bw-untrained", ".bw-value", ".bw-caption b", "td", "th",
        ".bw-caption span", ".bw-chip span", ".bw-chip small", ".bw-reading",
    )  # fmt: skip
    for selector in names:
        for element in page.locator(f".bw-root {selector}").all()[:8]:
            if element.is_visible() and not element.evaluate("e => e.closest('.is-off')"):
                assert element.evaluate(CONTRAST) >= 4.5, f"{selector} in {theme}"


def test_every_control_has_a_name_and_a_visible_focus(show):
    page = show(HeadsDial())
    for control in page.locator(".bw-root input:not([disabled])").all():
        assert control.evaluate("e => (e.labels?.[0]?.innerText ?? '').trim()")
        control.focus()
        page.keyboard.press("Shift")  # the last input was the keyboard: focus is visible
        outlined = """e => [e, e.closest(".bw-choice")].some((one) =>
                        one && getComputedStyle(one).outlineStyle === "solid")"""
        assert control.evaluate(outlined)


def test_the_maps_follow_the_theme(show):
    page = show(HeadsDial(length=3, heads=1, mask="causal"))
    corner = """() => [...document.querySelector(".bw-head canvas").getContext("2d")
                  .getImageData(2, 0, 1, 1).data].slice(0, 3)"""
    frames(page)
    assert page.evaluate(corner) == [0xF4, 0xF2, 0xED]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    frames(page)
    assert page.evaluate(corner) == [0x1E, 0x21, 0x25]
