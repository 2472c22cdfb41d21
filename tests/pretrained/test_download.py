"""Mirrors encdec_lib/pretrained/download.py: against a server on this machine, no network."""

import http.server
import socket
import threading

import pytest

from encdec_lib.pretrained import download as module
from encdec_lib.pretrained.download import download

BODY = bytes(range(256)) * 4099  # more than one piece of CHUNK bytes


class Handler(http.server.BaseHTTPRequestHandler):
    """One path a kind of server."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/whole")
            self.end_headers()
            return
        if self.path not in ("/whole", "/broken", "/unsized", "/nothing"):
            self.send_error(404)
            return
        self.send_response(200)
        body = BODY if self.path != "/nothing" else b""
        if self.path != "/unsized":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/broken" else body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        server.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["whole", "moved", "unsized"])
def test_a_file_comes_once(server, tmp_path, path, capsys):
    place = tmp_path / "new" / "folder" / "file.bin"
    assert download(f"{server.address}/{path}", place) == place
    assert place.read_bytes() == BODY
    assert [file.name for file in place.parent.iterdir()] == ["file.bin"]
    shown = capsys.readouterr().out
    assert shown.count("\n") == (path != "unsized") and len(shown) < 1000
    assert shown.endswith("file.bin: 1.0 of 1.0 MB\n") or path == "unsized"
    count = len(server.asked)
    download(f"{server.address}/{path}", place)
    assert len(server.asked) == count  # it is there


def test_an_empty_file_is_a_file(server, tmp_path):
    assert download(f"{server.address}/nothing", tmp_path / "file").read_bytes() == b""


def test_a_file_broken_off_leaves_nothing_and_may_be_tried_again(server, tmp_path):
    place = tmp_path / "file.bin"
    message = rf"(?s)/broken \(broken off after 524,672 of 1,049,344 bytes\).*put it at {place}"
    with pytest.raises(ConnectionError, match=message):
        download(f"{server.address}/broken", place)
    assert not list(tmp_path.iterdir())
    assert download(f"{server.address}/whole", place).read_bytes() == BODY


def test_what_is_not_there_is_named_in_the_error(server, tmp_path):
    message = r"/other \(the server answers 404 .*check the name\).*put it at .*file"
    with pytest.raises(ConnectionError, match=message):
        download(f"{server.address}/other", tmp_path / "file")
    assert not list(tmp_path.iterdir())


def test_offline_the_error_says_where_to_put_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody listens there
        address = f"http://127.0.0.1:{free.getsockname()[1]}/model"
        with pytest.raises(ConnectionError, match=rf"{address} .*online.*{tmp_path}/file"):
            download(address, tmp_path / "file")
    assert not list(tmp_path.iterdir())


def test_a_server_that_falls_silent_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and says nothing
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/model"
        with pytest.raises(ConnectionError, match="timed out"):
            download(address, tmp_path / "file")


def test_an_interrupted_download_leaves_nothing(server, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_copy", interrupt)
    with pytest.raises(KeyboardInterrupt):
        download(f"{server.address}/whole", tmp_path / "file")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_no_fault_of_the_net(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", full)
    with pytest.raises(OSError, match="No space left") as raised:
        download(f"{server.address}/whole", tmp_path / "file")
    assert not isinstance(raised.value, ConnectionError) and not list(tmp_path.iterdir())
