"""The page checks an answer field as the library does (tests/book/test_form.py)."""

import pytest

from tests.book.answers import ROOT, answers, attempts, syntax

pytestmark = pytest.mark.browser
SCRIPT = (ROOT / "book" / "_static" / "questions.js").read_text("utf-8")


@pytest.mark.parametrize(
    "name, fields", [pytest.param(name, fields, id=name) for _, name, fields in answers()]
)
def test_the_page_takes_what_is_right_and_nothing_else(page, name, fields):
    first, *rest = syntax.form(name, fields)
    body = first + "".join(f"asked {i}{piece}" for i, piece in enumerate(rest))
    page.set_content(f"<!doctype html><title>Fields</title>{body}<script>{SCRIPT}</script>")
    for values, right in attempts(fields):
        for field, value, shown in zip(
            page.locator(".answer-field").all(), values, fields, strict=True
        ):
            if shown.rule == "choice":
                field.locator(f'input[value="{value}"]').check()
            else:
                field.locator("input").fill(repr(value))
        page.get_by_role("button", name="Check").click()
        done = page.locator("form.answer-fields.done").count() == 1
        assert done == right, (values, page.locator(".answer-said").all_inner_texts())
