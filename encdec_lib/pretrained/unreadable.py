"""What is wrong with a file that ``safetensors`` refuses; its own words are terse."""

import json
import pathlib


def why_unreadable(path: pathlib.Path, error: Exception) -> str:
    """What the file is instead, or what it lacks.

    Args:
      path: a file that ``safetensors`` refuses.
      error: what it said; given back where nothing better is found.
    """
    size = path.stat().st_size
    with open(path, "rb") as file:
        start = file.read(32)
    header = int.from_bytes(start[:8], "little")
    if not start:
        return "it is empty"
    if start.lstrip().startswith(b"<"):
        return "it is a web page; the download button of that page gives the file"
    if start.startswith(b"version https://git-lfs"):
        return "it is a Git LFS pointer in place of the file; `git lfs pull` gives the file"
    if start.startswith(b"PK"):
        return "it is a zip archive, perhaps of PyTorch (.bin, .pt); take model.safetensors"
    if start[8:9] == b"{" and size < 8 + header:
        return f"it is cut short in its header, after {size:,} of {8 + header:,} bytes"
    if start[8:9] == b"{" and (total := _whole_size(path, header)) and size != total:
        return f"its header promises {total:,} bytes, and there are {size:,}"
    return f"{error}"


def _whole_size(path, header: int) -> int | None:
    """Bytes of a whole file with the header that this one has; None if the header is broken."""
    with open(path, "rb") as file:
        file.seek(8)
        try:
            table = json.loads(file.read(header))
            ends = [row["data_offsets"][1] for name, row in table.items() if name[0] != "_"]
            return 8 + header + max(ends)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None
