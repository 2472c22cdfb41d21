"""Executes notebooks/*.ipynb one after the other, as a reader's client would; `make colab` does it.

    python tools/run_notebooks.py            all of them
    python tools/run_notebooks.py 06 07      those whose names begin so

The kernel is this Python's, in the folder of the notebooks, without the clone on its path: what the
first cell installs is what runs. An error, or anything on stderr, fails a notebook; the others run
all the same. Prints the seconds of each as it ends.
"""

import argparse
import os
import pathlib
import platform
import re
import sys
import time
from importlib import metadata

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = pathlib.Path(__file__).resolve().parents[1]
CELL_SECONDS = 1200  # a notebook may take minutes on two cores, and no cell hangs for ever
SHOWN = ("jax", "flax", "numpy", "matplotlib", "ipywidgets", "ipython", "ipykernel")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def chosen(names: list[str], folder: pathlib.Path) -> list[pathlib.Path]:
    """The notebooks whose names begin with one of `names`; all if there are none.

    Raises:
      ValueError: if a name fits no notebook.
    """
    there = sorted(folder.glob("*.ipynb"))
    for name in names:
        if not any(path.name.startswith(name) for path in there):
            raise ValueError(f"no notebook begins with {name!r}; there are {len(there)}, 01 …")
    return [path for path in there if not names or path.name.startswith(tuple(names))]


def problems(path: pathlib.Path) -> list[str]:
    """Runs one notebook; gives what went wrong, an error or words on stderr."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    found = []
    try:
        client.execute()
    except CellExecutionError as error:
        found.append(COLOURS.sub("", str(error)).strip())
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                found.append(f"cell {number} wrote on stderr: {output.text.strip()}")
    return found


def main(arguments: list[str] | None = None, folder: pathlib.Path = ROOT / "notebooks") -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="beginnings of names; all if none")
    os.environ.pop("PYTHONPATH", None)
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a debugger's warning, of no cell
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in SHOWN if _has(name))
    print(f"Python {platform.python_version()}, {versions}", flush=True)
    failed = []
    for path in chosen(parser.parse_args(arguments).names, folder):
        begun = time.perf_counter()
        found = problems(path)
        seconds = time.perf_counter() - begun
        print(f"{path.name:32} {'FAILED' if found else 'ran'} {seconds:6.0f} s", flush=True)
        for problem in found:
            print(problem, flush=True)
        failed += [path.stem[:2]] if found else []
    if failed:
        print(f'failed: {" ".join(failed)}; again: make colab ONLY="{" ".join(failed)}"')
    return 1 if failed else 0


def _has(name: str) -> bool:
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ValueError as error:
        sys.exit(f"run_notebooks: {error}")
