"""Every page of the built book, opened in Chromium with no other server in reach."""

import pytest

from encdec_lib.page.chapters import widgets_by_page
from tests.browser.axe import serious
from tests.built.site import book_pages, pages, serving

pytestmark = [pytest.mark.built, pytest.mark.browser, pytest.mark.own_page]

WIDGETS = {f"{page}.html": names for page, names in widgets_by_page().items()}  # of each page
WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}
LIMIT = 1_500_000  # bytes a page may transfer, MathJax apart
# what is wider than the window and does not scroll in a box of its own
TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(e => {
  if (e.getBoundingClientRect().right <= innerWidth + 1) return false;
  for (let p = e.parentElement; p; p = p.parentElement) {
    const style = getComputedStyle(p);
    if (['auto', 'scroll', 'hidden', 'clip'].includes(style.overflowX)) return false;
    if (style.position === 'fixed') return false;
  }
  return true;
}).slice(0, 5).map(e => e.tagName + '.' + e.className)"""


@pytest.fixture(scope="module")
def site():
    with serving() as site:
        yield site


def open_page(page, site, name, theme="light", width="wide"):
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    page.add_init_script(
        f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')"
    )
    page.goto(site.address + name, wait_until="networkidle")
    page.evaluate("() => window.MathJax?.startup?.promise")


def looks() -> list[tuple[str, str, str]]:
    """The book's pages in every theme and width; the listings of sources only once."""
    every = [(name, t, w) for name in book_pages() for t in ("light", "dark") for w in WIDTHS]
    return every + [(name, "dark", "phone") for name in pages() if name not in book_pages()]


@pytest.mark.parametrize("name, theme, width", looks())
def test_a_page_opens_offline_without_errors(page, site, name, theme, width):
    """The `page` fixture fails the test on a remote request or an error in the console."""
    open_page(page, site, name, theme, width)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{overflow} pixels wider than the window: {page.evaluate(TOO_WIDE)}"


@pytest.mark.parametrize("name", book_pages())
def test_every_widget_is_there_without_a_kernel(page, site, name):
    open_page(page, site, name)
    roots = page.locator(".bw-root")
    kinds = roots.evaluate_all("all => all.map(e => e.dataset.widget)")
    assert set(kinds) == set(WIDGETS.get(name, ()))
    for i in range(roots.count()):
        root = roots.nth(i)
        root.scroll_into_view_if_needed()
        page.wait_for_function(
            "e => e.hasAttribute('data-mounted') && !e.querySelector('.bw-fallback')",
            arg=root.element_handle(),
        )
        assert root.get_attribute("data-error") is None
        box = root.bounding_box()
        assert box["width"] > 100 and box["height"] > 30, box


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", book_pages())
def test_axe_finds_nothing_serious(page, site, name, theme):
    open_page(page, site, name, theme)
    for root in page.locator(".bw-root").all():  # figures that start when they come near
        root.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.bw-root')].every(e => e.dataset.mounted === 'done')"
    )
    # in the dark only the colours are others
    assert not (serious(page) if theme == "light" else serious(page, only=("color-contrast",)))


@pytest.mark.parametrize("name", book_pages())
def test_formulas_are_set(page, site, name):
    open_page(page, site, name)
    sources = page.locator(".math").count()
    assert page.locator("mjx-container").count() >= sources
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0


@pytest.mark.parametrize("name", book_pages())
def test_a_page_is_light_to_load(page, site, name, capsys):
    site.sent.clear()
    open_page(page, site, name)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    math = sum(size for path, size in site.sent if "/mathjax/" in path)
    rest = sum(size for path, size in site.sent) - math
    with capsys.disabled():
        print(f"\n  {name}: {rest / 1e3:,.0f} kB, and MathJax {math / 1e3:,.0f} kB", end="")
    largest = sorted(site.sent, key=lambda item: -item[1])[:5]
    assert rest < LIMIT, f"{rest:,} bytes; the largest files are {largest}"
