"""The library is called as a reader calls it, and what was tried is counted."""

import os

import pytest

from tests.doors.judging import OUTCOMES


@pytest.fixture(autouse=True)
def _as_reader(as_reader):
    """Without the tests' shape checks, which would answer first."""


@pytest.fixture(scope="session", autouse=True)
def _counted(request):
    yield
    if "PYTEST_XDIST_WORKER" in os.environ:  # whose output is another program's input
        return
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        total = sum(OUTCOMES.values())
        print(f"\ndoors: {total} bad inputs, {dict(OUTCOMES.most_common())}")
