from __future__ import annotations

import os

import pytest

from ngxpush.server.zone import journal
from ngxpush.server.zone.journal import Journal


def content(written: Journal) -> tuple[bytes, list[bytes]]:
    snapshot, records = written.read()
    return snapshot, list(records)


@pytest.fixture
def written() -> Journal:
    return Journal()


def test_what_was_written_is_read_in_order(written: Journal) -> None:
    written.append(b"one")
    written.append(b"")
    written.append(b"three")
    assert content(written) == (b"", [b"one", b"", b"three"])


def test_a_reader_goes_on_writing_where_the_last_stopped(written: Journal) -> None:
    written.append(b"one")
    written.read()
    written.append(b"two")
    assert content(written) == (b"", [b"one", b"two"])


def test_compaction_replaces_everything(written: Journal) -> None:
    for turn in range(3):
        written.append(b"before")
        written.compact(b"snapshot %d" % turn)
    written.append(b"after")
    assert content(written) == (b"snapshot 2", [b"after"])


@pytest.mark.parametrize("cut", [1, 39, 40, 42])
def test_a_record_cut_off_by_a_kill_is_not_there(written: Journal, cut: int) -> None:
    written.append(b"one")
    written.append(b"\0" * 40)
    file = written._files[written._current]
    os.ftruncate(file, os.fstat(file).st_size - cut)
    assert content(written) == (b"", [b"one"])
    written.append(b"2")
    assert content(written) == (b"", [b"one", b"2"])


def test_a_compaction_cut_off_by_a_kill_leaves_the_old_file_in_force(written: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    written.append(b"one")

    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(journal.os, "pwrite", killed)
        with pytest.raises(KeyboardInterrupt):
            written.compact(b"snapshot")
    assert content(written) == (b"", [b"one"])


def test_long_only_when_it_outweighs_the_snapshot(written: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_LEAST", 100)
    written.compact(b"s" * 50)
    written.append(b"x" * 60)
    assert not written.is_long
    written.append(b"x" * 60)
    assert written.is_long
    written.compact(b"s")
    assert not written.is_long


def test_the_files_hold_no_more_than_the_last_compaction(written: Journal) -> None:
    for _ in range(10):
        written.append(b"x" * 1000)
        written.compact(b"s")
    assert sum(os.fstat(file).st_size for file in written._files) < 100
