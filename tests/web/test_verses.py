"""Mirrors encdec_lib.web.verses.py."""

import json

import jax.numpy as jnp
import pytest
import safetensors.numpy

from encdec_lib.generate.sampling import greedy
from encdec_lib.page.result_files import results
from encdec_lib.web.verses import FILE, load_verses


def test_the_file_is_small_enough_for_a_page():
    assert FILE.stat().st_size <= 1.2e6


def test_it_says_which_run_it_is_and_how_good():
    translator = load_verses()
    assert translator.origin.startswith("verses, attention, seed 0, step ")
    [row] = [run for run in results("verses").by_label["attention"] if run["seed"] == 0]
    stored = row["tests"][-1]["greedy"]["all bleu"]
    assert stored - 3 < translator.bleu < stored + 1  # rounding costs a little


def test_it_turns_old_english_into_new():
    translator = load_verses()
    old = ["He knoweth not whither he goeth.", "Wherefore didst thou not tell me that?"]
    sources = translator.vocabulary.encode_texts(old)
    written = greedy(translator.model, jnp.asarray(sources), max_length=31).tokens
    first, second = (translator.vocabulary.decode_text(tokens) for tokens in written)
    assert "know" in first and "th " not in first and first.startswith("He ")
    assert "you" in second.split() and not {"thou", "didst"} & set(second.lower().split())


def test_other_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no translator at"):
        load_verses(tmp_path / "none.safetensors")
    other = tmp_path / "other.safetensors"
    other.write_bytes(safetensors.numpy.save({}, {"facts": json.dumps({})}))
    with pytest.raises(ValueError, match="path must be a file of save_translator"):
        load_verses(other)
