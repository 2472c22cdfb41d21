"""Numbers that took longer than a page may take: written by ``results/``, read by the pages."""

import difflib
import json
import platform
import time
from importlib import metadata, resources
from pathlib import Path

from encdec_lib.runtime.files import write_whole
from encdec_lib.runtime.machine import processor, processors


class Results(dict):
    """A file of ``encdec_lib/results``: numbers that took longer than a page may take.

    A dictionary of the file's ``data``; :attr:`provenance` says where the numbers come from.
    """

    def __init__(self, data: dict, origin: dict):
        super().__init__(data)
        self.origin = origin

    @property
    def by_label(self) -> dict[str, list[dict]]:
        """The runs of each label, one for each seed; labels in the order of the file."""
        found: dict[str, list[dict]] = {}
        for run in self["runs"]:
            found.setdefault(run["label"], []).append(run)
        return found

    @property
    def provenance(self) -> str:
        """Command, seeds, versions, machine and date, in one line, and what weight decay shrank."""
        versions = ", ".join(f"{k} {v}" for k, v in self.origin["versions"].items())
        seeds = ", ".join(str(seed) for seed in self.origin["seeds"])
        return (
            f"{self.origin['command']} · seeds {seeds} · {versions} · "
            f"{self.origin['machine']} · {self.origin['date']}{self._decayed()}"
        )

    def _decayed(self) -> str:
        """Which parameters shrank in the runs that had weight decay; nothing if none had."""
        configs = [run["train"] for run in self.get("runs", ()) if "train" in run]
        # Runs from before there was a choice have no such field.
        kinds = {c.get("decay", "all") for c in configs if c.get("weight_decay")}
        words = ["all parameters" if kind == "all" else str(kind) for kind in sorted(kinds)]
        return f" · weight decay on {' and on '.join(words)}" if words else ""


def results(name: str) -> Results:
    """Reads a stored result; works from a checkout and from the installed package.

    Args:
      name: the file's name without ``.json``.

    Returns:
      The data, a dictionary with a ``provenance`` line.

    Raises:
      FileNotFoundError: if there is no such file; the message names the nearest of those there are.
    """
    folder = resources.files("encdec_lib") / "results"
    file = folder / f"{name}.json"
    if not file.is_file():
        files = [f.name for f in folder.iterdir()] if folder.is_dir() else []
        there = sorted(f[:-5] for f in files if f.endswith(".json"))
        nearest = difflib.get_close_matches(name, there, n=5, cutoff=0)
        raise FileNotFoundError(
            f"no result named {name!r} among {len(there)}; nearest are: "
            f"{', '.join(nearest) or 'none'}. The scripts in results/ make them."
        )
    content = json.loads(file.read_text(encoding="utf-8"))
    return Results(content.pop("data"), content)


def save_results(
    name: str,
    data: dict,
    *,
    command: str,
    seeds: list[int],
    folder: str | Path | None = None,
    before: dict | None = None,
) -> Path:
    """Writes a result beside its provenance; for the scripts in ``results/``.

    The file appears whole or not at all. Where several scripts add to one file, each reads it,
    adds, and writes it under one lock (``results/rows.py``).

    Args:
      name: the file's name without ``.json``.
      data: numbers, strings, lists and dictionaries.
      command: what makes the file again, from the repository's root.
      seeds: of the runs.
      folder: where to write; the package's own folder if None. ``~`` is the user's home.
      before: the ``origin`` of a file that is added to. Where some of it was made on another
        machine or with other versions, the new file names both.

    Returns:
      The path of the file.
    """
    packages = ("jax", "flax", "optax", "numpy")
    content = {
        "command": command,
        "seeds": list(seeds),
        "versions": {"python": platform.python_version()}
        | {package: metadata.version(package) for package in packages},
        "machine": f"{processors()} ({processor()})",
        "date": time.strftime("%Y-%m-%d"),
        "data": data,
    }
    if before:
        content |= {name: _both(before[name], content[name]) for name in ("machine", "versions")}
    place = folder or str(resources.files("encdec_lib") / "results")
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return write_whole(Path(place) / f"{name}.json", text.encode())


def _both(old: str | dict, new: str | dict) -> str | dict:
    """What two parts of a file were made with: each once, the older first.

    Example:
      >>> _both({"jax": "0.7"}, {"jax": "0.8"}), _both("2 CPUs", "2 CPUs")
      ({'jax': '0.7 and 0.8'}, '2 CPUs')
    """
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: _both(old.get(key, value), value) for key, value in new.items()}
    return old if new in str(old).split(" and ") else f"{old} and {new}"
