"""The journal's files."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable

import pytest

from ngxpush.server.zone import journal
from ngxpush.server.zone.journal import Compaction, Journal


def content(written: Journal) -> list[bytes]:
    """What a reader finds, who is the writer then."""
    reader, records = written.read(), []
    while some := reader.read():
        records += some
    written.write_after(reader, 0)
    return records


def begun(written: Journal, records: Iterable[bytes]) -> Compaction:
    compaction = written.compact()
    while compaction.clear():
        pass
    compaction.begin()
    compaction.add(records)
    return compaction


def compact(written: Journal, *records: bytes) -> None:
    compaction = begun(written, records)
    compaction.finish()
    while compaction.clear_old():
        pass


@pytest.fixture
def written() -> Journal:
    return Journal()


def test_what_was_written_is_read_in_order(written: Journal) -> None:
    written.append(b"one")
    written.append(b"\0")
    written.append(b"three")
    assert content(written) == [b"one", b"\0", b"three"]


def test_a_record_may_be_longer_than_a_step(written: Journal) -> None:
    long = b"x" * 1_000_000
    written.append(long)
    written.append(b"next")
    assert content(written) == [long, b"next"]


def test_a_reader_goes_on_writing_where_the_last_stopped(written: Journal) -> None:
    written.append(b"one")
    content(written)
    written.append(b"two")
    assert content(written) == [b"one", b"two"]


def test_a_reader_sees_what_is_written_meanwhile(written: Journal) -> None:
    reader = written.read()
    written.append(b"one")
    assert (reader.read(), reader.read()) == ([b"one"], [])
    written.append(b"two")
    assert reader.read() == [b"two"]


def test_compaction_replaces_everything(written: Journal) -> None:
    for turn in range(3):
        written.append(b"before")
        compact(written, b"snapshot %d" % turn, b"more")
    written.append(b"after")
    assert content(written) == [b"snapshot 2", b"more", b"after"]


def test_what_is_added_during_a_compaction_comes_after_it(written: Journal) -> None:
    written.append(b"before")
    compaction = begun(written, [b"snapshot"])
    for number in range(3000):
        written.append(b"%0200d" % number)
    assert compaction.copy()
    while compaction.copy():
        pass
    written.append(b"last")
    compaction.finish()
    written.append(b"after")
    assert content(written) == [b"snapshot", *[b"%0200d" % number for number in range(3000)], b"last", b"after"]


def test_a_reader_has_to_begin_again_after_a_compaction(written: Journal) -> None:
    written.append(b"one")
    reader = written.read()
    assert reader.read() == [b"one"]
    compact(written, b"snapshot")
    assert reader.read() is None


@pytest.mark.parametrize("cut", [1, 39, 40, 44, 46])
def test_a_record_cut_off_by_a_kill_is_not_there(written: Journal, cut: int) -> None:
    written.append(b"one")
    written.append(b"x" * 40)
    reader = written.read()
    assert len(reader.read() or ()) == 2
    os.pwrite(reader.file, b"\0" * cut, reader.position - cut)
    assert content(written) == [b"one"]
    written.append(b"2")
    assert content(written) == [b"one", b"2"]


def test_a_compaction_cut_off_by_a_kill_leaves_the_old_file_in_force(written: Journal) -> None:
    written.append(b"one")
    begun(written, [b"snapshot"])
    written.append(b"two")
    assert content(written) == [b"one", b"two"]


def test_long_only_when_it_outweighs_what_it_stands_for(written: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_LEAST", 50)
    compact(written, b"s" * 50)
    written.append(b"x" * 40)
    assert not written.is_long
    written.append(b"x" * 40)
    assert written.is_long
    compact(written, b"s")
    assert not written.is_long


def test_the_files_hold_no_more_than_the_last_compaction(written: Journal) -> None:
    for _ in range(10):
        written.append(b"x" * 1000)
        compact(written, b"s")
    assert written.size <= 2 * mmap.PAGESIZE
