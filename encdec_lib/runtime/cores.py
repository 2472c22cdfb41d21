"""How many CPU cores this process may use: what it is bound to, and what a container allows."""

import math
import os
from pathlib import Path, PurePosixPath

_GROUPS = Path("/sys/fs/cgroup")
_MEMBER = Path("/proc/self/cgroup")


def usable_cores() -> int:
    """The cores that this process may use, at least 1.

    The smaller of two numbers: the cores it is bound to (``taskset``, a SLURM job), and the time
    its control group gets, in cores, rounded up (``docker run --cpus 1.5``, a pod's limit). A
    container sees every core of its host; who counts those starts eight devices on the time of one.

    Example:
      >>> 1 <= usable_cores() <= os.cpu_count()
      True
    """
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    quota = _quota()
    return cores if quota is None else max(1, min(cores, math.ceil(quota)))


def _quota(groups: Path | None = None, member: Path | None = None) -> float | None:
    """The least that this process's control group or one around it allows; None: no limit.

    Args:
      groups: where control groups are mounted.
      member: the file that says which of them this process is in.
    """
    groups, member = groups or _GROUPS, member or _MEMBER
    try:
        lines = member.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    limits = []
    for line in lines:
        _, controllers, path = (line.split(":", 2) + ["", ""])[:3]
        if controllers and "cpu" not in controllers.split(","):
            continue
        mounts = [groups] if not controllers else [groups / controllers, groups / "cpu"]
        # A container may see its own group at the root of the mount, whatever the path says.
        inside = PurePosixPath(path.strip().lstrip("/"))
        for mount in mounts:
            for folder in [mount / inside, *(mount / parent for parent in inside.parents)]:
                limits += [limit for limit in (_v2(folder), _v1(folder)) if limit is not None]
    return min(limits, default=None)


def _v2(folder: Path) -> float | None:
    """``cpu.max``: "max 100000", or "150000 100000" for one and a half cores."""
    return _ratio(*(_read(folder / "cpu.max").split() + ["", ""])[:2])


def _v1(folder: Path) -> float | None:
    """The two files of the first version; a quota of -1 is no limit."""
    return _ratio(_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us"))


def _ratio(quota: str, period: str) -> float | None:
    if not (quota.isascii() and quota.isdigit() and period.isascii() and period.isdigit()):
        return None  # "max", "-1", or no such file
    return int(quota) / int(period) if int(quota) and int(period) else None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
