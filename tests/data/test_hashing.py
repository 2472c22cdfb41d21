"""Mirrors encdec_lib/data/hashing.py."""

import hashlib

import pytest

from encdec_lib.data.hashing import check_shares, part_at, text_hash


def test_the_hash_is_that_of_the_bytes():
    for text in ("", "attention", "학교", "x" * 500):
        digest = hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()
        assert text_hash(text) == sum(byte * 256 ** (7 - k) for k, byte in enumerate(digest))


def test_parts_have_their_shares():
    parts = [part_at(number, 0.2, 0.05) for number in range(2000)]
    assert [parts.count(part) for part in ("train", "dev", "test")] == [1500, 400, 100]
    assert set(parts[:50]) == {"test"} and set(parts[50:250]) == {"dev"}
    assert {part_at(n, 0.0, 0.0) for n in range(1000)} == {"train"}


@pytest.mark.parametrize("shares", [(1.0, 0.0), (0.6, 0.6), (-0.1, 0.2), (0.1, float("nan"))])
def test_shares_that_leave_nothing_are_refused(shares):
    with pytest.raises(ValueError, match="dev and test must be shares"):
        check_shares(*shares)
