"""A file from the net: all of it at its place, or nothing there, and one clear error."""

import http.client
import os
import pathlib
import urllib.error
import urllib.request

CHUNK = 1 << 20  # bytes read at once
PATIENCE = 30  # seconds without a byte


def download(address: str, path: str | pathlib.Path) -> pathlib.Path:
    """Downloads a file, unless it is there already.

    The file is written beside its place and renamed when all of it has come; what came of one
    that was broken off is removed, and the next call starts anew.

    Args:
      address: where it is, ``https://...``.
      path: where it goes. Its folder is made if need be.

    Returns:
      The path. A file that is there is not looked at.

    Raises:
      ConnectionError: if it cannot be had. The message has the address, the reason, and the
        place for a file that was fetched by other means.

    Example:
      >>> import pathlib, tempfile
      >>> folder = pathlib.Path(tempfile.mkdtemp())
      >>> _ = (folder / "there").write_bytes(b"17")
      >>> download((folder / "there").as_uri(), folder / "here").read_bytes()
      b'17'
    """
    path = pathlib.Path(path).expanduser()
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # two processes, two parts
    try:
        with _opened(address, path) as response, open(part, "wb") as file:
            _copy(response, file, address, path)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _opened(address, path):
    request = urllib.request.Request(address, headers={"User-Agent": "encdec_lib"})
    try:
        return urllib.request.urlopen(request, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        error.close()
        reason = f"the server answers {error.code} {error.reason}"
        if error.code in (401, 403, 404, 410):
            reason += ": nothing there for everyone, so check the name"
        raise _failed(address, path, reason) from None
    except (OSError, http.client.HTTPException) as error:
        raise _failed(address, path, getattr(error, "reason", error)) from None


def _copy(response, file, address, path):
    """Copies and counts: a connection that ends early looks like the end of the file."""
    length = response.headers.get("Content-Length")
    total, came, shown = int(length) if length else None, 0, -1
    big = total is not None and total > CHUNK
    while True:
        try:
            data = response.read(CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise _failed(address, path, f"broken off after {_mb(came)}: {error}") from None
        if not data:
            break
        file.write(data)
        came += len(data)
        if big and came * 20 // total > shown:  # twenty times in all
            shown = came * 20 // total
            print(f"\r{path.name}: {came / 1e6:.1f} of {_mb(total)}", end="", flush=True)
    if big:
        print(flush=True)
    if total is not None and came != total:
        raise _failed(address, path, f"broken off after {came:,} of {total:,} bytes")


def _mb(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


def _failed(address, path, reason) -> ConnectionError:
    return ConnectionError(
        f"Could not get {address} ({reason}). Call again when you are online, or fetch the file "
        f"in another way and put it at {path}."
    )
