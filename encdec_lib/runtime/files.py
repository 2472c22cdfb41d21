"""Files that are there as a whole or not at all."""

import os
import pathlib
import secrets


def write_whole(path: str | pathlib.Path, content: bytes) -> pathlib.Path:
    """Writes a file beside its place, then renames it.

    Whoever reads meanwhile finds the old file or the new one. Of two who write at once, the last
    to finish wins, with the whole of its content: each writes to a name of its own.

    Args:
      path: the file; ``~`` is the user's home. Its folder is made if need be.
      content: all of it.

    Returns:
      The path, with the home written out.

    Raises:
      OSError: if it cannot be written; the old file is then as it was.

    Example:
      >>> import tempfile
      >>> file = write_whole(pathlib.Path(tempfile.mkdtemp(), "new", "seventeen"), b"17")
      >>> file.read_bytes(), [beside.name for beside in file.parent.iterdir()]
      (b'17', ['seventeen'])
    """
    path = pathlib.Path(path).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path
