"""The trainer of chapter 12 in Chromium, with the engine that readers get."""

import pytest

from encdec_lib.widgets import TransformerTrainer
from tests.browser.training import (
    fits_a_phone,
    frames,
    press,
    status,
    told,
    train,
    wait_for,
)
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser


def big(page) -> list[str]:
    return page.locator(".bw-big b").all_inner_texts()


def test_by_keyboard_alone_a_leak_makes_the_loss_too_good(show):
    page = show(TransformerTrainer(leak=True))
    data = train(page, score=0.5, steps=200)
    frames(page)
    assert int(data["steps"]) >= 200
    loss, right = float(big(page)[0]), big(page)[1]
    assert loss < 0.4 and right in ("0%", "<1%", "1%"), (loss, right)
    label = page.locator(".bw-mask-and-score svg").get_attribute("aria-label")
    assert label.startswith(f"Strings right when it writes by itself: {right} after ")


@pytest.mark.slow
def test_with_its_mask_it_learns_to_write_backwards(show):
    page = show(TransformerTrainer())
    data = train(page, score=0.9, steps=1200)
    assert float(data["score"]) >= 0.9 and int(data["steps"]) <= 1200, data
    wait_for(page, "data.state !== 'running'")
    assert float(big(page)[0]) > 0.02


@pytest.mark.slow
def test_a_leak_that_has_stopped_is_called_too_good(show):
    page = show(TransformerTrainer(leak=True))
    press(page, "train")
    wait_for(page, "data.state === 'stopped'", 60)
    if float(told(page)["loss"]) < 0.1:
        assert status(page).startswith("Too good to be true: a loss of 0.0")
    assert "Hide the answer from it" in status(page)


def test_every_dial_begins_another_run_and_the_mask_follows(show):
    page = show(TransformerTrainer(layers=4, pre_norm=False, warmup=False, string="pop"))
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1 && data.score !== ''")
    dark = "e => [...e.getContext('2d').getImageData(e.width - 9, 20, 1, 1).data]"
    hidden = page.locator(".bw-map canvas").evaluate(dark)
    page.locator("fieldset, [role=radiogroup]").first.get_by_label("yes", exact=True).check()
    frames(page)
    assert told(page)["steps"] == "0"
    assert page.locator(".bw-map canvas").evaluate(dark) != hidden
    assert "nothing hides what it has to write" in status(page)


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_a_phone(show, theme):
    fits_a_phone(show(TransformerTrainer(), width=390, theme=theme))


def test_a_string_that_does_not_fit_gets_one_sentence(show):
    page = show(TransformerTrainer())
    page.get_by_label("Your string").fill("camels")
    said = page.locator(".bw-message").inner_text()
    assert "“s”" in said and said.count(".") == 1
