"""Mirrors encdec_lib/pretrained/download.py: against a server on this machine, no network."""

import hashlib
import http.server
import logging.handlers
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time

import pooch
import pytest

from encdec_lib.pretrained import download as module
from encdec_lib.pretrained.download import download
from tests.pretrained.serving import serving

BODY = bytes(range(256)) * 4099  # more than one piece of CHUNK bytes
SHA256 = hashlib.sha256(BODY).hexdigest()


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
            self.send_error(503 if self.path == "/busy" else 404)
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
    with serving(Handler) as server:
        server.asked = []
        yield server


@pytest.mark.parametrize("path", ["whole", "moved", "unsized"])
def test_a_file_comes_once_and_without_a_word(server, tmp_path, path, capfd):
    place = tmp_path / "new" / "folder" / "file.bin"
    said = logging.handlers.BufferingHandler(capacity=99)
    pooch.get_logger().addHandler(said)
    try:
        assert download(f"{server.address}/{path}", place) == place
    finally:
        pooch.get_logger().removeHandler(said)
    assert not said.buffer
    assert place.read_bytes() == BODY
    assert [file.name for file in place.parent.iterdir()] == ["file.bin"]
    assert capfd.readouterr() == ("", "")
    count = len(server.asked)
    download(f"{server.address}/{path}", place)
    assert len(server.asked) == count  # it is there


def test_the_log_of_other_downloads_is_as_loud_as_before(server, tmp_path):
    level = pooch.get_logger().level
    assert level < logging.WARNING
    download(f"{server.address}/whole", tmp_path / "file")
    assert pooch.get_logger().level == level


def test_an_empty_file_is_a_file(server, tmp_path):
    assert download(f"{server.address}/nothing", tmp_path / "file").read_bytes() == b""


def test_a_file_with_the_known_hash_is_taken(server, tmp_path):
    place = tmp_path / "file.bin"
    download(f"{server.address}/whole", place, sha256=SHA256.upper())
    assert place.read_bytes() == BODY
    download(f"{server.address}/whole", place, sha256=SHA256)
    assert len(server.asked) == 1  # it is there, and the right one


def test_a_file_that_is_there_with_another_hash_is_replaced(server, tmp_path):
    place = tmp_path / "file.bin"
    place.write_bytes(BODY[:-1])
    download(f"{server.address}/whole", place, sha256=SHA256)
    assert place.read_bytes() == BODY


def test_what_comes_with_another_hash_is_thrown_away(server, tmp_path):
    other = hashlib.sha256(b"other").hexdigest()
    message = rf"/whole \(what came does not have the SHA-256 {other}\).*put it at .*file"
    with pytest.raises(ConnectionError, match=message):
        download(f"{server.address}/whole", tmp_path / "file", sha256=other)
    assert not list(tmp_path.iterdir())


def test_the_error_says_that_the_file_there_is_another(server, tmp_path):
    (tmp_path / "file").write_bytes(b"other")
    with pytest.raises(ConnectionError, match="file that is there now has another SHA-256"):
        download(f"{server.address}/other", tmp_path / "file", sha256=SHA256)
    assert (tmp_path / "file").read_bytes() == b"other"


def test_a_file_broken_off_leaves_nothing_and_may_be_tried_again(server, tmp_path):
    place = tmp_path / "file.bin"
    message = rf"/broken \(broken off.*524672.*\)\. Call again, .*put it at {re.escape(str(place))}"
    with pytest.raises(ConnectionError, match=message):
        download(f"{server.address}/broken", place)
    assert not list(tmp_path.iterdir())
    assert download(f"{server.address}/whole", place).read_bytes() == BODY


@pytest.mark.parametrize(
    ("path", "answer"),
    [("other", "404 .*nothing there for everyone.*Check the name"), ("busy", "503 .*Call again")],
)
def test_what_the_server_refuses_is_named_with_its_number(server, tmp_path, path, answer):
    message = rf"/{path} \(the server answers {answer}.*put it at .*file"
    with pytest.raises(ConnectionError, match=message):
        download(f"{server.address}/{path}", tmp_path / "file")
    assert not list(tmp_path.iterdir())


def test_offline_the_error_says_where_to_put_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    place = re.escape(str(tmp_path / "file"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody listens there
        address = f"http://127.0.0.1:{free.getsockname()[1]}/model"
        with pytest.raises(ConnectionError, match=rf"{address} .*when you are online.*{place}"):
            download(address, tmp_path / "file")
    assert not list(tmp_path.iterdir())


def test_a_server_that_falls_silent_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and says nothing
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/model"
        started = time.monotonic()
        with pytest.raises(ConnectionError, match=r"timed out: not a byte in 0\.2 seconds"):
            download(address, tmp_path / "file")
        assert time.monotonic() - started < 4
    assert not list(tmp_path.iterdir())


def test_a_certificate_that_is_refused_is_not_called_offline(server, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("makes its certificate with openssl")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=127.0.0.1", "-keyout", tmp_path / "key", "-out", tmp_path / "certificate"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    address = server.address.replace("http://", "https://")
    message = r"certificate is refused: .*self.signed.*You are online\. Where a proxy.*put it at"
    with pytest.raises(ConnectionError, match=message):
        download(f"{address}/whole", tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_an_interrupted_download_leaves_nothing(server, tmp_path, monkeypatch):
    def interrupt(self, url, file, *_):
        with open(file, "wb") as opened:
            opened.write(BODY[:99])
        raise KeyboardInterrupt

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", interrupt)
    with pytest.raises(KeyboardInterrupt):
        download(f"{server.address}/whole", tmp_path / "file")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_no_fault_of_the_net(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "move", full)
    message = r"Could not write .*file \(No space left on device\). Make room or choose another f"
    with pytest.raises(OSError, match=message) as raised:
        download(f"{server.address}/whole", tmp_path / "file")
    assert raised.value.errno == 28
    assert not isinstance(raised.value, ConnectionError) and not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="all is allowed")
def test_a_folder_that_may_not_be_written_is_named_in_the_error(server, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="Could not write .*file .*choose another folder"):
        download(f"{server.address}/whole", tmp_path / "file")


def test_a_folder_that_is_a_file_is_named_in_the_error(server, tmp_path):
    (tmp_path / "folder").write_bytes(b"")
    with pytest.raises(OSError, match="Could not write .*file .*choose another folder"):
        download(f"{server.address}/whole", tmp_path / "folder" / "file")


def test_a_home_is_understood(server, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # of Windows
    assert download(f"{server.address}/whole", "~/kept/file") == tmp_path / "kept" / "file"


def test_what_is_no_address_or_no_hash_is_named_in_the_error(tmp_path):
    with pytest.raises(ValueError, match="address must begin with https.*got 'ftp://a/b'"):
        download("ftp://a/b", tmp_path / "file")
    with pytest.raises(ValueError, match="sha256 must be 64 hexadecimal digits.*got 'abc'"):
        download("https://a/b", tmp_path / "file", sha256="abc")


def test_importing_it_loads_no_network_library():
    code = (
        "import sys, encdec_lib.pretrained; print('pooch' in sys.modules, 'jax' in sys.modules);"
        "import encdec_lib.pretrained.download; print('requests' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False", "False"]
