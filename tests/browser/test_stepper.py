"""The frame of the figures in steps: keys, buttons, cases, room, what is said."""

from pathlib import Path

import pytest
import traitlets

from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget
from tests.browser.axe import ALSO, serious
from tests.browser.stepping import ROOT, check_looks, frame, press, sentence, told, walk, words

pytestmark = pytest.mark.browser
COUNTS = [[2, 3, 5], [7, 11, 13, 17, 19, 23, 29]]


class Counting(StepperWidget):
    _esm = Path(__file__).with_name("stepping.js")
    _css = STEPPER_CSS
    counts = traitlets.List().tag(sync=True)


@pytest.fixture
def counting(show):
    return lambda **where: show(Counting(counts=COUNTS, **where))


def test_the_keys_go_through_the_steps_and_stop_at_both_ends(counting):
    page = counting()
    assert told(page) == (1, 0)
    assert [said.split()[5].rstrip(".") for said in walk(page)] == ["2", "5", "10"]
    press(page, "Home")
    press(page, "ArrowLeft")
    assert told(page) == (1, 0)
    press(page, "End")
    assert told(page) == (3, 0)


def test_next_goes_on_to_the_next_case_and_from_the_last_to_the_start(counting):
    page = counting(step=3)
    button = page.locator(f"{ROOT} [data-action=next]")
    assert button.inner_text() == "Next numbers →"
    button.focus()
    page.keyboard.press("Enter")
    assert told(page) == (2, 1)  # `first` of the figure
    for _ in range(5):
        page.keyboard.press("Enter")
        frame(page)
    assert told(page) == (7, 1) and button.inner_text() == "From the start"
    page.keyboard.press("Enter")
    assert told(page) == (1, 0) and button.inner_text() == "Next →"


def test_a_case_is_chosen_by_keyboard_and_the_step_fits_into_it(counting):
    page = counting(step=7, chosen=1)
    page.get_by_role("radio", name="many").focus()
    page.keyboard.press("ArrowLeft")
    assert told(page) == (3, 0)
    assert "adds up to 10" in sentence(page)


def test_back_keeps_the_focus_at_the_first_step(counting):
    page = counting(step=2)
    page.get_by_role("button", name="Step back").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert told(page) == (1, 0)
    assert page.evaluate("document.activeElement.dataset.action") == "back"
    assert page.locator("[data-action=back]").get_attribute("aria-disabled") == "true"


def test_a_number_of_the_bar_leads_to_its_step(counting):
    page = counting(chosen=1)
    page.get_by_role("button", name="Step 5").focus()
    page.keyboard.press("Space")
    assert told(page) == (5, 1)
    assert page.locator("[aria-current=step]").inner_text() == "5"
    assert page.locator(".is-past").count() == 4


def test_later_rows_are_not_seen_and_their_names_are(counting):
    page = counting(chosen=1, step=3)
    assert words(page) == "names stay"
    shown = page.locator(".bw-row").evaluate_all(
        "rows => rows.map((row) => getComputedStyle(row).visibility)"
    )
    assert shown == ["visible"] * 3 + ["hidden"] * 4


def test_what_is_said_is_heard_once_and_unseen_copies_are_not_read(counting):
    page = counting()
    live = page.locator("[aria-live=polite]")
    assert live.count() == 1
    copies = page.locator(".bw-say.is-unseen")
    assert copies.count() == 10
    assert all(copy.get_attribute("aria-hidden") == "true" for copy in copies.all())
    page.evaluate(
        "() => { window.changes = 0; new MutationObserver((c) => { window.changes += c.length; })"
        ".observe(document.querySelector('[aria-live]'), {childList: true}); }"
    )
    page.set_viewport_size({"width": 500, "height": 800})
    frame(page)
    assert page.evaluate("window.changes") == 0  # drawn again, and not said again
    press(page, "ArrowRight")
    assert page.evaluate("window.changes") == 1


@pytest.mark.slow
@pytest.mark.parametrize("theme, width", [("light", 1280), ("dark", 390)])
def test_it_fits_and_nothing_jumps(show, theme, width):
    page = show(Counting(counts=COUNTS, chosen=1), theme=theme, width=width)
    check_looks(page, width)
    assert not serious(page, ".bw-root", tuple(rule for rule in ALSO if rule != "region"))


@pytest.mark.parametrize("motion, animation", [("reduce", "none"), ("no-preference", "bw-appear")])
@pytest.mark.own_page
def test_a_row_fades_in_unless_the_reader_wants_no_motion(counting, motion, animation):
    page = counting()
    page.emulate_media(reduced_motion=motion)
    press(page, "ArrowRight")
    fresh = page.locator(".is-fresh")
    assert fresh.evaluate("e => getComputedStyle(e).animationName") == animation


@pytest.mark.parametrize(
    "where, says",
    [({"step": 0}, "step must be at least 1"), ({"chosen": -1}, "chosen must be at least 0")],
)
def test_a_wrong_beginning_is_refused(where, says):
    with pytest.raises(ValueError, match=says):
        StepperWidget(**where)
