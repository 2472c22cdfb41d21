"""A page that a reader saves works when it is opened again, from a folder and without its files."""

import pytest

from encdec_lib.widgets import HeadsDial

pytestmark = pytest.mark.browser

MOUNTED = "document.querySelectorAll('.bw-root[data-mounted=done]').length === 2"


def test_a_saved_page_has_living_figures(show, tmp_path):
    page = show(HeadsDial("the cat sees the dog", length=5), HeadsDial("a dog sleeps", length=3))
    saved = tmp_path / "saved.html"
    for _ in range(2):  # and one that was saved from a saved page
        saved.write_text(
            page.content(), encoding="utf-8"
        )  # what stands in the page, as browsers do
        page.goto(saved.as_uri())
        page.wait_for_function(MOUNTED)
        assert page.locator(".bw-root > .bw").count() == 2
        assert page.locator(".bw-fallback").count() == 0
        slider = page.get_by_role("slider").first
        before = slider.get_attribute("aria-valuetext")
        slider.focus()
        page.keyboard.press("ArrowRight" if slider.input_value() != slider.get_attribute("max")
                            else "ArrowLeft")  # fmt: skip
        page.wait_for_function(
            "([e, before]) => e.getAttribute('aria-valuetext') !== before",
            arg=[slider.element_handle(), before],
        )


def test_a_second_script_mounts_nothing_again(show):
    page = show(HeadsDial("the cat sees the dog", length=5))
    page.evaluate("document.querySelector('.bw-root').firstElementChild.dataset.kept = 'yes'")
    page.evaluate(
        """() => {
             const again = document.createElement("script");
             again.textContent = document.querySelector(".bw-root + script").textContent;
             document.body.append(again);
           }"""
    )
    page.evaluate("new Promise((done) => setTimeout(done, 50))")
    assert page.locator(".bw-root > [data-kept=yes]").count() == 1
