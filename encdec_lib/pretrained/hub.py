"""A model's files on Hugging Face's hub: its weights, and the names of its classes."""

import json
import os
import pathlib
import re

from encdec_lib.pretrained.download import download
from encdec_lib.runtime.compile_cache import cache_directory

NAME = "google/vit-base-patch16-224"
HUB = "https://huggingface.co"
# The commit whose files are taken, and their SHA-256: of model.safetensors (346,293,852 bytes) as
# other projects pin it and quote the hub; of config.json (69,665 bytes) worked out from the
# published names of ImageNet's classes, whose file then has the git hash that the hub gives.
COMMIT = "3f49326eb077187dfe1c2a2bb15fbd74e6ab91e3"
SHA256 = {
    "model.safetensors": "1cea07110a4a47edc51420b2dda6f3b8b58e7256e8f44b4ea6aa9696162ccb5d",
    "config.json": "abdf73cc4ce79495a83f32a8c9265daa7a1363f5a3efa4704c88a6e7f45ad19d",
}


def fetch_vit(
    name: str = NAME,
    folder: str | pathlib.Path | None = None,
    sha256: str | None = None,
    commit: str | None = None,
) -> pathlib.Path:
    """Downloads a model's ``model.safetensors`` from Hugging Face's hub (346 MB), once.

    Args:
      name: ``owner/model`` on the hub.
      folder: where files are kept; the book's folder in the user's cache if None. ``~`` is the
        user's home.
      sha256: the file's hash; the hub shows it on the file's own page. If None, that of
        ``google/vit-base-patch16-224`` at the pinned commit is known here. Of another model none
        is: :func:`~encdec_lib.pretrained.vit.load_vit` still refuses a file that is cut short or
        has other arrays, but not one with other numbers.
      commit: 40 hexadecimal digits, or a branch; if None, the pinned one of that model, or
        ``main`` of another.

    Returns:
      The file's path, for :func:`~encdec_lib.pretrained.vit.load_vit`. A file that is there is
      not downloaded again, unless it has another hash: with one it is read and checked at every
      call (about a second).

    Raises:
      ConnectionError: if it cannot be had, or has another hash; the message has the address, and
        the place for a file that was fetched by other means.
      ValueError: if ``name`` is not ``owner/model``, or nothing is to be kept (``ENCDEC_CACHE``
        is ``off``) and no folder is given.
    """
    return _fetched(name, "model.safetensors", folder, commit, sha256)


def classes(
    name: str = NAME, folder: str | pathlib.Path | None = None, commit: str | None = None
) -> list[str]:
    """The names of a model's classes, in the order of its logits, from its ``config.json``.

    Args:
      name: ``owner/model`` on the hub.
      folder, commit: as for :func:`fetch_vit`.

    Returns:
      V names; the file is downloaded if it is not there.

    Raises:
      ConnectionError: as :func:`fetch_vit`.
      ValueError: as :func:`fetch_vit`; or if the file has no such names.
    """
    path = _fetched(name, "config.json", folder, commit)
    try:
        table = json.loads(path.read_text(encoding="utf-8"))["id2label"]
        return [str(table[str(i)]) for i in range(len(table))]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} has no names of classes (id2label, with a name for each number from 0): "
            f"{type(error).__name__} {error}. Delete it, and it is downloaded again."
        ) from None


def _fetched(name, file, folder, commit=None, sha256=None) -> pathlib.Path:
    """The path of one of a model's files, which is downloaded if need be."""
    usual = COMMIT if name == NAME else "main"
    commit = commit or usual
    if (name, commit) == (NAME, COMMIT):
        sha256 = sha256 or SHA256[file]
    if not re.fullmatch(r"\w[\w.-]*", commit):
        raise ValueError(f"commit must be 40 hexadecimal digits, or a branch; got {commit!r}.")
    if not re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name):
        raise ValueError(f"name must be owner/model, such as {NAME}; got {name!r}.")
    if folder is None:
        programs = cache_directory()
        if programs is None:
            raise ValueError(
                "ENCDEC_CACHE is off, so there is no place to keep a file: give folder=."
            )
        folder = programs.parent / "pretrained"
    other = "" if commit == usual else f"@{commit}"
    hub = os.environ.get("HF_ENDPOINT", HUB).rstrip("/")  # of a mirror, as the hub's own client
    path = pathlib.Path(folder) / (name.replace("/", "--") + other) / file
    return download(f"{hub}/{name}/resolve/{commit}/{file}", path, sha256)
