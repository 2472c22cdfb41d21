"""What is seen of a trainer: nothing of it is cut off, unnamed, struck through or too small."""

import pytest

from encdec_lib.widgets import (
    AlignmentTrainer,
    FixedTrainer,
    HeadsTrainer,
    MemoryRace,
    ScoreRace,
    TransformerTrainer,
)
from encdec_lib.widgets.parts import PARTS
from tests.browser.engine_page import load
from tests.browser.every_widget import EVERY_WIDGET
from tests.browser.few_words import some_words
from tests.browser.training import faked, frames, press, wait_for
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser

#: In a row of the table, the heads of what came out of a run.
CAME_OUT = {
    "autoencoder": (lambda: EVERY_WIDGET["AutoencoderTrainer"](), ["error"]),
    "memory": (
        lambda: MemoryRace(length=5),
        [f"{name}: steps to learn" for name in ("tanh RNN", "LSTM", "GRU")],
    ),
    "one vector": (
        lambda: FixedTrainer("code", longest=4),
        ["lacked", "as chosen, wrong", "more room, wrong", "more time, wrong"],
    ),
    "heads": (lambda: HeadsTrainer("copy", longest=4), ["right", "steps"]),
    "transformer": (TransformerTrainer, ["right", "loss"]),
}


@pytest.mark.parametrize("case", thinned(CAME_OUT, ["memory", "heads"]))
def test_a_phone_shows_what_came_out_of_a_run(show, case):
    widget, heads = CAME_OUT[case]
    page = show(faked(widget()), width=390)
    press(page, "train")
    wait_for(page, "['solved', 'stopped'].includes(data.state)")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    frames(page)
    edges = page.locator(".bw-runs thead th").evaluate_all(
        "all => all.map((e) => [e.innerText, e.getBoundingClientRect().right])"
    )
    assert [head.replace("\n", " ") for head, _ in edges[1 : 1 + len(heads)]] == heads
    assert all(right <= 390 for _, right in edges[: 1 + len(heads)]), edges


def test_the_loss_ends_at_the_steps_that_were_taken(page):
    """Whose last few have no report of their own."""
    load(page, "loss_chart", folder=PARTS / "trainer")
    texts = page.evaluate(
        """() => {
          const chart = loss_chart.lossChart();
          document.body.append(chart.node);
          chart.fit(300);
          const track = { label: "run", line: "you", curve: [[1, 2], [483, 1]], loss: 1 };
          chart.draw([{ ...track, steps: 500 }], []);
          return [...chart.node.querySelectorAll("text")].map((e) => e.textContent);
        }"""
    )
    assert texts[-1] == "500 steps"


def test_the_readers_string_is_named_where_it_is_marked(show):
    page = show(faked(FixedTrainer("code", longest=4)))
    line, name = page.locator(".bw-mark-line"), page.locator(".bw-mark-name")
    assert name.text_content() == "your string"
    assert float(line.get_attribute("x1")) == pytest.approx(float(name.get_attribute("x")))
    assert page.locator(".bw-empty").evaluate("e => getComputedStyle(e).paintOrder") == "stroke"


