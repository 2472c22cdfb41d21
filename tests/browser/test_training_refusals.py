"""Settings, models and orders that a trainer cannot follow: one helpful sentence each."""

import re

import pytest

from tests.browser.trainer_orders import (
    BLOCKS,
    FIXED,
    TRANSFORMER,
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


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"task__name": "fly"}, "The task must be one of copy, .*, digits; got fly"),
        ({"task__name": "words"}, "The task words needs its data first; load words"),
        ({"task__symbols": 1}, "symbols must be a whole number from 2 to 256; got 1"),
        ({"task__longest": 0}, "longest must be a whole number from 1 to 128; got 0"),
        ({"task__shortest": 4}, "longest must be at least shortest = 4; got 3. Raise longest"),
        (
            {"task__longest": 9, "task__distinct": True},
            "longest must be at most 5 where no symbol may stand twice; got 9. Lower it",
        ),
        ({"task": {"name": "two looks", "shortest": 2}}, "shortest must .* from 3 to 128; got 2"),
        ({"training__batch": 0}, "batch must be a whole number from 1 to 4096; got 0"),
        ({"training__batch": 2.5}, "batch must be a whole number from 1 to 4096; got 2.5"),
        ({"training__learning_rate": 3}, "learning_rate must lie above 0 and be at most 1.*got 3"),
        ({"training__learning_rate": 0}, "learning_rate must lie above 0 .*got 0. Try 0.003"),
        (
            {"training__schedule": "up"},
            "schedule must be one of constant, inverse_sqrt, linear, cosine; got up",
        ),
        ({"training__schedule": "cosine"}, "steps must be a whole number from 1 on; got undefined"),
        ({"training__clip": 0}, "clip must be a positive number, or null for none; got 0"),
        ({"training__b2": 1}, "b2 must be at least 0 and below 1; got 1"),
        *(
            (
                {"training__forcing": share},
                f"forcing must be a number from 0 to 1, the share of steps .*; got {share}.",
            )
            for share in (-0.1, 1.5, "a")
        ),
        ({"training__seed": -1}, "seed must be a whole number from 0"),
        ({"weights__seed": 0.5}, "the seed of the weights must be a whole number"),
        ({"scoring__every": 0}, "every must be a whole number from 1 on; got 0"),
        ({"scoring__at_most_seconds": 0}, "at_most_seconds must be positive; got 0"),
        ({"model__sizes": {"embed_dim": 0, "state_dim": 3}}, "embed_dim must be .* got 0"),
        ({"model__sizes": {"embed_dim": 3}}, "must give every parameter a whole shape"),
        ({"model__encoder": "tree"}, "got tree"),
    ],
)
def test_bad_settings_are_told_in_a_sentence(told, changes, sentence):
    heard = said(told, [build("a", config(**changes))])
    (failed,) = heard["failed"]
    assert failed["run"] == "a" and "fault of this page" not in failed["sentence"]
    assert re.search(sentence, failed["sentence"]), failed["sentence"]


def test_a_share_that_is_no_number_is_told_in_a_sentence(told):
    sentence = told.evaluate(
        """(config) => { try { config.training.forcing = NaN; run.createRun(config); }
             catch (error) { return `${error.name}: ${error.message}`; } }""",
        config(),
    )
    assert sentence.startswith("EngineError: forcing must be a number from 0 to 1")
    assert sentence.endswith("got NaN.")


@pytest.mark.parametrize("model", [TRANSFORMER, FIXED | {"decoder": "reading"}])
def test_only_a_decoder_that_steps_can_be_told_its_own_tokens(told, model):
    heard = said(told, [build("a", config(model, training__forcing=0.5))])
    assert heard["failed"][0]["sentence"] == (
        "forcing below 1 needs a decoder that is one of rnn, attention, as it writes step by step "
        f"while it learns; got {model['decoder']} with 0.5. Set forcing to 1."
    )
    assert "failed" not in said(told, [build("a", config(TRANSFORMER, training__forcing=1))])


def transformer_with(**settings):
    return TRANSFORMER | {"settings": {"encoder": BLOCKS | settings, "decoder": BLOCKS | settings}}


@pytest.mark.parametrize(
    "model, sentence",
    [
        (transformer_with(heads=3),
         "heads must divide the width d_model = 10; got 3. Choose one of 1, 2, 5, 10."),
        (TRANSFORMER | {"sizes": {"d_model": 7, "d_ff": 3, "layers": 1}}, "heads must divide"),
        (transformer_with(heads=1) | {"sizes": {"d_model": 7, "d_ff": 3, "layers": 1}},
         "d_model must be even for sinusoidal positions; got 7. Choose 8."),
        (transformer_with(heads=2, positions="rotary"),
         "The width of a head, d_model / heads, must be even for rotary positions; got 5."),
        (transformer_with(positions="learned")
         | {"sizes": {"d_model": 10, "d_ff": 3, "layers": 1, "max_length": 4}},
         "max_length must be at least 5, as the longest sequence of the task; got 4."),
        (FIXED | {"sizes": {"embed_dim": 512, "state_dim": 3000}}, "parameters, which need 966 MB"),
    ],
)  # fmt: skip
def test_models_that_cannot_be_built_are_told_in_a_sentence(told, model, sentence):
    heard = said(told, [build("a", config(model))])
    assert sentence in heard["failed"][0]["sentence"]


@pytest.mark.parametrize(
    "order, sentence",
    [
        (go("b"), "There is no run b; build it first."),
        ({"type": "look", "run": "a", "sources": []}, "at least one source to look at; got none"),
        ({"type": "look", "run": "a", "sources": [[4, 9]]}, "ids from 0 to 8, .*; got 9"),
        ({"type": "look", "run": "a", "sources": [[]]}, "must have 1 to 128 symbols; got 0"),
        ({"type": "fly"}, "The trainer knows no order fly"),
    ],
)
def test_orders_that_cannot_be_followed_are_told_in_a_sentence(told, order, sentence):
    heard = said(told, [build(), order])
    assert re.search(sentence, heard["failed"][0]["sentence"]), heard["failed"]
