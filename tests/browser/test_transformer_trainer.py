"""The trainer of chapter 12 in Chromium, with the engine that readers get."""

import math

import pytest

from encdec_lib.widgets import TransformerTrainer
from encdec_lib.widgets.parts import PARTS
from tests.browser.engine_page import load
from tests.browser.training import (
    faked,
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

HERE = PARTS.parent / "transformer_trainer"
CURVES = ".bw-lab-side > .bw-plot svg"


def big(page) -> list[str]:
    return page.locator(".bw-big b").all_inner_texts()


def test_by_keyboard_alone_a_leak_makes_the_loss_too_good(show):
    page = show(TransformerTrainer(leak=True))
    data = train(page, score=0.5, steps=200)
    frames(page)
    assert int(data["steps"]) >= 200
    loss, right = float(big(page)[0]), big(page)[1]
    assert loss < 0.4 and right in ("0%", "<1%", "1%"), (loss, right)
    label = page.locator(CURVES).get_attribute("aria-label")
    assert f". Strings right by itself: {right} after " in label
    names = page.locator(f"{CURVES} .bw-series-name").all_text_contents()
    taught, alone = (int(name.rsplit(" ", 1)[1].strip("<>%")) for name in names)
    assert names[0].startswith("in training ") and names[1].startswith("by itself ")
    assert taught > 65 > 5 > alone, names


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
        assert status(page).startswith("Too good to be true: in training it gives the right next")
    assert "Let it see only what came before" in status(page)


@pytest.mark.parametrize("leaks", [False, True])
def test_the_rule_shows_what_each_row_may_see(page, leaks):
    load(page, "rule", folder=HERE)
    rows = page.evaluate("(leaks) => rule.rowsOf(['l', 'e', 'm'], leaks)", leaks)
    assert [row["writes"] for row in rows] == ["l", "e", "m", "▪"]
    given = ["◦", "l", "e", "m"]
    for t, row in enumerate(rows):
        for s, cell in enumerate(row["cells"]):
            seen = leaks or s <= t
            assert cell["text"] == (given[s] if seen else "")
            assert cell["kind"] == ("hidden" if not seen else "answer" if s == t + 1 else "seen")


def test_every_dial_begins_another_run_and_the_rule_follows(show):
    page = show(TransformerTrainer(layers=4, pre_norm=False, warmup=False, string="pop"))
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1 && data.score !== ''")
    cells = page.locator(".bw-rule-rows i")
    assert (cells.count(), page.locator(".bw-rule-rows .is-hidden").count()) == (16, 6)
    assert "only what came before" in page.locator(".bw-rule-says").inner_text()
    page.get_by_label("the whole answer", exact=True).check()
    frames(page)
    assert told(page)["steps"] == "0"
    assert page.locator(".bw-rule-rows .is-hidden").count() == 0
    assert page.locator(".bw-rule-rows .is-answer").all_inner_texts() == list("pop")
    assert "also the answer" in page.locator(".bw-rule-says").inner_text()
    assert "nothing hides what it has to write" in status(page)
    page.get_by_label("Your string").fill("lace")
    frames(page)
    assert page.locator(".bw-rule-rows .is-answer").all_inner_texts() == list("ecal")


def test_what_experts_turn_is_folded_away_and_explained(show):
    page = show(TransformerTrainer())
    norm = page.get_by_role("group", name="Layer norm")
    assert not norm.is_visible()
    page.locator(".bw-dials summary").press("Enter")
    norm.get_by_label("after", exact=True).check()
    frames(page)
    note = norm.evaluate(
        "e => document.getElementById(e.getAttribute('aria-describedby'))?.innerText"
    )
    assert note == (
        "Each vector is brought to one size after every part of a block, as in the first paper."
    )
    assert norm.is_visible() and told(page)["steps"] == "0"


def test_both_curves_are_shares_and_the_run_before_is_grey(show):
    page = show(faked(TransformerTrainer(seed=8)))  # never better than 0.1
    press(page, "train")
    wait_for(page, "data.state === 'stopped'")
    frames(page)
    names = page.locator(f"{CURVES} .bw-series-name").all_text_contents()
    taught = round(100 * math.exp(-3 * math.exp(-int(told(page)["steps"]) / 100)))
    assert names == [f"in training {taught}%", "by itself 10%"]
    ys = [float(y) for y in page.locator(f"{CURVES} .bw-series-name").evaluate_all(
        "all => all.map((e) => e.getAttribute('y'))")]  # fmt: skip
    assert ys[1] - ys[0] > 60, "they stand at the ends of their curves"
    page.get_by_label("the whole answer", exact=True).check()
    frames(page)
    assert page.locator(f"{CURVES} .is-before").count() == 1
    assert page.locator(f"{CURVES} .bw-series-name").count() == 0


@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
def test_names_of_curves_that_end_together_stand_apart(page, share):
    load(page, "score_chart", folder=HERE)
    low, high = page.evaluate(
        """(share) => {
          const chart = score_chart.scoreChart();
          chart.node.style.width = "358px";
          document.body.append(chart.node);
          chart.fit();
          chart.draw([{ curve: [[1, 3], [100, -Math.log(share)]], loss: -Math.log(share) }]);
          chart.add(100, share);
          const names = [...chart.node.querySelectorAll(".bw-series-name")];
          return names.map((e) => Number(e.getAttribute("y"))).sort((a, b) => a - b);
        }""",
        share,
    )
    assert high - low >= 17.9 and low > 12 and high < 170


@pytest.mark.parametrize("theme", thinned(["light", "dark"], ["dark"]))
def test_it_fits_a_phone(show, theme):
    fits_a_phone(show(TransformerTrainer(), width=390, theme=theme))


def test_a_string_that_does_not_fit_gets_one_sentence(show):
    page = show(TransformerTrainer())
    page.get_by_label("Your string").fill("camels")
    said = page.locator(".bw-message").inner_text()
    assert "“s”" in said and said.count(".") == 1
