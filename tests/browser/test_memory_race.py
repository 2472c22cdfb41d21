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
    assert status(page).startswith("Untrained: each guesses, and one guess in 8")
    data = train(page, score=2, steps=500)
    assert data["state"] == "solved" and int(data["steps"]) <= 500, data
    frames(page)
    said = page.locator(".bw-sayings").inner_text().split()
    assert [one for one in said if len(one) == 1] == ["h", "h", "h"]
    assert status(page).startswith("All three have learned it: ")
    row = page.locator(".bw-runs tbody td").all_inner_texts()
    assert row[3:5] == ["5", "1"] and all(text.endswith(" steps") for text in row[:3])
    label = page.locator(".bw-race svg").get_attribute("aria-label")
    assert label.count("all at 0") + label.count("100% at 0") == 3


@pytest.mark.slow
def test_at_ten_letters_the_units_part(show):
    """The GRU learns it within 500 steps, the tanh RNN not within 1,000."""
    page = show(MemoryRace())
    data = train(page, score=0.95, steps=500)
    assert float(data["score"]) >= 0.95 and int(data["steps"]) <= 500, data
    press(page, "train")
    wait_for(page, "Number(data.steps) >= 1000 || data.state === 'solved'", 90)
    frames(page)
    tanh = page.locator(".bw-big b").first.inner_text()
    assert int(tanh.strip("%")) < 80


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
    page.get_by_label("95% (3)").check()
    wait_for(page, "data.state === 'ready' && data.steps === '0' && data.score !== ''")
    page.get_by_label("20", exact=True).check()
    frames(page)
    assert page.locator(".bw-tape .bw-cells i").count() == 20
