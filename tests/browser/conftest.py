"""A page from disk with widgets on it: no kernel, no network."""

import pytest

STYLE = """
html { --pst-color-text-base: #1d1f23; --pst-color-text-muted: #555a62;
       --pst-color-background: #fdfcfa; --pst-color-surface: #f4f2ed; --pst-color-border: #d9d5cc; }
html[data-theme="dark"] { --pst-color-text-base: #e6e4df; --pst-color-text-muted: #a9adb4;
       --pst-color-background: #15171a; --pst-color-surface: #1e2125;
       --pst-color-border: #363b42; }
body { margin: 16px; background: var(--pst-color-background); }
"""  # what the book sets (book/_static/tokens.css)


@pytest.fixture
def show(page, tmp_path):
    """Opens widgets on a page from disk and waits until all of them stand."""

    def show(*widgets, width=1000, theme="light"):
        body = "\n".join(widget.static_html() for widget in widgets)
        path = tmp_path / "page.html"
        path.write_text(
            f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>Page</title>'
            f"<style>{STYLE}</style><body>{body}</body></html>",
            encoding="utf-8",
        )
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.as_uri())
        page.wait_for_function(
            "n => document.querySelectorAll('[data-mounted=done]').length === n", arg=len(widgets)
        )
        return page

    return show
