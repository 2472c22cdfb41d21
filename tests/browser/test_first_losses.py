"""What the figures of chapters 6 and 8 to 12 train: in the page, in the engine, and by ``fit``."""

import functools
import json

import numpy as np
import pytest
from flax import nnx

from encdec_lib.models.attention_scores import ScoresConfig, attention_scores
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.web import page_data
from encdec_lib.web.same_training import fitted_losses
from encdec_lib.widgets import (
    AlignmentTrainer,
    FixedTrainer,
    HeadsTrainer,
    ScoreRace,
    SelfAttentionTrainer,
    TransformerTrainer,
)
from tests.browser.engine_page import ENGINE, add, load
from tests.browser.few_words import some_words
from tests.browser.test_same_numbers import given
from tests.browser.training import KEEP_ORDERS, wait_for
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser

WORDS = functools.cache(page_data.words)


def fixed(vocab, target, width):
    return seq2seq(Seq2SeqConfig(vocab, target, embed_dim=32, state_dim=width), rngs=nnx.Rngs(0))


def attention():
    return bahdanau(BahdanauConfig(30, 43, 32, 32, 64, 32), rngs=nnx.Rngs(0))


def scored(score):
    sizes = {"embed_dim": 32, "encoder_dim": 32, "state_dim": 64, "align_dim": 32}
    return attention_scores(ScoresConfig(20, 20, **sizes, score=score), rngs=nnx.Rngs(0))


def one_layer(heads, vocab=20, **sizes):
    sizes |= {"d_model": 32, "d_ff": 64, "encoder_layers": 1, "decoder_layers": 1}
    return transformer(TransformerConfig(vocab, vocab, heads=heads, **sizes), rngs=nnx.Rngs(0))


def alignment():
    return AlignmentTrainer(WORDS())


CASES = {
    "chapter 6": (
        lambda: (FixedTrainer().config, FixedTrainer.first_losses),
        lambda: fixed(20, 20, 32),
    ),
    "chapter 8, attention": (
        lambda: (alignment().configs["attention"], AlignmentTrainer.first_losses["attention"]),
        attention,
    ),
    "chapter 8, one vector": (
        lambda: (alignment().configs["fixed"], AlignmentTrainer.first_losses["fixed"]),
        lambda: fixed(30, 43, 64),
    ),
    **{
        f"chapter 9, {score}": (
            lambda score=score: (ScoreRace().configs[score], ScoreRace.first_losses[score]),
            functools.partial(scored, score),
        )
        for score in ScoreRace.first_losses
    },
    "chapter 10": (
        lambda: (SelfAttentionTrainer().config, SelfAttentionTrainer.first_losses),
        lambda: one_layer(1, vocab=25, d_k=8, d_v=32),
    ),
    "chapter 11": (
        lambda: (HeadsTrainer().config, HeadsTrainer.first_losses),
        lambda: one_layer(4),
    ),
    "chapter 12": (
        lambda: (TransformerTrainer().config, TransformerTrainer.first_losses),
        lambda: one_layer(2),
    ),
}


def slowly(case):
    return pytest.param(case, marks=pytest.mark.slow)


@pytest.fixture(scope="module")
def told(chromium):
    """A page with the engine's training in it."""
    page = chromium.new_page()
    load(page, "run", folder=ENGINE / "training")
    add(page, "tasks", folder=ENGINE / "tasks")
    yield page
    page.close()


@pytest.mark.parametrize(
    "case",
    thinned(CASES, ["chapter 6", "chapter 8, attention", "chapter 9, general", "chapter 11"]),
)
def test_the_losses_that_a_figure_carries_are_the_engines(told, case):
    config, losses = CASES[case][0]()
    said = given(
        told,
        """({ config, words }) => {
             const made = run.createRun(config, { words });
             return Array.from({ length: 20 }, () => made.step());
           }""",
        config=config, words=WORDS(),
    )  # fmt: skip
    np.testing.assert_allclose(said, losses, rtol=2e-5)
    assert losses[0] - losses[-1] > 0.04, "it has learned something"


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_fit_has_the_same_losses(case):
    (config, losses), model = CASES[case][0](), CASES[case][1]()
    data = WORDS() if "8" in case else None
    np.testing.assert_allclose(fitted_losses(model, config, data=data), losses, rtol=1e-4)


@pytest.mark.parametrize(
    "widget",
    [
        lambda: FixedTrainer("code", width=64, longest=7, steps=1000, seed=3),
        slowly(lambda: AlignmentTrainer(some_words(), width=128, seed=3)),
        slowly(lambda: ScoreRace(width=16, seed=3)),
        lambda: ScoreRace("words", width=64, words=some_words()),
        lambda: HeadsTrainer("two looks", heads=2, d_k=8, longest=7, positions="rotary", seed=3),
        lambda: SelfAttentionTrainer("sort", positions="none", d_k=128, scaled=False, seed=3),
        lambda: TransformerTrainer(leak=True, layers=4, pre_norm=False, warmup=False, seed=3),
        slowly(lambda: HeadsTrainer("words", heads=8, words=some_words(), leak=True)),
    ],
)
@pytest.mark.own_page
def test_the_page_builds_what_python_says(show, page, widget):
    page.add_init_script(KEEP_ORDERS)
    made = widget()
    show(made)
    wait_for(page, "data.state === 'ready'")
    page.wait_for_function("window.orders.some(({ type }) => type === 'look')")
    orders = json.loads(
        page.evaluate("JSON.stringify(window.orders.filter(({ type }) => type === 'build'))")
    )
    built = {order["run"]: order["config"] for order in orders}
    configs = made.configs if hasattr(made, "configs") else {orders[0]["run"]: made.config}
    assert built == configs
