"""Small models, and the orders of a page to the trainer of encdec_lib/web/engine/training."""

from pathlib import Path

from tests.browser.engine_page import ENGINE, add, load

BLOCKS = {"heads": 2, "scaled": True, "pre_norm": True, "positions": "sinusoidal"}
FIXED = {"encoder": "rnn", "decoder": "rnn", "sizes": {"embed_dim": 7, "state_dim": 11}}
ATTENTION = {
    "encoder": "birnn",
    "decoder": "attention",
    "sizes": {"embed_dim": 16, "encoder_dim": 16, "state_dim": 24, "align_dim": 16},
}
TRANSFORMER = {
    "encoder": "transformer",
    "decoder": "transformer",
    "settings": {"encoder": BLOCKS, "decoder": BLOCKS},
    "sizes": {"d_model": 10, "d_ff": 13, "layers": 1},
}
VIT = {
    "encoder": "vit",
    "decoder": "classes",
    "settings": {"encoder": BLOCKS | {"side": 14, "patch": 7, "channels": 1}, "decoder": {}},
    "sizes": {"d_model": 6, "d_ff": 7, "layers": 1, "patch": 7},
}

AUTOENCODER = {
    "encoder": "dense",
    "decoder": "dense",
    "sizes": {"hidden_dim": 19, "encoding_dim": 7},
}


def config(model=FIXED, **changes):
    """The settings of a small run, some of them changed: `task__symbols=5` is one of the task."""
    settings = {
        "model": model,
        "weights": {"seed": 1},
        "task": {"name": "copy", "symbols": 5, "longest": 3},
        "training": {"batch": 7, "learning_rate": 0.01},
        "scoring": {"every": 5, "examples": 60},
    }
    for name, value in changes.items():
        part, _, key = name.partition("__")
        settings = settings | {part: settings[part] | {key: value} if key else value}
    return settings


def trainer_page(chromium):
    """A page with the trainer in it."""
    page = chromium.new_page()
    load(page, "trainer", "limits", "run", "scoring", folder=ENGINE / "training")
    add(page, "training_page", folder=Path(__file__).parent)
    return page


def said(page, orders, **options):
    """What a trainer says to these orders, by the type of the message."""
    messages = page.evaluate(
        "([orders, options]) => training_page.said(trainer.Trainer, orders, options)",
        [orders, options],
    )
    by_type = {}
    for message in messages:
        by_type.setdefault(message["type"], []).append(message)
    return by_type


def build(run="a", settings=None):
    return {"type": "build", "run": run, "config": settings or config()}


def go(*runs, **limits):
    return {"type": "go", "runs": runs or ["a"]} | limits
