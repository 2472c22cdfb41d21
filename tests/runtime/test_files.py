"""Mirrors encdec_lib/runtime/files.py."""

import threading

from encdec_lib.runtime.files import write_whole


def test_of_two_who_write_at_once_one_wins_whole(tmp_path):
    """Readers meanwhile find one content or the other, never a mixture and never nothing."""
    path, contents = tmp_path / "file", [bytes([k]) * 300_007 for k in (17, 23)]
    write_whole(path, contents[0])
    found, failed = set(), []

    def write(content):
        try:
            for _ in range(97):
                write_whole(path, content)
        except OSError as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(content,)) for content in contents]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        found.add(path.read_bytes())
    assert not failed and found <= set(contents)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_another_writer_is_left_alone(tmp_path, monkeypatch):
    """Each writes to a name of its own beside the place."""
    path, names = tmp_path / "file", []
    write = type(path).write_bytes
    monkeypatch.setattr(
        type(path),
        "write_bytes",
        lambda self, content: (names.append(self.name), write(self, content)),
    )
    write_whole(path, b"17")
    write_whole(path, b"23")
    assert len(set(names)) == 2 and path.read_bytes() == b"23"
