"""When a figure is mounted: as it comes near, and far away ones in turn (host/static.js)."""

import pytest

from encdec_lib.widgets import HeadsDial, RoundingDial

pytestmark = pytest.mark.browser

STATES = "() => [...document.querySelectorAll('.bw-root')].map((e) => e.dataset.mounted)"
DONE = "n => document.querySelectorAll('[data-mounted=done]').length === n"
#: Nothing is ever idle, so that a figure far away must come near.
NEVER_IDLE = "window.requestIdleCallback = () => 0;"


def open_page(page, tmp_path, between="4000px"):
    figures = [widget.static_html() for widget in (HeadsDial(), RoundingDial())]
    gap = f'<div style="height: {between}"></div>'
    path = tmp_path / "page.html"
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title>'
        f"<body>{gap.join(figures)}</body></html>",
        encoding="utf-8",
    )
    page.goto(path.as_uri())
    return page


@pytest.mark.own_page
def test_a_figure_far_away_waits_until_it_comes_near(page, tmp_path):
    page.add_init_script(NEVER_IDLE)
    open_page(page, tmp_path)
    page.wait_for_function(DONE, arg=1)
    assert page.evaluate(STATES) == ["done", "loading"]
    assert page.locator(".bw-fallback").count() == 1
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function(DONE, arg=2)


def test_without_being_looked_at_all_of_them_are_mounted_in_the_end(page, tmp_path):
    open_page(page, tmp_path)
    page.wait_for_function(DONE, arg=2)
    assert page.evaluate("document.querySelectorAll('.bw-root > :not(script)').length") == 2
