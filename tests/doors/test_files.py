"""Files that are missing, cut short, empty, of another program or of another model."""

import json

import numpy as np
import pytest
import safetensors.numpy
from flax import nnx
from hypothesis import given
from hypothesis import strategies as st

from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.page.result_files import results
from encdec_lib.pretrained.preprocessing import prepare
from encdec_lib.pretrained.vit import load_vit
from encdec_lib.train.checkpoint import load, load_model, save_model
from tests.doors import bad
from tests.doors.judging import few, refused

MODEL = seq2seq(Seq2SeqConfig(7, 9, 3, 5), rngs=nnx.Rngs(0))
NAMES = ("path", "checkpoint", "safetensors")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("doors")


@few
@given(st.data())
def test_missing_files(folder, data):
    path = data.draw(bad.missing(folder))
    refused(load_model, path, MODEL, also=NAMES)
    refused(load_vit, path, also=NAMES)
    refused(load, str(path), {"a": np.ones(2)}, also=NAMES)


@pytest.mark.parametrize("reader", [load_model, load_vit], ids=lambda reader: reader.__name__)
def test_files_of_something_else(folder, reader):
    path = folder / "model.safetensors"
    save_model(path, MODEL)
    whole = path.read_bytes()
    other = safetensors.numpy.save({"a": np.ones(3, np.float32)})

    @few
    @given(
        st.one_of(
            st.binary(max_size=40),
            st.integers(0, len(whole) - 1).map(lambda size: whole[:size]),
            st.just(other),
            st.just(json.dumps({"weights": [1, 2]}).encode()),
            st.just(b"PK\x03\x04 a zip"),
        )
    )
    def tried(content):
        path.write_bytes(content)
        rest = (nnx.clone(MODEL),) if reader is load_model else ()
        refused(reader, path, *rest, also=(*NAMES, str(path)))

    tried()


def test_a_checkpoint_of_another_model(folder):
    path = folder / "other.safetensors"
    save_model(path, MODEL)
    for sizes in ((7, 11, 3, 5), (7, 9, 5, 5)):
        other = seq2seq(Seq2SeqConfig(*sizes), rngs=nnx.Rngs(0))
        before = np.asarray(other.decoder.output.bias[...])
        refused(load_model, path, other, also=(*NAMES, str(path)))
        np.testing.assert_array_equal(before, other.decoder.output.bias[...])


@few
@given(st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=12))
def test_results_that_are_not_stored(name):
    refused(results, name, also=("result",))


@few
@given(bad.images((2, 4, 4, 3), size=False), bad.wholes())
def test_pictures_for_a_pretrained_model(images, side):
    if not (isinstance(images, np.ndarray) and images.dtype == np.uint8):
        refused(prepare, images)  # bytes are good here
    refused(prepare, np.zeros((1, 4, 4, 3), np.float32), side)
