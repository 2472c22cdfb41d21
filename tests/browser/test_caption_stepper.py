"""Chapter 5's caption, word by word, in the page."""

import numpy as np
import pytest

from encdec_lib.widgets import CaptionStepper
from tests.browser.every_widget import _captioner_model
from tests.browser.stepping import check_looks, press, told, walk, words
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stepper():
    pictures = np.random.default_rng(3).uniform(size=(2, 32, 32)).astype(np.float32)
    return CaptionStepper(_captioner_model(), pictures)


def two(value):
    return f"{'−' if value < -0.005 else ''}{abs(value):.2f}"


def test_every_caption_is_gone_through_by_keyboard(show, stepper):
    page = show(stepper)
    for k, trace in enumerate(stepper.traces):
        said = walk(page)
        assert "1,024 pixels" in said[0] and len(said) == len(trace["steps"]) + 1
        for step, text in zip(trace["steps"], said[1:], strict=True):
            word, share = step["bets"][0]
            written = "it ends the caption" if word == "end" else f"it writes {word}"
            assert f"{written} with probability {two(share)}" in text
            assert f"cosine of {two(step['cosine'])} with H" in text
        page.locator("[data-action=next]").focus()
        page.keyboard.press("Enter")
        assert told(page) == (1, 1 - k)


def test_states_stay_and_the_picture_is_the_readers(show, stepper):
    page = show(stepper, width=390)
    press(page, "Home")
    for _ in range(2):
        press(page, "ArrowRight")
    steps = stepper.traces[0]["steps"]
    seen = words(page)
    for step in steps[:2]:
        assert f"{step['bets'][0][0]} | {two(step['cosine'])}" in seen
    assert f"{steps[1]['bets'][1][0]} | {two(steps[1]['bets'][1][1])}" in seen
    dots = page.evaluate(
        """async () => {
             const image = new Image();
             image.src = document.querySelector(".bw-stage image").getAttribute("href");
             await image.decode();
             const canvas = document.createElement("canvas");
             [canvas.width, canvas.height] = [32, 32];
             const context = canvas.getContext("2d");
             context.drawImage(image, 0, 0);
             return [...context.getImageData(0, 0, 32, 32).data].filter((_, k) => k % 4 === 0);
           }"""
    )
    assert dots == [255 - ink for ink in stepper.pictures[0]]  # dark on white


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, stepper, width, theme):
    check_looks(show(stepper, width=width, theme=theme), width)
