"""The race of chapter 3 in Chromium, and the reach of its gradients against JAX."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.recurrent import RNN
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web.same_batches import held_out
from encdec_lib.web.same_training import fitted_losses
from encdec_lib.widgets import MemoryRace
from encdec_lib.widgets.host.trainer_widget import PARTS
from tests.browser.engine_page import ENGINE, add, load
from tests.browser.training import frames, press, status, told, train, wait_for

pytestmark = pytest.mark.browser

HERE = PARTS.parent / "memory_race"


@pytest.fixture(scope="module")
def engine(chromium):
    page = chromium.new_page()
    load(page, "plan", folder=HERE)
    add(page, "run", folder=ENGINE / "training")
    add(page, "reach_run", folder=Path(__file__).parent)
    yield page
    page.close()


def small(cell, **settings):
    config = MemoryRace(length=5, bias=3).configs[cell]
    config["task"] |= {"shortest": 2, "longest": 7}
    config["training"] |= {"batch": 5}
    config["scoring"] |= {"examples": 11}
    return config | settings


def test_the_page_and_python_mean_the_same(engine):
    race = MemoryRace(length=20, bias=3, seed=7)
    said = engine.evaluate("plan.plan({ length: 20, bias: 3 }, 7)")
    assert {run["name"]: run["config"] for run in said["runs"]} == race.configs


def test_the_losses_that_the_figure_carries_are_the_engines(engine):
    for cell, config in MemoryRace().configs.items():
        said = engine.evaluate(
            "(config) => { const made = run.createRun(config);"
            " return Array.from({ length: 20 }, () => made.step()); }",
            config,
        )
        np.testing.assert_allclose(said, MemoryRace.first_losses[cell], rtol=2e-5)


@pytest.mark.parametrize("cell", ["gru", pytest.param("tanh", marks=pytest.mark.slow)])
def test_fit_and_the_page_have_the_same_losses(cell):
    """The GRU's model is the library's, and the tanh RNN's with another layer on each side."""
    race = MemoryRace()
    model = seq2seq(Seq2SeqConfig(12, 12, embed_dim=8, state_dim=16), rngs=nnx.Rngs(0))
    if cell == "tanh":
        model.encoder.rnn, model.decoder.rnn = (RNN(8, 16, rngs=nnx.Rngs(0)) for _ in "ab")
    here = fitted_losses(model, race.configs[cell])
    np.testing.assert_allclose(here, race.first_losses[cell], rtol=1e-4)


def step(cell, x, state, P, path):
    """One step of a unit by its equations; the state is all that it hands on."""
    D = state.shape[-1] // (2 if cell == "lstm" else 1)
    h, c = state[:D], state[D:]
    a = x @ P[f"{path}.W_in"] + P[f"{path}.b_in"]
    q = h @ P[f"{path}.W_rec"] + (P[f"{path}.b_rec"] if cell == "gru" else 0)
    if cell == "tanh":
        return jnp.tanh(a + q)
    if cell == "gru":
        (a_r, a_z, a_n), (q_r, q_z, q_n) = jnp.split(a, 3), jnp.split(q, 3)
        z = jax.nn.sigmoid(a_z + q_z)
        return (1 - z) * jnp.tanh(a_n + jax.nn.sigmoid(a_r + q_r) * q_n) + z * h
    i, f, g, o = jnp.split(a + q, 4)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jnp.concatenate([jax.nn.sigmoid(o) * jnp.tanh(c), c])


def loss(nudges, cell, source, target, P):
    """Of one example, with something added to each state of the encoder."""
    state = jnp.zeros(nudges.shape[1])
    for token, nudge in zip(source, nudges, strict=True):
        x = P["encoder.embedding.embedding"][token]
        state = step(cell, x, state, P, "encoder.rnn") + nudge
    total = 0.0
    for before, token in zip([1, *target[:-1]], target, strict=True):
        x = P["decoder.embedding.embedding"][before]
        state = step(cell, x, state, P, "decoder.rnn")
        D = P["decoder.output.kernel"].shape[0]
        logits = state[:D] @ P["decoder.output.kernel"] + P["decoder.output.bias"]
        total -= jax.nn.log_softmax(logits)[token]
    return total


