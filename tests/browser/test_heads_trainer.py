"""The trainer of chapter 11 in Chromium, with the engine that readers get."""

import itertools

import pytest

import encdec_lib.widgets
from encdec_lib.data.pronunciations import PHONEMES
from encdec_lib.widgets import HeadsTrainer, PositionDial
from tests.browser.engine_page import load
from tests.browser.few_words import some_words
from tests.browser.training import faked, frames, press, status, told, train, wait_for
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser

HERE = encdec_lib.widgets.host.trainer_widget.PARTS.parent / "heads_trainer"


def test_by_keyboard_alone_it_learns_to_copy(show):
    page = show(HeadsTrainer("copy", heads=2, longest=4))
    data = train(page, score=0.95, steps=600)
    assert float(data["score"]) >= 0.95 and int(data["steps"]) <= 600, data
    wait_for(page, "data.state === 'solved'")
    page.wait_for_function(
        "document.querySelector('.bw-tape.is-decoder .bw-tape-note').innerText === 'all right'"
    )
    frames(page)
    assert status(page).startswith("Solved with 2 heads") and "Change the heads" in status(page)
    row = page.locator(".bw-runs:not(.bw-costs) tbody td").all_inner_texts()
    assert row[3:9] == ["copy", "2", "4", "16", "sinusoidal", "on"]
    assert int(row[1].replace(",", "")) == int(data["steps"])
    shares = page.locator(".bw-map small").all_inner_texts()
    assert len(shares) == 2 and max(int(one.split("%")[0]) for one in shares) > 50


@pytest.mark.slow
@pytest.mark.parametrize("heads", [1, 4])
def test_it_learns_to_reverse(show, heads):
    page = show(HeadsTrainer("reverse", heads=heads, longest=8))
    data = train(page, score=0.95, steps=2500)
    assert float(data["score"]) >= 0.95 and int(data["steps"]) <= 2500, data


@pytest.mark.slow
def test_without_positions_it_never_learns_to_reverse(show):
    page = show(HeadsTrainer("reverse", positions="none", longest=8))
    data = train(page, score=0.4, steps=1500)
    assert int(data["steps"]) >= 1500 and float(data["score"]) < 0.4


@pytest.mark.slow
def test_without_its_mask_it_reads_the_answer_off_and_cannot_write(show):
    page = show(HeadsTrainer("reverse", leak=True))
    data = train(page, score=0.5, steps=600)
    assert int(data["steps"]) >= 600 and float(data["loss"]) < 0.2 and float(data["score"]) < 0.1


@pytest.mark.parametrize(
    "leak, said",
    [
        (True, "Without the mask it read the answer off: a loss of 0.0"),
        (False, "It is not done: 10% right"),
    ],
)
def test_a_low_loss_without_the_mask_is_explained(show, leak, said):
    page = show(faked(HeadsTrainer(leak=leak, longest=5, seed=8)))  # never better than 0.1
    press(page, "train")
    wait_for(page, "data.state === 'stopped'")
    frames(page)
    assert status(page).startswith(said) and "10% right" in status(page)


def test_without_positions_it_is_told_to_take_them_again(show):
    page = show(faked(HeadsTrainer(positions="none", longest=5, seed=8)))  # never better than 0.1
    press(page, "train")
    wait_for(page, "data.state === 'stopped'")
    frames(page)
    assert status(page).startswith("Without positions it cannot know what stands where: 10% right")
    assert status(page).endswith("Give it positions again.")


@pytest.mark.parametrize("positions", thinned(["learned", "rotary"], ["rotary"]))
@pytest.mark.parametrize("task", ["sort", "look up", "two looks"])
def test_every_task_and_every_kind_of_position_takes_steps(show, task, positions):
    page = show(HeadsTrainer(task, heads=8, longest=4, d_k=8, positions=positions))
    for _ in range(2):
        press(page, "step")
    wait_for(page, "Number(data.steps) === 2 && data.score !== ''")
    page.locator("summary", has_text="Other maps").press("Enter")
    for which in ("reading", "writing"):
        page.get_by_label(which, exact=True).check()
        frames(page)
    assert told(page)["steps"] == "2" and page.locator(".bw-map canvas").count() == 8