@pytest.mark.parametrize("width, ticks", [(1000, 8), (390, 4)])
def test_steps_are_numbered_in_round_numbers(show, width, ticks):
    page = show(faked(ScoreRace()), width=width)
    frames(page)  # it is drawn for its width
    numbers = page.locator(".bw-race .bw-chart text").all_text_contents()
    numbers = sorted(int(text) for text in numbers if text.isdigit())
    assert numbers == [k * 400 // ticks for k in range(ticks + 1)]


@pytest.mark.parametrize("curves", [2, 4])
def test_names_keep_off_the_curves_on_a_phone(page, curves):
    """Many stand beside their ends; of two, the upper above its curve and the lower below."""
    load(page, "series_chart", folder=PARTS / "trainer")
    lines, names = page.evaluate(
        """(curves) => {
          const series = Array.from({ length: curves }, (_, k) => ({
            ...{ name: String(k), label: `curve ${k}`, line: "you" },
          }));
          const words = { what: "wrong", against: "steps", empty: "" };
          const chart = new series_chart.SeriesChart({ ...words, series });
          chart.node.style.width = "358px";
          document.body.append(chart.node);
          chart.fit();
          chart.range(0, 4);
          for (const { name } of series) chart.set(name, [[0, 1], [4, 0.6 - 0.1 * Number(name)]]);
          const boxes = (kind) => [...chart.node.querySelectorAll(kind)].map((e) => e.getBBox());
          const plain = ({ x, y, width, height }) => (
            { x, y, right: x + width, below: y + height });
          return [boxes(".bw-series").map(plain), boxes(".bw-series-name").map(plain)];
        }""",
        curves,
    )
    assert len(lines) == len(names) == curves
    assert all(name["right"] <= 358 for name in names)
    if curves > 2:
        assert all(name["x"] > max(line["right"] for line in lines) for name in names)
    else:
        (upper, lower), ends = names, [line["below"] for line in lines]
        assert upper["below"] <= ends[0] and lower["y"] >= ends[1]


def test_a_curve_of_one_test_can_be_seen(show):
    page = show(faked(AlignmentTrainer(some_words(), word="day"), tick=5))
    press(page, "train")
    page.wait_for_selector(".bw-two .bw-series-dot.is-attention")
    assert page.locator(".bw-two .bw-series.is-attention").get_attribute("d").count("L") == 0


def test_what_is_wrong_is_counted_and_what_is_cut_off_is_said(page):
    load(page, "tapes", folder=PARTS / "trainer")
    seen = page.evaluate(
        """() => {
          const row = tapes.tape("writes", "decoder", 4);
          return [["a", "b"], ["a"], ["x", "b"], [..."abcdefg"]].map((said) => {
            row.answer(said, ["a", "b"]);
            const cells = [...row.node.querySelectorAll("i")].map((e) => e.textContent).join("");
            return [cells, row.node.querySelector(".bw-tape-note").textContent];
          });
        }"""
    )
    assert seen == [
        ["ab", "all right"],
        ["a·", "1 of 2 wrong"],
        ["xb", "1 of 2 wrong"],
        ["abc…", "5 too many"],
    ]


def test_what_stands_where_nothing_should_is_counted_apart(page):
    """However much is said, no more than all that there should be can be wrong."""
    load(page, "compare", folder=PARTS)
    said = lambda answer, right: page.evaluate(  # noqa: E731
        "([a, r]) => compare.faultsIn(compare.compare([...a], [...r]))", [answer, right]
    )
    assert said("xxxxxxxxxxx", "abcd") == "4 of 4 wrong, 7 too many"
    assert said("abxcde", "abcd") == "2 too many"
    assert said("ac", "abcd") == "2 of 4 wrong"
    assert said("xbcdy", "abcd") == "1 of 4 wrong, 1 too many"
    assert said("abcd", "abcd") == "all right"


def test_before_the_first_step_nothing_is_struck_or_counted(page):
    """Nor is what is no symbol at all, at any time."""
    load(page, "tapes", folder=PARTS / "trainer")
    fresh, unknown, later = page.evaluate(
        """() => {
          const row = tapes.tape("writes", "decoder", 4);
          const seen = () => [[...row.node.querySelectorAll("i")].map((e) => e.className),
                              row.node.querySelector(".bw-tape-note").textContent];
          row.answer([..."??cd?"], ["a", "b", "c"], false);
          const fresh = seen();
          row.said([..."?x"], false);
          const unknown = seen();
          row.answer(["?", "b"], ["a", "b"]);
          return [fresh, unknown, seen()];
        }"""
    )
    assert fresh == [["is-nothing"] * 3 + ["is-cut"], "not trained yet"]
    assert unknown == [["is-nothing"] * 2, "not trained yet"]
    assert later == [["is-nothing", "is-right"], "1 of 2 wrong"]


#: The ends of the curves and the boxes of their names, after curves of these points.
NAMED = """([width, curves]) => {
  const series = curves.map((_, k) => ({ name: String(k), label: `curve ${k}`, line: "you" }));
  const words = { what: "wrong", against: "steps", empty: "" };
  const chart = new series_chart.SeriesChart({ ...words, series });
  chart.node.style.width = `${width}px`;
  document.body.append(chart.node);
  chart.fit();
  chart.range(0, 10);
  curves.forEach((points, k) => chart.set(String(k), points));
  const names = [...chart.node.querySelectorAll(".bw-series-name")].map((e) => [e.textContent, e]);
  return curves.map((points, k) => {
    const [x, share] = points[points.length - 1];
    const box = new Map(names).get(`curve ${k}`).getBBox();
    return { end: [chart.x(x), chart.y(share)], left: box.x, right: box.x + box.width,
             top: box.y, below: box.y + box.height };
  });
}"""


def test_a_short_curve_has_its_name_at_its_end(page):
    """Beside it, at its height, and off a curve that goes on there."""
    load(page, "series_chart", folder=PARTS / "trainer")
    page.add_style_tag(content="svg text { font-size: 14px }")
    curves = [[[0, 1], [2, 0.8]], [[0, 0.5], [3, 0.4]], [[0, 0.4], [10, 0.4]]]
    names = page.evaluate(NAMED, [700, curves])
    assert all(0 < name["left"] - name["end"][0] <= 16 for name in names)
    short, crossed, long = names
    assert all(name["top"] < name["end"][1] < name["below"] for name in (short, long))
    height = crossed["end"][1]  # at which the third curve goes on
    assert height > crossed["below"] - 2 or height < crossed["top"] + 2
    assert min(abs(crossed["below"] - height), abs(crossed["top"] - height)) < 12


def test_names_at_one_place_stand_in_the_order_of_their_curves(page):
    load(page, "series_chart", folder=PARTS / "trainer")
    page.add_style_tag(content="svg text { font-size: 14px }")
    curves = [[[0, 1], [10, end]] for end in (0.02, 0.05, 0.01, 0.04)]
    names = page.evaluate(NAMED, [700, curves])
    tops = [name["top"] for name in names]
    assert sorted(range(4), key=tops.__getitem__) == [1, 3, 0, 2], "the worst on top"
    tops.sort()
    assert all(low - high >= 14 for high, low in zip(tops, tops[1:], strict=False))


def test_the_right_sounds_stand_below_what_was_said(show):
    page = show(AlignmentTrainer(some_words(), word="day", width=32))
    page.wait_for_function(
        "document.querySelector('.bw-dictionary').innerText.startsWith('The dictionary says ')"
    )


TOUCHED = """() => [...document.querySelectorAll(
  ".bw-choice, .bw-button, .bw-example, .bw-own, .bw-slider, .bw-thumb, summary")]
  .map((e) => [e.className || e.tagName, e.getBoundingClientRect()])
  .filter(([, { width }]) => width)
  .map(([name, { width, height }]) => [name, Math.round(width), Math.round(height)])"""

FINGERS = ["AutoencoderTrainer", "ScoreRace", "AlignmentTrainer", "HeadsTrainer", "LengthRace"]


@pytest.mark.parametrize("name", thinned(FINGERS, ["AlignmentTrainer", "ScoreRace"]))
def test_a_finger_finds_room(chromium, tmp_path, name):
    view = {"width": 390, "height": 844}
    context = chromium.new_context(viewport=view, has_touch=True, is_mobile=True)
    page = context.new_page()
    path = tmp_path / "page.html"
    head = '<!doctype html><meta charset=utf-8><meta name="viewport" content="width=device-width">'
    path.write_text(head + EVERY_WIDGET[name]().static_html(), "utf-8")
    page.goto(path.as_uri())
    page.wait_for_selector("[data-mounted=done]")
    small = [one for one in page.evaluate(TOUCHED) if min(one[1:]) < 44]
    context.close()
    assert not small
