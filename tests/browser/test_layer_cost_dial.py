"""Chapter 13's dial of lengths and widths: the page counts what loops count."""

import re
from pathlib import Path

import pytest

from encdec_lib.web.bundle import bundle
from encdec_lib.widgets import LayerCostDial
from encdec_lib.widgets.layer_cost_dial.layer_cost_dial import LENGTHS, WIDTHS
from encdec_lib.widgets.layer_cost_dial.layer_cost_dial import __file__ as HERE
from tests.browser.looking import CONTRAST
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser


def counted(kind, N, d):
    """Multiply-adds, one dot product after another."""
    done = 0
    for i in range(N):
        if kind == "recurrent":
            done += 6 * sum(d for _ in range(d))  # six matrices meet the token or the state
        elif kind == "convolution":
            done += sum(d for _ in range(3) for _ in range(d))
        else:
            done += 4 * sum(d for _ in range(d))  # query, key, value, output
            for _ in range(N):
                done += d  # a score
            for _ in range(d):
                done += N  # a number of the mixture
        assert i < N
    return done


def test_the_page_counts_as_loops_do(page):
    page.goto("about:blank")
    source = bundle(Path(HERE).with_name("costs.js"))
    sizes = [(kind, N, d) for kind in ("attention", "recurrent", "convolution")
             for N, d in ((7, 5), (3, 11))]  # fmt: skip
    found = page.evaluate(
        """async ([source, sizes]) => {
             const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
             const { total, ratio, large, LENGTHS, WIDTHS } = await import(url);
             return [sizes.map(([kind, N, d]) => total(kind, "matrices", N, d)), LENGTHS, WIDTHS,
               ratio("paper", 64, 512), total("attention", "paper", 7, 5),
               total("recurrent", "paper", 7, 5), [950, 1000, 12345, 999.9e6].map(large)];
           }""",
        [source, sizes],
    )
    assert found[0] == [counted(*size) for size in sizes]
    assert (tuple(found[1]), tuple(found[2])) == (LENGTHS, WIDTHS)
    assert found[3:6] == [0.125, 7 * 7 * 5, 7 * 5 * 5]
    assert found[6] == ["950", "1.0 thousand", "12 thousand", "1.0 billion"]


def test_the_keyboard_moves_both_sliders_across_the_diagonal(show):
    page = show(LayerCostDial(length=64, width=512))
    says = page.locator(".bw-say:not(.is-unseen)")
    root = page.locator(".bw-layer-cost")
    # of multiply-adds, against the GRU
    ratio = (4 * 64 * 512**2 + 2 * 64**2 * 512) / (6 * 64 * 512**2)
    assert f"{ratio:.2f} times" in says.inner_text() and "6% are" in says.inner_text()
    slider = page.get_by_label("Length N")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.bw-layer-cost').dataset.length === '512'")
    assert "equally many" in says.inner_text()
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('.bw-layer-cost').dataset.length === '16384'")
    assert "11 times" in says.inner_text()  # (4 · 512 + 2 · 16384) / (6 · 512) = 11.3
    page.get_by_role("radio", name="the paper").focus()
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('.bw-layer-cost').dataset.count === 'paper'")
    assert "32 times" in says.inner_text() and "N / d" in says.inner_text()
    words = root.locator("svg").first.get_attribute("aria-label")
    assert re.search(r"self-attention 137 billion, recurrent 4.3 billion", words)


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_it_fits_and_nothing_jumps(show, width, theme):
    page = show(LayerCostDial(), width=width, theme=theme)
    tops = set()
    slider = page.get_by_label("Length N")
    slider.focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")
        tops.add(page.locator(".bw-footline").evaluate("e => e.offsetTop"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(tops) == 1
    for text in page.locator(".bw-layer-cost svg text").all():
        size = text.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        assert size >= 13
    assert page.locator(".bw-say:not(.is-unseen)").evaluate(CONTRAST) >= 4.5
