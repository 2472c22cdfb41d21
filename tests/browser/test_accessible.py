"""axe-core finds nothing serious in any widget, light or dark."""

import pytest

from tests.browser.axe import ALSO, serious
from tests.browser.every_widget import EVERY_WIDGET
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["light"]))
@pytest.mark.parametrize("name", EVERY_WIDGET)
def test_a_widget_has_nothing_that_axe_calls_serious(show, name, theme):
    page = show(EVERY_WIDGET[name](), theme=theme)
    own = tuple(rule for rule in ALSO if rule != "region")  # landmarks are the page's
    assert not serious(page, ".bw-root", own)


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
