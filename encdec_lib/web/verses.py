"""The book's own translator of old verses, as its stored run left it."""

import dataclasses
import json
import pathlib
from typing import NamedTuple

import numpy as np
import safetensors
import safetensors.numpy
from flax import nnx

from encdec_lib.data.text_vocabulary import TextVocabulary
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.runtime.files import write_whole
from encdec_lib.web.export import Exported, export_model
from encdec_lib.web.restored import restored

FILE = pathlib.Path(__file__).with_name("verses.safetensors")
_FACTS = "translator"


class Translator(NamedTuple):
    """A trained model with the vocabulary of both its sides."""

    model: EncoderDecoder
    vocabulary: TextVocabulary
    origin: str  # which run it is
    bleu: float  # on the test verses, with the rounded weights, greedy


def load_verses(path: str | pathlib.Path = FILE) -> Translator:
    """Loads the model with attention that turns English of 1611 into English of today.

    It is seed 0 of ``results/verses.py``, trained on
    :mod:`~encdec_lib.data.early_modern_english`, with every matrix rounded to 8 bits, so that a
    page can carry it. The texts are not needed for it. To cut a text into subwords in Python the
    package ``tokenizers`` is.

    Args:
      path: a file of :func:`save_translator`.

    Raises:
      FileNotFoundError: if there is none.
      ValueError: if it is another kind of file.

    Example:
      >>> translator = load_verses()
      >>> len(translator.vocabulary), translator.model.decoder.encoding_dim
      (2000, 128)
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no translator at {path}. Install the library anew, or make it by `python -m "
            f"results.translator`, which says how."
        )
    try:
        with safetensors.safe_open(path, framework="np") as file:
            facts = json.loads((file.metadata() or {})[_FACTS])
            data = file.get_tensor("data").tobytes()
    except (safetensors.SafetensorError, KeyError) as error:
        raise ValueError(f"path must be a file of save_translator; got {path} ({error}).") from None
    rule = facts["rule"] | {"merges": [tuple(pair) for pair in facts["rule"]["merges"]]}
    vocabulary = TextVocabulary(facts["symbols"], **rule)
    config = BahdanauConfig(**facts["config"])
    model = bahdanau(config, rngs=nnx.Rngs(0))
    exported = Exported(data=data, **facts["exported"])
    restored(exported, model)
    return Translator(model, vocabulary, facts["origin"], facts["bleu"])


def save_translator(
    path: str | pathlib.Path, translator: Translator, config: BahdanauConfig
) -> None:
    """Writes a model with attention, its matrices in 8 bits, and its vocabulary into one file.

    Args:
      path: where to.
      translator: the model, built by :func:`~encdec_lib.models.bahdanau_attention.bahdanau`.
      config: of the model.

    Example:
      >>> import tempfile
      >>> few = TextVocabulary(["a", "b"], "characters")
      >>> sizes = BahdanauConfig(6, 6, embed_dim=2, encoder_dim=2, state_dim=2, align_dim=2)
      >>> file = pathlib.Path(tempfile.mkdtemp(), "few.safetensors")
      >>> model = bahdanau(sizes, rngs=nnx.Rngs(0))
      >>> save_translator(file, Translator(model, few, "untrained", 0.0), sizes)
      >>> load_verses(file).vocabulary == few
      True
    """
    named = export_model(translator.model, "int8")._asdict()
    data = named.pop("data")
    facts = {
        "origin": translator.origin,
        "bleu": translator.bleu,
        "config": dataclasses.asdict(config),
        "symbols": list(translator.vocabulary.symbols[4:]),
        "rule": translator.vocabulary.rule,
        "exported": named,
    }
    arrays = {"data": np.frombuffer(data, np.uint8)}
    write_whole(path, safetensors.numpy.save(arrays, {_FACTS: json.dumps(facts)}))
