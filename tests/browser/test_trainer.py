"""The frame of every figure that trains: states, buttons, stop rules, faults."""

import pytest

import encdec_lib.widgets
from encdec_lib.widgets import HeadsTrainer, LengthRace
from tests.browser.engine_page import load
from tests.browser.training import KEEP_ORDERS, faked, frames, press, status, told, wait_for
from tests.helpers.hostile import HOSTILE

pytestmark = pytest.mark.browser

PARTS = encdec_lib.widgets.host.trainer_widget.PARTS / "trainer"


def button(page, action):
    return page.locator(f"[data-trains] [data-action={action}]")


def rows(page):
    return page.locator(".bw-runs:not(.bw-costs) tbody tr")


def test_the_keyboard_takes_it_through_its_states(show):
    page = show(faked(HeadsTrainer("reverse", heads=2, longest=5)))
    assert told(page) == {
        "trains": "", "state": "ready", "steps": "0", "loss": "", "score": ""
    }  # fmt: skip
    page.wait_for_function(
        "document.querySelector('.bw-status').innerText.includes('1,234 parameters, untrained')"
    )
    press(page, "train")
    wait_for(page, "data.state === 'running' && Number(data.steps) > 10")
    assert button(page, "pause").inner_text() == "Pause" and button(page, "step").is_disabled()
    press(page, "pause")
    before = int(told(page)["steps"])
    assert told(page)["state"] == "paused" and button(page, "train").inner_text() == "Go on"
    press(page, "step")
    wait_for(page, f"Number(data.steps) > {before}")
    assert told(page)["state"] == "paused" and float(told(page)["loss"]) > 0
    press(page, "train")
    wait_for(page, "data.state === 'solved'")
    frames(page)
    assert float(told(page)["score"]) >= 0.95
    assert (
        button(page, "train").inner_text() == "Train again" and button(page, "step").is_disabled()
    )
    assert status(page).startswith("Solved with 2 heads")
    assert rows(page).count() == 1
    assert page.locator(".bw-big b").first.inner_text() == "100%"
    press(page, "reset")
    frames(page)
    data = told(page)
    assert (data["state"], data["steps"], data["score"]) == ("ready", "0", "")
    assert page.locator(".bw-loss.is-before").count() == 1 and rows(page).count() == 1


def test_a_score_is_of_the_step_that_stands_beside_it(show):
    page = show(faked(HeadsTrainer(longest=5, seed=8)))
    press(page, "train")
    wait_for(page, "data.state === 'stopped'")
    assert told(page)["steps"] == "400" and told(page)["score"] == "0.1000"


@pytest.mark.slow
def test_again_is_another_seed_and_reset_the_same(show):
    page = show(faked(HeadsTrainer(longest=5)))
    for seed in (0, 1, 2):
        press(page, "train")
        wait_for(page, "data.state === 'solved'")
        frames(page)
        assert rows(page).nth(seed).locator("td").last.inner_text() == str(seed)
    press(page, "reset")
    frames(page)
    assert page.locator(".bw-seed").evaluate("e => e.value") == "2"
    page.get_by_label("8", exact=True).first.check()  # eight heads: seed 0 is new to them
    frames(page)
    assert page.locator(".bw-seed").evaluate("e => e.value") == "0"
    assert page.locator(".bw-loss.is-before").count() == 3


def test_a_dial_begins_again_and_a_live_one_does_not(show):
    page = show(faked(HeadsTrainer(longest=5, heads=1)))
    press(page, "train")
    wait_for(page, "Number(data.steps) > 20")
    press(page, "pause")
    page.wait_for_timeout(100)  # what the engine had said before it was told
    steps = told(page)["steps"]
    page.locator("summary", has_text="Other maps").press("Enter")
    page.get_by_label("writing", exact=True).check()
    assert told(page)["steps"] == steps and told(page)["state"] == "paused"
    page.get_by_role("slider", name="Longest string").press("ArrowRight")
    assert told(page)["steps"] == "0" and told(page)["state"] == "ready"
    assert page.locator(".bw-map").count() == 1
    page.get_by_label("4", exact=True).first.check()
    page.wait_for_function("document.querySelectorAll('.bw-map').length === 4")


def test_what_an_old_run_still_says_is_not_heard(show):
    page = show(faked(HeadsTrainer(longest=5, seed=8)))
    press(page, "train")
    wait_for(page, "Number(data.steps) > 20")
    page.get_by_role("slider", name="Longest string").press("ArrowRight")
    page.evaluate("new Promise((done) => setTimeout(done, 400))")  # 13 ticks
    data = told(page)
    assert (data["state"], data["steps"], data["loss"]) == ("ready", "0", "")


