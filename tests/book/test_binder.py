"""Binder's files build the environment that the book was tested in."""

import importlib.metadata
import os
import re
import tomllib

import pytest

packaging = pytest.importorskip("packaging.requirements")

from tests.book.tree import ROOT  # noqa: E402

FOLDER = ROOT / ".binder"  # repo2docker's name for it


def requirements(path) -> list[packaging.Requirement]:
    """The lines of a requirements file, and of those it names, as pip reads them."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        line = line.partition(" #")[0].strip()
        if line.startswith("-r "):
            found += requirements(path.parent / line[3:].strip())
        elif line and not line.startswith("#"):
            found.append(packaging.Requirement(line))
    return found


def test_every_package_is_pinned_once():
    pins = requirements(FOLDER / "requirements.txt")
    assert len(pins) > 50
    for pin in pins:
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), pin
    names = [pin.name.lower().replace("_", "-") for pin in pins]
    assert len(names) == len(set(names))


def test_the_pins_fit_what_the_library_takes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pins = {p.name.lower(): str(p.specifier)[2:] for p in requirements(FOLDER / "requirements.txt")}
    for text in project["dependencies"]:
        need = packaging.Requirement(text)
        if need.name not in pins:
            continue  # comes with another, and is held to its range by the next test
        assert need.specifier.contains(pins[need.name]), need


def test_they_resolve():
    """This environment was made from the same file: each package is there, and likes the others."""
    pins = requirements(FOLDER / "requirements.txt")
    there = {p.name: _version(p.name) for p in pins if not p.marker or p.marker.evaluate()}
    if any(version is None for version in there.values()):
        pytest.skip("this environment was made from another file")
    wrong = []
    for name in there:
        for text in importlib.metadata.requires(name) or ():
            need = packaging.Requirement(text)
            if need.marker and not need.marker.evaluate({"extra": ""}):
                continue
            version = _version(need.name)
            if version is None or not need.specifier.contains(version, prereleases=True):
                wrong.append(f"{name} needs {need}; there is {version}")
    assert not wrong, wrong


def test_the_library_is_installed_beside_them():
    script = FOLDER / "postBuild"
    assert os.access(script, os.X_OK) and script.read_bytes().startswith(b"#!/usr/bin/env bash\n")
    assert "pip install --no-deps --no-build-isolation -e ." in script.read_text("utf-8")
    assert any(
        p.name.replace("_", "-") == "flit-core" for p in requirements(ROOT / "requirements.txt")
    )


def test_its_python_is_one_that_the_library_takes():
    wanted = (FOLDER / "runtime.txt").read_text("utf-8").strip()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    specifier = packaging.SpecifierSet(project["requires-python"])
    assert specifier.contains(wanted.removeprefix("python-") + ".0")


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
