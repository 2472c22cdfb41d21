"""Chapter 6's BLEU in steps: the page says what is counted, and ends in the library's score."""

import pytest

from encdec_lib.evaluation import metrics
from encdec_lib.widgets import BleuStepper
from tests.browser.stepping import check_looks, press, walk, words
from tests.helpers.thinned import thinned
from tests.widgets.test_bleu_stepper import OUTPUTS, REFERENCES

pytestmark = pytest.mark.browser


def build(outputs=OUTPUTS, references=REFERENCES):
    return BleuStepper(outputs, references)


@pytest.mark.parametrize("width", [390, 900])
def test_it_is_gone_through_by_keyboard_and_ends_in_the_score(show, width):
    page = show(build(), width=width)
    said = walk(page)
    assert len(said) == 8
    assert "4 of 5 are found, all but the second a; in the second output 5 of 6" in said[1]
    assert "2 of 4 are found, a dog and dog sees; in the second output 4 of 5" in said[2]
    assert "1 of 3 is found, a dog sees; in the second output 3 of 4" in said[3]
    assert (
        "none of 2 is found" in said[4] and "first output alone would have a BLEU of 0" in said[4]
    )
    assert (
        "4\u00a0+\u00a05 are found of 5\u00a0+\u00a06" in said[5] and "67%, 57% and 40%" in said[5]
    )
    assert "11 words together, and the references 12" in said[6] and "=\u00a00.9131" in said[6]
    score = metrics.bleu([o.split() for o in OUTPUTS], [[r.split()] for r in REFERENCES])
    assert said[7].endswith(f"a BLEU of {score:.1f}.")
    assert words(page).endswith(f"BLEU | {score:.1f}")
    picture = page.locator(".bw-stage svg").get_attribute("aria-label")
    assert "Found of the pairs: 2 of 4 and 4 of 5." in picture
    assert picture.endswith(f"BLEU: {score:.1f}.")


def test_a_bar_for_every_run_filled_where_it_is_found(show):
    stepper = build()
    page = show(stepper)
    press(page, "Home")
    assert "of" not in words(page).split(" | ")[-1]
    for n in range(1, 5):
        press(page, "ArrowRight")
        for name, mark in (("bw-fill", True), ("bw-hollow", False)):
            seen = page.locator(f".bw-stage .bw-row.is-now rect.{name}").count()
            runs = [run for marks in stepper.found for row in marks[:n] for run in row]
            assert seen == sum(run is mark for run in runs), (n, name)
    assert "0 of 2 | " in words(page) and "9 of 11" not in words(page)
    press(page, "ArrowRight")
    for share in ("9 of 11 | 82%", "6 of 9 | 67%", "4 of 7 | 57%", "2 of 5 | 40%"):
        assert share in words(page)


def test_outputs_that_are_right_or_too_long(show):
    page = show(build(REFERENCES, OUTPUTS))  # each the other's reference
    said = walk(page)
    assert (
        "It is 1 here, since the outputs have 12 words and the references no more than 11"
        in said[6]
    )
    page = show(build(REFERENCES, REFERENCES))
    said = walk(page)
    assert "all 6 are found; in the second output all 6" in said[1] and "BLEU of 0" not in said[4]
    assert said[-1].endswith("a BLEU of 100.0.")


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, width, theme):
    check_looks(show(build(), width=width, theme=theme), width)
