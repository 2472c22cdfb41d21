"""Mirrors encdec_lib/train/checkpoint.py."""

import json
import os

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import safetensors.numpy
from flax import nnx

from encdec_lib.train import checkpoint
from tests.systems import PAIRS, build

TREE = {"a": np.arange(3), "deep": [np.ones((2, 5), np.float32), (np.array(True),)]}
DTYPES = (
    "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
    "float16", "bfloat16", "float32", "float64",
)  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "new folder" / "model.safetensors"
    checkpoint.save(path, TREE, steps=7, note="한국어", losses=[0.1, 1e-17])
    return path


def test_what_was_saved_comes_back_with_its_facts(file):
    tree, facts = checkpoint.load(file, jax.tree.map(np.zeros_like, TREE))
    jax.tree.map(np.testing.assert_array_equal, tree, TREE)
    assert [x.dtype for x in jax.tree.leaves(tree)] == [x.dtype for x in jax.tree.leaves(TREE)]
    assert facts == {"steps": 7, "note": "한국어", "losses": [0.1, 1e-17]}


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_comes_back_bit_for_bit(tmp_path, dtype):
    """Infinities, NaN and all other patterns of bits; turned, empty and single arrays."""
    dtype = np.dtype(dtype)
    highest = 1 if dtype.kind == "b" else 255
    bits = np.random.default_rng(0).integers(0, highest + 1, (3, 5, 16), np.uint8)
    array = bits.view(dtype)
    tree = [array, array.T, array[::2, 1], array[:0], array[0, 0, 0], np.asarray(array[0, 0, 0])]
    checkpoint.save(tmp_path / "file", tree)
    loaded, facts = checkpoint.load(tmp_path / "file", jax.tree.map(np.zeros_like, tree))
    assert facts == {}
    for before, after in zip(tree, loaded, strict=True):
        assert (before.dtype, before.shape) == (after.dtype, after.shape)
        assert before.tobytes() == after.tobytes()


def test_bfloat16_parameters_come_back_as_such(tmp_path):
    saved, other = (
        nnx.Linear(3, 5, param_dtype=jnp.bfloat16, rngs=nnx.Rngs(seed)) for seed in (0, 1)
    )
    checkpoint.save_model(tmp_path / "model", saved)
    checkpoint.load_model(tmp_path / "model", other)
    assert other.kernel[...].dtype == jnp.bfloat16
    np.testing.assert_array_equal(saved.kernel[...], other.kernel[...])


def test_an_array_that_no_such_file_can_hold_is_named_in_the_error(tmp_path):
    with pytest.raises(ValueError, match="tree has an array that a checkpoint cannot hold.*str"):
        checkpoint.save(tmp_path / "file", {"a": np.array(["a"])})
    assert not list(tmp_path.iterdir())


