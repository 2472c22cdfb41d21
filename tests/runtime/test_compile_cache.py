"""Mirrors encdec_lib/runtime/compile_cache.py and encdec_lib/runtime/machine.py."""

import os
import pathlib
import sys
from types import SimpleNamespace

import jax
import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix

from encdec_lib.runtime import compile_cache, machine
from encdec_lib.runtime.compile_cache import cache_directory, keep_compiled_programs


@pytest.fixture
def jax_config():
    """Puts back what :func:`keep_compiled_programs` sets."""
    names = ("jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs")
    before = {name: getattr(jax.config, name) for name in names}
    yield
    for name, value in before.items():
        jax.config.update(name, value)


def test_the_directory_can_be_moved(monkeypatch, tmp_path):
    monkeypatch.setenv("ENCDEC_CACHE", str(tmp_path))
    assert cache_directory().parent == tmp_path
    monkeypatch.setenv("ENCDEC_CACHE", f"  {tmp_path} ")
    assert cache_directory().parent == tmp_path
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # of Windows
    monkeypatch.setenv("ENCDEC_CACHE", "~/programs")
    assert cache_directory().parent == tmp_path / "programs"


@pytest.mark.parametrize("wish", ["off", "OFF", "none", "no", "false", "0", " off "])
def test_it_can_be_turned_off(monkeypatch, wish):
    monkeypatch.setenv("ENCDEC_CACHE", wish)
    assert cache_directory() is None and keep_compiled_programs() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not ask the environment")
@pytest.mark.parametrize(
    ("system", "place"), [(Unix, ".cache/encdec"), (MacOS, "Library/Caches/encdec")]
)
def test_it_is_where_each_system_keeps_such_things(monkeypatch, tmp_path, system, place):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("ENCDEC_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(
        compile_cache.platformdirs,
        "user_cache_path",
        lambda name, **named: system(name, **named).user_cache_path,
    )
    assert cache_directory().parent == tmp_path / place


@pytest.mark.skipif(sys.platform != "win32", reason="of Windows")
def test_it_is_among_the_local_data_of_a_windows_user(monkeypatch):
    monkeypatch.delenv("ENCDEC_CACHE", raising=False)
    assert cache_directory().parent.parts[-2:] == ("encdec", "Cache")


@pytest.mark.skipif(sys.platform != "linux", reason="XDG_CACHE_HOME is of Linux")
def test_a_cache_directory_of_the_users_own_is_taken(monkeypatch, tmp_path):
    monkeypatch.delenv("ENCDEC_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory().parent == tmp_path / "encdec"


def test_each_kind_of_processor_has_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("ENCDEC_CACHE", str(tmp_path))
    before = cache_directory()
    assert before == cache_directory() and before.name.startswith("jax-")
    monkeypatch.setattr(compile_cache, "processor", lambda full: "another one")
    assert cache_directory() != before


def test_it_is_made_and_used(monkeypatch, tmp_path, jax_config):
    monkeypatch.setenv("ENCDEC_CACHE", str(tmp_path / "new" / "folder"))
    directory = keep_compiled_programs()
    assert directory == cache_directory() and directory.is_dir()
    assert pathlib.Path(jax.config.jax_compilation_cache_dir) == directory


def test_the_directory_that_jax_was_given_stays(monkeypatch, tmp_path, jax_config):
    monkeypatch.delenv("ENCDEC_CACHE", raising=False)
    jax.config.update("jax_compilation_cache_dir", str(tmp_path / "mine"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 7)
    assert keep_compiled_programs() == tmp_path / "mine"
    assert jax.config.jax_compilation_cache_dir == str(tmp_path / "mine")
    assert jax.config.jax_persistent_cache_min_compile_time_secs == 7
    monkeypatch.setenv("ENCDEC_CACHE", str(tmp_path / "asked"))  # asked for by name
    assert keep_compiled_programs() == cache_directory()
    assert jax.config.jax_compilation_cache_dir == str(cache_directory())


def test_one_that_cannot_be_made_is_no_error(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ENCDEC_CACHE", str(tmp_path / "file"))
    assert keep_compiled_programs() is None


def test_one_that_cannot_be_written_is_no_error(monkeypatch, tmp_path):
    monkeypatch.setenv("ENCDEC_CACHE", str(tmp_path))
    monkeypatch.setattr(compile_cache.os, "access", lambda *_: False)
    assert keep_compiled_programs() is None


def test_the_machine_is_named_in_words(monkeypatch):
    monkeypatch.setattr(jax, "local_devices", lambda: [SimpleNamespace(platform="cpu")] * 2)
    assert machine.device_count() == "2 CPU devices"
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert machine.processors() == "1 CPU core"
    assert machine.processor() and len(machine.processor(full=True)) > len(machine.processor())
    card = SimpleNamespace(platform="gpu", device_kind="NVIDIA H100")
    monkeypatch.setattr(jax, "local_devices", lambda: [card])
    assert machine.device_count() == "1 GPU device"
    assert (machine.processors(), machine.processor()) == ("1 GPU", "NVIDIA H100")
