"""What the pages and the README of version 0.1 imported goes on being importable."""

import importlib
import pathlib
import subprocess
import sys

import pytest

from encdec_lib._moved import MOVED, RENAMED

#: ``module name`` a line, as those pages and that README had them.
LINES = pathlib.Path(__file__).with_name("old_imports.txt").read_text().splitlines()


@pytest.mark.parametrize("line", LINES)
def test_what_was_imported_then_is_there(line):
    module, name = line.split()
    found = importlib.import_module(module)
    if not hasattr(found, name):
        found = importlib.import_module(f"{module}.{name}")
        return
    assert getattr(found, name) is not None


@pytest.mark.parametrize("old", MOVED)
def test_a_module_that_moved_leads_to_where_it_is(old):
    module = importlib.import_module(f"encdec_lib.{old}")
    home = importlib.import_module(f"encdec_lib.{MOVED[old][0]}")
    public = [name for name in vars(home) if not name.startswith("_")]
    assert public and all(getattr(module, name) is getattr(home, name) for name in public)


def test_a_name_that_changed_leads_to_the_new_one():
    from encdec_lib import memory
    from encdec_lib.analysis import recurrent_memory

    assert memory.hold_on is recurrent_memory.set_keep_bias
    assert set(RENAMED.values()) >= {"set_keep_bias", "probe_symbols"}


def test_a_name_that_never_was_is_said_to_be_nowhere():
    from encdec_lib import losses

    with pytest.raises(AttributeError, match="encdec_lib.losses has moved to .*train.losses"):
        losses.no_such_loss  # noqa: B018


def test_a_module_that_moved_still_runs_as_a_script():
    command = [sys.executable, "-m", "encdec_lib.processes", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "Runs a script in several processes" in done.stdout
    assert not done.stderr
