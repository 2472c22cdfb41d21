"""Times a training step in the page beside one of ``fit``, on the same model and batches.

    python -m benchmarks.page_engine [--rounds 9] [--only NAME]

The page is headless Chromium, whose engine uses one thread; JAX is given one core. Both learn the
sounds of words in batches of 32, from the same weights. They run in turn, and the medians are
compared. ``ready`` and ``first`` are what passes in the page until the weights stand and until the
first step is done.
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

BATCH = 32
CHUNK = 20  # steps in one call, of either
LIMIT = 2.2  # of a step, the page's / JAX's
READY_LIMIT, FIRST_LIMIT = 100, 150  # ms
HERE = Path(__file__).parent


def blocks() -> dict[str, Any]:
    """How the blocks of a Transformer are built."""
    return {"heads": 4, "scaled": True, "pre_norm": True, "positions": "sinusoidal"}


def transformer_case(d_model: int, layers: int) -> dict[str, Any]:
    """A Transformer with so many layers on either side."""
    return {
        "encoder": "transformer",
        "decoder": "transformer",
        "settings": {"encoder": blocks(), "decoder": blocks()},
        "sizes": {"d_model": d_model, "d_ff": 2 * d_model, "layers": layers},
    }


CASES = {
    "fixed vector": {
        "encoder": "rnn",
        "decoder": "rnn",
        "sizes": {"embed_dim": 32, "state_dim": 64},
    },
    "Bahdanau": {
        "encoder": "birnn",
        "decoder": "attention",
        "sizes": {"embed_dim": 32, "encoder_dim": 32, "state_dim": 64, "align_dim": 32},
    },
    "Transformer 1+1": transformer_case(32, 1),
    "Transformer 2+2": transformer_case(64, 2),
}


def library_model(case: dict[str, Any], source_vocab: int, target_vocab: int):
    """The same model, built by the library."""
    from flax import nnx

    from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
    from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
    from encdec_lib.models.transformer import TransformerConfig, transformer

    sizes, rngs = dict(case["sizes"]), nnx.Rngs(0)
    if case["encoder"] == "rnn":
        return seq2seq(Seq2SeqConfig(source_vocab, target_vocab, **sizes), rngs=rngs)
    if case["encoder"] == "birnn":
        return bahdanau(BahdanauConfig(source_vocab, target_vocab, **sizes), rngs=rngs)
    layers = sizes.pop("layers")
    config = TransformerConfig(
        source_vocab, target_vocab, heads=4, encoder_layers=layers, decoder_layers=layers, **sizes
    )
    return transformer(config, rngs=rngs)


def measure(name: str, page: Any, words: str, rounds: int) -> dict[str, Any]:
    """One row: medians of a step in the page and of a step of ``fit``."""
    from benchmarks.timing import alternate, training
    from encdec_lib.web.same_batches import batches
    from encdec_lib.web.same_numbers import first_weights

    (source, target), order = batches({"name": "words"}, BATCH, CHUNK, data=words.encode())
    phonemes = json.loads(words)["phonemes"]
    model = first_weights(library_model(CASES[name], 30, 4 + len(phonemes)), 0)
    ours, compiled = training(model, source, target, order)
    config = {
        "model": CASES[name],
        "weights": {"seed": 0},
        "task": {"name": "words"},
        "training": {"batch": BATCH, "learning_rate": 1e-3},
    }
    told = page.evaluate("([config, words]) => engine.build(config, words)", [config, words])

    def in_page():
        page.evaluate("count => engine.train(count)", CHUNK)

    in_page(), ours()  # warm
    theirs, mine = alternate((in_page, ours), rounds, (1, 1))
    row = {
        "case": name,
        "page_ms": 1e3 * theirs / CHUNK,
        "fit_ms": 1e3 * mine / CHUNK,
        "ratio": theirs / mine,
        "ready_ms": told["ready"],
        "first_ms": told["first"],
    }
    late = row["ready_ms"] > READY_LIMIT or row["first_ms"] > FIRST_LIMIT
    row["missed"] = row["ratio"] > LIMIT or late
    print(
        f"{name:16} {told['parameters']:8,} {row['page_ms']:8.2f} {row['fit_ms']:8.2f} "
        f"{row['ratio']:6.2f} {LIMIT:6} {told['ready']:8.0f} {told['first']:8.0f} "
        f"{1e3 * compiled:10.0f}  {told['product']}  {'MISSED' if row['missed'] else 'ok'}",
        flush=True,
    )
    return row


def main() -> int:
    """Prints the table; exit status 1 where a limit was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", help="a case, or the beginning of its name")
    args = parser.parse_args()
    from playwright.sync_api import sync_playwright

    from tests.conftest import CHROMIUM_FLAGS, chromium_path

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=list(CHROMIUM_FLAGS)
        )
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # JAX, not the browser: one core
        from encdec_lib.web.bundle import bundle
        from encdec_lib.web.page_data import words

        # In the page the entry module's two functions are reached under one name.
        source = bundle(HERE / "page_engine.js").replace("export function", "function")
        page = browser.new_page()
        page.set_content("<p>engine</p>")
        page.add_script_tag(content=f"{source}\nvar engine = {{ build, train }};")
        print(
            f"{'':16} {'weights':>8} {'page ms':>8} {'fit ms':>8} {'ratio':>6} {'limit':>6} "
            f"{'ready ms':>8} {'first ms':>8} {'compile ms':>10}"
        )
        data = words().decode()
        rows = [
            measure(name, page, data, args.rounds)
            for name in CASES
            if name.startswith(args.only or "")
        ]
        browser.close()
    return int(any(row["missed"] for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
