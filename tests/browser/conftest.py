"""A page from disk with widgets on it: no kernel, no network."""

import pytest

STYLE = """
html { --pst-color-text-base: #222832; --pst-color-text-muted: #48566b;
       --pst-color-background: #fff; --pst-color-surface: #f3f4f5; --pst-color-border: #d1d5da; }
html[data-theme="dark"] { --pst-color-text-base: #ced6dd; --pst-color-text-muted: #9ca4af;
       --pst-color-background: #121212; --pst-color-surface: #29313d;
       --pst-color-border: #48566b; }
body { margin: 16px; background: var(--pst-color-background); }
"""  # what the book's theme sets


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