@pytest.mark.slow
def test_it_asks_before_more_than_a_minute(show):
    page = show(faked(HeadsTrainer(longest=5, seed=8)))
    press(page, "train")
    for seconds, label in (
        (20, "Train 20 s more"),
        (40, "Train 20 s more"),
        (60, "Yes, 20 s more"),
    ):
        wait_for(page, f"data.state === 'stopped' && Number(data.steps) >= {20 * seconds}")
        frames(page)
        assert button(page, "more").inner_text() == label
        assert ("shall it go on?" in status(page)) == (seconds == 60)
        assert rows(page).count() == 1, "it is one run that went on"
        if seconds < 60:
            press(page, "more")
            frames(page)
            focused = page.evaluate("document.activeElement.dataset.action")
            assert focused == "pause", "the focus is not lost with the button"


def test_a_fault_is_one_sentence_and_reset_gets_out_of_it(show):
    page = show(faked(HeadsTrainer(longest=5, seed=7)))
    press(page, "train")
    wait_for(page, "data.state === 'fault'")
    frames(page)
    assert status(page) == "The loss grew: choose less."
    assert button(page, "train").get_attribute("aria-disabled") == "true"
    press(page, "train")
    assert told(page)["state"] == "fault"
    page.get_by_text("Speed and seed").click()
    page.locator(".bw-seed").fill("3")
    page.locator(".bw-seed").press("Tab")
    wait_for(page, "data.state === 'ready'")
    press(page, "train")
    wait_for(page, "data.state === 'solved'")


@pytest.mark.own_page
@pytest.mark.slow
def test_steps_can_be_seen_one_by_one_and_ten_by_ten(show, page):
    page.add_init_script(KEEP_ORDERS)
    show(faked(HeadsTrainer(longest=5)))
    page.get_by_text("Speed and seed").click()
    page.get_by_label("one step", exact=True).check()
    press(page, "train")
    wait_for(page, "Number(data.steps) >= 3")
    assert told(page)["state"] == "running"
    page.get_by_label("ten", exact=True).check()
    wait_for(page, "Number(data.steps) >= 23")
    page.get_by_label("flat out", exact=True).check()
    wait_for(page, "data.state === 'solved'")
    orders = page.evaluate("orders.filter(({ type }) => ['step', 'go'].includes(type))")
    kinds = [order.get("count", "go") for order in orders]
    assert kinds == sorted(kinds, key=[1, 10, "go"].index), "one, ten, and then flat out"
    assert kinds.count(1) >= 3 and kinds.count(10) >= 2 and kinds.count("go") == 1


@pytest.mark.own_page
def test_what_nobody_sees_does_not_train(show, page):
    page.clock.install()
    show(faked(HeadsTrainer(longest=5, seed=8)), faked(HeadsTrainer(longest=5, seed=8)))
    page.evaluate("document.querySelector('[data-action=train]').click()")
    page.clock.run_for(100)
    wait_for(page, "Number(data.steps) > 10")
    page.evaluate(
        """Object.defineProperty(document, "hidden", { value: true, configurable: true });
           document.dispatchEvent(new Event("visibilitychange"));"""
    )
    assert told(page)["state"] == "paused"
    page.clock.run_for(100)
    line = page.locator(".bw-status").first
    assert line.inner_text() == "Paused, because the page was hidden."
    page.evaluate("document.querySelector('[data-action=train]').click()")
    page.evaluate("document.querySelector('[data-trains]').style.marginTop = '4000px'")
    for _ in range(20):
        if told(page)["state"] == "paused":
            break
        page.clock.run_for(10_000)
    page.clock.run_for(100)
    assert line.inner_text() == "Paused, because nobody could see it for a minute."


def test_a_screen_reader_hears_of_it_now_and_then(show):
    page = show(faked(HeadsTrainer(longest=5)))
    page.evaluate(
        """window.said = [];
           const live = document.querySelector("[data-trains] [aria-live=polite]");
           new MutationObserver(() => said.push(live.textContent)).observe(
             live, { childList: true, characterData: true, subtree: true });"""
    )
    press(page, "train")
    wait_for(page, "data.state === 'solved'")  # 19 ticks, and a score every fifth
    page.wait_for_function("said.some((text) => text.startsWith('Solved'))")
    assert 1 <= len(page.evaluate("said")) <= 3


@pytest.mark.own_page
@pytest.mark.slow
def test_little_motion_for_who_wants_little(show, page):
    page.add_init_script(KEEP_ORDERS)
    page.emulate_media(reduced_motion="reduce")
    show(faked(HeadsTrainer(longest=5, seed=8)))
    press(page, "train")
    wait_for(page, "data.state === 'stopped'")  # after half a second
    assert page.evaluate("orders.filter(({ type }) => type === 'look').length") <= 4