@pytest.mark.parametrize(
    "cell", ["lstm", *(pytest.param(cell, marks=pytest.mark.slow) for cell in ("tanh", "gru"))]
)
def test_the_reach_is_that_of_jax(engine, cell):
    """Against the gradient of every state in a loop over steps, whatever the lengths."""
    config = small(cell)
    said = engine.evaluate("(config) => reach_run.reached(config)", config)
    shapes = engine.evaluate("(config) => run.createRun(config).weights().manifest", config)
    flat, P = np.array(said["weights"], np.float32), {}
    for path, entry in shapes.items():
        size, start = int(np.prod(entry["shape"])), entry["offset"] // 4
        P[path] = jnp.asarray(flat[start : start + size].reshape(entry["shape"]))
    width = 32 if cell == "lstm" else 16
    shares = [[] for _ in range(7)]
    slope = jax.jit(jax.grad(loss), static_argnums=1)
    for source, target in held_out(config["task"], 11):
        lengths = np.linalg.norm(
            slope(jnp.zeros((len(source), width)), cell, source, target, P), axis=1
        )
        for n, length in enumerate(lengths[::-1]):
            shares[n].append(length / lengths[-1])
    middle = [sorted(one)[len(one) // 2] for one in shares]
    np.testing.assert_allclose(said["reach"], middle, rtol=2e-3)
    assert said["reach"][0] == 1 and len(said["reach"]) == 7


def test_asking_for_the_reach_changes_nothing(engine):
    config = small("gru")
    plain, asked = (
        engine.evaluate("([config, asked]) => reach_run.losses(config, asked)", [config, one])
        for one in (False, True)
    )
    assert plain == asked


def test_settings_that_cannot_be(engine):
    refused = lambda config: engine.evaluate("(config) => reach_run.refused(config)", config)  # noqa: E731
    assert "keep_bias must be a number from -20 to 20" in refused(
        small("gru", weights={"seed": 0, "keep_bias": 21})
    )
    birnn = {
        "encoder": "birnn", "decoder": "attention",
        "sizes": {"embed_dim": 4, "encoder_dim": 4, "state_dim": 4, "align_dim": 4},
    }  # fmt: skip
    assert "hands over its last state" in refused(small("gru", model=birnn))


def test_by_keyboard_alone_all_three_learn_five_letters(show):
    page = show(MemoryRace(length=5, first="h"))
    assert status(page).startswith("None of the three knows yet")
    notes = page.locator(".bw-saying small")
    assert notes.all_inner_texts() == ["not trained yet"] * 3
    assert page.locator(".bw-saying .is-wrong, .bw-saying .is-missing").count() == 0
    data = train(page, score=2, steps=500)
    assert data["state"] == "solved" and int(data["steps"]) <= 500, data
    frames(page)
    assert page.locator(".bw-saying i").all_inner_texts() == ["h", "h", "h"]
    assert all(text.endswith("% right on new strings") for text in notes.all_inner_texts())
    assert status(page).startswith("All three have learned it: ")
    page.get_by_text("Loss, your runs").press("Enter")
    row = page.locator(".bw-runs tbody td").all_inner_texts()
    assert row[3:5] == ["5", "73%"] and all(int(text) <= 500 for text in row[:3])
    label = page.locator(".bw-signal svg").get_attribute("aria-label")
    assert label.startswith("How much of the learning signal reaches each letter of h f b g d. At")
    assert label.count(":") == 4 and "not measured" not in label


@pytest.mark.slow
def test_at_ten_letters_the_units_part(show):
    """The GRU learns it within 500 steps, the tanh RNN not within 1,000."""
    page = show(MemoryRace())
    data = train(page, score=0.95, steps=500)
    assert float(data["score"]) >= 0.95 and int(data["steps"]) <= 500, data
    press(page, "train")
    wait_for(page, "Number(data.steps) >= 1000 || data.state === 'solved'", 90)
    frames(page)
    tanh = page.locator(".bw-saying small").first.inner_text()
    assert int(tanh.split("%")[0]) < 80


def test_a_dial_begins_again_and_a_letter_does_not(show):
    page = show(MemoryRace(length=5))
    press(page, "step")
    wait_for(page, "Number(data.steps) === 1")
    field = page.locator(".bw-own")
    field.fill("g")
    frames(page)
    assert page.locator(".bw-tape .bw-cells i").first.inner_text() == "g"
    field.fill("z")
    frames(page)
    assert "cannot read “z”" in page.locator(".bw-message").inner_text()
    assert told(page)["steps"] == "1"
    page.get_by_label("95%").check()
    wait_for(page, "data.state === 'ready' && data.steps === '0' && data.score !== ''")
    page.get_by_label("20", exact=True).check()
    frames(page)
    assert page.locator(".bw-tape .bw-cells i").count() == 20
    assert "".join(page.locator(".bw-letter-read").all_text_contents()).startswith("gfbgd")


#: The chart for a string and one network's shares: where its curve is, and what is written where.
SIGNAL = """([width, letters, reach]) => {
  const racer = { name: "a", label: "tanh RNN", line: "you" };
  const chart = new signal_chart.SignalChart([racer]);
  chart.node.style.width = `${width}px`;
  document.body.append(chart.node);
  chart.fit();
  chart.begin([...letters], true);
  chart.set("a", reach);
  const numbers = chart.node.querySelector("path").getAttribute("d").match(/[\\d.]+/g).map(Number);
  const texts = [...chart.node.querySelectorAll("text")].map((e) => {
    const { x, y, width, height } = e.getBBox();
    return { text: e.textContent, kind: e.getAttribute("class") ?? "", x, right: x + width,
             middle: x + width / 2, below: y + height };
  });
  return { numbers, texts, label: chart.drawing.node.getAttribute("aria-label") };
}"""


@pytest.mark.parametrize("width", [880, 358])
def test_the_signal_runs_from_the_last_letter_back_to_the_first(page, width):
    """Each step down the axis is another factor of ten, and nothing is cut off."""
    load(page, "signal_chart", folder=HERE)
    page.add_style_tag(
        content="body { margin: 0 } svg text { font: 13px sans-serif }"
        ".bw-series-name { font: bold 14px sans-serif !important }"
    )
    seen = page.evaluate(SIGNAL, [width, "cabge", [1, 0.1, 0.01, 1e-4, 1e-9]])
    xs, ys = seen["numbers"][::2], seen["numbers"][1::2]
    letters = [one for one in seen["texts"] if "letter" in one["kind"]]
    assert "".join(one["text"] for one in letters) == "cabge"
    assert [one["middle"] for one in letters] == pytest.approx(xs, abs=1)
    assert xs == sorted(xs) and ys == sorted(ys, reverse=True)
    floor, top = ys[0], ys[-1]
    heights = [(floor - y) / (floor - top) for y in ys]
    assert heights == pytest.approx([0, 0.5, 0.75, 0.875, 1], abs=0.01)
    names = " ".join(one["text"] for one in seen["texts"] if "name" in one["kind"])
    assert names == "tanh RNN almost none"
    assert not [one for one in seen["texts"] if one["x"] < 0 or one["right"] > width]
    assert all(one["right"] < xs[0] for one in seen["texts"] if "name" in one["kind"])
    assert seen["label"].endswith("At the first, c: tanh RNN: less than 1 in 100 million.")


def test_twenty_letters_fit_on_a_phone(page):
    load(page, "signal_chart", folder=HERE)
    seen = page.evaluate(SIGNAL, [358, "abcdefghijklmnopqrst", [1] * 20])
    letters = [one for one in seen["texts"] if "letter" in one["kind"]]
    assert "".join(one["text"] for one in letters) == "acegikmoqs"


def test_shares_are_said_in_plain_numbers(page):
    load(page, "shares", folder=HERE)
    shares = [13.4, 1.34, 1, 0.996, 0.4, 0.1234, 0.0234, 5e-4, 5.1e-5, 4e-7, 1e-8, 9e-9]
    assert page.evaluate("all => all.map(shares.inWords)", shares) == [
        *("1,300%", "130%", "all", "all", "40%", "12%", "2%"),
        *("1 in 2,000", "1 in 20,000", "1 in 3 million", "1 in 100 million"),
        "less than 1 in 100 million",
    ]
