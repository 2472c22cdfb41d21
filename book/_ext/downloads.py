"""The notebooks that the built site offers: one beside each page, and all of them in a zip file.

Those beside the pages link to the site and install the library from the repository, at the commit
that the pages were built from. The zip file stands alone: its notebooks link to one another and to
the pictures in it, and install the library that lies in it, so it also works where the repository
has no address.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

import addresses

sys.path.append(str(addresses.ROOT / "tools"))
import make_notebooks  # noqa: E402

FOLDER, ZIP = "notebooks", "encdec-notebooks.zip"
LINKED = re.compile(r"\]\(\.\./(book/[\w./-]+)")  # from a notebook to a page or a picture
DATE = (1980, 1, 1, 0, 0, 0)  # of every file in the zip: the same book gives the same bytes
SECONDS = "315532800"  # the same date for the library's own file
REQUIREMENTS = """\
# All that the notebooks need, for Python 3.11 to 3.13. In this folder:
#
#     python -m pip install -r requirements.txt
#     jupyter lab
./{wheel}
jupyterlab>=4
"""


def write(out: pathlib.Path, root: pathlib.Path) -> None:
    """Writes `notebooks/` into the built site.

    Args:
      out: the folder of the built site.
      root: of the repository.
    """
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    wanted = make_notebooks.notebooks(root, addresses.read(root))
    for old in set(folder.glob("*.ipynb")) - {folder / path.name for path in wanted}:
        old.unlink()
    for path, text in wanted.items():
        (folder / path.name).write_text(text, "utf-8")
    (folder / ZIP).write_bytes(zipped(root))


def zipped(root: pathlib.Path) -> bytes:
    """The zip file: notebooks, what they show and link to, the library, and what to install."""
    files: dict[str, bytes] = {}
    for path, text in make_notebooks.notebooks(root).items():
        files[f"{FOLDER}/{path.name}"] = text.encode()
        for name in LINKED.findall(text):
            files[name] = (root / name).read_bytes()
    with tempfile.TemporaryDirectory() as temporary:
        wheel = build_wheel(root, pathlib.Path(temporary))
        files[wheel.name] = wheel.read_bytes()
        files["requirements.txt"] = REQUIREMENTS.format(wheel=wheel.name).encode()
        archive = pathlib.Path(temporary) / ZIP
        with zipfile.ZipFile(archive, "w") as zip_file:
            for name in sorted(files):
                info = zipfile.ZipInfo(f"encdec/{name}", DATE)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                zip_file.writestr(info, files[name], compresslevel=9)
        return archive.read_bytes()


def build_wheel(root: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """The library as one file that pip installs, built as `pip install .` would build it."""
    command = [sys.executable, "-m", "flit_core.wheel", "--outdir", str(folder)]
    built = subprocess.run(
        [*command, str(root)],
        env=os.environ | {"SOURCE_DATE_EPOCH": SECONDS},
        capture_output=True,
        text=True,
    )
    if built.returncode:
        raise RuntimeError(f"the library could not be packed: {built.stderr.strip()}")
    return next(folder.glob("encdec_lib-*.whl"))