def test_the_file_appears_whole_or_not_at_all(file, monkeypatch):
    write = type(file).write_bytes

    def full_disk(path, content):
        write(path, content[: len(content) // 2])
        raise OSError("No space left on device")

    monkeypatch.setattr(type(file), "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(file, {"a": np.zeros(3)})
    assert checkpoint.load(file, TREE)[1]["steps"] == 7
    assert list(file.parent.iterdir()) == [file]


def test_the_old_file_is_not_written_into(file):
    before = file.stat().st_ino
    checkpoint.save(file, TREE)
    assert file.stat().st_ino != before


def test_a_home_is_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # of Windows
    checkpoint.save("~/kept/model.safetensors", TREE)
    assert (tmp_path / "kept" / "model.safetensors").exists()
    jax.tree.map(
        np.testing.assert_array_equal, checkpoint.load("~/kept/model.safetensors", TREE)[0], TREE
    )


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_others_may_read_it_where_other_files_may_be_read(file):
    (file.parent / "other").touch()
    assert file.stat().st_mode == (file.parent / "other").stat().st_mode


@pytest.mark.parametrize(("encoder", "decoder"), PAIRS)
def test_a_model_comes_back_bit_for_bit(tmp_path, encoder, decoder):
    saved, other = build(encoder, decoder, seed=0), build(encoder, decoder, seed=1)
    checkpoint.save_model(tmp_path / "model.safetensors", saved)
    assert checkpoint.load_model(tmp_path / "model.safetensors", other) is other
    for (path, a), (_, b) in zip(
        nnx.to_flat_state(nnx.state(saved)), nnx.to_flat_state(nnx.state(other)), strict=True
    ):
        assert isinstance(b[...], jax.Array), path
        np.testing.assert_array_equal(a[...], b[...], err_msg=str(path))


class Drops(nnx.Module):
    """A layer, with dropout behind it or without."""

    def __init__(self, rate, seed=0):
        rngs = nnx.Rngs(seed)
        self.layer = nnx.Linear(3, 5, rngs=rngs)
        self.norm = nnx.BatchNorm(5, rngs=rngs)
        self.drop = nnx.Dropout(rate, rngs=rngs) if rate else None

    def __call__(self, x):
        x = self.norm(self.layer(x))
        return x if self.drop is None else self.drop(x)


def test_dropout_is_no_weight(tmp_path):
    """With and without it in all four ways: weights and statistics come, streams stay."""
    x = jnp.linspace(-1, 1, 21).reshape(7, 3)
    for rate, other_rate in ((0.5, 0.0), (0.0, 0.5), (0.5, 0.5), (0.0, 0.0)):
        saved, other = Drops(rate), Drops(other_rate, seed=1)
        saved(x)  # moves the running statistics
        checkpoint.save_model(tmp_path / "model", saved)
        stream = other.drop and jax.random.key_data(other.drop.rngs.key[...])
        checkpoint.load_model(tmp_path / "model", other)
        np.testing.assert_array_equal(other.norm.mean[...], saved.norm.mean[...])
        assert other.norm.mean[...].any()
        if other.drop:
            np.testing.assert_array_equal(jax.random.key_data(other.drop.rngs.key[...]), stream)
        saved.eval(), other.eval()
        np.testing.assert_array_equal(saved(x), other(x))


def test_streams_in_files_of_before_are_passed_over(tmp_path):
    saved, other = Drops(0.5), Drops(0.0, seed=1)
    checkpoint.save(tmp_path / "model", nnx.to_pure_dict(nnx.state(saved)))
    checkpoint.load_model(tmp_path / "model", other)
    np.testing.assert_array_equal(other.layer.kernel[...], saved.layer.kernel[...])


def test_the_facts_can_be_read_alone(file):
    assert checkpoint.facts(file) == {"steps": 7, "note": "한국어", "losses": [0.1, 1e-17]}


def test_other_programs_can_read_it(file):
    arrays = safetensors.numpy.load_file(file)
    np.testing.assert_array_equal(arrays["['deep'][0]"], TREE["deep"][0])


@pytest.mark.parametrize(
    ("like", "problem"),
    [
        ({"a": TREE["a"]}, r"it holds \['deep'\]\[0\], which this model does not have"),
        ({**TREE, "b": TREE["a"]}, r"it lacks \['b'\]"),
        ({**TREE, "a": np.zeros(4)}, r"\['a'\] has shape \(3,\) there, \(4,\) here"),
        ({**TREE, "a": np.zeros(3)}, r"\['a'\] is int64 there, float64 here"),
    ],
)
def test_a_checkpoint_of_another_model_names_the_first_difference(file, like, problem):
    with pytest.raises(ValueError, match=rf"belongs to another model: {problem}\. Build the mod"):
        checkpoint.load(file, like)


def test_float16_does_not_become_float32_in_silence(tmp_path):
    half = nnx.Linear(3, 5, param_dtype=jnp.float16, rngs=nnx.Rngs(0))
    checkpoint.save_model(tmp_path / "half", half)
    with pytest.raises(ValueError, match=r"half belongs.*\['bias'\] is float16 there, float32 he"):
        checkpoint.load_model(tmp_path / "half", nnx.Linear(3, 5, rngs=nnx.Rngs(0)))


@pytest.mark.parametrize("length", [0, 1, 7, 8, 100, -1])
def test_a_file_cut_short_is_named_in_the_error(file, length):
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(
        ValueError, match="model.safetensors is not a checkpoint of this library, or is cut"
    ):
        checkpoint.load(file, TREE)


def test_what_version_0_1_wrote_is_told_apart(tmp_path):
    old = {"['a']": np.zeros(3), "__meta__": np.array(json.dumps({"steps": 7}))}
    np.savez(tmp_path / "old.npz", **old)
    message = r"old.npz is a zip archive, such as .*version 0\.1 of this library.*train again"
    with pytest.raises(ValueError, match=message):
        checkpoint.load(tmp_path / "old.npz", {"a": np.zeros(3)})


def test_a_file_of_somebody_else_is_named_in_the_error(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing to do with it")
    with pytest.raises(ValueError, match="notes.txt is not a checkpoint of this library, or is"):
        checkpoint.load(tmp_path / "notes.txt", TREE)
    safetensors.numpy.save_file({"a": np.zeros(3)}, tmp_path / "other")
    with pytest.raises(ValueError, match="other is not a checkpoint.*file of another program"):
        checkpoint.load(tmp_path / "other", {"a": np.zeros(3)})


def test_a_file_that_is_not_there_is_named_in_the_error(tmp_path):
    with pytest.raises(
        FileNotFoundError, match="There is no checkpoint at .*gone.safetensors. Train first"
    ):
        checkpoint.load(tmp_path / "gone.safetensors", TREE)
