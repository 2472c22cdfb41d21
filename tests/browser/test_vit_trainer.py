"""Mirrors encdec_lib/widgets/vit_trainer: a Vision Transformer learns in a page from disk."""

import numpy as np
import pytest

from encdec_lib.web import page_data
from encdec_lib.widgets import ViTTrainer
from tests.browser.test_autoencoder_trainer import losses_of
from tests.browser.training import frames, press, status, told, train, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def data():
    return page_data.digits(train=1500, held=150, side=28)


def shares(page):
    """Of the patches over the sheet."""
    cells = page.locator(".bw-own-digit .bw-patches i")
    return [float(share) for share in cells.evaluate_all("es => es.map((e) => e.dataset.share)")]


def test_it_learns_to_read_and_shows_where_it_looks(show, data):
    page = show(ViTTrainer(patch=12, layers=1, data=data))
    page.wait_for_function("document.querySelector('.bw-result').innerText !== ''")
    before = shares(page)
    assert len(before) == 4 and 0 < sum(before) < 1
    reached = train(page, 0.7, 400)
    assert float(reached["score"]) >= 0.7 and int(reached["steps"]) <= 400
    page.wait_for_timeout(300)
    assert np.abs(np.subtract(shares(page), before)).max() > 0.02
    read = page.locator(".bw-thumb .bw-read").all_inner_texts()
    labels = page.evaluate("[...document.querySelectorAll('.bw-thumb')].map((e) => e.ariaLabel)")
    right = [label.split(",")[1].startswith(" read rightly") for label in labels]
    assert right == [text == str(k) for k, text in enumerate(read)] and sum(right) >= 5


def test_what_is_drawn_is_read_while_nothing_else_moves(show, data):
    page = show(ViTTrainer(patch=12, data=data))
    page.wait_for_function("document.querySelector('.bw-result').innerText.includes('It reads')")
    first = page.locator(".bw-bars").inner_text()
    page.get_by_role("button", name="Clear").press("Enter")
    page.wait_for_function("document.querySelector('.bw-result').innerText.includes('Draw a')")
    assert set(shares(page)) == {0}
    page.locator(".bw-ink").focus()
    for key in (" ", *["ArrowDown"] * 6, " "):
        page.keyboard.press(key)
    page.wait_for_function("document.querySelector('.bw-result').innerText.includes('It reads')")
    assert page.locator(".bw-bars").inner_text() != first
    assert told(page)["steps"] == "0"


def test_the_held_out_digits_can_be_seen_and_what_looks_is_said_in_plain_words(show, data):
    page = show(ViTTrainer(patch=12, data=data), width=780)
    page.wait_for_function("document.querySelector('.bw-looked').innerText !== ''")
    widths = page.locator(".bw-thumb").evaluate_all("all => all.map((e) => e.offsetWidth)")
    assert len(widths) == 10 and min(widths) >= 60
    said = page.locator(".bw-looked").inner_text()
    own = int(said.split("; ")[1].split("%")[0])
    assert said.startswith("It looks most at row ") and said.endswith(
        "% stays with its own answer so far."
    )
    assert own == pytest.approx(100 * (1 - sum(shares(page))), abs=1)


def test_dials_begin_again(show, data):
    page = show(ViTTrainer(data=data))
    for name, patches in (("4×4", 36), ("6×6", 16), ("12×12", 4)):
        page.get_by_label(name, exact=True).check()
        frames(page)
        page.wait_for_function(
            f"document.querySelector('.bw-status').innerText.includes('untrained: {patches} patch')"
        )
        assert page.locator(".bw-own-digit .bw-patches i").count() == patches
    page.get_by_label("none", exact=True).check()
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1")
    assert told(page)["state"] == "paused" and "Paused after 1 step" in status(page)


def test_the_losses_that_the_cell_compares_with_are_those_of_the_engine(page):
    figure = ViTTrainer()
    cut = {"side": figure.task["crop"], "patch": figure.patch}
    sizes = {"d_model": 32, "heads": figure.heads, "d_ff": 64, "layers": figure.layers} | cut
    blocks = {"heads": figure.heads, "scaled": True, "pre_norm": True, "epsilon": 1e-5}
    model = {
        "encoder": "vit",
        "decoder": "classes",
        "settings": {"encoder": blocks | cut, "decoder": {"pool": "class"}},
        "sizes": sizes | {"positions": True},
    }
    np.testing.assert_allclose(losses_of(page, figure, model), figure.first_losses, rtol=1e-5)


def to_the_end(page):
    """Trains until it is solved or has no step left, however slow the machine is."""
    press(page, "train")
    while True:
        wait_for(page, "data.state !== 'running'", 90)
        frames(page)
        if told(page)["state"] == "solved" or int(told(page)["steps"]) >= 1000:
            return
        press(page, "more")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_the_chapters_setting_reads_nine_in_ten_within_a_thousand_steps(show, seed):
    page = show(ViTTrainer(seed=seed))
    to_the_end(page)
    assert told(page)["state"] == "solved" and float(told(page)["score"]) >= 0.9


@pytest.mark.slow
def test_without_positions_it_does_not_get_there(show):
    page = show(ViTTrainer(positions="none"))
    to_the_end(page)
    assert told(page)["state"] == "stopped" and float(told(page)["score"]) < 0.9
    assert status(page).startswith("Without positions a digit is a heap of patches")
