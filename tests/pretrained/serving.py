"""A web server on this machine, for tests of what is downloaded."""

import contextlib
import http.server
import threading


@contextlib.contextmanager
def serving(handler):
    """Answers with a handler's class in a thread; ``server.address`` is its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """The files of a folder, without a log."""

    def log_message(self, *_):
        pass
