"""The workflows run what they were reviewed with, may do little, and publish what was tested."""

import re

import pytest
import yaml

from tests.book.tree import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def read(name: str) -> dict:
    return yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text("utf-8"))


@every_file
def test_actions_are_pinned_by_commit_and_say_their_version(file):
    uses = re.findall(r"uses: (\S+)(.*)", file.read_text("utf-8"))
    for action, comment in uses:
        if action.startswith("./"):
            continue
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_an_action_has_one_version():
    text = "".join(file.read_text("utf-8") for file in FILES)
    pins = set(re.findall(r"uses: (\S+)@(\S+)", text))
    assert len(pins) == len({action for action, _ in pins})


@every_file
def test_a_workflow_may_only_read_and_only_the_deployment_may_more(file):
    workflow = read(file.name)
    assert workflow["permissions"] == {"contents": "read"}
    jobs = {
        name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job
    }
    allowed = {"deploy": {"pages": "write", "id-token": "write"}} if file.stem == "publish" else {}
    assert jobs == allowed


def test_the_site_is_published_only_after_the_tests():
    publish, test = read("publish.yml"), read("test.yml")
    assert publish["jobs"]["deploy"]["needs"] == "test"
    assert publish["jobs"]["test"] == {
        "uses": "./.github/workflows/test.yml",
        "with": {"site": True},
    }
    steps = test["jobs"]["book"]["steps"]
    run = next(i for i, step in enumerate(steps) if step.get("run") == ".ci/run")
    kept = next(i for i, step in enumerate(steps) if "upload-pages" in step.get("uses", ""))
    assert run < kept


def test_dependabot_looks_at_actions_pip_and_npm_every_week():
    settings = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))
    found = {entry["package-ecosystem"]: entry for entry in settings["updates"]}
    assert set(found) == {"github-actions", "pip", "npm"}
    assert all(e["schedule"]["interval"] == "weekly" and e["groups"] for e in found.values())
