"""A model's files on Hugging Face's hub: its weights, and the names of its classes."""

import json
import os
import pathlib
import re

from encdec_lib.pretrained.download import download
from encdec_lib.runtime.compile_cache import cache_directory

NAME = "google/vit-base-patch16-224"
HUB = "https://huggingface.co"


def fetch_vit(
    name: str = NAME,
    folder: str | pathlib.Path | None = None,
    sha256: str | None = None,
) -> pathlib.Path:
    """Downloads a model's ``model.safetensors`` from Hugging Face's hub (346 MB), once.

    Args:
      name: ``owner/model`` on the hub.
      folder: where files are kept; the book's folder in the user's cache if None.
      sha256: the file's hash, if you know it (the hub shows it on the file's own page). None is
        pinned here; without one, :func:`~encdec_lib.pretrained.vit.load_vit` still refuses a
        file that is cut short or has other arrays.

    Returns:
      The file's path, for :func:`~encdec_lib.pretrained.vit.load_vit`. A file that is there is
      not downloaded again, unless it has another hash.

    Raises:
      ConnectionError: if it cannot be had, or has another hash; the message has the address, and
        the place for a file that was fetched by other means.
      ValueError: if ``name`` is not ``owner/model``, or nothing is to be kept (``ENCDEC_CACHE``
        is ``off``) and no folder is given.
    """
    return _fetched(name, "model.safetensors", folder, sha256)


def classes(name: str = NAME, folder: str | pathlib.Path | None = None) -> list[str]:
    """The names of a model's classes, in the order of its logits, from its ``config.json``.

    Args:
      name: ``owner/model`` on the hub.
      folder: as for :func:`fetch_vit`.

    Returns:
      V names; the file is downloaded if it is not there.

    Raises:
      ConnectionError: as :func:`fetch_vit`.
      ValueError: as :func:`fetch_vit`; or if the file has no such names.
    """
    path = _fetched(name, "config.json", folder)
    try:
        table = json.loads(path.read_text(encoding="utf-8"))["id2label"]
        return [str(table[str(i)]) for i in range(len(table))]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} has no names of classes (id2label, with a name for each number from 0): "
            f"{type(error).__name__} {error}. Delete it, and it is downloaded again."
        ) from None


def _fetched(name, file, folder, sha256=None) -> pathlib.Path:
    """The path of one of a model's files, which is downloaded if need be."""
    if not re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name):
        raise ValueError(f"name must be owner/model, such as {NAME}; got {name!r}.")
    if folder is None:
        programs = cache_directory()
        if programs is None:
            raise ValueError(
                "ENCDEC_CACHE is off, so there is no place to keep a file: give folder=."
            )
        folder = programs.parent / "pretrained"
    hub = os.environ.get("HF_ENDPOINT", HUB).rstrip("/")  # of a mirror, as the hub's own client
    path = pathlib.Path(folder) / name.replace("/", "--") / file
    return download(f"{hub}/{name}/resolve/main/{file}", path, sha256)
