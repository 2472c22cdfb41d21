"""Mirrors encdec_lib/runtime/cores.py: control groups as containers and SLURM lay them out."""

import os

import pytest

from encdec_lib.runtime import cores, launch, machine


def lay_out(root, member: str, files: dict[str, str]):
    """A machine's control groups, and the file that says which of them this process is in."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "member").write_text(member, encoding="utf-8")
    return root / "groups", root / "member"


@pytest.mark.parametrize(
    ("member", "files", "allowed"),
    [
        # version 2, the process at the root of what its container sees
        ("0::/\n", {"groups/cpu.max": "100000 100000\n"}, 1.0),
        ("0::/\n", {"groups/cpu.max": "150000 100000\n"}, 1.5),
        ("0::/\n", {"groups/cpu.max": "max 100000\n"}, None),
        # a limit of the group itself, and the smaller one of a group around it
        ("0::/pod/box\n", {"groups/pod/box/cpu.max": "300000 100000"}, 3.0),
        ("0::/pod/box\n", {"groups/pod/box/cpu.max": "max 100000",
                           "groups/pod/cpu.max": "70000 35000"}, 2.0),
        ("0::/pod/box\n", {"groups/pod/box/cpu.max": "500000 100000",
                           "groups/pod/cpu.max": "70000 35000"}, 2.0),
        # the path is the host's, and the container sees its own group at the root
        ("0::/host/path\n", {"groups/cpu.max": "250000 100000"}, 2.5),
        # version 1, beside others that say nothing of the CPU
        ("5:memory:/a\n4:cpu,cpuacct:/a\n",
         {"groups/cpu,cpuacct/a/cpu.cfs_quota_us": "200000\n",
          "groups/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n"}, 2.0),
        ("4:cpuacct,cpu:/docker/1\n", {"groups/cpu/cpu.cfs_quota_us": "50000",
                                       "groups/cpu/cpu.cfs_period_us": "100000"}, 0.5),
        ("4:cpu:/\n", {"groups/cpu/cpu.cfs_quota_us": "-1",
                       "groups/cpu/cpu.cfs_period_us": "100000"}, None),
        # both at once, as systemd's mixed layout has them
        ("4:cpu:/a\n0::/a\n", {"groups/cpu/a/cpu.cfs_quota_us": "300000",
                               "groups/cpu/a/cpu.cfs_period_us": "100000"}, 3.0),
        # no control groups, and files that hold something else
        ("", {}, None),
        ("0::/\n", {}, None),
        ("0::/\n", {"groups/cpu.max": ""}, None),
        ("0::/\n", {"groups/cpu.max": "0 0"}, None),
        ("0::/\n", {"groups/cpu.max": "²00 100"}, None),
        ("nonsense\n", {"groups/cpu.max": "100000 100000"}, 1.0),
    ],
)  # fmt: skip
def test_what_a_control_group_allows(tmp_path, member, files, allowed):
    assert cores._quota(*lay_out(tmp_path, member, files)) == allowed


def test_a_machine_without_control_groups_has_no_limit(tmp_path):
    assert cores._quota(tmp_path / "none", tmp_path / "missing") is None


@pytest.mark.parametrize(
    ("bound", "quota", "usable"),
    [(8, None, 8), (8, 1.0, 1), (8, 1.5, 2), (8, 0.25, 1), (2, 6.0, 2), (3, 3.0, 3)],
)
def test_the_smaller_of_cores_and_time_counts_everywhere(monkeypatch, bound, quota, usable):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(bound)), raising=False)
    monkeypatch.setattr(cores, "_quota", lambda: quota)
    assert cores.usable_cores() == usable
    assert machine.processors().startswith(f"{usable} CPU core")
    assert launch._share(1) == usable and launch._share(100) == 1


def test_where_the_system_knows_no_affinity_the_machine_counts(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(cores, "_quota", lambda: None)
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert cores.usable_cores() == 5
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores.usable_cores() == 1
