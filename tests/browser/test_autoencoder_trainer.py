"""Mirrors encdec_lib/widgets/autoencoder_trainer: an autoencoder learns in a page from disk."""

import base64

import numpy as np
import pytest

from encdec_lib.web import page_data
from encdec_lib.widgets import AutoencoderTrainer
from tests.browser.engine_page import ENGINE, load
from tests.browser.training import frames, press, status, told, train, wait_for

pytestmark = pytest.mark.browser

PAINTED = """() => {
  const canvases = [...document.querySelectorAll(".bw-thumb canvas")];
  const ink = (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, 14, 14);
    return Array.from({ length: 196 }, (_, k) => 1 - data[4 * k] / 255);
  };
  return canvases.map(ink);
}"""


@pytest.fixture(scope="module")
def data():
    return page_data.digits(train=1000, held=200, side=14)


def error_in(page):
    """The typical difference of a pixel between the held-out digits and what is painted."""
    images = np.array(page.evaluate(PAINTED)).reshape(10, 2, 196)
    return np.sqrt(np.mean((images[:, 0] - images[:, 1]) ** 2))


def test_digits_come_back_while_it_learns(show, data):
    page = show(AutoencoderTrainer(width=8, data=data))
    page.wait_for_function("document.querySelector('.bw-own-error').innerText !== ''")
    before = error_in(page)
    assert page.locator(".bw-h i").count() == 8
    train(page, score=1000, steps=300)
    page.wait_for_timeout(300)
    assert before > 0.3 and error_in(page) < 0.19
    assert float(told(page)["score"]) < 40  # nats an image; the mean digit has more than 50
    sheet, painted = np.array(page.evaluate(PAINTED)).reshape(10, 2, 196)[8]  # lies on the sheet
    said = float(page.locator(".bw-own-error").inner_text().removeprefix("error ").rstrip("%"))
    assert abs(said - 100 * np.sqrt(np.mean((sheet - painted) ** 2))) < 0.5


def test_a_run_ends_at_its_last_step_and_becomes_a_point(show, data):
    trainer = AutoencoderTrainer(width=2, hidden=16, data=data)
    trainer.training = trainer.training | {"steps": 120}
    page = show(trainer)
    press(page, "train")
    wait_for(page, "data.state === 'stopped'", 60)
    frames(page)
    assert told(page)["steps"] == "120"
    assert status(page).startswith("Through 2 numbers the error is ")
    assert page.locator("[data-action=more]").is_hidden(), "there is no step left"
    point = page.locator(".bw-point")
    assert point.count() == 1 and "is-now" not in point.get_attribute("class")
    row = page.locator(".bw-runs tbody td").all_inner_texts()
    assert row[0] in status(page) and row[1:3] == ["2", "16"] and row[4] == "120"
    page.get_by_label("32", exact=True).check()
    assert told(page)["state"] == "ready" and page.locator(".bw-h i").count() == 32
    assert point.count() == 1, "points of other widths stay"


def test_a_reader_draws_with_the_keyboard_and_starts_from_a_held_out_digit(show, data):
    page = show(AutoencoderTrainer(data=data))
    pad = page.locator(".bw-ink")
    ink = "e => e.getContext('2d').getImageData(0, 0, 14, 14).data.reduce((a, b) => a + b)"
    page.get_by_role("button", name="Clear").click()
    empty = pad.evaluate(ink)
    pad.focus()
    for key in (" ", "ArrowDown", "ArrowDown", "ArrowDown", " "):
        page.keyboard.press(key)
    drawn = pad.evaluate(ink)
    page.get_by_role("button", name="seven: put it on the sheet").press("Enter")
    assert pad.evaluate(ink) < drawn < empty


def test_the_losses_that_the_cell_compares_with_are_those_of_the_engine(page):
    figure = AutoencoderTrainer()
    sizes = {"encoding_dim": figure.width, "hidden_dim": figure.hidden}
    model = {"encoder": "dense", "decoder": "dense", "settings": {}, "sizes": sizes}
    np.testing.assert_allclose(losses_of(page, figure, model), figure.first_losses, rtol=1e-5)


def losses_of(page, figure, model):
    """The engine's losses in steps 1, 6, ..., 46."""
    load(page, "run", folder=ENGINE / "training")
    config = {
        "model": model,
        "weights": {"seed": 0},
        "task": figure.task,
        "training": figure.training | {"seed": 0},
    }
    losses = page.evaluate(
        """([config, name, base64]) => {
             const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
             const made = run.createRun(config, { [name]: bytes });
             return Array.from({ length: 50 }, () => made.step());
           }""",
        [config, figure.task["data"], base64_of(figure.digits.data)],
    )
    return losses[::5]


def base64_of(data):
    return base64.b64encode(data).decode()


def test_the_error_is_that_of_the_paintings(page, data):
    load(page, "run", folder=ENGINE / "training")
    held = page_data.unpack_digits(data).held
    config = {
        "model": {
            "encoder": "dense", "decoder": "dense",
            "sizes": {"encoding_dim": 3, "hidden_dim": 5},
        },
        "weights": {"seed": 3},
        "task": {"name": "digits"},
        "training": {"learning_rate": 0.01},
        "scoring": {"examples": 57},
    }  # fmt: skip
    said, logits = page.evaluate(
        """([config, base64, images]) => {
             const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
             const made = run.createRun(config, { digits: bytes });
             for (let k = 0; k < 30; k++) made.step();
             return [made.score(), made.look(images).map((one) => [...one.logits])];
           }""",
        [config, base64_of(data), held.images[:57].reshape(57, 196).tolist()],
    )
    painted = 1 / (1 + np.exp(-np.array(logits)))
    wanted = np.sqrt(np.mean((painted - held.images[:57].reshape(57, 196)) ** 2))
    np.testing.assert_allclose(said["difference"], wanted, rtol=1e-5)
    assert said["score"] == said["nats"] > 0


@pytest.mark.slow
def test_the_wider_h_is_the_smaller_the_error_in_every_seed(show):
    for seed in (0, 1):
        errors = []
        page = show(AutoencoderTrainer(width=2, seed=seed))
        for width in (2, 8, 32):
            page.get_by_label(str(width), exact=True).first.check()
            page.locator(".bw-more summary").first.evaluate("e => e.parentElement.open = true")
            page.locator(".bw-seed").fill(str(seed))
            page.locator(".bw-seed").press("Tab")
            press(page, "train")
            wait_for(page, "data.state === 'stopped' && Number(data.steps) === 1500", 90)
            frames(page)
            errors.append(float(page.locator(".bw-big b").first.inner_text().rstrip("%")))
        assert errors[0] > 17 > 14 > errors[1] > 11 > errors[2]
