"""Chapter 3's gates: what the page says is what they did."""

import numpy as np
import pytest

from encdec_lib.layers.recurrent import GRU, LSTM
from tests.browser.stepping import check_looks, press, told, walk, words
from tests.helpers.thinned import thinned
from tests.widgets.test_gate_stepper import build, stepper

pytestmark = pytest.mark.browser


def models():
    """Each with its gates shut or open at some letters: large input weights."""
    made = {"LSTM": build(LSTM), "GRU": build(GRU)}
    for model in made.values():
        model.layer.W_in[...] = 6 * model.layer.W_in[...]
        model.layer.b_in[...] = 0 * model.layer.b_in[...]
    return made


def test_an_lstm_and_then_a_gru(show):
    made = stepper(models=models(), words={"knight": "i"})
    page = show(made, width=390)
    run, other = made.words[0]["runs"]
    said = walk(page)
    assert len(said) == 7
    for t, text in enumerate(said):
        gates = {name: np.array(run["rows"][name][t]) for name in ("input", "forget", "output")}
        assert ("The input gate opens" in text) == (gates["input"] >= 0.5).any(), text
        assert ("The forget gate shuts" in text) == (gates["forget"] < 0.5).any(), text
        assert ("The output gate opens" in text) == (gates["output"] >= 0.5).any(), text
    assert "It reads k" in said[0] and "The word ends" in said[6]
    assert f"The answer is {run['answer']}" in said[6]
    assert ("which is right" in said[6]) == (run["answer"] == "i")
    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (1, 1)
    for t, text in enumerate(walk(page)):
        lets_go = (np.array(other["rows"]["update"][t]) < 0.5).any()
        assert ("lets go" in text) == lets_go, text
    assert "update gate: keeps" in words(page) and "input gate" not in words(page)


def test_another_word(show):
    page = show(stepper())
    page.get_by_role("radio", name="knight").check(force=True)
    press(page, "Home")
    assert told(page) == (1, 0)
    assert page.locator(".bw-dots li").count() == 7
    assert words(page).startswith("k | n | i | g | h | t | end")


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, width, theme):
    page = show(stepper(words={"stranger": "e"}), width=width, theme=theme)
    check_looks(page, width)
