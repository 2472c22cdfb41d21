"""Makes the translator that a page carries, out of the stored run that trained it.

    python -m results.make_long --only verses --label attention --seed 0
    python -m results.translator

The first command trains it, 20 minutes of one core, and leaves the weights of each branch in
``_runs/``; the second rounds those of the last branch to 8 bits, and writes
``encdec_lib/web/verses.safetensors`` with the vocabulary.
"""

import time

from flax import nnx

from encdec_lib import evaluation
from encdec_lib.data.parallel import ParallelText
from encdec_lib.evaluation import metrics
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.train.checkpoint import load_model
from encdec_lib.web import rounded
from encdec_lib.web.verses import FILE, Translator, save_translator
from results import verses
from results.long_runs import FOLDER, files_of

LABEL, SEED = "attention", 0


def main() -> None:
    """Writes the file, and says how large it is."""
    trunk, _ = files_of(FOLDER / "verses", LABEL, SEED)
    branches = sorted(trunk.parent.glob("branch_*.safetensors"), key=step_of)
    if not branches:
        raise SystemExit(
            f"There is no branch in {trunk.parent}. Train it first: python -m results.make_long "
            f"--only verses --label {LABEL} --seed {SEED}"
        )
    test = verses.load(SEED).test
    vocabulary = test.source_vocabulary
    sizes = verses.ARMS[LABEL][1]
    config = BahdanauConfig(len(vocabulary), len(vocabulary), **sizes)
    model = load_model(branches[-1], bahdanau(config, rngs=nnx.Rngs(0)))
    step, day = step_of(branches[-1]), time.strftime("%Y-%m-%d")
    origin = f"verses, {LABEL}, seed {SEED}, step {step}, {day}"
    bleu = bleu_of(rounded(model, "int8"), test)
    save_translator(FILE, Translator(model, vocabulary, origin, bleu), config)
    print(f"BLEU {bleu_of(model, test):.1f}, and {bleu:.1f} with 8 bits")
    print(f"{FILE.name}: {origin}; {FILE.stat().st_size:,} bytes")


def bleu_of(model, test: ParallelText) -> float:
    """Greedy, over all test verses, of words."""
    words = evaluation.as_words(evaluation.decode(model, test), test.target_vocabulary)
    references = [evaluation.as_words(r, test.target_vocabulary) for r in test.references]
    return metrics.bleu(words, references)


def step_of(path) -> int:
    """The step at which a branch left its trunk, out of its file's name."""
    return int(path.stem.removeprefix("branch_"))


if __name__ == "__main__":
    main()