def test_words_are_loaded_and_said(show):
    page = show(HeadsTrainer("words", string="day", words=some_words()))
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1 && data.score !== ''")
    frames(page)
    assert not page.get_by_role("slider", name="Longest string").is_visible()
    hint = page.locator(".bw-own-row .bw-hint")
    assert hint.inner_text() == "3 to 8 letters from a to z."
    said = page.locator(".bw-tape.is-decoder .bw-cells i").all_inner_texts()
    assert set(said) <= set(PHONEMES.symbols)
    page.get_by_label("copy", exact=True).check()  # whose letters are others
    frames(page)
    assert page.locator(".bw-own").evaluate("e => e.value") == "codelike"
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1")


def test_without_words_the_task_is_not_offered(show):
    page = show(HeadsTrainer())
    assert page.get_by_label("say a word").count() == 0


def test_the_cost_is_pythons(page):
    load(page, "multiplications", folder=HERE)
    for heads, d_k, longest in ((1, 0, 5), (4, 16, 11), (8, 4, 16)):
        trainer = HeadsTrainer("reverse", heads=heads, d_k=d_k, longest=longest)
        given = {"S": longest, "T": longest + 1, "D": 32, "heads": heads, "d_ff": 64, "V": 20}
        given["d_k"] = d_k or 32 // heads
        got = page.evaluate("(sizes) => multiplications.multiplications(sizes)", given)
        assert got == trainer.multiplications()._asdict()


def test_the_cost_is_folded_away_below_what_it_says(show):
    page = show(HeadsTrainer("look up", heads=2, longest=7))
    summary = page.locator("summary", has_text="What it costs")
    assert not page.locator(".bw-costs").is_visible()
    summary.press("Enter")
    cells = page.locator(".bw-costs tbody tr").first.locator("td").all_inner_texts()
    cost = HeadsTrainer("look up", heads=2, longest=7).multiplications()
    share = round(100 * cost.attention / sum(cost))
    assert cells == [f"{cost.attention:,}", f"{cost.rest:,}", f"{share}%"]
    far = HeadsTrainer("look up", heads=2, longest=7).multiplications(10000)
    said = f"the maps take {share}% of all multiplications now, and "
    said += f"{round(100 * far.attention / sum(far))}% for strings of 10,000 symbols"
    assert said in summary.inner_text()


def test_one_look_shows_where_a_map_should_be(page):
    load(page, "head_maps", folder=HERE.parent / "parts" / "trainer")
    given = {
        "map": {"heads": 2, "rows": 2, "columns": 3, "weights": [0.5, 0.25, 0.25, 0, 0, 1] * 2},
        "right": [[0, 1], [2]],
    }
    assert page.evaluate("(picture) => head_maps.shareRight(picture, 1)", given) == 0.875
    assert page.evaluate("(p) => head_maps.shareRight(p, 0)", {**given, "right": None}) is None


def test_heads_that_do_not_share_the_width_get_one_sentence(show):
    trainer = HeadsTrainer()
    trainer.heads = 3  # as a kernel may set it
    page = show(trainer)
    wait_for(page, "data.state === 'fault'")
    frames(page)
    assert status(page) == "3 heads cannot share a width of 32: choose 4."
    page.get_by_label("4", exact=True).first.check()
    wait_for(page, "data.state === 'ready'")


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_a_phone(show, theme):
    page = show(HeadsTrainer(heads=8, longest=16), width=390, theme=theme)
    press(page, "step")
    wait_for(page, "data.score !== ''")
    frames(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    "task, bad, word",
    [
        ("reverse", "xyz", "“x”"),
        ("look up", "9 code", "from 1 to 4"),
        ("look up", "code", "a place"),
        ("two looks", "code", "one star"),
        ("two looks", "co*de*a", "one star"),
    ],
)
def test_a_string_that_does_not_fit_gets_one_sentence(show, task, bad, word):
    page = show(HeadsTrainer(task))
    page.get_by_label("Your string").fill(bad)
    said = page.locator(".bw-message").inner_text()
    assert word in said and said.count(".") == 1


