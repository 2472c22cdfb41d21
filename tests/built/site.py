"""The built book, and a server that sends it as GitHub Pages does: compressed."""

import contextlib
import functools
import gzip
import http.server
import pathlib
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".txt", ".inv", ".map"}


def pages() -> list[str]:
    """Every page a reader reaches, as a path below the site's root."""
    skipped = {"index.html"}  # only forwards to book/index.html
    found = [p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html")]
    return sorted(
        p for p in found
        if p not in skipped and not p.startswith(("_static/", "reports/", "_sources/"))
    )  # fmt: skip


def book_pages() -> list[str]:
    """The pages of _toc.yml."""
    return [p for p in pages() if p.startswith("book/")]


@functools.cache
def _body(path: pathlib.Path) -> bytes:
    data = path.read_bytes()
    return gzip.compress(data, 6) if path.suffix in COMPRESSED else data


class _Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        path = pathlib.Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            self.send_error(404)
            return
        body = _body(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)
        self.server.sent.append((self.path.split("?")[0], len(body)))

    def log_message(self, *_):
        pass


class Site(http.server.ThreadingHTTPServer):
    """Serves `_build/html`; `sent` lists (path, bytes of the compressed body)."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), functools.partial(_Handler, directory=str(HTML)))
        self.sent: list[tuple[str, int]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


@contextlib.contextmanager
def serving():
    """A running `Site`."""
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, daemon=True)
        thread.start()
        yield site
        site.shutdown()
        thread.join()
