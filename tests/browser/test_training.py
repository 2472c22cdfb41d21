"""A run, a race and the worker of encdec_lib/web/engine/training, in Chromium."""

import numpy as np
import pytest

from encdec_lib.evaluation.edits import edit_distance
from encdec_lib.evaluation.metrics import exact_match, phoneme_error_rate
from encdec_lib.web.bundle import bundle
from tests.browser.engine_page import ENGINE
from tests.browser.trainer_orders import (
    ATTENTION,
    AUTOENCODER,
    TRANSFORMER,
    VIT,
    build,
    config,
    go,
    said,
    trainer_page,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def told(chromium):
    """A page with the trainer in it."""
    page = trainer_page(chromium)
    yield page
    page.close()


def last(page, *orders, **options):
    """The number of steps and the reason of the last pause."""
    heard = said(page, [build(), *orders], **options)
    return heard["scored"][-1]["steps"], heard["paused"][-1]["why"]


def test_scores_fall_on_steps_and_on_the_last(told):
    heard = said(told, [build(), {"type": "step", "runs": ["a"], "count": 12}])
    assert [score["steps"] for score in heard["scored"]] == [5, 10, 12]
    assert heard["progress"][-1]["steps"] == 12 and heard["paused"][0]["why"] == "asked"
    assert (
        heard["ready"][0]["parameters"] == 2 * (9 * 7 + 18 * 33 + 66) + 12 * 9
        and heard["ready"][0]["product"] == "simd"
    )


def test_the_same_settings_give_the_same_run_whatever_the_clock(told):
    orders = [build(), {"type": "step", "runs": ["a"], "count": 15}]
    one, other = said(told, orders), said(told, orders, slice=3, ticks=2)
    plain = [
        [{k: v for k, v in m.items() if k not in ("seconds", "slices")} for m in heard["scored"]]
        for heard in (one, other)
    ]
    assert plain[0] == plain[1] and len(plain[0]) == 3
    assert one["scored"][-1]["seconds"] != other["scored"][-1]["seconds"]


def test_it_learns_and_stops_when_it_has_solved_its_task(told):
    settings = config(ATTENTION, scoring__every=50, scoring__solved=0.95, scoring__examples=100)
    heard = said(told, [build("a", settings), go()], ticks=0.1, slice=5)
    assert [m["why"] for m in heard["paused"]] == ["solved"]
    final = heard["scored"][-1]
    assert final["solved"] and final["score"] == final["exact"] >= 0.95
    assert [score["steps"] % 50 for score in heard["scored"]] == [0] * len(heard["scored"])
    assert not any(score["solved"] for score in heard["scored"][:-1])
    assert sum(row["count"] for row in final["by_length"]) == final["count"] == 100
    assert [row["length"] for row in final["by_length"]] == [1, 2, 3]
    right = sum(row["count"] * row["exact"] for row in final["by_length"])
    assert right == pytest.approx(100 * final["exact"])


def test_it_stops_when_its_time_is_up(told):
    steps, why = last(told, go(at_most_seconds=0.02))
    assert why == "time" and steps == 20  # each takes a tick, a millisecond
    steps, why = last(told, build(settings=config(scoring__at_most_seconds=0.013)), go())
    assert (steps, why) == (13, "time")


@pytest.mark.parametrize("why", ["asked", "hidden"])
def test_it_stops_when_it_is_told_and_can_go_on(told, why):
    later = {3: [{"type": "pause", "why": why}]}
    steps, said_why = last(told, go(), later=later)
    assert said_why == why and 10 < steps < 40
    again = said(told, [build(), go()], later=later | {4: [go()], 7: later[3]})
    assert len(again["paused"]) == 2 and again["scored"][-1]["steps"] > steps


def test_a_pause_while_nothing_runs_is_answered(told):
    assert said(told, [{"type": "pause"}])["paused"][0]["why"] == "asked"


def test_a_race_by_steps_ends_at_equal_steps_and_one_by_time_at_equal_seconds(told):
    orders = [build("a", config(ATTENTION)), build("b")]
    by_steps = said(told, [*orders, go("a", "b", race="steps", at_most_seconds=0.017)])
    ends = {m["run"]: m for m in by_steps["scored"]}
    assert ends["a"]["steps"] == ends["b"]["steps"] == 17
    by_time = said(told, [*orders, go("a", "b", race="time", at_most_seconds=0.017)])
    ends = {m["run"]: m for m in by_time["scored"]}
    assert abs(ends["a"]["seconds"] - ends["b"]["seconds"]) <= 0.001 + 1e-9
    assert by_time["paused"][-1]["why"] == "time"


def test_a_race_goes_on_until_all_have_solved(told):
    easy, never = config(scoring__solved=0.0), config(ATTENTION, scoring__solved=1.1)
    orders = [build("a", easy), build("b", never), go("a", "b", at_most_seconds=0.03)]
    heard = said(told, orders)
    assert heard["paused"][-1]["why"] == "time"
    assert {m["run"]: m["steps"] for m in heard["scored"]} == {"a": 30, "b": 30}
    both = said(told, [build("a", easy), build("b", easy), go("a", "b")])
    assert both["paused"][-1]["why"] == "solved"
    assert {m["run"]: m["steps"] for m in both["scored"]} == {"a": 5, "b": 5}


def test_in_a_race_none_takes_more_steps_than_it_is_granted(told):
    """One that may take more goes on alone."""
    orders = [build("a", config(scoring__at_most_steps=7)), build("b", config(ATTENTION))]
    orders[1]["config"]["scoring"] |= {"at_most_steps": 23}
    for race in ("steps", "time"):
        heard = said(told, [*orders, go("a", "b", race=race)])
        assert heard["paused"][-1]["why"] == "steps"
        assert {m["run"]: m["steps"] for m in heard["scored"]} == {"a": 7, "b": 23}
    cut = said(told, [*orders, go("a", "b", race="steps", at_most_seconds=0.017)])
    assert cut["paused"][-1]["why"] == "time"
    assert {m["run"]: m["steps"] for m in cut["scored"]} == {"a": 7, "b": 17}


def test_questions_are_answered_while_it_trains(told):
    look = {"type": "look", "run": "a", "sources": [[4, 5, 6], [8]]}
    heard = said(
        told,
        [build("a", config(ATTENTION)), go(at_most_seconds=0.2)],
        later={n: [look] for n in (2, 3)},
    )
    answers = heard["looked"][0]["answers"]
    assert [m["slices"] for m in heard["looked"]] == [2, 3]
    assert 0 < heard["looked"][0]["steps"] < heard["looked"][1]["steps"]
    assert heard["looked"][1]["steps"] < heard["scored"][-1]["steps"]
    for answer, source in zip(answers, look["sources"], strict=True):
        weights = np.array(answer["weights"])
        assert weights.shape[1] == len(source)
        np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
        assert all(4 <= token < 9 for token in answer["tokens"])


def test_looking_changes_nothing_about_the_training(told):
    orders = [build("a", config(TRANSFORMER)), {"type": "step", "runs": ["a"], "count": 20}]
    look = {"type": "look", "run": "a", "sources": [[4, 5, 6]]}
    plain, looked = said(told, orders), said(told, orders, later={0: [look], 1: [look]})
    assert [m["score"] for m in plain["scored"]] == [m["score"] for m in looked["scored"]]
    assert [m["error_rate"] for m in plain["scored"]] == [m["error_rate"] for m in looked["scored"]]


def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence(told):
    sentence = told.evaluate(
        """(settings) => {
             const messages = [];
             const { weights } = run.createRun(settings);
             const exported = weights();
             new Float32Array(exported.data).fill(NaN);
             const trained = new trainer.Trainer((m) => messages.push(m), { soon: (f) => f() });
             trained.take({ type: "build", run: "a", config: { ...settings, weights: exported } });
             trained.take({ type: "go", runs: ["a"] });
             return messages.at(-1);
           }""",
        config(),
    )
    assert sentence["type"] == "failed" and sentence["run"] == "a"
    assert "no longer a number after 1 steps" in sentence["sentence"]
    assert "learning_rate was 0.01" in sentence["sentence"]
    assert "Lower learning_rate" in sentence["sentence"]


def test_edits_and_scores_are_those_of_the_library(told):
    random = np.random.default_rng(2)
    answers = [random.integers(4, 7, random.integers(0, 7)).tolist() for _ in range(40)]
    references = [
        [random.integers(4, 7, random.integers(1, 7)).tolist() for _ in range(1 + n % 3)]
        for n in range(40)
    ]
    examples = [{"references": r, "length": 1 + n % 5} for n, r in enumerate(references)]
    score, edits = told.evaluate(
        """([examples, answers]) => [scoring.tokenScore(examples, answers),
             answers.map((answer, n) => scoring.edits(answer, examples[n].references[0]))]""",
        [examples, answers],
    )
    words = [list(map(str, answer)) for answer in answers]
    known = [[list(map(str, one)) for one in several] for several in references]
    assert edits == [edit_distance(w, k[0]) for w, k in zip(words, known, strict=True)]
    assert 100 * score["exact"] == pytest.approx(exact_match(words, known))
    assert 100 * score["error_rate"] == pytest.approx(phoneme_error_rate(words, known))
    part = [n for n in range(40) if n % 5 == 2]
    (row,) = (row for row in score["by_length"] if row["length"] == 3)
    subset = [words[n] for n in part], [known[n] for n in part]
    assert 100 * row["error_rate"] == pytest.approx(phoneme_error_rate(*subset))
    assert row["count"] == 8


@pytest.mark.parametrize("name", ["ViT", "autoencoder"])
def test_images_are_learned_and_scored(told, name):
    """Ten patterns of black and white, each a class of its own."""
    side, train, held = 14, 40, 10
    labels = np.arange(train + held, dtype=np.uint8) % 10
    patterns = np.random.default_rng(0).integers(0, 2, (10, side * side // 2)) * 255
    data = np.array([side, train, held, 0], "<u4").tobytes() + labels.tobytes()
    data += patterns[labels].astype(np.uint8).tobytes()
    settings = config(
        VIT if name == "ViT" else AUTOENCODER, task={"name": "digits"}, training__batch=20
    )
    first, after = told.evaluate(
        """([settings, data]) => {
             const made = run.createRun(settings, { digits: Uint8Array.from(data) });
             const first = made.score();
             for (let n = 0; n < 200; n++) made.step();
             return [first, made.score()];
           }""",
        [settings, list(data)],
    )
    if name == "ViT":
        assert first["measure"] == "accuracy" and first["score"] < 0.4
        assert after["accuracy"] == after["score"] >= 0.9
    else:
        assert first["measure"] == "nats" and first["score"] > 100
        assert 0 < after["nats"] == after["score"] < 20


def test_a_worker_trains_from_a_blob_and_hands_out_its_weights(page, tmp_path):
    (tmp_path / "page.html").write_text("<!doctype html><meta charset=utf-8>", "utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    messages = page.evaluate(
        """async ([source, config]) => {
             const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
             const worker = new Worker(url), messages = [];
             await import(url);
             const post = (order) => worker.postMessage(order);
             await new Promise((done) => {
               worker.onmessage = ({ data }) => {
                 messages.push({ ...data, bytes: data.data?.byteLength });
                 if (data.type === "paused") post({ type: "weights", run: "a" });
                 if (data.type === "weights") done();
               };
               post({ type: "build", run: "a", config });
               post({ type: "step", runs: ["a"], count: 7 });
             });
             const here = [];
             await new Promise((done) => {
               const take = bookEngineHere((message) => {
                 here.push(message);
                 if (message.type === "paused") done();
               });
               take({ type: "build", run: "a", config });
               take({ type: "step", runs: ["a"], count: 7 });
             });
             return [messages, here];
           }""",
        [bundle(ENGINE / "training" / "worker.js"), config()],
    )
    there, here = messages
    assert [m["type"] for m in there if m["type"] != "progress"] == [
        "ready", "scored", "scored", "paused", "weights",
    ]  # fmt: skip
    assert there[-1]["bytes"] == 4 * there[0]["parameters"]
    scores = [[m["error_rate"] for m in side if m["type"] == "scored"] for side in (there, here)]
    assert scores[0] == scores[1]
