"""Seconds of a training step of every model of chapters 7 and 9, measured side by side.

    python -m results.step_times

Training many models one after another says little about their speed: the machine's own speed
changes meanwhile. Here each takes the same eight batches of English to Korean, one model after
the other, round after round, and the median counts. Writes ``reading_speed.json`` and
``scores_speed.json``. Let nothing else run beside it.
"""

from encdec_lib.runtime.devices import use_all_cores

use_all_cores()

import jax  # noqa: E402
from flax import nnx  # noqa: E402

from benchmarks.timing import alternate, training  # noqa: E402
from encdec_lib import page  # noqa: E402
from encdec_lib.data import translation  # noqa: E402
from encdec_lib.train.batches import batch_order  # noqa: E402
from results.experiments import READING, SCORES_TRANSLATION  # noqa: E402

STEPS, BATCH, ROUNDS = 8, 64, 15


def measure(runs) -> list[dict]:
    """A row for each run: milliseconds of a step, parameters, seconds to the first step."""
    train = translation.load().train
    lengths = train.source_lengths + (train.target != 0).sum(axis=1)
    order = batch_order(len(train), BATCH, STEPS, 0, lengths)
    models = [run.build(train, 0) for run in runs]
    pairs = [training(model, train.source, train.target, order) for model in models]
    seconds = alternate([steps for steps, _ in pairs], ROUNDS, (1,) * len(runs))
    return [
        {
            "label": run.label,
            "ms": 1e3 * median / STEPS,
            "first_s": first,
            "parameters": sum(x.size for x in jax.tree.leaves(nnx.state(model, nnx.Param))),
        }
        for run, model, (_, first), median in zip(runs, models, pairs, seconds, strict=True)
    ]


def main() -> None:
    """Measures both chapters' models."""
    for name, runs in (("reading_speed", READING), ("scores_speed", SCORES_TRANSLATION)):
        rows = measure(runs)
        for row in rows:
            print(
                f"{name} {row['label']:24} {row['ms']:7.1f} ms {row['first_s']:5.1f} s", flush=True
            )
        data = {"rows": rows, "devices": jax.local_device_count(), "batch": BATCH, "steps": STEPS}
        page.save_results(name, data, command="make results", seeds=[0])


if __name__ == "__main__":
    main()
