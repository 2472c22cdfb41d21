"""What each trainer says and lists of a run, with an engine whose numbers are known beforehand.

The engine of the tests takes 200 steps here: run k of a race has a score of 1 - apart * k then, and
with seed 8 a score of 0.1. So a number of another run, or the sentence of another outcome, is seen.
"""

import json

import pytest

from encdec_lib.web import page_data
from encdec_lib.widgets import (
    AlignmentTrainer,
    AutoencoderTrainer,
    FixedTrainer,
    MemoryRace,
    ScoreRace,
    SelfAttentionTrainer,
    TransformerTrainer,
    ViTTrainer,
)
from encdec_lib.widgets.parts import PARTS
from tests.browser.engine_page import load
from tests.browser.few_words import some_words
from tests.browser.training import KEEP_ORDERS, faked, frames, press, status, wait_for
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser


def digits(side):
    return page_data.digits(train=20, held=10, side=side)


def trained(page):
    """Trains to the end; the sentence, and the row of the table, its seconds and seed apart."""
    press(page, "train")
    wait_for(page, "['solved', 'stopped'].includes(data.state)")
    frames(page)
    heads = page.locator(".bw-runs thead th").all_text_contents()
    row = page.locator(".bw-runs tbody tr").last.locator("th, td").all_text_contents()
    assert len(heads) == len(row)
    return status(page), [text for head, text in zip(heads, row, strict=True) if head != "s"][1:-1]


GREY = "Without positions every order of the letters is the same to it: 10% right after 10 s."
HEAP = "Without positions a digit is a heap of patches: 10% right after 200 steps."
#: Figure, what it says in the end, and its row in the table.
ENDS = {
    "races of scores": (
        lambda: faked(ScoreRace(width=16), apart=0.1, tick=3),
        "After 200 steps, letters wrong: dot 0%, scaled dot 10%, general 20%, additive 30%. One",
        ["0% (60 s)", "10% (60 s)", "20% (60 s)", "30% (60 s)", "reverse", "16", "200"],
    ),
    "races of memories": (
        lambda: faked(MemoryRace(length=5, bias=1), apart=0.1, tick=1),
        "The tanh RNN learned it in 200 steps, the LSTM has 90% right and the GRU has 80% right. "
        "Of the learning signal 23% reaches the first letter in the LSTM and 20% in the GRU. "
        "Now let LSTM and GRU keep 95% at first.",
        ["200", "not in 200", "not in 200", "5", "73%"],
    ),
    "one vector": (
        lambda: faked(
            FixedTrainer("code", width=32, longest=4, steps=250, seed=8), apart=-2, tick=0.6
        ),
        "In this run one vector of 32 numbers lacked time more than room: 90% of the letters are "
        "wrong as chosen, 70% with 64 numbers, 50% with 1,000 steps. Now choose 8 numbers and",
        ["time", "90%", "70%", "50%", "32", "250", "4"],
    ),
    "alignment": (
        lambda: faked(AlignmentTrainer(some_words(), word="day", width=32), apart=0.25, tick=0.25),
        "After 6.0 s each, attention gets 0% of the sounds wrong and one vector 25%, in words that",
        ["0%", "25%", "32", "6.0", "240", "240"],
    ),
    "looks up": (
        lambda: faked(SelfAttentionTrainer()),
        "Solved: 100% right after 200 steps. Now do not tell it the positions.",
        ["100%", "200", "look up", "told", "8", "yes"],
    ),
    "looks up, not done": (
        lambda: faked(SelfAttentionTrainer(d_k=1, scaled=False, seed=8)),
        "It is not done: 10% right after 10 s. Now do not tell it the positions.",
        ["10%", "200", "look up", "told", "1", "no"],
    ),
    "looks up without positions": (
        lambda: faked(SelfAttentionTrainer(positions="none", seed=8)),
        f"{GREY} Let it sort without positions.",
        ["10%", "200", "look up", "not told", "8", "yes"],
    ),
    "transformer": (
        lambda: faked(TransformerTrainer()),
        "Solved after 200 steps: in training it gives the right next letter 67%, a loss of 0.41, "
        "and by itself it writes 100% of the strings right. Now let it see the whole answer",
        ["100%", "0.41", "200", "what came before", "1", "before", "yes"],
    ),
    "transformer, not done": (
        lambda: faked(TransformerTrainer(layers=4, pre_norm=False, warmup=False, seed=8)),
        "Not done after 10 s: a loss of 0.41 in training, and 10% of the strings right by itself. "
        "Give it the warm-up.",
        ["10%", "0.41", "200", "what came before", "4", "after", "no"],
    ),
    "transformer, too good": (
        lambda: faked(TransformerTrainer(leak=True, seed=8), tick=0.25),
        "Too good to be true: in training it gives the right next letter 95%, a loss of 0.055, "
        "because it reads the answer off. By itself it has no answer to read, and writes 10% of "
        "the strings right. Let it see only what came before",
        ["10%", "0.055", "400", "the whole answer", "1", "before", "yes"],
    ),
    "autoencoder": (
        lambda: faked(AutoencoderTrainer(width=4, hidden=256, data=digits(14), seed=8), tick=1),
        "Through 4 numbers the error is 22.5% after 200 steps. Now try 2 numbers: what",
        ["22.5%", "4", "256", "1,234", "200"],
    ),
    "vit": (
        lambda: faked(ViTTrainer(patch=12, data=digits(28))),
        "Solved with 4 patches: 100% right after 200 steps. Now try smaller patches, of 8×8.",
        ["100%", "200", "12", "4", "4", "2", "learned"],
    ),
    "vit, not done": (
        lambda: faked(ViTTrainer(patch=4, data=digits(28), seed=8), tick=1.5),
        "It is not done: 10% right after 200 steps. More patches make every step slower. Now",
        ["10%", "> 200", "4", "36", "4", "2", "learned"],
    ),
    "vit without positions": (
        lambda: faked(ViTTrainer(positions="none", data=digits(28), seed=8), tick=1.5),
        f"{HEAP} Now try larger patches, of 12×12.",
        ["10%", "> 200", "8", "9", "4", "2", "none"],
    ),
}


