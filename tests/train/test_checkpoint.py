"""Mirrors encdec_lib/train/checkpoint.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.train import checkpoint
from tests.systems import PAIRS, build

TREE = {"a": np.arange(3), "deep": [np.ones((2, 5), np.float32), (np.array(True),)]}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "new folder" / "model.npz"
    checkpoint.save(path, TREE, steps=7, note="한국어", losses=[0.1, 1e-17])
    return path


def test_what_was_saved_comes_back_with_its_facts(file):
    tree, facts = checkpoint.load(file, jax.tree.map(np.zeros_like, TREE))
    jax.tree.map(np.testing.assert_array_equal, tree, TREE)
    assert [x.dtype for x in jax.tree.leaves(tree)] == [x.dtype for x in jax.tree.leaves(TREE)]
    assert facts == {"steps": 7, "note": "한국어", "losses": [0.1, 1e-17]}


def test_the_file_appears_whole_or_not_at_all(file, monkeypatch):
    def full_disk(*arguments, **named):
        arguments[0].write(b"half a f")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(file, {"a": np.zeros(3)})
    assert checkpoint.load(file, TREE)[1]["steps"] == 7


@pytest.mark.parametrize(("encoder", "decoder"), PAIRS)
def test_a_model_comes_back_bit_for_bit(tmp_path, encoder, decoder):
    saved, other = build(encoder, decoder, seed=0), build(encoder, decoder, seed=1)
    checkpoint.save_model(tmp_path / "model.npz", saved)
    assert checkpoint.load_model(tmp_path / "model.npz", other) is other
    for (path, a), (_, b) in zip(
        nnx.to_flat_state(nnx.state(saved)), nnx.to_flat_state(nnx.state(other)), strict=True
    ):
        assert isinstance(b[...], jax.Array), path
        np.testing.assert_array_equal(a[...], b[...], err_msg=str(path))


def test_a_model_with_random_streams_comes_back(tmp_path):
    saved, other = (nnx.Dropout(0.5, rngs=nnx.Rngs(seed)) for seed in (0, 1))
    checkpoint.save_model(tmp_path / "model.npz", saved)
    checkpoint.load_model(tmp_path / "model.npz", other)
    np.testing.assert_array_equal(saved(jnp.ones(97)), other(jnp.ones(97)))


@pytest.mark.parametrize(
    ("like", "problem"),
    [
        ({"a": TREE["a"]}, r"it holds \['deep'\]\[0\], which this model does not have"),
        ({**TREE, "b": TREE["a"]}, r"it lacks \['b'\]"),
        ({**TREE, "a": np.zeros(4)}, r"\['a'\] has shape \(3,\) there, \(4,\) here"),
    ],
)
def test_a_checkpoint_of_another_model_names_the_first_difference(file, like, problem):
    with pytest.raises(ValueError, match=rf"belongs to another model: {problem}\. Build the mod"):
        checkpoint.load(file, like)


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_a_file_cut_short_is_named_in_the_error(file, length):
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(
        ValueError, match="model.npz is not a checkpoint of this library, or is cut"
    ):
        checkpoint.load(file, TREE)


def test_a_file_of_somebody_else_is_named_in_the_error(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(ValueError, match="other.npz is not a checkpoint of this library"):
        checkpoint.load(tmp_path / "other.npz", TREE)


def test_a_file_that_is_not_there_is_named_in_the_error(tmp_path):
    with pytest.raises(
        FileNotFoundError, match="There is no checkpoint at .*gone.npz. Train first"
    ):
        checkpoint.load(tmp_path / "gone.npz", TREE)
