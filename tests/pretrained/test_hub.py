"""Mirrors encdec_lib/pretrained/hub.py."""

import functools
import json
import math
import re

import numpy as np
import pytest

from encdec_lib.models.vision_transformer import BASE
from encdec_lib.pretrained import hub
from encdec_lib.pretrained.hub import classes, fetch_vit
from encdec_lib.pretrained.vit import load_vit
from encdec_lib.pretrained.vit_layout import file_layout
from tests.helpers.vit_files import H, written
from tests.pretrained.serving import Quiet, serving


def test_the_hubs_files_go_to_one_place_and_come_once(tmp_path, monkeypatch):
    asked = []

    def download(address, path, sha256=None):
        asked.append((address, sha256))
        return path

    monkeypatch.setattr(hub, "download", download)
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.setenv("ENCDEC_CACHE", str(tmp_path / "cache"))
    name = "google--vit-base-patch16-224"
    assert fetch_vit() == tmp_path / "cache" / "pretrained" / name / "model.safetensors"
    files = f"https://huggingface.co/google/vit-base-patch16-224/resolve/{hub.COMMIT}"
    assert asked.pop() == (f"{files}/model.safetensors", hub.SHA256["model.safetensors"])
    assert fetch_vit(folder="~/kept", commit=hub.COMMIT).parts[-3:-1] == ("kept", name)
    assert asked.pop()[1] == hub.SHA256["model.safetensors"]
    place = fetch_vit(folder=tmp_path, commit="main")  # files of two commits do not mix
    assert place == tmp_path / f"{name}@main" / "model.safetensors"
    assert asked.pop() == (f"{files}/model.safetensors".replace(hub.COMMIT, "main"), None)
    fetch_vit(sha256="17")
    assert asked.pop()[1] == "17"
    assert fetch_vit("a/b.c", tmp_path) == tmp_path / "a--b.c" / "model.safetensors"
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example/")
    fetch_vit("a/b", tmp_path)
    assert asked.pop()[0] == "https://mirror.example/a/b/resolve/main/model.safetensors"
    fetch_vit("a/b", tmp_path, sha256="17")
    assert asked.pop()[1] == "17"
    monkeypatch.setenv("ENCDEC_CACHE", "off")
    with pytest.raises(ValueError, match="ENCDEC_CACHE is off.*give folder="):
        fetch_vit()


def test_a_model_from_a_server_is_a_model(tmp_path, monkeypatch):
    """The hub as a server on this machine."""
    files = tmp_path / "hub" / "a" / "b" / "resolve" / "main"
    files.mkdir(parents=True)
    written(files)
    (files / "config.json").write_text('{"id2label": {"1": "b", "0": "a"}}')
    monkeypatch.setenv("no_proxy", "*")
    kept = tmp_path / "kept"
    with serving(functools.partial(Quiet, directory=tmp_path / "hub")) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        assert load_vit(fetch_vit("a/b", kept), heads=H).config.heads == H
        assert classes("a/b", kept) == ["a", "b"]
        with pytest.raises(ConnectionError, match="a/c/resolve/main/model.safetensors .*404"):
            fetch_vit("a/c", kept)


def test_the_pins_are_a_commit_and_a_hash():
    assert re.fullmatch("[0-9a-f]{40}", hub.COMMIT)
    assert all(re.fullmatch("[0-9a-f]{64}", pin) for pin in hub.SHA256.values())
    assert len(set(hub.SHA256.values())) == 2


def test_the_size_that_goes_with_the_hash_is_that_of_the_model():
    """346,293,852 bytes: the arrays of ViT-B/16, and a header of some kilobytes."""
    layout = file_layout(BASE)
    numbers = sum(math.prod(shape) for _, shape in layout.values())
    assert 0 < 346_293_852 - 4 * numbers < 200 * len(layout)


def test_a_file_of_the_usual_model_that_is_another_is_not_taken(tmp_path, monkeypatch):
    """One that is there is checked by the pinned hash; the server has another one, too."""
    folder = tmp_path / "kept" / "google--vit-base-patch16-224"
    folder.mkdir(parents=True)
    written(folder)
    files = tmp_path / "hub" / "google" / "vit-base-patch16-224" / "resolve" / hub.COMMIT
    files.mkdir(parents=True)
    written(files)
    monkeypatch.setenv("no_proxy", "*")
    with serving(functools.partial(Quiet, directory=tmp_path / "hub")) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        (folder / "config.json").write_text("{}")
        (files / "config.json").write_text('{"id2label": {"0": "a"}}')
        for fetch, file in ((fetch_vit, "model.safetensors"), (classes, "config.json")):
            message = rf"does not have the SHA-256 {hub.SHA256[file]}\).*there now has another"
            with pytest.raises(ConnectionError, match=message):
                fetch(folder=tmp_path / "kept")


@pytest.mark.parametrize("commit", ["../main", "a/b", " "])
def test_a_commit_that_is_none_is_named_in_the_error(commit, tmp_path):
    with pytest.raises(ValueError, match="commit must be 40 hexadecimal digits, or a branch; got"):
        fetch_vit("a/b", tmp_path, commit=commit)


@pytest.mark.parametrize("name", ["vit", "", "a/../b", "../b", "a/b/c", "https://huggingface.co/a"])
def test_a_name_that_is_none_is_named_in_the_error(name, tmp_path):
    with pytest.raises(ValueError, match=f"name must be owner/model.*got '{re.escape(name)}'"):
        fetch_vit(name, tmp_path)


@pytest.mark.parametrize(
    "content", ["", "[]", "<html>", "{}", '{"id2label": {"1": "b"}}', '{"id2label": 3}']
)
def test_a_config_without_classes_is_named_in_the_error(content, tmp_path):
    (tmp_path / "a--b").mkdir()
    (tmp_path / "a--b" / "config.json").write_text(content)
    with pytest.raises(ValueError, match="config.json has no names of classes.*Delete it"):
        classes("a/b", tmp_path)


def test_classes_come_in_the_order_of_the_logits(tmp_path):
    table = {str(i): f"class {i}" for i in np.random.default_rng(0).permutation(1000)}
    (tmp_path / "a--b").mkdir()
    (tmp_path / "a--b" / "config.json").write_text(json.dumps({"id2label": table}))
    assert classes("a/b", tmp_path) == [f"class {i}" for i in range(1000)]