def test_dials_that_are_moved_seldom_are_folded_away_until_they_say_something(show):
    page = show(HeadsTrainer())
    mask = page.get_by_role("group", name="Causal mask")
    assert page.get_by_role("group", name="Positions").is_visible() and not mask.is_visible()
    page.locator("summary", has_text="Causal mask").press("Enter")
    mask.get_by_label("off", exact=True).check()
    assert page.locator(".bw-dials summary").inner_text() == "Width of a head, d_k · Causal mask"
    assert show(HeadsTrainer(leak=True)).get_by_role("group", name="Causal mask").is_visible()


def test_the_maps_stand_in_one_row_and_have_their_letters(show):
    page = show(HeadsTrainer(), width=780)
    press(page, "step")
    wait_for(page, "data.score !== ''")
    frames(page)
    boxes = [box.bounding_box() for box in page.locator(".bw-map canvas").all()]
    assert len({round(box["y"]) for box in boxes}) == 1 and len(boxes) == 4
    assert (min(box["width"] for box in boxes) - 13) / 8 >= 13  # as in head_maps.js


@pytest.mark.parametrize("width", [390, 780])
def test_it_is_read_from_what_it_learns_to_what_came_of_it(show, width):
    page = show(HeadsTrainer(), width=width)
    names = ["It learns to", "Heads", "Longest string", "Positions"]
    dials = [page.locator(".bw-dials legend, .bw-dials label", has_text=name) for name in names]
    below = [".bw-buttons", ".bw-own-row", ".bw-tape.is-decoder", ".bw-meaning", ".bw-maps"]
    below += [".bw-status", ".bw-others summary", ".bw-runs"]
    page.wait_for_selector(".bw-map canvas")
    places = [one.first.bounding_box() for one in dials]
    rows = [(round(box["y"] / 8), box["x"]) for box in places]
    assert rows == sorted(rows)
    boxes = [page.locator(f"[data-trains] {one}").first.bounding_box() for one in below]
    assert boxes[0]["y"] > places[-1]["y"]
    for above, box in itertools.pairwise(boxes):
        assert box["y"] >= above["y"] + above["height"] - 1


def test_dials_stand_at_the_top_of_their_rows_beside_another_figure_too(show):
    """Which brings the frame's style sheet once more, after that of the trainer."""
    page = show(HeadsTrainer(), PositionDial())
    dials = page.locator(".bw-heads-trainer > .bw-dials")
    assert dials.evaluate("e => getComputedStyle(e).alignItems") == "start"


def test_all_columns_of_the_runs_have_room(show):
    page = show(faked(HeadsTrainer(longest=5)), width=780)
    press(page, "train")
    wait_for(page, "data.state === 'solved'")
    frames(page)
    scroll = page.locator(".bw-runs:not(.bw-costs) .bw-scroll")
    assert scroll.evaluate("e => e.scrollWidth <= e.clientWidth")


def notes(page):
    return page.locator(".bw-note").all_text_contents()


def test_a_line_under_each_dial_says_what_its_value_means(show):
    page = show(HeadsTrainer())
    assert notes(page) == [
        "code becomes edoc.",
        "4 looks for each letter that it writes.",
        "Waves of different lengths are added to each letter.",
        "A head compares 8 numbers of each letter, as the heads share the 32.",
        "While it learns, it sees only what came before.",
    ]
    for name in ("sort", "1", "none"):
        page.get_by_label(name, exact=True).first.check()
    frames(page)
    assert notes(page)[:3] == [
        "code becomes cdeo.",
        "One look for each letter that it writes.",
        "Nothing tells it where a letter stands.",
    ]
    group = page.get_by_role("group", name="Positions")
    assert group.evaluate("e => document.getElementById(e.getAttribute('aria-describedby'))")


def test_the_line_over_the_maps_says_what_rows_and_columns_are(show):
    page = show(HeadsTrainer())
    meaning = page.locator(".bw-meaning")
    assert "a column for each that it reads. " in meaning.inner_text()
    assert "on the letter that has to be written" in meaning.inner_text()
    page.locator("summary", has_text="Other maps").press("Enter")
    page.get_by_label("reading", exact=True).check()
    frames(page)
    assert "a row for each letter that it reads" in meaning.inner_text()
    assert "has to be written" not in meaning.inner_text()
