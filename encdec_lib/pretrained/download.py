"""A file from the net: all of it at its place, or nothing there, and one clear error."""

import logging
import pathlib
import re

import pooch

PATIENCE = 30  # seconds without a byte
CHUNK = 1 << 20  # bytes read at once


def download(address: str, path: str | pathlib.Path, sha256: str | None = None) -> pathlib.Path:
    """Downloads a file, unless it is there already.

    The file is written beside its place and renamed when all of it has come and been checked;
    what came of one that was broken off is removed, and the next call starts anew.

    Args:
      address: where it is, ``https://...`` or ``http://...``.
      path: where it goes. Its folder is made if need be.
      sha256: its hash, 64 hexadecimal digits, if it is known. A file that is there is checked by
        it as well. If None, nothing is checked.

    Returns:
      The path. A file that is there is not looked at; but where ``sha256`` is given and the file
      has another, it is downloaded again.

    Raises:
      ConnectionError: if it cannot be had, or has another hash. The message has the address, the
        reason, and the place for a file that was fetched by other means.
      OSError: if it cannot be written, for example as the disk is full.
      ValueError: if ``address`` or ``sha256`` is none.

    Example:
      >>> import pathlib, tempfile
      >>> there = pathlib.Path(tempfile.mkdtemp(), "there")
      >>> _ = there.write_bytes(b"17")
      >>> download("https://example.org/seventeen", there).read_bytes()
      b'17'
    """
    if not re.match(r"https?://.", address):
        raise ValueError(f"address must begin with https:// or http://; got {address!r}.")
    if sha256 is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise ValueError(f"sha256 must be 64 hexadecimal digits, or None; got {sha256!r}.")
    path = pathlib.Path(path).expanduser()
    if path.exists() and sha256 is None:
        return path
    import requests  # only where something is downloaded, as pooch does: it loads slowly

    fetch = pooch.HTTPDownloader(timeout=PATIENCE, chunk_size=CHUNK)
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        pooch.retrieve(
            address,
            known_hash=sha256 and f"sha256:{sha256}",
            fname=path.name,
            path=path.parent,
            downloader=fetch,  # pyright: ignore[reportArgumentType] (pooch's type of its own class)
        )
    except requests.RequestException as error:
        raise _failed(address, path, *_reason_and_advice(error)) from None
    except OSError as error:  # after that of requests, whose errors are OSErrors too
        message = (
            f"Could not write {path} ({error.strerror or error}). Make room or choose another "
            f"folder, and call again; what had come of the file is removed."
        )
        raise OSError(*filter(None, (error.errno, message))) from None
    except ValueError:  # of the hash: address and sha256 are checked above
        reason = f"what came does not have the SHA-256 {sha256}"
        raise _failed(address, path, reason, "Call again: it may have been cut short") from None
    finally:
        logger.setLevel(level)
    return path


def _reason_and_advice(error) -> tuple[str, str]:
    """Of an exception of ``requests``: what happened, and what the reader can do."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        status = error.response.status_code
        reason = f"the server answers {status} {error.response.reason}"
        if status in (401, 403, 404, 410):
            return f"{reason}: nothing there for everyone", "Check the name"
        return reason, "Call again later"
    if isinstance(error, requests.Timeout):
        return f"timed out: not a byte in {PATIENCE} seconds", "Call again later"
    wrapped = error.args[0] if error.args else error
    reason = str(getattr(wrapped, "reason", error))
    if isinstance(error, requests.exceptions.SSLError) and "certificate" in reason.lower():
        return (
            f"the server's certificate is refused: {reason}",
            "You are online. Where a proxy has a certificate of its own, name its file in "
            "REQUESTS_CA_BUNDLE; a clock that is wrong does it, too. Call again",
        )
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return f"broken off: {reason}", "Call again"
    return reason, "Call again when you are online"


def _failed(address, path, reason, advice) -> ConnectionError:
    there = " The file that is there now has another SHA-256." if path.exists() else ""
    return ConnectionError(
        f"Could not get {address} ({reason}). {advice}, or fetch the file in another way and put "
        f"it at {path}.{there}"
    )
