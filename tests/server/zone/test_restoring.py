"""A zone that is rebuilt from its journal is the same zone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.operations import Attach, Change, Publish, Published, Summary, ZoneOperation
from ngxpush.push.snapshot import SavedMessages
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone
from ngxpush.server.zone import restoring
from ngxpush.server.zone.journal import Journal
from ngxpush.server.zone.restoring import JournalRecorder, Rebuilding, ZoneSettings, first_epoch, store, under
from tests.push.fakes import FakeClock
from tests.push.zone_changes import BUSY, changes
from tests.push.zone_contract import MAIN, NOW, Hearer, OpenedZone, R, ZoneContract, templates

PUBLISH = Publish((b"a",), b"m", True)


class OpenedJournal:
    """A zone that dies before each operation and is rebuilt from its journal. Its workers survive."""

    def __init__(self, settings: ZoneSettings) -> None:
        self.clock = FakeClock()
        self._settings = settings
        self._journal = Journal()
        self._hearers: dict[str, Hearer] = {}
        self.local = LocalZone(Zone(settings.main, settings.templates, NOW), self.clock)
        store(self._journal, self.local.zone, 0, NOW)
        self._rebuild()

    def _rebuild(self) -> None:
        self.local.stop()
        zone = Rebuilding(self._journal, {0: self._settings}, 0, int(self.clock.now()), pytest.fail).finish()
        zone.recipients.update(self._hearers)
        self.local = LocalZone(zone, self.clock, JournalRecorder(self._journal, zone, 0, self.clock))
        self.local.start()

    def worker(self, name: str, pid: int = 1) -> Hearer:
        hearer = self._hearers[name] = Hearer()
        self.do(Attach(name, pid))
        return hearer

    def do(self, operation: ZoneOperation[R]) -> R:
        before = list(self.local.zone.save())
        self._rebuild()
        assert list(self.local.zone.save()) == before
        return self.local.do_at_once(operation)

    def post(self, operation: ZoneOperation[Any]) -> None:
        self.do(operation)

    def forward(self, seconds: float) -> None:
        self.clock.forward(seconds)

    def close(self) -> None:
        self.local.stop()
        self._journal.close()


class TestContract(ZoneContract):
    def open(self, main: PushStreamMain, templates: Templates) -> OpenedZone:
        return OpenedJournal(ZoneSettings(main, templates))


@pytest.fixture
def journal() -> Any:
    made = Journal()
    yield made
    made.close()


def zone_settings(main: PushStreamMain = MAIN) -> ZoneSettings:
    return ZoneSettings(main, templates(main, b"~text~"))


def rebuilt(journal: Journal, settings: dict[int, ZoneSettings] | None = None, epoch: int = 0, warn: Any = pytest.fail) -> Zone:
    return Rebuilding(journal, settings or {0: zone_settings()}, epoch, NOW, warn).finish()


def written(journal: Journal, *operations: Change, clock: FakeClock | None = None) -> tuple[Zone, LocalZone]:
    """A zone that has written these to the journal."""
    zone, clock = rebuilt(journal), clock or FakeClock()
    local = LocalZone(zone, clock, JournalRecorder(journal, zone, 0, clock))
    for operation in operations:
        local.post(operation)
    return zone, local


@settings(max_examples=25)
@given(changes)
def test_any_changes_are_restored(sequence: list[tuple[int, Change]]) -> None:
    opened = OpenedJournal(ZoneSettings(BUSY, templates(BUSY, b"~text~", b"<~text~>")))
    for seconds, operation in sequence:
        opened.forward(seconds)
        opened.do(operation)
    opened.close()


def test_a_long_journal_is_written_anew_while_it_goes_on(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "_STEP", 10_000)
    monkeypatch.setattr(restoring, "_SLICE_TIME", 0)
    clock = FakeClock()
    zone, local = written(journal, clock=clock)
    while not journal.is_long:
        local.post(Publish((b"a", b"b"), b"x" * 1000, True))
        local.post(Publish((b"a",), b"x" * 5000, False))
    long = journal.size
    while journal.size > long / 2:
        clock.forward(0.004)
        local.post(Publish((b"a", b"b"), b"y" * 100, True))
    again = rebuilt(journal)
    assert list(again.save()) == list(zone.save())


def test_writers_that_are_replaced_often_shorten_the_journal(journal: Journal) -> None:
    for _ in range(8):
        written(journal, *[Publish((b"a",), b"x" * 5000, False)] * 200)
    assert journal.is_long


def test_a_writer_that_dies_while_it_writes_anew_leaves_the_journal_as_it_was(journal: Journal) -> None:
    zone, _ = written(journal, *[PUBLISH] * 1000)
    steps = restoring._compact(journal, zone, 0, NOW)
    next(steps, None)
    again = rebuilt(journal)
    assert list(again.save()) == list(zone.save())


def test_a_reader_follows_a_writer_over_a_compaction(journal: Journal) -> None:
    zone, local = written(journal, PUBLISH)
    rebuilding = Rebuilding(journal, {0: zone_settings()}, 0, NOW, pytest.fail)
    while rebuilding.follow():
        pass
    local.post(PUBLISH)
    store(journal, zone, 0, NOW)
    local.post(PUBLISH)
    assert list(rebuilding.finish().save()) == list(zone.save())


def test_a_reload_is_done_again(journal: Journal) -> None:
    written(journal, PUBLISH)
    limited = {0: zone_settings(), 1: zone_settings(replace(MAIN, max_messages_stored_per_channel=2))}
    rebuilding = Rebuilding(journal, limited, 1, NOW, pytest.fail)
    zone = rebuilding.finish()
    local = LocalZone(zone, FakeClock(), JournalRecorder(journal, zone, 1, FakeClock()))
    assert rebuilding.under_others
    for _ in range(3):
        local.post(PUBLISH)
    again = rebuilt(journal, limited, 1)
    assert list(again.save()) == list(zone.save())
    assert again.do(Summary(), NOW).stored_messages == 2
    assert first_epoch(journal, 9) == 0
    store(journal, zone, 1, NOW)
    assert first_epoch(journal, 9) == 1


def test_an_empty_journal_was_written_under_no_configuration(journal: Journal) -> None:
    assert first_epoch(journal, 9) == 9


def test_another_size_of_shared_memory_is_warned_of(journal: Journal) -> None:
    written(journal, PUBLISH)
    larger = zone_settings(replace(MAIN, shared_memory=(2 << 20, b"zone")))
    warnings: list[str] = []
    zone = rebuilt(journal, {0: zone_settings(), 1: larger}, 1, warnings.append)
    assert warnings == ["Cannot change memory area size without restart, ignoring change on zone: zone"]
    assert zone.do(Summary(), NOW).published_messages == 1


def test_a_zone_begins_with_the_configuration_that_gives_it_memory() -> None:
    none = zone_settings(PushStreamMain())
    before = Zone(none.main, none.templates, NOW)
    before.do(Attach("w1", 7), NOW)
    zone, warning = under(zone_settings(), none, before, NOW)
    assert warning is None
    assert isinstance(zone.do(PUBLISH, NOW), Published)
    assert [worker.name for worker in zone.do(Summary(), NOW).by_worker] == ["w1"]


def test_a_zone_ends_with_a_configuration_without_memory(journal: Journal) -> None:
    none = zone_settings(PushStreamMain())
    zone, warning = under(none, zone_settings(), written(journal, PUBLISH)[0], NOW)
    zone, warning_then = under(zone_settings(), none, zone, NOW)
    assert (warning, warning_then) == (None, None)
    assert zone.do(Summary(), NOW).published_messages == 0


def test_equal_texts_of_a_message_take_their_memory_once(journal: Journal) -> None:
    """A template that adds nothing, the usual one, doubles neither the journal nor the zone that is restored from it."""
    zone, _ = written(journal, Publish((b"a",), b"x" * 10_000, True))
    store(journal, zone, 0, NOW)
    assert 10_000 < journal.size < 20_000  # in whole pages
    (messages,) = [value for value in rebuilt(journal).save() if isinstance(value, SavedMessages)]
    assert messages.messages[0].texts == (None,)


def test_a_journal_that_makes_no_sense_is_used_as_far_as_it_does(journal: Journal) -> None:
    written(journal, PUBLISH)
    journal.append(msgspec.msgpack.encode([NOW, ["Explode"]]))
    journal.append(b"more")
    warnings: list[str] = []
    zone = rebuilt(journal, warn=warnings.append)
    assert zone.do(Summary(), NOW).published_messages == 1
    assert len(warnings) == 1
    assert warnings[0].startswith("the journal of the channels makes no sense after 2 records, the rest is lost: ")
    assert rebuilt(journal).do(Summary(), NOW).published_messages == 1
