"""What load_vit says of files that are missing, broken, cut short or another model's."""

import re
import zipfile

import numpy as np
import pytest
from safetensors.numpy import save_file

from encdec_lib.pretrained.vit import load_vit
from tests.helpers.vit_files import C, D, H, P, T, weights, written


@pytest.fixture
def path(tmp_path):
    return written(tmp_path)


def test_no_file_and_a_folder_are_named_in_the_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*none\.safetensors.*fetch_vit"):
        load_vit(tmp_path / "none.safetensors")
    with pytest.raises(ValueError, match="is a folder.*model.safetensors"):
        load_vit(tmp_path)


def zipped(tmp_path):
    with zipfile.ZipFile(tmp_path / "zip", "w") as file:
        file.writestr("data.pkl", "x" * 99)
    return (tmp_path / "zip").read_bytes()


def with_header(text: str) -> bytes:
    return len(text).to_bytes(8, "little") + text.encode()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is empty"),
        (b"\n <!DOCTYPE html><html>Sign in</html>" * 9, "it is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
        (zipped, "a zip archive"),
        (b"ab", "header"),
        (b"\0" * 99, "header"),
        (with_header("[3, 4]"), "header"),
        (with_header("{broken}"), "header"),
        (with_header('{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}'), "."),
    ],
)
def test_what_is_no_such_file_is_told_apart(tmp_path, content, problem):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content(tmp_path) if callable(content) else content)
    message = f"{re.escape(str(path))} cannot be read as a safetensors file: .*{problem}.*again"
    with pytest.raises(ValueError, match=message):
        load_vit(path)


def test_a_file_cut_short_anywhere_is_told(path):
    whole = path.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    for length in (7, 8, 9, 40, header - 1):
        path.write_bytes(whole[:length])
        problem = "header" if length < 9 else f"cut short in its header, after {length:,} of"
        with pytest.raises(ValueError, match=problem):
            load_vit(path, heads=H)
    for length in (header, header + 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        message = f"promises {len(whole):,} bytes, and there are {length:,}. Delete it"
        with pytest.raises(ValueError, match=message):
            load_vit(path, heads=H)
    path.write_bytes(whole + b"17")
    with pytest.raises(ValueError, match=f"there are {len(whole) + 2:,}"):
        load_vit(path, heads=H)


KEY = "vit.encoder.layer.1.attention.attention.key"
BERT = {"bert.embeddings.word_embeddings.weight": (5, D), "bert.pooler.dense.bias": (D,)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({f"{KEY}.bias": None}, rf"it lacks {KEY}\.bias"),
        ({f"{KEY}.lora_A": (1, D)}, rf"it holds {KEY}\.lora_A, which this model does not have"),
        ({"classifier.weight": None}, "lacks classifier.weight. It is an encoder without"),
        ({"vit.encoder.layer.4.output.dense.bias": (D,)}, r"it lacks vit\.encoder\.layer\.2\."),
        (
            {f"{KEY}.weight": (D, D + 1)},
            rf"{KEY}.weight has shape \(22, 23\); the other arrays need \(22, 22\)",
        ),
        ({"vit.embeddings.cls_token": (1, D)}, r"cls_token has shape \(1, 22\).*\(1, 1, 22\)"),
        ({"vit.embeddings.position_embeddings": (T, D)}, r"has \(5, 22\), not 3 axes"),
        ({"vit.embeddings.position_embeddings": (1, T + 1, D)}, "3×3 and 6 positions"),
        ({"vit.embeddings.position_embeddings": (1, 1, D)}, "3×3 and 1 positions"),
        ({"vit.embeddings.position_embeddings": (1, T, D - 1)}, r"position_embeddings has shape"),
        ({"vit.embeddings.patch_embeddings.projection.weight": (D, C, P, 2)}, "patches of 3×2"),
        ({"vit.embeddings.patch_embeddings.projection.weight": (D, C * P * P)}, "not 4 axes"),
        ({"vit.layernorm.weight": np.full(D, np.nan, np.float32)}, "layernorm.weight .*; 22 of"),
        ({f"{KEY}.bias": np.r_[np.ones(D - 1), np.inf]}, f"{KEY}.bias must be finite; 1 of its 22"),
        ({f"{KEY}.bias": np.ones(D, np.int8)}, f"{KEY}.bias must be of floating-point.*got int8"),
    ],
)
def test_another_models_file_is_named_with_the_first_array_at_fault(path, change, message):
    arrays = weights()
    for name, new in change.items():
        if new is None:
            del arrays[name]
        else:
            arrays[name] = np.ones(new, np.float32) if isinstance(new, tuple) else new
    save_file(arrays, path)
    with pytest.raises(ValueError, match=rf"(?s)model\.safetensors.*{message}"):
        load_vit(path, heads=H)


def test_the_file_of_a_model_of_words_is_named(path):
    save_file({name: np.ones(shape, np.float32) for name, shape in BERT.items()}, path)
    message = "it lacks vit.embeddings.patch_.*2 arrays are named bert.embeddings.word_embeddings"
    with pytest.raises(ValueError, match=message):
        load_vit(path)
    save_file({}, path)
    with pytest.raises(ValueError, match="0 arrays are named none"):
        load_vit(path)


def test_heads_that_do_not_fit_are_named_in_the_error(path):
    with pytest.raises(ValueError, match="22 wide, and heads that are 64 wide do not.*Give heads="):
        load_vit(path)
    for heads in (4, 0, -1):
        with pytest.raises(ValueError, match=f"heads must divide .*, 22; got heads = {heads}"):
            load_vit(path, heads=heads)