#: Those of the digits take longest; one of them stands for the sentences of all.
LONG = ("vit, not done", "vit without positions", "transformer, too good")


@pytest.mark.parametrize("case", thinned(ENDS, set(ENDS) - set(LONG)))
def test_a_figure_says_and_lists_what_became_of_its_run(show, case):
    widget, words, row = ENDS[case]
    said, listed = trained(show(widget()))
    assert said.startswith(words), said
    assert listed == row


def big(page):
    return page.locator(".bw-big b").all_inner_texts()


def test_each_number_is_that_of_its_own_model(show):
    page = show(faked(ScoreRace(width=16), apart=0.1, tick=3))
    trained(page)
    assert big(page) == ["0%", "10%", "20%", "30%"]
    page = show(faked(AlignmentTrainer(some_words(), word="day"), apart=0.25, tick=0.3))
    trained(page)
    assert page.locator(".bw-two .bw-big b").all_inner_texts() == ["0%", "25%"]


def test_a_run_is_compared_with_the_one_before(show):
    page = show(faked(AutoencoderTrainer(width=4, data=digits(14), seed=8), tick=1))
    trained(page)
    page.get_by_role("group", name="Width of the encoding H").get_by_label("2", exact=True).check()
    assert trained(page)[0].endswith("With 4 numbers it was 22.5%.")


@pytest.mark.own_page
def test_the_trainers_of_digits_build_what_their_dials_say(show, page):
    """Those of the other chapters: test_first_losses.py."""
    page.add_init_script(KEEP_ORDERS)

    def built(widget):
        show(faked(widget))
        page.wait_for_function("window.orders.some(({ type }) => type === 'look')")
        return json.loads(
            page.evaluate(
                "JSON.stringify(window.orders.find(({ type }) => type === 'build').config)"
            )
        )

    config = built(AutoencoderTrainer(width=4, hidden=256, data=digits(14), seed=5))
    assert config["model"]["sizes"] == {"encoding_dim": 4, "hidden_dim": 256}
    assert config["weights"] == {"seed": 5} and config["training"]["seed"] == 5
    dials = {"patch": 6, "heads": 2, "layers": 3, "positions": "none", "seed": 5}
    config = built(ViTTrainer(data=digits(28), **dials))
    sizes, encoder = config["model"]["sizes"], config["model"]["settings"]["encoder"]
    assert (sizes["heads"], sizes["layers"], sizes["patch"]) == (2, 3, 6)
    assert sizes["positions"] is False and sizes["side"] == encoder["side"] == 24
    assert (encoder["heads"], encoder["patch"]) == (2, 6)
    assert config["weights"] == {"seed": 5} and config["training"]["seed"] == 5


def test_a_vision_transformer_is_seen_to_look_with_its_top_layer(page):
    load(page, "vit_view", folder=PARTS.parent / "vit_trainer")
    looks = page.evaluate(
        """() => vit_view.looksOf({ maps: { encoder: [
             { heads: 1, rows: 2, columns: 2, weights: [0.9, 0.1, 0.5, 0.5] },
             { heads: 2, rows: 2, columns: 2, weights: [0.2, 0.8, 0.5, 0.5, 0.4, 0.6, 1, 0] },
           ] } })"""
    )
    assert looks["own"] == pytest.approx(0.3) and looks["shares"] == pytest.approx([0.7])
