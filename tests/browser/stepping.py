"""Drives any figure in steps, by keyboard alone, and looks at what must hold for all of them."""

from tests.browser.looking import CONTRAST

ROOT = "[data-stepper]"


def told(page) -> tuple[int, int]:
    """The step, counted from 1, and the case, counted from 0."""
    frame(page)
    data = page.locator(ROOT).evaluate("e => ({...e.dataset})")
    return int(data["step"]), int(data["case"])


def frame(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")


def sentence(page) -> str:
    """What the figure says now."""
    frame(page)
    return page.locator(f"{ROOT} .bw-say[aria-live]").inner_text()


def words(page) -> str:
    """The words in the picture that can be seen, in their order."""
    frame(page)
    return page.locator(f"{ROOT} .bw-stage").evaluate(
        "e => [...e.querySelectorAll('text')]"
        ".filter((t) => getComputedStyle(t).visibility === 'visible')"
        ".map((t) => t.textContent).join(' | ')"
    )


def press(page, key: str):
    """A key, with the focus on the picture."""
    page.locator(f"{ROOT} .bw-stage").focus()
    page.keyboard.press(key)
    frame(page)


def walk(page) -> list[str]:
    """Every sentence of this case, from the first step to the last, by arrow keys."""
    press(page, "Home")
    said = [sentence(page)]
    steps = page.locator(f"{ROOT} .bw-dots li").count()
    for _ in range(steps - 1):
        press(page, "ArrowRight")
        said.append(sentence(page))
    assert told(page)[0] == steps
    press(page, "ArrowRight")
    assert told(page)[0] == steps  # the keys stay in the case
    return said


def check_looks(page, width: int):
    """Whatever the step: nothing jumps, is cut off, is too small or too pale; and none is empty."""
    press(page, "Home")
    tops = set()
    steps = page.locator(f"{ROOT} .bw-dots li").count()
    for step in range(steps):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, step
        tops.add(page.locator(f"{ROOT} .bw-controls").evaluate("e => e.offsetTop"))
        for text in page.locator(f"{ROOT} .bw-stage text").all():
            place = text.evaluate(
                "e => { const b = e.getBoundingClientRect(), s = getComputedStyle(e); "
                "return [b.left, b.right, parseFloat(s.fontSize), s.visibility, e.textContent]; }"
            )
            if place[3] == "visible":
                assert place[0] >= 0 and place[1] <= width + 0.5, place
                assert place[2] >= 13, place
        press(page, "ArrowRight")
    assert len(tops) == 1, f"the bar moves: {tops}"
    for part in (".bw-say[aria-live]", ".bw-headline b", ".bw-footline", ".bw-count"):
        for element in page.locator(f"{ROOT} {part}").all():
            assert element.evaluate(CONTRAST) >= 4.5, part