def test_a_browser_without_simd_is_told_so(show):
    page = show(faked(HeadsTrainer(longest=5, seed=9)))
    told_so = "document.querySelector('.bw-status').innerText.startsWith('This browser computes')"
    page.wait_for_function(told_so)
    assert "choose a shorter length" in status(page)
    press(page, "train")
    page.wait_for_function(f"() => !({told_so})")  # from the first score on it says that
    wait_for(page, "data.state !== 'running'")
    assert "without SIMD" not in status(page), "it was solved all the same"


@pytest.mark.own_page
def test_settings_that_change_quickly_are_built_once(show, page):
    page.add_init_script(KEEP_ORDERS)
    show(faked(HeadsTrainer(longest=5)))
    page.wait_for_function("orders.some(({ type }) => type === 'build')")
    slider = page.get_by_role("slider", name="Longest string")
    for _ in range(5):
        slider.press("ArrowRight")
    press(page, "train")
    wait_for(page, "data.state === 'solved'")
    builds = page.evaluate("orders.filter(({ type }) => type === 'build')")
    assert len(builds) <= 3 and builds[-1]["config"]["task"]["longest"] == 10


@pytest.mark.parametrize("how", ["policy", "missing"])
@pytest.mark.own_page
def test_where_workers_are_refused_it_trains_in_the_page(page, tmp_path, problems, how):
    """The real engine, in slices: a page whose policy forbids workers, and one that has none."""
    policy = "" if how == "missing" else (
        """<meta http-equiv="Content-Security-Policy" content="worker-src 'none';
           script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:">"""
    )  # fmt: skip
    if how == "missing":
        page.add_init_script("delete window.Worker")
    path = tmp_path / "page.html"
    html = HeadsTrainer("copy", heads=1, longest=4).static_html()
    head = f'<!doctype html><html lang="en"><meta charset="utf-8">{policy}<title>P</title>'
    path.write_text(f"{head}{html}</html>", "utf-8")
    page.goto(path.as_uri())
    page.wait_for_selector("[data-mounted=done]")
    press(page, "train")
    wait_for(page, "Number(data.steps) >= 10")
    press(page, "pause")
    wait_for(page, "data.state === 'paused' && data.score !== ''")
    frames(page)
    assert page.locator(".bw-map").count() == 1
    problems.clear()  # the browser says that the policy has forbidden something


@pytest.mark.own_page
def test_a_page_that_refuses_everything_says_so_once(show, page):
    page.add_init_script("delete window.Worker")
    widget = HeadsTrainer(longest=5)
    widget.engine = type(widget.engine)(b"throw new Error('no');")
    show(widget)
    wait_for(page, "data.state === 'fault'")
    frames(page)
    assert status(page).count(".") == 1 and "notebook" in status(page)


def test_two_of_a_kind_live_on_one_page(show):
    page = show(faked(LengthRace(longest=5, string="code")), faked(LengthRace(string="code")))
    ids = page.eval_on_selector_all("[id]", "all => all.map(({ id }) => id)")
    assert len(ids) == len(set(ids))
    page.locator("[data-action=train]").last.click()
    page.wait_for_function("document.querySelectorAll('[data-trains]')[1].dataset.steps > 10")
    assert told(page)["steps"] == "0"


@pytest.mark.parametrize("make", [LengthRace, HeadsTrainer])
def test_what_a_reader_types_stays_text(show, make):
    page = show(faked(make()))
    for typed in HOSTILE:
        page.get_by_label("Your string").fill(typed)
        frames(page)
        assert page.evaluate("window.pwned ?? null") is None
        assert page.locator(".bw-root :is(img, iframe, [onerror], [onload])").count() == 0
    assert page.locator(".bw-message").inner_text() != ""


def test_best_needs_three_seeds_of_every_setting(page):
    load(page, "run_table", folder=PARTS)
    best = """(runs) => run_table.bestSetting(
      runs.map(([heads, seed, steps]) => ({ settings: { heads }, seed, steps })),
      ({ steps }) => steps)"""
    two = [[1, seed, 900 + seed] for seed in range(3)] + [[4, 0, 700], [4, 1, 650]]
    assert page.evaluate(best, two) is None
    assert page.evaluate(best, [*two, [4, 1, 100]]) is None, "a seed counts once"
    assert page.evaluate(best, [*two, [4, 2, 5000]]) == '{"heads":4}', "the median decides"
    assert page.evaluate(best, [*two, [4, 2, None]]) == '{"heads":4}'
    assert page.evaluate(best, two[:3]) is None, "one setting is best of nothing"
    assert page.evaluate(best, [*two, [4, 2, 100], [8, 0, 1]]) is None
