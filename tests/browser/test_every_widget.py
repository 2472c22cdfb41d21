"""Every widget: axe-core finds nothing serious, and on a tablet, where a finger draws or drags, a
long press opens nothing and selects nothing.
"""

import pytest

from encdec_lib import widgets
from tests.browser.axe import ALSO, serious
from tests.browser.every_widget import EVERY_WIDGET
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser

#: How many places to draw on or to drag each widget has; the others have none.
HELD = {
    "AutoencoderTrainer": 1,
    "ViTTrainer": 1,
    "DigitReader": 1,
    "SceneCaptioner": 3,
    "SceneReader": 3,
    "Segmenter": 1,
    "WidthDial": 2,
}

STYLES = """(e) => {
  const style = getComputedStyle(e);
  return [style.touchAction, style.userSelect];
}"""

# Whether the page lets the browser go on with an event of a finger.
GOES_ON = """(e, type) => {
  const event = type === "touchstart"
    ? new TouchEvent(type, { bubbles: true, cancelable: true })
    : new PointerEvent(type, { bubbles: true, cancelable: true, pointerType: "touch" });
  return e.dispatchEvent(event);
}"""


def test_every_widget_is_among_these():
    """But for the class that all of them are."""
    assert set(EVERY_WIDGET) == set(widgets.__all__) - {"BookWidget"}


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["light"]))
@pytest.mark.parametrize("name", EVERY_WIDGET)
def test_nothing_serious_and_only_pads_hold_a_finger(show, name, theme):
    """By axe, and by what happens on a long press; one page for both, as it takes the most time."""
    page = show(EVERY_WIDGET[name](), theme=theme)
    own = tuple(rule for rule in ALSO if rule != "region")  # landmarks are the page's
    assert not serious(page, ".bw-root", own)
    a_long_press_on_a_pad_does_nothing_else(page, HELD.get(name, 0))
    whatever_listens_to_a_finger_going_down_is_a_pad(page, HELD.get(name, 0))


def a_long_press_on_a_pad_does_nothing_else(page, count):
    held = page.locator(".bw-held")
    assert held.count() == count
    for pad in held.all():
        assert pad.evaluate(STYLES) == ["none", "none"]
        assert not pad.evaluate(GOES_ON, "touchstart")  # iOS opens its magnifier from there
        assert not pad.evaluate(GOES_ON, "contextmenu")
    for seen in page.locator(".bw-pointed").all():
        assert seen.evaluate(STYLES)[1] == "none"


def whatever_listens_to_a_finger_going_down_is_a_pad(page, count):
    """Also those which a later widget brings."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    asked = {"expression": "document.body"}
    body = session.send("Runtime.evaluate", asked)["result"]["objectId"]
    below = {"objectId": body, "depth": -1}  # all of the tree
    found = session.send("DOMDebugger.getEventListeners", below)["listeners"]
    listening = [one["backendNodeId"] for one in found if one["type"] == "pointerdown"]
    for node in listening:
        resolved = session.send("DOM.resolveNode", {"backendNodeId": node})["object"]
        asked = {
            "objectId": resolved["objectId"],
            "functionDeclaration": "function () { return getComputedStyle(this).userSelect; }",
        }
        assert session.send("Runtime.callFunctionOn", asked)["result"]["value"] == "none", resolved
    assert len(listening) >= count
    session.detach()


def test_a_finger_draws_and_the_pad_takes_the_keyboard(chromium, tmp_path):
    context = chromium.new_context(viewport={"width": 800, "height": 900}, has_touch=True)
    page = context.new_page()
    path = tmp_path / "page.html"
    path.write_text(
        f"<!doctype html><meta charset=utf-8>{EVERY_WIDGET['WidthDial']().static_html()}", "utf-8"
    )
    page.goto(path.as_uri())
    page.wait_for_selector("[data-mounted=done]")
    plane = page.locator(".bw-plane")
    plane.scroll_into_view_if_needed()
    before = plane.get_attribute("aria-label")
    box = plane.bounding_box()
    page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + 0.2 * box["height"])
    page.wait_for_function(
        "before => document.querySelector('.bw-plane').getAttribute('aria-label') !== before",
        arg=before,
    )
    moved = plane.get_attribute("aria-label")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "moved => document.querySelector('.bw-plane').getAttribute('aria-label') !== moved",
        arg=moved,
    )
    context.close()


def test_axe_sees_what_is_wrong(page, tmp_path):
    """A check that cannot fail would be worse than none."""
    path = tmp_path / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><title>Page</title><main><h1>One</h1>'
        '<p style="color:#999;background:#fff">pale</p><button aria-label="other">text</button>'
        "<table><tr><th></th><th>a</th></tr><tr><td>1</td><td>2</td></tr></table></main>"
        "<p>outside</p></html>",
        "utf-8",
    )
    page.goto(path.as_uri())
    found = "\n".join(serious(page))
    for rule in ("color-contrast", "label-content-name-mismatch", "empty-table-header", "region"):
        assert rule in found
