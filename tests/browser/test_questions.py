"""The page kit in the browser: questions and answer fields, from disk and without a kernel."""

import pytest

from tests.browser import axe
from tests.browser.kit_page import built

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    pytest.importorskip("sphinx_exercise")
    return built(tmp_path_factory.mktemp("kit"))


@pytest.fixture
def opened(page, chapter):
    page.goto(chapter.as_uri())
    return page


def test_a_question_is_answered_with_the_keyboard(opened):
    question = opened.locator("div.question")
    reason, button = question.locator(".question-reason"), question.locator("button")
    assert not reason.is_visible() and button.is_disabled()
    group = opened.get_by_role("group", name="What of though")
    assert group.get_by_role("radio").count() == 2
    group.get_by_role("radio").first.focus()
    opened.keyboard.press("Space")
    assert button.is_enabled()
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert reason.is_visible() and "It is 3.14." in reason.inner_text()
    assert question.locator(".question-verdict").inner_text() == "It is another one: Two"
    rows = question.locator("fieldset label")
    assert [rows.nth(i).get_attribute("class") for i in (0, 1)] == ["chosen", "right"]
    assert rows.nth(0).inner_text().endswith("yours")
    assert opened.evaluate("document.activeElement.className") == "question-reason"
    assert opened.get_by_role("radio", disabled=True).count() == 2, "decided once"


def test_who_chooses_right_is_told_so(opened):
    opened.get_by_role("radio", name="Two").check()
    opened.get_by_role("button", name="That is my answer").click()
    assert opened.locator(".question-verdict").inner_text() == "You had it."
    assert opened.locator("fieldset label.right.chosen").count() == 1


def fill(page, *answers):
    numbers = page.locator(".answer-fields input[type=text]")
    for place, answer in enumerate(answers):
        numbers.nth(place).fill(answer)
    page.get_by_role("button", name="Check").click()
    return page.locator(".answer-verdict").inner_text()


def test_fields_are_checked_by_their_rules(opened):
    assert fill(opened, "0.7424", "1_024", "\u22121.75") == "2 of 4 are right."
    said = opened.locator(".answer-said").all_inner_texts()
    assert said == ["Not yet.", "Choose one.", "Right.", "Right."]
    opened.locator(".answer-fields").get_by_role("radio", name="general").check()
    assert fill(opened, "0.7426", "1,024", "-6.9") == "All 4 are right."
    assert opened.locator("form.answer-fields.done").count() == 1
    assert fill(opened, "75%", "1024.0", "-7.1") == "3 of 4 are right."
    assert opened.locator("form.answer-fields.done").count() == 0
    assert fill(opened, "3/4", "1025", "3.5") == "2 of 4 are right."
    assert fill(opened, "0,75", "ten", "") == "1 of 4 is right."
    said = opened.locator(".answer-said").all_inner_texts()
    assert said[0] == said[2] == "Write a number, such as 0.75 or 1200."
    assert said[3] == "Write a number."
    wrong = opened.locator("input[aria-invalid=true]")
    assert wrong.count() == 3
    wrong.first.fill("1")
    assert opened.locator("input[aria-invalid=true]").count() == 2, "a new answer is not judged yet"
    assert opened.locator(".answer-verdict").inner_text() == ""


def test_axe_finds_nothing(opened):
    # axe would fetch them, which a page from disk may not
    opened.evaluate("document.querySelectorAll('link[rel=stylesheet]').forEach((l) => l.remove())")

    def found():
        return [
            line
            for part in ("div.question", "form.answer-fields", "div.aims", "p.facts")
            for line in axe.serious(opened, part)
        ]

    assert not found()
    opened.get_by_role("radio", name="Two").check()
    opened.get_by_role("button", name="That is my answer").click()
    fill(opened, "1", "2", "3")
    assert not found()


def test_without_a_script_all_of_it_can_be_read(chromium, chapter):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(chapter.as_uri())
    question = page.locator("div.question")
    assert question.locator("ul.question-options li").count() == 2
    assert not question.get_by_text("It is 3.14.").is_visible()
    question.locator("summary").click()
    assert question.get_by_text("It is 3.14.").is_visible()
    assert not page.locator("form.answer-fields").is_visible()
    context.close()
